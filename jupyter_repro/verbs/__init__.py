"""The verbs: one function for each thing that can be done, and the public Python API.

A verb opens what it needs, calls the rooms below (workspace, history, store, catalogue), and writes down
what it did. The command line and the server call verbs and nothing deeper.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_repro.history.thin import Retention, Thinned
    from jupyter_repro.verbs.branches import Branch, branches, create_branch, delete_branch, rename_branch
    from jupyter_repro.verbs.cat import cat
    from jupyter_repro.verbs.changes import Change
    from jupyter_repro.verbs.checkpoint import checkpoint
    from jupyter_repro.verbs.diff import diff, text_diff
    from jupyter_repro.verbs.du import PathUse, Use, du
    from jupyter_repro.verbs.export import Exported, Imported, export_project, import_project
    from jupyter_repro.verbs.export_git import GitExported, export_git
    from jupyter_repro.verbs.gc import gc
    from jupyter_repro.verbs.import_git import GitImported, import_git
    from jupyter_repro.verbs.init import Initialized, init
    from jupyter_repro.verbs.listing import SessionSummary, WorkspacePlace, projects, sessions, workspaces
    from jupyter_repro.verbs.log import log
    from jupyter_repro.verbs.ls import Listed, ls
    from jupyter_repro.verbs.opened import Opened, OpenedProject, open_project, open_workspace
    from jupyter_repro.verbs.purge import PurgeResult, allow_again, purge
    from jupyter_repro.verbs.purge import plan as plan_purge
    from jupyter_repro.verbs.rebuild import Rebuilt, rebuild
    from jupyter_repro.verbs.recreate import Recreated, recreate
    from jupyter_repro.verbs.restore import restore
    from jupyter_repro.verbs.show import Shown, show
    from jupyter_repro.verbs.status import status
    from jupyter_repro.verbs.switch import switch
    from jupyter_repro.verbs.tags import Tag, create_tag, delete_tag, tags
    from jupyter_repro.verbs.thin import thin
    from jupyter_repro.verbs.track import Tracked, track
    from jupyter_repro.verbs.verify import verify
    from jupyter_repro.workspace.projects import Project

_PLACES = {
    "Branch": "jupyter_repro.verbs.branches",
    "Change": "jupyter_repro.verbs.changes",
    "Exported": "jupyter_repro.verbs.export",
    "GitExported": "jupyter_repro.verbs.export_git",
    "GitImported": "jupyter_repro.verbs.import_git",
    "Imported": "jupyter_repro.verbs.export",
    "Initialized": "jupyter_repro.verbs.init",
    "Listed": "jupyter_repro.verbs.ls",
    "Opened": "jupyter_repro.verbs.opened",
    "OpenedProject": "jupyter_repro.verbs.opened",
    "PathUse": "jupyter_repro.verbs.du",
    "Project": "jupyter_repro.workspace.projects",
    "PurgeResult": "jupyter_repro.verbs.purge",
    "Rebuilt": "jupyter_repro.verbs.rebuild",
    "Recreated": "jupyter_repro.verbs.recreate",
    "Retention": "jupyter_repro.history.thin",
    "SessionSummary": "jupyter_repro.verbs.listing",
    "Shown": "jupyter_repro.verbs.show",
    "Tag": "jupyter_repro.verbs.tags",
    "Thinned": "jupyter_repro.history.thin",
    "Tracked": "jupyter_repro.verbs.track",
    "Use": "jupyter_repro.verbs.du",
    "WorkspacePlace": "jupyter_repro.verbs.listing",
    "allow_again": "jupyter_repro.verbs.purge",
    "branches": "jupyter_repro.verbs.branches",
    "cat": "jupyter_repro.verbs.cat",
    "checkpoint": "jupyter_repro.verbs.checkpoint",
    "create_branch": "jupyter_repro.verbs.branches",
    "create_tag": "jupyter_repro.verbs.tags",
    "delete_branch": "jupyter_repro.verbs.branches",
    "delete_tag": "jupyter_repro.verbs.tags",
    "diff": "jupyter_repro.verbs.diff",
    "du": "jupyter_repro.verbs.du",
    "export_git": "jupyter_repro.verbs.export_git",
    "export_project": "jupyter_repro.verbs.export",
    "gc": "jupyter_repro.verbs.gc",
    "import_git": "jupyter_repro.verbs.import_git",
    "import_project": "jupyter_repro.verbs.export",
    "init": "jupyter_repro.verbs.init",
    "log": "jupyter_repro.verbs.log",
    "ls": "jupyter_repro.verbs.ls",
    "open_project": "jupyter_repro.verbs.opened",
    "open_workspace": "jupyter_repro.verbs.opened",
    "plan_purge": "jupyter_repro.verbs.purge:plan",
    "projects": "jupyter_repro.verbs.listing",
    "purge": "jupyter_repro.verbs.purge",
    "rebuild": "jupyter_repro.verbs.rebuild",
    "recreate": "jupyter_repro.verbs.recreate",
    "rename_branch": "jupyter_repro.verbs.branches",
    "restore": "jupyter_repro.verbs.restore",
    "sessions": "jupyter_repro.verbs.listing",
    "show": "jupyter_repro.verbs.show",
    "status": "jupyter_repro.verbs.status",
    "switch": "jupyter_repro.verbs.switch",
    "tags": "jupyter_repro.verbs.tags",
    "text_diff": "jupyter_repro.verbs.diff",
    "thin": "jupyter_repro.verbs.thin",
    "track": "jupyter_repro.verbs.track",
    "verify": "jupyter_repro.verbs.verify",
    "workspaces": "jupyter_repro.verbs.listing",
}
"""Where each name is: imported on first use, so that a command pays only for the verbs it calls."""

__all__ = [
    "Branch",
    "Change",
    "Exported",
    "GitExported",
    "GitImported",
    "Imported",
    "Initialized",
    "Listed",
    "Opened",
    "OpenedProject",
    "PathUse",
    "Project",
    "PurgeResult",
    "Rebuilt",
    "Recreated",
    "Retention",
    "SessionSummary",
    "Shown",
    "Tag",
    "Thinned",
    "Tracked",
    "Use",
    "WorkspacePlace",
    "allow_again",
    "branches",
    "cat",
    "checkpoint",
    "create_branch",
    "create_tag",
    "delete_branch",
    "delete_tag",
    "diff",
    "du",
    "export_git",
    "export_project",
    "gc",
    "import_git",
    "import_project",
    "init",
    "log",
    "ls",
    "open_project",
    "open_workspace",
    "plan_purge",
    "projects",
    "purge",
    "rebuild",
    "recreate",
    "rename_branch",
    "restore",
    "sessions",
    "show",
    "status",
    "switch",
    "tags",
    "text_diff",
    "thin",
    "track",
    "verify",
    "workspaces",
]


def __getattr__(name: str) -> object:
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, original = place.partition(":")
    found: object = getattr(importlib.import_module(module), original or name)
    globals()[name] = found
    return found


class _Verbs(ModuleType):
    """A verb and the file it is in have one name; the package answers to it with the verb, also after
    Python has bound the file's module to it."""

    def __setattr__(self, name: str, value: object) -> None:
        if isinstance(value, ModuleType) and name in _PLACES:
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Verbs
