"""Matching lines: correct whatever comes, shortest where it is quick, and never slow."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_repro.history import linematch
from jupyter_repro.history.linematch import Change, changes

lines = st.lists(st.sampled_from("abcdef"), max_size=40)
edits = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 4), st.lists(st.sampled_from("abxy"), max_size=4)), max_size=6
)


def replayed(old: list[str], new: list[str], found: list[Change]) -> list[str]:
    result: list[str] = []
    at = 0
    for change in found:
        result += old[at : change.old_begin]
        result += new[change.new_begin : change.new_end]
        at = change.old_end
    return result + old[at:]


def longest_common(a: list[str], b: list[str]) -> int:
    row = [0] * (len(b) + 1)
    for x in a:
        previous = row
        row = [0]
        for j, y in enumerate(b):
            row.append(previous[j] + 1 if x == y else max(previous[j + 1], row[j]))
    return row[-1]


def length_of(found: list[Change]) -> int:
    return sum(c.old_end - c.old_begin + c.new_end - c.new_begin for c in found)


def check(old: list[str], new: list[str]) -> list[Change]:
    found = changes(old, new)
    assert replayed(old, new, found) == new
    for change in found:
        assert change.old_end > change.old_begin or change.new_end > change.new_begin
    for first, second in pairwise(found):
        assert second.old_begin > first.old_end
        assert second.old_begin - first.old_end == second.new_begin - first.new_end
    return found


@given(old=lines, new=lines)
@settings(deadline=None, max_examples=300)
def test_the_edit_is_right_and_shortest(old: list[str], new: list[str]) -> None:
    assert length_of(check(old, new)) == len(old) + len(new) - 2 * longest_common(old, new)


@given(old=lines, cuts=edits)
@settings(deadline=None)
def test_edits_of_one_text(old: list[str], cuts: list[tuple[int, int, list[str]]]) -> None:
    new = list(old)
    for at, remove, insert in cuts:
        new[at : at + remove] = insert
    check(old, new)


@given(old=lines, new=lines, longest=st.integers(0, 6), steps=st.integers(0, 50))
@settings(deadline=None, max_examples=200)
def test_it_stays_right_when_the_shortest_edit_is_given_up(
    old: list[str], new: list[str], longest: int, steps: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linematch, "LONGEST_EDIT", longest)
        patch.setattr(linematch, "_MOST_STEPS", steps)
        check(old, new)
        check([*old, "once", *new], [*new, "once", *old])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["x"] * 30_000, ["y"] * 30_000),
        (["x"] * 30_000, ["x"] * 29_000),
        (["x", "y"] * 15_000, ["y", "y", "x"] * 10_000),
        ([str(i) for i in range(60_000)], [str(i) for i in reversed(range(60_000))]),
        ([str(i % 97) for i in range(30_000)], [str(i % 89) for i in range(30_000)]),
        ([str(i) for i in range(60_000)], [str(i) if i % 7 else "x" for i in range(60_000)]),
    ],
)
def test_large_and_repetitive_texts_end_in_time(old: list[str], new: list[str]) -> None:
    check(old, new)  # the limit on steps, not a clock, is what holds: without it this takes hours


def test_many_scattered_changes_in_a_long_text_are_each_found() -> None:
    old = [f"line {i}" for i in range(20_000)]
    new = [f"{line} changed" if i % 10 == 0 else line for i, line in enumerate(old)]
    assert len(changes(old, new)) == 2_000


def test_an_inserted_repetition_is_shown_where_it_ends() -> None:
    old = ["a", "}", "b", "}"]
    assert changes(old, ["a", "}", "n", "}", "b", "}"]) == [Change(2, 2, 2, 4)]
    assert changes(["a", "a"], ["a", "a", "a"]) == [Change(2, 2, 2, 3)]


def test_the_edit_is_no_longer_than_that_of_the_standard_library() -> None:
    old = [f"{i * i % 31}" for i in range(400)]
    new = old[:50] + old[90:200] + ["new"] * 5 + old[180:]
    theirs = sum(
        i2 - i1 + j2 - j1
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if tag != "equal"
    )
    assert length_of(check(old, new)) <= theirs
