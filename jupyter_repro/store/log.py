"""The project log: numbered immutable records, the only thing in a store that moves.

A record is put at ``log/<20 digits>`` if nothing is there, so two writers can never both be number
*n*. Replaying the records gives the ``Head``: branches, tags, live packs, purges, settings. Every 256
records the head is put at ``snapshots/<20 digits>`` so that a new reader need not replay them all.

A record or a snapshot is a MessagePack map followed by the 32-byte BLAKE3 of that map.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
from blake3 import blake3

from jupyter_repro.errors import BlobCorrupt

SNAPSHOT_EVERY = 256
FORGOTTEN_US = 2 * 24 * 3600 * 1_000_000
"""A retired pack leaves the head when it went longer ago than this; a file still there is then an orphan."""
FORMAT = 1


class BranchMove(msgspec.Struct, frozen=True, array_like=True):
    """Branch ``name`` goes from commit ``old`` to ``new`` (32-byte ids); None stands for no branch."""

    name: str
    old: bytes | None
    new: bytes | None


class TagMove(msgspec.Struct, frozen=True, array_like=True):
    """Tag ``name`` is made (``new``) or removed (``new`` is None)."""

    name: str
    old: bytes | None
    new: bytes | None


class PackAdded(msgspec.Struct, frozen=True, array_like=True):
    """A durable pack joins the live ones: id, size in bytes, number of objects."""

    id: bytes
    size: int
    objects: int


class PackRetired(msgspec.Struct, frozen=True, array_like=True):
    """A pack leaves; what is kept of it lies in ``replacements``, which the same record adds."""

    id: bytes
    replacements: list[bytes]


class Purge(msgspec.Struct, frozen=True, array_like=True):
    """Content removed for ever: object ids, the path it was asked for, and who, when (us), why."""

    objects: list[bytes]
    path: bytes
    actor: str
    time: int
    reason: str


class Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step of a project. ``previous`` is the digest that ends the record before."""

    number: int
    previous: bytes
    nonce: bytes
    time: int
    actor: str
    host: str
    format: int = FORMAT
    branches: list[BranchMove] = []
    tags: list[TagMove] = []
    packs: list[PackAdded] = []
    retired: list[PackRetired] = []
    purges: list[Purge] = []
    allowed: list[bytes] = []
    thinned: list[bytes] = []
    settings: dict[str, str | None] = {}


class Head(msgspec.Struct):
    """What the log says at record ``number``; ``retired`` maps a pack to the time (us) it left, and
    ``last_retired`` is the number of the last record that retired any."""

    number: int = -1
    digest: bytes = b"\0" * 32
    format: int = FORMAT
    branches: dict[str, bytes] = {}
    tags: dict[str, bytes] = {}
    packs: dict[bytes, PackAdded] = {}
    retired: dict[bytes, int] = {}
    last_retired: int = -1
    purged: set[bytes] = set()
    purges: list[Purge] = []
    allowed: set[bytes] = set()
    thinned: set[bytes] = set()
    settings: dict[str, str] = {}

    def apply(self, record: Record, digest: bytes) -> None:
        """Move on by one record, whose stored bytes end with ``digest``."""
        self.number, self.digest = record.number, digest
        for moves, names in ((record.branches, self.branches), (record.tags, self.tags)):
            for move in moves:
                if move.new is None:
                    names.pop(move.name, None)
                else:
                    names[move.name] = move.new
        for pack in record.packs:
            self.packs[pack.id] = pack
        for gone in record.retired:
            self.packs.pop(gone.id, None)
            self.retired[gone.id] = record.time
            self.last_retired = record.number
        if record.retired:
            limit = record.time - FORGOTTEN_US
            self.retired = {pack: time for pack, time in self.retired.items() if time > limit}
        for purge in record.purges:
            self.purges.append(purge)
            self.purged.update(purge.objects)
            self.allowed.difference_update(purge.objects)
        self.allowed.update(record.allowed)
        self.thinned.update(record.thinned)
        for name, value in record.settings.items():
            if value is None:
                self.settings.pop(name, None)
            else:
                self.settings[name] = value


@dataclass(frozen=True, slots=True)
class Changes:
    """What a writer wants the next record to say, besides its packs."""

    branches: tuple[BranchMove, ...] = ()
    tags: tuple[TagMove, ...] = ()
    retired: tuple[PackRetired, ...] = ()
    purges: tuple[Purge, ...] = ()
    allowed: tuple[bytes, ...] = ()
    thinned: tuple[bytes, ...] = ()
    settings: dict[str, str | None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(
            self.branches or self.tags or self.retired or self.purges or self.allowed or self.thinned or self.settings
        )


def record_key(number: int) -> str:
    """Where record ``number`` lies."""
    return f"log/{number:020d}"


def snapshot_key(number: int) -> str:
    """Where the head after record ``number`` lies, if it was kept."""
    return f"snapshots/{number:020d}"


def seal(value: Record | Head) -> tuple[bytes, bytes]:
    """The stored bytes of a record or head, and the digest that ends them."""
    body = msgspec.msgpack.encode(value)
    digest = blake3(body).digest()
    return body + digest, digest


def open_record(data: bytes, name: str) -> tuple[Record, bytes]:
    """A stored record and its digest. Raises ``BlobCorrupt`` when they do not agree."""
    body, digest = _checked(data, name)
    return msgspec.msgpack.decode(body, type=Record), digest


def open_head(data: bytes, name: str) -> Head:
    """A stored head. Raises ``BlobCorrupt`` when it is damaged."""
    body, _ = _checked(data, name)
    return msgspec.msgpack.decode(body, type=Head)


def _checked(data: bytes, name: str) -> tuple[bytes, bytes]:
    body, digest = data[:-32], data[-32:]
    if len(data) < 32 or blake3(body).digest() != digest:
        raise BlobCorrupt(
            f"{name} of the project log is damaged. Put the file back from a backup or from another copy of the "
            "store, or run 'jupyter-repro rebuild' to go on with what the rest of the log and the packs say."
        )
    return body, digest
