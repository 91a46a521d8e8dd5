"""The OpenAPI 3.1 document, made from the table of routes and the schemas.

``python -m jupyter_repro.api.openapi`` prints it; the build of the plugin generates its types from that.
"""

from __future__ import annotations

import json
import sys
from functools import cache

from pydantic import BaseModel, JsonValue
from pydantic.json_schema import JsonSchemaMode, models_json_schema

import jupyter_repro
from jupyter_repro.api import PREFIX
from jupyter_repro.api.routes import PATH_PARAMETERS, ROUTES, Route
from jupyter_repro.api.schemas.errors import Problem

Json = dict[str, JsonValue]

_REF = "#/components/schemas/{model}"
_ROOMS = {
    "about": "This API",
    "workspaces": "Directories attached to a branch of a project, and their state",
    "projects": "The units of history",
    "sessions": "One life of a workspace, from server start to stop",
    "commits": "The timeline and its checkpoints",
    "trees": "What a commit holds",
    "diffs": "What differs",
    "branches": "Branches",
    "tags": "Tags",
    "restore": "Restore, track, purge",
    "recreate": "A past commit in a new directory",
    "maintenance": "Check a project, free space, carry it elsewhere",
    "environments": "Named, shared software definitions",
    "environments_revisions": "Their immutable, numbered revisions",
    "environments_builds": "Engines, builds and their logs",
    "environments_use": "What workspaces and projects use",
    "environments_software": "What is installed, now and then",
    "tasks": "Long work",
    "storage": "What takes the space",
    "settings": "What the server does by itself",
}


@cache
def document(server: str = ".") -> Json:
    """The whole document. ``server`` is the URL of the API, relative to that of the document unless it is known."""
    components, refs = _components()
    paths: dict[str, Json] = {}
    for route in ROUTES:
        paths.setdefault("/" + route.path, {})[route.method.lower()] = _operation(route, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "jupyter-repro",
            "version": jupyter_repro.__version__,
            "description": "History, preview, restore and recreate of Jupyter workspaces, "
            f"below `{{base_url}}{PREFIX}/`. "
            "Every route needs the server's usual authentication, and leave of its authorizer on the resource "
            "`jupyter_repro` (`read` for GET, `write` for the rest). Lists are paged by cursor. Times are UTC.",
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "servers": [{"url": server}],
        "tags": [{"name": name, "description": text} for name, text in _ROOMS.items()],
        "security": [{"token": []}],
        "paths": {**paths},
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`token <the server's token>`; a browser sends its cookie "
                    "and an X-XSRFToken header instead.",
                }
            },
        },
    }


_Refs = dict[tuple[type[BaseModel], JsonSchemaMode], Json]


def _components() -> tuple[Json, _Refs]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {
        (Problem, "serialization"): None,
    }
    for route in ROUTES:
        if route.answer is not None:
            wanted[route.answer, "serialization"] = None
        if route.request is not None:
            wanted[route.request, "validation"] = None
    refs, definitions = models_json_schema(list(wanted), ref_template=_REF)
    schemas: Json = definitions["$defs"]
    return dict(sorted(schemas.items())), {(model, mode): dict(refs[model, mode]) for model, mode in wanted}


def _operation(route: Route, refs: _Refs) -> Json:
    room = route.operation.split(".")[0]
    operation: Json = {
        "operationId": route.name,
        "tags": [room],
        "summary": route.summary,
        "responses": _responses(route, refs),
        "x-authorization": {"resource": "jupyter_repro", "action": route.action},
    }
    parameters: list[JsonValue] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": PATH_PARAMETERS[name],
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        }
        for name in route.parameters
    ]
    parameters += _query_parameters(route)
    if parameters:
        operation["parameters"] = parameters
    if route.request is not None:
        operation["requestBody"] = {
            # An empty body is an empty object.
            "required": any(field.is_required() for field in route.request.model_fields.values()),
            "content": {"application/json": {"schema": refs[route.request, "validation"]}},
        }
    return operation


def _query_parameters(route: Route) -> list[JsonValue]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(ref_template=_REF)
    if "$defs" in schema:
        raise TypeError(f"{route.query.__name__}: query parameters are plain types, not models")
    required = set(schema.get("required", ()))
    parameters: list[JsonValue] = []
    for name, given in schema["properties"].items():
        told = {key: value for key, value in given.items() if key not in ("title", "description")}
        # An absent parameter is how null is said in a query string.
        if "anyOf" in told and told.get("default", 0) is None:
            (told,) = ({**option} for option in told["anyOf"] if option != {"type": "null"})
        parameter: Json = {"name": name, "in": "query", "required": name in required, "schema": told}
        if "description" in given:
            parameter["description"] = given["description"]
        parameters.append(parameter)
    return parameters


def _responses(route: Route, refs: _Refs) -> Json:
    problem: Json = {
        "description": "It failed: `code` for machines, `message` for people",
        "content": {"application/json": {"schema": refs[Problem, "serialization"]}},
    }
    if route.media == "none":
        return {str(route.status): {"description": "Done"}, "default": problem}
    if route.media == "bytes":
        if not route.parameters:
            return {"200": {"description": "The document", "content": {"application/json": {}}}, "default": problem}
        content: Json = {"*/*": {}}
        return {
            "200": {"description": "The bytes, with `ETag` and `Accept-Ranges`", "content": content},
            "206": {"description": "The range asked for", "content": content},
            "304": {"description": "Unchanged since the `ETag` in `If-None-Match`"},
            "default": problem,
        }
    if route.answer is None:
        raise TypeError(f"{route.operation}: a JSON route needs an answer")
    answer: Json = {
        "description": "Accepted: the task" if route.status == 202 else "Done",
        "content": {"application/json": {"schema": refs[route.answer, "serialization"]}},
    }
    return {str(route.status): answer, "default": problem}


def text(server: str = ".") -> str:
    """The document as JSON text, stable from run to run."""
    return json.dumps(document(server), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
