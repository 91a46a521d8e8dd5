"""File names and messages may hold any bytes; the terminal gets none that it would act upon."""

from __future__ import annotations

import os
import shutil
import subprocess
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_repro.cli.escape import quoted, shown_lines, shown_path, shown_text, subject

HARMLESS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters="$\"'\\"), min_size=1
)

BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(HARMLESS)
def test_a_harmless_name_is_shown_as_it_is(name: str) -> None:
    assert shown_path(name) == name


@given(st.binary(max_size=80))
def test_no_name_whatever_its_bytes_sends_a_control_character(name: bytes) -> None:
    for show in (shown_path, shown_text, quoted):
        shown = show(os.fsdecode(name))
        assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cs", "Zl", "Zp"}
        assert not {unicodedata.bidirectional(character) for character in shown} & BIDI_CONTROLS


def test_what_is_shown_of_an_odd_name_is_read_back_by_bash_as_the_same_bytes() -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not on this machine")
    names = [
        b"a\nb",
        b"\xff\xfe",
        b"tab\tquote'back\\slash",
        b"\x1b[31mred\x1b[0m",
        "\u202egnp.exe".encode(),
        b"it's",
        b"a b",
    ]
    names += [bytes([byte]) + b"f" for byte in range(1, 256)]
    words = " ".join(quoted(os.fsdecode(name)) for name in names)
    done = subprocess.run(
        [bash, "-c", f"printf '%s\\0' {words}"],
        capture_output=True,
        check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    assert done.stdout.split(b"\0")[:-1] == names


def test_a_name_that_looks_escaped_is_escaped_so_that_no_two_names_look_the_same() -> None:
    assert shown_path("$'a\\n'") == "$'$\\'a\\\\n\\''"
    assert shown_path("$'a\\n'") != shown_path("a\n")


def test_a_message_becomes_one_line() -> None:
    assert subject("  first\x07 line \nsecond\n") == "first\\a line"
    assert subject("") == ""
    assert shown_text("a\nb") == "a\\nb"


def test_a_text_of_several_lines_keeps_its_lines_and_tabs_only() -> None:
    assert shown_lines("a\tb\r\n\x1b[2Jc\n") == "a\tb\n\\e[2Jc\n"
