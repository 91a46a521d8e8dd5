"""Every error of the project: one hierarchy, and one table of stable codes.

Each class knows three things: the stable ``code`` that machines match on, the HTTP ``status`` the API
answers with, and the process ``exit_code``. The message of an instance says what happened, to which
thing, and what the user can do; it is written where the error is raised.
"""

from __future__ import annotations

from collections.abc import Iterator


class ReproError(Exception):
    """Root of the hierarchy. ``str(error)`` is one plain sentence for the user."""

    code = "error"
    status = 500
    exit_code = 1


class InvalidRequest(ReproError):
    """An argument that cannot be meant: a bad name, a bad time, a bad combination."""

    code = "invalid_request"
    status = 400
    exit_code = 2


class NotPossible(ReproError):
    """Something that can be meant but not be done as things are: a file in the way, a source that is not there."""

    code = "not_possible"
    status = 409


class NotAWorkspace(ReproError):
    """No workspace at or above the directory."""

    code = "not_a_workspace"
    status = 404


class AlreadyAWorkspace(ReproError):
    """The directory is protected already."""

    code = "already_a_workspace"
    status = 409


class WorkspaceMoved(ReproError):
    """The folder was moved or copied: the user says which."""

    code = "workspace_moved"
    status = 409


class WorkspaceBusy(ReproError):
    """Another process works in the workspace and did not finish in time."""

    code = "workspace_busy"
    status = 409


class DestinationNotEmpty(ReproError):
    """Recreate was pointed at something that is in the way."""

    code = "destination_not_empty"
    status = 409


class ProjectNotFound(ReproError):
    """No project of that name or id in the catalogue."""

    code = "project_not_found"
    status = 404


class WorkspaceNotFound(ReproError):
    """No workspace of that id in the catalogue."""

    code = "workspace_not_found"
    status = 404


class CommitNotFound(ReproError):
    """No commit answers to the revision name."""

    code = "commit_not_found"
    status = 404


class AmbiguousCommit(ReproError):
    """More than one commit begins with the prefix."""

    code = "ambiguous_commit"
    status = 400


class PathNotFound(ReproError):
    """The commit has no such path."""

    code = "path_not_found"
    status = 404


class BranchNotFound(ReproError):
    """No branch of that name."""

    code = "branch_not_found"
    status = 404


class BranchExists(ReproError):
    """The branch name is taken."""

    code = "branch_exists"
    status = 409


class BranchHeld(ReproError):
    """Another workspace holds the branch."""

    code = "branch_held"
    status = 409


class BranchMoved(ReproError):
    """The branch moved while the operation was under way."""

    code = "branch_moved"
    status = 409


class TagNotFound(ReproError):
    """No tag of that name."""

    code = "tag_not_found"
    status = 404


class TagExists(ReproError):
    """The tag name is taken; a tag never moves."""

    code = "tag_exists"
    status = 409


class UnreadableFile(ReproError):
    """A file of the workspace could not be read."""

    code = "unreadable_file"
    status = 409


class HostilePath(ReproError):
    """A path that would leave its root, or that no file system should be given."""

    code = "hostile_path"
    status = 400


class CannotSave(ReproError):
    """Something would be overwritten that could not be saved first, so nothing was done."""

    code = "cannot_save"
    status = 409


class StoreError(ReproError):
    """The blob store failed."""

    code = "store_error"
    status = 502


class StoreNotFound(StoreError):
    """There is no store at the URL."""

    code = "store_not_found"
    status = 404


class StoreUnsuitable(StoreError):
    """The store overwrites where it was asked not to, or speaks an unknown format."""

    code = "store_unsuitable"
    status = 400


class StoreUnreachable(StoreError):
    """The store did not answer after the retries."""

    code = "store_unreachable"
    status = 503


class StoreFull(StoreError):
    """No space left where the store lives."""

    code = "store_full"
    status = 507


class BlobMissing(StoreError):
    """An object that a commit needs is not in the store."""

    code = "blob_missing"
    status = 410


class BlobCorrupt(StoreError):
    """Bytes in the store do not hash to their name."""

    code = "blob_corrupt"
    status = 500


class Purged(ReproError):
    """The content was removed for ever by an audited purge."""

    code = "purged"
    status = 410


class PurgedContent(ReproError):
    """A checkpoint or import holds content that was purged and not allowed again."""

    code = "purged_content"
    status = 409


class Cancelled(ReproError):
    """The user stopped a long operation; everything before it is whole."""

    code = "cancelled"
    status = 409
    exit_code = 130


class InvalidConfiguration(ReproError):
    """A setting or configuration file that cannot be read."""

    code = "invalid_configuration"
    status = 400


class MissingTool(ReproError):
    """A program that the operation needs (git, for instance) is not on this machine."""

    code = "missing_tool"
    status = 501


class ProjectExists(ReproError):
    """The project's name or id is taken in the catalogue."""

    code = "project_exists"
    status = 409


class AmbiguousProject(ReproError):
    """More than one project begins with the prefix."""

    code = "ambiguous_project"
    status = 400


class SessionNotFound(ReproError):
    """No session of that id in the catalogue."""

    code = "session_not_found"
    status = 404


class CatalogUnusable(ReproError):
    """The catalogue is busy, damaged, full or of a newer version; the histories themselves are not touched."""

    code = "catalog_unusable"
    status = 503


class EnvironmentUnknown(ReproError):
    """Nothing is known of the software of a commit or workspace."""

    code = "environment_unknown"
    status = 404


class EnvironmentNotFound(ReproError):
    """No environment, revision or build of that name that the user may see."""

    code = "environment_not_found"
    status = 404


class EnvironmentExists(ReproError):
    """The name of an environment is taken."""

    code = "environment_exists"
    status = 409


class EnvironmentForbidden(ReproError):
    """The environment belongs to somebody else."""

    code = "environment_forbidden"
    status = 403


class InvalidDefinition(InvalidRequest):
    """A definition of an environment that cannot be meant."""

    code = "invalid_definition"


class BuildFailed(ReproError):
    """An environment could not be resolved or installed; the active revision is as it was."""

    code = "build_failed"
    status = 422


class EnvironmentNotReady(ReproError):
    """No revision that was built can be used."""

    code = "environment_not_ready"
    status = 409


def all_errors(root: type[ReproError] = ReproError) -> Iterator[type[ReproError]]:
    """Every error class of the project, parents before children."""
    yield root
    for child in root.__subclasses__():
        yield from all_errors(child)
