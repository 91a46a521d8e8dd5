"""Reading requests: paths, query strings and bodies into validated models. Knows no web framework."""

from __future__ import annotations

import json
import typing
from functools import cache
from urllib.parse import parse_qsl, unquote

from pydantic import BaseModel, ValidationError

from jupyter_repro.api.problems import Failure, RequestRefused, refuse
from jupyter_repro.api.routes import Route
from jupyter_repro.api.schemas.base import Query, Request

MAX_BODY = 4 * 1024 * 1024
"""Bytes of a request's body. The longest honest one is a list of paths to restore."""

MAX_PARAMETER = 255


def read_parameters(raw: dict[str, str]) -> dict[str, str]:
    """Path parameters, decoded. Bytes that are no UTF-8 become lone surrogates, as in every path of ours."""
    parameters: dict[str, str] = {}
    for name, value in raw.items():
        decoded = unquote(value, errors="surrogateescape")
        if not decoded or len(decoded) > MAX_PARAMETER or "\0" in decoded:
            raise RequestRefused(
                Failure(
                    422,
                    "validation_failed",
                    f"The {name} in the address is not a name: give 1 to {MAX_PARAMETER} characters.",
                    ((f"path.{name}", "Not a name"),),
                )
            )
        parameters[name] = decoded
    return parameters


def read_query(route: Route, query: str) -> Query | None:
    """The query string as the model that ``route`` declares. Raises ``RequestRefused``."""
    if route.query is None:
        return None
    lists = _lists(route.query)
    values: dict[str, str | list[str]] = {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape", max_num_fields=1000)
    except ValueError as error:
        raise refuse(400, "The query string has too many parameters.") from error
    for name, value in pairs:
        if name in lists:
            held = values.setdefault(name, [])
            if isinstance(held, list):
                held.append(value)
        else:
            values[name] = value
    return _validated(route.query, values, "query")


def read_body(route: Route, body: bytes) -> Request | None:
    """The body as the model that ``route`` declares. Raises ``RequestRefused``."""
    if route.request is None:
        return None
    if len(body) > MAX_BODY:
        raise refuse(413, f"The request has {len(body)} bytes, more than the {MAX_BODY} that are read.")
    try:
        # Bytes that are no UTF-8 are refused here; lone surrogates come escaped, as Python writes them.
        given = json.loads(body.decode("utf-8") or "{}")
    except (ValueError, RecursionError) as error:
        raise refuse(400, "The body is not JSON.", "invalid_json") from error
    if not isinstance(given, dict):
        raise refuse(422, "The body is not a JSON object.")
    return _validated(route.request, given, "body")


@cache
def _lists(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if typing.get_origin(field.annotation) is list)


Validated = typing.TypeVar("Validated", bound=BaseModel)


def _validated(model: type[Validated], values: object, where: str) -> Validated:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = tuple(
            (".".join([where, *(str(part) for part in detail["loc"])]), detail["msg"])
            for detail in error.errors(include_url=False, include_context=False, include_input=False)
        )
        first = f"{problems[0][0]}: {problems[0][1]}" if problems else "not understood"
        raise RequestRefused(
            Failure(422, "validation_failed", f"The request is malformed ({first}).", problems)
        ) from error
