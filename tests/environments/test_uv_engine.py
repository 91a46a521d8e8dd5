"""The engine uv, on the package registry: builds, failures, cancelling, locks, and the life with a workspace."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from jupyter_repro import errors, verbs
from jupyter_repro.environments.definitions import Definition, read_lock
from jupyter_repro.environments.engines import engine_of
from jupyter_repro.errors import Cancelled
from jupyter_repro.verbs import environments

SIX = Definition(engine="uv", requirements="six==1.16.0\n", variables={"GREETING": "hello"})


def interpreter(library: environments.Library, name: str) -> str:
    lock = library.show(name).revision().lock
    found = engine_of("uv", library.places).interpreter(read_lock(library.places.get(lock)), lock)
    assert found is not None
    return found


def says(python: str, program: str) -> str:
    return subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def test_a_build_gives_what_was_asked_for_and_keeps_its_log(library: environments.Library) -> None:
    environments.create(library, "small", SIX)
    seen: list[str] = []
    done = environments.build(library, "small", on_line=seen.append)
    assert (done.state, done.problem) == ("ready", "")
    python = interpreter(library, "small")
    assert says(python, "import six, ipykernel; print(six.__version__)") == "1.16.0"
    assert list(environments.build_log(library, done.id)) == seen
    assert [line.text for line in environments.search_logs(library, "small", "SIX==1.16")] == [
        line for line in seen if "six==1.16" in line
    ]
    lock = read_lock(library.places.get(done.lock))
    assert "--hash=sha256:" in lock.text
    assert "http" not in lock.text
    assert library.show("small").record.active == 1


def test_a_failed_build_leaves_the_active_revision_and_says_why(library: environments.Library) -> None:
    environments.create(library, "small", SIX)
    environments.build(library, "small")
    before = interpreter(library, "small")
    environments.edit(library, "small", Definition(engine="uv", requirements="six<1\nsix>1\n"))
    done = environments.build(library, "small")
    assert done.state == "failed"
    assert done.number == 2
    assert "six<1 and six>1" in done.problem
    assert library.show("small").record.active == 1
    assert interpreter(library, "small") == before
    with pytest.raises(errors.EnvironmentNotReady, match="no build that worked"):
        environments.activate(library, "small", 2)


def test_a_cancelled_build_leaves_nothing_half_made(library: environments.Library) -> None:
    environments.create(library, "small", SIX)

    def stop(line: str) -> None:
        if line.startswith("lock"):
            raise Cancelled("enough")

    assert environments.build(library, "small", on_line=stop).state == "cancelled"
    assert library.show("small").record.active is None
    assert environments.build(library, "small").state == "ready"


def test_a_build_is_cancelled_from_elsewhere(library: environments.Library) -> None:
    environments.create(library, "small", SIX)
    asked = []

    def ask(line: str) -> None:
        if not asked:
            (running,) = library.catalog.environments.builds(state="building")
            asked.append(environments.cancel(library, running.id).state)

    assert environments.build(library, "small", on_line=ask).state == "cancelled"
    assert asked == ["building"]


def test_a_build_whose_process_died_is_marked_as_failed(library: environments.Library) -> None:
    environments.create(library, "small", SIX)

    class Killed(BaseException):
        pass

    def die(line: str) -> None:
        raise Killed

    with pytest.raises(Killed):
        environments.build(library, "small", on_line=die)
    (record,) = library.catalog.environments.builds()
    assert record.state == "failed"
    # As after a kill -9: the record says building, and no process holds the lock.
    from dataclasses import replace

    library.catalog.environments.put_build(replace(record, state="building"))
    assert environments.mark_dead_builds(library) == 1
    assert library.catalog.environments.build(record.id).problem == "Its process ended before it was done."


def test_an_environment_that_was_left_half_made_is_made_anew(library: environments.Library) -> None:
    environments.create(library, "small", SIX)
    environments.build(library, "small")
    python = Path(interpreter(library, "small"))
    (python.parents[1] / "repro-ready").unlink()
    shutil.rmtree(next(python.parents[1].glob("lib/python*/site-packages/six-*")))
    environments.build(library, "small")
    assert says(interpreter(library, "small"), "import importlib.metadata as m; print(m.version('six'))") == "1.16.0"


def test_two_builds_of_one_environment_at_once_both_work(library: environments.Library) -> None:
    environments.create(library, "small", SIX)
    done = []

    def work() -> None:
        with environments.Library(user="me") as mine:
            done.append(environments.build(mine, "small"))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.state for one in done] == ["ready", "ready"]
    assert done[0].lock == done[1].lock


def test_a_rebuild_of_an_old_revision_does_not_take_over_and_one_can_go_back(library: environments.Library) -> None:
    environments.create(library, "small", SIX)
    environments.build(library, "small")
    environments.edit(library, "small", Definition(engine="uv", requirements="six==1.17.0\n"))
    environments.build(library, "small")
    environments.build(library, "small", 1)
    assert library.show("small").record.active == 2
    compared = environments.compare_revisions(library, "small", 1, 2)
    assert [(one.name, one.old, one.new) for one in compared.changes] == [("six", "1.16.0", "1.17.0")]
    assert "\n-six==1.16.0\n" in compared.definition
    assert "\n+six==1.17.0\n" in compared.definition
    environments.activate(library, "small", 1)
    assert says(interpreter(library, "small"), "import six; print(six.__version__)") == "1.16.0"


def test_a_workspace_uses_an_environment(library: environments.Library, opened: verbs.Opened, data_home: Path) -> None:
    environments.create(library, "small", SIX)
    with pytest.raises(errors.EnvironmentNotReady, match="no build that worked yet"):
        environments.use(opened, library, "small")
    environments.build(library, "small")
    used = environments.use(opened, library, "small")
    assert environments.used(opened) == used
    assert (used.label, used.pinned) == ("small r1", False)
    kernel = json.loads((data_home / "kernels" / used.kernel / "kernel.json").read_text())
    assert kernel["display_name"] == "small r1"
    assert kernel["argv"][0] == used.interpreter
    assert kernel["env"]["GREETING"] == "hello"
    assert kernel["env"]["REPRO_ENVIRONMENT"] == "small"
    made = verbs.checkpoint(opened)
    assert made.created
    assert made.commit.environment.label == "small r1"
    assert made.commit.environment.lock == library.show("small").revision(1).lock
    assert not verbs.checkpoint(opened).created
    packages = {one.name: one.version for one in environments.snapshot(opened, "@").software.packages}
    assert packages["six"] == "1.16.0"

    # The active revision moves, and with it those who follow it; the pinned one stays.
    environments.edit(library, "small", Definition(engine="uv", requirements="six==1.17.0\n"))
    environments.build(library, "small")
    moved = environments.used(opened)
    assert moved is not None
    assert moved.label == "small r2"
    assert verbs.checkpoint(opened).created
    environments.use(opened, library, "small", 1)
    assert verbs.checkpoint(opened).commit.environment.label == "small r1"
    environments.stop_using(opened)
    assert environments.used(opened) is None
    assert verbs.checkpoint(opened).commit.environment.label == ""


def test_a_kernel_of_the_environment_runs(library: environments.Library, opened: verbs.Opened) -> None:
    manager_module = pytest.importorskip("jupyter_client.manager")
    environments.create(library, "small", SIX)
    environments.build(library, "small")
    used = environments.use(opened, library, "small")
    manager, client = manager_module.start_new_kernel(kernel_name=used.kernel, startup_timeout=120)
    try:
        said: list[str] = []
        client.execute_interactive(
            "import os, six, sys; print(six.__version__, os.environ['GREETING'], sys.prefix)",
            output_hook=lambda message: said.append(message["content"].get("text", "")),
            timeout=120,
        )
        assert "".join(said).split() == ["1.16.0", "hello", str(Path(used.interpreter).parents[1])]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_two_installations_of_one_lock_have_equal_snapshots(
    library: environments.Library, opened: verbs.Opened
) -> None:
    environments.create(library, "small", SIX)
    environments.build(library, "small")
    used = environments.use(opened, library, "small")
    first = environments.snapshot(opened).id
    shutil.rmtree(Path(used.interpreter).parents[1])
    assert environments.use(opened, library, "small").interpreter == used.interpreter
    assert environments.snapshot(opened).id == first


def test_what_nobody_uses_is_collected_and_comes_back(library: environments.Library, opened: verbs.Opened) -> None:
    environments.create(library, "small", SIX)
    environments.build(library, "small")
    pinned = environments.use(opened, library, "small", 1)
    environments.edit(library, "small", Definition(engine="uv", requirements="six==1.17.0\n"))
    environments.build(library, "small")
    assert environments.collect_environments(library, days=0).removed == 0, "one is active, the other chosen"
    environments.stop_using(opened)
    assert environments.collect_environments(library).removed == 0, "too young"
    assert environments.collect_environments(library, days=0).removed == 1
    assert not Path(pinned.interpreter).exists()
    environments.use(opened, library, "small", 1)
    assert says(pinned.interpreter, "import six; print(six.__version__)") == "1.16.0"


def test_a_lock_whose_hashes_do_not_fit_is_refused(library: environments.Library) -> None:
    environments.create(library, "small", SIX)
    environments.build(library, "small")
    import re

    from jupyter_repro.environments.definitions import Lock, encode
    from jupyter_repro.verbs.environments.using import _Lines

    lock = read_lock(library.places.get(library.show("small").revision().lock))
    forged = Lock(
        engine="uv",
        platform=lock.platform,
        python=lock.python,
        text="six==1.16.0 --hash=sha256:" + "0" * 64 + "\n",
    )
    key = library.places.keep(encode(forged))
    with pytest.raises(errors.BuildFailed, match="could not be installed"):
        engine_of("uv", library.places).install(forged, key, _Lines(None))
    assert engine_of("uv", library.places).interpreter(forged, key) is None
    assert re.search("sha256", lock.text)


def test_a_host_is_described_and_never_built(library: environments.Library, opened: verbs.Opened) -> None:
    import sys

    environments.create(library, "here", Definition(engine="host"))
    assert environments.build(library, "here").state == "ready"
    assert environments.use(opened, library, "here").interpreter == sys.executable
    environments.create(library, "gone", Definition(engine="host", base="/nowhere/python"))
    assert "does not answer" in environments.build(library, "gone").problem
