"""The REST API: one table of routes, the schemas of every request and answer, and thin operations.

An operation translates a request into one verb (or one read-only function) and its result into a schema;
what a checkpoint or a restore *is*, is decided in ``verbs``. Nothing here is imported when a server starts
except the small dispatcher in ``handler``: schemas and operations load with the first request.
"""

from __future__ import annotations

PREFIX = "jupyter-repro/api"
"""Where the API lives below the server's base URL."""

RESOURCE = "jupyter_repro"
"""What the server's authorizer is asked about: ``read`` or ``write`` it."""
