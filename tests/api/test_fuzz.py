"""A fuzzer sends what the document allows and what it does not: no 5xx, and no answer that is not as documented."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.server import TOKEN, running
from tests.support.profile import EXPLORING, NIGHTLY

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,unsupported_method"
)


@pytest.mark.slow
@pytest.mark.parametrize("names", ["schemathesis.toml", "schemathesis-any-names.toml"])
def test_a_fuzzer_finds_no_way_to_break_a_running_server(
    files: Path, tmp_path: Path, names: str, monkeypatch: pytest.MonkeyPatch
):
    # Environments that are made up are built as well: none of that leaves this machine.
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere")
    for name, value in (
        ("HTTP_PROXY", "http://127.0.0.1:9"),
        ("HTTPS_PROXY", "http://127.0.0.1:9"),
        ("NO_PROXY", "127.0.0.1"),
    ):
        monkeypatch.setenv(name, value)
    with running(files, tmp_path / "home") as server:
        made = server.ask("POST", "workspaces", {})
        server.finished(made["task"]["id"])
        built = server.ask("POST", "environments", {"name": "one", "definition": {"engine": "host"}})
        server.finished(built["task"]["id"])
        settings = tmp_path / names
        settings.write_text(Path(__file__).with_name(names).read_text().replace("BUILD", built["build"]))
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(settings)]
        command += ["run", f"{server.url}jupyter-repro/api/openapi.json", "-H", f"Authorization: token {TOKEN}"]
        # Invented names lead nowhere, whatever else is sent with them: the systematic part is for those that exist.
        phases = "fuzzing" if "any-names" in names and not EXPLORING else "examples,coverage,fuzzing"
        command += ["--phases", phases, "--checks", CHECKS, "--no-color"]
        command += ["--max-examples", os.environ.get("FUZZ_EXAMPLES", "200" if NIGHTLY else "12")]
        # The same each time, so that a failure is this change's; see tests/support/profile.py.
        command += ["--seed", str(random.randrange(2**32))] if EXPLORING else ["--generation-deterministic"]
        # These reach for the whole machine and the network: they have tests of their own.
        for name in ("recreateRecreate", "restoreTrack", "maintenanceExport", "maintenanceImport"):
            command += ["--exclude-operation-id", name]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            # The order of a set is the order in which cases are tried.
            env=os.environ if EXPLORING else {**os.environ, "PYTHONHASHSEED": "0"},
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-60_000:] + done.stderr[-2000:]
        log = server.log.read_text()
        assert "Traceback" not in log, log[-20_000:]
