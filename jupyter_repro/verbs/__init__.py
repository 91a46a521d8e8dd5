"""The verbs: one function for each thing that can be done, and the public Python API.

A verb opens what it needs, calls the rooms below (workspace, history, store, catalogue), and writes down
what it did. The command line and the server call verbs and nothing deeper.
"""

from __future__ import annotations

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
from jupyter_repro.verbs.opened import Opened, OpenedProject, Project, open_project, open_workspace
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
