"""``track``: external data becomes a file of the workspace, with where it came from recorded."""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from blake3 import blake3

from jupyter_repro.errors import CannotSave, HostilePath, NotPossible, StoreUnreachable
from jupyter_repro.history.moments import rfc3339
from jupyter_repro.history.trees import split_path
from jupyter_repro.progress import OnProgress, Progress
from jupyter_repro.verbs.checkpoint import checkpoint
from jupyter_repro.verbs.opened import Opened
from jupyter_repro.verbs.recording import record
from jupyter_repro.workspace.placing import Places, put_entry
from jupyter_repro.workspace.state import write_json

_BLOCK = 1024 * 1024
_SECONDS = 60.0
ORIGINS = ".repro-origins.json"
"""The file at the root of the workspace that says where tracked files came from; it is checkpointed."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """The paths (relative to the workspace) that were written, their total size in bytes, the origin as it
    was recorded, and the id of the commit that holds them."""

    paths: tuple[str, ...]
    bytes: int
    origin: str
    commit: str


def track(opened: Opened, source: str, destination: str, *, on_progress: OnProgress | None = None) -> Tracked:
    """Copy a URL, a path outside the workspace, or an object of an object store to ``destination`` inside.

    ``source`` is an http(s) URL, a file or directory, or ``s3://``, ``gs://``, ``az://``. What is at the
    destination is saved first. Origin, time, size and hash go into ``.repro-origins.json`` at the
    workspace's root and into the commit that is made. Raises ``NotPossible``, ``HostilePath`` or
    ``StoreUnreachable``.
    """
    names = b"/".join(split_path(os.fsencode(destination)))
    if not names or names.split(b"/")[0] in (b".repro", ORIGINS.encode()):
        raise NotPossible(f"{destination!r} cannot be a destination. Name a file inside the workspace.")
    checkpoint(opened, f"Before tracking {_shown(source)}", kind="auto", on_progress=on_progress)
    workspace = opened.workspace
    with workspace.held(on_progress):
        written = list(_fetch(opened, source, names, on_progress))
        origins = _read_origins(workspace.root)
        for path, size, digest in written:
            origins[path] = {
                "origin": _shown(source) if len(written) == 1 else f"{_shown(source)}#{path}",
                "size": size,
                "hash": digest,
                "time": rfc3339(time.time_ns() // 1000),
            }
        write_json(workspace.root / ORIGINS, origins)
    result = checkpoint(
        opened, f"Track {_shown(source)}", labels={"tracked": _shown(source), "tracked_to": destination}
    )
    record(opened, "track", destination, origin=_shown(source), files=len(written))
    return Tracked(
        tuple(path for path, _, _ in written), sum(size for _, size, _ in written), _shown(source), result.commit.id
    )


def _shown(source: str) -> str:
    """The origin without a password in it, and a local path in full."""
    if "://" not in source:
        return os.path.abspath(source)
    scheme, _, rest = source.partition("://")
    host, slash, path = rest.partition("/")
    shown = f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
    return re.sub(r"(?i)([?&](?:[^=&]*(?:sig|token|key|secret|password|credential)[^=&]*)=)[^&#]*", r"\1...", shown)


def _read_origins(root: Path) -> dict[str, object]:
    try:
        value = json.loads((root / ORIGINS).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _fetch(
    opened: Opened, source: str, destination: bytes, on_progress: OnProgress | None
) -> Iterator[tuple[str, int, str]]:
    scheme = source.partition("://")[0].lower() if "://" in source else ""
    if scheme in ("http", "https"):
        yield _write(opened, destination, _download(source), 0o644, on_progress)
    elif scheme in ("s3", "gs", "az"):
        yield _write(opened, destination, _object(source), 0o644, on_progress)
    elif scheme in ("", "file"):
        path = Path(os.path.abspath(source[7:] if scheme else source))
        yield from _local(opened, path, destination, on_progress)
    else:
        raise NotPossible(
            f"{scheme}:// is no source that is known here. Use a path, http(s)://, s3://, gs:// or az://."
        )


def _local(
    opened: Opened, path: Path, destination: bytes, on_progress: OnProgress | None
) -> Iterator[tuple[str, int, str]]:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise NotPossible(f"{path} cannot be read ({error.strerror}). Check the path and its permissions.") from error
    if path == opened.workspace.root or opened.workspace.root in path.parents:
        raise NotPossible(f"{path} is in the workspace already, and every checkpoint keeps it.")
    if stat.S_ISREG(mode):
        yield _write(opened, destination, _blocks(path), mode & 0o777, on_progress)
        return
    if not stat.S_ISDIR(mode):
        raise NotPossible(f"{path} is neither a file nor a directory.")
    if path in opened.workspace.root.parents:
        raise NotPossible(f"{path} contains the workspace itself. Name what you need of it.")
    for child in sorted(path.iterdir()):
        if child.is_symlink() or not (child.is_file() or child.is_dir()):
            continue
        yield from _local(opened, child, destination + b"/" + os.fsencode(child.name), on_progress)


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        with open(path, "rb") as file:
            while block := file.read(_BLOCK):
                yield block
    except OSError as error:
        raise NotPossible(f"{path} cannot be read ({error.strerror}). Check the path and its permissions.") from error


def _download(url: str) -> Iterator[bytes]:
    import urllib.error
    import urllib.request

    request = urllib.request.Request(url, headers={"User-Agent": "jupyter-repro"})
    try:
        # The scheme was checked by the caller, so this opens no local file.
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            expected = answer.headers.get("Content-Length")
            total = 0
            while block := answer.read(_BLOCK):
                total += len(block)
                yield block
            if expected is not None and total != int(expected):
                raise StoreUnreachable(f"{_shown(url)} broke off after {total} of {expected} bytes. Try again.")
    except urllib.error.HTTPError as error:
        raise NotPossible(f"{_shown(url)} answered {error.code} {error.reason}.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)  # what urllib has wrapped
        said = reason.strerror if isinstance(reason, OSError) and reason.strerror else reason
        raise StoreUnreachable(
            f"{_shown(url)} cannot be reached ({said}). Check the address and the network."
        ) from error


def _object(url: str) -> Iterator[bytes]:
    from jupyter_repro.store.backends import open_backend
    from jupyter_repro.store.backends.protocol import KeyNotFound

    place, _, name = url.rpartition("/")
    if place.endswith("/") or not name:
        raise NotPossible(f"{_shown(url)} names no object. Write s3://bucket/path/to/object.")
    backend = open_backend(place)
    try:
        start = 0
        while True:
            block = backend.get(name, start, 8 * _BLOCK)
            yield block
            start += len(block)
            if len(block) < 8 * _BLOCK:
                return
    except KeyNotFound:
        raise NotPossible(f"There is no object {_shown(url)}.") from None
    finally:
        backend.close()


def _write(
    opened: Opened, destination: bytes, blocks: Iterator[bytes], mode: int, on_progress: OnProgress | None
) -> tuple[str, int, str]:
    from jupyter_repro.history import EntryType, TreeEntry

    whole = blake3()
    size = 0

    def counted() -> Generator[bytes, None, None]:
        nonlocal size
        for block in blocks:
            whole.update(block)
            size += len(block)
            if on_progress is not None:
                on_progress(Progress("fetch", 0, None, size, None))
            yield block

    root = os.fsencode(opened.workspace.root)
    full = os.path.join(root, destination)
    if os.path.isdir(full) and not os.path.islink(full):
        raise NotPossible(f"{os.fsdecode(destination)!r} is a directory of the workspace. Name a file in it.")
    with contextlib.closing(counted()) as content, Places(root, os.urandom(6).hex()) as places:
        try:
            put_entry(places, destination, TreeEntry(b"", EntryType.FILE, mode, 0, b""), content)
        except (CannotSave, FileExistsError) as error:
            raise HostilePath(
                f"A file or link stands in the way of {os.fsdecode(destination)!r}. Move it away."
            ) from error
    return os.fsdecode(destination), size, whole.hexdigest()
