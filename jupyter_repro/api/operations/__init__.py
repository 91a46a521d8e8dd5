"""The operations: one function for each route, grouped by noun as the schemas are.

An operation takes a ``Call``, asks verbs and read-only functions, and returns a schema. It decides nothing.
"""

from __future__ import annotations

import importlib
import keyword
from functools import cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from jupyter_repro.api.calls import Operation


@cache
def operation_named(name: str) -> Operation:
    """The operation called ``"<room>.<function>"``, imported when it is first wanted."""
    room, function = name.split(".")
    # A verb that Python keeps for itself ends with an underscore.
    function += "_" if keyword.iskeyword(function) else ""
    return cast("Operation", getattr(importlib.import_module(f"{__name__}.{room}"), function))
