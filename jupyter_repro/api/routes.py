"""The one table of routes: what exists, who may, what goes in and what comes out.

The dispatcher serves from it, the OpenAPI document is generated from it, and the tests walk through it. An
``operation`` is named, not imported (``"commits.history"`` is ``jupyter_repro.api.operations.commits.history``),
so the table and the document can be read without the rest of the package.
"""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_repro.api.environment_routes import ENVIRONMENT_ROUTES
from jupyter_repro.api.route import PATH_PARAMETERS, WRITES, Action, Media, Method, Route
from jupyter_repro.api.schemas import (
    branches,
    commits,
    diffs,
    maintenance,
    projects,
    recreate,
    restore,
    sessions,
    settings,
    storage,
    tags,
    tasks,
    trees,
    workspaces,
)
from jupyter_repro.api.schemas.page import PageQuery

__all__ = ["PATH_PARAMETERS", "ROUTES", "WRITES", "Action", "Media", "Method", "Route", "routes_at"]

COMMIT = "projects/{project}/commits/{commit}"
WORKSPACE = "workspaces/{workspace}"

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
    # Workspaces
    Route(
        "GET",
        "workspaces",
        "workspaces.page",
        "Workspaces of this machine",
        answer=workspaces.WorkspacePage,
        query=PageQuery,
    ),
    Route(
        "POST",
        "workspaces",
        "workspaces.protect",
        "Protect a directory: make it a workspace",
        answer=workspaces.Protected,
        request=workspaces.ProtectRequest,
        status=201,
    ),
    Route(
        "GET",
        WORKSPACE,
        "workspaces.state",
        "State of a workspace: branch, newest checkpoint, changes, running tasks",
        answer=workspaces.WorkspaceState,
        query=workspaces.StateQuery,
        polled=True,
    ),
    Route(
        "GET",
        f"{WORKSPACE}/status",
        "workspaces.status",
        "Changed files of the working directory",
        answer=workspaces.StatusPage,
        query=workspaces.StatusQuery,
    ),
    Route(
        "GET",
        f"{WORKSPACE}/content",
        "trees.working_content",
        "Bytes of a file as it is in the working directory",
        query=trees.ContentQuery,
        media="bytes",
    ),
    Route(
        "POST",
        f"{WORKSPACE}/checkpoints",
        "commits.checkpoint",
        "Make a checkpoint",
        answer=tasks.Task,
        request=commits.CheckpointRequest,
        status=202,
    ),
    Route(
        "POST",
        f"{WORKSPACE}/restore",
        "restore.restore",
        "Restore the whole workspace or some paths",
        answer=tasks.Task,
        request=restore.RestoreRequest,
        status=202,
    ),
    Route(
        "POST",
        f"{WORKSPACE}/switch",
        "branches.switch",
        "Switch to another branch",
        answer=tasks.Task,
        request=branches.SwitchRequest,
        status=202,
    ),
    Route(
        "POST",
        f"{WORKSPACE}/copy",
        "trees.copy",
        "Copy a file or directory of a commit into the workspace",
        answer=tasks.Task,
        request=trees.CopyRequest,
        status=202,
    ),
    Route(
        "POST",
        f"{WORKSPACE}/track",
        "restore.track",
        "Bring external data into the workspace",
        answer=tasks.Task,
        request=restore.TrackRequest,
        status=202,
    ),
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
    # History
    Route(
        "GET",
        "projects/{project}/commits",
        "commits.history",
        "The timeline: commits newest first, filtered, with their sessions",
        answer=commits.HistoryPage,
        query=commits.HistoryQuery,
    ),
    Route(
        "GET",
        COMMIT,
        "commits.detail",
        "A commit with its changed files",
        answer=commits.CommitDetail,
        query=commits.CommitDetailQuery,
    ),
    Route(
        "GET",
        f"{COMMIT}/changes",
        "commits.changes",
        "Changed files of a commit against its first parent",
        answer=commits.ChangePage,
        query=PageQuery,
    ),
    Route(
        "GET",
        f"{COMMIT}/tree",
        "trees.tree",
        "A directory of a commit, or a search below it",
        answer=trees.TreePage,
        query=trees.TreeQuery,
    ),
    Route(
        "GET",
        f"{COMMIT}/content",
        "trees.content",
        "Bytes of a file at a commit; ranges and ETag",
        query=trees.ContentQuery,
        media="bytes",
    ),
    Route(
        "GET",
        f"{COMMIT}/contents",
        "trees.contents",
        "A file, notebook or directory of a commit in the shape of Lab's contents API",
        answer=trees.ContentsModel,
        query=trees.ContentsQuery,
    ),
    # Differences
    Route(
        "GET",
        "projects/{project}/diff",
        "diffs.page",
        "Changed files between two commits, or a commit and the working directory",
        answer=diffs.DiffPage,
        query=diffs.DiffQuery,
    ),
    Route(
        "GET",
        "projects/{project}/diff/file",
        "diffs.file",
        "The difference of one file: both sides, unified text",
        answer=diffs.FileDiff,
        query=diffs.FileDiffQuery,
    ),
    Route(
        "GET",
        "projects/{project}/diff/notebook",
        "diffs.notebook",
        "The difference of one notebook, for nbdime's viewer",
        answer=diffs.NotebookDiff,
        query=diffs.FileDiffQuery,
    ),
    Route(
        "GET",
        "projects/{project}/diff/table",
        "diffs.table",
        "Changed cells of one CSV or TSV file",
        answer=diffs.TableDiff,
        query=diffs.TableDiffQuery,
    ),
    # Branches
    Route(
        "GET",
        "projects/{project}/branches",
        "branches.page",
        "Branches",
        answer=branches.BranchPage,
        query=PageQuery,
    ),
    Route(
        "POST",
        "projects/{project}/branches",
        "branches.create",
        "Create a branch from any commit",
        answer=branches.Branch,
        request=branches.CreateBranch,
        status=201,
    ),
    Route(
        "PATCH",
        "projects/{project}/branches/{branch}",
        "branches.rename",
        "Rename a branch",
        answer=branches.Branch,
        request=branches.RenameBranch,
    ),
    Route(
        "DELETE",
        "projects/{project}/branches/{branch}",
        "branches.delete",
        "Delete a branch; its commits stay reachable by id",
        status=204,
        media="none",
    ),
    # Tags
    Route("GET", "projects/{project}/tags", "tags.page", "Tags", answer=tags.TagPage, query=PageQuery),
    Route(
        "POST",
        "projects/{project}/tags",
        "tags.create",
        "Tag a commit",
        answer=tags.Tag,
        request=tags.CreateTag,
        status=201,
    ),
    Route(
        "DELETE",
        "projects/{project}/tags/{tag}",
        "tags.delete",
        "Delete a tag; its commit stays",
        status=204,
        media="none",
    ),
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
