"""Only a file system that no other machine writes to is called local."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_repro.store import filesystem
from jupyter_repro.store.filesystem import is_local


def mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Let the module read a mount table of ours: no test machine has an NFS server."""
    table = tmp_path / "mountinfo"
    table.write_text("".join(f"{line}\n" for line in lines))
    monkeypatch.setattr(filesystem, "_MOUNTS", table)


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="no tmpfs at /dev/shm on this machine")
def test_a_tmpfs_of_this_machine_is_local() -> None:
    assert is_local("/dev/shm")
    assert is_local(Path("/dev/shm/not/made/yet"))


@pytest.mark.skipif(not Path("/proc/self/mountinfo").exists(), reason="no /proc on this machine")
def test_a_kernel_file_system_is_not_one_to_keep_a_database_on() -> None:
    assert not is_local("/proc/self")


def test_the_deepest_mount_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts(
        tmp_path,
        monkeypatch,
        "1 0 8:1 / / rw - ext4 /dev/sda rw",
        "2 1 0:5 / /data rw shared:3 - nfs4 server:/x rw",
        "3 2 0:6 / /data/fast rw - xfs /dev/sdb rw",
    )
    assert is_local("/database")
    assert not is_local("/data")
    assert not is_local("/data/project/index.sqlite")
    assert is_local("/data/fast/index.sqlite")


def test_a_later_mount_covers_an_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts(
        tmp_path,
        monkeypatch,
        "1 0 8:1 / /x rw - ext4 /dev/sda rw",
        "2 1 0:5 / /x rw - fuse.sshfs host:/ rw",
    )
    assert not is_local("/x/y")


def test_a_mount_point_with_odd_characters_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts(
        tmp_path,
        monkeypatch,
        "1 0 8:1 / / rw - ext4 /dev/sda rw",
        r"2 1 0:5 / /my\040share\012x rw - cifs //server/x rw",
    )
    assert not is_local("/my share\nx/file")
    assert is_local("/my share")


def test_a_link_is_followed_to_where_the_bytes_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remote = tmp_path / "remote"
    remote.mkdir()
    (tmp_path / "link").symlink_to(remote)
    mounts(
        tmp_path,
        monkeypatch,
        "1 0 8:1 / / rw - ext4 /dev/sda rw",
        f"2 1 0:5 / {os.path.realpath(remote)} rw - nfs server:/x rw",
    )
    assert not is_local(tmp_path / "link" / "index.sqlite")
    assert is_local(tmp_path)


def test_without_a_mount_table_the_answer_is_the_cautious_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filesystem, "_MOUNTS", tmp_path / "missing")
    assert not is_local(tmp_path)
