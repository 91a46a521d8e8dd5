"""Images on a real engine: builds, failures, cancelling, locks, and nothing of a closed network left inside."""

from __future__ import annotations

import secrets
import subprocess
import tarfile
import threading
import time
from pathlib import Path

import pytest

from jupyter_repro.environments.definitions import Definition, Lock, Parent
from jupyter_repro.environments.engines.docker import DockerEngine as Engine
from jupyter_repro.environments.engines.docker.locks import image_lock
from jupyter_repro.environments.installed import image_of, installed_software
from jupyter_repro.environments.places import Places
from jupyter_repro.environments.snapshots import read_software
from jupyter_repro.errors import BuildFailed, Cancelled, MissingTool
from tests.environments.docker.conftest import SECRET, Lines, id_of, made
from tests.fixtures.docker_engine import DockerEngine

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("network")]

BASE = "repro-base:bookworm"


def run(engine_of_run: DockerEngine, image: str, *command: str) -> str:
    return engine_of_run.docker("run", "--rm", "--network", "none", image, *command)


def test_a_build_gives_an_image_and_tells_what_is_inside(
    kernel_lock: Lock, engine: Engine, places: Places, engine_of_run: DockerEngine
) -> None:
    lock = kernel_lock
    found = image_lock(lock)
    assert run(engine_of_run, found.image, "python3", "-c", "import ipykernel; print('yes')") == "yes"
    packages = {one.name: one for one in found.found_inside.packages if one.ecosystem == "python"}
    assert packages["ipykernel"].hash.startswith("sha256:")
    assert any(one.name.startswith("python3:") for one in found.found_inside.packages if one.ecosystem == "debian")
    assert lock.python.startswith("CPython 3.11")
    (base,) = found.images
    assert base.reference == BASE
    assert base.id == engine_of_run.docker("image", "inspect", "--format", "{{.Id}}", BASE)
    # What an instruction says is in the log. The engine keeps what others built: this it never saw before.
    word, log = secrets.token_hex(8), Lines()
    dockerfile = "ARG WORD\nRUN echo carried out for $WORD\n"
    own = Definition(engine="docker", base=BASE, dockerfile=dockerfile, build_arguments={"WORD": word})
    made(engine, places, own, log)
    assert f"carried out for {word}" in log.lines


def test_a_closed_network_is_lent_to_the_build_and_left_in_no_layer(
    engine: Engine, places: Places, engine_of_run: DockerEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "company.pem"
    bundle.write_text(f"-----BEGIN CERTIFICATE-----\ncertificate-{SECRET}\n-----END CERTIFICATE-----\n")
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT"):
        monkeypatch.setenv(name, str(bundle))
    monkeypatch.setenv("PIP_INDEX_URL", f"https://user:{SECRET}@packages.invalid/simple")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{SECRET}@proxy.invalid:3128")
    # Whoever calls it without being root may read it too, and so may a command that is not run by a shell.
    script = (
        f'grep -q {SECRET[:6]} "$PIP_CONFIG_FILE" && grep -q certificate- "$SSL_CERT_FILE" && '
        'cmp "$SSL_CERT_FILE" "$PIP_CERT" && test -n "$HTTPS_PROXY" && echo lent && echo "$HTTPS_PROXY"'
    )
    dockerfile = f'USER 1234\nRUN {script}\nUSER root\nRUN ["/usr/bin/env", "cat", "/run/secrets/repro-pip"]\n'
    log = Lines()
    _, _, image = made(engine, places, Definition(engine="docker", base=BASE, dockerfile=dockerfile), log)
    assert "lent" in log.lines
    assert any("***@packages.invalid" in line for line in log.lines)
    assert SECRET not in log.text
    assert f"not lent   pip's find-links {tmp_path}: a folder of this machine" in log.lines
    whole = tmp_path / "image.tar"
    engine_of_run.docker("save", "-o", str(whole), image)
    assert SECRET.encode() not in whole.read_bytes()
    layers = 0
    with tarfile.open(whole) as tar:
        for entry in tar:
            if entry.name.endswith(".tar"):
                layers += 1
                inner = tar.extractfile(entry)
                assert inner is not None
                with tarfile.open(fileobj=inner) as layer:
                    files = [one for one in layer if one.isfile() and one.size < 1_000_000]
                    assert not any(one.size for one in files if "run/secrets" in one.name)
    assert layers >= 3
    # And the same for what is not in a layer: history, configuration, and every file of the image.
    assert SECRET not in engine_of_run.docker("history", "--no-trunc", image)
    assert SECRET not in engine_of_run.docker("image", "inspect", image)
    assert (
        run(engine_of_run, image, "sh", "-c", f"grep -rls {SECRET} /etc /run /root /tmp /usr/local /var || true") == ""
    )


def test_a_hostile_argument_is_an_argument_and_nothing_else(
    engine: Engine, places: Places, engine_of_run: DockerEngine
) -> None:
    hostile = "a\nRUN touch /hacked\n\" '; touch /hacked; $(touch /hacked) `touch /hacked` --network=host %s \\ &"
    definition = Definition(
        engine="docker",
        base=BASE,
        dockerfile='ARG WORD\nRUN printf %s "$WORD" >/word\n',
        build_arguments={"WORD": hostile, "BUILDKIT_SYNTAX_NOT": "--privileged"},
    )
    _, _, image = made(engine, places, definition)
    assert run(engine_of_run, image, "cat", "/word") == hostile
    assert run(engine_of_run, image, "sh", "-c", "ls /hacked 2>&1 || true").endswith("No such file or directory")


def test_files_variables_scripts_and_requirements(
    engine: Engine, places: Places, engine_of_run: DockerEngine, kernel_lock: Lock
) -> None:
    engine_of_run.docker("tag", image_lock(kernel_lock).image, "with-pip:1")
    definition = Definition(
        engine="docker",
        base="with-pip:1",
        dockerfile="COPY conf/a.txt /a.txt\n",
        files={"conf/a.txt": "from a file\n"},
        requirements="six==1.16.0\n",
        variables={"WHAT": 'it\'s "quoted" $HOME'},
        scripts={
            "pre-setup": 'echo "before: $WHAT" >/order\npython3 -c "import six" || echo "no six" >>/order\n',
            "post-setup": "#!/usr/bin/env python3\nimport six\nopen('/order', 'a').write(six.__version__)\n",
        },
    )
    lock, _, image = made(engine, places, definition)
    assert run(engine_of_run, image, "cat", "/a.txt", "/order").splitlines() == [
        "from a file",
        'before: it\'s "quoted" $HOME',
        "no six",
        "1.16.0",
    ]
    assert engine.packages(lock)["six"] == "1.16.0"
    assert run(engine_of_run, image, "sh", "-c", "ls -A /run/.repro-build 2>/dev/null || true") == ""


def test_a_failed_build_says_what_the_instruction_said(engine: Engine, places: Places) -> None:
    broken = Definition(engine="docker", base=BASE, dockerfile="RUN echo 'no such package: panda' >&2; exit 3\n")
    with pytest.raises(BuildFailed, match=r"exit code: 3.*no such package: panda"):
        made(engine, places, broken)
    with pytest.raises(BuildFailed, match=r"could not be fetched|refused"):
        made(engine, places, Definition(engine="docker", base="127.0.0.1:9/nothing:1"))


def test_a_build_is_cancelled_in_the_middle_and_its_command_ends(engine: Engine, engine_of_run: DockerEngine) -> None:
    class Impatient(Lines):
        def check(self) -> None:
            if "begun" in self.lines:
                raise Cancelled("enough")

    sleep = "86399"
    definition = Definition(engine="docker", base=BASE, dockerfile=f"RUN echo begun; sleep {sleep}\n")
    with pytest.raises(Cancelled):
        engine.resolve(definition, Impatient())
    until(lambda: not _processes(f"sleep {sleep}"))


def test_two_builds_of_one_definition_at_once_both_work(engine: Engine, places: Places) -> None:
    definition = Definition(engine="docker", base=BASE, dockerfile="RUN date +%N >/when\n")
    done: list[str] = []
    threads = [threading.Thread(target=lambda: done.append(made(engine, places, definition)[2])) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 2
    assert all(engine_has(places, image) for image in done)


def test_an_environment_stands_on_the_image_of_its_parent(
    engine: Engine, places: Places, engine_of_run: DockerEngine
) -> None:
    below = Definition(engine="docker", base=BASE, dockerfile="RUN date +%s.%N >/below\n")
    _, name, image = made(engine, places, below)
    parent = Parent(name="below", number=1, definition=below, lock=name)
    log = Lines()
    lock, _, above = made(
        engine, places, Definition(engine="docker", parent=parent, dockerfile="RUN touch /above\n"), log
    )
    assert run(engine_of_run, above, "cat", "/below") == run(engine_of_run, image, "cat", "/below")
    assert run(engine_of_run, above, "ls", "/above") == "/above"
    assert [one.reference for one in image_lock(lock).images] == ["revision below r1"]
    # Where nobody has that image, its instructions come first.
    elsewhere = Engine(Places(places.root.with_name("elsewhere")))
    told = Lines()
    elsewhere.resolve(Definition(engine="docker", parent=parent, dockerfile="RUN test -e /below\n"), told)
    assert "its instructions come first" in told.text


def test_an_image_travels_by_digest_and_is_rebuilt_where_it_cannot(
    engine: Engine, places: Places, engine_of_run: DockerEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = engine_of_run.registry()
    monkeypatch.setenv("JUPYTER_REPRO_PUSH_TO", f"{registry}/team/small")
    definition = Definition(engine="docker", base=BASE, dockerfile="RUN date +%N >/travelled\n")
    lock, name, image = made(engine, places, definition)
    assert image_lock(lock).pushed.startswith(f"{registry}/team/small@sha256:")
    forget(engine_of_run, image)
    log = Lines()
    assert id_of(image_of(engine.install(lock, name, log))) == image, "by digest comes the very same"
    assert any(line.startswith("pull") for line in log.lines)

    pid = (engine_of_run.folder / "registry.pid").read_text().strip()
    subprocess.run(["kill", "-KILL", pid], check=True)
    forget(engine_of_run, image)
    log = Lines()
    again = engine.install(lock, name, log)
    assert id_of(image_of(again)) != image
    assert "not had by its digest any more" in log.text
    assert "rebuild" in log.text
    before, after = image_lock(lock).found_inside, installed_software(again, places)
    assert after is not None
    assert read_software(after) == before, "two builds from one lock have equal snapshots"


def test_a_rebuild_keeps_the_versions_of_the_lock(
    engine: Engine, places: Places, engine_of_run: DockerEngine, kernel_lock: Lock
) -> None:
    engine_of_run.docker("tag", image_lock(kernel_lock).image, "with-pip:1")
    old = Definition(engine="docker", base="with-pip:1", requirements="six==1.16.0\n")
    lock, name, image = made(engine, places, old)
    # The same lock, of a definition that would take any version today.
    import msgspec

    from jupyter_repro.environments.engines.docker.locks import lock_text

    loose = msgspec.structs.replace(
        image_lock(lock), definition=Definition(engine="docker", base="with-pip:1", requirements="six\n")
    )
    lock = msgspec.structs.replace(lock, text=lock_text(loose))
    forget(engine_of_run, image)
    log = Lines()
    again = engine.install(lock, name, log)
    text = installed_software(again, places)
    assert text is not None
    assert {one.name: one.version for one in read_software(text).packages}["six"] == "1.16.0"
    assert not [line for line in log.lines if line.startswith("differs")]


def test_unused_images_go_and_needed_ones_stay(engine: Engine, places: Places, engine_of_run: DockerEngine) -> None:
    def small(number: int) -> tuple[str, str]:
        dockerfile = f"RUN echo {places.root} {number} >/which\n"
        _, name, image = made(engine, places, Definition(engine="docker", base=BASE, dockerfile=dockerfile))
        return name, image

    (wanted, one), (_, two), (_, three) = small(1), small(2), small(3)
    # Another data directory wants the third one too, and a container runs the second.
    other = Places(places.root.with_name("other"))
    third = Definition(engine="docker", base=BASE, dockerfile=f"RUN echo {places.root} 3 >/which\n")
    made(Engine(other), other, third)
    container = engine_of_run.docker("run", "-d", "--network", "none", two, "sleep", "86398")
    assert engine.remove_all_but([wanted], 0.0) == (0, 0), "too young"
    engine.remove_all_but([wanted], time.time() + 60)
    assert [engine_has(places, image) for image in (one, two, three)] == [True, True, True]
    engine_of_run.docker("rm", "-f", container)
    Engine(other).remove_all_but([], time.time() + 60)
    removed, size = engine.remove_all_but([wanted], time.time() + 60)
    assert removed >= 1
    assert size > 0
    assert [engine_has(places, image) for image in (one, two, three)] == [True, False, False]


def test_a_machine_without_docker_says_so_in_one_sentence(
    engine: Engine, engine_of_run: DockerEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    definition = Definition(engine="docker", base=BASE)
    with monkeypatch.context() as patch:
        patch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
        with pytest.raises(MissingTool, match="No engine of Docker answers on this machine"):
            engine.resolve(definition, Lines())
    with monkeypatch.context() as patch:
        patch.setitem(__import__("sys").modules, "docker", None)
        with pytest.raises(MissingTool, match="need the package docker"):
            engine.resolve(definition, Lines())
    os.seteuid(65534)
    try:
        with pytest.raises(MissingTool, match="no permission to use it"):
            engine.resolve(definition, Lines())
    finally:
        os.seteuid(0)


def engine_has(places: Places, image: str) -> bool:
    from jupyter_repro.environments.engines.docker.client import engine_client
    from jupyter_repro.environments.engines.docker.images import image_id

    with engine_client() as client:
        return image_id(client, image) is not None


def forget(engine_of_run: DockerEngine, image: str) -> None:
    """Let the engine forget an image; its cache of steps is of no use to a rebuild, whose versions are held."""
    engine_of_run.docker("rmi", "-f", image)
    assert engine_of_run.docker("image", "ls", "-q", "--no-trunc").find(image) < 0


def until(condition: object, seconds: float = 30) -> None:
    assert callable(condition)
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it never came true"
        time.sleep(0.05)


def _processes(command: str) -> list[str]:
    wanted = command.replace(" ", "\0").encode()
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if place.read_bytes().rstrip(b"\0") == wanted:
                found.append(place.parent.name)
        except OSError:
            continue
    return found
