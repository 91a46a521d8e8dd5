"""Writing down what was done, for the catalogue: at once and durably, but without opening a database.

A verb appends one line of JSON to ``spool.jsonl`` in the data directory; whoever opens the catalogue
next enters the lines. So the main job never waits for, and never fails with, the catalogue.
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

from jupyter_repro.data_directory import DataDirectory

if TYPE_CHECKING:
    from jupyter_repro.verbs.opened import Opened, OpenedProject

SPOOL = "spool.jsonl"


def record(opened: OpenedProject, action: str, subject: str = "", **details: object) -> None:
    """Note that the user did ``action`` to ``subject``; ``details`` are values that JSON can say."""
    workspace = getattr(opened, "workspace", None)
    line: dict[str, object] = {
        "time": time.time_ns() // 1000,
        "actor": opened.author,
        "action": action,
        "project": opened.project.id,
        "workspace": workspace.state.workspace if workspace is not None else "",
        "subject": subject,
        "details": details,
    }
    if workspace is not None:
        line["session"] = _session(opened)  # type: ignore[arg-type]  # only an Opened has a workspace
        state = workspace.state
        line["place"] = {"path": state.path, "branch": state.branch, "device": state.device, "inode": state.inode}
    append(opened.data, line)


def _session(opened: Opened) -> dict[str, object]:
    session = opened.workspace.session()
    kind = "day" if session.id == opened.workspace.state.session else "server"
    return {"id": session.id, "start": session.start, "host": session.host, "user": session.user, "kind": kind}


def append(data: DataDirectory, line: dict[str, object]) -> None:
    """Add one line to the spool."""
    import fcntl

    path = data.make() / SPOOL
    text = json.dumps(line) + "\n"
    while True:
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            try:
                same = os.stat(path).st_ino == os.fstat(fd).st_ino
            except FileNotFoundError:
                same = False
            if same:  # otherwise the catalogue took the file away between opening and locking
                os.write(fd, text.encode("utf-8"))
                return
        finally:
            os.close(fd)
