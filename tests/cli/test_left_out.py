"""What a checkpoint leaves out is said: by rule, because it cannot be read, or because it is no file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Repro


def test_ignored_files_are_listed_with_their_rule_when_asked_for(repro: Repro) -> None:
    repro("init")
    (repro.cwd / ".reproignore").write_text("*.tmp\n")
    (repro.cwd / "a.tmp").write_text("x")
    assert "ignored" not in repro.json("status")
    ignored = repro.json("status", "--ignored")["ignored"]
    assert [one["path"] for one in ignored if one["path"].endswith(".tmp")] == ["a.tmp"]
    assert all(one["rule"] for one in ignored)
    assert "a.tmp" in repro("status", "--ignored").text


def _powerless(*words: str | Path) -> list[str | Path]:
    """The command line, for root without the power to read every file."""
    if os.geteuid() != 0:
        return list(words)
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("root reads every file, and there is no setpriv to take that away")
    return [setpriv, "--bounding-set=-dac_override,-dac_read_search", *words]


def test_unreadable_files_stop_a_checkpoint_unless_skipped(repro: Repro) -> None:
    repro("init")
    (repro.cwd / "a").write_text("a")
    (repro.cwd / "secret").write_text("s")
    (repro.cwd / "secret").chmod(0)
    words = _powerless(repro.executable, "checkpoint", "--json")
    done = subprocess.run(words, cwd=repro.cwd, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "secret" in done.stderr
    assert "--skip-unreadable" in done.stderr
    done = subprocess.run([*words, "--skip-unreadable"], cwd=repro.cwd, capture_output=True, text=True, check=True)
    (skipped,) = json.loads(done.stdout)["skipped"]
    assert skipped["path"] == "secret"
    assert skipped["reason"]


def test_what_is_no_file_is_skipped_by_name(repro: Repro) -> None:
    repro("init")
    (repro.cwd / "a").write_text("a")
    os.mkfifo(repro.cwd / "pipe")
    done = repro.json("checkpoint")
    assert [(one["path"], set(one)) for one in done["skipped"]] == [("pipe", {"path", "reason"})]
    (repro.cwd / "a").write_text("b")
    assert "skipped pipe" in repro("checkpoint").err
