"""The whole story on a real S3 server: two machines, a lost connection, a bounded cache."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_repro import verbs
from jupyter_repro.configuration import Configuration
from jupyter_repro.errors import Purged, StoreUnreachable
from jupyter_repro.store.backends.protocol import Backend, Data, Listed
from jupyter_repro.verbs import open_workspace as open_one


@pytest.fixture
def machine(tmp_path: Path) -> Configuration:
    return Configuration(data_dir=str(tmp_path / "machine"), author="someone")


def other(machine: Configuration) -> Configuration:
    return replace(machine, data_dir=machine.data_dir + "-2")


def started(tmp_path: Path, name: str, url: str, machine: Configuration) -> Path:
    root = tmp_path / name
    root.mkdir()
    verbs.init(root, project="shared", store=url, configuration=machine)
    return root


def test_a_directory_is_protected_looked_into_and_recreated_on_another_machine(
    tmp_path: Path, s3_url: str, machine: Configuration
) -> None:
    root = started(tmp_path, "here", s3_url, machine)
    (root / "table.csv").write_bytes(os.urandom(3_000_000))
    (root / "sub").mkdir()
    (root / "sub" / "note.md").write_text("first")
    with open_one(root, configuration=machine) as here:
        first = verbs.checkpoint(here, "first").commit
        (root / "sub" / "note.md").write_text("second")
        verbs.checkpoint(here, "second")
        verbs.create_tag(here, "v1", first.id)
    there = other(machine)
    attached = tmp_path / "attached"
    attached.mkdir()
    verbs.init(attached, project="shared", store=s3_url, configuration=there)
    with open_one(attached, configuration=there) as second:
        assert [commit.message for commit in verbs.log(second)] == ["second", "first"]
        made = verbs.recreate(second, "v1", tmp_path / "again")
        assert b"".join(verbs.cat(second, "v1", "sub/note.md")) == b"first"
        assert verbs.verify(second).ok
    again = Path(made.path)
    assert (again / "table.csv").read_bytes() == (root / "table.csv").read_bytes()
    assert (again / "sub" / "note.md").read_text() == "first"


def test_two_machines_write_one_store_at_once_and_nothing_is_lost(
    tmp_path: Path, s3_url: str, machine: Configuration
) -> None:
    machines = [machine, other(machine)]
    roots = [started(tmp_path, f"w{number}", s3_url, each) for number, each in enumerate(machines)]
    made: list[str] = []
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(6):
                (roots[number] / "file").write_text(f"{number} {step}")
                with open_one(roots[number], configuration=machines[number]) as opened:
                    made.append(verbs.checkpoint(opened, f"{number} {step}").commit.id)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with open_one(roots[0], configuration=machine) as opened:
        found = {commit.id: commit.message for commit in verbs.log(opened, everything=True)}
        for name in made:
            assert b"".join(verbs.cat(opened, name, "file")).decode() == found[name]
        assert verbs.verify(opened).ok


class BrokenOff:
    """A backend whose connection goes after some puts of packs."""

    def __init__(self, inner: Backend, packs: int) -> None:
        self._inner = inner
        self._left = packs
        self.url = inner.url
        self.sent = 0

    def put(self, key: str, data: Data) -> None:
        if key.startswith("packs/"):
            if not self._left:
                raise StoreUnreachable("The store did not answer. Check the network, and try again.")
            self._left -= 1
            self.sent += len(data)
        self._inner.put(key, data)

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        return self._inner.get(key, start, length)

    def list(self, prefix: str, after: str = "") -> Iterator[Listed]:
        return self._inner.list(prefix, after)

    def delete(self, key: str) -> None:
        self._inner.delete(key)

    def close(self) -> None:
        self._inner.close()


def test_a_connection_lost_in_the_middle_leaves_the_last_commit_whole_and_is_resumed_cheaply(
    tmp_path: Path, s3_url: str, machine: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A pack each megabyte, named at once: the size of the file need not be that of a real long upload.
    monkeypatch.setattr("jupyter_repro.store.packs.TARGET_SIZE", 1024 * 1024)
    monkeypatch.setattr("jupyter_repro.store.batch._NAMED_AFTER_PACKS", 1)
    root = started(tmp_path, "here", s3_url, machine)
    (root / "small").write_text("first")
    with open_one(root, configuration=machine) as opened:
        first = verbs.checkpoint(opened, "first").commit
        (root / "large.bin").write_bytes(os.urandom(24 * 1024 * 1024))
        store = opened.repository.store
        whole = store.backend
        store.backend = BrokenOff(whole, 16)
        with pytest.raises(StoreUnreachable):
            verbs.checkpoint(opened, "broken off")
    with open_one(root, configuration=machine) as opened:
        assert verbs.log(opened)[0].id == first.id
        assert b"".join(verbs.cat(opened, "@", "small")) == b"first"
        store = opened.repository.store
        counting = BrokenOff(store.backend, 1_000)
        store.backend = counting
        second = verbs.checkpoint(opened, "resumed").commit
        assert counting.sent < 14 * 1024 * 1024
        assert b"".join(verbs.cat(opened, second.id, "large.bin")) == (root / "large.bin").read_bytes()
        assert verbs.verify(opened).ok


def test_content_purged_on_one_machine_is_gone_for_the_other_and_from_its_cache(
    tmp_path: Path, s3_url: str, machine: Configuration
) -> None:
    root = started(tmp_path, "here", s3_url, machine)
    secret = os.urandom(5000)
    (root / "secret").write_bytes(secret)
    (root / "kept").write_text("kept")
    with open_one(root, configuration=machine) as opened:
        verbs.checkpoint(opened, "both")
    there = other(machine)
    attached = tmp_path / "attached"
    attached.mkdir()
    verbs.init(attached, project="shared", store=s3_url, configuration=there)
    with open_one(attached, configuration=there) as second:
        assert b"".join(verbs.cat(second, "main", "secret")) == secret
        with open_one(root, configuration=machine) as opened:
            verbs.purge(opened, "secret", "a password")
        second.repository.sync()
        with pytest.raises(Purged, match="a password"):
            b"".join(verbs.cat(second, "main", "secret"))
        assert b"".join(verbs.cat(second, "main", "kept")) == b"kept"
    for folder in (Path(machine.data_dir), Path(there.data_dir)):
        for file in folder.rglob("*"):
            if file.is_file() and "cache" in file.parts:
                assert secret[100:200] not in file.read_bytes(), f"{file} still holds what was purged"


def test_the_local_cache_stays_within_its_limit(tmp_path: Path, s3_url: str, machine: Configuration) -> None:
    small = replace(machine, cache_limit_bytes=4 * 1024 * 1024)
    root = started(tmp_path, "here", s3_url, small)
    for number in range(10):
        (root / f"{number}.bin").write_bytes(os.urandom(1_500_000))
    with open_one(root, configuration=small) as opened:
        verbs.checkpoint(opened, "ten")
        for number in range(10):
            assert b"".join(verbs.cat(opened, "@", f"{number}.bin")) == (root / f"{number}.bin").read_bytes()
    cached = sum(file.stat().st_size for file in Path(small.data_dir).rglob("cache/**/*") if file.is_file())
    assert cached <= 6 * 1024 * 1024
