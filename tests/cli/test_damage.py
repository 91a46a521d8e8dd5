"""What ``verify`` proposes about damage is what helps: each proposal is followed, and the store is whole again."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from blake3 import blake3

from jupyter_repro.store import Kind
from jupyter_repro.store.backends import open_backend
from jupyter_repro.store.packs import read_table
from tests.faults.damage import rewrite

if TYPE_CHECKING:
    from tests.conftest import Repro

FULL = "checkpoint --full"


@pytest.fixture
def store(repro: Repro, data_home: Path) -> Path:
    """The store of a project with two large files, one of which is only in the first of two commits."""
    repro("init", "--project", "story")
    for name in ("kept.bin", "gone.bin"):
        (repro.cwd / name).write_bytes(os.urandom(2_000_000))
    repro("checkpoint", "-m", "first")
    repro("export", repro.cwd.parent / "whole.repro")
    (repro.cwd.parent / "elsewhere").write_bytes((repro.cwd / "gone.bin").read_bytes())
    (repro.cwd / "gone.bin").unlink()
    repro("checkpoint", "-m", "second")
    (found,) = (data_home / "repro" / "projects").glob("*/store")
    return found


def flip(store: Path, kind: Kind = Kind.BLOB, content: bytes = b"") -> Path:
    """Flip a bit in an object of a kind; of blobs in the first chunk of ``content``. Returns the pack."""
    for pack in sorted(store.glob("packs/*/*")):
        for entry in read_table(open_backend(store), bytes.fromhex(pack.name)).entries():
            if entry.kind == kind and (not content or entry.id == blake3(content[: entry.plain]).digest()):
                data = bytearray(pack.read_bytes())
                data[entry.offset + entry.stored // 2] ^= 1
                rewrite(pack, bytes(data))
                return pack
    raise AssertionError("there is no such object")


def whole(repro: Repro) -> bool:
    return bool(repro.json("verify", code=None)["ok"])


def test_content_that_a_workspace_still_has_is_stored_again(repro: Repro, store: Path) -> None:
    flip(store, content=(repro.cwd / "kept.bin").read_bytes())
    said = repro("verify", code=1).err
    assert f"jupyter-repro -C {repro.cwd} {FULL}' stores it again." in said
    assert "comes back" not in said
    (one,) = [one for one in repro.json("verify", code=1)["damaged"] if one["kind"] == "blob"]
    assert one["workspaces"] == [str(repro.cwd)]
    # Under whatever name, and also when the rest of the file is another one by now.
    (repro.cwd / "kept.bin").rename(repro.cwd / "renamed.bin")
    with (repro.cwd / "renamed.bin").open("ab") as file:
        file.write(b"and on")
    assert FULL in repro("verify", code=1).err
    repro("checkpoint", "--full")
    assert whole(repro)


def test_content_that_no_workspace_has_is_not_promised_to_come_back_by_a_checkpoint(repro: Repro, store: Path) -> None:
    pack = flip(store, content=(repro.cwd.parent / "elsewhere").read_bytes())
    said = repro("verify", code=1).err
    assert "No file of a workspace on this machine has what gone.bin held any more" in said
    assert f"-C {repro.cwd} {FULL}" not in said
    repro("checkpoint", "--full")
    assert not whole(repro)
    key = f"packs/{pack.parent.name}/{pack.name}"
    assert f"with {key} of a copy of the store, or of an export" in said
    assert f"in the place of that in {store}." in said
    assert "'jupyter-repro purge gone.bin' says so for good" in said

    # The file itself, under any name.
    damaged = pack.read_bytes()
    os.replace(repro.cwd.parent / "elsewhere", repro.cwd / "found again.bin")
    assert FULL in repro("verify", code=1).err.splitlines()[1]
    (repro.cwd / "found again.bin").rename(repro.cwd.parent / "elsewhere")

    # The pack of an export.
    with tarfile.open(repro.cwd.parent / "whole.repro") as export:
        member = export.extractfile(key)
        assert member is not None
        rewrite(pack, member.read())
    assert whole(repro)

    # Nothing at all: it is said for good.
    rewrite(pack, damaged)
    assert not whole(repro)
    repro("purge", "gone.bin", "--reason", "the disk had lost it")
    assert whole(repro)
    assert repro("cat", "@~1", "kept.bin").out == (repro.cwd / "kept.bin").read_bytes()


def test_a_commit_comes_back_by_its_pack_alone(repro: Repro, store: Path) -> None:
    flip(store, Kind.COMMIT)
    said = repro("verify", code=1).err
    assert "No checkpoint stores again what describes a commit" in said
    assert "purge" not in said
    assert "of a copy of the store, or of an export" in said


def test_a_damaged_table_of_contents_is_written_anew(repro: Repro, store: Path) -> None:
    for pack in store.glob("packs/*/*"):
        data = bytearray(pack.read_bytes())
        data[-3] ^= 1
        rewrite(pack, bytes(data))
    said = repro("verify", code=1).err
    assert "All that is in a damaged pack can still be read on this machine: 'jupyter-repro gc' writes it anew." in said
    assert FULL not in said
    repro("gc")
    assert whole(repro)
    repro("rebuild")
    assert repro("cat", "@~1", "kept.bin").out == (repro.cwd / "kept.bin").read_bytes()


def test_where_the_index_knows_no_more_the_damaged_pack_is_asked_for(repro: Repro, store: Path) -> None:
    whole_pack = max(store.glob("packs/*/*"), key=lambda pack: pack.stat().st_size)
    data = whole_pack.read_bytes()
    rewrite(whole_pack, data[:-3] + b"end")
    repro("rebuild")
    said = repro("verify", code=1).err
    assert f"with packs/{whole_pack.parent.name}/{whole_pack.name} of a copy of the store" in said
    assert "'jupyter-repro gc' writes it anew" not in said
    rewrite(whole_pack, data)
    repro("rebuild")
    assert whole(repro)


def test_a_damaged_record_of_the_log_is_written_anew(repro: Repro, store: Path) -> None:
    record = sorted(store.glob("log/*"))[1]
    data = bytearray(record.read_bytes())
    data[len(data) // 2] ^= 1
    rewrite(record, bytes(data))
    said = repro("verify", code=1).err
    assert "'jupyter-repro rebuild' writes it anew." in said
    assert FULL not in said
    repro("rebuild")
    assert whole(repro)


def test_a_damaged_marker_is_taken_of_an_export(repro: Repro, store: Path) -> None:
    marker = store / "repro.json"
    rewrite(marker, marker.read_bytes()[1:])
    said = repro("verify", code=1).err
    assert f"repro.json of any export of this project can take the place of that in {store}." in said
    repro("export", repro.cwd.parent / "now.repro")
    with tarfile.open(repro.cwd.parent / "now.repro") as export:
        member = export.extractfile("repro.json")
        assert member is not None
        rewrite(marker, member.read())
    assert whole(repro)
