"""What a session does for environments when it starts, and the kernels that Jupyter offers then."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_repro import errors, verbs
from jupyter_repro.environments.definitions import Definition
from jupyter_repro.verbs import environments
from jupyter_repro.verbs.environments.beginning import begin_session
from jupyter_repro.verbs.environments.kernels import settle_kernels
from jupyter_repro.verbs.environments.project_choice import ProjectChoice, choose_for_project, project_choice
from jupyter_repro.verbs.environments.using import kernels_directory


@pytest.fixture
def one(library: environments.Library) -> str:
    """An environment of the interpreter that runs the tests, built."""
    environments.create(library, "one", Definition(engine="host"))
    environments.build(library, "one")
    return "one"


def offered() -> list[str]:
    """The kernels of ours that Jupyter offers."""
    return sorted(
        json.loads(file.read_text())["display_name"] for file in kernels_directory().glob("repro-*/kernel.json")
    )


def test_a_workspace_begins_with_what_its_project_says(
    opened: verbs.Opened, library: environments.Library, one: str
) -> None:
    assert begin_session(opened, library).used is None
    choose_for_project(opened, library, one)
    assert project_choice(opened) == ProjectChoice("one")
    begun = begin_session(opened, library)
    assert begun.used is not None
    assert (begun.used.label, begun.used.pinned, begun.notice) == ("one r1", False, "")
    assert offered() == ["one r1"]
    choose_for_project(opened, library, one, 1)
    assert begin_session(opened, library).used == begun.used, "what is in use stays"
    environments.stop_using(opened)
    assert offered() == []
    assert begin_session(opened, library).used is None, "somebody chose to use none"
    choose_for_project(opened, library, None)
    assert project_choice(opened) is None


def test_what_a_project_says_and_cannot_be_had_is_told(
    opened: verbs.Opened, library: environments.Library, one: str
) -> None:
    environments.create(library, "unbuilt", Definition(engine="host"))
    choose_for_project(opened, library, "unbuilt")
    begun = begin_session(opened, library)
    assert begun.used is None
    assert "no build that worked" in begun.notice
    with pytest.raises(errors.EnvironmentNotFound):
        choose_for_project(opened, library, "none")
    with pytest.raises(errors.EnvironmentNotFound):
        choose_for_project(opened, library, one, 7)


def test_kernels_of_others_stay_and_those_that_went_missing_come_back(
    opened: verbs.Opened, library: environments.Library, one: str
) -> None:
    environments.use(opened, library, one)
    (ours,) = kernels_directory().glob("repro-*")
    foreign = kernels_directory() / "repro-of-another-data-directory"
    shutil.copytree(ours, foreign)
    said = json.loads((ours / "kernel.json").read_text())
    said["metadata"]["repro"]["lock"] = "0" * 64
    (foreign / "kernel.json").write_text(json.dumps(said))
    plain = kernels_directory() / "repro-by-hand"
    plain.mkdir()
    (plain / "kernel.json").write_text("{}")
    shutil.rmtree(ours)
    assert settle_kernels(opened.data)
    assert ours.is_dir()
    environments.stop_using(opened)
    assert not ours.exists()
    assert foreign.is_dir()
    assert plain.is_dir()
    assert not settle_kernels(opened.data)


def test_a_workspace_whose_directory_is_gone_offers_no_kernel(
    opened: verbs.Opened, library: environments.Library, one: str, tmp_path: Path
) -> None:
    environments.use(opened, library, one)
    opened.workspace.root.rename(tmp_path / "away")
    settle_kernels(opened.data)
    assert offered() == []
    (tmp_path / "away").rename(opened.workspace.root)
    settle_kernels(opened.data)
    assert offered() == ["one r1"]


def test_builds_that_died_with_a_server_are_marked(
    opened: verbs.Opened, library: environments.Library, one: str
) -> None:
    (good,) = library.catalog.environments.builds()
    library.catalog.environments.put_build(replace(good, id="0" * 24, state="building", ended=None))
    assert begin_session(opened, library).dead_builds == 1
    assert library.catalog.environments.build("0" * 24).state == "failed"
    assert library.catalog.environments.build(good.id).state == "ready"
