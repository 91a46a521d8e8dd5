"""Two definitions compared, as people read them: part by part and line by line."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import msgspec

from jupyter_repro.environments.definitions import Definition


@dataclass(frozen=True, slots=True)
class DefinitionChange:
    """A line of a definition that differs: of which ``part`` (a field, or a field and a key in it), and how."""

    part: str
    added: bool
    text: str


def definition_changes(old: Definition, new: Definition) -> tuple[DefinitionChange, ...]:
    """Two definitions line by line, by their parts."""
    before, after = _parts(old), _parts(new)
    changes = []
    for part in [*before, *(name for name in after if name not in before)]:
        for line in difflib.ndiff(before.get(part, []), after.get(part, [])):
            if line[0] in "+-":
                changes.append(DefinitionChange(part, line[0] == "+", line[2:]))
    return tuple(changes)


def definition_difference(old: Definition, new: Definition, names: tuple[str, str]) -> str:
    """Two definitions as a unified difference of texts that people read; "" when they are the same."""
    before, after = ([line + "\n" for line in _lines(one)] for one in (old, new))
    return "".join(difflib.unified_diff(before, after, fromfile=names[0], tofile=names[1]))


def _lines(definition: Definition) -> list[str]:
    lines = []
    for part, held in _parts(definition).items():
        lines += [f"[{part}]", *held]
    return lines


def _parts(definition: Definition) -> dict[str, list[str]]:
    """The lines of a definition by its parts; what is empty is left out."""
    found: dict[str, list[str]] = {}
    for name, value in msgspec.to_builtins(definition).items():
        if name == "parent" and definition.parent is not None:
            found[name] = [f"{definition.parent.name} r{definition.parent.number}"]
        elif name == "format" or value in ("", {}, [], None, False):
            continue
        elif isinstance(value, dict):
            for key, text in sorted(value.items()):
                found[f"{name} {key}"] = str(text).splitlines()
        elif isinstance(value, list):
            found[name] = [str(one) for one in value]
        else:
            found[name] = str(value).splitlines()
    return found
