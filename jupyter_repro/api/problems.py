"""From any failure to what the client reads: a status, a stable code and a sentence. Never a traceback."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass

from jupyter_repro.errors import ReproError

INTERNAL = "The server failed in a way it should not. Its log says more."

API_CODES = {
    "bad_request": "The request is not one that a web server understands.",
    "invalid_json": "The body is not JSON.",
    "validation_failed": "A field or parameter is missing, of the wrong type or out of bounds; `problems` names each.",
    "not_authenticated": "Nobody is logged in.",
    "forbidden": "The server's authorizer said no.",
    "xsrf": "A browser's cookie alone may not write: the X-XSRFToken header is missing or wrong.",
    "not_found": "The API has no such address.",
    "task_not_found": "No task has this id, or it ended a while ago.",
    "method_not_allowed": "The address answers to other methods; the Allow header names them.",
    "not_confirmed": "A purge needs the path twice.",
    "revision_moved": "The environment has a newer revision than the editor began with.",
    "setting_locked": "The server's configuration fixes this setting.",
    "file_refused": "The file system lacks the permission for it.",
    "too_large": "The body, or the file that is asked for, is larger than what is handled at once.",
    "range_not_satisfiable": "The file has none of the bytes that are asked for.",
    "unavailable": "The server is stopping.",
    "no_worker": "No process could be started for the task.",
    "worker_lost": "The process of the task died; what was saved before is whole.",
    "internal": "The server failed in a way it should not; its log says more.",
}
"""Codes that only the API gives, beside those of ``jupyter_repro.errors``, and when."""

_CODES = {
    400: "bad_request",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    416: "range_not_satisfiable",
    422: "validation_failed",
    503: "unavailable",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure as it is sent. ``problems`` are pairs of a place in the request and what is wrong there."""

    status: int
    code: str
    message: str
    problems: tuple[tuple[str, str], ...] = ()

    def body(self) -> dict[str, object]:
        """The JSON of ``schemas.errors.Problem``."""
        return {
            "code": self.code,
            "message": self.message,
            "problems": [{"where": where, "message": message} for where, message in self.problems],
        }


_REFUSALS = {
    errno.ENOSPC: (507, "store_full", "Free some space and try again."),
    errno.EDQUOT: (507, "store_full", "Free some space and try again."),
    errno.EACCES: (403, "file_refused", "Ask for the permission, or choose another place."),
    errno.EPERM: (403, "file_refused", "Ask for the permission, or choose another place."),
    errno.EROFS: (403, "file_refused", "Choose a place that can be written."),
    errno.ENAMETOOLONG: (400, "hostile_path", "Choose a shorter name."),
    errno.ELOOP: (400, "hostile_path", "Choose a path without such links."),
}
"""What the file system says that is no fault of the server's: status, code and advice."""


class RequestRefused(Exception):
    """The request itself is wrong, before any verb was asked; carries the ``failure`` to send."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def refuse(status: int, message: str, code: str | None = None) -> RequestRefused:
    """An exception that ends the request with ``status`` and ``message``."""
    return RequestRefused(Failure(status, code or _CODES.get(status, "error"), message))


def failure_of(error: BaseException) -> Failure:
    """What a client is told of ``error``. Whatever is not of this project tells nothing of its inside."""
    if isinstance(error, RequestRefused):
        return error.failure
    if isinstance(error, ReproError):
        message = str(error) or "The operation failed."
        return Failure(error.status, error.code, message)
    if isinstance(error, OSError) and error.errno in _REFUSALS:
        status, code, advice = _REFUSALS[error.errno]
        where = f" at {os.fsdecode(error.filename)[:500]}" if isinstance(error.filename, (str, bytes)) else ""
        return Failure(status, code, f"The file system refused{where}: {error.strerror}. {advice}")
    return Failure(500, "internal", INTERNAL)


def failure_of_status(status: int, message: str | None = None) -> Failure:
    """A failure that the web framework raised: no such URL, not allowed, no XSRF cookie."""
    code = _CODES.get(status, "error" if status < 500 else "internal")
    if status == 403 and message and "xsrf" in message.lower():
        code = "xsrf"
    return Failure(status, code, message or "The request was refused.")
