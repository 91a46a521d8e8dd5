"""Writes the reference pages that come from the code: commands, settings, errors, the Python and REST APIs, events.

usage: python scripts/reference.py [--check]

``--check`` writes nothing, and fails when a page is not what the code says. A test does the same.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click
from reference_markdown import one_line, page, prose, table
from reference_python import python_page
from reference_server import events_page, rest_page
from traitlets import HasTraits, TraitType

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "reference"

# -- commands ----------------------------------------------------------------------------------------


def cli_page() -> str:
    """Every command with its arguments, options and examples."""
    from jupyter_repro.cli.commands import SECTIONS
    from jupyter_repro.cli.root import PROGRAM, root

    context = click.Context(root, info_name=PROGRAM)
    lines = [
        "# Commands",
        "",
        "The executable is `jupyter-repro`; `jupyter repro ...` runs the same. Every command takes `--help`, which "
        "ends with examples, and `--json`, which prints one document whose shape is told in [JSON](json.md).",
        "",
        "The exit code is 0, 1 when the command failed (one sentence on standard error says what happened, to what, "
        "and what to do), 2 when it was called wrongly, and 130 after Ctrl-C. [Errors](errors.md) has the list.",
        "",
        str(root.epilog),
        "",
        *_options(root),
    ]
    for title, entries in SECTIONS:
        lines += [f"## {title}", ""]
        for entry in entries:
            found = root.get_command(context, entry.name)
            assert found is not None, entry.name
            lines += _command(found, f"{PROGRAM} {entry.name}", entry.name)
    return page(lines)


def _command(command: click.Command, path: str, name: str) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    yield from prose(command.help or "")
    arguments = [_metavar(param) for param in command.params if isinstance(param, click.Argument)]
    yield from ("```", " ".join([path, "[OPTIONS]", *arguments]), "```", "")
    yield from _options(command)
    examples: Sequence[str] = getattr(command, "examples", ())
    if examples:
        yield from ("```console", *(f"$ {example}" for example in examples), "```", "")
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None, inner
            yield from _command(found, f"{path} {inner}", f"{name} {inner}")


def _options(command: click.Command) -> Iterator[str]:
    rows = []
    for param in command.params:
        if isinstance(param, click.Option) and not param.hidden:
            names = ", ".join(f"`{name}`" for name in (*param.opts, *param.secondary_opts))
            value = "" if param.is_flag or param.count else f" `{_metavar(param)}`"
            rows.append((f"{names}{value}", (param.help or "").strip()))
    yield from table(("option", "what it does"), rows)


def _metavar(param: click.Parameter) -> str:
    if param.metavar:
        return param.metavar
    if isinstance(param.type, click.Choice):
        return "[" + "|".join(str(choice) for choice in param.type.choices) + "]"
    if isinstance(param, click.Argument):
        name = (param.name or "").upper() + ("..." if param.nargs == -1 else "")
        return name if param.required else f"[{name}]"
    return param.type.name.upper()


# -- settings ----------------------------------------------------------------------------------------


def settings_page() -> str:
    """Every setting of the command line and of the server."""
    from jupyter_repro.app import ReproApp
    from jupyter_repro.settings import Repro

    lines = [
        "# Settings",
        "",
        "Settings are read from `jupyter_repro_config.py` and `jupyter_repro_config.json` in the configuration "
        "directories that `jupyter --paths` lists (`~/.jupyter` is the user's). A directory outweighs those after it "
        "in that list, and JSON outweighs Python beside it. Without a file, the defaults hold.",
        "",
        "```python",
        "# ~/.jupyter/jupyter_repro_config.py",
        'c.Repro.default_store = "s3://notebooks/{user}/{project}"',
        "c.Repro.cache_limit_bytes = 20 * 1024**3",
        "```",
        "",
        "## Everywhere",
        "",
        *_settings(Repro),
        "## In a Jupyter server",
        "",
        *_settings(ReproApp),
        "## Environment variables",
        "",
        *table(("variable", "what it does"), [(f"`{name}`", text) for name, text in ENVIRONMENT]),
    ]
    return page(lines)


ENVIRONMENT = (
    ("JUPYTER_DATA_DIR", "Jupyter's data directory; `repro` in it is ours unless `Repro.data_dir` says otherwise."),
    ("JUPYTER_CONFIG_DIR", "The user's configuration directory, where the settings file is looked for."),
    ("JUPYTER_CONFIG_PATH", "More directories to look in, which outweigh the user's."),
    ("JUPYTER_NO_CONFIG", "When set, no configuration file is read."),
    ("JUPYTER_REPRO_DEBUG", "When set, a failure shows its traceback, as `--debug` does."),
    (
        "JUPYTER_REPRO_CATALOG_URL",
        "The database of the catalogue, as in `Repro.catalog_url`, where a password should stand in no file.",
    ),
    ("JUPYTER_REPRO_BUILD_NETWORK", "The network of the instructions of image builds: `bridge`, `host` or `none`."),
    ("JUPYTER_REPRO_PUSH_TO", "A repository (`registry/name`) into which every image that was built is pushed."),
    ("DOCKER_HOST", "Where the engine of Docker is, as for Docker's own command."),
    ("JUPYTERHUB_USER", "The user's name on a hub: the default author, and `{user}` in `default_store`."),
    ("NO_COLOR", "When set, nothing is coloured."),
    ("AWS_ENDPOINT_URL", "Where S3 is, when it is not Amazon's; `AWS_ENDPOINT_URL_S3` outweighs it."),
    ("AWS_ENDPOINT_URL_S3", "The same for S3 alone."),
    (
        "AWS_*, GOOGLE_*, AZURE_*",
        "Credentials, regions and endpoints of the object stores, as their own tools read them.",
    ),
)


def _settings(owner: type[HasTraits]) -> Iterator[str]:
    for name, trait in sorted(owner.class_traits(config=True).items()):
        if trait.this_class is not owner:
            continue
        yield f"### `{owner.__name__}.{name}`"
        yield ""
        yield from prose(str(trait.help))
        yield f"{_kind(trait)}; the default is `{trait.default_value!r}`."
        yield ""
        if "example" in trait.metadata:
            yield from ("```python", f"c.{owner.__name__}.{name} = {trait.metadata['example']!r}", "```", "")


def _kind(trait: TraitType[object, object]) -> str:
    kind = {"Unicode": "Text", "Bool": "True or False", "Int": "A whole number", "Float": "A number"}
    return kind.get(type(trait).__name__, type(trait).__name__)


# -- errors ------------------------------------------------------------------------------------------


def errors_page() -> str:
    """Every error with its code, HTTP status and exit code."""
    from jupyter_repro.errors import all_errors

    rows = [
        (f"`{error.code}`", f"`{error.__name__}`", str(error.status), str(error.exit_code), one_line(error.__doc__))
        for error in all_errors()
        if error.__module__ == "jupyter_repro.errors"  # other modules narrow some of them for themselves
    ]
    lines = [
        "# Errors",
        "",
        "Every failure that can be foreseen is one of these. The message says what happened, to which thing, and what "
        "to do. The command line prints it and ends with the exit code; Python raises the class, from "
        "`jupyter_repro.errors`; the server answers with the HTTP status and the code, which keeps its meaning.",
        "",
        *table(("code", "class", "HTTP", "exit", "when"), rows),
    ]
    return page(lines)


PAGES_OF_THE_CODE: dict[str, Callable[[], str]] = {
    "cli.md": cli_page,
    "settings.md": settings_page,
    "errors.md": errors_page,
    "python.md": python_page,
    "rest.md": rest_page,
    "events.md": events_page,
}


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or check them; return the exit code."""
    stale = []
    for name, written in PAGES_OF_THE_CODE.items():
        file, text = PAGES / name, written()
        if not file.exists() or file.read_text("utf-8") != text:
            stale.append(name)
            if "--check" not in arguments:
                file.write_text(text, "utf-8")
    if stale and "--check" in arguments:
        print(f"Not what the code says: {', '.join(stale)}. Run `make reference`.", file=sys.stderr)
        return 1
    print(f"docs/reference: {', '.join(stale) or 'nothing'} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
