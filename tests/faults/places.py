"""A prepared place that can be had again and again, and what must hold in it whatever happened."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jupyter_repro import verbs
from jupyter_repro.errors import ReproError
from jupyter_repro.verbs import Opened
from jupyter_repro.verbs.verify import verify
from tests.faults.scenarios import OVER, Scenario
from tests.support.scratch import Scratch, remove, scratch
from tests.support.trees import File, Folder, Tree, commit_tree, files_in, read_tree

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Case:
    """A scenario made ready. ``commits`` is what each commit held before anything went wrong."""

    scenario: Scenario
    place: Scratch
    template: Path
    commits: dict[str, Tree]

    def reset(self) -> None:
        """Put the place back as it was made; the paths stay the same."""
        for child in self.place.base.iterdir():
            remove(child)
        shutil.copytree(self.template, self.place.base, symlinks=True, dirs_exist_ok=True)


@contextmanager
def made_ready(scenario: Scenario, on: Path | None = None) -> Iterator[Case]:
    """Prepare a scenario once."""
    with scratch(on) as place, scratch(on) as aside:
        os.environ["JUPYTER_DATA_DIR"] = str(place.data)
        os.environ["JUPYTER_CONFIG_DIR"] = os.environ["JUPYTER_RUNTIME_DIR"] = str(place.base / "jupyter-other")
        scenario.prepare(place.work)
        commits: dict[str, Tree] = {}
        if (place.work / ".repro").exists():
            with verbs.open_workspace(place.work) as ws:
                commits = {commit.id: commit_tree(ws, commit.id) for commit in verbs.log(ws, everything=True)}
        template = aside.folder("template")
        shutil.copytree(place.base, template, symlinks=True)
        yield Case(scenario, place, template, commits)


class Driver:
    """Runs scenarios in children that die; see ``tests.faults.driver``."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driver"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, name: str, case: Case, at: int | None = None, how: str = "die") -> tuple[int, list[str], str]:
        """Exit code, the operations that were seen, and what the error was if there was one."""
        request = {
            "scenario": name,
            "at": at,
            "how": how,
            "directory": str(case.place.work),
            "environment": {key: value for key, value in case.place.environment().items() if key.startswith("JUPYTER")},
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["code"], answer["points"], answer["error"]

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def lose_caches(data: Path) -> None:
    """Delete everything that can be made again from the store."""
    for file in list(data.rglob("*.sqlite*")):
        file.unlink()


def check_whole(case: Case, *, purged: frozenset[bytes] = frozenset(), without_caches: bool = False) -> None:
    """Every earlier commit is whole, the next command succeeds, and nothing that was in the folder is lost."""
    if without_caches:
        lose_caches(case.place.data)
    if not (case.place.work / ".repro" / "workspace.json").exists():
        verbs.init(case.place.work)  # the next command after an 'init' that was killed is 'init'
    with verbs.open_workspace(case.place.work) as ws:
        for commit, tree in case.commits.items():
            check_commit(ws, commit, tree, purged)
        found = {
            path: node
            for path, node in read_tree(os.fsencode(case.place.work)).items()
            if b".repro-tmp-" not in path  # half of a file that a restore was writing
        }
        done = verbs.checkpoint(ws, "the next one")
        now = read_tree(os.fsencode(case.place.work))
        assert now in case.scenario.ends, f"after {done.notice!r}: " + " or ".join(
            str(set(now.items()) ^ set(end.items())) for end in case.scenario.ends
        )
        assert commit_tree(ws, done.commit.id) == now
        assert verbs.status(ws).clean
        # What was in the folder, edits of the user included, is in the folder or in the history.
        saved = set()
        for each in verbs.log(ws, everything=True):
            saved |= contents(commit_tree_of(ws, each.id, purged))
        assert contents(found) <= saved
        assert contents(case.scenario.ends[0]) <= saved
        result = verify(ws)
        assert result.ok, result.damaged
        check_beside(case, ws, saved)
    assert [name for name in case.place.work.iterdir() if name.name.startswith(".repro-tmp")] == []


def check_commit(ws: Opened, commit: str, tree: Tree, purged: frozenset[bytes]) -> None:
    """The commit holds what it held; content that is purged may be gone."""
    if any(isinstance(node, File) and node.data in purged for node in tree.values()):
        tree = {path: node for path, node in tree.items() if not (isinstance(node, File) and node.data in purged)}
        assert {**commit_tree_of(ws, commit, purged), **tree} == {**tree, **commit_tree_of(ws, commit, purged)}
        return
    assert commit_tree(ws, commit) == tree


def commit_tree_of(ws: Opened, commit: str, purged: frozenset[bytes]) -> Tree:
    """A commit's tree, without files that cannot be had because they were purged."""
    try:
        return commit_tree(ws, commit)
    except ReproError:
        assert purged
    tree: Tree = {}
    for listed in verbs.ls(ws, commit):
        try:
            data = b"".join(verbs.cat(ws, commit, listed.path)) if listed.type == "file" else b""
        except ReproError:
            continue
        tree[os.fsencode(listed.path)] = File(data, listed.mode) if listed.type == "file" else Folder(listed.mode)
    return tree


def contents(tree: Tree) -> set[object]:
    """What a tree holds, wherever it holds it."""
    return {node.data if isinstance(node, File) else node for node in files_in(tree).values()}


def check_beside(case: Case, ws: Opened, saved: set[object]) -> None:
    """The folder beside the workspace, if a recreate was to fill it, has lost nothing and can be filled now."""
    beside = case.place.folder("beside")
    if "beside" not in {path.name for path in case.template.iterdir()} and not beside.exists():
        return
    there = read_tree(os.fsencode(beside))
    if "beside" in {path.name for path in case.template.iterdir()}:
        assert contents(OVER) <= saved | contents(there)
    if (beside / ".repro" / "workspace.json").exists():
        with verbs.open_workspace(beside) as other:
            verbs.checkpoint(other, "the next one there")
            verbs.restore(other, "v1")
    else:
        verbs.recreate(ws, "v1", beside)
    wanted = commit_tree(ws, "v1")
    assert read_tree(os.fsencode(beside)) == wanted
