"""The engine conda on a channel on disk: what is asked for, what comes of it, and what changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_repro import verbs
from jupyter_repro.environments.definitions import Definition, read_lock
from jupyter_repro.environments.engines import engine_of
from jupyter_repro.environments.engines.conda_lock import read_conda_lock
from jupyter_repro.verbs import environments
from tests.environments.conda_asking import Lines, asked, interpreter, says
from tests.environments.conda_channel import PYTHON, Channel

pytest.importorskip("rattler", reason="py-rattler is not installed")


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
