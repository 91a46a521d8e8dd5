"""A workspace's own requirements on top of an image."""

from __future__ import annotations

import msgspec
import pytest

from jupyter_repro import verbs
from jupyter_repro.verbs import environments
from tests.environments.docker.conftest import KERNEL, Lines
from tests.fixtures.docker_engine import DockerEngine

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("network")]


def test_the_projects_own_requirements_go_into_an_image_of_their_own(
    engine_of_run: DockerEngine, library: environments.Library, opened: verbs.Opened
) -> None:
    environments.create(library, "boxed", msgspec.structs.replace(KERNEL, project_files=True))
    assert environments.build(library, "boxed").state == "ready"
    (opened.workspace.root / "requirements.txt").write_text("six==1.16.0\n")
    used = environments.use(opened, library, "boxed")
    assert (used.label, used.applied, used.notice) == ("boxed r1 + requirements.txt", "requirements.txt", "")
    told = Lines()
    program = "import six, ipykernel; print(six.__version__)"
    assert environments.run_in_environment(opened, ["python3", "-c", program], log=told).code == 0
    assert told.lines == ["1.16.0"]
