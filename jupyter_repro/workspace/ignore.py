"""Which files a checkpoint leaves out: built-in rules, ``.reproignore``, ``.dominoignore``, ``.gitignore``.

The patterns are git's, and nested files count as git counts them: the last line that matches decides, a
deeper file comes after a higher one, and nothing below an ignored directory is looked at. In one directory
``.reproignore`` comes after ``.dominoignore``, and that after ``.gitignore`` (read only where asked for). The
built-in rules come before all of them, so that a line such as ``!__pycache__/`` takes one back. What
belongs to this program itself (``.repro``) is always left out.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from jupyter_repro.errors import UnreadableFile
from jupyter_repro.workspace.patterns import Glob, Rule, parse_line, parse_lines

REPRO_FILE = b".reproignore"
DOMINO_FILE = b".dominoignore"
GIT_FILE = b".gitignore"

BUILT_IN: tuple[str, ...] = (
    # Version control has its own history; the state of a repository is noted in each commit.
    ".git",
    ".hg/",
    ".svn/",
    # What Jupyter, Python and their tools make again by themselves.
    ".ipynb_checkpoints/",
    "__pycache__/",
    ".mypy_cache/",
    ".pytest_cache/",
    ".ruff_cache/",
    ".tox/",
    ".nox/",
    ".venv/",
    ".cache/",
    # What jupyter-collaboration writes all the time while documents are open, and must not find replaced.
    ".jupyter_ystore.db*",
    "**/.jupyter/collaboration_sessions.json",
    # What editors, desktops and file systems leave beside files.
    ".*.swp",
    ".*.swo",
    "*~",
    "\\#*\\#",
    ".\\#*",
    ".~*",
    "~$*",
    ".DS_Store",
    "Thumbs.db",
    ".Trash-*/",
    ".nfs*",
    ".fuse_hidden*",
)
"""Patterns that hold in every workspace unless an ignore file takes them back."""

ALWAYS: tuple[str, ...] = (".repro", ".repro-tmp-*")
"""Patterns that no ignore file takes back: the marker, and files that a restore is writing."""

_ENVIRONMENTS = ((b"/pyvenv.cfg", "pyvenv.cfg"), (b"/conda-meta/history", "conda-meta"))
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


@dataclass(frozen=True, slots=True)
class Ignored:
    """Why a path is left out: ``source`` names the rule, as ``built-in: __pycache__/``,
    ``data/.reproignore:3: *.tmp`` or ``built-in: virtual environment (pyvenv.cfg)``."""

    source: str


Test = Callable[[bytes, bool], "Ignored | None"]
"""From a name in one directory, and whether it is a directory, to the rule that leaves it out."""


class IgnoreRules:
    """The ignore rules of one workspace, read from the disk as directories are entered.

    ``root`` is its path. ``gitignore`` says whether ``.gitignore`` files count. ``outside`` are paths
    relative to the root, with "/", that are no part of the workspace whatever the files say: the data
    directory, where it lies inside.

    Raises ``UnreadableFile`` where an ignore file is there and cannot be read.
    """

    def __init__(self, root: bytes, *, gitignore: bool = False, outside: Iterable[bytes] = ()) -> None:
        self._root = root
        self._files = tuple(b"/" + file for file in (*((GIT_FILE,) if gitignore else ()), DOMINO_FILE, REPRO_FILE))
        self._compiled: dict[tuple[_Active, ...], _Compiled] = {}
        escaped = (b"/" + b"".join(b"\\%c" % byte for byte in path.strip(b"/")) for path in outside)
        always = [parse_line(line, "built-in: the data of this program") for line in escaped]
        always += [parse_line(os.fsencode(line), f"built-in: {line}") for line in ALWAYS]
        defaults = [parse_line(os.fsencode(line), f"built-in: {line}") for line in BUILT_IN]
        self._always = _active(always)
        self._defaults = _active(defaults)

    @classmethod
    def for_workspace(cls, root: bytes, *, gitignore: bool = False, outside: Iterable[bytes] = ()) -> IgnoreRules:
        """The rules of the workspace at ``root``; the arguments are those of the class."""
        return cls(root, gitignore=gitignore, outside=outside)

    def root(self) -> IgnoreNode:
        """The rules in the root directory, its ignore files read now."""
        return self.node(self._root, b"", self._defaults, self._always)

    def ignored(self, path: bytes, is_dir: bool) -> Ignored | None:
        """The rule that leaves out ``path`` (relative to the root, with "/") or a directory above it."""
        *parents, name = path.split(b"/")
        node = self.root()
        for parent in parents:
            found = node.ignored(parent, True)
            if found is not None:
                return found
            node = node.enter(parent)
        return node.ignored(name, is_dir)

    # -- for nodes -------------------------------------------------------------------------------

    def node(
        self,
        path: bytes,
        rel: bytes,
        active: tuple[_Active, ...],
        always: tuple[_Active, ...],
        *,
        known: IgnoreNode | None = None,
    ) -> IgnoreNode:
        """The node of the directory ``path``; ``known`` is one whose rules are the same but for own files."""
        own = self._own(path, rel)
        if own:
            active += own
            known = None
        if known is not None:
            return IgnoreNode(self, path, rel, active, always, known.compiled)
        key = (*active, *always)
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = _Compiled(key)
        return IgnoreNode(self, path, rel, active, always, compiled)

    def _own(self, path: bytes, rel: bytes) -> tuple[_Active, ...]:
        own: tuple[_Active, ...] = ()
        for file in self._files:
            # Asking first is cheaper than a failed open, and nearly every directory has none.
            if os.path.isfile(path + file):
                shown = os.fsdecode((rel + file).lstrip(b"/"))
                own += _active(parse_lines(_read(path + file, shown), shown))
        return own


class IgnoreNode:
    """The rules as they hold in one directory. ``ignored`` tests a name in it, ``enter`` goes down."""

    __slots__ = ("_active", "_always", "_path", "_rel", "_rules", "compiled", "ignored")

    ignored: Test
    """``ignored(name, is_dir)``: the rule that leaves out ``name`` of this directory, or None."""

    def __init__(
        self,
        rules: IgnoreRules,
        path: bytes,
        rel: bytes,
        active: tuple[_Active, ...],
        always: tuple[_Active, ...],
        compiled: _Compiled,
    ) -> None:
        self._rules, self._path, self._rel = rules, path, rel
        self._active, self._always, self.compiled = active, always, compiled
        self.ignored = compiled.test(path)

    def enter(self, name: bytes) -> IgnoreNode:
        """The rules in the directory ``name`` of this one, which should not be ignored itself.

        Raises ``UnreadableFile`` where an ignore file in it cannot be read.
        """
        path = self._path + b"/" + name
        rel = self._rel + b"/" + name if self._rel else name
        if not self.compiled.moving:
            return self._rules.node(path, rel, self._active, self._always, known=self)
        return self._rules.node(path, rel, _moved(self._active, name), _moved(self._always, name))


_Active = tuple[Rule, frozenset[int]]
"""A rule that can still match here or below, and how far it has come."""


def _active(rules: Iterable[Rule | None]) -> tuple[_Active, ...]:
    return tuple((rule, rule.start()) for rule in rules if rule is not None)


def _moved(active: tuple[_Active, ...], name: bytes) -> tuple[_Active, ...]:
    moved = []
    for rule, positions in active:
        if not rule.anywhere:
            positions = rule.after(positions, name)  # noqa: PLW2901
        if positions:
            moved.append((rule, positions))
    return tuple(moved)


class _Compiled:
    """Rules made ready to test names with; shared by all directories where the same rules hold."""

    def __init__(self, active: tuple[_Active, ...]) -> None:
        self.moving = any(not rule.anywhere for rule, _ in active)
        self._decisive: list[tuple[Callable[[bytes], object], bool, Ignored | None]] = []
        for rule, positions in reversed(active):
            glob = rule.decisive(positions)
            if glob is not None:
                answer = None if rule.negated else Ignored(rule.source)
                self._decisive.append((glob.matches, rule.directories_only, answer))
        excluding = [
            (glob, rule.directories_only)
            for rule, positions in active
            if not rule.negated and (glob := rule.decisive(positions)) is not None
        ]
        self._files = _Sieve(glob for glob, directories_only in excluding if not directories_only)
        self._directories = _Sieve(glob for glob, _ in excluding)

    def decide(self, name: bytes, is_dir: bool) -> tuple[bool, Ignored | None]:
        """Whether any rule matches, and what the last one says."""
        for matches, directories_only, answer in self._decisive:
            if (is_dir or not directories_only) and matches(name):
                return True, answer
        return False, None

    def test(self, path: bytes) -> Test:
        """The test of names in the directory ``path``."""
        names, starts, ends, others = self._files.parts
        heads, tails = self._files.edges
        decide, suspect_directory = self.decide, self._directories.suspects
        access, present, inside = os.access, os.F_OK, path + b"/"

        def directory(name: bytes) -> Ignored | None:
            if suspect_directory(name):
                matched, answer = decide(name, True)
                if matched:
                    return answer
            for file, kind in _ENVIRONMENTS:
                if access(inside + name + file, present) and os.path.isfile(inside + name + file):
                    matched, answer = decide(name, True)
                    return answer if matched else Ignored(f"built-in: virtual environment ({kind})")
            return None

        def literal(name: bytes, is_dir: bool) -> Ignored | None:
            if is_dir:
                return directory(name)
            return decide(name, False)[1] if name in names else None

        def simple(name: bytes, is_dir: bool) -> Ignored | None:
            if is_dir:
                return directory(name)
            # Two bytes in two sets cost half of what asking for all beginnings and ends does.
            if name in names or (
                (name[0] in heads or name[-1] in tails) and (name.startswith(starts) or name.endswith(ends))
            ):
                return decide(name, False)[1]
            return None

        def full(name: bytes, is_dir: bool) -> Ignored | None:
            if is_dir:
                return directory(name)
            if name in names or name.startswith(starts) or name.endswith(ends):
                return decide(name, False)[1]
            for matches in others:
                if matches(name):
                    return decide(name, False)[1]
            return None

        if others:
            return full
        return simple if starts or ends else literal


class _Sieve:
    """Lets nearly every name through at the cost of a set lookup and two comparisons in native code; what
    it holds back may or may not be ignored."""

    def __init__(self, globs: Iterable[Glob]) -> None:
        names: set[bytes] = set()
        starts: set[bytes] = set()
        ends: set[bytes] = set()
        others: list[Callable[[bytes], object]] = []
        for glob in globs:
            if glob.literal is not None:
                names.add(glob.literal)
            elif glob.prefix or glob.suffix:
                # A dot in front is rare enough, and spares the look at the other end.
                if len(glob.prefix) >= len(glob.suffix) or glob.prefix == b".":
                    starts.add(glob.prefix)
                else:
                    ends.add(glob.suffix)
            else:
                others.append(glob.matches)
        self.parts = frozenset(names), tuple(starts), tuple(ends), tuple(others)
        self.edges = frozenset(start[0] for start in starts), frozenset(end[-1] for end in ends)

    def suspects(self, name: bytes) -> bool:
        """Whether a rule may match ``name``."""
        names, starts, ends, others = self.parts
        if name in names or name.startswith(starts) or name.endswith(ends):
            return True
        return bool(others) and any(matches(name) for matches in others)


def _read(path: bytes, shown: str) -> bytes:
    """The content of an ignore file; empty for one that is no regular file, as git has it for links."""
    try:
        fd = os.open(path, _READ)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP, errno.EMLINK, errno.ENXIO):
            return b""
        raise UnreadableFile(
            f"The ignore file {shown} cannot be read ({error.strerror}), so what it leaves out is not known. "
            "Make it readable, or remove it."
        ) from error
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            return b""
        with open(fd, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(fd)
