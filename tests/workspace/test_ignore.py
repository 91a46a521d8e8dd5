"""Ignore rules: what git says of the same files, and what is ours besides."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from jupyter_repro.errors import UnreadableFile
from jupyter_repro.workspace.ignore import BUILT_IN, IgnoreNode, IgnoreRules
from jupyter_repro.workspace.patterns import parse_line

Files = dict[bytes, bytes]


def write(root: Path, files: Files) -> None:
    for name, content in files.items():
        path = os.path.join(os.fsencode(root), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)


def walk(node: IgnoreNode, path: bytes, rel: bytes = b"") -> Iterator[bytes]:
    """The files that are not ignored, as a scanner finds them."""
    for item in os.scandir(path):
        inner = rel + b"/" + item.name if rel else item.name
        is_dir = item.is_dir(follow_symlinks=False)
        if node.ignored(item.name, is_dir) is not None:
            continue
        if is_dir:
            yield from walk(node.enter(item.name), item.path, inner)
        else:
            yield inner


def kept(root: Path, **options: bool) -> set[bytes]:
    path = os.fsencode(root)
    return set(walk(IgnoreRules.for_workspace(path, **options).root(), path))


def why(root: Path, path: bytes, is_dir: bool = False) -> str | None:
    found = IgnoreRules.for_workspace(os.fsencode(root)).ignored(path, is_dir)
    return found and found.source


# -- the same as git ------------------------------------------------------------------------------


class Git:
    """Asks git about a directory whose .gitignore files hold what our .reproignore files hold."""

    def __init__(self, directory: Path) -> None:
        self.git_dir = directory / "git-dir"
        subprocess.run(["git", "init", "-q", "--bare", str(self.git_dir)], check=True)
        for key, value in (("core.bare", "false"), ("core.excludesFile", os.devnull), ("core.ignoreCase", "false")):
            subprocess.run(["git", f"--git-dir={self.git_dir}", "config", key, value], check=True)
        (self.git_dir / "info" / "exclude").write_text("".join(line + "\n" for line in BUILT_IN if line != ".git"))

    def __call__(self, root: bytes, *args: str, stdin: bytes = b"", code: tuple[int, ...] = (0,)) -> list[bytes]:
        command = ["git", f"--git-dir={self.git_dir}", b"--work-tree=" + root, *args]
        done = subprocess.run(command, cwd=root, input=stdin, capture_output=True, check=False)
        assert done.returncode in code, done.stderr
        return done.stdout.split(b"\0")[:-1]

    def deciding(self, root: bytes, paths: list[bytes]) -> dict[bytes, str | None]:
        """For each path the line that leaves it out, in our words."""
        stdin = b"".join(path + b"\0" for path in paths)
        fields = self(root, "check-ignore", "--no-index", "-v", "-n", "-z", "--stdin", stdin=stdin, code=(0, 1))
        answers = {}
        for source, number, pattern, path in zip(*[iter(fields)] * 4, strict=True):
            if not source or pattern.startswith(b"!"):
                answers[path] = None
            elif source.endswith(b"info/exclude"):
                answers[path] = f"built-in: {pattern.decode()}"
            else:
                file = source.replace(b".gitignore", b".reproignore").removeprefix(b"./")
                answers[path] = f"{os.fsdecode(file)}:{int(number)}"
        return answers


@pytest.fixture(scope="module")
def git(tmp_path_factory: pytest.TempPathFactory) -> Git:
    if shutil.which("git") is None:
        pytest.skip("git is not on this machine")
    return Git(tmp_path_factory.mktemp("git"))


NAMES = [
    *b"a b ab abc foo foo.txt a.txt .a #a !a a* [a] a\\b \\ - ] ^ \xff B 1 a~ .x.swp __pycache__ .cache".split(b" "),
    *(b"a b", b" a", b"a ", b"a\nb", "é".encode()),
]
PIECES = [
    *b"a b ab c foo . .txt 1 * * ** *** ? / / / [ab] [!a] [^b] [a-c] []-] []a] [a\\]] [a-\\c] [[:alpha:]]".split(),
    *b"[![:digit:]] [[:nope:]] [[:punct:]a] [:a] [[:a] [[a] [ ] \\ \\a \\* \\\\ \\/ \\# \\! # ! \xff ~ - ^".split(),
    *(b"[a/b]", b"__pycache__", b"[\x01-\xfe]", b" ", b"\\ ", b"\t", b"\r", "é".encode()),
]

names = st.sampled_from(NAMES)
paths = st.lists(names, min_size=1, max_size=4).map(b"/".join)
free_lines = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map(b"".join)
likely_lines = st.builds(
    lambda bang, root, parts, tail: bang + root + b"/".join(parts) + tail,
    st.sampled_from((b"", b"", b"!")),
    st.sampled_from((b"", b"", b"/")),
    st.lists(st.sampled_from((*NAMES, *[b"*", b"**", b"a*", b"*.txt", b"?", b"[a-f]*"] * 5)), min_size=1, max_size=3),
    st.sampled_from((b"", b"", b"/", b" ", b"/**", b"/*")),
)
ends = st.sampled_from((b"\n", b"\n", b"\r\n"))
contents = st.builds(
    lambda bom, lines, last: bom + b"".join(line + end for line, end in lines) + last,
    st.sampled_from((b"", b"", b"", b"\xef\xbb\xbf")),
    st.lists(st.tuples(st.one_of(likely_lines, free_lines), ends), max_size=6),
    st.one_of(st.just(b""), likely_lines),
)


# Git reads "a**/b" as "a" and then "**/b", so that it matches "ab" and "ax/y/b", against its own documentation:
# stars beside anything but a slash are one star there, and here.
QUIRK = re.compile(rb"^!?[^*?\[\\\n]*[^*?\[\\/\n]\*\*+(\\?/|[ \r]*$)", re.MULTILINE)


@given(
    tree=st.lists(paths, max_size=12),
    top=contents,
    nested=st.dictionaries(st.lists(names, min_size=1, max_size=2).map(b"/".join), contents, max_size=2),
)
@example(tree=[b"a/b/foo"], top=b"a/*\n!a/b\nfoo", nested={})
@example(tree=[b"a/b/foo", b"a/foo"], top=b"a\n!a/foo", nested={b"a": b"!foo"})
@example(tree=[b"__pycache__/a", b"b/__pycache__/a"], top=b"!/__pycache__/", nested={b"b": b"*\n!a"})
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.filter_too_much])
def test_git_says_the_same(git: Git, tree: list[bytes], top: bytes, nested: Files) -> None:
    assume(not any(QUIRK.search(content) for content in (top, *nested.values())))
    with tempfile.TemporaryDirectory() as directory:
        root = os.fsencode(directory)
        ignore_files = {b"": top, **{path + b"/": content for path, content in nested.items()}}
        for path in tree:
            try:
                write(Path(directory), {path: b""})
            except (NotADirectoryError, FileExistsError, IsADirectoryError):
                continue  # another path made a file of a directory
        for parent, content in ignore_files.items():
            if os.path.isdir(os.path.join(root, parent)):
                write(Path(directory), {parent + b".gitignore": content, parent + b".reproignore": content})
        everything = {
            os.path.relpath(os.path.join(at, name), root): name in directories
            for at, directories, files in os.walk(root)
            for name in directories + files
        }
        rules = IgnoreRules.for_workspace(root)
        ours = {}
        for path, is_dir in everything.items():
            found = rules.ignored(path, is_dir)
            source = found and found.source
            if source and not source.startswith("built-in"):
                file, number, _ = source.split(":", 2)
                source = f"{file}:{number}"
            ours[path] = source
        assert ours == git.deciding(root, list(everything))
        untracked = set(git(root, "ls-files", "--others", "--exclude-standard", "-z"))
        assert set(walk(rules.root(), root)) == untracked


def test_the_regular_expression_of_many_stars_is_quick_to_fail() -> None:
    rule = parse_line(b"*a" * 40 + b"*b?c", "")
    assert rule is not None
    glob = rule.segments[0]
    assert glob is not None
    assert not glob.matches(b"a" * 255)


# -- what is ours ---------------------------------------------------------------------------------


def test_the_built_in_rules_leave_out_what_tools_make_again(tmp_path: Path) -> None:
    write(
        tmp_path,
        dict.fromkeys(
            b"keep.py .git/config sub/.git .ipynb_checkpoints/x.ipynb p/__pycache__/x.pyc .venv/x .mypy_cache/x .x.swp "
            b"x~ #x# .#x .DS_Store .~lock.x# .nfs0001 ~$x.docx".split(),
            b"",
        ),
    )
    assert kept(tmp_path) == {b"keep.py"}


@pytest.mark.parametrize(
    "name",
    b"node_modules/left-pad/index.js data/x.csv venv/notes.txt env/x build/x x.log .env .Rhistory .gitignore "
    b"__pycache__ .venv .cache x.pyc lib/site-packages/x.py .hypothesis/x a# #a".split(),
)
def test_what_may_be_somebodys_work_is_kept(tmp_path: Path, name: bytes) -> None:
    write(tmp_path, {name: b""})
    assert kept(tmp_path) == {name}


@pytest.mark.parametrize("marker", [b"pyvenv.cfg", b"conda-meta/history"])
def test_an_environment_is_known_by_what_it_holds(tmp_path: Path, marker: bytes) -> None:
    write(tmp_path, {b"x/my env/" + marker: b"", b"x/my env/lib/a.py": b"", b"x/other/a.py": b""})
    assert kept(tmp_path) == {b"x/other/a.py"}
    assert (why(tmp_path, b"x/my env", True) or "").startswith("built-in: virtual environment (")
    write(tmp_path, {b".reproignore": b"!my env/\n"})
    assert kept(tmp_path) == {b".reproignore", b"x/other/a.py", b"x/my env/" + marker, b"x/my env/lib/a.py"}


@pytest.mark.parametrize("pattern", [line for line in BUILT_IN if "*" not in line])
def test_each_built_in_rule_is_named_and_can_be_taken_back(tmp_path: Path, pattern: str) -> None:
    name, is_dir = pattern.rstrip("/").encode(), pattern.endswith("/")
    assert why(tmp_path, b"d/" + name, is_dir) == f"built-in: {pattern}"
    write(tmp_path, {b".reproignore": b"!" + pattern.encode() + b"\n"})
    assert why(tmp_path, b"d/" + name, is_dir) is None


def test_every_built_in_pattern_is_sound() -> None:
    assert all(parse_line(line.encode(), "") is not None for line in BUILT_IN)


@pytest.mark.parametrize("line", [b"!.repro", b"!.repro/", b"!*", b"!**", b"!/.repro/**"])
def test_our_own_marker_cannot_be_taken_back(tmp_path: Path, line: bytes) -> None:
    write(tmp_path, {b".repro/workspace.json": b"", b"d/.repro/x": b"", b".repro-tmp-1": b"", b".reproignore": line})
    assert kept(tmp_path) == {b".reproignore"}


def test_places_outside_cannot_be_taken_back(tmp_path: Path) -> None:
    write(tmp_path, {b"a/st*re/x": b"", b"a/store/y": b"", b"st*re": b"", b".reproignore": b"!*\n"})
    path = os.fsencode(tmp_path)
    rules = IgnoreRules.for_workspace(path, outside=[b"a/st*re"])
    assert set(walk(rules.root(), path)) == {b"a/store/y", b"st*re", b".reproignore"}
    assert rules.ignored(b"a/st*re", True) is not None


def test_our_file_outweighs_the_others_beside_it_and_a_deeper_file_outweighs_all(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            b".gitignore": b"git\nboth\n",
            b".dominoignore": b"domino\n!both\n",
            b".reproignore": b"!domino\nours\n",
            b"deep/.dominoignore": b"!ours\n",
            **{at + name: b"" for at in (b"", b"deep/") for name in (b"git", b"both", b"domino", b"ours")},
        },
    )
    files = {name for name in kept(tmp_path) if not name.endswith(b"ignore")}
    assert files == {b"git", b"both", b"domino", b"deep/git", b"deep/both", b"deep/domino", b"deep/ours"}
    files = {name for name in kept(tmp_path, gitignore=True) if not name.endswith(b"ignore")}
    assert files == {b"both", b"domino", b"deep/both", b"deep/domino", b"deep/ours"}


def test_a_rule_is_named_by_file_line_and_pattern(tmp_path: Path) -> None:
    write(tmp_path, {b"sub/.reproignore": b"# results\n\n*.tmp  \r\n"})
    assert why(tmp_path, b"sub/deep/x.tmp") == "sub/.reproignore:3: *.tmp"
    assert why(tmp_path, b"x.tmp") is None


def test_nothing_below_an_ignored_directory_comes_back(tmp_path: Path) -> None:
    write(tmp_path, {b".reproignore": b"data/\n!data/keep.csv\n", b"data/keep.csv": b""})
    assert kept(tmp_path) == {b".reproignore"}


def test_a_link_is_no_directory(tmp_path: Path) -> None:
    write(tmp_path, {b".reproignore": b"data/\n", b"real/data/x": b""})
    (tmp_path / "data").symlink_to("real/data")
    assert kept(tmp_path) == {b".reproignore", b"data"}


def test_ignore_files_that_are_no_files_have_no_rules(tmp_path: Path) -> None:
    write(tmp_path, {b"rules": b"x\n", b"a/x": b"", b"b/.reproignore/y": b"", b"b/x": b"", b"c/x": b""})
    (tmp_path / "a" / ".reproignore").symlink_to("../rules")
    os.mkfifo(tmp_path / "c" / ".reproignore")
    assert {b"a/x", b"b/x", b"b/.reproignore/y", b"c/x"} <= kept(tmp_path)


def test_an_unreadable_ignore_file_is_an_error_that_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {b"sub/.reproignore": b"x\n"})
    (tmp_path / "sub" / ".reproignore").chmod(0)
    if os.access(tmp_path / "sub" / ".reproignore", os.R_OK):
        # The superuser reads everything: let the system call fail as it does for others.
        real = os.open

        def refuse(path: bytes, flags: int) -> int:
            if path.endswith(b".reproignore"):
                raise PermissionError(13, "Permission denied")
            return real(path, flags)

        monkeypatch.setattr(os, "open", refuse)
    node = IgnoreRules.for_workspace(os.fsencode(tmp_path)).root()
    with pytest.raises(UnreadableFile, match=r"sub/\.reproignore"):
        node.enter(b"sub")


def test_changed_files_count_for_rules_made_afterwards(tmp_path: Path) -> None:
    write(tmp_path, {b".reproignore": b"x\n", b"x": b"", b"y": b""})
    assert kept(tmp_path) == {b".reproignore", b"y"}
    write(tmp_path, {b".reproignore": b"y\n"})
    assert kept(tmp_path) == {b".reproignore", b"x"}
