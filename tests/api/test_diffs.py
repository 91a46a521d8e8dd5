"""Differences: the list, text, notebooks and tables, between commits and against the directory."""

from __future__ import annotations

import random

import nbformat
import pytest

from jupyter_repro.verbs.tablediff import diff_tables, excerpt
from tests.api.client import Client
from tests.support.notebook_patch import patched


@pytest.fixture
def changed(api: Client, protected):
    """The directory differs from its first checkpoint in every way there is."""
    root = protected.root
    (root / "train.py").write_text("depth = 8\nprint(depth)\n")
    (root / "notes.md").rename(root / "docs.md")
    (root / "new.bin").write_bytes(bytes(range(256)))
    (root / "data" / "customers.csv").unlink()
    return protected


async def test_the_directory_against_a_commit(api: Client, changed):
    page = (await api.get("projects/current/diff", a=changed.first, workspace="current", stat=True)).ok()
    rows = {item["path"]: item for item in page["items"]}
    assert {path: item["change"] for path, item in rows.items()} == {
        "data/": "added",
        "data/customers.csv": "deleted",
        "docs.md": "renamed",
        "new.bin": "added",
        "train.py": "modified",
    } or "data/" not in rows
    assert rows["docs.md"]["old_path"] == "notes.md"
    assert rows["train.py"]["stat"]["lines_added"] == 1
    assert rows["data/customers.csv"]["stat"]["rows"] == 2
    assert page["b"] is None
    assert page["workspace"] == changed.workspace
    assert (page["counts"]["deleted"], page["counts"]["renamed"]) == (1, 1)
    only = (await api.get("projects/current/diff", a=changed.first, path="data")).ok()
    assert {item["path"].split("/")[0] for item in only["items"]} == {"data"}


async def test_one_file_against_the_directory(api: Client, changed):
    query = {"a": changed.first, "path": "train.py"}
    diff = (await api.get("projects/current/diff/file", **query)).ok()
    assert diff["change"] == "modified"
    assert "+depth = 8" in diff["unified"]
    assert (await api.get(diff["b"]["url"])).body == b"depth = 8\nprint(depth)\n"
    moved = (await api.get("projects/current/diff/file", a=changed.first, old_path="notes.md", path="docs.md")).ok()
    assert (moved["change"], moved["unified"], moved["a"]["path"]) == ("renamed", "", "notes.md")
    gone = (await api.get("projects/current/diff/file", a=changed.first, path="data/customers.csv")).ok()
    assert (gone["change"], gone["b"], gone["stat"]["lines_deleted"]) == ("deleted", None, 3)
    binary = (await api.get("projects/current/diff/file", a=changed.first, path="new.bin")).ok()
    assert (binary["kind"], binary["unified"], binary["a"]) == ("binary", None, None)
    same = (await api.get("projects/current/diff/file", a="@", b="@", path="train.py")).ok()
    assert (same["change"], same["unified"]) == ("unchanged", "")
    nothing = await api.get("projects/current/diff/file", a="@", path="no")
    nothing.problem(404, "path_not_found")


async def test_a_comparison_across_projects_is_refused(api: Client, protected, jp_root_dir, tmp_path):
    (tmp_path / "other").mkdir()
    from jupyter_repro import verbs

    other = verbs.init(tmp_path / "other")
    answer = await api.get(f"projects/{other.project}/diff", a="@", workspace=protected.workspace)
    answer.problem(400, "invalid_request")


def notebook(*sources: str) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell(source, id=f"cell-{place}") for place, source in enumerate(sources)]
    return made


async def test_notebooks_are_compared_by_cell(api: Client, protected):
    nbformat.write(notebook("a = 1", "b = 2"), protected.root / "n.ipynb")
    first = await api.checkpoint("first")
    nbformat.write(notebook("a = 1", "b = 3", "c = 4"), protected.root / "n.ipynb")
    second = await api.checkpoint("second")
    query = {"a": first["commit"], "b": second["commit"], "path": "n.ipynb"}
    found = (await api.get("projects/current/diff/notebook", **query)).ok()
    assert found["cells"] == 2
    assert patched(found["base"], found["diff"]) == notebook("a = 1", "b = 3", "c = 4")
    page = (await api.get("projects/current/diff", a=first["commit"], b=second["commit"], stat=True)).ok()
    assert page["items"][0]["stat"]["cells"] == 2
    added = (await api.get("projects/current/diff/notebook", a=protected.first, b="@", path="n.ipynb")).ok()
    assert (added["a"], added["base"]["cells"], added["cells"]) == (None, [], 3)
    broken = await api.get("projects/current/diff/notebook", a="@", b="@", path="train.py")
    broken.problem(400, "invalid_request")


async def test_tables_are_compared_by_cell(api: Client, protected):
    (protected.root / "data" / "customers.csv").write_text("id,name,plan\n0,zoe,a\n1,ada,b\n2,bob,c\n")
    query = {"a": "@", "path": "data/customers.csv"}
    found = (await api.get("projects/current/diff/table", **query)).ok()
    assert [(column["name"], column["change"]) for column in found["columns"]] == [
        ("id", "same"),
        ("name", "same"),
        ("plan", "added"),
    ]
    assert [(row["change"], row["old_line"], row["new_line"]) for row in found["rows"]] == [
        ("added", None, 1),
        ("same", 1, 2),
        ("modified", 2, 3),
    ]
    assert found["rows"][2]["cells"][1] == {"old": "bo", "new": "bob"}
    assert (found["added"], found["modified"], found["deleted"], found["truncated"]) == (1, 1, 0, False)
    short = (await api.get("projects/current/diff/table", rows=1, **query)).ok()
    assert (len(short["rows"]), short["truncated"]) == (1, True)


@pytest.mark.parametrize("seed", range(30))
def test_a_table_difference_leads_from_the_old_to_the_new(seed: int):
    chance = random.Random(seed)
    rows = [[str(number), chance.choice("abc"), str(chance.randrange(4))] for number in range(chance.randrange(40))]
    after = [list(row) for row in rows]
    for _ in range(chance.randrange(8)):
        place = chance.randrange(len(after) + 1)
        action = chance.choice(["insert", "delete", "change", "swap"])
        if action == "insert":
            after.insert(place, [str(chance.randrange(100)), "x", "y"])
        elif place < len(after) and action == "delete":
            del after[place]
        elif place < len(after) and action == "change":
            after[place][chance.randrange(3)] = "new"
        elif place + 1 < len(after):
            after[place], after[place + 1] = after[place + 1], after[place]
    head = ["id", "letter", "number"]
    found = diff_tables(_csv([head, *rows]), _csv([head, *after]))
    olds = [list(row.old) for row in found.rows if row.old_line is not None]
    news = [list(row.new) for row in found.rows if row.new_line is not None]
    assert (olds, news) == (rows, after)
    assert [row.old_line for row in found.rows if row.old_line] == list(range(1, len(rows) + 1))
    assert [row.new_line for row in found.rows if row.new_line] == list(range(1, len(after) + 1))
    for row in found.rows:
        assert (row.change == "same") == (row.old_line is not None and row.new_line is not None and row.old == row.new)
    shown, truncated = excerpt(found.rows, 1000, 0)
    assert (len(shown), truncated) == (sum(row.change != "same" for row in found.rows), False)


def _csv(rows: list[list[str]]) -> bytes:
    return "".join(",".join(row) + "\n" for row in rows).encode()
