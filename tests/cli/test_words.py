"""Numbers, times and tables as people read them."""

from __future__ import annotations

import pytest

from jupyter_repro.cli.words import ago, cells, count, counts, exact, listed, size, table

NOW = 1_800_000_000


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (3599, "59 minutes ago"),
        (3600, "1 hour ago"),
        (86_399, "23 hours ago"),
        (86_400, "1 day ago"),
        (13 * 86_400, "13 days ago"),
        (14 * 86_400, "2 weeks ago"),
        (-30, "just now"),
    ],
)
def test_an_age_is_said_in_the_largest_unit_that_fits(seconds: int, said: str) -> None:
    assert ago((NOW - seconds) * 1_000_000, NOW) == said


def test_what_is_long_past_or_in_the_future_is_a_date(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ago(0, NOW) == exact(0)[:10]
    assert ago((NOW + 3600) * 1_000_000, NOW) == exact((NOW + 3600) * 1_000_000)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.00 KiB"),
        (10 * 1024**2, "10.0 MiB"),
        (999 * 1024**3, "999 GiB"),
        (1024**5, "1024 TiB"),
    ],
)
def test_sizes_have_three_digits(number: int, said: str) -> None:
    assert size(number) == said


def test_counts_leave_out_what_is_nothing() -> None:
    assert counts(3, 0, 1) == "+3 -1"
    assert listed(0, 2, 0) == "2 modified"
    assert listed(0, 0, 0) == "nothing changed"
    assert count(1, "file") == "1 file"
    assert count(12_345, "file") == "12,345 files"
    assert count(2, "branch", "branches") == "2 branches"


def test_columns_line_up_for_wide_characters_too() -> None:
    lines = table(("name", "size"), [("日本", "1"), ("e\u0301a", "22")], right={1})
    assert lines == ["name  size", "日本     1", "e\u0301a      22"]
    assert cells("日本") == 4
