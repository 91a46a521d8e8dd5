"""The scripts of an environment: when each runs, what it finds, and what its failure does."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_repro import errors, verbs
from jupyter_repro.environments.definitions import Definition, checked, encode, read_lock
from jupyter_repro.environments.engines.scripts import run_scripts
from jupyter_repro.environments.execution import NOT_FOUND, execute
from jupyter_repro.environments.injected import injected_variables
from jupyter_repro.verbs import environments

if TYPE_CHECKING:
    from tests.conftest import Repro

SAYS = "echo \"{} $REPRO_ENVIRONMENT $REPRO_REVISION $GREETING $(python -c 'import sys; print(sys.prefix)')\"\n"


class Lines:
    """A log that remembers."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def line(self, text: str) -> None:
        self.said.append(text)

    def check(self) -> None:
        pass


def test_setup_scripts_run_around_the_installation_and_make_another_environment(
    library: environments.Library, opened: verbs.Opened
) -> None:
    scripts = {
        "pre-setup": SAYS.format("before") + "python -c 'import six' 2>/dev/null && exit 9 || true\n",
        "post-setup": "#!/usr/bin/env python\nimport six, sys\nprint('after', six.__version__)\n"
        "open(sys.prefix + '/made-by-script', 'w').write(six.__version__)\n",
    }
    wanted = Definition(engine="uv", requirements="six==1.16.0\n", variables={"GREETING": "hi $x"}, scripts=scripts)
    environments.create(library, "scripted", wanted)
    seen: list[str] = []
    done = environments.build(library, "scripted", on_line=seen.append)
    assert (done.state, done.problem) == ("ready", "")
    used = environments.use(opened, library, "scripted")
    prefix = Path(used.interpreter).parents[1]
    before, after = f"before scripted 1 hi $x {prefix}", "after 1.16.0"
    assert [line for line in seen if line in (before, after)] == [before, after]
    assert list(environments.build_log(library, done.id)) == seen
    assert (prefix / "made-by-script").read_text() == "1.16.0"
    assert read_lock(library.places.get(done.lock)).scripts == {name: [text] for name, text in scripts.items()}

    # The commit carries them: what is gone is made again with them.
    made = verbs.checkpoint(opened).commit
    shutil.rmtree(prefix)
    shutil.rmtree(library.places.root / "objects")
    environments.restore_environment(opened, made.id)
    assert (prefix / "made-by-script").read_text() == "1.16.0"

    # One that fails fails the build, names itself, and touches nothing that is there.
    environments.edit(library, "scripted", Definition(engine="uv", scripts={"post-setup": "echo oh no\nfalse\n"}))
    failed = environments.build(library, "scripted")
    assert failed.state == "failed"
    assert failed.problem.startswith("The script post-setup ended with exit code 1: oh no Change the script")
    assert library.show("scripted").record.active == 1
    assert [place for place in library.places.uv.iterdir() if place.is_dir()] == [prefix]


def test_a_script_is_never_part_of_a_commands_text(tmp_path: Path) -> None:
    log = Lines()
    hostile = "'; touch pwned; echo '$(touch pwned)`touch pwned`"
    run_scripts("pre-setup", ['echo "$GREETING"\n'], log, env={**os.environ, "GREETING": hostile}, cwd=str(tmp_path))
    assert log.said == ["pre-setup  begins", hostile]
    assert list(tmp_path.iterdir()) == []


def test_scripts_run_in_order_around_a_command_and_find_their_variables(tmp_path: Path) -> None:
    definition = Definition(
        engine="host",
        variables={"OWN": "mine"},
        scripts={"pre-run": "echo pre $OWN $REPRO_RUN_ID\n", "post-run": "echo post $REPRO_EXIT_CODE $REPRO_COMMIT\n"},
    )
    injected = injected_variables({}, project="p", commit="c1", environment="e", revision=2, run="r7")

    def run(*command: str, **changes: str) -> tuple[int, str, list[str]]:
        log = Lines()
        wanted = Definition(engine="host", variables=definition.variables, scripts={**definition.scripts, **changes})
        done = execute(
            command, interpreter=sys.executable, definition=wanted, injected=injected, cwd=str(tmp_path), log=log
        )
        return done.code, done.part, log.said

    program = "import os; print(*(os.environ['REPRO_' + n] for n in ('PROJECT', 'ENVIRONMENT', 'REVISION')))"
    assert run("python", "-c", program) == (0, "command", ["pre mine r7", "p e 2", "post 0 c1"])
    assert run("python", "-c", "raise SystemExit(4)") == (4, "command", ["pre mine r7", "post 4 c1"])
    assert run("python", "-c", "import os; os.kill(os.getpid(), 9)") == (137, "command", ["pre mine r7", "post 137 c1"])
    code, part, said = run("no-such-program")
    assert (code, part) == (NOT_FOUND, "command")
    assert said[1].startswith("no-such-program: ")
    assert run("python", "-c", "1", **{"pre-run": "exit 5\n"}) == (5, "pre-run", [])
    assert run("python", "-c", "1", **{"post-run": "exit 6\n"}) == (6, "post-run", ["pre mine r7"])
    assert run("python", "-c", "raise SystemExit(4)", **{"post-run": "exit 6\n"}) == (4, "command", ["pre mine r7"])


def test_the_scripts_of_the_base_run_first() -> None:
    from jupyter_repro.environments.definitions import Parent
    from jupyter_repro.environments.layers import requirements_of, scripts_of, setup_scripts_of, variables_of

    base = Definition(
        engine="uv",
        requirements="six==1.16.0\nidna\n",
        scripts={"pre-run": "a", "pre-setup": "s"},
        variables={"A": "1"},
    )
    parent = Parent(name="base", number=3, definition=base, pins="six==1.16.0\nidna==3.0\n")
    own = checked(
        Definition(
            engine="uv", requirements="Six==1.17\n", scripts={"pre-run": "b"}, variables={"A": "2"}, parent=parent
        )
    )
    assert scripts_of(own, "pre-run") == ["a", "b"]
    assert setup_scripts_of(own) == {"pre-setup": ["s"]}
    assert requirements_of(own) == "idna\nSix==1.17\n", "what a later layer says of a package counts"
    assert variables_of(own) == {"A": "2"}
    with pytest.raises(errors.InvalidDefinition, match="cannot add to it"):
        checked(Definition(engine="host", parent=parent))
    assert b"six==1.16.0" in encode(own), "the base stands in the definition whole"


def test_a_host_has_no_setup_and_no_requirements() -> None:
    with pytest.raises(errors.InvalidDefinition, match="would never run"):
        checked(Definition(engine="host", scripts={"pre-setup": "true"}))
    with pytest.raises(errors.InvalidDefinition, match="only described, so nothing is installed"):
        checked(Definition(engine="host", requirements="six\n"))


def test_the_command_line_and_the_kernel_run_them(
    repro: Repro, library: environments.Library, opened: verbs.Opened, data_home: Path, tmp_path: Path
) -> None:
    manager_module = pytest.importorskip("jupyter_client.manager")
    (tmp_path / "begin.sh").write_text(f'echo begun "$REPRO_ENVIRONMENT" | tee {tmp_path}/begun\n')
    (tmp_path / "end.sh").write_text('echo ended "$REPRO_EXIT_CODE"\n')
    scripts = [f"--script=pre-run={tmp_path}/begin.sh", f"--script=post-run={tmp_path}/end.sh"]
    repro("env", "create", "here", "--engine", "host", *scripts, "--variable", "HOW=a$b")
    repro("env", "use", "here")
    answer = repro("env", "run", "python", "-c", "import os, sys; print(os.environ['HOW']); sys.exit(3)", code=3)
    assert answer.text.splitlines() == ["begun here", "a$b", "ended 3"]
    said = repro("env", "run", "--json", "--", "python", "-c", "print(1)")
    assert said.json == {"code": 0, "part": "command", "command": 0, "problem": None}
    assert "begun here" in said.err
    (tmp_path / "begun").unlink()
    used = environments.used(opened)
    assert used is not None
    manager, client = manager_module.start_new_kernel(kernel_name=used.kernel, startup_timeout=120)
    try:
        heard: list[str] = []
        client.execute_interactive(
            "import os; print(os.environ['HOW'], os.getpid())",
            output_hook=lambda message: heard.append(message["content"].get("text", "")),
            timeout=120,
        )
        how, pid = "".join(heard).split()
        assert (how, int(pid)) == ("a$b", manager.provisioner.pid), "signals reach the kernel itself"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert (tmp_path / "begun").read_text() == "begun here\n"
    shown = json.loads(repro("env", "show", "here", "--json").text)
    assert shown["definition"]["scripts"]["post-run"] == 'echo ended "$REPRO_EXIT_CODE"\n'
