"""What the kernel specification of an image says of how its kernels run."""

from __future__ import annotations

from jupyter_repro.environments.choices import Chosen
from jupyter_repro.environments.definitions import Definition
from jupyter_repro.environments.installed import image_of
from jupyter_repro.environments.layers import layers
from jupyter_repro.environments.places import Places

PROVISIONER = "jupyter-repro-docker"
"""The name under which jupyter_client finds the provisioner."""


def provisioner_of(places: Places, chosen: Chosen, definition: Definition) -> dict[str, object]:
    """The provisioner and its settings."""
    return {
        "provisioner_name": PROVISIONER,
        "config": {
            "image": image_of(chosen.interpreter),
            "root": str(places.root),
            "definition": chosen.definition,
            # What is not said is left to the configuration of the server.
            **limits_of(definition),
        },
    }


def limits_of(definition: Definition) -> dict[str, object]:
    """The network, cpus and memory that are named, each by the last layer of a definition that names one."""
    chain = list(reversed(layers(definition)))
    limits: dict[str, object] = {
        "network": next((layer.network for layer in chain if layer.network), ""),
        "cpus": next((layer.cpus for layer in chain if layer.cpus), 0.0),
        "memory": next((layer.memory for layer in chain if layer.memory), 0),
    }
    return {name: value for name, value in limits.items() if value}
