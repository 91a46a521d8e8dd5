"""Locks of the engine conda: their text, and getting the very same software back from them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_repro import errors, verbs
from jupyter_repro.environments.definitions import Lock, encode
from jupyter_repro.environments.engines import engine_of
from jupyter_repro.environments.engines.conda_lock import CondaLock, CondaPackage, read_conda_lock, write_conda_lock
from jupyter_repro.verbs import environments
from tests.environments.conda_asking import Lines, asked, says
from tests.environments.conda_channel import SUBDIR, Channel

pytest.importorskip("rattler", reason="py-rattler is not installed")


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
