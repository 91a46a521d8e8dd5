"""The one table of routes: what exists, who may, what goes in and what comes out.

The dispatcher serves from it, the OpenAPI document is generated from it, and the tests walk through it. An
``operation`` is named, not imported (``"commits.history"`` is ``jupyter_repro.api.operations.commits.history``),
so the table and the document can be read without the rest of the package.
"""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_repro.api.environment_routes import ENVIRONMENT_ROUTES
from jupyter_repro.api.history_routes import HISTORY_ROUTES
from jupyter_repro.api.route import PATH_PARAMETERS, WRITES, Action, Media, Method, Route
from jupyter_repro.api.schemas import (
    maintenance,
    projects,
    recreate,
    restore,
    sessions,
    settings,
    storage,
    tasks,
    workspaces,
)
from jupyter_repro.api.schemas.page import PageQuery
from jupyter_repro.api.workspace_routes import WORKSPACE_ROUTES

__all__ = ["PATH_PARAMETERS", "ROUTES", "WRITES", "Action", "Media", "Method", "Route", "routes_at"]


ROUTES: tuple[Route, ...] = (
    # Where am I
    Route(
        "GET",
        "here",
        "workspaces.here",
        "Where this server is, whether that is protected, and its state",
        answer=workspaces.Here,
        query=workspaces.HereQuery,
        polled=True,
    ),
    Route("GET", "openapi.json", "about.openapi", "This document", media="bytes"),
    # Workspaces, in a table of their own
    *WORKSPACE_ROUTES,
    # Projects
    Route("GET", "projects", "projects.page", "Projects", answer=projects.ProjectPage, query=PageQuery),
    Route("GET", "projects/{project}", "projects.project", "A project", answer=projects.Project),
    Route(
        "GET",
        "projects/{project}/sessions",
        "sessions.page",
        "Sessions, newest first",
        answer=sessions.SessionPage,
        query=PageQuery,
    ),
    Route(
        "GET",
        "projects/{project}/storage",
        "storage.use",
        "What takes the space",
        answer=storage.StorageUse,
    ),
    # History, in a table of its own
    *HISTORY_ROUTES,
    # Recreate and purge
    Route(
        "GET",
        "projects/{project}/recreate",
        "recreate.plan",
        "What recreating a commit would do: proposed branch and directory, files, bytes",
        answer=recreate.RecreatePlan,
        query=recreate.RecreatePlanQuery,
    ),
    Route(
        "POST",
        "projects/{project}/recreate",
        "recreate.recreate",
        "Recreate a commit in a new directory on a new branch",
        answer=tasks.Task,
        request=recreate.RecreateRequest,
        status=202,
    ),
    Route(
        "GET",
        "projects/{project}/purge",
        "restore.purge_plan",
        "What purging a path would remove, and what it would leave",
        answer=restore.PurgePlan,
        query=restore.PurgePlanQuery,
    ),
    Route(
        "POST",
        "projects/{project}/purge",
        "restore.purge",
        "Remove a path's content from all history, for ever",
        answer=tasks.Task,
        request=restore.PurgeRequest,
        status=202,
    ),
    # Upkeep
    Route(
        "POST",
        "projects",
        "maintenance.import",
        "Make a project of a file that an export wrote",
        answer=tasks.Task,
        request=maintenance.ImportRequest,
        status=202,
    ),
    Route(
        "POST",
        "projects/{project}/export",
        "maintenance.export",
        "Write a whole project into one file",
        answer=tasks.Task,
        request=maintenance.ExportRequest,
        status=202,
    ),
    Route(
        "POST",
        "projects/{project}/verify",
        "maintenance.verify",
        "Read everything and check it",
        answer=tasks.Task,
        request=maintenance.VerifyRequest,
        status=202,
    ),
    Route(
        "POST",
        "projects/{project}/collect",
        "maintenance.collect",
        "Free the space of what no commit needs",
        answer=tasks.Task,
        request=maintenance.CollectRequest,
        status=202,
    ),
    Route(
        "POST",
        "projects/{project}/thin",
        "maintenance.thin",
        "Free the content of automatic checkpoints that the timeline hides",
        answer=tasks.Task,
        request=maintenance.ThinRequest,
        status=202,
    ),
    # Environments, in a table of their own
    *ENVIRONMENT_ROUTES,
    # Tasks
    Route(
        "GET",
        "tasks",
        "tasks.page",
        "Tasks of this server, newest first",
        answer=tasks.TaskPage,
        query=tasks.TaskListQuery,
        polled=True,
    ),
    Route(
        "GET",
        "tasks/{task}",
        "tasks.task",
        "A task; can wait for its end",
        answer=tasks.Task,
        query=tasks.TaskQuery,
        polled=True,
    ),
    Route("POST", "tasks/{task}/cancel", "tasks.cancel", "Ask a task to stop", answer=tasks.Task, status=202),
    # Settings
    Route("GET", "settings", "settings.settings", "Settings", answer=settings.Settings),
    Route(
        "PUT",
        "settings",
        "settings.change",
        "Change settings",
        answer=settings.Settings,
        request=settings.SettingsChange,
    ),
)


def routes_at(path: str) -> Iterator[tuple[Route, dict[str, str]]]:
    """Every route whose path matches, with its raw (still percent-encoded) path parameters.

    ``path`` is what follows the prefix and its slash. Several methods of one path are several routes.
    """
    for route in ROUTES:
        if match := route.pattern.fullmatch(path):
            yield route, match.groupdict()
