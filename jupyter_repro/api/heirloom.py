"""What a server leaves for the next one: which session it had in a workspace, for when it dies without a word."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import asdict
from pathlib import Path

from jupyter_repro.history import Session

FILE = "server.json"


def leave(directory: Path, session: Session) -> None:
    """Note that this process has ``session`` in the workspace whose part of the data directory is ``directory``."""
    said = {"session": asdict(session), "pid": os.getpid(), "host": socket.gethostname()}
    temporary = directory / f".{FILE}.{os.getpid()}"
    temporary.write_text(json.dumps(said), encoding="ascii")
    temporary.replace(directory / FILE)


def find(directory: Path) -> Session | None:
    """The session that a server now dead had open there; None when the last one closed its own, or is alive."""
    try:
        said = json.loads((directory / FILE).read_text("ascii"))
        session = Session(**said["session"])
        if said["host"] == socket.gethostname() and _alive(int(said["pid"])):
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return session


def clear(directory: Path, session: Session) -> None:
    """``session`` is closed; another server's note stays."""
    try:
        said = json.loads((directory / FILE).read_text("ascii"))
        if said["session"]["id"] == session.id:
            (directory / FILE).unlink(missing_ok=True)
    except (OSError, ValueError, KeyError, TypeError):
        return


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != os.getpid()
