"""What is installed, now or when a commit was made, and what differs between two such moments."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from jupyter_repro.api.schemas.base import Answer, CommitId, Count, Query, Text, Time

PackageChangeKind = Literal["added", "removed", "upgraded", "downgraded", "changed"]

Side = Annotated[str, Field(min_length=1, max_length=300, examples=["now", "@~1", "py311-pandas@7"])]
"""One side of a comparison: `now`, any name of a commit, a revision as `<environment>@<number>`, or a snapshot's id."""

_Text = Annotated[str, Field(max_length=1000)]


class Package(Answer):
    """Something installed."""

    ecosystem: str = Field(description="runtime, python, conda, r, julia, debian or os; newer ones may appear.")
    name: Text
    version: Text
    hash: Text = Field(description="Of what bytes, `<algorithm>:<hex>`; empty when unknown.")
    origin: Text = Field(description="From where; empty when unknown.")


class HostFact(Answer):
    """Something of the machine."""

    what: Text = Field(description="cpu, memory, gpu, os, variable, ...")
    name: Text
    value: Text


class EcosystemCount(Answer):
    """How many packages an ecosystem has."""

    ecosystem: str
    packages: Count


class Software(Answer):
    """What is installed."""

    id: str = Field(description="BLAKE3 of the snapshot's text.")
    title: Text = Field(description="What it is of, as people say it.")
    commit: CommitId | None
    time: Time | None = Field(description="Of the commit or revision; null for now.")
    label: Text | None = Field(description="The environment, `<name> r<number>`.")
    ecosystems: list[EcosystemCount] = Field(description="All of them, whatever the filter.")
    packages: list[Package] = Field(description="By ecosystem and name; those that the filter lets through.")
    host: list[HostFact]


class SoftwareQuery(Query):
    """Which packages."""

    text: _Text | None = Field(default=None, description="Only with this in the name, whatever the case.")
    ecosystem: Annotated[str, Field(max_length=100)] | None = Field(default=None, description="Only of this one.")


class PackageChange(Answer):
    """What became of one package."""

    ecosystem: str
    name: Text
    change: PackageChangeKind = Field(
        description="changed: the version stayed and its bytes or origin did not, or nobody can say which is later."
    )
    old: Text = Field(description="Version before; empty when it was not there.")
    new: Text
    old_origin: Text
    new_origin: Text


class HostChange(Answer):
    """A fact of the machine that differs."""

    what: Text
    name: Text
    old: Text
    new: Text


class ComparedSide(Answer):
    """One side of a comparison."""

    title: Text
    commit: CommitId | None
    label: Text | None
    time: Time | None
    packages: Count


class SoftwareComparison(Answer):
    """What differs from `a` to `b`."""

    a: ComparedSide
    b: ComparedSide
    same: bool = Field(description="No package differs, whatever the filter.")
    summary: Text = Field(description="One line: `pandas 2.3.3 → 3.0.1, +1 package`.")
    changes: list[PackageChange] = Field(description="By ecosystem and name; those that the filter lets through.")
    unchanged: Count = Field(description="Packages that are the same on both sides.")
    host: list[HostChange]
    definition: Text = Field(description="What changed in what was asked for, as a unified difference; may be empty.")


class SoftwareComparisonQuery(Query):
    """What to compare."""

    a: Side = Field(
        default="@", description="`now`, a commit, a revision as `<environment>@<number>`, a snapshot's id."
    )
    b: Side = Field(default="now", description="As `a`.")
    workspace: Annotated[str, Field(max_length=255)] = Field(
        default="current", description="Of which workspace `now` is; then that workspace's project counts."
    )
    text: _Text | None = Field(default=None, description="Only with this in the name, whatever the case.")
    ecosystem: Annotated[str, Field(max_length=100)] | None = Field(default=None, description="Only of this one.")
    change: list[PackageChangeKind] = Field(default_factory=list, max_length=5, description="Only these; repeatable.")


class DefinitionLine(Answer):
    """A line of a definition that differs."""

    part: Text = Field(description="Which part: requirements, dockerfile, variables, scripts, ...")
    change: Literal["added", "removed"]
    text: Text


class RevisionComparison(Answer):
    """What changed from one revision of an environment to another."""

    a: Count
    b: Count
    definition: Text = Field(description="Unified difference of the definitions; empty when they are the same.")
    lines: list[DefinitionLine] = Field(description="The same, line by line and by part.")
    locked: bool = Field(description="Both have a good build: else the packages are not known.")
    summary: Text
    packages: list[PackageChange]


class RevisionComparisonQuery(Query):
    """Which revisions."""

    a: int = Field(ge=1, le=1_000_000_000)
    b: int = Field(ge=1, le=1_000_000_000)


class SoftwareBadge(Answer):
    """The installed software changed with a commit."""

    commit: CommitId
    added: Count
    removed: Count
    changed: Count
    summary: Text


class SoftwareBadges(Answer):
    """Of the commits that were asked about, those with which the software changed."""

    badges: list[SoftwareBadge]


class SoftwareBadgesQuery(Query):
    """Which commits."""

    commit: list[Annotated[str, Field(pattern="^[0-9a-f]{64}$")]] = Field(
        default_factory=list, max_length=200, description="Full ids; repeatable."
    )
