"""The routes of the history (commits, their files, differences, branches, tags): a part of the table of ``routes``."""

from __future__ import annotations

from jupyter_repro.api.route import Route
from jupyter_repro.api.schemas import branches, commits, diffs, tags, trees
from jupyter_repro.api.schemas.page import PageQuery

COMMIT = "projects/{project}/commits/{commit}"

HISTORY_ROUTES: tuple[Route, ...] = (
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
)
