"""Where the server is, the workspaces, their state, and protecting a directory."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

import jupyter_repro
from jupyter_repro import verbs
from jupyter_repro.api.calls import Call
from jupyter_repro.api.operations.projects import project_of
from jupyter_repro.api.operations.tasks import task_of
from jupyter_repro.api.paging import page_by_key
from jupyter_repro.api.schemas.base import MOST_LISTED
from jupyter_repro.api.schemas.commits import Change, EnvironmentLabel
from jupyter_repro.api.schemas.page import PageQuery
from jupyter_repro.api.schemas.sessions import Session
from jupyter_repro.api.schemas.workspaces import (
    ChangedCounts,
    Here,
    HereQuery,
    Protected,
    ProtectRequest,
    StateQuery,
    StatusPage,
    StatusQuery,
    Workspace,
    WorkspacePage,
    WorkspaceState,
)
from jupyter_repro.api.translate import Commits, time_of
from jupyter_repro.errors import NotAWorkspace, ReproError
from jupyter_repro.history import Commit as HistoryCommit
from jupyter_repro.history import Session as HistorySession
from jupyter_repro.verbs import Opened, environments
from jupyter_repro.verbs.opened import known_projects
from jupyter_repro.workspace import Status, find_root
from jupyter_repro.workspace import WorkspaceState as StoredState


async def here(call: Call) -> Here:
    """What the plugin asks first."""
    query = call.asked(HereQuery)
    services = call.services
    directory = services.place.inside(query.directory)
    found = await services.in_thread(_look, call, directory)
    state = await _state(call, found.workspace, query.changes) if found.workspace else None
    return Here(
        version=jupyter_repro.__version__,
        user=call.author,
        directory=directory,
        server_path=services.place.server_path(directory),
        protected=found.protected,
        can_protect=found.can_protect,
        problem=None if found.problem is None else str(found.problem),
        problem_code=None if found.problem is None else found.problem.code,
        state=state,
    )


def page(call: Call) -> WorkspacePage:
    """Workspaces of this machine, the server's own first."""
    query = call.asked(PageQuery)
    rooms = call.services.rooms
    names = {project.id: project.name for project in known_projects(rooms.configuration.data_directory)}
    current = call.services.current_workspace()
    found, more = page_by_key(
        sorted(rooms.states(), key=lambda state: _key(state, current)),
        lambda state: _key(state, current),
        query.cursor,
        query.limit,
    )
    return WorkspacePage(
        items=[_workspace(call, state, names.get(state.project, state.project), current) for state in found], next=more
    )


async def state(call: Call) -> WorkspaceState:
    """Header of the sidebar."""
    return await _state(call, call["workspace"], call.asked(StateQuery).changes)


def status(call: Call) -> StatusPage:
    """Changed files of the working directory."""
    query = call.asked(StatusQuery)
    with call.services.rooms.workspace(call["workspace"]) as room:
        opened = room.opened
        if query.ignored:
            found = verbs.status(opened, ignored=True)
        else:
            found = _status(call, opened)
        since = opened.workspace.base
    shown, more = page_by_key(_changes(found), lambda change: change.path, query.cursor, query.limit)
    return StatusPage(
        items=shown,
        next=more,
        branch=found.branch,
        commit=found.commit,
        counts=_counts(found, since.time if since else None),
        ignored=[path for path, _ in found.ignored[:MOST_LISTED]],
    )


async def protect(call: Call) -> Protected:
    """Make a directory a workspace, and begin its first checkpoint."""
    body = call.sent(ProtectRequest)
    services = call.services
    directory = services.place.inside(body.directory)
    store = body.store if body.store is None or "://" in body.store else services.place.anywhere(body.store)
    made = await services.in_thread(
        verbs.init, directory, project=body.project, store=store, configuration=services.configuration
    )
    stored = await services.in_thread(services.rooms.state_of, made.workspace)
    services.lifecycle.attend(stored)
    task = None
    if body.checkpoint:
        record = services.tasks.submit(
            "checkpoint",
            "First checkpoint",
            {**call.order(stored), "message": "First checkpoint"},
            project=stored.project,
            workspace=stored.workspace,
        )
        task = task_of(record)
    return Protected(state=await _state(call, made.workspace, False), task=task)


@dataclass(frozen=True, slots=True)
class _Found:
    protected: bool
    can_protect: bool = False
    workspace: str | None = None
    problem: ReproError | None = None


def _look(call: Call, directory: str) -> _Found:
    try:
        return _Found(True, workspace=call.services.rooms.state_at(directory).workspace)
    except NotAWorkspace as error:
        try:
            find_root(Path(directory))
        except NotAWorkspace:
            return _unprotected(call, directory)
        # The marker of a workspace that this data directory does not know.
        return _Found(True, problem=error)
    except ReproError as error:
        return _Found(True, problem=error)


def _unprotected(call: Call, directory: str) -> _Found:
    """A directory without a marker; whoever lost a workspace there is told that its history is not lost."""
    rooms = call.services.rooms
    is_there = os.path.isdir(directory)
    can_protect = is_there and os.access(directory, os.W_OK | os.X_OK)
    lost = next((state for state in rooms.states() if state.path == directory), None)
    if lost is None:
        return _Found(False, can_protect)
    projects = known_projects(rooms.configuration.data_directory)
    name = next((project.name for project in projects if project.id == lost.project), lost.project)
    if is_there:
        return _Found(
            False,
            can_protect,
            problem=NotAWorkspace(
                f"This folder was a workspace of project {name!r}, and its marker .repro is gone. Nothing of the "
                f"history is lost: protect it with {name!r} as the project to go on."
            ),
        )
    command = shlex.join(["jupyter-repro", "recreate", lost.branch, directory, "--project", name])
    return _Found(
        True,
        problem=NotAWorkspace(
            f"The folder {directory} is gone. Nothing of its history is lost: {command} brings back the newest "
            "checkpoint."
        ),
    )


async def _state(call: Call, workspace: str, changes: bool) -> WorkspaceState:
    services = call.services
    session = None
    known = await services.in_thread(services.rooms.state_of, workspace)
    if (found := services.lifecycle.session_in(known.workspace)) is not None:
        session = found
    made = await services.in_thread(_state_now, call, known.workspace, changes, session)
    # A recreate or purge belongs to the project alone. Nobody waits for an index, and nothing waits for it.
    tasks = [
        task_of(record)
        for record in services.tasks.active()
        if record.workspace == known.workspace
        or (record.workspace is None and record.project == known.project and record.kind != "index")
    ]
    return made.model_copy(update={"tasks": tasks})


def _state_now(call: Call, workspace: str, changes: bool, session: HistorySession | None) -> WorkspaceState:
    services = call.services
    with services.rooms.workspace(workspace) as room:
        opened = room.opened
        stored = opened.workspace.state
        base = opened.workspace.base
        workspaces = sum(each.project == stored.project for each in services.rooms.states())
        row = Commits(opened.repository, call.author).row(base) if base else None
        count = room.timeline.sessions(session.start).get(session.id) if session else None
        return WorkspaceState(
            workspace=_workspace(call, stored, opened.project.name, services.current_workspace()),
            project=project_of(opened.data, opened.project, len(opened.repository.branches), workspaces),
            branch=stored.branch,
            commit=row,
            changed=_counts(_status(call, opened), base.time if base else None) if changes else None,
            session=_session(session, stored.workspace, count.commits if count else 0, call) if session else None,
            tasks=[],
            environment=_environment(opened, base),
            notice=_notice(opened),
        )


def _environment(opened: Opened, base: HistoryCommit | None) -> EnvironmentLabel | None:
    # What new kernels run in, which the newest checkpoint may not have seen yet.
    found = environments.used(opened)
    if found is None:
        return None
    before = base.environment.label if base is not None else ""
    return EnvironmentLabel(
        name=found.name,
        revision=found.number,
        applied=found.applied or None,
        label=found.label,
        changed=before != found.label,
    )


def _status(call: Call, opened: Opened) -> Status:
    return call.services.answers.status_of(opened.workspace.state.workspace, lambda: verbs.status(opened))


def _session(session: HistorySession, workspace: str, commits: int, call: Call) -> Session:
    return Session(
        id=session.id,
        start=time_of(session.start),
        end=None,
        host=session.host,
        user=session.user,
        workspace=workspace,
        commits=commits,
        current=True,
        mine=session.user == call.author,
    )


def _notice(opened: Opened) -> str | None:
    if opened.workspace.journal_path.exists():
        return "A restore was interrupted. The next checkpoint finishes it, and keeps what is there now."
    return None


def _workspace(call: Call, state: StoredState, project: str, current: str | None) -> Workspace:
    return Workspace(
        id=state.workspace,
        project=state.project,
        project_name=project,
        branch=state.branch,
        path=state.path,
        server_path=call.services.place.server_path(state.path),
        exists=os.path.isdir(state.path),
        current=state.workspace == current,
    )


def _key(state: StoredState, current: str | None) -> str:
    return f"{0 if state.workspace == current else 1}{state.path}\0{state.workspace}"


def _changes(status: Status) -> list[Change]:
    found = [Change(path=path, change="added", old_path=None) for path in status.added]
    found += [Change(path=path, change="modified", old_path=None) for path in status.modified]
    found += [Change(path=path, change="deleted", old_path=None) for path in status.deleted]
    found += [Change(path=new, change="renamed", old_path=old) for old, new in status.renamed]
    return sorted(found, key=lambda change: change.path)


def _counts(status: Status, since: int | None) -> ChangedCounts:
    counts = [len(each) for each in (status.added, status.modified, status.deleted, status.renamed)]
    return ChangedCounts(
        added=counts[0],
        modified=counts[1],
        deleted=counts[2],
        renamed=counts[3],
        total=sum(counts),
        since=None if since is None else time_of(since),
    )
