"""A process that runs one verb a child, and lets the child die or fail at its Nth operation on files.

Run as ``python -m tests.faults.driver``: it reads one JSON request a line and answers with one JSON line. The
children are forked, so that a case costs milliseconds; this process has no thread that a fork could catch.
"""

from __future__ import annotations

import builtins
import errno
import json
import os
import pathlib
import sys
import threading
import traceback
from collections.abc import Callable

from jupyter_repro.errors import ReproError
from tests.faults import scenarios

DIED = 77
_GROWING = frozenset(("open", "write", "pwrite", "mkdir", "link", "symlink", "ftruncate", "fsync", "rename", "replace"))
_WATCHED = (
    *sorted(_GROWING),
    *("unlink", "remove", "rmdir", "fchmod", "chmod", "utime"),
)
_FAULTS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO}


class Points:
    """Counts the operations of this process that change files, and makes one of them the last, or fail.

    ``how`` is "die" (before the operation), "torn" (half of a write, then death), "EIO" (this one fails) or
    "ENOSPC" (this one and all later ones that need space fail). Reading is not counted.
    """

    def __init__(self, at: int | None, how: str) -> None:
        self.at = at
        self.how = how
        self.seen: list[str] = []
        self._lock = threading.Lock()

    def arm(self) -> None:
        """Watch from now on."""
        # Before Python 3.11, pathlib keeps these functions for itself.
        taken = getattr(pathlib, "_normal_accessor", None)
        for name in _WATCHED:
            watched = self._watched(name, getattr(os, name))
            setattr(os, name, watched)
            if taken is not None and name != "open" and hasattr(taken, name):
                setattr(taken, name, watched)
        opened = builtins.open

        def watched_open(file: object, mode: str = "r", *args: object, **options: object) -> object:
            if set(mode) & set("wax+"):
                self._pass("open", None, ())
            return opened(file, mode, *args, **options)  # type: ignore[call-overload]  # passed through as it came

        builtins.open = watched_open  # type: ignore[assignment]  # the same, but watched

    def _watched(self, name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **options: object) -> object:
            writes = name != "open" or bool(int(str(args[1])) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
            if writes:
                self._pass(name, real, args)
            return real(*args, **options)

        return call

    def _pass(self, name: str, real: Callable[..., object] | None, args: tuple[object, ...]) -> None:
        with self._lock:
            self.seen.append(name)
            number = len(self.seen)
            if self.at is None or number < self.at:
                return
            if self.how in _FAULTS:
                if number == self.at or (self.how == "ENOSPC" and name in _GROWING):
                    raise OSError(_FAULTS[self.how], os.strerror(_FAULTS[self.how]))
                return
            if self.how == "torn" and real is not None and name == "write":
                data = memoryview(args[1])  # type: ignore[arg-type]  # what os.write was given
                real(args[0], data[: len(data) // 2])
            os._exit(DIED)


def in_child(request: dict[str, object], answer: int) -> None:
    """Run the scenario; never returns."""
    at = request["at"]
    points = Points(int(str(at)) if at is not None else None, str(request["how"]))
    code, error = 0, ""
    try:
        points.arm()
        scenarios.SCENARIOS[str(request["scenario"])].act()
    except (ReproError, OSError) as failure:
        code, error = 1, f"{type(failure).__name__}: {failure}"
    except BaseException:
        code, error = 2, traceback.format_exc()
    finally:
        points.at = None
    with os.fdopen(answer, "w") as file:
        json.dump({"points": points.seen, "error": error}, file)
    os._exit(code)


def main() -> None:
    """Answer requests until the input ends."""
    for line in sys.stdin:
        request = json.loads(line)
        os.environ.update(request["environment"])
        os.chdir(request["directory"])
        read_end, write_end = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read_end)
            in_child(request, write_end)
        os.close(write_end)
        with os.fdopen(read_end) as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        found = json.loads(said) if said else {"points": [], "error": ""}
        print(json.dumps({"code": os.waitstatus_to_exitcode(status), **found}), flush=True)


if __name__ == "__main__":
    main()
