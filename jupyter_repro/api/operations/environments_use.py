"""Which environment a workspace or project uses; the environment of a commit brought back."""

from __future__ import annotations

from jupyter_repro.api.calls import Call
from jupyter_repro.api.environment_translate import definition_of
from jupyter_repro.api.environment_use import project_environments, selection_of
from jupyter_repro.api.operations.environments_revisions import revision_named
from jupyter_repro.api.operations.tasks import task_of
from jupyter_repro.api.schemas.environments_discovery import Discovered, DiscoveredList
from jupyter_repro.api.schemas.environments_use import (
    ProjectEnvironments,
    ProjectEnvironmentsChange,
    RestoreEnvironmentRequest,
    SelectEnvironment,
    Selection,
)
from jupyter_repro.api.schemas.tasks import Task
from jupyter_repro.errors import EnvironmentNotReady, EnvironmentUnknown
from jupyter_repro.verbs import environments as verbs
from jupyter_repro.verbs.environments.overview import free_name
from jupyter_repro.verbs.environments.project_choice import choose_for_project
from jupyter_repro.verbs.environments.restricting import restrict
from jupyter_repro.workspace import WorkspaceState

HOST = "host"
"""Stands for no environment of ours, where one is named."""


def selection(call: Call) -> Selection:
    """What the kernels of a workspace run in."""
    call.services.libraries.open_soon(call.services.owner_of(call.user), call.groups)
    with call.services.rooms.workspace(call["workspace"]) as room:
        return selection_of(room.opened)


async def select(call: Call) -> Task:
    """Choose it."""
    body = call.sent(SelectEnvironment)
    host = body.environment in (None, HOST)

    def look() -> tuple[WorkspaceState, str]:
        state = call.services.rooms.state_of(call["workspace"])
        if body.environment is None or host:
            return state, ""
        with call.library() as library:
            # What cannot be is said at once; what happens meanwhile ends the task.
            record = library.seen(body.environment)
            good = {build.number for build in library.catalog.environments.builds(record.id, state="ready")}
            if body.revision is not None:
                revision_named(library, record, str(body.revision))
            if (body.revision or record.active) not in good:
                which = f"Revision {body.revision} of {record.name!r}" if body.revision else f"{record.name!r}"
                raise EnvironmentNotReady(f"{which} has no build that worked yet: build it first.")
            return state, record.id

    state, environment = await call.services.in_thread(look)
    record = call.services.tasks.submit(
        "use-environment",
        "Use no environment" if host else "Use an environment",
        {
            **call.order(state),
            **call.environment_order(),
            "environment": environment,
            "revision": None if host else body.revision,
        },
        project=state.project,
        workspace=state.workspace,
    )
    return task_of(record)


async def restore(call: Call) -> Task:
    """Use the software of a past commit."""
    body = call.sent(RestoreEnvironmentRequest)

    def look() -> tuple[WorkspaceState, str]:
        with call.services.rooms.workspace(call["workspace"]) as room:
            found = room.opened.resolve(body.commit)
            if not found.environment.lock:
                raise EnvironmentUnknown(
                    f"Commit {found.id[:12]} was made in software that no environment of jupyter-repro had installed, "
                    "so it cannot be brought back. Its list of packages says what it was."
                )
            return room.opened.workspace.state, found.id

    state, commit = await call.services.in_thread(look)
    record = call.services.tasks.submit(
        "restore-environment",
        f"Restore the environment of {commit[:8]}",
        {**call.order(state), **call.environment_order(), "commit": commit},
        project=state.project,
        workspace=state.workspace,
    )
    return task_of(record)


def discovered(call: Call) -> DiscoveredList:
    """Files of a workspace that ask for software."""
    with call.services.rooms.workspace(call["workspace"]) as room:
        found = verbs.discovered(room.opened)
        project = room.opened.project.name
    with call.library() as library:
        name = free_name(library, project)
    return DiscoveredList(
        files=[
            Discovered(
                path=one.path,
                engine=one.engine,
                requirements=one.requirements,
                definition=None if one.definition is None else definition_of(one.definition),
                problem=one.problem or None,
                name=name,
            )
            for one in found
        ]
    )


def project(call: Call) -> ProjectEnvironments:
    """What the workspaces of a project are to use."""
    with call.services.rooms.project(call["project"]) as room, call.library() as library:
        return project_environments(room.opened, library)


async def change_project(call: Call) -> ProjectEnvironments:
    """Say what the workspaces of a project are to use."""
    body = call.sent(ProjectEnvironmentsChange)

    def work() -> ProjectEnvironments:
        with call.services.rooms.project(call["project"]) as room, call.library() as library:
            if body.marked is not None:
                restrict(room.opened, library, [(one.environment, one.revision) for one in body.marked])
            if body.choice is not None:
                host = body.choice.environment in (None, HOST)
                choose_for_project(
                    room.opened, library, None if host else body.choice.environment, body.choice.revision
                )
            return project_environments(room.opened, library)

    done = await call.services.in_thread(work)
    call.services.notifier.environment_changed("project", None, project=done.project)
    return done
