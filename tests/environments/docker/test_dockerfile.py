"""Dockerfiles as text: no engine is needed."""

from __future__ import annotations

import pytest

from jupyter_repro.environments.container_fields import RESERVED
from jupyter_repro.environments.definitions import Definition, checked
from jupyter_repro.environments.engines.docker.closed_network import lent_by_this_machine
from jupyter_repro.environments.engines.docker.dockerfile import composed, images_of, instructions
from jupyter_repro.environments.engines.docker.messages import fields, message
from jupyter_repro.errors import BuildFailed, InvalidDefinition

LONG = """\
# syntax=whatever/it:is
ARG A=1
RUN one \\
    # a comment inside

    && two
run three
COPY <<EOF /etc/made
RUN not an instruction
EOF
RUN echo $((1<<N)) <<-'END'
FROM nowhere
END
ENV X=1
"""


def test_instructions_are_found_as_docker_finds_them() -> None:
    found = instructions(LONG)
    assert [(one.word, one.line) for one in found] == [
        ("ARG", 2), ("RUN", 3), ("RUN", 7), ("COPY", 8), ("RUN", 11), ("ENV", 14),
    ]  # fmt: skip
    assert found[1].text == "RUN one \\\n    && two"
    assert found[3].text.splitlines()[1] == "RUN not an instruction"


def test_every_run_gets_the_mounts_and_nothing_else_changes() -> None:
    text = composed([LONG], base="b", images={"b": "ours:1"}, mounts=["--mount=M"], arguments={"V": "/p"})
    lines = text.splitlines()
    assert lines[:4] == ["# escape=\\", "FROM ours:1", "ARG V=/p", "ARG A=1"]
    assert [line for line in lines if "--mount=M" in line] == [
        "RUN --mount=M one \\",
        "run --mount=M three",
        "RUN --mount=M echo $((1<<N)) <<-'END'",
    ]
    assert "RUN not an instruction" in lines


def test_stages_start_from_images_and_from_each_other() -> None:
    text = "FROM --platform=linux/amd64 a:1 AS First\nRUN x\nFROM scratch\nCOPY --from=first /x /x\n"
    text += "FROM first\nFROM b@sha256:1\n"
    assert images_of(instructions(text)) == ["a:1", "b@sha256:1"]
    made = composed([text], base="", images={"a:1": "ours:a", "b@sha256:1": "ours:b"})
    assert [line for line in made.splitlines() if line.startswith("FROM")] == [
        "FROM --platform=linux/amd64 ours:a AS first",
        "FROM scratch",
        "FROM first",
        "FROM ours:b",
    ]


def test_windows_lines_and_the_other_escape() -> None:
    text = "# escape=`\r\nRUN a `\r\n b\r\n"
    assert [one.text for one in instructions(text)] == ["RUN a `\n b"]
    assert composed([text], base="x", images={}).startswith("# escape=`\nFROM x\n")
    with pytest.raises(InvalidDefinition, match="escape"):
        composed([text, "RUN b\n"], base="x", images={})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"dockerfile": "RUN x\n"}, "let the Dockerfile begin with FROM"),
        ({"dockerfile": "FROM $BASE\n"}, "must name its image itself"),
        ({"dockerfile": "FROM a\nhello world\n"}, "is no instruction"),
        ({"dockerfile": f"FROM a\nCOPY {RESERVED} /x\n"}, "which is ours"),
        ({"base": "a b"}, "no reference of an image"),
        ({"base": "-v"}, "no reference of an image"),
        ({"base": "a", "python": "3.11"}, "brings its own Python"),
        ({"base": "a", "files": {"../x": ""}}, "relative"),
        ({"base": "a", "files": {"/etc/x": ""}}, "relative"),
        ({"base": "a", "files": {"Dockerfile": ""}}, "in the way"),
        ({"base": "a", "files": {"x": "", "x/y": ""}}, "both a file and a folder"),
        ({"base": "a", "files": {"x": "a" * (5 * 1024**2)}}, "4 MiB"),
        ({"base": "a", "build_arguments": {"A B": "1"}}, "cannot be an argument"),
        ({"base": "a", "build_arguments": {"PIP_TOKEN": "abc"}}, "looks like a secret"),
        ({"base": "a", "network": "container:x"}, "is no network"),
        ({"base": "a", "memory": 1000}, "32 MiB"),
        ({"engine": "uv", "dockerfile": "FROM a\n"}, "makes no containers"),
        ({"engine": "uv", "memory": 2**30}, "makes no containers"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_change(changes: dict[str, object], said: str) -> None:
    values = {"engine": "docker", **changes}
    with pytest.raises(InvalidDefinition, match=said):
        checked(Definition(**values))  # type: ignore[arg-type]


def test_what_a_machine_lends(tmp_path: object) -> None:
    from pathlib import Path

    home = Path(str(tmp_path))
    (home / "pip").mkdir()
    (home / "pip" / "pip.conf").write_text(
        "[global]\nindex-url = https://u:p@one.invalid/simple\nextra-index-url =\n  https://two.invalid\n  file:///here\n"
        "[install]\ntrusted_host = one.invalid\n[list]\nformat = columns\n"
    )
    (home / "ca.pem").write_text("certificates")
    given = {
        "HOME": str(home), "XDG_CONFIG_HOME": str(home), "PIP_CERT": str(home / "ca.pem"), "PIP_RETRIES": "2",
        "PIP_FIND_LINKS": "/wheels", "https_proxy": "http://proxy.invalid",
    }  # fmt: skip
    lent = lent_by_this_machine(given)
    assert lent.secrets["repro-certificates"] == b"certificates"
    settings = lent.secrets["repro-pip"].decode().splitlines()
    assert "index-url = https://u:p@one.invalid/simple" in settings
    assert "extra-index-url = https://two.invalid" in settings
    assert "trusted-host = one.invalid" in settings
    assert "retries = 2" in settings
    assert "no-cache-dir = true" in settings
    assert not [line for line in settings if "cert" in line or "file:" in line or "wheels" in line]
    assert lent.proxies == {"https_proxy": "http://proxy.invalid"}
    assert len(lent.left_out) == 2
    assert lent.variables["PIP_CERT"] == "/run/secrets/repro-certificates"


def test_messages_of_the_builder() -> None:
    data = message({1: b"one", 2: 300, 3: b""})
    assert list(fields(data)) == [(1, b"one"), (3, b"")]
    for broken in (b"\x0a\x05ab", b"\x0f", b"\xff" * 12, b"\x0a"):
        with pytest.raises(BuildFailed, match="no message of a builder"):
            list(fields(broken))
