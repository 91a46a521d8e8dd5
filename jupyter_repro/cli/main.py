"""The way in and out of the command line: what `jupyter-repro` calls, and what becomes of every error.

Exit codes: 0 it worked, 1 it failed (one sentence on standard error), 2 it was asked wrongly, 130 the user
stopped it. This module imports almost nothing at its top, so that Ctrl-C is clean from the first moment on.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Sequence

STOPPED = 130
_STOPPED_SENTENCE = "stopped; nothing was lost: everything up to the last checkpoint is whole."


def main() -> None:
    """Run the command line of this process and exit."""
    try:
        _fill_closed_streams()
        _collect_rarely()
        code = run(sys.argv[1:])
        _let_ctrl_c_kill()
    except KeyboardInterrupt:
        code = STOPPED
    if code == STOPPED:
        _leave_at_once()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return the exit code; every failure is told on standard error.

    ``arguments`` are the words after the program's name. A traceback is shown only when ``--debug`` was
    given or ``JUPYTER_REPRO_DEBUG`` is set.
    """
    try:
        from jupyter_repro.cli.running import run_command

        return run_command(arguments)
    except KeyboardInterrupt:
        _show_traceback()
        _complain(_STOPPED_SENTENCE)
        return STOPPED
    except Exception as error:  # noqa: BLE001 - the last line of defence; every error ends as one sentence
        return _failed(error)


def debugging() -> bool:
    """Whether the user wants to see tracebacks."""
    return os.environ.get("JUPYTER_REPRO_DEBUG", "") not in ("", "0")


def _fill_closed_streams() -> None:
    # Python survives a closed standard stream (it is None then), but the next file opened would get its number, and
    # whatever a child process prints would go into that file.
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _collect_rarely() -> None:
    # A tree of 100,000 files makes several times as many objects, none of them garbage: to look through them again and
    # again for cycles took a sixth of a recreate's processor time.
    import gc

    gc.set_threshold(100_000, 20, 100)


def _let_ctrl_c_kill() -> None:
    # All is done and said: from here on Ctrl-C has nothing to interrupt but the interpreter's own tidying up.
    import signal

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _failed(error: Exception) -> int:
    from jupyter_repro.errors import Cancelled, ReproError

    _show_traceback()
    if isinstance(error, Cancelled):
        _complain(str(error) or _STOPPED_SENTENCE)
        return error.exit_code
    if isinstance(error, ReproError):
        _complain(str(error))
        return error.exit_code
    if isinstance(error, OSError) and error.strerror:
        from jupyter_repro.cli.escape import shown_path

        where = "" if error.filename is None else f": {shown_path(os.fsdecode(error.filename))}"
        _complain(f"{error.strerror}{where}. {_advice(error)}")
        return 1
    if isinstance(error, RuntimeError) and "start new thread" in str(error):
        _complain(
            "The system allows you no more processes and threads. End some, or have the limit raised ('ulimit -u', or "
            "that of the container), and try again. Nothing was lost."
        )
        return 1
    _complain(
        f"an unexpected {type(error).__name__} ({error}). Nothing was lost. "
        "Please report it with what the same command prints when JUPYTER_REPRO_DEBUG=1 is set."
    )
    return 1


def _advice(error: OSError) -> str:
    import errno

    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "Free some space and try again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "See that you may write there, or choose another place."
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return "Check the path."
    if error.errno == errno.EEXIST:
        return "Something else is there: give another name, or move it away."
    return "What was kept before is whole: try again."


def _show_traceback() -> None:
    if debugging():
        import traceback

        traceback.print_exc()


def _complain(sentence: str) -> None:
    import contextlib

    from jupyter_repro.cli.escape import shown_text

    # What was printed before the failure comes first; where nobody listens, nothing more can be done.
    with contextlib.suppress(AttributeError, OSError, ValueError):
        sys.stdout.flush()
    with contextlib.suppress(AttributeError, OSError, ValueError):
        sys.stderr.write(f"jupyter-repro: {shown_text(sentence)}\n")
        sys.stderr.flush()


def _leave_at_once() -> None:
    import contextlib

    # A thread that still waits for the network or a slow disk must not hold up a user who said stop;
    # whatever it was doing may be cut off at any instant without harm.
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):
            stream.flush()
    os._exit(STOPPED)
