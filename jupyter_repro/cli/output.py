"""What is printed, and where: results on standard output, everything said about them on standard error."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, TypeAlias

from jupyter_repro.errors import ReproError

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

_COLOURS = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36, "dim": 2, "bold": 1}


class OutputClosed(Exception):
    """Whoever read our standard output has gone."""


def prepare_streams() -> None:
    """Let no character that the terminal's encoding lacks end a command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def say(text: str = "") -> None:
    """Print one line of the result."""
    _write(text + "\n")


def note(text: str) -> None:
    """Print one line about the work, on standard error."""
    # Where nobody listens to standard error, the result matters more.
    with contextlib.suppress(AttributeError, OSError, ValueError):
        sys.stderr.write(text + "\n")


def say_json(document: Json) -> None:
    """Print the one document that ``--json`` asks for: compact, and indented on a terminal.

    Everything beyond ASCII is escaped, so the bytes of a path that is no UTF-8 appear as surrogate escapes
    (``\\udcff`` for the byte 0xff), which Python and most readers of JSON give back unchanged.
    """
    if is_terminal(sys.stdout):
        _write(json.dumps(document, indent=2) + "\n")
    else:
        _write(json.dumps(document, separators=(",", ":")) + "\n")


def say_bytes(chunks: Iterable[bytes]) -> None:
    """Copy bytes to standard output as they are."""
    for chunk in chunks:
        try:
            sys.stdout.flush()
            sys.stdout.buffer.write(chunk)
        except (AttributeError, OSError, ValueError) as error:
            raise _lost(error) from error


def finish_output() -> None:
    """Hand everything printed so far to the system. Raises ``OutputClosed``, or an error for a full disk."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        raise _lost(error) from error


def forget_output() -> None:
    """Drop what could not be printed, so that the interpreter does not try again at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    finally:
        os.close(nowhere)


def is_terminal(stream: IO[str]) -> bool:
    """Whether a person reads the stream."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):  # it is closed, and was so from the start
        return False


def coloured() -> bool:
    """Whether standard output takes colours: a terminal that knows them, and no NO_COLOR."""
    return is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, *colours: str) -> str:
    """``text`` in the colours (the keys of the table above) where standard output takes them."""
    if not text or not colours or not coloured():
        return text
    codes = ";".join(str(_COLOURS[colour]) for colour in colours)
    return f"\x1b[{codes}m{text}\x1b[0m"


def ask(question: str) -> bool:
    """Put a yes-or-no question to the person at the terminal; anything but yes is no."""
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
    except (AttributeError, OSError, ValueError) as error:
        raise _lost(error) from error


def _lost(error: AttributeError | OSError | ValueError) -> Exception:
    if isinstance(error, BrokenPipeError):
        return OutputClosed()
    if isinstance(error, OSError):
        return ReproError(f"The output could not be written: {error.strerror}. The work itself was not harmed.")
    return ReproError(
        "The standard output is closed, so the answer could not be printed. Open it, or send it to a file."
    )
