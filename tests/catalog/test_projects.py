"""Projects are found by name, id or the beginning of an id, and no two have one name."""

from __future__ import annotations

import pytest

from jupyter_repro.catalog import Catalog, ProjectRecord
from jupyter_repro.errors import AmbiguousProject, InvalidRequest, ProjectExists, ProjectNotFound

ONE, TWO = "abcd" + "1" * 60, "abcd" + "2" * 60


def test_what_was_added_is_found_by_name_id_and_prefix(catalog: Catalog) -> None:
    added = catalog.projects.add(ONE, "Climate", "s3://bucket/one")
    assert added == ProjectRecord(ONE, "Climate", "s3://bucket/one", added.created)
    assert added.created > 1_700_000_000_000_000, "microseconds"
    for name in ("Climate", ONE, "abcd", "abcd1", "ABCD"):
        assert catalog.projects.find(name) == added


def test_a_name_is_taken_once(catalog: Catalog) -> None:
    catalog.projects.add(ONE, "climate")
    with pytest.raises(ProjectExists, match="'climate' is taken by project abcd1"):
        catalog.projects.add(TWO, " climate ")
    with pytest.raises(ProjectExists, match="is in the catalogue already"):
        catalog.projects.add(ONE, "another")
    assert [project.id for project in catalog.projects.search()] == [ONE]


def test_what_is_unknown_is_named_with_a_likely_one(catalog: Catalog) -> None:
    catalog.projects.add(ONE, "climate")
    with pytest.raises(ProjectNotFound, match=r"'climat' .* Did you mean 'climate'"):
        catalog.projects.find("climat")
    with pytest.raises(ProjectNotFound, match="jupyter-repro projects"):
        catalog.projects.find("other")
    for name in ("abc", "", "%", "ab__", "\udcff", "a\0b"):
        with pytest.raises(ProjectNotFound):
            catalog.projects.find(name)


def test_a_prefix_of_two_names_both(catalog: Catalog) -> None:
    catalog.projects.add(ONE, "one")
    catalog.projects.add(TWO, "two")
    with pytest.raises(AmbiguousProject, match=r"one \(abcd1.*two \(abcd2"):
        catalog.projects.find("abcd")
    assert catalog.projects.find("abcd2").name == "two"


def test_a_name_outweighs_the_beginning_of_an_id(catalog: Catalog) -> None:
    catalog.projects.add(ONE, "one")
    catalog.projects.add("ef" * 32, "abcd")
    assert catalog.projects.find("abcd").id == "ef" * 32


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "-rf", "x" * 201, "caf\udce9"])
def test_what_cannot_be_typed_or_shown_is_no_name(catalog: Catalog, name: str) -> None:
    with pytest.raises(InvalidRequest, match="cannot be a project's name"):
        catalog.projects.add(ONE, name)


def test_renaming_frees_the_old_name_and_respects_others(catalog: Catalog) -> None:
    catalog.projects.add(ONE, "one")
    catalog.projects.add(TWO, "two")
    with pytest.raises(ProjectExists):
        catalog.projects.rename("one", "two")
    assert catalog.projects.rename("one", "first").name == "first"
    assert catalog.projects.rename("first", "first").name == "first"
    catalog.projects.rename("two", "one")
    assert {project.name: project.id for project in catalog.projects.search()} == {"first": ONE, "one": TWO}


def test_an_archived_project_leaves_the_list_and_is_still_found(catalog: Catalog) -> None:
    catalog.projects.add(ONE, "one")
    archived = catalog.projects.archive("one")
    assert archived.archived is not None
    assert catalog.projects.search() == []
    assert catalog.projects.search(archived=True) == [archived]
    assert catalog.projects.find("one") == archived
    assert catalog.projects.archive("one", archived=False).archived is None
    assert [project.name for project in catalog.projects.search()] == ["one"]


def test_lists_are_searched_and_paged_by_name(catalog: Catalog) -> None:
    for number in range(5):
        catalog.projects.add(f"{number}" * 64, f"Project_{number}")
    catalog.projects.add("f" * 64, "other 100%")
    first = catalog.projects.search(text="project_", limit=3)
    rest = catalog.projects.search(text="project_", limit=3, after=first[-1].name)
    assert [project.name for project in (*first, *rest)] == [f"Project_{number}" for number in range(5)]
    assert [project.name for project in catalog.projects.search(text="%")] == ["other 100%"]


def test_removing_takes_it_out_of_the_list(catalog: Catalog) -> None:
    catalog.projects.add(ONE, "one")
    catalog.projects.remove(ONE)
    assert catalog.projects.search(archived=True) == []
    catalog.projects.add(TWO, "one")
