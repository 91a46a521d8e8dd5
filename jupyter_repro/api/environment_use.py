"""What a workspace or project uses, as it travels: for operations and for the jobs of worker processes."""

from __future__ import annotations

import os

from jupyter_repro.api.schemas.environments_use import MarkedRevision, ProjectEnvironments, Selection, Used
from jupyter_repro.environments.choices import read_active, read_choice
from jupyter_repro.environments.installed import image_of
from jupyter_repro.verbs import Opened, OpenedProject
from jupyter_repro.verbs.environments import Library, used
from jupyter_repro.verbs.environments.kernels import no_kernel
from jupyter_repro.verbs.environments.project_choice import project_choice
from jupyter_repro.verbs.environments.restricting import allowed, refused


def selection_of(opened: Opened) -> Selection:
    """What the kernels of a workspace run in."""
    found = used(opened)
    wanted = project_choice(opened)
    told = None
    if found is not None:
        root = opened.data.root / "environments"
        choice = read_choice(root, opened.workspace.directory)
        active = read_active(root, found.environment) if found.pinned and found.environment else None
        told = Used(
            environment=found.environment or None,
            name=choice[0].name if choice else found.label,
            revision=found.number,
            label=found.label,
            applied=found.applied or None,
            pinned=found.pinned,
            kernel=found.kernel,
            interpreter=found.interpreter,
            # Whether an image is there only its engine knows, and this is asked too often to ask that.
            installed=bool(image_of(found.interpreter)) or os.access(found.interpreter, os.X_OK),
            newer=active.number if active is not None and active.number != found.number else None,
        )
    of_project = wanted is not None and told is not None and wanted.matches(told.name, told.revision, told.pinned)
    label = refused(opened)
    problem = f"The project does not allow {label}: choose a revision that is marked for it." if label else None
    if problem is None and found is not None:
        problem = no_kernel(found) or None
    return Selection(
        workspace=opened.workspace.state.workspace,
        project=opened.project.id,
        used=told,
        source="host" if told is None else "project" if of_project else "workspace",
        problem=problem,
    )


def project_environments(opened: OpenedProject, library: Library) -> ProjectEnvironments:
    """What the workspaces of a project are to use."""
    wanted = project_choice(opened)
    marked = allowed(opened)
    here: dict[tuple[str, int, str], str] = {}
    if marked:
        for record in library.catalog.environments.all(archived=True):
            if library.may_see(record):
                for revision in library.catalog.environments.revisions(record.id):
                    here.setdefault((record.name, revision.number, revision.definition), record.id)
    return ProjectEnvironments(
        project=opened.project.id,
        environment=None if wanted is None else wanted.name,
        revision=None if wanted is None else wanted.number,
        marked=[
            MarkedRevision(
                name=one.name,
                revision=one.number,
                definition=one.definition,
                environment=here.get((one.name, one.number, one.definition)),
            )
            for one in marked
        ],
    )
