"""What obstore raises, said in the words of this project.

obstore has one exception for most failures and tells them apart in its text alone, so the text is what is
read here: the HTTP status, the server's own error code, and whether there was an answer at all.
"""

from __future__ import annotations

import re
from types import TracebackType

from jupyter_repro.errors import (
    InvalidConfiguration,
    ReproError,
    StoreError,
    StoreFull,
    StoreNotFound,
    StoreUnreachable,
)
from jupyter_repro.store.backends.protocol import AlreadyExists, KeyNotFound

_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w+)</Code>")
_CAUSE = re.compile(r'(?:message|error): "([^"\n]+)"')
# Half of a pair is missing, or all of it, so that the client asked the machine it might have been running on.
_NO_CREDENTIALS = re.compile(
    r"Missing ?(AccessKeyId|SecretAccessKey|Account)|169\.254\.169\.254|metadata\.google\.internal"
)
_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
# Not final although their status says so: a busy server, or two conditional writes that met.
_AGAIN_CODES = frozenset({"ConditionalRequestConflict", "OperationAborted", "RequestTimeout", "SlowDown"})
_FULL_CODES = frozenset({"QuotaExceeded", "XMinioStorageFull", "InsufficientCapacity"})
_NO_PLACE_CODES = frozenset({"NoSuchBucket", "ContainerNotFound"})
_CREDENTIALS = (
    "Set the variables that hold the credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
    "GOOGLE_APPLICATION_CREDENTIALS, or AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY."
)


class Mapped:
    """A context in which ``doing`` ("read", "write", …) ``what`` at ``url`` raises only errors of the project.

    ``missing`` and ``taken`` are raised where the server says that the key is not there, or is there.
    """

    def __init__(
        self, doing: str, what: str, url: str, *, missing: KeyNotFound | None = None, taken: AlreadyExists | None = None
    ) -> None:
        self._doing = doing
        self._what = f"Could not {doing} {what} at {url}"
        self._url = url
        self._missing = missing
        self._taken = taken

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception) or isinstance(error, (ReproError, KeyNotFound, AlreadyExists)):
            return
        meaning = self._meaning(error)
        if meaning is not error:
            raise meaning from error

    def _meaning(self, error: Exception) -> Exception:
        from obstore.exceptions import AlreadyExistsError, BaseError, PermissionDeniedError, UnauthenticatedError

        if not isinstance(error, (BaseError, OSError)):
            return error  # a mistake of ours, not the server's
        text = str(error)
        found = _CODE.search(text)
        code = found[1] if found else ""
        found = _STATUS.search(text)
        status = int(found[1]) if found else 0
        if code in _NO_PLACE_CODES:
            return StoreNotFound(
                f"{self._what}: there is no such bucket or container. Check the URL, or make it first."
            )
        if code in _FULL_CODES or status == 507:
            return StoreFull(f"{self._what}: the server has no space left. Free some, or have the quota raised.")
        if code in _AGAIN_CODES:
            return self._unreachable(f"the server is busy ({code})")
        if isinstance(error, AlreadyExistsError) and self._taken is not None:
            return self._taken
        if isinstance(error, FileNotFoundError) and self._missing is not None:
            return self._missing
        if _NO_CREDENTIALS.search(text):
            return InvalidConfiguration(f"{self._what}: no credentials were found. {_CREDENTIALS}")
        if isinstance(error, (PermissionDeniedError, UnauthenticatedError)) or status in (401, 403):
            if code == "RequestTimeTooSkewed":
                return StoreError(f"{self._what}: the clock of this machine is wrong. Set it and try again.")
            return StoreError(
                f"{self._what}: the server refused access ({code or status or 'denied'}). Check the credentials and "
                "that they may list, read and write there."
            )
        if status in _AGAIN:
            return self._unreachable(f"the server answered with an error ({code or status})")
        if "builder error" in text:
            return InvalidConfiguration(
                f"{self._what}: the address of the server cannot be used. Check AWS_ENDPOINT_URL, and set "
                "AWS_ALLOW_HTTP=true where it begins with http://."
            )
        if "without LOCATION" in text:
            return InvalidConfiguration(f"{self._what}: the bucket is in another region. Set AWS_REGION.")
        if not status and "HTTP error" in text:
            causes = _CAUSE.findall(text)
            return self._unreachable(causes[-1] if causes else "the connection broke")
        if self._doing == "open":  # nothing was asked of a server yet
            return InvalidConfiguration(f"{self._what}: {_first_line(text)}. {_CREDENTIALS}")
        return StoreError(f"{self._what}: {_first_line(text)}. Check the URL and the settings of the store.")

    def _unreachable(self, why: str) -> StoreUnreachable:
        return StoreUnreachable(f"{self._what}: {why}. Check the network and the address of the server, and try again.")


def past_the_end(error: Exception) -> bool:
    """Whether ``error`` says that a range begins behind the last byte of an object that is there."""
    text = str(error)
    found = _STATUS.search(text)
    return found[1] == "416" if found else "StartTooLarge" in text


def _first_line(text: str) -> str:
    """The sentence of ``text``, without the queries of URLs, in which signatures and keys can stand."""
    line = text.split("\n", 1)[0].strip().rstrip(".")
    return re.sub(r"\?\S+", "", line)[:300]
