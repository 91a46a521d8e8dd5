"""Commits: the stored thing, and how the rest of the package sees it."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from jupyter_repro.errors import BlobCorrupt

FORMAT = 1

KINDS = ("checkpoint", "auto", "restore", "recovered", "run", "import")
"""What a commit can be: made by the user, by a timer, by a restore, after a crash, by a run, or brought in."""

AUTOMATIC = frozenset(("auto", "recovered"))


class StoredSession(msgspec.Struct, frozen=True, omit_defaults=True):
    """The life of a workspace in which a commit was made."""

    id: str
    start: int
    host: str
    user: str


class StoredEnvironment(msgspec.Struct, frozen=True, omit_defaults=True):
    """Ids of the environment's note objects (32 bytes, empty until they exist), and the label
    "name rN" in the catalogue of the time."""

    definition: bytes = b""
    lock: bytes = b""
    software: bytes = b""
    host: bytes = b""
    label: str = ""


class StoredCommit(msgspec.Struct, frozen=True, omit_defaults=True):
    """A commit as it is encoded: a MessagePack map of these names, defaults left out.

    ``time`` is in microseconds since the epoch (UTC); ``added``, ``modified``, ``deleted`` count files
    and links against the first parent; ``notes`` are pairs of a path and what is to be known of it.
    """

    format: int
    tree: bytes
    parents: list[bytes]
    branch: str
    author: str
    time: int
    message: str
    kind: str
    session: StoredSession
    workspace: str = ""
    added: int = 0
    modified: int = 0
    deleted: int = 0
    labels: dict[str, str] = {}
    notes: list[tuple[bytes, str]] = []
    environment: StoredEnvironment = StoredEnvironment()


@dataclass(frozen=True, slots=True)
class Session:
    """One life of a workspace: ``start`` in microseconds since the epoch."""

    id: str
    start: int
    host: str
    user: str


@dataclass(frozen=True, slots=True)
class Environment:
    """Hex ids of what describes the software of a commit; empty strings until it is known."""

    definition: str = ""
    lock: str = ""
    software: str = ""
    host: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Commit:
    """An immutable revision of every tracked file.

    Ids are 64 hex digits; ``time`` is in microseconds since the epoch (UTC); the counts are of files and
    links against the first parent; ``notes`` name paths that are not as one would expect, and why.
    """

    id: str
    tree: str
    parents: tuple[str, ...]
    branch: str
    author: str
    time: int
    message: str
    kind: str
    session: Session
    workspace: str = ""
    added: int = 0
    modified: int = 0
    deleted: int = 0
    labels: dict[str, str] = field(default_factory=dict)
    notes: tuple[tuple[str, str], ...] = ()
    environment: Environment = Environment()

    @property
    def automatic(self) -> bool:
        """Whether nobody asked for this commit."""
        return self.kind in AUTOMATIC


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(StoredCommit)


def encode_commit(commit: StoredCommit) -> bytes:
    """The stored bytes of a commit. Of words that are no UTF-8, as file names can be, the bytes are shown."""
    try:
        return _encoder.encode(commit)
    except UnicodeEncodeError:
        return _encoder.encode(_sayable(commit))


def _sayable(commit: StoredCommit) -> StoredCommit:
    def text(value: str) -> str:
        return value.encode("utf-8", "backslashreplace").decode("utf-8")

    session = commit.session
    return msgspec.structs.replace(
        commit,
        author=text(commit.author),
        message=text(commit.message),
        session=StoredSession(session.id, session.start, text(session.host), text(session.user)),
        labels={text(name): text(value) for name, value in commit.labels.items()},
        notes=[(path, text(reason)) for path, reason in commit.notes],
    )


def decode_commit(data: bytes, name: str) -> Commit:
    """The commit of id ``name`` from its stored bytes. Raises ``BlobCorrupt`` for anything else."""
    try:
        stored = _decoder.decode(data)
    except msgspec.DecodeError as error:
        raise BlobCorrupt(f"Commit {name} cannot be decoded ({error}). Run 'jupyter-repro verify'.") from error
    if stored.format > FORMAT:
        raise BlobCorrupt(
            f"Commit {name} has format {stored.format}, which is newer than this version reads. Upgrade jupyter-repro."
        )
    environment = stored.environment
    return Commit(
        id=name,
        tree=stored.tree.hex(),
        parents=tuple(parent.hex() for parent in stored.parents),
        branch=stored.branch,
        author=stored.author,
        time=stored.time,
        message=stored.message,
        kind=stored.kind,
        session=Session(stored.session.id, stored.session.start, stored.session.host, stored.session.user),
        workspace=stored.workspace,
        added=stored.added,
        modified=stored.modified,
        deleted=stored.deleted,
        labels=stored.labels,
        notes=tuple((path.decode("utf-8", "surrogateescape"), reason) for path, reason in stored.notes),
        environment=Environment(
            environment.definition.hex(),
            environment.lock.hex(),
            environment.software.hex(),
            environment.host.hex(),
            environment.label,
        ),
    )
