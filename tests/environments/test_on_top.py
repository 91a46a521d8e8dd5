"""A workspace's own file on top of its environment; environments that add to another; marked revisions."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_repro import errors, verbs
from jupyter_repro.environments.definitions import Definition
from jupyter_repro.verbs import environments
from jupyter_repro.verbs.environments.project_choice import project_choice
from tests.environments.test_uv_engine import interpreter, says

if TYPE_CHECKING:
    from tests.conftest import Repro

VERSIONS = "import importlib.metadata as m; print(m.version('six'), m.version('idna'))"
BASE = Definition(engine="uv", requirements="six==1.16.0\nidna\n", project_files=True)


def test_the_projects_own_file_is_applied_recorded_and_cached(
    library: environments.Library, opened: verbs.Opened, tmp_path: Path, repro: Repro
) -> None:
    root = opened.workspace.root
    environments.create(library, "base", BASE)
    environments.build(library, "base")
    assert environments.apply_project_files(opened) is None, "nothing is in use"
    plain = environments.use(opened, library, "base")
    assert (plain.label, plain.applied) == ("base r1", "")
    assert environments.apply_project_files(opened) is None, "there is no such file"
    idna = says(plain.interpreter, VERSIONS).split()[1]

    (root / "requirements.txt").write_text("six==1.17.0\n")
    said: list[str] = []
    used = environments.apply_project_files(opened, on_line=said.append)
    assert used is not None
    assert (used.label, used.applied, used.notice) == ("base r1 + requirements.txt", "requirements.txt", "")
    assert environments.used(opened) == used
    assert repro.json("status", cwd=root)["environment"] == used.label
    assert repro("status", cwd=root).text.splitlines()[1] == "In environment base r1 + requirements.txt."
    assert says(used.interpreter, VERSIONS) == f"1.17.0 {idna}", "the file outweighs; the rest stays as it was"
    assert says(plain.interpreter, VERSIONS) == f"1.16.0 {idna}", "the environment itself is as it was"
    (log,) = library.places.builds.glob("derived-*.log")
    assert log.read_text().splitlines() == said

    said.clear()
    assert environments.apply_project_files(opened, on_line=said.append) == used
    assert said == [], "nothing is done while nothing has changed"
    made = verbs.checkpoint(opened).commit
    assert made.environment.label == "base r1 + requirements.txt"

    # A file that cannot be had leaves everything as it was, and says so.
    (root / "requirements.txt").write_text("six==99.99\n")
    kept = environments.apply_project_files(opened)
    assert kept is not None
    assert kept.label == used.label
    assert kept.notice.startswith("The workspace's own file was not applied to base r1. No versions fit")
    (root / "requirements.txt").write_text("-e .\n")
    bad = environments.apply_project_files(opened)
    assert bad is not None
    assert "requirements.txt cannot be used" in bad.notice

    # Gone with its file; and back from the commit alone, where nothing else is left.
    (root / "requirements.txt").unlink()
    assert environments.apply_project_files(opened) is None
    now = environments.used(opened)
    assert now is not None
    assert now.label == "base r1"
    shutil.rmtree(library.places.root)
    brought = environments.restore_environment(opened, made.id)
    assert (brought.used.label, brought.notice) == ("base r1 + requirements.txt", "")
    assert says(brought.used.interpreter, VERSIONS) == f"1.17.0 {idna}"


def test_an_environment_adds_to_a_revision_of_another(library: environments.Library, opened: verbs.Opened) -> None:
    environments.create(library, "base", BASE)
    with pytest.raises(errors.EnvironmentNotReady, match="base r1 has no build that worked"):
        environments.based_on(library, "base", 1)
    environments.build(library, "base")
    from msgspec.structs import replace

    wanted = replace(environments.based_on(library, "base"), requirements="colorama\n")
    environments.create(library, "more", wanted)
    assert environments.build(library, "more").state == "ready"
    assert says(interpreter(library, "more"), "import colorama, six; print(six.__version__)") == "1.16.0"
    compared = environments.compare(opened, "base@1", "more@1", library=library)
    assert [(one.name, one.change) for one in compared.changes] == [("colorama", "added")]
    assert "+[parent]\n+base r1\n" in compared.definition
    # The base moves on, and what is based on it stays.
    environments.edit(library, "base", Definition(engine="uv", requirements="six==1.17.0\n"))
    shown = library.show("more").revision(1).definition
    assert shown.parent is not None
    assert (shown.parent.name, shown.parent.number, shown.parent.definition) == ("base", 1, BASE)


def test_a_project_allows_marked_revisions_only(
    repro: Repro, library: environments.Library, opened: verbs.Opened
) -> None:
    import sys

    for name in ("blessed", "wild"):
        here = Definition(engine="host", base=sys.executable, variables={"NAME": name})
        environments.create(library, name, here, visibility="everyone")
        environments.build(library, name)
    environments.use(opened, library, "wild")
    assert environments.allowed(opened) == ()
    environments.restrict(opened, library, [("blessed", None)])
    with pytest.raises(errors.EnvironmentForbidden, match="does not allow wild r1, but blessed r1"):
        environments.use(opened, library, "wild")
    made = verbs.checkpoint(opened, allow_empty=True).commit
    assert made.labels["environment-refused"] == "wild r1", "work is kept, and the commit says so"
    environments.use(opened, library, "blessed")
    assert "environment-refused" not in verbs.checkpoint(opened, allow_empty=True).commit.labels
    with pytest.raises(errors.EnvironmentNotFound):
        environments.restrict(opened, library, [("nothing", 1)])
    assert "blessed r1" in repro("env", "restrict").text
    assert repro("env", "use", "wild", code=1).err.startswith("jupyter-repro: Project")
    repro("env", "use", "blessed@1", "--for-project")
    opened.repository.sync()
    wanted = project_choice(opened)
    assert wanted is not None
    assert (wanted.name, wanted.number) == ("blessed", 1)
    repro("env", "use", "--for-project", code=2)
    assert "every environment" in repro("env", "restrict", "--none").text
    repro("env", "restrict", "--none", "wild", code=2)


def test_software_of_the_past_comes_back_only_if_it_is_marked(
    repro: Repro, library: environments.Library, opened: verbs.Opened, tmp_path: Path
) -> None:
    import sys

    for name in ("blessed", "wild"):
        here = Definition(engine="host", base=sys.executable, variables={"NAME": name})
        environments.create(library, name, here)
        environments.build(library, name)
    environments.use(opened, library, "wild")
    past = verbs.checkpoint(opened, allow_empty=True).commit.id
    environments.restrict(opened, library, [("blessed", None)])
    environments.use(opened, library, "blessed")

    said = repro("restore", past, "--environment", code=1).err
    assert "does not allow wild r1, but blessed r1" in said
    assert f"env restrict --add {past[:12]}" in said
    now = environments.used(opened)
    assert now is not None
    assert now.label == "blessed r1", "what was in use stays"
    made = verbs.recreate(opened, past, tmp_path / "there")
    assert (tmp_path / "there" / "notes.txt").read_text() == "one", "files come all the same"
    assert made.environment == ""
    assert made.notice.startswith("The environment wild r1 did not come along. Project")
    assert f"env restrict --add {past[:12]}" in made.notice

    # What the sentence says works, also where no catalogue knows the environment any more.
    library.catalog.environments.change(library.show("wild").record.id, name="renamed")
    repro("env", "restrict", "--add", "nothing", code=1)
    assert "blessed r1, wild r1" in repro("env", "restrict", "--add", past[:12]).text
    assert made.notice.endswith(f"-C {tmp_path}/there restore {past[:12]} --environment' brings it.")
    assert "wild r1" in repro("-C", tmp_path / "there", "restore", past[:12], "--environment").text
    assert verbs.recreate(opened, past, tmp_path / "again").environment == "wild r1"


def test_what_is_on_top_of_a_marked_revision_is_allowed(
    library: environments.Library, opened: verbs.Opened, tmp_path: Path
) -> None:
    environments.create(library, "base", BASE)
    environments.build(library, "base")
    (opened.workspace.root / "requirements.txt").write_text("six==1.17.0\n")
    assert environments.use(opened, library, "base").applied
    past = verbs.checkpoint(opened).commit.id
    environments.restrict(opened, library, [("base", 1)])
    assert verbs.recreate(opened, past, tmp_path / "there").environment == "base r1 + requirements.txt"
    environments.restore_environment(opened, past)
    assert "environment-refused" not in verbs.checkpoint(opened, allow_empty=True).commit.labels
    used = environments.use(opened, library, "base")
    subprocess.run([used.interpreter, "-m", "pip", "install", "-q", "colorama==0.4.6"], check=True)
    by_hand = verbs.checkpoint(opened).commit.id
    brought = environments.restore_environment(opened, by_hand)
    assert brought.used.label == "base r1 + requirements.txt and by hand"
    assert "environment-refused" not in verbs.checkpoint(opened, allow_empty=True).commit.labels
    environments.restrict(opened, library, [(by_hand[:12], None)])
    assert [one.label for one in environments.allowed(opened)] == ["base r1"]
    environments.use(opened, library, "base")
