"""The list of commands, with what ``--help`` says of each. Kept here so that listing them imports none of them."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """A command: its name, the module of this package that holds it, and its help in one line."""

    name: str
    module: str
    help: str


SECTIONS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "Every day",
        (
            Entry("init", "init", "Protect a directory."),
            Entry("checkpoint", "checkpoint", "Keep the whole directory as it is now."),
            Entry("status", "status", "Show what has changed since the last checkpoint."),
            Entry("log", "log", "List the checkpoints, newest first."),
            Entry("restore", "restore", "Put files back as they were in a commit."),
            Entry("recreate", "recreate", "Make a new workspace from a commit."),
        ),
    ),
    (
        "Look into the past",
        (
            Entry("show", "show", "Tell everything about one commit."),
            Entry("ls", "ls", "List the files of a commit."),
            Entry("cat", "cat", "Print one file of a commit."),
            Entry("diff", "diff", "Compare two commits, or one with the directory."),
        ),
    ),
    (
        "Names and places",
        (
            Entry("branch", "branch", "List, create, rename or delete branches."),
            Entry("switch", "switch", "Put the directory on another branch."),
            Entry("tag", "tag", "List, create or delete tags."),
            Entry("projects", "projects", "List the projects of this machine."),
            Entry("workspaces", "workspaces", "List the protected directories of this machine."),
            Entry("sessions", "sessions", "List the sessions in which checkpoints were made."),
        ),
    ),
    (
        "Software",
        (Entry("env", "env", "List, make, choose and compare environments."),),
    ),
    (
        "Data in and out",
        (
            Entry("track", "track", "Bring in external data and record where it came from."),
            Entry("export", "export", "Write a whole project into one portable file."),
            Entry("import", "import_project", "Bring in a project from a file made by export."),
            Entry("import-git", "import_git", "Bring in the history of a git repository."),
            Entry("export-git", "export_git", "Write the history into a git repository."),
        ),
    ),
    (
        "Space and safety",
        (
            Entry("du", "du", "Show what takes the space, and since which commit."),
            Entry("verify", "verify", "Read everything stored and check it."),
            Entry("gc", "gc", "Free the space of what nothing refers to."),
            Entry("thin", "thin", "Drop the content of old automatic checkpoints."),
            Entry("purge", "purge", "Remove a path's content from all history, for ever."),
            Entry("audit", "audit", "List what was done to the project, and by whom."),
            Entry("rebuild", "rebuild", "Make the index and the catalogue again from the store."),
            Entry("completion", "completion", "Let the shell complete commands, branches and paths."),
        ),
    ),
)

COMMANDS: dict[str, Entry] = {entry.name: entry for _, entries in SECTIONS for entry in entries}
