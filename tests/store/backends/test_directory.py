"""What only a folder can do wrong: full disks, unmounted disks, foreign files, descriptors, leftovers."""

from __future__ import annotations

import mmap
import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jupyter_repro.errors import HostilePath, InvalidRequest, StoreError, StoreFull, StoreUnreachable
from jupyter_repro.store.backends import AlreadyExists, Backend, DirectoryBackend, KeyNotFound, open_backend
from jupyter_repro.store.backends.durable import publish

needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts descriptors in /proc")


def keys(backend: Backend, prefix: str = "") -> list[str]:
    return [listed.key for listed in backend.list(prefix)]


def descriptors_below(folder: Path) -> list[str]:
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{name}")
        except FileNotFoundError:
            continue  # the one of the listing
        if target.startswith(f"{folder}/"):
            found.append(target)
    return found


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 1 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("mounting a small tmpfs takes root on Linux")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.faults
def test_a_full_disk_says_so_and_leaves_everything_earlier_whole(small_disk: Path) -> None:
    backend = DirectoryBackend(small_disk / "store")
    backend.put("packs/first", b"a" * 600_000)
    with pytest.raises(StoreFull) as caught:
        backend.put("packs/second", b"b" * 600_000)
    assert str(small_disk / "store/packs/second") in str(caught.value)
    assert "Free some space" in str(caught.value)
    assert keys(backend) == ["packs/first"]
    assert backend.get("packs/first") == b"a" * 600_000
    assert os.listdir(small_disk / "store/tmp") == []
    backend.delete("packs/first")
    backend.put("packs/second", b"b" * 600_000)


@pytest.mark.faults
def test_a_disk_that_is_unmounted_is_not_taken_for_an_empty_store(small_disk: Path) -> None:
    backend = DirectoryBackend(small_disk / "store")
    backend.put("log/1", b"x")
    subprocess.run(["umount", "--lazy", str(small_disk)], check=True)
    try:
        for call in (
            lambda: backend.put("log/2", b"y"),
            lambda: backend.get("log/1"),
            lambda: list(backend.list("log/")),
        ):
            with pytest.raises(StoreUnreachable, match="is gone"):
                call()
        assert os.listdir(small_disk) == []  # nothing was written beneath the mount point
    finally:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small_disk)], check=True)


def test_nothing_is_made_before_the_first_put(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    backend = DirectoryBackend(folder)
    assert keys(backend) == []
    with pytest.raises(KeyNotFound):
        backend.get("x")
    backend.delete("x")
    assert backend.collect_temporary() == 0
    assert not (tmp_path / "a").exists()
    backend.put("x", b"1")
    assert sorted(os.listdir(folder)) == ["tmp", "x"]


def test_a_stored_file_is_read_only_and_can_still_be_deleted(tmp_path: Path) -> None:
    backend = DirectoryBackend(tmp_path)
    backend.put("packs/ab/x", b"data")
    assert stat.S_IMODE(backend.path_of("packs/ab/x").stat().st_mode) & 0o222 == 0
    backend.delete("packs/ab/x")
    assert not backend.path_of("packs/ab/x").exists()


def test_a_stored_file_can_be_mapped(tmp_path: Path) -> None:
    backend = DirectoryBackend(tmp_path)
    backend.put("packs/ab/x", b"data" * 5000)
    with (
        open(backend.path_of("packs/ab/x"), "rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view,
    ):
        assert view[4000:4008] == b"datadata"
    with pytest.raises(HostilePath):
        backend.path_of("../x")


@needs_proc
def test_few_descriptors_stay_open_and_closing_lets_go_of_all(tmp_path: Path) -> None:
    backend = DirectoryBackend(tmp_path, open_files=4)
    for number in range(20):
        backend.put(f"packs/{number:02d}", bytes([number]) * 100)
    for _ in range(3):
        for number in range(20):
            assert backend.get(f"packs/{number:02d}", 50, 2) == bytes([number]) * 2
    for number in range(20):
        backend.get(f"packs/{number:02d}")  # read as a whole: nothing to come back for
    assert sorted(descriptors_below(tmp_path)) == [f"{tmp_path}/packs/{number}" for number in range(16, 20)]
    backend.get("packs/16", 1, 1)
    backend.get("packs/00", 1, 1)
    assert f"{tmp_path}/packs/16" in descriptors_below(tmp_path)  # used again, so not the oldest any more
    assert f"{tmp_path}/packs/17" not in descriptors_below(tmp_path)
    backend.close()
    assert descriptors_below(tmp_path) == []
    assert backend.get("packs/03", 0, 1) == b"\x03"
    backend.close()


@needs_proc
def test_deleting_lets_go_of_the_descriptor(tmp_path: Path) -> None:
    backend = DirectoryBackend(tmp_path)
    backend.put("packs/1", b"x" * 10)
    backend.get("packs/1", 0, 5)
    backend.delete("packs/1")
    assert descriptors_below(tmp_path) == []


def test_threads_read_right_while_descriptors_are_closed_under_them(tmp_path: Path) -> None:
    backend = DirectoryBackend(tmp_path, open_files=2)
    names = [f"packs/{number:02d}" for number in range(12)]
    for number, name in enumerate(names):
        backend.put(name, bytes([number]) * 4096)
    stop = threading.Event()

    def churn() -> None:
        while not stop.is_set():
            backend.close()

    def read(seed: int) -> None:
        for step in range(3000):
            number = (seed * 7 + step) % 12
            assert backend.get(names[number], step % 4000, 64) == bytes([number]) * 64

    churner = threading.Thread(target=churn)
    churner.start()
    try:
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(read, range(6)))
    finally:
        stop.set()
        churner.join()


def test_leftovers_are_collected_once_they_are_old(tmp_path: Path) -> None:
    backend = DirectoryBackend(tmp_path)
    backend.put("a", b"stored")
    for name in ("young", "old", "linked"):
        (tmp_path / "tmp" / name).write_bytes(b"half")
    # A writer that died between naming the file and removing the temporary name.
    (tmp_path / "tmp/linked").unlink()
    os.link(tmp_path / "a", tmp_path / "tmp/linked")
    now = (tmp_path / "tmp/young").stat().st_mtime
    os.utime(tmp_path / "tmp/old", (now - 25 * 3600,) * 2)
    assert backend.collect_temporary() == 1
    assert sorted(os.listdir(tmp_path / "tmp")) == ["linked", "young"]
    assert backend.collect_temporary(older_than_seconds=-1) == 2
    assert os.listdir(tmp_path / "tmp") == []
    assert backend.get("a") == b"stored"


def test_foreign_files_are_neither_listed_nor_in_the_way(tmp_path: Path) -> None:
    backend = DirectoryBackend(tmp_path)
    backend.put("log/1", b"x")
    (tmp_path / ".DS_Store").write_bytes(b"x")
    (tmp_path / "log/.nfs0001").write_bytes(b"x")
    (tmp_path / "lost+found").mkdir()
    (tmp_path / "log/new\nline").write_bytes(b"x")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/log/\xff\xfe")).write_bytes(b"x")
    (tmp_path / "log/.snapshot").mkdir()
    (tmp_path / "log/.snapshot/1").write_bytes(b"x")
    assert keys(backend) == ["log/1"]


def test_a_key_below_a_key_cannot_be_and_says_so(tmp_path: Path) -> None:
    backend = DirectoryBackend(tmp_path)
    backend.put("a/b", b"x")
    with pytest.raises(StoreError, match="is not a file"):
        backend.put("a", b"y")
    with pytest.raises(StoreError, match="Could not write"):
        backend.put("a/b/c", b"y")
    assert keys(backend) == ["a/b"]


def test_folders_that_somebody_tidied_away_are_made_again(tmp_path: Path) -> None:
    backend = DirectoryBackend(tmp_path / "store")
    backend.put("packs/ab/1", b"x")
    backend.delete("packs/ab/1")
    shutil.rmtree(tmp_path / "store/packs")
    os.rmdir(tmp_path / "store/tmp")
    backend.put("packs/ab/2", b"y")
    assert keys(backend) == ["packs/ab/2"]


def test_a_root_that_went_away_is_an_error_and_not_made_again(tmp_path: Path) -> None:
    backend = DirectoryBackend(tmp_path / "store")
    backend.put("a", b"x")
    shutil.rmtree(tmp_path / "store")
    for call in (lambda: backend.put("b", b"y"), lambda: backend.get("a"), lambda: list(backend.list(""))):
        with pytest.raises(StoreUnreachable, match="is gone"):
            call()
    assert not (tmp_path / "store").exists()


def test_a_link_that_worked_although_the_server_said_no_counts_as_done(tmp_path: Path) -> None:
    # NFS repeats a request whose answer was lost; the second one finds the first one's work.
    (tmp_path / "temporary").write_bytes(b"x")
    os.link(tmp_path / "temporary", tmp_path / "target")
    assert publish(str(tmp_path / "temporary"), str(tmp_path / "target"))
    (tmp_path / "other").write_bytes(b"x")
    assert not publish(str(tmp_path / "other"), str(tmp_path / "target"))


def test_a_negative_length_is_refused(tmp_path: Path) -> None:
    backend = DirectoryBackend(tmp_path)
    backend.put("a", b"xyz")
    for _ in range(2):
        with pytest.raises(InvalidRequest):
            backend.get("a", 0, -1)
        backend.get("a", 0, 1)


@pytest.mark.parametrize("name", ["plain", "with space", "ümläut", "percent%20", "hash#?", "bad\udcff"], ids=ascii)
def test_a_url_leads_back_to_the_same_folder(tmp_path: Path, name: str) -> None:
    backend = DirectoryBackend(tmp_path / name)
    backend.put("a", b"x")
    assert backend.url.isascii()
    assert open_backend(backend.url).get("a") == b"x"
    assert open_backend(str(tmp_path / name)).get("a") == b"x"
    assert open_backend(tmp_path / name).get("a") == b"x"


def test_a_relative_path_means_the_folder_it_meant_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    backend = open_backend("store")
    monkeypatch.chdir("/")
    backend.put("a", b"x")
    assert (tmp_path / "store/a").read_bytes() == b"x"
    with pytest.raises(AlreadyExists):
        backend.put("a", b"y")
