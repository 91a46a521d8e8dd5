"""``export`` and ``import``: a whole project in one portable file.

The file is a tar archive of the project's store: ``repro.json``, every record of the log, and every live
pack, under the names they have in a store. So it can be unpacked and read by whoever knows the format.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from blake3 import blake3

from jupyter_repro.configuration import Configuration, load_configuration
from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.errors import BlobCorrupt, NotPossible, ProjectExists, StoreUnsuitable
from jupyter_repro.progress import OnProgress, Progress
from jupyter_repro.store.backends import DirectoryBackend
from jupyter_repro.store.log import FORMAT, open_record, record_key
from jupyter_repro.store.packs import pack_key
from jupyter_repro.store.project_log import MARKER
from jupyter_repro.verbs.opened import OpenedProject, known_projects
from jupyter_repro.verbs.recording import record
from jupyter_repro.workspace.projects import Project, read_project, write_project

_MEMBER = re.compile(r"log/[0-9]{20}|packs/[0-9a-f]{2}/[0-9a-f]{64}")
_LARGEST_RECORD = 256 * 1024 * 1024
_LARGEST_PACK = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Exported:
    """The absolute path of the file, its size in bytes, and how many commits it holds."""

    path: str
    bytes: int
    commits: int


@dataclass(frozen=True, slots=True)
class Imported:
    """Id and name of the project that was made, and how many commits it has."""

    project: str
    name: str
    commits: int
    branches: tuple[str, ...]


def export_project(
    opened: OpenedProject, file: str | os.PathLike[str], *, on_progress: OnProgress | None = None
) -> Exported:
    """Write the whole project into ``file``, which must not exist yet; it gets its name when it is complete.

    Raises ``NotPossible`` when it exists or cannot be written, and ``BlobCorrupt`` when the store is damaged.
    """
    path = os.path.abspath(file)
    if os.path.lexists(path):
        raise NotPossible(f"{path} exists already. Give another name, or remove it first.")
    head = opened.repository.sync()
    temporary = f"{path}.{os.getpid()}.part"
    try:
        with open(temporary, "xb") as output:
            with tarfile.open(fileobj=output, mode="w", format=tarfile.PAX_FORMAT) as archive:
                _write(opened, archive, head.number, sorted(head.packs), on_progress)
            output.flush()
            os.fsync(output.fileno())
        os.link(temporary, path)
    except OSError as error:
        raise NotPossible(f"{path} cannot be written ({error.strerror}). Give a place with room for it.") from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
    commits = sum(1 for _ in opened.repository.all_commits())
    record(opened, "export", path)
    return Exported(path, os.path.getsize(path), commits)


def _write(
    opened: OpenedProject, archive: tarfile.TarFile, number: int, packs: list[bytes], on_progress: OnProgress | None
) -> None:
    backend = opened.repository.store.backend
    marker = {"format": FORMAT, "project": opened.project.id, "name": opened.project.name}
    _add(archive, MARKER, json.dumps(marker).encode())
    for at in range(number + 1):
        _add(archive, record_key(at), backend.get(record_key(at)))
    for count, pack in enumerate(packs):
        data = backend.get(pack_key(pack))
        if blake3(data).digest() != pack:
            raise BlobCorrupt(f"Pack {pack.hex()} is damaged, so nothing was exported. Run 'jupyter-repro verify'.")
        _add(archive, pack_key(pack), data)
        if on_progress is not None:
            on_progress(Progress("export", count + 1, len(packs), archive.offset, None))


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    info.mode = 0o444
    archive.addfile(info, io.BytesIO(data))


def import_project(
    file: str | os.PathLike[str],
    name: str | None = None,
    *,
    configuration: Configuration | None = None,
    on_progress: OnProgress | None = None,
) -> Imported:
    """Make a project of a file that ``export`` wrote, under its old name or ``name``.

    Every record and pack is checked before the project is there. A project of the same id that is here
    already stays as it is: then a ``name`` is needed, and the import is a copy with an id of its own.
    Raises ``NotPossible`` or ``BlobCorrupt`` for a file that is no whole export, and ``ProjectExists``.
    """
    configuration = configuration or load_configuration()
    data = configuration.data_directory
    path = os.path.abspath(file)
    try:
        with open(path, "rb") as source:
            members = _members(source, path)
            marker = next(members, None)
            if marker is None or marker[0] != MARKER:
                raise _no_export(path)
            return _import(data, configuration, path, json.loads(marker[1]), members, name, on_progress)
    except OSError as error:
        raise NotPossible(f"{path} cannot be read ({error.strerror}). Check the path and its permissions.") from error
    except (tarfile.TarError, ValueError) as error:
        raise _no_export(path) from error


def _no_export(path: str) -> NotPossible:
    return NotPossible(f"{path} is not a whole file made by 'jupyter-repro export'. Export the project again.")


def _members(source: IO[bytes], path: str) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=source, mode="r|") as archive:
        for info in archive:
            if not info.isreg() or not (info.name == MARKER or _MEMBER.fullmatch(info.name)):
                raise _no_export(path)
            if info.size > (_LARGEST_PACK if info.name.startswith("packs/") else _LARGEST_RECORD):
                raise _no_export(path)
            file = archive.extractfile(info)
            content = file.read() if file is not None else b""
            if len(content) != info.size:
                raise _no_export(path)
            yield info.name, content


def _import(
    data: DataDirectory,
    configuration: Configuration,
    path: str,
    marker: dict[str, object],
    members: Iterator[tuple[str, bytes]],
    name: str | None,
    on_progress: OnProgress | None,
) -> Imported:
    if marker.get("format") != FORMAT:
        raise StoreUnsuitable(f"{path} has format {marker.get('format')}, which this version does not read.")
    old_id, wanted = str(marker["project"]), name or str(marker.get("name") or "imported")
    project_id = old_id
    if not re.fullmatch(r"[0-9a-f]{32}", old_id) or read_project(data, old_id) is not None:
        if name is None:
            raise ProjectExists(f"This project is here already ({old_id[:12]}). Give --name to import it as a copy.")
        project_id = os.urandom(16).hex()
    if any(project.name == wanted for project in known_projects(data)):
        raise ProjectExists(f"There is a project {wanted!r} already. Give another --name.")
    data.make_project(project_id)
    try:
        backend = DirectoryBackend(data.store(project_id))
        for count, (member, content) in enumerate(members, 1):
            _check(member, content, path)
            backend.put(member, content)
            if on_progress is not None:
                on_progress(Progress("import", count))
        backend.put(MARKER, json.dumps({"format": FORMAT, "project": project_id}).encode())
        project = Project(project_id, wanted, "")
        with OpenedProject(data, configuration, project) as opened:
            opened.repository.sync()
            _complete(opened, path)
            commits = sum(1 for _ in opened.repository.all_commits())
            write_project(data, project)
            record(opened, "import", path)
            return Imported(project_id, wanted, commits, tuple(opened.repository.branches))
    except BaseException:
        if not data.project_file(project_id).exists():
            shutil.rmtree(data.project_directory(project_id), ignore_errors=True)
        raise


def _check(member: str, content: bytes, path: str) -> None:
    if member.startswith("packs/"):
        if blake3(content).hexdigest() != member.rpartition("/")[2]:
            raise BlobCorrupt(f"{member} in {path} is damaged. Export the project again, or copy the file again.")
    elif member.startswith("log/"):
        open_record(content, f"{member} in {path}")


def _complete(opened: OpenedProject, path: str) -> None:
    from jupyter_repro.store.backends.protocol import KeyNotFound

    for pack in opened.repository.store.head.packs:
        try:
            opened.repository.store.backend.get(pack_key(pack), 0, 1)
        except KeyNotFound:
            raise _no_export(path) from None
