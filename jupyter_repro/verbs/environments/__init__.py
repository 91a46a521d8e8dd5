"""The verbs of environments: making, sharing, building, choosing, recording and comparing them."""

from __future__ import annotations
