"""Two snapshots compared: the right word for every pair of versions, and one line that sums it up."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_repro.environments.comparing import PackageChange, compare_packages, compare_versions, summary
from jupyter_repro.environments.snapshots import Package

VERSIONS = st.text(alphabet="0123456789.~+-:abcr=!", max_size=10)


@pytest.mark.parametrize(
    ("ecosystem", "old", "new"),
    [
        ("python", "1.9", "1.10"),
        ("python", "2.0rc1", "2.0"),
        ("python", "2.0.dev3", "2.0a1"),
        ("python", "2.0", "2.0.post1"),
        ("python", "9.0", "1!0.1"),
        ("python", "1.0+cpu", "1.0+cu121"),
        ("python", "not a version", "1.0"),
        ("conda", "1.26.4=py311_0", "1.26.4=py311_1"),
        ("conda", "1.9=h9_5", "1.10=h1_0"),
        ("r", "1.1-9", "1.1-10"),
        ("debian", "1.0~rc1-1", "1.0-1"),
        ("debian", "9.9-1", "1:0.1-1"),
        ("debian", "2.36-9", "2.36-9+deb12u1"),
        ("debian", "1.2-a", "1.2-b"),
    ],
)
def test_which_version_is_the_later_one(ecosystem: str, old: str, new: str) -> None:
    assert compare_versions(ecosystem, old, new) < 0 < compare_versions(ecosystem, new, old)


@pytest.mark.parametrize(("a", "b"), [("1.0", "1.0.0"), ("1.0RC1", "1.0rc1")])
def test_spellings_of_one_version_are_equal(a: str, b: str) -> None:
    assert compare_versions("python", a, b) == 0


@given(st.sampled_from(["python", "debian", "conda", "r"]), VERSIONS, VERSIONS)
def test_any_two_texts_have_an_order(ecosystem: str, a: str, b: str) -> None:
    assert compare_versions(ecosystem, a, b) == -compare_versions(ecosystem, b, a)


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="there is no dpkg to ask")
@pytest.mark.parametrize(
    "a", ["1.0~~", "1.0~", "1.0", "1.0a", "1.0+b", "1:0", "1.00-0", "1.0-1~x", "10", "2", "1.0.1-2-3"]
)
def test_debians_order_is_dpkgs(a: str) -> None:
    for b in ("1.0~~a", "1.0", "1.0-0", "1.0a1", "0:1.0", "1.0-1", "1.0.1-2-4", "09"):
        told = subprocess.run(["dpkg", "--compare-versions", a, "lt", b], check=False, stderr=subprocess.DEVNULL)
        assert (compare_versions("debian", a, b) < 0) == (told.returncode == 0), (a, b)


def test_every_kind_of_change_by_ecosystem_and_name() -> None:
    old = [
        Package("debian", "libc6", "2.36"),
        Package("python", "gone", "1"),
        Package("python", "lower", "2"),
        Package("python", "rebuilt", "1", "sha256:a"),
        Package("python", "same", "1", "sha256:a"),
        Package("python", "unhashed", "1"),
        Package("python", "upper", "1.9"),
        Package("python", "moved", "1", origin="editable file:///a"),
    ]
    new = [
        Package("debian", "libc6", "2.37"),
        Package("python", "lower", "1"),
        Package("python", "new", "1"),
        Package("python", "rebuilt", "1", "sha256:b"),
        Package("python", "same", "1", "sha256:a"),
        Package("python", "unhashed", "1", "sha256:c"),
        Package("python", "upper", "1.10"),
        Package("python", "moved", "1"),
        Package("runtime", "python", "3.12"),
    ]
    found = compare_packages(old, new)
    assert [(one.ecosystem, one.name, one.change) for one in found] == [
        ("runtime", "python", "added"),
        ("python", "gone", "removed"),
        ("python", "lower", "downgraded"),
        ("python", "moved", "changed"),
        ("python", "new", "added"),
        ("python", "rebuilt", "changed"),
        ("python", "upper", "upgraded"),
        ("debian", "libc6", "upgraded"),
    ]
    assert found[3] == PackageChange("python", "moved", "changed", "1", "1", "editable file:///a", "")


PAIRS = st.lists(st.builds(Package, st.sampled_from("pq"), st.sampled_from("abc"), st.sampled_from(["1", "2", "3"])))


@given(PAIRS, PAIRS)
def test_the_other_way_round_is_the_opposite(old: list[Package], new: list[Package]) -> None:
    opposite = {"added": "removed", "removed": "added", "upgraded": "downgraded", "downgraded": "upgraded"}
    there = {(one.ecosystem, one.name): opposite.get(one.change, one.change) for one in compare_packages(old, new)}
    assert there == {(one.ecosystem, one.name): one.change for one in compare_packages(new, old)}
    assert compare_packages(old, old) == ()


def change(name: str, kind: str, old: str = "", new: str = "") -> PackageChange:
    return PackageChange("python", name, kind, old, new)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([], ""),
        (
            [change("pandas", "upgraded", "2.3.3", "3.0.1"), change("x", "added", "", "1")],
            "pandas 2.3.3 → 3.0.1, +1 package",
        ),
        ([change("shap", "added", "", "1")], "+ shap"),
        ([change("shap", "removed", "1")], "- shap"),
        ([change("a", "added"), change("b", "added"), change("c", "removed")], "+2 packages, - c"),
        ([change("a", "changed", "1", "1")], "a reinstalled"),
        ([change(name, "upgraded", "1", "2") for name in "abc"], "3 upgraded"),
        (
            [*(change(name, "upgraded", "1", "2") for name in "ab"), change("c", "downgraded")],
            "2 upgraded, 1 downgraded",
        ),
    ],
)
def test_one_line_sums_it_up(changes: list[PackageChange], said: str) -> None:
    assert summary(changes) == said
