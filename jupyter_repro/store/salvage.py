"""Reading a log of which a part is damaged or gone: what is left, and the packs themselves, say the rest."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_repro.errors import BlobCorrupt
from jupyter_repro.store.backends.protocol import Backend, KeyNotFound
from jupyter_repro.store.log import Head, PackAdded, open_head, open_record
from jupyter_repro.store.objects import decode
from jupyter_repro.store.packs import Table, pack_key, read_table


def replay_what_is_there(backend: Backend, torn: bool = False) -> tuple[Head, bool]:
    """The head as far as it can be known, and whether anything was damaged or missing (``torn`` says so already).

    Starts at the newest snapshot that can be read. When records are passed over, every pack that lies in
    the store and was not retired counts as live: one too many costs space, one too few would cost content.
    """
    head = _snapshot(backend)
    for listed in list(backend.list("log/")):
        number = int(listed.key.rpartition("/")[2])
        if number <= head.number:
            continue
        try:
            data = backend.get(listed.key)
            record, digest = open_record(data, listed.key)
        except (BlobCorrupt, KeyNotFound):
            head.number, head.digest, torn = number, data[-32:].ljust(32, b"\0"), True
            continue
        torn = torn or number != head.number + 1 or record.previous != head.digest
        head.apply(record, digest)
    if torn:
        _add_listed_packs(backend, head)
    return head, torn


def _snapshot(backend: Backend) -> Head:
    for listed in sorted(backend.list("snapshots/"), key=lambda item: item.key, reverse=True):
        try:
            return open_head(backend.get(listed.key), listed.key)
        except (BlobCorrupt, KeyNotFound):
            continue
    return Head()


def _add_listed_packs(backend: Backend, head: Head) -> None:
    for listed in list(backend.list("packs/")):
        pack = bytes.fromhex(listed.key.rpartition("/")[2])
        if pack in head.packs or pack in head.retired:
            continue
        try:
            objects = len(read_table(backend, pack))
        except (BlobCorrupt, KeyNotFound):
            continue
        head.packs[pack] = PackAdded(pack, listed.size, objects)


@dataclass(frozen=True, slots=True)
class Copy:
    """An object that was found: its plain bytes, the pack that holds it, and that pack's table."""

    data: bytes
    pack: bytes
    table: Table


def whole_copy(backend: Backend, head: Head, kind: int, name: bytes) -> Copy | None:
    """The object from the first live pack that holds an undamaged copy of it, whatever an index says."""
    for pack in head.packs:
        try:
            table = read_table(backend, pack)
        except (BlobCorrupt, KeyNotFound):
            continue
        if name not in table.ids:
            continue
        for entry in table.entries():
            if entry.id == name and entry.kind == kind:
                try:
                    payload = backend.get(pack_key(pack), entry.offset, entry.stored)
                    return Copy(decode(entry.codec, payload, entry.plain, name), pack, table)
                except (BlobCorrupt, KeyNotFound):
                    break
    return None
