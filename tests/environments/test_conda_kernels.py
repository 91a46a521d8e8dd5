"""A workspace that uses a conda environment: its kernels, and what checkpoints tell of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from jupyter_repro import verbs
from jupyter_repro.verbs import environments
from jupyter_repro.verbs.environments.kernels import no_kernel, settle_kernels
from tests.environments.conda_asking import asked
from tests.environments.conda_channel import Channel

pytest.importorskip("rattler", reason="py-rattler is not installed")


def test_a_workspace_uses_it_and_checkpoints_tell_of_every_package(
    library: environments.Library, opened: verbs.Opened, channel: Channel, data_home: Path
) -> None:
    environments.create(
        library, "small", asked(channel, "stats=1.0", rest="variables:\n  GREETING: hello\n  LEVEL: 3\n")
    )
    environments.build(library, "small")
    used = environments.use(opened, library, "small")
    assert environments.used(opened) == used
    prefix = Path(used.interpreter).parents[1]
    kernel = json.loads((data_home / "kernels" / used.kernel / "kernel.json").read_text())
    assert kernel["display_name"] == "small r1"
    assert kernel["env"]["GREETING"] == "hello"
    assert kernel["env"]["LEVEL"] == "3"
    assert kernel["env"]["CONDA_PREFIX"] == str(prefix)
    assert kernel["env"]["TABLES_HOME"] == f"{prefix}/share/tables", "what the packages' own activation sets"
    assert kernel["env"]["PATH"].startswith(f"{prefix}/bin:")
    made = verbs.checkpoint(opened)
    assert made.commit.environment.label == "small r1"
    found = environments.snapshot(opened, "@").software.by_ecosystem["conda"]
    assert [(one.name, one.version, one.origin) for one in found][-1] == ("tables", "2.5=h3_1", channel.url)
    assert all(one.hash.startswith("sha256:") for one in found)
    assert not verbs.checkpoint(opened).created


def runs_in(kernel: str, code: str) -> str:
    """What a notebook cell prints in a kernel of that name."""
    manager_module = pytest.importorskip("jupyter_client.manager")
    manager, client = manager_module.start_new_kernel(kernel_name=kernel, startup_timeout=120)
    try:
        said: list[str] = []
        client.execute_interactive(
            code, output_hook=lambda message: said.append(message["content"].get("text", "")), timeout=120
        )
        return "".join(said)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_kernel_of_the_environment_runs(
    library: environments.Library, opened: verbs.Opened, channel: Channel
) -> None:
    environments.create(library, "small", asked(channel, "stats"))
    environments.build(library, "small")
    used = environments.use(opened, library, "small")
    said = runs_in(used.kernel, "import os, stats, sys; print(stats.version, os.environ['TABLES_HOME'], sys.prefix)")
    prefix = str(Path(used.interpreter).parents[1])
    assert said.split() == ["1.1", f"{prefix}/share/tables", prefix]


def test_a_kernel_that_a_package_brings_is_offered_beside_that_of_python(
    library: environments.Library, opened: verbs.Opened, channel: Channel, data_home: Path, tmp_path: Path
) -> None:
    scripts = {"pre-run": f"echo before >> {tmp_path}/before\n"}
    environments.create(library, "small", replace(asked(channel, "stats", "tiny-kernel"), scripts=scripts))
    assert environments.build(library, "small").state == "ready"
    used = environments.use(opened, library, "small")
    assert used.kernels == (used.kernel, f"{used.kernel}.tiny")
    assert environments.used(opened) == used
    said = [json.loads((data_home / "kernels" / one / "kernel.json").read_text()) for one in used.kernels]
    assert [(one["display_name"], one["language"]) for one in said] == [
        ("small r1", "python"),
        ("small r1 (Tiny Language)", "tiny"),
    ]
    assert (data_home / "kernels" / used.kernels[1] / "logo-svg.svg").exists()
    assert runs_in(used.kernels[1], "REPRO_ENVIRONMENT") == "tiny small\n"
    assert (tmp_path / "before").read_text() == "before\n"
    # One of the two that is lost comes back; both go when nobody uses the environment.
    shutil.rmtree(data_home / "kernels" / used.kernels[1])
    assert settle_kernels(opened.data)
    assert not settle_kernels(opened.data)
    assert sorted(one.name for one in data_home.glob("kernels/*")) == sorted(used.kernels)
    environments.stop_using(opened)
    assert not list(data_home.glob("kernels/*"))


def test_a_kernel_that_a_package_brings_is_enough(
    library: environments.Library, opened: verbs.Opened, channel: Channel
) -> None:
    del channel.records["ipykernel-6.0-0.conda"]
    channel.index()
    environments.create(library, "small", asked(channel, "tiny-kernel"))
    environments.build(library, "small")
    used = environments.use(opened, library, "small")
    assert used.kernel.endswith(".tiny")
    assert no_kernel(used) == ""


def test_without_a_kernel_that_fits_there_is_none_in_the_launcher(
    library: environments.Library, opened: verbs.Opened, channel: Channel, data_home: Path
) -> None:
    del channel.records["ipykernel-6.0-0.conda"]
    channel.index()
    environments.create(library, "small", asked(channel, "stats"))
    seen: list[str] = []
    assert environments.build(library, "small", on_line=seen.append).state == "ready"
    assert any("no ipykernel fits" in line for line in seen)
    used = environments.use(opened, library, "small")
    assert used.kernel == ""
    assert no_kernel(used).startswith("small r1 has no kernel: notebooks cannot run in it")
    assert "Add ipykernel" in no_kernel(used)
    assert environments.used(opened) == used
    assert not list(data_home.glob("kernels/*"))
