"""Two writers and a collector on one store, interleaved at every operation and killed at any of them.

Each actor is a thread with a store and an index of its own, as on a machine of its own. It stops before
every operation of the backend until the test lets it go on, so hypothesis chooses the interleaving, and
where an actor dies. Whatever it chooses: every commit that was recorded stays whole.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_repro.errors import BranchMoved
from jupyter_repro.history import Repository, TreeEntry
from jupyter_repro.history.collect import collect, merge_small_packs
from jupyter_repro.history.commits import FORMAT, StoredCommit, StoredSession
from jupyter_repro.history.trees import EntryType, encode_tree
from jupyter_repro.store import Kind, Store
from jupyter_repro.store.backends.protocol import AlreadyExists, Data, KeyNotFound, Listed
from jupyter_repro.store.project_log import ObjectsGone


class Killed(BaseException):
    """The actor's process is no more."""


class SharedBytes:
    """What all machines see: immutable values under keys."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}


class SteppedBackend:
    """A backend over ``shared`` that asks ``gate`` before each operation."""

    url = "test://"

    def __init__(self, shared: SharedBytes, gate: Callable[[], None]) -> None:
        self._values = shared.values
        self._gate = gate

    def put(self, key: str, data: Data) -> None:
        self._gate()
        if key in self._values:
            raise AlreadyExists(key)
        self._values[key] = bytes(data)

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        self._gate()
        if key not in self._values:
            raise KeyNotFound(key)
        value = self._values[key]
        begin = len(value) + start if start < 0 else start
        return value[max(0, begin) : None if length is None else begin + length]

    def list(self, prefix: str, after: str = "") -> Iterator[Listed]:
        self._gate()
        keys = sorted(key for key in self._values if key.startswith(prefix) and key > after)
        return iter([Listed(key, len(self._values[key]), time.time()) for key in keys])

    def delete(self, key: str) -> None:
        self._gate()
        self._values.pop(key, None)

    def close(self) -> None:
        """Nothing is held."""


class Actor:
    """Runs a function in a thread, one backend operation at a time."""

    def __init__(self, work: Callable[[Callable[[], None]], None]) -> None:
        self._go = threading.Semaphore(0)
        self._stopped = threading.Semaphore(0)
        self._kill = False
        self.done = False
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()
        self._stopped.acquire()

    def _run(self, work: Callable[[Callable[[], None]], None]) -> None:
        try:
            work(self._gate)
        except Killed:
            pass
        except BaseException as error:  # told by the test
            self.failure = error
        self.done = True
        self._stopped.release()

    def _gate(self) -> None:
        if threading.current_thread() is not self._thread:
            return  # the threads of a batch touch the backend only for their actor, which waits for them
        self._stopped.release()
        self._go.acquire()
        if self._kill:
            raise Killed

    def step(self) -> None:
        """Let one operation happen."""
        if not self.done:
            self._go.release()
            self._stopped.acquire()

    def kill(self) -> None:
        """End the actor before its next operation."""
        self._kill = True
        while not self.done:
            self.step()

    def finish(self) -> None:
        """Let the actor come to its end."""
        while not self.done:
            self.step()


def commit_files(repository: Repository, branch: str, files: dict[str, bytes], number: int) -> str:
    """Make a commit of ``files`` on ``branch``, beginning anew as long as others are faster."""
    while True:
        try:
            tip = repository.sync().branches.get(branch)
            with repository.store.batch() as batch:
                entries = [
                    TreeEntry(name.encode(), EntryType.FILE, 0o644, len(data), batch.put(Kind.BLOB, data))
                    for name, data in sorted(files.items())
                ]
                tree = batch.put(Kind.TREE, encode_tree(entries))
                stored = StoredCommit(
                    FORMAT,
                    tree,
                    [tip] if tip else [],
                    branch,
                    "someone",
                    number,
                    f"commit {number}",
                    "checkpoint",
                    StoredSession("s", 0, "host", "someone"),
                )
                return repository.add_commit(batch, stored, branch, tip).id
        except (ObjectsGone, BranchMoved):
            continue


def abandon(repository: Repository, files: dict[str, bytes]) -> None:
    """Store content and name its packs, but die before there is a commit."""
    with repository.store.batch() as batch:
        for data in files.values():
            batch.put(Kind.BLOB, data)
        batch.flush()
        repository.store.publish_packs(batch)


def read_all(repository: Repository, commit: str) -> dict[str, bytes]:
    found = repository.commit_at(commit)
    entries = repository.get_tree(bytes.fromhex(found.tree))
    return {entry.name.decode(): b"".join(repository.read(entry)) for entry in entries}


CONTENTS = [b"shared" * 50, b"alpha" * 50, b"beta" * 50, b"gamma" * 50]
files_strategy = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(CONTENTS), min_size=1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_recorded_commit_stays_whole_beside_writers_and_collectors(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    place = tmp_path_factory.mktemp("stores")
    shared = SharedBytes()
    count = 0

    def repository(gate: Callable[[], None]) -> Repository:
        nonlocal count
        count += 1
        folder = place / str(count)
        return Repository(Store(SteppedBackend(shared, gate), folder / "index.sqlite"), folder / "history.sqlite")

    def free() -> None:
        """No gate: for what the test itself does."""

    Store.create(SteppedBackend(shared, free), place / "first.sqlite", "p" * 32, "test").close()
    with_tip = repository(free)
    expected: dict[str, dict[str, bytes]] = {}
    first = {"a": CONTENTS[0]}
    expected[commit_files(with_tip, "main", first, 1)] = first
    abandon(with_tip, {"x": CONTENTS[1], "y": CONTENTS[2]})
    number = 1
    committed: list[tuple[str, dict[str, bytes]]] = []

    def writer(branch: str) -> Callable[[Callable[[], None]], None]:
        plans = [data.draw(files_strategy, label=f"files of {branch}") for _ in range(2)]

        def work(gate: Callable[[], None]) -> None:
            nonlocal number
            mine = repository(gate)
            for files in plans:
                number += 1
                committed.append((commit_files(mine, branch, files, number), files))

        return work

    def collector(gate: Callable[[], None]) -> None:
        mine = repository(gate)
        collect(mine, grace=-1)
        merge_small_packs(mine)

    actors = [Actor(writer("main")), Actor(writer("main")), Actor(collector)]
    for _ in range(data.draw(st.integers(0, 60), label="steps")):
        actor = data.draw(st.sampled_from(actors), label="who")
        if data.draw(st.integers(0, 30), label="dies") == 30:
            actor.kill()
        else:
            for _ in range(data.draw(st.integers(1, 6), label="operations")):
                actor.step()
    for actor in actors:
        actor.finish()
        if actor.failure is not None:
            raise actor.failure
    expected.update(committed)

    fresh = repository(free)
    fresh.sync()
    for name, files in expected.items():
        assert read_all(fresh, name) == files
    for commit in fresh.all_commits():  # also those whose writer died before it could tell
        read_all(fresh, commit.id)
    another = {"a": CONTENTS[3], "b": CONTENTS[1]}
    assert read_all(fresh, commit_files(fresh, "main", another, number + 1)) == another
    collect(fresh, grace=-1)
    for name, files in expected.items():
        assert read_all(repository(free), name) == files
