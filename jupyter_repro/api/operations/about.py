"""The API's own description."""

from __future__ import annotations

from jupyter_repro.api import PREFIX
from jupyter_repro.api.calls import Call, Json
from jupyter_repro.api.openapi import text


def openapi(call: Call) -> Json:
    """The OpenAPI document."""
    return Json(text(f"{call.services.base_url}{PREFIX}").encode("utf-8"))
