"""Dockerfiles as text: their instructions, the images they start from, and what we add to them.

Every RUN is lent the configuration of the closed network and, when a lock is rebuilt, the list of versions, as build
secrets: mounts that are gone when the instruction ends. Nothing of the text is ever interpreted by a shell of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jupyter_repro.environments.container_fields import RESERVED
from jupyter_repro.errors import InvalidDefinition

_WORD = re.compile(r"^\s*([A-Za-z]+)(\s|$)")
_HEREDOC = re.compile(r"""(?:^|\s)\d*<<-?(['"]?)([^\s<'"]+)\1(?=\s|$)""")
_FROM = re.compile(r"(?P<flags>(?:--\S+\s+)*)(?P<image>\S+)(?:\s+AS\s+(?P<stage>\S+))?\s*", re.IGNORECASE)
_KNOWN = (
    *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER"),
    *("ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
)


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction: its word in capitals, the number of its first line from 1, and its lines as they are."""

    word: str
    line: int
    text: str

    @property
    def rest(self) -> str:
        """What follows the word."""
        return self.text.lstrip()[len(self.word) :].strip()


@dataclass(frozen=True, slots=True)
class Start:
    """A FROM: the image or earlier stage that it names, and the name of its own stage, or ""."""

    image: str
    stage: str
    flags: str = ""


def instructions(text: str) -> list[Instruction]:
    """The instructions of a Dockerfile without comments and empty lines. Raises ``InvalidDefinition``."""
    escape = _escape(text)
    found: list[Instruction] = []
    lines = enumerate(text.replace("\r\n", "\n").split("\n"), 1)
    for number, line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _WORD.match(line)
        word = match[1].upper() if match else ""
        if word not in _KNOWN:
            raise InvalidDefinition(
                f"Line {number} of the Dockerfile ({line.strip()[:60]!r}) is no instruction. A long one goes on in the "
                f"next line with {escape} at the end."
            )
        found.append(Instruction(word, number, "\n".join(_whole(line, lines, escape, word))))
    return found


def starts(found: Sequence[Instruction]) -> list[Start]:
    """The FROM lines. Raises ``InvalidDefinition`` for one that does not name its image."""
    images = []
    for one in found:
        if one.word != "FROM":
            continue
        match = _FROM.fullmatch(one.rest)
        if match is None or "$" in match["image"]:
            raise InvalidDefinition(
                f"Line {one.line} of the Dockerfile ({one.rest[:60]!r}) must name its image itself, so that the same "
                "one can be found again."
            )
        images.append(Start(match["image"], (match["stage"] or "").lower(), match["flags"]))
    return images


def images_of(found: Sequence[Instruction]) -> list[str]:
    """The images that the stages start from, each once; earlier stages and ``scratch`` are none."""
    images, stages = [], set()
    for start in starts(found):
        if start.image.lower() not in stages and start.image != "scratch":
            images.append(start.image)
        stages.add(start.stage)
    return list(dict.fromkeys(images))


def check_instructions(text: str, *, has_base: bool) -> None:
    """Raises ``InvalidDefinition`` with what to change."""
    if "\0" in text:
        raise InvalidDefinition("The Dockerfile is no text: it holds a zero byte.")
    found = instructions(text)
    images_of(found)
    first = next((one.word for one in found if one.word != "ARG"), "")
    if not has_base and first != "FROM":
        raise InvalidDefinition("Name an image as the base, or let the Dockerfile begin with FROM.")
    for one in found:
        if RESERVED in one.text:
            raise InvalidDefinition(
                f"Line {one.line} of the Dockerfile names {RESERVED}, which is ours: choose another."
            )


def composed(
    parts: Sequence[str],
    *,
    base: str,
    images: Mapping[str, str],
    mounts: Sequence[str] = (),
    arguments: Mapping[str, str] | None = None,
) -> str:
    """The Dockerfile that is built: ``parts`` one after the other on ``base`` ("" when the first begins with FROM).

    ``images`` says which local image stands for each reference. ``mounts`` are the options that every RUN gets, and
    ``arguments`` are set for it, and for nothing after the build.
    """
    settings = "".join(f"ARG {name}={value}\n" for name, value in (arguments or {}).items())
    out = [f"FROM {images.get(base, base)}\n{settings}"] if base else []
    escapes = {_escape(part) for part in parts if part.strip()}
    if len(escapes) > 1:
        raise InvalidDefinition("The Dockerfile and that of its parent must not differ in their line 'escape='.")
    stages: set[str] = set()
    for part in parts:
        for one in instructions(part):
            if one.word == "FROM":
                (start,) = starts([one])
                image = start.image if start.image.lower() in stages else images.get(start.image, start.image)
                stages.add(start.stage)
                named = f" AS {start.stage}" if start.stage else ""
                out.append(f"FROM {start.flags}{image}{named}\n{settings}")
            elif one.word == "RUN" and mounts:
                head, options = one.text.lstrip()[:3], " ".join(mounts)
                out.append(f"{head} {options}{one.text.lstrip()[3:]}\n")
            else:
                out.append(f"{one.text}\n")
    directive = f"# escape={escapes.pop()}\n" if escapes else ""
    return directive + "".join(out)


def _escape(text: str) -> str:
    for line in text.split("\n"):
        match = re.fullmatch(r"#\s*([A-Za-z]+)\s*=\s*(.*?)\s*", line.rstrip("\r"))
        if match is None:
            break
        if match[1].lower() == "escape" and match[2] == "`":
            return "`"
    return "\\"


def _whole(first: str, lines: Iterator[tuple[int, str]], escape: str, word: str) -> list[str]:
    """The lines of an instruction, with those that continue it and the documents inside of it."""
    whole = [first]
    line = first
    while line.rstrip().endswith(escape):
        found = next(lines, None)
        if found is None:
            break
        if not found[1].strip() or found[1].lstrip().startswith("#"):
            continue  # comments and empty lines inside of an instruction are none of it
        line = found[1]
        whole.append(line)
    if word in ("RUN", "COPY", "ADD"):
        for match in _HEREDOC.finditer("\n".join(whole)):
            for _, inside in lines:
                whole.append(inside)
                if inside.strip() == match[2]:
                    break
    return whole
