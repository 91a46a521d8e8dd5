"""What reaches the terminal, a pipe and a closed door: bytes as they are, names made harmless, colours for people."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_repro import verbs
from tests.cli.terminal import terminal

if TYPE_CHECKING:
    from tests.conftest import Repro

EVIL = b"\x1b[2J\x07evil\r\n\xfe"


@pytest.fixture
def history(repro: Repro) -> Repro:
    """Two commits with a file of an evil name and a message to match."""
    verbs.init(repro.cwd)
    evil = Path(os.fsdecode(bytes(repro.cwd) + b"/" + EVIL))
    evil.write_text("plain\n")
    (repro.cwd / "large.bin").write_bytes(os.urandom(3_000_000))
    (repro.cwd / "text").write_text("one\n")
    with verbs.open_workspace(repro.cwd) as workspace:
        verbs.checkpoint(workspace, "first\x1b]0;title\x07 and more")
    evil.write_text("plain\nwith \x1b[31mcolour\n")
    (repro.cwd / "text").write_text("two\n")
    with verbs.open_workspace(repro.cwd) as workspace:
        verbs.checkpoint(workspace, "second")
    return repro


EVERYWHERE = [
    ("ls", "@"),
    ("ls", "-l", "@"),
    ("show", "@"),
    ("log",),
    ("log", "-v"),
    ("diff", "@~1", "@", "--summary"),
    ("du",),
    ("status",),
    ("restore", "@~1", os.fsdecode(EVIL)),
    ("cat", "@", os.fsdecode(EVIL) + "-not-there"),
    ("purge", os.fsdecode(EVIL), "--dry-run"),
]


@pytest.mark.parametrize("words", EVERYWHERE, ids=lambda words: " ".join(words[:2]).encode("ascii", "ignore").decode())
def test_no_control_character_of_a_name_or_message_is_ever_sent(history: Repro, words: tuple[str, ...]) -> None:
    (history.cwd / os.fsdecode(EVIL)).write_text("changed again\n")
    said = history(*words, code=None)
    for text in (said.text, said.err):
        assert not set(text) & {chr(code) for code in (*range(10), *range(11, 32), 127)}
        text.encode("utf-8")


def test_a_terminal_gets_colours_and_a_pipe_does_not(history: Repro) -> None:
    assert "\x1b" not in history("log").text
    with terminal([history.executable, "log"], cwd=history.cwd) as seen:
        assert seen.finish() == 0
        assert "\x1b[33m" in seen.seen
    with terminal([history.executable, "log"], cwd=history.cwd, env={"NO_COLOR": "1"}) as seen:
        assert seen.finish() == 0
        assert "\x1b" not in seen.seen
    with terminal([history.executable, "log"], cwd=history.cwd, env={"TERM": "dumb"}) as seen:
        assert seen.finish() == 0
        assert "\x1b" not in seen.seen


def test_a_difference_on_the_terminal_is_harmless_and_into_a_pipe_is_the_bytes(history: Repro) -> None:
    evil = os.fsdecode(EVIL)
    with terminal([history.executable, "diff", "@~1", "@", "--", evil], cwd=history.cwd) as seen:
        assert seen.finish() == 0
        assert "\\e[31mcolour" in seen.seen
        assert "\x1b[31mcolour" not in seen.seen
        assert "\x1b[2J" not in seen.seen
    assert b"+with \x1b[31mcolour\n" in history("diff", "@~1", "@", "--", evil).out


def test_json_is_one_document_compact_in_a_pipe_and_indented_on_a_terminal(history: Repro) -> None:
    out = history("log", "--json").out
    assert out.count(b"\n") == 1
    assert out.isascii()
    with terminal([history.executable, "log", "--json"], cwd=history.cwd) as seen:
        assert seen.finish() == 0
        assert json.loads(seen.seen) == json.loads(out)
        assert seen.seen.count("\n") > 10


def test_a_path_that_is_no_utf_8_is_given_back_as_its_bytes(history: Repro) -> None:
    names = [os.fsencode(one["path"]) for one in history.json("ls", "@")]
    assert EVIL in names
    assert history("cat", "@~1", EVIL).out == b"plain\n"
    encoded = history.json("cat", "@~1", EVIL)
    assert os.fsencode(encoded["path"]) == EVIL
    assert encoded["base64"] == "cGxhaW4K"


def test_a_message_that_is_no_utf_8_is_kept_as_it_can_be_read(history: Repro) -> None:
    history("checkpoint", "--allow-empty", "-m", b"a \xff in it")
    assert history.json("log", "-n", "1")[0]["message"] == "a \ufffd in it"


def test_cat_into_a_reader_that_has_had_enough_is_quiet(history: Repro) -> None:
    process = subprocess.Popen(
        [history.executable, "cat", "@", "large.bin"],
        cwd=history.cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    head = process.stdout.read(10)
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 0
    assert head == (history.cwd / "large.bin").read_bytes()[:10]
    assert said == b""


@pytest.mark.parametrize("words", [("cat", "@", "large.bin"), ("log",), ("log", "--json")], ids=" ".join)
def test_output_that_cannot_be_written_is_a_failure_in_one_sentence(history: Repro, words: tuple[str, ...]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [history.executable, *words], cwd=history.cwd, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert done.stderr.startswith(b"jupyter-repro: The output could not be written: No space left on device.")
    assert done.stderr.count(b"\n") == 1


def test_closed_streams_are_survived(history: Repro) -> None:
    done = subprocess.run(
        ["sh", "-c", '"$0" log >&-; echo "$?"; "$0" status 2>&- >/dev/null; echo "$?"', history.executable],
        cwd=history.cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["1", "0"]
    assert done.stderr.count("\n") == 1
    assert "standard output is closed" in done.stderr


def test_any_locale_will_do(history: Repro) -> None:
    (history.cwd / "日本").write_text("x")
    history("checkpoint", "-m", "日本")
    for locale in ({"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}):
        assert history("ls", "@", env=locale).out
        assert history("log", env=locale).out
        assert "日本" in [one["path"] for one in history.json("ls", "@", env=locale)] or "PYTHONUTF8" in locale


def test_a_terminal_gets_the_newest_fifty_and_a_hint_and_a_pipe_gets_all(repro: Repro) -> None:
    verbs.init(repro.cwd)
    with verbs.open_workspace(repro.cwd) as workspace:
        for number in range(52):
            verbs.checkpoint(workspace, f"number {number}", allow_empty=True)
    with terminal([repro.executable, "log"], cwd=repro.cwd) as seen:
        assert seen.finish() == 0
        assert seen.seen.count("number") == 50
        assert "-n 0" in seen.seen
    with terminal([repro.executable, "log", "-n", "0"], cwd=repro.cwd) as seen:
        assert seen.finish() == 0
        assert seen.seen.count("number") == 52
    assert repro("log").text.count("number") == 52
    assert len(repro.json("log")) == 52


def test_purge_asks_on_a_terminal_and_no_is_no(history: Repro) -> None:
    words = [history.executable, "purge", "text", "--reason", "because"]
    with terminal(words, cwd=history.cwd) as seen:
        seen.wait_for(r"text: 2 versions of files in 2 commits")
        seen.wait_for(r"for ever\? \[y/N\] ")
        seen.type("\r")
        assert seen.finish() == 1
        assert "nothing was removed" in seen.seen
    assert history("cat", "@", "text").out == b"two\n"
    with terminal(words, cwd=history.cwd) as seen:
        seen.wait_for(r"\[y/N\] ")
        seen.type("\x03")
        assert seen.finish() == 130
    assert history("cat", "@", "text").out == b"two\n"
    with terminal(words, cwd=history.cwd) as seen:
        seen.wait_for(r"\[y/N\] ")
        seen.type("yes\r")
        assert seen.finish() == 0
    assert "because" in history("cat", "@", "text", code=1).err


def test_purge_with_yes_does_not_ask(history: Repro) -> None:
    with terminal([history.executable, "purge", "text", "--reason", "because", "--yes"], cwd=history.cwd) as seen:
        assert seen.finish() == 0
        assert "[y/N]" not in seen.seen


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("init", "fresh"), "checkpoint"),
        (("restore", "@~1"), "Undo: jupyter-repro restore "),
        (("recreate", "@~1", "../a copy"), "cd '"),
        (("branch", "other"), "jupyter-repro switch other"),
        (("tag", "v1"), "Tag v1"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_people_are_told_what_to_do_next_or_how_to_undo(history: Repro, words: tuple[str, ...], hint: str) -> None:
    cwd = history.cwd.parent if words[0] == "init" else None
    assert hint in history(*words, cwd=cwd).text


def test_folders_alone_are_worth_a_checkpoint_and_said_to_be_what_changed(repro: Repro) -> None:
    repro("init")
    (repro.cwd / "a").write_text("a")
    repro("checkpoint")
    (repro.cwd / "empty").mkdir()
    assert repro("diff", "@").text == "added     empty/\n"
    assert "only folders changed" in repro("checkpoint").text
    assert "nothing changed" in repro("checkpoint", "--allow-empty").text
