"""What a definition of the engine conda asks for: the text of an environment.yml, as conda writes and reads it.

Anchors, tags and deep nesting are refused: nobody needs them in such a file, and with them a small one can grow without
end or bring down its reader.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from jupyter_repro.errors import InvalidDefinition, MissingTool

_KINDS = {
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "null": "nothing",
    "str": "a text",
    "array": "a list",
    "object": "a section",
}
_LARGEST = 256 * 1024
_LONGEST_LINE = 1000
_DEEPEST = 8
_ANCHOR = re.compile(r"(?:^|[\s,\[{:-])[&!]\S", re.MULTILINE)
_NEXT = re.compile(r"^---(?:[ \t].*)?$", re.MULTILINE)
_SECRET = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/\s]*@|[^/\s]+/(?:.*/)?t/[^/\s]+/)")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PACKAGE = re.compile(r"(?:[^\s\[\]]+?::)?(?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)")


class _File(msgspec.Struct, frozen=True):
    name: str | None = None
    channels: list[str] | None = None
    dependencies: list[str | dict[str, list[str] | None]] | None = None
    variables: dict[str, str | int | float | bool] | None = None


@dataclass(frozen=True, slots=True)
class CondaFile:
    """An environment.yml: the name it gives itself ("" for none), its channels, the packages of conda and of pip in
    the syntax of each, and its variables."""

    name: str
    channels: tuple[str, ...]
    dependencies: tuple[str, ...]
    pip: tuple[str, ...]
    variables: Mapping[str, str]

    def names(self, package: str) -> bool:
        """Whether a package of conda is asked for by that name."""
        return any(package_name(one) == package for one in self.dependencies)


def read_conda_file(text: str) -> CondaFile:
    """Read one environment.yml. Raises ``InvalidDefinition`` with what to change, ``MissingTool`` without PyYAML."""
    _check_harmless(text)
    if not _without_comments(text).strip():
        return CondaFile("", (), (), (), {})
    try:
        found = msgspec.yaml.decode(text, type=_File)
    except ImportError:
        raise MissingTool(
            "Reading an environment.yml needs PyYAML, which is not installed: 'pip install \"jupyter-repro[conda]\"'."
        ) from None
    except msgspec.ValidationError as error:
        raise InvalidDefinition(f"The environment.yml cannot be used: {_plain(error)}.") from error
    except (msgspec.DecodeError, RecursionError) as error:
        said = " ".join(str(error).split()) or "it is nested too deeply"
        raise InvalidDefinition(f"The environment.yml is no YAML that can be read: {said}.") from error
    conda: list[str] = []
    pip: list[str] = []
    for one in found.dependencies or ():
        if isinstance(one, str):
            conda.append(_spec(one))
            continue
        for kind, lines in one.items():
            if kind != "pip":
                raise InvalidDefinition(f"The environment.yml has a section {kind!r} in its dependencies: only pip is.")
            pip += lines or ()
    return CondaFile(
        (found.name or "").strip(),
        tuple(_channel(one) for one in found.channels or () if one.strip() != "nodefaults"),
        tuple(conda),
        tuple(line.strip() for line in pip),
        {name: str(value) for name, value in (found.variables or {}).items()},
    )


def documents(text: str) -> list[str]:
    """The texts of the environments in one file, which a line of three dashes parts."""
    return [part.strip() + "\n" for part in _NEXT.split(text) if _without_comments(part).strip()]


def package_name(spec: str) -> str:
    """The name of the package that a dependency asks for, as channels write it."""
    found = _PACKAGE.match(spec.strip())
    return found["name"].lower() if found else ""


def _check_harmless(text: str) -> None:
    """Refuse what would take a reader of YAML for ever, or bring it down: the file may be a stranger's."""
    if len(text) > _LARGEST or any(len(line) > _LONGEST_LINE for line in text.splitlines()):
        raise InvalidDefinition(
            f"The environment.yml has more than {_LARGEST:,} letters, or {_LONGEST_LINE:,} in one line. Shorten it."
        )
    plain = _without_comments(text)
    if _ANCHOR.search(plain):
        raise InvalidDefinition("The environment.yml uses anchors or tags (& or !). Write out what they stand for.")
    depth = 0
    for letter in plain:
        depth += (letter in "[{") - (letter in "]}")
        if depth > _DEEPEST:
            raise InvalidDefinition("The environment.yml is nested too deeply. Write it as conda does.")


def _spec(said: str) -> str:
    spec = said.strip()
    if "::" not in spec and (_ADDRESS.match(spec) or spec.endswith((".conda", ".tar.bz2")) or spec[:1] in (".", "/")):
        raise InvalidDefinition(
            f"The dependency {_shown(spec)} is the address of one package. Name the package, and its channel before it."
        )
    if not _PACKAGE.match(spec):
        raise InvalidDefinition(f"The dependency {_shown(spec)} does not begin with the name of a package.")
    return spec


def _channel(said: str) -> str:
    channel = said.strip()
    if _SECRET.match(channel):
        raise InvalidDefinition(
            "A channel holds a password or a token in its address, and a definition is kept for ever. Write the "
            "address without it, and store the credentials where rattler looks for them (RATTLER_AUTH_FILE)."
        )
    if channel.startswith((".", "~")) or not channel or any(letter.isspace() for letter in channel):
        raise InvalidDefinition(
            f"{_shown(channel)} cannot be a channel: give its name, its address, or a folder that begins with /."
        )
    return channel


def _without_comments(text: str) -> str:
    return re.sub(r"(?:^|(?<=\s))#.*$", "", text, flags=re.MULTILINE)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")


def _plain(error: msgspec.ValidationError) -> str:
    said, _, where = str(error).partition(" - at ")
    where = where.strip("`").removeprefix("$").lstrip(".") or "its top"
    match = re.search(r"got `(\w+)`", said)
    kind = _KINDS.get(match[1], "") if match else ""
    return f"at {where} stands {kind}, which is not what belongs there" if kind else f"{said.lower()} at {where}"
