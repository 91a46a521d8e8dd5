"""What can go wrong with conda environments: nothing half made is ever taken for whole, and whatever could not be had
is named."""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from jupyter_repro import verbs
from jupyter_repro.environments.definitions import Definition, read_lock
from jupyter_repro.environments.engines import engine_of
from jupyter_repro.environments.engines.prefixes import READY
from jupyter_repro.errors import BuildFailed, Cancelled
from jupyter_repro.verbs import environments
from tests.environments.conda_channel import Channel

pytest.importorskip("rattler", reason="py-rattler is not installed")


def asked(url: str, *dependencies: str) -> Definition:
    lines = "".join(f"  - {one}\n" for one in dependencies)
    return Definition(engine="conda", conda=f"channels:\n  - {url}\ndependencies:\n{lines}")


def built(library: environments.Library, url: str, *dependencies: str) -> str:
    """Build the environment "small" and return the id of its lock."""
    environments.create(library, "small", asked(url, *dependencies))
    done = environments.build(library, "small")
    assert done.problem == ""
    return done.lock


def install(library: environments.Library, lock: str) -> str:
    return engine_of("conda", library.places).install(read_lock(library.places.get(lock)), lock, Silent())


def remove(library: environments.Library, *, cache: bool) -> None:
    """Take away what is installed, and the package cache too."""
    shutil.rmtree(library.places.conda)
    if cache:
        shutil.rmtree(library.places.conda_packages)


@contextlib.contextmanager
def served(folder: Path, handler: type[SimpleHTTPRequestHandler] | None = None) -> Iterator[str]:
    """The channel over HTTP, at an address that is free again when the block ends."""
    answering = functools.partial(handler or Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


class Guarded(Quiet):
    """Wants a user and a password."""

    def do_GET(self) -> None:
        wanted = "Basic " + base64.b64encode(b"me:pw").decode()
        if self.headers.get("Authorization") == wanted:
            super().do_GET()
        else:
            self.send_error(401)


class Silent:
    """A log that nobody reads."""

    def line(self, text: str) -> None:
        pass

    def check(self) -> None:
        pass


@pytest.mark.parametrize(
    ("dependencies", "said"),
    [
        (("stats=9",), "No candidates were found for stats 9"),
        (("stats=1.1", "tables<2"), "tables <2"),
        (("nowhere",), "nowhere"),
        (("stats >=>1",), "cannot be understood"),
        (("tables",), "no python among the packages"),
    ],
)
def test_what_does_not_fit_is_told(
    library: environments.Library, channel: Channel, dependencies: tuple[str, ...], said: str
) -> None:
    del channel.records["ipykernel-6.0-0.conda"]
    channel.index()
    environments.create(library, "small", asked(channel.url, *dependencies))
    done = environments.build(library, "small")
    assert done.state == "failed"
    assert said in done.problem
    assert library.show("small").record.active is None


def test_a_channel_that_cannot_be_read_is_named(
    library: environments.Library, channel: Channel, tmp_path: Path
) -> None:
    two = Definition(
        engine="conda", conda=f"channels: ['{channel.url}', '{(tmp_path / 'away').as_uri()}']\ndependencies: [stats]\n"
    )
    environments.create(library, "small", two)
    assert f"The channel {(tmp_path / 'away').as_uri()} cannot be read" in environments.build(library, "small").problem


def test_a_channel_without_checksums_cannot_be_locked(library: environments.Library, channel: Channel) -> None:
    for record in channel.records.values():
        if record["name"] == "tables":
            del record["sha256"], record["md5"]
    channel.index()
    environments.create(library, "small", asked(channel.url, "stats"))
    assert "gives no checksum of tables 2.5 h3_1" in environments.build(library, "small").problem


def test_a_channel_that_wants_credentials_gets_those_that_rattler_is_told_of(
    library: environments.Library, channel: Channel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(channel.folder, Guarded) as url:
        environments.create(library, "small", asked(url, "stats"))
        problem = environments.build(library, "small").problem
        assert f"The channel {url} wants credentials" in problem
        assert "RATTLER_AUTH_FILE" in problem
        said = {"127.0.0.1": {"BasicHTTP": {"username": "me", "password": "pw"}}}
        (tmp_path / "auth.json").write_text(json.dumps(said))
        monkeypatch.setenv("RATTLER_AUTH_FILE", str(tmp_path / "auth.json"))
        done = environments.build(library, "small")
        assert done.problem == ""
    assert "pw" not in read_lock(library.places.get(done.lock)).text


@pytest.mark.parametrize("over_http", [False, True])
def test_other_bytes_than_those_that_were_locked_are_refused(
    library: environments.Library, channel: Channel, over_http: bool
) -> None:
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(served(channel.folder)) if over_http else channel.url
        lock = built(library, url, "stats=1.0")
        remove(library, cache=True)
        file = channel.file("tables")
        channel.add("tables", "2.5", {"share/tables/data.txt": "forged"}, build="h3_1")
        assert file.stat().st_size > 0
        with pytest.raises(BuildFailed, match=r"tables 2\.5 h3_1 could not be had: .*(sha256|hash mismatch)"):
            install(library, lock)
        assert engine_of("conda", library.places).interpreter(read_lock(library.places.get(lock)), lock) is None


def test_a_package_that_was_changed_in_the_cache_is_fetched_again(
    library: environments.Library, channel: Channel
) -> None:
    lock = built(library, channel.url, "stats=1.0")
    prefix = Path(install(library, lock)).parents[1]
    (prefix / "share/tables/data.txt").write_text("x" * 1999 + "y")  # a hard link of the cache
    shutil.rmtree(prefix)
    again = Path(install(library, lock)).parents[1]
    assert (again / "share/tables/data.txt").read_text() == "x" * 2000


def test_packages_of_a_channel_that_is_away_come_from_the_cache_and_else_are_named(
    library: environments.Library, channel: Channel
) -> None:
    lock = built(library, channel.url, "stats=1.0")
    channel.folder.rename(channel.folder.with_name("moved"))
    remove(library, cache=False)
    assert Path(install(library, lock)).exists()
    remove(library, cache=True)
    with pytest.raises(BuildFailed) as raised:
        install(library, lock)
    for name in ("ipykernel 6.0 0", "python 3", "stats 1.0 0", "tables 2.5 h3_1"):
        assert name in str(raised.value)
    assert "no such file" in str(raised.value)


def test_every_package_that_was_withdrawn_is_named(library: environments.Library, channel: Channel) -> None:
    with served(channel.folder) as url:
        lock = built(library, url, "stats=1.0")
        remove(library, cache=True)
        channel.file("tables").unlink()
        channel.file("stats-1.0").unlink()
        with pytest.raises(BuildFailed) as raised:
            install(library, lock)
    assert "stats 1.0 0" in str(raised.value)
    assert "tables 2.5 h3_1" in str(raised.value)
    assert "ipykernel" not in str(raised.value)
    assert "404" in str(raised.value)


def test_what_was_withdrawn_is_resolved_anew_when_a_commit_is_brought_back_and_that_is_said(
    library: environments.Library, opened: verbs.Opened, channel: Channel
) -> None:
    built(library, channel.url, "stats")
    environments.use(opened, library, "small")
    past = verbs.checkpoint(opened, "then").commit.id
    remove(library, cache=True)
    channel.file("stats-1.1").unlink()
    del channel.records["stats-1.1-0.tar.bz2"]
    channel.add("tables", "3.0", {"share/tables/data.txt": "newer"})
    channel.index()
    brought = environments.restore_environment(opened, past)
    assert "stats 1.1 0 could not be had" in brought.notice
    assert "resolved anew" in brought.notice
    assert "Used instead: stats 1.1=0 → 1.0=0." in brought.notice, "and everything else stayed"
    program = "import stats; print(stats.version)"
    assert subprocess.check_output([brought.used.interpreter, "-c", program], text=True).strip() == "1.0"


@pytest.mark.parametrize("when", ["resolve", "lock", "fetch", "install    1/"])
def test_a_cancelled_build_leaves_nothing_half_made(library: environments.Library, channel: Channel, when: str) -> None:
    environments.create(library, "small", asked(channel.url, "stats"))

    def stop(line: str) -> None:
        if line.startswith(when):
            raise Cancelled("enough")

    assert environments.build(library, "small", on_line=stop).state == "cancelled"
    assert library.show("small").record.active is None
    assert not list(library.places.conda.glob("*/conda-meta"))
    assert environments.build(library, "small").state == "ready"


def test_a_build_that_is_killed_leaves_nothing_that_looks_whole(
    library: environments.Library, channel: Channel
) -> None:
    environments.create(library, "small", asked(channel.url, "stats"))
    program = (
        "import os, signal\n"
        "from jupyter_repro.verbs import environments\n"
        "def die(line):\n"
        "    if line.startswith('install    2/'):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "with environments.Library(user='me') as library:\n"
        "    environments.build(library, 'small', on_line=die)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -signal.SIGKILL
    assert any(path.is_dir() for path in library.places.conda.iterdir()), "it was cut short in the middle"
    assert not list(library.places.conda.glob(f"*/{READY}"))
    assert environments.build(library, "small").state == "ready"
    (python,) = library.places.conda.glob("*/bin/python")
    assert subprocess.check_output([python, "-c", "import stats; print(stats.version)"], text=True).strip() == "1.1"


def test_two_builds_at_once_do_not_harm_each_other(library: environments.Library, channel: Channel) -> None:
    for name, version in (("one", "1.0"), ("two", "1.1")):
        environments.create(library, name, asked(channel.url, f"stats={version}"))
    done = []

    def work(name: str) -> None:
        with environments.Library(user="me") as mine:
            done.append(environments.build(mine, name))

    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "one", "two", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.problem for one in done] == [""] * 4
    assert len({one.lock for one in done}) == 2
    for name, version in (("one", "1.0"), ("two", "1.1")):
        lock = library.show(name).revision().lock
        found = subprocess.check_output([install(library, lock), "-c", "import stats; print(stats.version)"], text=True)
        assert found.strip() == version


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk")
def test_a_full_disk_is_told_and_leaves_nothing_half_made(
    library: environments.Library, channel: Channel, tmp_path: Path
) -> None:
    channel.add(
        "large", "1", {f"share/large/{number}": str(number) * 100_000 for number in range(8)}, depends=["python"]
    )
    channel.index()
    disk = library.places.root
    disk.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=700k", "none", str(disk)]
    said = subprocess.run(mount, capture_output=True, text=True, check=False)
    if said.returncode != 0:
        pytest.skip(f"no disk can be mounted here: {said.stderr.strip()}")
    try:
        environments.create(library, "small", asked(channel.url, "stats", "large"))
        done = environments.build(library, "small")
        assert done.state == "failed"
        assert "No space is left" in done.problem
        assert not list(library.places.conda.glob(f"*/{READY}"))
        subprocess.run(["mount", "-o", "remount,size=100m", str(disk)], check=True)
        assert environments.build(library, "small").problem == ""
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
