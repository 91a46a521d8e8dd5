"""The verbs of environments: making, sharing, building, choosing, recording and comparing them."""

from __future__ import annotations

from jupyter_repro.environments.comparing import PackageChange
from jupyter_repro.environments.definitions import Definition
from jupyter_repro.environments.discovery import Discovered, definition_of_file
from jupyter_repro.environments.execution import Executed
from jupyter_repro.verbs.environments.bringing import Brought, restore_environment
from jupyter_repro.verbs.environments.building import (
    LogLine,
    activate,
    build,
    build_log,
    cancel,
    mark_dead_builds,
    search_logs,
)
from jupyter_repro.verbs.environments.changing import (
    RevisionComparison,
    archive,
    based_on,
    compare_revisions,
    create,
    describe_environment,
    duplicate,
    edit,
    set_default,
    share,
)
from jupyter_repro.verbs.environments.compare import Comparison, SoftwareBadge, compare, software_badges
from jupyter_repro.verbs.environments.executing import run_in_environment
from jupyter_repro.verbs.environments.library import (
    EnvironmentDetail,
    EnvironmentSummary,
    Library,
    Revision,
    revision_named,
)
from jupyter_repro.verbs.environments.likeness import Likeness, like
from jupyter_repro.verbs.environments.restricting import Allowed, allowed, restrict
from jupyter_repro.verbs.environments.snapshot import NOW, Snapshot, snapshot
from jupyter_repro.verbs.environments.using import (
    EnvironmentsCollected,
    Used,
    apply_project_files,
    collect_environments,
    discovered,
    stop_using,
    use,
    used,
)

__all__ = [
    "NOW",
    "Allowed",
    "Brought",
    "Comparison",
    "Definition",
    "Discovered",
    "EnvironmentDetail",
    "EnvironmentSummary",
    "EnvironmentsCollected",
    "Executed",
    "Library",
    "Likeness",
    "LogLine",
    "PackageChange",
    "Revision",
    "RevisionComparison",
    "Snapshot",
    "SoftwareBadge",
    "Used",
    "activate",
    "allowed",
    "apply_project_files",
    "archive",
    "based_on",
    "build",
    "build_log",
    "cancel",
    "collect_environments",
    "compare",
    "compare_revisions",
    "create",
    "definition_of_file",
    "describe_environment",
    "discovered",
    "duplicate",
    "edit",
    "like",
    "mark_dead_builds",
    "restore_environment",
    "restrict",
    "revision_named",
    "run_in_environment",
    "search_logs",
    "set_default",
    "share",
    "snapshot",
    "software_badges",
    "stop_using",
    "use",
    "used",
]
