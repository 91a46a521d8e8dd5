"""The reference pages of the server: its REST API and its events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reference_markdown import one_line, page, prose, table

Schema = Mapping[str, object]


def rest_page() -> str:
    """Every route with its parameters, and every shape that travels."""
    from jupyter_repro.api.openapi import document
    from jupyter_repro.api.problems import API_CODES

    found = document()
    lines = [
        "# REST API",
        "",
        "Below the server's base URL, at `jupyter-repro/api/`. The same as one OpenAPI 3.1 document is served at "
        "`jupyter-repro/api/openapi.json`, and printed by `python -m jupyter_repro.api.openapi`.",
        "",
        "Every route needs the server's own authentication (`Authorization: token ...`, or a browser's cookie with "
        "the `X-XSRFToken` header), and the leave of its authorizer on the resource `jupyter_repro`: `read` for GET, "
        "`write` for the rest. Lists are pages: `next` is the `cursor` of the page that follows. Times are RFC 3339 in "
        "UTC.",
        "",
        "Long work answers 202 with a [Task](#task): ask `tasks/{task}?wait=30` for its end, or listen to "
        "[events](events.md).",
        "",
        "## Routes",
        "",
    ]
    for path, methods in _items(found, "paths"):
        for method in methods:
            lines += _route(path.lstrip("/"), method.upper(), _object(methods, method))
    lines += [
        "## Codes",
        "",
        "A failure is a [Problem](#problem). Its `code` is one of [Errors](errors.md), or of these:",
        "",
        *table(("code", "when"), [(f"`{code}`", when) for code, when in API_CODES.items()]),
        "## Shapes",
        "",
    ]
    for name, schema in _items(_object(found, "components"), "schemas"):
        lines += _shape(name, schema)
    return page(lines)


def events_page() -> str:
    """Every event with its fields."""
    from jupyter_events import yaml

    from jupyter_repro.api.notify import FOLDER, KINDS

    lines = [
        "# Events",
        "",
        "The server tells its event bus of every task and of what it did. Whoever may listen to "
        "`/api/events/subscribe` hears of them. Events are hints, and any authorized client can send one: read the "
        "state again for what holds.",
        "",
    ]
    for kind in KINDS:
        schema = yaml.load(FOLDER / f"{kind}.yaml")
        lines += [f"## `{schema['$id']}`", "", *prose(schema["description"])]
        required = schema["required"]
        rows = [
            (f"`{name}`", _type(field), "" if name in required else "optional", one_line(field.get("description")))
            for name, field in schema["properties"].items()
        ]
        lines += table(("field", "type", "", "what"), rows)
    return page(lines)


def _route(path: str, method: str, operation: Schema) -> Iterator[str]:
    yield f"### {method} `{path}`"
    yield ""
    yield f"{operation['summary']}."
    yield ""
    parameters = operation.get("parameters", ())
    rows = [
        (
            f"`{parameter['name']}`",
            _type(parameter["schema"]),
            "" if parameter["required"] else "optional",
            str(parameter.get("description", "")),
        )
        for parameter in (parameters if isinstance(parameters, list) else ())
    ]
    yield from table(("parameter", "type", "", "what"), rows)
    sent = _json(operation.get("requestBody"))
    if sent is not None:
        yield f"Takes {_type(sent)}."
    responses = _object(operation, "responses")
    answers = []
    for status in responses:
        answer = _json(_object(responses, status))
        if status != "default":
            answers.append(f"{status} {_type(answer)}" if answer is not None else status)
    yield f"Answers {', '.join(answers)}."
    yield ""


def _shape(name: str, schema: Schema) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    yield from prose(str(schema.get("description", "")))
    required = schema.get("required", ())
    rows = [
        (
            f"`{field}`",
            _type(given),
            "" if isinstance(required, list) and field in required else "optional",
            str(given.get("description", "")),
        )
        for field, given in _items(schema, "properties")
    ]
    yield from table(("field", "type", "", "what"), rows)


def _type(schema: object) -> str:
    if not isinstance(schema, Mapping):
        return ""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    options = schema.get("anyOf", schema.get("oneOf"))
    if isinstance(options, list):
        return " or ".join(_type(option) for option in options)
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"object of {_type(schema['additionalProperties'])}"
    if isinstance(kind, list):
        return " or ".join(kind)
    return str(schema.get("format", kind))


def _json(carrier: object) -> object:
    content = carrier.get("content") if isinstance(carrier, Mapping) else None
    given = content.get("application/json") if isinstance(content, Mapping) else None
    return given.get("schema") if isinstance(given, Mapping) else None


def _object(parent: Schema, name: str) -> Schema:
    found = parent[name]
    assert isinstance(found, Mapping), name
    return found


def _items(parent: Schema, name: str) -> Iterator[tuple[str, Schema]]:
    found = parent.get(name, {})
    assert isinstance(found, Mapping), name
    yield from found.items()
