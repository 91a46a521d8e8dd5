"""An S3 server that is away, slow of mind, full, closed to us, or breaks off: what the user is told."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest

from jupyter_repro.errors import (
    InvalidConfiguration,
    ReproError,
    StoreError,
    StoreFull,
    StoreNotFound,
    StoreUnreachable,
)
from jupyter_repro.store.backends import AlreadyExists, Backend, KeyNotFound, RetryingBackend, open_backend
from tests.fixtures.s3 import S3Server
from tests.store.backends.wire import Proxy, answering, closed_port, proxy_to


def once(url: str) -> Backend:
    """The backend without its retries."""
    backend = open_backend(url)
    assert isinstance(backend, RetryingBackend)
    return backend.inner


def patiently(url: str, pauses: list[float] | None = None) -> Backend:
    """The backend with its retries and no waiting between them."""
    return RetryingBackend(once(url), sleep=(pauses if pauses is not None else []).append)


OPERATIONS: dict[str, Callable[[Backend], object]] = {
    "put": lambda backend: backend.put("log/1", b"x"),
    "get": lambda backend: backend.get("log/1"),
    "range": lambda backend: backend.get("log/1", 2, 3),
    "tail": lambda backend: backend.get("log/1", -3),
    "nothing": lambda backend: backend.get("log/1", 0, 0),
    "list": lambda backend: list(backend.list("log/")),
    "delete": lambda backend: backend.delete("log/1"),
}
operation = pytest.mark.parametrize("call", OPERATIONS.values(), ids=OPERATIONS)


@pytest.fixture
def endpoint_is(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    for name in ("AWS_ALLOW_HTTP", "AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "anybody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "anything")

    def use(endpoint: str) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)

    return use


@operation
def test_a_refused_connection_is_a_store_out_of_reach(
    call: Callable[[Backend], object], endpoint_is: Callable[[str], None]
) -> None:
    endpoint_is(closed_port())
    with pytest.raises(StoreUnreachable, match=r"s3://bucket/pre.*refused.*Check the network"):
        call(once("s3://bucket/pre"))


@operation
def test_a_host_without_address_is_out_of_reach(
    call: Callable[[Backend], object], endpoint_is: Callable[[str], None]
) -> None:
    endpoint_is("http://no-such-host.invalid")
    with pytest.raises(StoreUnreachable):
        call(once("s3://bucket"))


def test_retries_end_after_the_attempts_and_say_the_same(endpoint_is: Callable[[str], None]) -> None:
    endpoint_is(closed_port())
    pauses: list[float] = []
    with pytest.raises(StoreUnreachable, match="refused"):
        patiently("s3://bucket", pauses).get("a")
    assert len(pauses) == 5


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (503, "SlowDown", StoreUnreachable),
        (500, "InternalError", StoreUnreachable),
        (502, "", StoreUnreachable),
        (429, "", StoreUnreachable),
        (507, "", StoreFull),
        (403, "AccessDenied", StoreError),
        (401, "", StoreError),
        (403, "RequestTimeTooSkewed", StoreError),
        (301, "PermanentRedirect", InvalidConfiguration),
        (400, "InvalidRequest", StoreError),
        (501, "NotImplemented", StoreError),
    ],
)
@operation
def test_an_answer_is_told_as_what_it_means(
    call: Callable[[Backend], object],
    endpoint_is: Callable[[str], None],
    status: int,
    code: str,
    error: type[ReproError],
) -> None:
    with answering(status, code) as endpoint:
        endpoint_is(endpoint)
        with pytest.raises(error) as caught:
            call(once("s3://bucket"))
        assert type(caught.value) is error  # a plain StoreError is final, one of its children may not be
        assert "Debug source" not in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "RequestTimeout", StoreUnreachable),
        (409, "OperationAborted", StoreUnreachable),
        (403, "QuotaExceeded", StoreFull),
        (404, "NoSuchBucket", StoreNotFound),
    ],
)
@pytest.mark.parametrize("call", [OPERATIONS[name] for name in ("put", "get", "range", "list", "delete")])
def test_the_code_of_an_answer_says_more_than_its_status(
    call: Callable[[Backend], object],
    endpoint_is: Callable[[str], None],
    status: int,
    code: str,
    error: type[ReproError],
) -> None:
    with answering(status, code) as endpoint:
        endpoint_is(endpoint)
        with pytest.raises(error):
            call(once("s3://bucket"))


@operation
def test_a_server_that_says_nothing_is_out_of_reach(
    call: Callable[[Backend], object], endpoint_is: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_READ_TIMEOUT", "100ms")
    with socket.create_server(("127.0.0.1", 0)) as listener:  # connections are made, and nobody ever reads
        endpoint_is(f"http://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(StoreUnreachable):
            call(once("s3://bucket"))


def test_two_conditional_writes_that_met_are_decided_by_trying_again(endpoint_is: Callable[[str], None]) -> None:
    with answering(409, "ConditionalRequestConflict") as endpoint:
        endpoint_is(endpoint)
        with pytest.raises(StoreUnreachable, match="busy"):
            once("s3://bucket").put("a", b"x")


def test_no_signature_of_a_url_gets_into_a_message(
    endpoint_is: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(400, "") as endpoint:
        monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
        monkeypatch.setenv("AZURE_STORAGE_SAS_KEY", "sv=2020&sig=verysecret")
        monkeypatch.setenv("AZURE_STORAGE_ENDPOINT", endpoint)
        monkeypatch.setenv("AZURE_ALLOW_HTTP", "true")
        with pytest.raises(StoreError) as caught:
            once("az://container").get("a")
        assert "400" in str(caught.value)
        assert "verysecret" not in str(caught.value)


def test_plain_http_can_be_forbidden_by_the_usual_variable(
    endpoint_is: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint_is(closed_port())
    monkeypatch.setenv("AWS_ALLOW_HTTP", "false")
    with pytest.raises(InvalidConfiguration, match="AWS_ALLOW_HTTP=true"):
        once("s3://bucket").get("a")


@pytest.mark.s3
@operation
def test_a_bucket_that_is_not_there_is_named(call: Callable[[Backend], object], s3_url: str) -> None:
    # Asked for the head of an object a server gives no reason, so that one is a missing key.
    expected = KeyNotFound if call is OPERATIONS["nothing"] else StoreNotFound
    with pytest.raises(expected):
        call(once("s3://no-such-bucket/pre"))


@pytest.mark.s3
@operation
def test_wrong_credentials_are_final_and_named(
    call: Callable[[Backend], object], s3_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    pauses: list[float] = []
    with pytest.raises(StoreError, match=r"refused access.*credentials"):
        call(patiently(s3_url, pauses))
    assert pauses == []


@pytest.fixture
def proxy(s3_url: str, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """A proxy to the real server, which the environment now names as the server."""
    with proxy_to(s3_server.endpoint) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        yield proxy


@pytest.mark.s3
def test_a_put_whose_answer_is_lost_finds_its_own_bytes(s3_url: str, proxy: Proxy) -> None:
    pauses: list[float] = []
    backend = patiently(s3_url, pauses)
    proxy.break_next("answer")
    with pytest.raises(AlreadyExists):
        backend.put("log/1", b"mine, with a nonce")
    assert len(pauses) == 1
    assert backend.get("log/1") == b"mine, with a nonce"


@pytest.mark.s3
@pytest.mark.parametrize("how", ["refuse", "answer", "middle"])
def test_what_breaks_off_is_done_again(s3_url: str, proxy: Proxy, how: str) -> None:
    data = bytes(range(256)) * 4000
    open_backend(s3_url).put("packs/1", data)
    for name in ("get", "range", "list"):
        pauses: list[float] = []
        backend = patiently(s3_url, pauses)
        proxy.break_next(how, times=2)
        if name == "get":
            assert backend.get("packs/1") == data
        elif name == "range":
            assert backend.get("packs/1", 5, 1000) == data[5:1005]
        else:
            assert [listed.key for listed in backend.list("packs/")] == ["packs/1"]
        assert proxy.times == 0
        assert pauses


@pytest.mark.s3
def test_a_put_that_never_got_through_is_stored_by_the_next_attempt(s3_url: str, proxy: Proxy) -> None:
    backend = patiently(s3_url)
    proxy.break_next("refuse", times=3)
    backend.put("packs/1", b"x" * 100_000)
    assert backend.get("packs/1") == b"x" * 100_000


@pytest.mark.s3
def test_a_server_that_stays_away_leaves_what_was_there_whole(s3_url: str, proxy: Proxy) -> None:
    backend = patiently(s3_url)
    backend.put("packs/1", b"earlier")
    proxy.break_next("refuse", times=10**6)
    # The client may still hold a connection from before; a new client has none.
    with pytest.raises(StoreUnreachable):
        patiently(s3_url).put("packs/2", b"never")
    proxy.break_next("", times=0)
    assert [listed.key for listed in patiently(s3_url).list("")] == ["packs/1"]
    assert backend.get("packs/1") == b"earlier"
