"""``import-git``: the history of a git repository becomes commits of a project."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from jupyter_repro.errors import MissingTool, NotPossible
from jupyter_repro.history.commits import FORMAT, StoredCommit, StoredSession, encode_commit
from jupyter_repro.history.revisions import check_name
from jupyter_repro.history.trees import EntryType, TreeEntry, encode_tree
from jupyter_repro.progress import OnProgress, Progress
from jupyter_repro.store import Batch, BranchMove, Changes, Head, Kind, TagMove, object_id
from jupyter_repro.store.chunks import chunk_sizes
from jupyter_repro.verbs.init import held_branches
from jupyter_repro.verbs.opened import OpenedProject
from jupyter_repro.verbs.recording import record
from jupyter_repro.workspace.checkpoint import count_changes, trees_of
from jupyter_repro.workspace.content import StoreSink

_BLOCK = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class GitImported:
    """How many commits were brought in, and the branches and tags that now point at them."""

    commits: int
    branches: tuple[str, ...]
    tags: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]


def import_git(
    opened: OpenedProject,
    repository: str | os.PathLike[str],
    *,
    prefix: str = "",
    on_progress: OnProgress | None = None,
) -> GitImported:
    """Bring every commit that the branches and tags of a local git ``repository`` reach into the project.

    Branches and tags keep their names, ``prefix`` before them; one that is taken, or a branch that a workspace holds,
    gets "-git" behind it.
    Files, exec bits, links, authors, times and messages are kept; the git id becomes the label
    "git_commit". Submodules are left out and named. Raises ``MissingTool`` or ``NotPossible``.
    """
    git = shutil.which("git")
    if git is None:
        raise MissingTool("git is not on this machine. Install it to bring in the history of a git repository.")
    place = os.path.abspath(repository)
    with _Git(git, place) as reader, opened.repository.store.batch() as batch:
        conversion = _Conversion(opened, reader, batch, prefix + reader.current())
        order = reader.commits()
        for number, name in enumerate(order):
            conversion.commit(name)
            if on_progress is not None and number % 16 == 0:
                on_progress(Progress("import", number, len(order)))
        branches, tags = reader.references()
        made: dict[str, tuple[str, ...]] = {}
        held = held_branches(opened.data, opened.project.id)

        def plan(head: Head) -> Changes:
            # A workspace's own branch is nobody else's, also before its first checkpoint.
            new_branches = _named(branches, prefix, {*head.branches, *held}, "branch")
            new_tags = _named(tags, prefix, set(head.tags), "tag")
            made["branches"], made["tags"] = tuple(new_branches), tuple(new_tags)
            return Changes(
                branches=tuple(BranchMove(n, None, conversion.known[c]) for n, c in new_branches.items()),
                tags=tuple(TagMove(n, None, conversion.known[c]) for n, c in new_tags.items()),
            )

        opened.repository.store.publish(plan, batch)
    record(opened, "import-git", place, commits=len(order))
    return GitImported(len(order), made["branches"], made["tags"], tuple(sorted(conversion.skipped.items())))


def _named(found: dict[str, str], prefix: str, taken: set[str], what: str) -> dict[str, str]:
    named: dict[str, str] = {}
    for name, commit in found.items():
        free = prefix + name
        while free in taken or free in named:
            free += "-git"
        named[check_name(free, what)] = commit
    return named


class _Git:
    """Reads objects of a git repository through one ``git cat-file --batch``."""

    def __init__(self, git: str, place: str) -> None:
        self._command = [git, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C", place]
        self._place = place
        self._text("rev-parse", "--git-dir")
        self._process = subprocess.Popen(
            [*self._command, "cat-file", "--batch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for us: git would be gone before we know why
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin: IO[bytes] = self._process.stdin
        self._stdout: IO[bytes] = self._process.stdout

    def __enter__(self) -> _Git:
        return self

    def __exit__(self, *_: object) -> None:
        self._stdin.close()
        self._stdout.close()
        self._process.wait()

    def _text(self, *arguments: str) -> str:
        done = subprocess.run([*self._command, *arguments], capture_output=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise NotPossible(
                f"{self._place} cannot be read as a git repository ({said[-1] if said else 'git failed'})."
            )
        return done.stdout.decode("utf-8", "surrogateescape")

    def commits(self) -> list[str]:
        """Ids of all commits, parents first."""
        return self._text("rev-list", "--topo-order", "--reverse", "--branches", "--tags", "--remotes").split()

    def current(self) -> str:
        """The branch that the repository is on; git does not keep on which one a commit was made."""
        try:
            return self._text("symbolic-ref", "--short", "HEAD").strip() or "main"
        except NotPossible:
            return "main"

    def references(self) -> tuple[dict[str, str], dict[str, str]]:
        """Branches and tags with the ids of their commits; remote branches only where there is no local one."""
        listing = self._text(
            "for-each-ref", "--format=%(refname) %(objectname) %(*objectname) %(objecttype) %(*objecttype)"
        )
        branches: dict[str, str] = {}
        tags: dict[str, str] = {}
        remote: dict[str, str] = {}
        for line in listing.splitlines():
            name, first, *rest = line.split(" ")
            target = first if rest[1] == "commit" else rest[0]
            if "commit" not in (rest[1], rest[2] if len(rest) > 2 else ""):
                continue
            if name.startswith("refs/heads/"):
                branches[name[11:]] = target
            elif name.startswith("refs/tags/"):
                tags[name[10:]] = target
            elif name.startswith("refs/remotes/") and not name.endswith("/HEAD"):
                remote[name[13:]] = target
        for name, target in remote.items():
            if name.partition("/")[2] not in branches:
                branches[name] = target
        return branches, tags

    def blocks(self, name: str) -> tuple[str, int, Iterator[bytes]]:
        """Type, size and content of an object; the blocks must be read to their end."""
        self._stdin.write(name.encode() + b"\n")
        self._stdin.flush()
        header = self._stdout.readline().decode().split()
        if len(header) != 3:
            raise NotPossible(f"Object {name} of {self._place} is missing: the git repository is not whole.")
        size = int(header[2])

        def read() -> Iterator[bytes]:
            left = size
            while left:
                block = self._stdout.read(min(left, _BLOCK))
                if not block:
                    raise NotPossible(f"git stopped while {self._place} was read.")
                left -= len(block)
                yield block
            self._stdout.read(1)

        return header[1], size, read()

    def whole(self, name: str) -> bytes:
        """The content of an object that fits into memory."""
        return b"".join(self.blocks(name)[2])


class _Conversion:
    """Turns git objects into ours, each once."""

    def __init__(self, opened: OpenedProject, git: _Git, batch: Batch, branch: str) -> None:
        self._branch = branch
        self._opened = opened
        self._git = git
        self._batch = batch
        self._sink = StoreSink(batch)
        self._get_tree = trees_of(opened.repository, batch)
        self._trees: dict[str, bytes] = {}
        self._files: dict[tuple[str, object], TreeEntry] = {}
        self._roots: dict[str, bytes] = {}
        self._times: dict[str, int] = {}
        self.known: dict[str, bytes] = {}
        self.skipped: dict[str, str] = {}

    def commit(self, name: str) -> None:
        """Convert one commit, whose parents were converted before."""
        head, _, message = self._git.whole(name).partition(b"\n\n")
        fields: dict[str, list[bytes]] = {}
        for line in head.split(b"\n"):
            key, _, value = line.partition(b" ")
            if key:
                fields.setdefault(key.decode("ascii", "replace"), []).append(value)
        parents = [parent.decode() for parent in fields.get("parent", [])]
        tree = self._tree(fields["tree"][0].decode(), b"")
        author, when = _signature(fields["author"][0])
        _, committed = _signature(fields["committer"][0])
        committed = max([committed, *(self._times[parent] + 1 for parent in parents)])
        old = self._roots[parents[0]] if parents else None
        added, modified, deleted = count_changes(self._get_tree, old, tree)
        session = StoredSession(f"git-{committed // 86_400_000_000}", committed, "git", author)
        stored = StoredCommit(
            format=FORMAT,
            tree=tree,
            parents=[self.known[parent] for parent in parents],
            branch=self._branch,
            author=author,
            time=committed,
            message=message.decode("utf-8", "replace").rstrip("\n"),
            kind="import",
            session=session,
            added=added,
            modified=modified,
            deleted=deleted,
            labels={"git_commit": name, "git_author_time": str(when)},
        )
        data = encode_commit(stored)
        self.known[name] = self._batch.put(Kind.COMMIT, data, object_id(data))
        self._roots[name] = tree
        self._times[name] = committed

    def _tree(self, name: str, path: bytes) -> bytes:
        done = self._trees.get(name)
        if done is not None:
            return done
        entries = []
        for mode, child, sha in _tree_entries(self._git.whole(name)):
            inner = path + b"/" + child if path else child
            if mode == b"40000":
                entries.append(TreeEntry(child, EntryType.DIRECTORY, 0o755, 0, self._tree(sha, inner)))
            elif mode == b"120000":
                target = self._git.whole(sha)
                entries.append(TreeEntry(child, EntryType.SYMLINK, 0o777, len(target), target))
            elif mode == b"160000":
                self.skipped[os.fsdecode(inner)] = "is a git submodule"
            else:
                file = self._file(sha, child)
                entries.append(file._replace(name=child, mode=0o755 if mode == b"100755" else 0o644))
        made = self._sink.tree(encode_tree(sorted(entries)))
        self._trees[name] = made
        return made

    def _file(self, sha: str, name: bytes) -> TreeEntry:
        # How a file is cut depends on its name, so the same blob may become two different entries.
        suffix = name.rpartition(b".")[2].lower()
        known = self._files.get((sha, suffix))
        if known is not None:
            return known
        _, size, blocks = self._git.blocks(sha)
        sizes = chunk_sizes(name, size)
        if sizes is None:
            data = b"".join(blocks)
            entry = TreeEntry(name, EntryType.FILE, 0o644, len(data), self._sink.small(data))
        else:
            content, recipe, read = self._sink.large(blocks, sizes)
            entry = TreeEntry(name, EntryType.FILE, 0o644, read, content, recipe)
        self._files[(sha, suffix)] = entry
        return entry


def _tree_entries(data: bytes) -> Iterator[tuple[bytes, bytes, str]]:
    width = 32 if _is_sha256(data) else 20
    at = 0
    while at < len(data):
        space = data.index(b" ", at)
        end = data.index(b"\0", space)
        yield data[at:space], data[space + 1 : end], data[end + 1 : end + 1 + width].hex()
        at = end + 1 + width


def _is_sha256(data: bytes) -> bool:
    """Whether a tree is of a repository that names objects with SHA-256: then the next mode stands 32 bytes on."""
    end = data.find(b"\0")
    after = data[end + 33 : end + 34]
    return end >= 0 and (
        len(data) == end + 33 or (after in (b"1", b"4") and data[end + 21 : end + 22] not in (b"1", b"4"))
    )


def _signature(value: bytes) -> tuple[str, int]:
    who, _, rest = value.rpartition(b"> ")
    seconds = rest.split(b" ")[0]
    return (who + b">").decode("utf-8", "replace"), int(seconds or b"0") * 1_000_000
