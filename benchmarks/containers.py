"""How much longer a kernel in a container takes to start than a local one, first answer included.

    python benchmarks/containers.py [IMAGE] [--repetitions 9]

Without IMAGE an engine of its own is started for the time of the benchmark (scripts/docker-engine.sh; takes root), and
an image is built there with the ipykernel of this Python. An IMAGE of yours has ipykernel, and an engine of Docker
answers (DOCKER_HOST). The kinds take turns, so that a busy moment meets all.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

LIMIT_SECONDS = 2.0
ENGINE = Path(__file__).parents[1] / "scripts" / "docker-engine.sh"
BASE = "repro-base:bookworm"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("image", nargs="?", help="one that is there; without it one is made")
    parser.add_argument("--repetitions", type=int, default=9)
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="repro-bench-")))
        image = asked.image or stack.enter_context(own_image(place))
        for name in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
            os.environ[name] = str(place / name.lower())
        (place / "work").mkdir()
        for transport in ("ipc", "tcp"):
            write_spec(place, image, transport)
        kinds = ("python3", "ipc", "tcp")
        took: dict[str, list[float]] = {kind: [] for kind in kinds}
        for _ in range(asked.repetitions + 1):
            for kind in kinds:
                took[kind].append(start(kind, place / "work"))
    medians = {}
    for kind in kinds:
        # The first of each reads its files from the disk.
        values = sorted(took[kind][1:])
        medians[kind] = statistics.median(values)
        print(f"{kind:8} {medians[kind]:.2f} s ({values[0]:.2f}-{values[-1]:.2f}), first {took[kind][0]:.2f} s")
    more = medians["ipc"] - medians["python3"]
    reached = "reached" if more <= LIMIT_SECONDS else "missed"
    print(f"a container takes {more:+.2f} s; at most {LIMIT_SECONDS} s: {reached}")
    return 0 if more <= LIMIT_SECONDS else 1


@contextlib.contextmanager
def own_image(place: Path) -> Iterator[str]:
    """The id of an image with ipykernel, in an engine that lives as long."""
    from jupyter_repro.environments.definitions import Definition, checked
    from jupyter_repro.environments.engines.docker import DockerEngine
    from jupyter_repro.environments.engines.docker.locks import image_lock
    from jupyter_repro.environments.places import Places

    folder = place / "engine"
    kept = {name: os.environ.get(name) for name in ("DOCKER_HOST", "JUPYTER_REPRO_BUILD_NETWORK")}
    try:
        print("An engine of Docker is started, and an image is built there; the first time this takes minutes.")
        script("install")
        said = re.search(r"^export DOCKER_HOST=(.*)$", script("start", str(folder)), re.MULTILINE)
        assert said is not None
        script("base", str(folder))
        os.environ |= {"DOCKER_HOST": said[1], "JUPYTER_REPRO_BUILD_NETWORK": "host"}
        instructions = (
            f"RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install ipykernel=={version('ipykernel')}\n"
            "ENV PATH=/opt/venv/bin:$PATH\n"
        )
        definition = checked(Definition(engine="docker", base=BASE, dockerfile=instructions))
        yield image_lock(DockerEngine(Places(place / "environments")).resolve(definition, Untold())).image
    finally:
        script("stop", str(folder))
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class Untold:
    """The log of a build that nobody looks at: when it fails, the error says the last lines."""

    def line(self, text: str) -> None:
        """Say nothing."""

    def check(self) -> None:
        """Never stop."""


def script(*words: str) -> str:
    """What a command of the engine's script prints."""
    return subprocess.run([str(ENGINE), *words], check=True, stdout=subprocess.PIPE, text=True).stdout


def write_spec(place: Path, image: str, transport: str) -> None:
    """A kernel specification named like the transport."""
    spec = place / "jupyter_data_dir" / "kernels" / transport
    spec.mkdir(parents=True)
    config = {"image": image, "root": str(place / "environments"), "transport": transport}
    said = {
        "argv": ["python3", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": transport,
        "language": "python",
        "metadata": {"kernel_provisioner": {"provisioner_name": "jupyter-repro-docker", "config": config}},
    }
    (spec / "kernel.json").write_text(json.dumps(said))


def start(kernel: str, cwd: Path) -> float:
    """Seconds until a fresh kernel has answered and evaluated something."""
    from jupyter_client.manager import start_new_kernel

    began = time.perf_counter()
    manager, client = start_new_kernel(kernel_name=kernel, cwd=str(cwd), startup_timeout=120)
    try:
        client.execute_interactive("1 + 1", output_hook=lambda message: None, timeout=60)
        return time.perf_counter() - began
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    raise SystemExit(main())
