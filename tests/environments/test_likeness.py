"""Definitions from what is installed, and the words by which a side of a comparison is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_repro import errors, verbs
from jupyter_repro.environments.definitions import Definition
from jupyter_repro.environments.snapshots import Package
from jupyter_repro.environments.snapshots.texts import software
from jupyter_repro.verbs import environments
from jupyter_repro.verbs.environments.likeness import pinned
from tests.environments.installing import install, make_venv, site_packages


def test_what_an_index_has_is_pinned_and_the_rest_is_named() -> None:
    found = pinned(
        software(
            [
                Package("runtime", "python", "3.11.7", origin="CPython"),
                Package("python", "six", "1.16.0"),
                Package("python", "pip", "26.3"),
                Package("python", "mine", "0.1", origin="editable file:///home/me/mine"),
                Package("python", "other", "2.0", origin="git+https://example.org/other@0f1e"),
                Package("debian", "libc6:amd64", "2.36"),
            ]
        ),
        "then",
    )
    assert found.definition == Definition(
        engine="uv", python="3.11.7", requirements="other @ git+https://example.org/other@0f1e\nsix==1.16.0\n"
    )
    assert (found.left_out, found.others) == (("mine",), 1)
    with pytest.raises(errors.EnvironmentUnknown, match="then has no Python packages"):
        pinned(software([Package("os", "debian", "12")]), "then")


def test_an_environment_like_a_host_a_commit_or_now(
    library: environments.Library, opened: verbs.Opened, tmp_path: Path
) -> None:
    python = make_venv(tmp_path / "host")
    install(site_packages(python), "apple", "1.0")
    environments.create(library, "orchard", Definition(engine="host", base=str(python)))
    environments.build(library, "orchard")
    environments.use(opened, library, "orchard")
    made = verbs.checkpoint(opened).commit
    install(site_packages(python), "pear", "2.0")
    for name, asked in (
        ("orchard", "apple==1.0\n"),
        ("orchard@1", "apple==1.0\n"),
        (made.id, "apple==1.0\n"),
        (made.environment.software[:12], "apple==1.0\n"),
        ("now", "apple==1.0\npear==2.0\n"),
    ):
        assert environments.like(opened, library, name).definition.requirements == asked, name
    assert environments.like(None, library, "orchard@1").definition.requirements == "apple==1.0\n"
    compared = environments.compare(opened, "orchard@1", "now", library=library)
    assert [(one.name, one.change) for one in compared.changes] == [("pear", "added")]
    with pytest.raises(errors.InvalidRequest, match="named in a project"):
        environments.compare(None, "orchard@1", "now", library=library)
    with pytest.raises(errors.EnvironmentNotFound):
        environments.compare(opened, "nothing@1", "now", library=library)
    with pytest.raises(errors.InvalidRequest, match="names no revision"):
        environments.revision_named("orchard@first")
