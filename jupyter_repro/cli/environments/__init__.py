"""The commands behind ``env``, one module each."""

from __future__ import annotations
