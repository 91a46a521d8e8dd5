"""``%load_ext jupyter_repro``: checkpoints and the history from inside a notebook or an IPython terminal.

    %checkpoint "before cleaning the outliers"
    %repro_log -n 5 results/table.csv

What goes wrong is told in one sentence, and ends the cell as an error does.
"""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, NoReturn, Protocol, overload

from jupyter_repro.errors import InvalidRequest, ReproError

if TYPE_CHECKING:
    from jupyter_repro.history import Commit
    from jupyter_repro.verbs import OpenedProject

SHOWN = 10
"""Commits that ``%repro_log`` shows when nobody says how many."""


class Shell(Protocol):
    """What is used of IPython's shell."""

    def register_magic_function(self, func: Callable[[str], object], magic_kind: str, magic_name: str) -> None:
        """Have ``%magic_name line`` call ``func("line")``."""


class Printer(Protocol):
    """What is used of the printer that IPython shows values with in a terminal."""

    def text(self, text: str) -> None:
        """Print ``text``."""


class MagicFailed(Exception):
    """A magic could not do what it was asked to: shown as its one sentence, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        # IPython asks the exception first how it wants to be shown.
        return [str(self)]


@dataclass(frozen=True)
class Made:
    """What ``%checkpoint`` did. ``id`` names the commit; ``created`` is False when nothing had changed."""

    id: str
    created: bool
    text: str

    def __str__(self) -> str:
        return self.text

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        printer.text(self.text)

    def _repr_html_(self) -> str:
        mark = "&#10003;" if self.created else "="
        lines = [escape(line) for line in self.text.splitlines()]
        return f'<div title="{escape(self.id)}"><b>{mark}</b> {"<br>".join(lines)}</div>'


class Log(Sequence["Commit"]):
    """The commits that ``%repro_log`` found, newest first: a sequence that shows itself as a table.

    ``names`` are the branches and tags at a commit, by its id.
    """

    def __init__(self, commits: Sequence[Commit], names: Mapping[str, Sequence[str]]) -> None:
        self._commits = tuple(commits)
        self._names = names

    def __len__(self) -> int:
        return len(self._commits)

    @overload
    def __getitem__(self, place: int) -> Commit: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Commit]: ...

    def __getitem__(self, place: int | slice) -> Commit | Sequence[Commit]:
        return self._commits[place]

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str:
        from jupyter_repro.cli.words import ago, exact, short

        if not self._commits:
            return f"<div>{escape(_NOTHING)}</div>"
        heading = "".join(
            f'<th style="text-align: left">{title}</th>' for title in ("Commit", "When", "Files", "Message", "Author")
        )
        rows = []
        for commit in self._commits:
            cells = (
                f'<td><code title="{commit.id}">{short(commit.id)}</code></td>',
                f'<td title="{escape(exact(commit.time))}" style="white-space: nowrap">{escape(ago(commit.time))}</td>',
                f'<td style="white-space: nowrap">{_changes_html(commit)}</td>',
                f'<td style="text-align: left">{self._message_html(commit)}</td>',
                f'<td style="text-align: left">{escape(_visible(commit.author))}</td>',
            )
            rows.append(f"<tr>{''.join(cells)}</tr>")
        return f"<table><thead><tr>{heading}</tr></thead><tbody>{''.join(rows)}</tbody></table>"

    def _message_html(self, commit: Commit) -> str:
        from jupyter_repro.cli.escape import subject

        words = [escape(subject(commit.message))]
        if commit.kind != "checkpoint":
            words.append(f'<span style="opacity: 0.7">[{escape(_visible(commit.kind))}]</span>')
        words += [f"<b>{escape(_visible(name))}</b>" for name in self._names.get(commit.id, ())]
        return " ".join(word for word in words if word)

    def _lines(self) -> Iterator[str]:
        from jupyter_repro.cli.escape import subject
        from jupyter_repro.cli.output import paint
        from jupyter_repro.cli.words import ago, counts, short

        if not self._commits:
            yield _NOTHING
        times = [ago(commit.time) for commit in self._commits]
        width = max(map(len, times), default=0)
        for commit, time in zip(self._commits, times, strict=True):
            words = [paint(short(commit.id), "yellow"), f" {time:<{width}} "]
            words += [counts(commit.added, commit.modified, commit.deleted), subject(commit.message)]
            if commit.kind != "checkpoint":
                words.append(paint(f"[{_visible(commit.kind)}]", "dim"))
            if commit.id in self._names:
                words.append(paint(f"({', '.join(map(_visible, self._names[commit.id]))})", "cyan"))
            yield " ".join(word for word in words if word)


_NOTHING = 'There is no such checkpoint yet. %checkpoint "message" makes one.'


def checkpoint(line: str) -> Made:
    """Keep every file of the workspace as it is now.

        %checkpoint "before cleaning the outliers"

    The words behind it are the message; quotes around them are left out. Files are kept as they are on the disk:
    save the notebook first. With ``made = %checkpoint "..."``, ``made.id`` is the id of the commit, and
    ``made.created`` says whether there was anything to keep.
    """
    from jupyter_repro import verbs
    from jupyter_repro.cli.escape import shown_path, shown_text
    from jupyter_repro.cli.words import count, listed, short

    with verbs.open_workspace(os.getcwd()) as opened:
        made = verbs.checkpoint(opened, _message(line))
    name = short(made.commit.id)
    if made.created:
        changes = listed(made.added, made.modified, made.deleted)
        if not (made.added or made.modified or made.deleted):
            changes = "the installed software changed"
        text = f"Checkpoint {name} on {made.branch}: {changes}."
    else:
        text = f"Nothing has changed since {name} on {made.branch}: no checkpoint was needed."
    lines = [text]
    if made.notice:
        lines.append(shown_text(made.notice))
    lines += [f"Skipped {shown_path(skipped.path)}: {shown_text(skipped.reason)}" for skipped in made.skipped[:SHOWN]]
    if len(made.skipped) > SHOWN:
        lines.append(f"... and {count(len(made.skipped) - SHOWN, 'more path')}.")
    return Made(made.commit.id, made.created, "\n".join(lines))


def repro_log(line: str) -> Log:
    """List the checkpoints of the workspace, newest first.

        %repro_log [-n N] [--all] [PATH]

    ``-n N`` lists at most N of them (10; 0 means all), ``--all`` those of every branch, ``PATH`` only those that
    changed this file or something below this folder. The value is a sequence of ``Commit``.
    """
    from jupyter_repro import verbs
    from jupyter_repro.cli.opening import path_inside

    asked = _parse(line)
    with verbs.open_workspace(os.getcwd()) as opened:
        path = None if asked.path is None else path_inside(opened, asked.path)
        found = verbs.log(opened, limit=asked.limit or None, path=path, everything=asked.everything)
        return Log(found, _names(opened))


MAGICS: Mapping[str, Callable[[str], object]] = {"checkpoint": checkpoint, "repro_log": repro_log}
"""The magics by their names; each gets the rest of its line."""


def register(shell: Shell) -> None:
    """Give ``shell`` the magics."""
    for name, magic in MAGICS.items():
        shell.register_magic_function(_told(magic), "line", name)


def _told(magic: Callable[[str], object]) -> Callable[[str], object]:
    """``magic``, with its failures as one sentence."""

    def run(line: str) -> object:
        try:
            return magic(line)
        except ReproError as error:
            raise MagicFailed(str(error)) from None

    run.__doc__, run.__name__ = magic.__doc__, magic.__name__
    return run


def _message(line: str) -> str:
    text = line.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text


@dataclass
class _Asked(argparse.Namespace):
    limit: int = SHOWN
    everything: bool = False
    path: str | None = None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise InvalidRequest(f"%repro_log: {message}. Write it as %repro_log [-n N] [--all] [PATH].")


def _parse(line: str) -> _Asked:
    parser = _Parser(prog="%repro_log", add_help=False, allow_abbrev=False)
    parser.add_argument("-n", dest="limit", metavar="N", type=_number, default=SHOWN)
    parser.add_argument("--all", dest="everything", action="store_true")
    parser.add_argument("path", nargs="?")
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise InvalidRequest(f"%repro_log: a quotation mark is missing in {line.strip()!r}.") from error
    return parser.parse_args(words, _Asked())


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return int(text)


def _names(opened: OpenedProject) -> Mapping[str, Sequence[str]]:
    """Branches and tags by the commit that they stand at."""
    from jupyter_repro import verbs

    found: dict[str, list[str]] = {}
    for branch in verbs.branches(opened):
        if branch.commit:
            found.setdefault(branch.commit, []).append(branch.name)
    for tag in verbs.tags(opened):
        found.setdefault(tag.commit, []).append(f"tag {tag.name}")
    return found


def _visible(text: str) -> str:
    from jupyter_repro.cli.escape import shown_text

    return shown_text(text)


def _changes_html(commit: Commit) -> str:
    kinds = (("+", commit.added, "added"), ("~", commit.modified, "modified"), ("&minus;", commit.deleted, "deleted"))
    shown = [(sign, f"{number:,}", word) for sign, number, word in kinds if number]
    return " ".join(f'<span title="{number} {word}">{sign}{number}</span>' for sign, number, word in shown)
