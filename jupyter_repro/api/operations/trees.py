"""What a commit holds: directories, bytes, and Lab's contents models; and copying into the workspace."""

from __future__ import annotations

import base64
import contextlib
import json
import os
from collections.abc import Iterator

from jupyter_repro import verbs
from jupyter_repro.api.calls import Call, File, Json
from jupyter_repro.api.notebooks import read_notebook
from jupyter_repro.api.operations.restore import resolved
from jupyter_repro.api.operations.tasks import task_of
from jupyter_repro.api.paging import page_by_key
from jupyter_repro.api.problems import refuse
from jupyter_repro.api.schemas.tasks import Task
from jupyter_repro.api.schemas.trees import (
    ContentQuery,
    ContentsQuery,
    CopyRequest,
    TreeEntry,
    TreePage,
    TreeQuery,
)
from jupyter_repro.api.translate import entry_type, kind_of, may_be_inline, media_type_of, time_of
from jupyter_repro.errors import InvalidRequest
from jupyter_repro.history import Commit
from jupyter_repro.verbs import Listed, OpenedProject
from jupyter_repro.verbs.sides import Side, required, side_at, working_side

MOST_CONTENT = 200 * 1024 * 1024
"""Bytes of the largest file that is sent as a contents model; larger ones are downloaded."""

Model = dict[str, object]


def tree(call: Call) -> TreePage:
    """One directory of a commit, or a search below it."""
    query = call.asked(TreeQuery)
    with call.services.rooms.project(call["project"]) as room:
        commit = room.opened.resolve(call["commit"])
        deep = query.recursive or query.search is not None
        found = verbs.ls(room.opened, commit.id, query.path, recursive=deep)
    if query.search is not None:
        wanted = query.search.casefold()
        found = [each for each in found if each.type != "directory" and wanted in each.path.casefold()]
    key = _path_key if deep else _browse_key
    shown, more = page_by_key(sorted(found, key=key), key, query.cursor, query.limit)
    return TreePage(items=[_entry(each) for each in shown], next=more, commit=commit.id, path=query.path)


def content(call: Call) -> File:
    """Bytes of a file at a commit."""
    query = call.asked(ContentQuery)
    with contextlib.ExitStack() as stack:
        room = stack.enter_context(call.services.rooms.project(call["project"]))
        commit = room.opened.resolve(call["commit"])
        side = required(side_at(room.opened, commit, query.path), query.path, f"Commit {commit.id[:12]}")
        return _file(side, query, stack.pop_all())


def working_content(call: Call) -> File:
    """Bytes of a file of the working directory."""
    query = call.asked(ContentQuery)
    with contextlib.ExitStack() as stack:
        room = stack.enter_context(call.services.rooms.workspace(call["workspace"]))
        side = required(working_side(room.opened, query.path), query.path, "The workspace")
        stack.callback(side.close)
        return _file(side, query, stack.pop_all())


def contents(call: Call) -> Json:
    """A file, notebook or directory as Lab's contents API would give it."""
    query = call.asked(ContentsQuery)
    with call.services.rooms.project(call["project"]) as room:
        opened = room.opened
        commit = opened.resolve(call["commit"])
        side = side_at(opened, commit, query.path)
        if side is None:
            model = _directory(opened, commit, query)
        else:
            if query.type == "directory":
                raise InvalidRequest(f"{query.path!r} is a file in that commit, not a directory.")
            model = _file_model(call, commit, side, query)
    return Json(json.dumps(model).encode("ascii"))


async def copy(call: Call) -> Task:
    """Queue a copy into the workspace."""
    body = call.sent(CopyRequest)
    state, commit = await call.services.in_thread(resolved, call, body.commit)
    record = call.services.tasks.submit(
        "copy",
        f"Copy {os.path.basename(body.path.rstrip('/'))} of {commit[:8]}",
        {**call.order(state), "commit": commit, "path": body.path, "destination": body.destination},
        project=state.project,
        workspace=state.workspace,
    )
    return task_of(record)


def _path_key(listed: Listed) -> str:
    return listed.path


def _browse_key(listed: Listed) -> str:
    # Directories first, then by name whatever the case; the path makes it unique.
    return f"{0 if listed.type == 'directory' else 1}{listed.path.casefold()}\0{listed.path}"


def _entry(listed: Listed) -> TreeEntry:
    directory = listed.type == "directory"
    return TreeEntry(
        path=listed.path,
        name=os.path.basename(listed.path),
        type=entry_type(listed.type),
        size=None if directory else listed.size,
        mode=listed.mode,
        hash=None if directory else listed.hash,
        kind=kind_of(listed.path) if listed.type == "file" else None,
    )


def _file(side: Side, query: ContentQuery, stack: contextlib.ExitStack) -> File:
    media_type = media_type_of(side.path)
    return File(
        name=os.path.basename(side.path),
        size=side.size,
        media_type=media_type,
        read=lambda start, length: _exactly(side, start, length),
        etag=side.hash,
        inline=not query.download and (query.view or may_be_inline(media_type)),
        close=stack.close,
    )


def _exactly(side: Side, start: int, length: int) -> Iterator[bytes]:
    """What was promised and no more: a working file may grow while it is sent."""
    left = length
    for block in side.read(start, length):
        yield block[:left]
        left -= len(block)
        if left <= 0:
            return


def _directory(opened: OpenedProject, commit: Commit, query: ContentsQuery) -> Model:
    if query.type in ("file", "notebook"):
        raise InvalidRequest(f"{query.path!r} is no file in that commit.")
    found = verbs.ls(opened, commit.id, query.path, recursive=False)
    model = _model(commit, query.path, "directory", None)
    if query.content:
        model["format"] = "json"
        model["content"] = [_child(commit, each) for each in sorted(found, key=_browse_key)]
    return model


def _child(commit: Commit, listed: Listed) -> Model:
    kind = "directory" if listed.type == "directory" else "notebook" if listed.path.endswith(".ipynb") else "file"
    size = None if listed.type == "directory" else listed.size
    return _model(commit, listed.path, kind, size)


def _file_model(call: Call, commit: Commit, side: Side, query: ContentsQuery) -> Model:
    wanted = query.type or ("notebook" if side.path.endswith(".ipynb") else "file")
    model = _model(commit, side.path, wanted, side.size)
    if wanted == "file":
        model["mimetype"] = media_type_of(side.path).partition(";")[0]
    if side.hash is not None:
        model["hash"], model["hash_algorithm"] = side.hash, "blake3"
    if not query.content:
        return model
    data = side.whole(MOST_CONTENT)
    if data is None:
        raise refuse(413, f"{side.path!r} has {side.size} bytes, too many to show. Download it instead.")
    if wanted == "notebook":
        notebook = read_notebook(data)
        if notebook is not None:
            call.services.trust.mark(notebook)
            model["format"], model["content"] = "json", notebook
            return model
        if query.type == "notebook":
            raise InvalidRequest(f"{side.path!r} is no notebook that can be read in that commit. Open it as text.")
        model["type"], model["mimetype"] = "file", "application/json"
    model["format"], model["content"] = _text_or_bytes(data, side.path, query.format)
    return model


def _text_or_bytes(data: bytes, path: str, wanted: str | None) -> tuple[str, str]:
    if wanted != "base64":
        try:
            return "text", data.decode("utf-8")
        except UnicodeDecodeError as error:
            if wanted == "text":
                raise InvalidRequest(f"{path!r} is no UTF-8 text. Ask for format base64.") from error
    return "base64", base64.b64encode(data).decode("ascii")


def _model(commit: Commit, path: str, kind: str, size: int | None) -> Model:
    moment = time_of(commit.time)
    return {
        "name": os.path.basename(path),
        "path": path,
        "type": kind,
        "format": None,
        "mimetype": None,
        "content": None,
        "size": size,
        "created": moment,
        "last_modified": moment,
        "writable": False,
        "hash": None,
        "hash_algorithm": None,
    }
