"""A fuzzer sends what the document allows and what it does not: no 5xx, and no answer that is not as documented."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.server import TOKEN, running

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,unsupported_method"
)


@pytest.mark.slow
@pytest.mark.parametrize("names", ["schemathesis.toml", "schemathesis-any-names.toml"])
def test_a_fuzzer_finds_no_way_to_break_a_running_server(files: Path, tmp_path: Path, names: str):
    with running(files, tmp_path / "home") as server:
        made = server.ask("POST", "workspaces", {})
        server.finished(made["task"]["id"])
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(Path(__file__).with_name(names))]
        command += ["run", f"{server.url}jupyter-repro/api/openapi.json", "-H", f"Authorization: token {TOKEN}"]
        command += ["--phases", "examples,coverage,fuzzing", "--checks", CHECKS, "--no-color"]
        # The same each time, so that a failure is this change's; FUZZ_SEED looks elsewhere, FUZZ_EXAMPLES longer.
        command += ["--seed", os.environ.get("FUZZ_SEED", "1"), "--max-examples", os.environ.get("FUZZ_EXAMPLES", "12")]
        # These reach for the whole machine and the network: they have tests of their own.
        for name in ("recreateRecreate", "restoreTrack", "maintenanceExport", "maintenanceImport"):
            command += ["--exclude-operation-id", name]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=500, check=False)
        assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]
        log = server.log.read_text()
        assert "Traceback" not in log, log[-20_000:]
