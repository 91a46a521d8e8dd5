"""Files of a workspace that ask for software."""

from __future__ import annotations

from pydantic import Field

from jupyter_repro.api.schemas.base import Answer, Count, Text
from jupyter_repro.api.schemas.environments import Definition


class Discovered(Answer):
    """A file of the workspace that asks for software."""

    path: Text = Field(description="Relative to the workspace's root.")
    engine: Text
    requirements: Count = Field(description="How many packages it names.")
    definition: Definition | None = Field(description="What an environment made from it would be; null: none can be.")
    problem: Text | None = Field(description="Why none can be.")
    name: Text = Field(description="A name for the environment that is free.")


class DiscoveredList(Answer):
    """The files that ask for software, those that outweigh others first."""

    files: list[Discovered]
