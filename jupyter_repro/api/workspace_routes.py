"""The routes of workspaces and of what is done in them: a part of the table of ``routes``."""

from __future__ import annotations

from jupyter_repro.api.route import Route
from jupyter_repro.api.schemas import branches, commits, restore, tasks, trees, workspaces
from jupyter_repro.api.schemas.page import PageQuery

WORKSPACE = "workspaces/{workspace}"

WORKSPACE_ROUTES: tuple[Route, ...] = (
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
)
