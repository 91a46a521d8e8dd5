"""From what a user writes to a backend."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_repro.errors import InvalidConfiguration, InvalidRequest, StoreUnsuitable
from jupyter_repro.store.backends import (
    AlreadyExists,
    CachedBackend,
    DirectoryBackend,
    RetryingBackend,
    open_backend,
    probe_put_if_absent,
)
from jupyter_repro.store.backends.protocol import Data


def test_the_same_memory_name_is_the_same_store(tmp_path: Path) -> None:
    open_backend("memory://shared-by-name").put("a", b"x")
    assert open_backend("memory://shared-by-name").get("a") == b"x"
    assert list(open_backend("memory://another-name").list("")) == []


def test_a_prefix_is_a_store_of_its_own() -> None:
    open_backend("memory://with-prefix/team/project").put("log/1", b"x")
    assert open_backend("memory://with-prefix").get("team/project/log/1") == b"x"
    assert [listed.key for listed in open_backend("memory://with-prefix/team/").list("")] == ["project/log/1"]
    assert [listed.key for listed in open_backend("memory://with-prefix/team/project").list("log/")] == ["log/1"]
    assert list(open_backend("memory://with-prefix/tea").list("")) == []
    assert open_backend("memory://with-prefix/team/project/").url == "memory://with-prefix/team/project"


@pytest.mark.parametrize(
    "text",
    ["", "ftp://host/x", "http://host/x", "file://otherhost/x", "file://", "s3://", "s3:///x", "memory://",
     "s3://bucket/../x", "s3://bucket/.hidden", "gs://b/a//b"],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        open_backend(text)


def test_a_path_and_a_file_url_are_folders(tmp_path: Path) -> None:
    for text in (tmp_path, str(tmp_path), tmp_path.as_uri(), f"FILE://localhost{tmp_path}"):
        assert isinstance(open_backend(text, cache=tmp_path / "cache"), DirectoryBackend)


def test_a_remote_store_is_retried_and_cached_where_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    for url in ("s3://bucket/tmp/pre fix", "gs://bucket", "az://container/prefix"):
        backend = open_backend(url)
        assert isinstance(backend, RetryingBackend)
        assert backend.url == url
        cached = open_backend(url, cache=tmp_path / "cache")
        assert isinstance(cached, CachedBackend)
        assert isinstance(cached.inner, RetryingBackend)
    assert not (tmp_path / "cache").exists()


def test_credentials_that_do_not_fit_together_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AZURE_STORAGE_ACCOUNT_NAME", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(InvalidConfiguration, match="AZURE_STORAGE_ACCOUNT_NAME"):
        open_backend("az://container")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with pytest.raises(InvalidConfiguration, match="AWS_ACCESS_KEY_ID"):
        open_backend("s3://bucket")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "missing.json"))
    with pytest.raises(InvalidConfiguration, match=r"missing\.json.*GOOGLE_APPLICATION_CREDENTIALS"):
        open_backend("gs://bucket")


def test_a_folder_never_loads_the_object_store_library(tmp_path: Path) -> None:
    code = (
        "import sys; from jupyter_repro.store.backends import open_backend; "
        f"open_backend({str(tmp_path)!r}).put('a', b'x'); print('obstore' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


class Overwriting(DirectoryBackend):
    """A store that does what it must not; ``honest`` is whether it says so when asked for the second time."""

    def __init__(self, path: Path, *, honest: bool) -> None:
        super().__init__(path)
        self.honest = honest

    def put(self, key: str, data: Data) -> None:
        taken = self.path_of(key).exists()
        self.delete(key)
        super().put(key, data)
        if taken and self.honest:
            raise AlreadyExists(key)


@pytest.mark.parametrize("honest", [True, False], ids=["refuses but overwrites", "overwrites"])
@pytest.mark.parametrize("cached", [True, False], ids=["cached", "bare"])
def test_a_store_that_overwrites_is_found_out(tmp_path: Path, honest: bool, cached: bool) -> None:
    store = Overwriting(tmp_path / "store", honest=honest)
    backend = CachedBackend(store, tmp_path / "cache", 1 << 20) if cached else store
    with pytest.raises(StoreUnsuitable, match="overwrites"):
        probe_put_if_absent(backend)
    assert list(store.list("")) == []
