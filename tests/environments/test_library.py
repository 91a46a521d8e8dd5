"""Environments and their revisions: immutable, numbered, and seen only by those who may."""

from __future__ import annotations

import pytest

from jupyter_repro import errors
from jupyter_repro.environments.definitions import Definition, encode, read_definition, text_id
from jupyter_repro.verbs import environments

WANTED = Definition(engine="uv", requirements="six\n")


def test_every_saved_change_is_the_next_revision_and_the_first_stays(library: environments.Library) -> None:
    environments.create(library, "one", WANTED, message="begin")
    saved = environments.edit(library, "one", Definition(engine="uv", requirements="six>1\n"), message="more")
    assert saved.number == 2
    assert environments.edit(library, "one", Definition(engine="uv", requirements="  six>1 \n\n")).number == 2
    shown = library.show("one")
    assert [one.record.number for one in shown.revisions] == [2, 1]
    assert shown.revision(1).definition == WANTED
    assert shown.revision(1).record.definition == text_id(encode(WANTED))
    assert [one.record.message for one in shown.revisions] == ["more", "begin"]
    with pytest.raises(errors.EnvironmentNotFound, match="no revision 3"):
        shown.revision(3)


def test_equal_definitions_are_equal_bytes() -> None:
    a = Definition(engine="uv", variables={"B": "1", "A": "2"}, scripts={"pre-run": "x", "pre-setup": "y"})
    b = Definition(engine="uv", scripts={"pre-setup": "y", "pre-run": "x"}, variables={"A": "2", "B": "1"})
    assert encode(a) == encode(b)
    assert read_definition(encode(a)) == a


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        (Definition(engine="guess"), "no engine 'guess'"),
        (Definition(engine="uv", python="3"), "no version of Python"),
        (Definition(engine="uv", python="3.11; rm -rf /"), "no version of Python"),
        (Definition(engine="uv", requirements="six\n-r /etc/passwd\n"), "Line 2 .* needs a file"),
        (Definition(engine="uv", requirements="-e .\n"), "needs a file"),
        (Definition(engine="uv", requirements="./local\n"), "needs a file"),
        (Definition(engine="uv", requirements="x @ https://me:pw@host/x.whl\n"), "holds a password"),
        (Definition(engine="uv", requirements="--index-url https://token@host/simple\n"), "holds a password"),
        (Definition(engine="uv", variables={"A B": "1"}), "cannot be a variable"),
        (Definition(engine="uv", variables={"REPRO_COMMIT": "1"}), "cannot be a variable"),
        (Definition(engine="uv", variables={"API_TOKEN": "1"}), "looks like a secret"),
        (Definition(engine="uv", scripts={"pre-lunch": "x"}), "no script 'pre-lunch'"),
    ],
)
def test_definitions_that_cannot_be_meant(library: environments.Library, definition: Definition, said: str) -> None:
    with pytest.raises(errors.InvalidDefinition, match=said) as raised:
        environments.create(library, "one", definition)
    assert "pw@" not in str(raised.value)
    assert library.list() == []


@pytest.mark.parametrize("name", ["", "-x", "../up", "a b", "a" * 101, "a/b"])
def test_names_that_cannot_be(library: environments.Library, name: str) -> None:
    with pytest.raises(errors.InvalidRequest):
        environments.create(library, name, WANTED)


def test_names_are_taken_once(library: environments.Library) -> None:
    environments.create(library, "one", WANTED)
    with pytest.raises(errors.EnvironmentExists, match="'one' already"):
        environments.create(library, "one", WANTED)
    with pytest.raises(errors.EnvironmentNotFound, match="no environment 'two'"):
        library.show("two")


@pytest.mark.parametrize(
    ("visibility", "users", "groups", "ana_sees"),
    [
        ("private", (), (), False),
        ("shared", ("ana",), (), True),
        ("shared", ("bo",), ("stats",), True),
        ("shared", ("bo",), ("geo",), False),
        ("everyone", (), (), True),
    ],
)
def test_who_sees_what(
    library: environments.Library, visibility: str, users: tuple[str, ...], groups: tuple[str, ...], ana_sees: bool
) -> None:
    environments.create(library, "one", WANTED, visibility=visibility, users=users, groups=groups)
    with environments.Library(user="ana", groups=("stats",)) as hers:
        assert [one.record.name for one in hers.list()] == (["one"] if ana_sees else [])
        if not ana_sees:
            unknown = [str(_refusal(hers, name)) for name in ("one", "two")]
            assert unknown[0].replace("'one'", "'two'") == unknown[1], "not even that it exists is told"
            with pytest.raises(errors.EnvironmentNotFound):
                environments.duplicate(hers, "one", "mine")
            return
        for change in (
            lambda: environments.edit(hers, "one", Definition(engine="uv")),
            lambda: environments.build(hers, "one"),
            lambda: environments.share(hers, "one", "everyone"),
            lambda: environments.archive(hers, "one"),
            lambda: environments.set_default(hers, "one"),
        ):
            with pytest.raises(errors.EnvironmentForbidden, match="belongs to me"):
                change()
        made = environments.duplicate(hers, "one", "hers")
        assert (made.owner, made.visibility) == ("ana", "private")
        assert hers.show("hers").revision(1).definition == WANTED


def _refusal(library: environments.Library, name: str) -> Exception:
    with pytest.raises(errors.EnvironmentNotFound) as raised:
        library.show(name)
    return raised.value


def test_sharing_is_changed_and_said_whole(library: environments.Library) -> None:
    environments.create(library, "one", WANTED)
    assert environments.share(library, "one", "shared", users=["b", "a"]).shared == {"users": ["a", "b"], "groups": []}
    assert environments.share(library, "one", "private").shared == {}
    with pytest.raises(errors.InvalidRequest, match="no visibility"):
        environments.share(library, "one", "some")
    with pytest.raises(errors.InvalidRequest, match="choose that visibility"):
        environments.share(library, "one", "everyone", users=["a"])


def test_what_is_archived_is_not_listed_and_comes_back(library: environments.Library) -> None:
    environments.create(library, "one", WANTED, description="for reports")
    environments.archive(library, "one")
    assert library.list() == []
    assert [one.record.name for one in library.list(archived=True)] == ["one"]
    environments.archive(library, "one", archived=False)
    assert [one.record.name for one in library.list("REPORT")] == ["one"]
    assert library.list("nothing like it") == []


def test_there_is_one_default(library: environments.Library) -> None:
    for name in ("one", "two"):
        environments.create(library, name, WANTED)
        environments.set_default(library, name)
    assert {one.record.name: one.record.is_default for one in library.list()} == {"one": 0, "two": 1}


def test_the_engine_of_an_environment_stays(library: environments.Library) -> None:
    environments.create(library, "one", WANTED)
    with pytest.raises(errors.InvalidRequest, match="made by the engine uv"):
        environments.edit(library, "one", Definition(engine="host"))
