"""The reference page of the Python API."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass

from reference_markdown import one_line, page, prose


def python_page() -> str:
    """The objects of ``jupyter_repro``, the verbs below them, and the records that they return."""
    import jupyter_repro
    from jupyter_repro import history, magics, progress, verbs, workspace

    public = [getattr(jupyter_repro, name) for name in jupyter_repro.__all__ if not name.startswith("__")]
    named = {name: getattr(verbs, name) for name in verbs.__all__}
    documented = list(named.values())
    records = {
        found
        for found in (*documented, history.Commit, history.Session, *vars(workspace).values(), progress.Progress)
        if isinstance(found, type)
        and is_dataclass(found)
        and (found in documented or _is_returned(found, [*public, *documented]))
    }
    lines = [
        "# Python",
        "",
        "```python",
        "import jupyter_repro",
        "",
        'with jupyter_repro.open(".") as ws:',
        '    commit = ws.checkpoint("before cleaning")',
        '    notebook = commit.read("analysis.ipynb")',
        "```",
        "",
        "Everything is typed. Paths inside a commit are text with `/` between the names, relative to the root of the "
        'workspace, `""` for the root itself; bytes that are no UTF-8 are surrogate escapes, as in `os.fsdecode`. Ids '
        "are 64 hex digits. Times are whole microseconds since the epoch, UTC. What goes wrong raises one of the "
        "[errors](errors.md).",
        "",
        "## Functions",
        "",
        *(
            line
            for found in public
            if inspect.isfunction(found)
            for line in _function(found, f"jupyter_repro.{found.__name__}")
        ),
        "## Objects",
        "",
        *(line for found in public if inspect.isclass(found) for line in _class(found, "jupyter_repro.")),
        "## Magics",
        "",
        "`%load_ext jupyter_repro` gives a notebook, or an IPython terminal, these. What goes wrong is told in one "
        "sentence and ends the cell as an error does.",
        "",
        *(line for name, magic in magics.MAGICS.items() for line in _magic(name, magic)),
        "## Verbs",
        "",
        "The objects above call these functions of `jupyter_repro.verbs`, and so do the command line and the server.",
        "",
        *(line for name, found in named.items() if inspect.isfunction(found) for line in _function(found, name)),
        "What they work on:",
        "",
        *(
            line
            for found in documented
            if inspect.isclass(found) and not is_dataclass(found)
            for line in _class(found, "")
        ),
        "## Records",
        "",
        *(line for found in sorted(records, key=lambda found: found.__name__) for line in _record(found)),
    ]
    return page(lines)


def _is_returned(record: type[object], public: Sequence[object]) -> bool:
    """Whether a public function or method names ``record`` in its annotations."""
    functions: list[Callable[..., object]] = [found for found in public if inspect.isfunction(found)]
    for owner in public:
        if inspect.isclass(owner):
            functions += [found for found in vars(owner).values() if inspect.isfunction(found)]
            functions += [found.fget for found in vars(owner).values() if isinstance(found, property) and found.fget]
            functions.append(owner.__init__)
    words = " ".join(str(found.__annotations__) for found in functions) + " Progress Session Skipped"
    return re.search(rf"\b{record.__name__}\b", words) is not None


def _function(function: Callable[..., object], name: str) -> Iterator[str]:
    yield f"### `{name}`"
    yield ""
    yield from ("```python", _wrapped(name.rpartition(".")[2], *_signature(function)), "```", "")
    yield from prose(function.__doc__ or "")


def _magic(name: str, magic: Callable[[str], object]) -> Iterator[str]:
    yield f"### `%{name}`"
    yield ""
    yield from prose(magic.__doc__ or "")


def _class(owner: type[object], prefix: str) -> Iterator[str]:
    bases = [base.__name__ for base in owner.__bases__ if base is not object]
    yield f"### `{prefix}{owner.__name__}`"
    yield ""
    yield from prose(owner.__doc__ or "")
    if bases:
        yield from (f"Has all that `{bases[0]}` has, and:", "")
    for name, member in vars(owner).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property) and member.fget:
            yield f"- `{name}: {member.fget.__annotations__['return']}`: {one_line(member.__doc__)}"
        elif inspect.isfunction(member):
            yield f"- `{_line(name, *_signature(member))}`: {one_line(member.__doc__)}"
    yield ""


def _record(record: type[object]) -> Iterator[str]:
    yield f"### `{record.__name__}`"
    yield ""
    yield from prose(record.__doc__ or "")
    assert is_dataclass(record)
    for field in fields(record):
        yield f"- `{field.name}: {field.type}`"
    yield ""


def _signature(function: Callable[..., object]) -> tuple[list[str], str]:
    """The parameters and what is returned, as they stand in the source, on every version of Python alike."""
    parts: list[str] = []
    starred = False
    signature = inspect.signature(function)
    for parameter in signature.parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            parts.append("*")
            starred = True
        starred = starred or parameter.kind is parameter.VAR_POSITIONAL
        mark = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
        mark = "**" if parameter.kind is parameter.VAR_KEYWORD else mark
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        parts.append(f"{mark}{parameter.name}: {parameter.annotation}{default}")
    return parts, str(signature.return_annotation)


def _line(name: str, parameters: Sequence[str], returned: str) -> str:
    return f"{name}({', '.join(parameters)}) -> {returned}"


def _wrapped(name: str, parameters: Sequence[str], returned: str) -> str:
    line = _line(name, parameters, returned)
    if len(line) <= 100:
        return line
    return "\n".join([f"{name}(", *(f"    {parameter}," for parameter in parameters), f") -> {returned}"])
