"""The texts of a snapshot: what goes in comes out, equal content is equal bytes, and secrets stay out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_repro.environments.snapshots.hosts import host_now
from jupyter_repro.environments.snapshots.secrets import HIDDEN, looks_secret, without_credentials
from jupyter_repro.environments.snapshots.texts import Host, Package, read_host, read_software, software
from jupyter_repro.errors import BlobCorrupt

PACKAGES = st.builds(Package, *(st.text(max_size=12) for _ in range(5)))


@given(st.lists(PACKAGES))
def test_software_that_is_written_is_read_again(packages: list[Package]) -> None:
    made = software(packages)
    assert read_software(made.encode()) == made


@given(st.lists(PACKAGES, min_size=2), st.randoms())
def test_the_order_in_which_packages_are_found_does_not_matter(packages: list[Package], random: object) -> None:
    assert software(packages).encode() == software(reversed(packages)).encode()


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8), st.text())))
def test_a_host_that_is_written_is_read_again(facts: list[tuple[str, str, str]]) -> None:
    made = Host(tuple(sorted(set(facts))))
    assert read_host(made.encode()) == made


@pytest.mark.parametrize("data", [b"", b"jupyter-repro software 2\n", b"jupyter-repro software 1\na\tb\n", b"\xff"])
def test_what_is_no_snapshot_is_refused(data: bytes) -> None:
    with pytest.raises(BlobCorrupt, match="software snapshot cannot be read"):
        read_software(data)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LC_TOKEN", "x"),
        ("TF_FORCE_PASSWORD", "hunter2"),
        ("JAX_API_KEY", "x"),
        ("LANG", "ghp_abcdefghijklmnop"),
        ("XLA_FLAGS", "--url=https://me:pw@host/"),
        ("XLA_FLAGS", "--proxy?token=abc"),
        ("TZ", "d131dd02c5e6eec4693d9a0698aff95c"),
        ("TZ", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY1"),
        ("LANG", "-----BEGIN RSA PRIVATE KEY-----"),
        ("LANG", "eyJhbGciOiJIUzI1NiJ9.e30.abc"),
    ],
)
def test_what_looks_like_a_secret_is_never_stored(name: str, value: str) -> None:
    assert looks_secret(name, value)
    assert host_now({name: value}, more=("*",)).facts.count(("variable", name, HIDDEN)) == 1
    assert (
        value.encode() not in host_now({name: value}, more=("*",)).encode().replace(name.encode(), b"") or value == "x"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LANG", "en_GB.UTF-8"),
        ("PYTHONPATH", "/home/me/projects/2026-analysis/src:/opt/lib/python3.11/site-packages"),
        ("OMP_NUM_THREADS", "16"),
        ("CUDA_VISIBLE_DEVICES", "0,1,2,3"),
        ("LD_LIBRARY_PATH", "/usr/local/cuda-12.4/lib64:/usr/lib/x86_64-linux-gnu"),
        ("XLA_FLAGS", "--xla_gpu_deterministic_ops=true"),
    ],
)
def test_ordinary_values_are_recorded(name: str, value: str) -> None:
    assert ("variable", name, value) in host_now({name: value}).facts


def test_variables_that_nobody_allowed_are_not_even_named() -> None:
    assert b"MY_DIARY" not in host_now({"MY_DIARY": "dear"}).encode()
    assert ("variable", "MY_DIARY", "dear") in host_now({"MY_DIARY": "dear"}, more=("MY_*",)).facts


def test_urls_lose_what_may_be_secret() -> None:
    assert without_credentials("https://me:token@host:8080/a/b?sig=1#x") == "https://host:8080/a/b"
    assert without_credentials("file:///home/me/pkg") == "file:///home/me/pkg"
