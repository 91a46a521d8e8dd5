"""What is built for a definition: instructions, scripts and requirements of its layers as one Dockerfile."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence

from jupyter_repro.environments.container_fields import RESERVED
from jupyter_repro.environments.definitions import Definition
from jupyter_repro.environments.engines.docker.building import Build
from jupyter_repro.environments.engines.docker.closed_network import FOLDER, Lent
from jupyter_repro.environments.engines.docker.dockerfile import composed

_INSIDE = f"/run/{RESERVED}"


def build_of(
    chain: Sequence[Definition],
    variables: Mapping[str, str],
    *,
    base: str,
    images: Mapping[str, str],
    lent: Lent,
    network: str,
    fresh: bool = False,
) -> Build:
    """The build of the layers ``chain`` on the image ``base`` ("" when the first layer begins with FROM).

    ``variables`` are those that the scripts find set; ``images`` says which local image stands for each reference;
    ``lent`` is for the time of the build; a ``fresh`` one takes nothing from the cache.
    """
    files: dict[str, bytes] = {}
    arguments: dict[str, str] = {}
    for layer in chain:
        files |= {path: _bytes(text) for path, text in layer.files.items()}
        arguments |= layer.build_arguments
    own = _own_part(chain, variables, files)
    text = composed(
        [*(layer.dockerfile for layer in chain), own],
        base=base,
        images=images,
        mounts=[f"--mount=type=secret,id={name},target={FOLDER}/{name},mode=0444" for name in sorted(lent.secrets)],
        arguments=lent.variables,
    )
    return Build(
        dockerfile=text,
        files=files,
        arguments={**lent.proxies, **arguments},
        secrets=lent.secrets,
        network="" if network == "bridge" else network,
        fresh=fresh,
    )


def _own_part(chain: Sequence[Definition], variables: Mapping[str, str], files: dict[str, bytes]) -> str:
    """The instructions for scripts and requirements, whose texts go into our folder of the context."""
    out: list[str] = []

    def run(*command: str) -> None:
        mount = f"--mount=type=bind,source={RESERVED},target={_INSIDE}"
        out.append(f"RUN {mount} {json.dumps(command)}\n")

    def run_scripts(name: str) -> None:
        texts = [layer.scripts[name] for layer in chain if layer.scripts.get(name)]
        for number, text in enumerate(texts, 1):
            files[f"{RESERVED}/{name}-{number}"] = _bytes(text)
            first = text.partition("\n")[0].strip()
            program = first[2:].strip() if first.startswith("#!") else "/bin/sh -e"
            run("/bin/sh", "-c", f". {_INSIDE}/variables && exec {program} {_INSIDE}/{name}-{number}")

    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in sorted(variables.items())]
    files[f"{RESERVED}/variables"] = _bytes("".join(lines))
    run_scripts("pre-setup")
    requirements = [line for layer in chain for line in layer.requirements.splitlines()]
    if requirements:
        files[f"{RESERVED}/requirements.txt"] = _bytes("".join(f"{line}\n" for line in dict.fromkeys(requirements)))
        run("python3", "-m", "pip", "install", "-r", f"{_INSIDE}/requirements.txt")
    run_scripts("post-setup")
    return "".join(out)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
