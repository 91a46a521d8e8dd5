"""``%checkpoint`` and ``%repro_log`` in a real shell, in IPython's terminal, and in a real kernel."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from jupyter_client.manager import KernelManager, start_new_kernel
from traitlets.config import Config

from jupyter_repro import verbs
from jupyter_repro.magics import Log, Made, MagicFailed


@pytest.fixture
def shell(workspace_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InteractiveShell:
    """A shell that stands in a folder that nobody protected yet, with the extension loaded."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.chdir(workspace_dir)
    made = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    run(made, "%load_ext jupyter_repro")
    return made


@pytest.fixture
def protected(workspace_dir: Path) -> Path:
    verbs.init(workspace_dir)
    (workspace_dir / "data").mkdir()
    (workspace_dir / "data" / "table.csv").write_text("id\n1\n")
    return workspace_dir


def run(shell: InteractiveShell, cell: str) -> object:
    done: ExecutionResult = shell.run_cell(cell)
    done.raise_error()
    return done.result


def made_by(shell: InteractiveShell, cell: str) -> Made:
    made = run(shell, cell)
    assert isinstance(made, Made)
    return made


def listed_by(shell: InteractiveShell, cell: str) -> Log:
    found = run(shell, cell)
    assert isinstance(found, Log)
    return found


@pytest.mark.parametrize("line", ['"before cleaning"', "'before cleaning'", "before cleaning", "  before cleaning "])
def test_a_checkpoint_holds_what_is_there_and_was_said(shell: InteractiveShell, protected: Path, line: str) -> None:
    made = made_by(shell, f"%checkpoint {line}")
    assert made.created
    assert f"Checkpoint {made.id[:12]} on main: 1 added." in str(made)
    with verbs.open_workspace(protected) as opened:
        commit = opened.resolve(made.id)
        assert commit.message == "before cleaning"
        assert b"".join(verbs.cat(opened, made.id, "data/table.csv")) == b"id\n1\n"


def test_nothing_new_is_said_and_makes_no_commit(shell: InteractiveShell, protected: Path) -> None:
    first = made_by(shell, "%checkpoint first")
    again = made_by(shell, "%checkpoint again")
    assert (again.id, again.created) == (first.id, False)
    assert str(again) == f"Nothing has changed since {first.id[:12]} on main: no checkpoint was needed."


def test_a_message_may_hold_values_of_the_notebook(shell: InteractiveShell, protected: Path) -> None:
    run(shell, "depth = 8")
    made = made_by(shell, '%checkpoint "trees of depth {depth}"')
    with verbs.open_workspace(protected) as opened:
        assert opened.resolve(made.id).message == "trees of depth 8"


def test_the_log_lists_newest_first_with_branches_and_tags(shell: InteractiveShell, protected: Path) -> None:
    run(shell, "%checkpoint first")
    (protected / "notes.md").write_text("# Notes\n")
    second = made_by(shell, "%checkpoint second")
    with verbs.open_workspace(protected) as opened:
        verbs.create_tag(opened, "submitted", "@~1")
    found = listed_by(shell, "%repro_log")
    assert [commit.message for commit in found] == ["second", "first"]
    assert found[0].id == second.id
    newest, oldest = str(found).splitlines()
    assert newest.startswith(second.id[:12])
    assert newest.endswith("+1 second (main)")
    assert oldest.endswith("first (tag submitted)")
    html = found._repr_html_()
    assert html.index("second") < html.index("first")
    assert "<b>tag submitted</b>" in html


def test_the_log_can_be_short_or_of_one_path(shell: InteractiveShell, protected: Path) -> None:
    for number in range(12):
        (protected / f"{number}.txt").write_text(str(number))
        run(shell, f"%checkpoint number {number}")
    assert len(listed_by(shell, "%repro_log")) == 10
    assert len(listed_by(shell, "%repro_log -n 0")) == 12
    assert [commit.message for commit in listed_by(shell, "%repro_log -n 1")] == ["number 11"]
    assert [commit.message for commit in listed_by(shell, "%repro_log 3.txt")] == ["number 3"]
    os.chdir(protected / "data")
    assert [commit.message for commit in listed_by(shell, "%repro_log table.csv")] == ["number 0"]
    assert [commit.message for commit in listed_by(shell, "%repro_log '../5.txt'")] == ["number 5"]


def test_an_empty_history_says_how_to_begin(shell: InteractiveShell, protected: Path) -> None:
    found = listed_by(shell, "%repro_log")
    assert len(found) == 0
    assert "%checkpoint" in str(found)
    assert "%checkpoint" in found._repr_html_()


def test_messages_of_others_are_text_and_never_markup(shell: InteractiveShell, protected: Path) -> None:
    hostile = "<script>alert(1)</script> \x1b[2J \u202e"
    with verbs.open_workspace(protected) as opened:
        verbs.checkpoint(opened, hostile)
    found = listed_by(shell, "%repro_log")
    assert "<script>" not in found._repr_html_()
    assert "&lt;script&gt;" in found._repr_html_()
    for text in (str(found), found._repr_html_()):
        assert "\x1b" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%repro_log -n some", "is no number"),
        ("%repro_log --never", "unrecognized arguments: --never"),
        ("%repro_log 'open", "quotation mark"),
        ("%repro_log /etc", "outside the workspace"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    shell: InteractiveShell, protected: Path, capsys: pytest.CaptureFixture[str], cell: str, said: str
) -> None:
    assert isinstance(shell.run_cell(cell).error_in_exec, MagicFailed)
    printed = capsys.readouterr()
    assert said in printed.out + printed.err
    assert "Traceback" not in printed.out + printed.err
    assert len((printed.out + printed.err).strip().splitlines()) == 1


def test_outside_of_a_workspace_one_sentence_says_what_to_do(
    shell: InteractiveShell, workspace_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for cell in ("%checkpoint now", "%repro_log"):
        assert isinstance(shell.run_cell(cell).error_in_exec, MagicFailed)
        printed = capsys.readouterr()
        text = (printed.out + printed.err).strip()
        assert "init" in text
        assert len(text.splitlines()) == 1
    assert list(workspace_dir.iterdir()) == [], "nothing is protected unasked"


def test_the_help_says_how_to_use_them(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("checkpoint", "repro_log"):
        magic = shell.find_line_magic(name)
        assert f"%{name}" in magic.__doc__


def test_loading_the_package_stays_cheap(data_home: Path) -> None:
    loaded = "import sys, jupyter_repro; print([name for name in sys.modules if name.startswith('jupyter_repro.')])"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_in_a_terminal_it_is_text(protected: Path, tmp_path: Path) -> None:
    lines = ("%load_ext jupyter_repro", "%checkpoint 'from the terminal'", "%repro_log", "%repro_log -n", "exit()", "")
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--no-banner", "--colors=nocolor"],
        input="\n".join(lines),
        cwd=protected,
        env={**os.environ, "IPYTHONDIR": str(tmp_path / "ipython")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 added." in done.stdout, done.stderr
    assert "from the terminal (main)" in done.stdout
    assert "<td" not in done.stdout
    assert "expected one argument" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.fixture
def kernel(protected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[KernelManager, object]]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(protected))
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_a_notebook_gets_a_table_and_errors_of_one_sentence(kernel, protected: Path) -> None:
    _, client = kernel

    def execute(code: str) -> tuple[str, list[dict]]:
        messages: list[dict] = []
        reply = client.execute_interactive(code, timeout=60, output_hook=messages.append, store_history=False)
        return reply["content"]["status"], messages

    assert execute("%load_ext jupyter_repro")[0] == "ok"
    status, messages = execute('%checkpoint "from a notebook"')
    assert status == "ok"
    shown = [message["content"]["data"] for message in messages if message["msg_type"] == "execute_result"]
    assert len(shown) == 1
    assert "1 added." in shown[0]["text/plain"]
    assert "1 added." in shown[0]["text/html"]

    _, messages = execute("%repro_log")
    (table,) = (message["content"]["data"] for message in messages if message["msg_type"] == "execute_result")
    assert "<table>" in table["text/html"]
    assert "from a notebook" in table["text/html"]
    assert "from a notebook (main)" in table["text/plain"]

    status, messages = execute("import os; os.chdir('/')\n%checkpoint nowhere")
    assert status == "error", "a notebook that is run as a whole stops here"
    (error,) = (message["content"] for message in messages if message["msg_type"] == "error")
    assert len(error["traceback"]) == 1
    assert "init" in error["traceback"][0]
    with verbs.open_workspace(protected) as opened:
        assert opened.resolve("@").message == "from a notebook"
