"""The engine conda on a channel on disk: what is asked for, what is locked, and the life with a workspace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from jupyter_repro import errors, verbs
from jupyter_repro.environments.definitions import Definition, Lock, encode, read_lock
from jupyter_repro.environments.engines import engine_of
from jupyter_repro.environments.engines.conda_lock import CondaLock, CondaPackage, read_conda_lock, write_conda_lock
from jupyter_repro.verbs import environments
from jupyter_repro.verbs.environments.kernels import no_kernel, settle_kernels
from tests.environments.conda_channel import PYTHON, SUBDIR, Channel, make_channel

pytest.importorskip("rattler", reason="py-rattler is not installed")


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    return make_channel(tmp_path / "channel")


def asked(channel: Channel, *dependencies: str, rest: str = "", **fields: str) -> Definition:
    lines = "".join(f"  - {one}\n" for one in dependencies)
    text = f"name: ignored\nchannels:\n  - {channel.url}\ndependencies:\n{lines}{rest}"
    return Definition(engine="conda", conda=text, **fields)


def interpreter(library: environments.Library, name: str) -> Path:
    lock = library.show(name).revision().lock
    found = engine_of("conda", library.places).interpreter(read_lock(library.places.get(lock)), lock)
    assert found is not None
    return Path(found)


def says(python: Path | str, program: str) -> str:
    return subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def test_a_build_gives_what_was_asked_for_and_locks_every_byte(library: environments.Library, channel: Channel) -> None:
    environments.create(library, "small", asked(channel, "stats"))
    seen: list[str] = []
    done = environments.build(library, "small", on_line=seen.append)
    assert (done.state, done.problem, done.packages) == ("ready", "", 4)
    python = interpreter(library, "small")
    prefix = python.parents[1]
    assert says(python, "import stats, sys; print(stats.version, sys.prefix)") == f"1.1 {prefix}"
    assert subprocess.check_output([prefix / "bin" / "tables"], text=True).strip() == str(prefix)
    assert list(environments.build_log(library, done.id)) == seen
    lock = read_lock(library.places.get(done.lock))
    assert lock.python == f"CPython {PYTHON}"
    held = read_conda_lock(lock.text)
    assert [one.label for one in held.packages] == [
        "ipykernel 6.0 0",
        f"python {PYTHON} tiny_0",
        "stats 1.1 0",
        "tables 2.5 h3_1",
    ]
    for package in held.packages:
        record = channel.records[package.file]
        assert (package.sha256, package.md5, package.size) == (record["sha256"], record["md5"], record["size"])
        assert package.url == f"{channel.url}/{package.subdir}/{package.file}"
        assert package.channel == channel.url


def test_environments_share_their_files(library: environments.Library, channel: Channel) -> None:
    for name, version in (("one", "1.0"), ("two", "1.1")):
        environments.create(library, name, asked(channel, f"stats={version}"))
        assert environments.build(library, name).state == "ready"
    files = [interpreter(library, name).parents[1] / "share/tables/data.txt" for name in ("one", "two")]
    assert files[0].stat().st_ino == files[1].stat().st_ino
    assert interpreter(library, "one") != interpreter(library, "two")


def test_a_workspace_uses_it_and_checkpoints_tell_of_every_package(
    library: environments.Library, opened: verbs.Opened, channel: Channel, data_home: Path
) -> None:
    environments.create(
        library, "small", asked(channel, "stats=1.0", rest="variables:\n  GREETING: hello\n  LEVEL: 3\n")
    )
    environments.build(library, "small")
    used = environments.use(opened, library, "small")
    assert environments.used(opened) == used
    prefix = Path(used.interpreter).parents[1]
    kernel = json.loads((data_home / "kernels" / used.kernel / "kernel.json").read_text())
    assert kernel["display_name"] == "small r1"
    assert kernel["env"]["GREETING"] == "hello"
    assert kernel["env"]["LEVEL"] == "3"
    assert kernel["env"]["CONDA_PREFIX"] == str(prefix)
    assert kernel["env"]["TABLES_HOME"] == f"{prefix}/share/tables", "what the packages' own activation sets"
    assert kernel["env"]["PATH"].startswith(f"{prefix}/bin:")
    made = verbs.checkpoint(opened)
    assert made.commit.environment.label == "small r1"
    found = environments.snapshot(opened, "@").software.by_ecosystem["conda"]
    assert [(one.name, one.version, one.origin) for one in found][-1] == ("tables", "2.5=h3_1", channel.url)
    assert all(one.hash.startswith("sha256:") for one in found)
    assert not verbs.checkpoint(opened).created


def runs_in(kernel: str, code: str) -> str:
    """What a notebook cell prints in a kernel of that name."""
    manager_module = pytest.importorskip("jupyter_client.manager")
    manager, client = manager_module.start_new_kernel(kernel_name=kernel, startup_timeout=120)
    try:
        said: list[str] = []
        client.execute_interactive(
            code, output_hook=lambda message: said.append(message["content"].get("text", "")), timeout=120
        )
        return "".join(said)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_kernel_of_the_environment_runs(
    library: environments.Library, opened: verbs.Opened, channel: Channel
) -> None:
    environments.create(library, "small", asked(channel, "stats"))
    environments.build(library, "small")
    used = environments.use(opened, library, "small")
    said = runs_in(used.kernel, "import os, stats, sys; print(stats.version, os.environ['TABLES_HOME'], sys.prefix)")
    prefix = str(Path(used.interpreter).parents[1])
    assert said.split() == ["1.1", f"{prefix}/share/tables", prefix]


def test_a_kernel_that_a_package_brings_is_offered_beside_that_of_python(
    library: environments.Library, opened: verbs.Opened, channel: Channel, data_home: Path, tmp_path: Path
) -> None:
    scripts = {"pre-run": f"echo before >> {tmp_path}/before\n"}
    environments.create(library, "small", replace(asked(channel, "stats", "tiny-kernel"), scripts=scripts))
    assert environments.build(library, "small").state == "ready"
    used = environments.use(opened, library, "small")
    assert used.kernels == (used.kernel, f"{used.kernel}.tiny")
    assert environments.used(opened) == used
    said = [json.loads((data_home / "kernels" / one / "kernel.json").read_text()) for one in used.kernels]
    assert [(one["display_name"], one["language"]) for one in said] == [
        ("small r1", "python"),
        ("small r1 (Tiny Language)", "tiny"),
    ]
    assert (data_home / "kernels" / used.kernels[1] / "logo-svg.svg").exists()
    assert runs_in(used.kernels[1], "REPRO_ENVIRONMENT") == "tiny small\n"
    assert (tmp_path / "before").read_text() == "before\n"
    # One of the two that is lost comes back; both go when nobody uses the environment.
    shutil.rmtree(data_home / "kernels" / used.kernels[1])
    assert settle_kernels(opened.data)
    assert not settle_kernels(opened.data)
    assert sorted(one.name for one in data_home.glob("kernels/*")) == sorted(used.kernels)
    environments.stop_using(opened)
    assert not list(data_home.glob("kernels/*"))


def test_a_kernel_that_a_package_brings_is_enough(
    library: environments.Library, opened: verbs.Opened, channel: Channel
) -> None:
    del channel.records["ipykernel-6.0-0.conda"]
    channel.index()
    environments.create(library, "small", asked(channel, "tiny-kernel"))
    environments.build(library, "small")
    used = environments.use(opened, library, "small")
    assert used.kernel.endswith(".tiny")
    assert no_kernel(used) == ""


def test_without_a_kernel_that_fits_there_is_none_in_the_launcher(
    library: environments.Library, opened: verbs.Opened, channel: Channel, data_home: Path
) -> None:
    del channel.records["ipykernel-6.0-0.conda"]
    channel.index()
    environments.create(library, "small", asked(channel, "stats"))
    seen: list[str] = []
    assert environments.build(library, "small", on_line=seen.append).state == "ready"
    assert any("no ipykernel fits" in line for line in seen)
    used = environments.use(opened, library, "small")
    assert used.kernel == ""
    assert no_kernel(used).startswith("small r1 has no kernel: notebooks cannot run in it")
    assert "Add ipykernel" in no_kernel(used)
    assert environments.used(opened) == used
    assert not list(data_home.glob("kernels/*"))


def test_two_installations_of_one_lock_have_equal_snapshots(
    library: environments.Library, opened: verbs.Opened, channel: Channel
) -> None:
    environments.create(library, "small", asked(channel, "stats"))
    environments.build(library, "small")
    used = environments.use(opened, library, "small")
    first = environments.snapshot(opened).id
    shutil.rmtree(Path(used.interpreter).parents[1])
    shutil.rmtree(library.places.conda_packages)
    assert environments.use(opened, library, "small").interpreter == used.interpreter
    assert environments.snapshot(opened).id == first


def test_recreate_brings_it_along_from_the_commit_alone(
    library: environments.Library,
    opened: verbs.Opened,
    channel: Channel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    environments.create(library, "small", asked(channel, "stats=1.0"))
    environments.build(library, "small")
    environments.use(opened, library, "small")
    past = verbs.checkpoint(opened, "then").commit.id
    environments.edit(library, "small", asked(channel, "stats=1.1"))
    environments.build(library, "small")
    assert verbs.checkpoint(opened).commit.environment.label == "small r2"
    made = verbs.recreate(opened, past, tmp_path / "then")
    assert (made.environment, made.notice) == ("small r1", "")
    with verbs.open_workspace(made.path) as there:
        used = environments.used(there)
        assert used is not None
        assert says(used.interpreter, "import stats; print(stats.version)") == "1.0"
        assert not verbs.checkpoint(there).created
    verbs.export_project(opened, tmp_path / "file.repro")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "elsewhere"))
    verbs.import_project(tmp_path / "file.repro", name="brought")
    with verbs.open_project("brought") as project:
        made = verbs.recreate(project, past, tmp_path / "there")
    assert (made.environment, made.notice) == ("small r1", "")
    with verbs.open_workspace(made.path) as there:
        assert environments.snapshot(there, past).software == environments.snapshot(there).software


def test_what_was_installed_by_hand_is_nobody_elses_and_comes_back(
    library: environments.Library, opened: verbs.Opened, channel: Channel, data_home: Path
) -> None:
    environments.create(library, "small", asked(channel, "stats=1.0"))
    environments.build(library, "small")
    used = environments.use(opened, library, "small")
    by_hand = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", used.interpreter, "six==1.16.0"]
    subprocess.run(by_hand, check=True)
    made = verbs.checkpoint(opened, "with six").commit
    again = environments.use(opened, library, "small")
    fresh = again.interpreter
    assert fresh != used.interpreter, "whoever asks for the revision gets what its lock says"
    assert environments.used(opened) == again
    assert again.kernel != used.kernel
    kernel = json.loads((data_home / "kernels" / again.kernel / "kernel.json").read_text())
    assert kernel["argv"][0] == fresh, "what the checkpoint looks at is what the kernel runs in"
    assert not list(Path(fresh).parents[1].glob("lib/python*/site-packages/six.py"))
    brought = environments.restore_environment(opened, made.id)
    assert says(brought.used.interpreter, "import six, stats; print(six.__version__, stats.version)") == "1.16.0 1.0"


def test_an_edit_keeps_what_need_not_change(library: environments.Library, channel: Channel) -> None:
    environments.create(library, "small", asked(channel, "stats"))
    first = environments.build(library, "small")
    channel.add("tables", "3.0", {"share/tables/data.txt": "y"})
    channel.add("extra", "1", {"share/extra.txt": "z"})
    channel.index()
    engine = engine_of("conda", library.places)
    before = read_lock(library.places.get(first.lock))
    log = Lines()
    kept = engine.packages(engine.resolve(asked(channel, "stats", "extra"), log, before))
    assert (kept["tables"], kept["extra"]) == ("2.5", "1")
    assert engine.packages(engine.resolve(asked(channel, "stats", "extra"), log))["tables"] == "3.0"


def test_names_of_channels_mean_what_the_settings_say(
    library: environments.Library, channel: Channel, tmp_path: Path
) -> None:
    shutil.move(channel.folder, tmp_path / "mirror" / "lab")
    config = Path(os.environ["JUPYTER_CONFIG_DIR"], "jupyter_repro_config.py")
    address = (tmp_path / "mirror").as_uri()
    config.write_text(
        f"c.Repro.conda_channel_alias = '{address}'\nc.Repro.conda_channels = 'away={address}/lab other={address}/x'\n"
        "c.Repro.conda_default_channels = 'lab'\n"
    )
    for name, channels in (("none", ""), ("named", "channels: [lab]\n"), ("mapped", "channels: [away, nodefaults]\n")):
        text = f"{channels}dependencies: [stats=1.0]\n"
        environments.create(library, name, Definition(engine="conda", conda=text))
        assert environments.build(library, name).problem == "", name
    text = "channels: [away]\ndependencies: ['lab::stats']\n"
    environments.create(library, "one-package", Definition(engine="conda", conda=text))
    assert environments.build(library, "one-package").problem == ""
    text = "channels: [defaults]\ndependencies: [stats]\n"
    environments.create(library, "defaults", Definition(engine="conda", conda=text))
    assert "Repro.conda_channels" in environments.build(library, "defaults").problem
    config.write_text("c.Repro.conda_channels = 'nothing'\n")
    assert "not of the form name=address" in environments.build(library, "defaults").problem


def test_pip_adds_to_conda_and_never_replaces_it(library: environments.Library, channel: Channel) -> None:
    rest = "  - pip:\n    - six==1.16.0\n    - stats>=1\n"
    environments.create(library, "both", asked(channel, "stats=1.0", rest=rest))
    done = environments.build(library, "both")
    assert done.problem == ""
    program = "import six, stats; print(six.__version__, stats.version)"
    assert says(interpreter(library, "both"), program) == "1.16.0 1.0"
    held = read_conda_lock(read_lock(library.places.get(done.lock)).text)
    assert held.pip.startswith("six==1.16.0 ")
    assert "--hash=sha256:" in held.pip
    assert "stats" not in held.pip
    environments.create(library, "clash", asked(channel, "stats=1.0", rest="  - pip:\n    - stats>1\n"))
    assert "pip never replaces what conda installs" in environments.build(library, "clash").problem
    metadata = {"site-packages/six-1.2.dist-info/METADATA": "Metadata-Version: 2.1\nName: six\nVersion: 1.2\n"}
    channel.add("six", "1.2", metadata, noarch="python", depends=["python"])
    channel.index()
    rest = "  - pip:\n    - python-dateutil==2.9.0\n"
    environments.create(library, "too-old", asked(channel, "stats=1.0", "six", rest=rest))
    problem = environments.build(library, "too-old").problem
    assert "python-dateutil" in problem
    assert "six" in problem
    assert "Ask for another version in the dependencies" in problem


def test_scripts_and_what_is_added_on_top(library: environments.Library, channel: Channel) -> None:
    import msgspec

    script = (
        'test "$TABLES_HOME" = "$CONDA_PREFIX/share/tables"\npython -c "import stats"\ntouch "$CONDA_PREFIX/done"\n'
    )
    base = msgspec.structs.replace(asked(channel, "stats=1.0"), scripts={"post-setup": script})
    environments.create(library, "base", base)
    assert environments.build(library, "base").problem == ""
    assert (interpreter(library, "base").parents[1] / "done").exists()
    channel.add("extra", "1", {"share/extra.txt": "z"})
    channel.index()
    on_top = environments.based_on(library, "base", 1)
    environments.create(library, "top", msgspec.structs.replace(on_top, conda="dependencies: [extra]\n"))
    assert environments.build(library, "top").problem == ""
    assert says(interpreter(library, "top"), "import stats; print(stats.version)") == "1.0"
    assert (interpreter(library, "top").parents[1] / "share/extra.txt").exists()


def test_revisions_are_compared_package_by_package(
    library: environments.Library, opened: verbs.Opened, channel: Channel
) -> None:
    environments.create(library, "small", asked(channel, "stats=1.0"))
    environments.build(library, "small")
    environments.edit(library, "small", asked(channel, "stats=1.1", rest="  - pip:\n    - six==1.16.0\n"))
    environments.build(library, "small")
    expected = [("python", "six", "", "1.16.0"), ("conda", "stats", "1.0=0", "1.1=0")]
    changes = environments.compare_revisions(library, "small", 1, 2).changes
    assert [(one.ecosystem, one.name, one.old, one.new) for one in changes] == expected
    changes = environments.compare(opened, "small@1", "small@2", library=library).changes
    assert [(one.ecosystem, one.name, one.old, one.new) for one in changes] == expected
    environments.use(opened, library, "small")
    assert environments.compare(opened, "small@2", library=library).changes == (), "it is what was asked for"
    changes = environments.compare(opened, "small@1", library=library).changes
    assert [(one.ecosystem, one.name, one.old, one.new) for one in changes] == expected[1:], (
        "pip is not spoken of in r1"
    )


def test_what_nobody_uses_is_collected_with_its_packages(
    library: environments.Library, opened: verbs.Opened, channel: Channel
) -> None:
    environments.create(library, "small", asked(channel, "stats=1.0"))
    environments.build(library, "small")
    environments.edit(library, "small", asked(channel, "stats=1.1"))
    environments.build(library, "small")
    old = library.show("small").revision(1).lock
    assert environments.collect_environments(library).removed == 0, "too young"
    done = environments.collect_environments(library, days=0)
    assert done.removed == 1
    assert done.bytes > 0
    left = {path.name for path in library.places.conda_packages.iterdir() if path.is_dir()}
    assert "stats-1.1-0" in left
    assert "stats-1.0-0" not in left
    assert environments.use(opened, library, "small", 1).number == 1
    assert (
        says(environments.use(opened, library, "small", 1).interpreter, "import stats; print(stats.version)") == "1.0"
    )
    assert library.show("small").revision(1).lock == old


def test_without_rattler_one_sentence_says_what_to_install(
    library: environments.Library, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rattler", None)
    environments.create(library, "small", asked(channel, "stats"))
    problem = environments.build(library, "small").problem
    assert "py-rattler" in problem
    assert 'pip install "jupyter-repro[conda]"' in problem
    environments.create(library, "here", Definition(engine="host"))
    assert environments.build(library, "here").state == "ready"


def test_the_text_of_a_lock_says_it_all_and_nothing_else_is_one() -> None:
    package = CondaPackage(
        name="b",
        version="1",
        build="h_0",
        url="https://host/x/noarch/b-1-h_0.conda",
        channel="https://host/x",
        subdir="noarch",
        sha256="ab",
        size=3,
        depends=["a >=1,<2", "c"],
        noarch="python",
    )
    first = CondaPackage(name="a", version="1", build="0", url="u/a-1-0.conda", channel="u", subdir=SUBDIR, md5="cd")
    lock = CondaLock(SUBDIR, ("https://host/x", "u"), (package, first), "six==1 \\\n    --hash=sha256:00\n")
    text = write_conda_lock(lock)
    assert read_conda_lock(text) == CondaLock(lock.subdir, lock.channels, (first, package), lock.pip)
    assert write_conda_lock(read_conda_lock(text)) == text
    for damaged in (
        "",
        text.replace("conda 1", "conda 2"),
        text.replace("  url", "  uri"),
        text.replace("size 3", "size x"),
    ):
        with pytest.raises(errors.BlobCorrupt):
            read_conda_lock(damaged)
    with pytest.raises(errors.BuildFailed, match="no text can hold"):
        write_conda_lock(CondaLock(SUBDIR, ("https://host\n/x",), ()))


def test_a_lock_of_another_platform_is_not_installed(library: environments.Library) -> None:
    text = write_conda_lock(CondaLock("osx-arm64", (), ()))
    lock = Lock(engine="conda", platform="darwin-arm64", python="CPython 3.12.1", text=text)
    with pytest.raises(errors.BuildFailed, match="made for darwin-arm64"):
        engine_of("conda", library.places).install(lock, library.places.keep(encode(lock)), Lines())


class Lines:
    """A log that nobody reads."""

    def line(self, text: str) -> None:
        pass

    def check(self) -> None:
        pass
