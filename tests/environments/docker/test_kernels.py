"""Kernels in containers, driven as Jupyter drives them."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.ioloop.manager import AsyncIOLoopKernelManager
from jupyter_client.manager import KernelManager
from traitlets.config import Config

from jupyter_repro import errors, verbs
from jupyter_repro.environments.containers.running import remove_orphans
from jupyter_repro.environments.definitions import Definition, Lock, checked
from jupyter_repro.environments.engines.docker import DockerEngine as Engine
from jupyter_repro.environments.engines.docker.client import engine_client
from jupyter_repro.environments.engines.docker.images import owner_of
from jupyter_repro.environments.engines.docker.locks import image_lock
from jupyter_repro.environments.places import Places
from jupyter_repro.verbs import environments
from tests.environments.docker.conftest import KERNEL, Lines
from tests.environments.docker.test_images import until
from tests.fixtures.docker_engine import BASE, DockerEngine

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("network")]


class Stopping(Lines):
    """A log that says to stop once the work has begun."""

    def check(self) -> None:
        if "go" in self.lines:
            raise errors.Cancelled("enough")


class Kernels:
    """Starts kernels of the image with settings of one's choice, in one workspace."""

    def __init__(self, image: str, root: Path, folder: Path, data: Path) -> None:
        self.image, self.root, self.folder, self._data = image, root, folder, data
        self._started: list[tuple[KernelManager, BlockingKernelClient]] = []

    def write_spec(self, **config: object) -> None:
        place = self._data / "kernels" / "inside"
        place.mkdir(parents=True, exist_ok=True)
        settings = {"image": self.image, "root": str(self.root), **config}
        said = {
            "argv": ["python3", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "inside r1",
            "language": "python",
            "env": {"GREETING": "hello"},
            "metadata": {"kernel_provisioner": {"provisioner_name": "jupyter-repro-docker", "config": settings}},
        }
        (place / "kernel.json").write_text(json.dumps(said))

    def start(self, **config: object) -> tuple[KernelManager, BlockingKernelClient]:
        self.write_spec(**config)
        manager = KernelManager(kernel_name="inside")
        manager.start_kernel(cwd=str(self.folder))
        client = manager.client()
        client.start_channels()
        self._started.append((manager, client))
        client.wait_for_ready(timeout=60)
        return manager, client

    def close(self) -> None:
        while self._started:
            manager, client = self._started.pop()
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def says(client: BlockingKernelClient, code: str) -> str:
    """What code prints, or the name of the error it ends with."""
    said: list[str] = []
    client.execute_interactive(
        code, output_hook=lambda message: said.append(message["content"].get("text", "")), timeout=60
    )
    answer = client.execute_interactive("None", output_hook=lambda message: None, timeout=60)
    assert answer["content"]["status"] == "ok"
    return "".join(said).strip()


def containers(engine_of_run: DockerEngine) -> str:
    return engine_of_run.docker("ps", "-aq", "--filter", "label=jupyter-repro.purpose=kernel")


@pytest.fixture
def kernels(engine_of_run: DockerEngine, kernel_lock: Lock, data_home: Path, tmp_path: Path) -> Iterator[Kernels]:
    folder = tmp_path / "work: a, b"
    folder.mkdir()
    started = Kernels(image_lock(kernel_lock).image, tmp_path / "environments", folder, data_home)
    yield started
    started.close()
    assert containers(engine_of_run) == "", "no container outlives its kernel"
    assert not list(tmp_path.glob("**/docker/kernels/*")), "nor its folders"


def test_an_environment_is_built_chosen_and_run(
    engine_of_run: DockerEngine, library: environments.Library, opened: verbs.Opened, data_home: Path
) -> None:
    scripts = {"pre-run": "echo before\n", "post-run": "echo after $REPRO_EXIT_CODE\n"}
    environments.create(library, "boxed", msgspec.structs.replace(KERNEL, scripts=scripts))
    seen: list[str] = []
    assert environments.build(library, "boxed", on_line=seen.append).state == "ready"
    used = environments.use(opened, library, "boxed")
    spec = json.loads((data_home / "kernels" / used.kernel / "kernel.json").read_text())
    assert spec["display_name"] == "boxed r1"
    manager = KernelManager(kernel_name=used.kernel)
    manager.start_kernel(cwd=str(opened.workspace.root))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        assert (
            says(client, "import os; print(os.environ['GREETING'], os.environ['REPRO_ENVIRONMENT'])") == "hello boxed"
        )
        first = f"{opened.project.name} {opened.workspace.state.commit}"
        assert says(client, "print(os.environ['REPRO_PROJECT'], os.environ['REPRO_COMMIT'])") == first
        assert says(client, "print(open('notes.txt').read())") == "one"
        says(client, "open('made-inside.txt', 'w').write('1')")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    # Commands run inside as well, between the scripts.
    told = Lines()
    program = "import os, sys; print(os.getcwd(), os.path.exists('/.dockerenv')); sys.exit(7)"
    ran = environments.run_in_environment(opened, ["python3", "-c", program], log=told)
    assert (ran.code, ran.part, ran.command) == (7, "command", 7)
    assert told.lines == ["before", f"{opened.workspace.root} True", "after 7"]
    with pytest.raises(errors.Cancelled):
        environments.run_in_environment(opened, ["sh", "-c", "echo go; sleep 86396"], log=Stopping())
    assert containers(engine_of_run) == ""
    made = verbs.checkpoint(opened, "with what the kernel made")
    assert made.commit.environment.label == "boxed r1"
    assert (opened.workspace.root / "made-inside.txt").stat().st_uid == os.getuid()
    packages = {one.name for one in environments.snapshot(opened, "@").software.packages}
    assert {"ipykernel", "python3:amd64"} <= packages or {"ipykernel", "python3:arm64"} <= packages

    # A build that fails leaves the active revision and those who use it alone.
    environments.edit(library, "boxed", msgspec.structs.replace(KERNEL, dockerfile="RUN exit 5\n"))
    assert "exit code: 5" in environments.build(library, "boxed").problem
    assert library.show("boxed").record.active == 1
    found = environments.used(opened)
    assert found is not None
    assert found.label == "boxed r1"
    # Collecting keeps what is active and in use; the image of a commit comes back where it is gone.
    assert environments.collect_environments(library, days=0).removed == 0
    image = used.interpreter.partition(":")[2]
    engine_of_run.docker("image", "inspect", image)
    assert environments.restore_environment(opened, "@").notice == ""


def test_a_kernel_lives_a_whole_life(kernels: Kernels, engine_of_run: DockerEngine) -> None:
    manager, client = kernels.start()
    said = says(
        client,
        "import os, getpass\n"
        "print(os.getcwd(), os.getuid(), os.getgid(), os.environ['GREETING'], getpass.getuser(), sep='|')\n"
        "open('from-inside', 'w').write('x'); open(os.path.expanduser('~/home'), 'w').write('x')",
    )
    assert said == f"{kernels.folder}|{os.getuid()}|{os.getgid()}|hello|{os.environ.get('USER', 'root')}"
    assert (kernels.folder / "from-inside").read_text() == "x"
    assert (kernels.folder / "from-inside").stat().st_uid == os.getuid()

    timer = threading.Timer(0.5, manager.interrupt_kernel)
    code = "import time\ntry:\n    print('go'); time.sleep(60)\nexcept KeyboardInterrupt:\n    print('interrupted')"
    timer.start()
    assert says(client, code).split() == ["go", "interrupted"]

    says(client, "marker = 1")
    manager.restart_kernel()
    client.wait_for_ready(timeout=60)
    assert says(client, "print('marker' in globals())") == "False"
    assert manager.is_alive()
    assert len(containers(engine_of_run).split()) == 1
    client.shutdown()
    until(lambda: not manager.is_alive())


def test_nothing_of_the_engine_or_of_the_server_is_inside(
    kernels: Kernels, monkeypatch: pytest.MonkeyPatch, engine_of_run: DockerEngine
) -> None:
    monkeypatch.setenv("SERVER_TOKEN", "of the server")
    _, client = kernels.start()
    code = (
        "import os\n"
        "print('docker.sock' in open('/proc/self/mountinfo').read(), os.path.lexists('/var/run/docker.sock'))\n"
        "print('DOCKER_HOST' in os.environ, 'SERVER_TOKEN' in os.environ)"
    )
    assert says(client, code).split() == ["False"] * 4
    assert says(client, "print(open('/proc/self/status').read().split('CapEff:')[1].split()[0])") == "0" * 16


def test_networks(kernels: Kernels) -> None:
    interfaces = "import os; print(sorted(os.listdir('/sys/class/net')))"
    _, client = kernels.start(network="none")
    assert says(client, interfaces) == "['lo']"
    _, client = kernels.start(network="bridge")
    assert says(client, interfaces) == "['eth0', 'lo']"
    _, client = kernels.start(network="host")
    assert says(client, interfaces) == str(sorted(os.listdir("/sys/class/net")))
    # Ports instead of sockets: chosen by the engine, on loopback alone, and the same after a restart.
    manager, client = kernels.start(transport="tcp")
    assert says(client, interfaces) == "['eth0', 'lo']"
    ports = manager.get_connection_info()
    assert (ports["transport"], ports["ip"]) == ("tcp", "127.0.0.1")
    manager.restart_kernel()
    client.wait_for_ready(timeout=60)
    assert manager.get_connection_info() == ports
    with pytest.raises(errors.NotPossible, match="publishes no ports"):
        kernels.start(transport="tcp", network="none")


def test_an_engine_over_tcp(
    kernels: Kernels, engine_of_run: DockerEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with reached_over_tcp(engine_of_run) as host:
        monkeypatch.setenv("DOCKER_HOST", host)
        log = Lines()
        plain = Definition(engine="docker", base=BASE, dockerfile="RUN echo over tcp\n")
        Engine(Places(tmp_path / "other")).resolve(checked(plain), log)
        assert "over tcp" in log.lines, "also what is lent to a build goes this way"
        # An engine that is far away shares no sockets with us: the ports that it publishes are taken.
        manager, client = kernels.start()
        assert manager.get_connection_info()["transport"] == "tcp"
        assert says(client, "open('over-tcp', 'w').close()") == ""
        assert (kernels.folder / "over-tcp").exists()
        kernels.close()


@contextmanager
def reached_over_tcp(engine: DockerEngine) -> Iterator[str]:
    """A DOCKER_HOST on loopback that leads to the engine's socket."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    outer, _ = listening.accept()
                    inner = socket.socket(socket.AF_UNIX)
                    inner.connect(engine.host.removeprefix("unix://"))
                    for one, other in ((outer, inner), (inner, outer)):
                        threading.Thread(target=pass_on, args=(one, other), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"tcp://127.0.0.1:{listening.getsockname()[1]}"


def pass_on(one: socket.socket, other: socket.socket) -> None:
    """Whatever is read from one is written to the other, until its end."""
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)


def test_limits_hold_and_running_out_of_memory_is_told(
    kernels: Kernels, engine_of_run: DockerEngine, caplog: pytest.LogCaptureFixture
) -> None:
    manager, client = kernels.start(memory=256 * 1024**2, cpus=0.5)
    about = json.loads(engine_of_run.docker("inspect", containers(engine_of_run)))[0]["HostConfig"]
    assert (about["Memory"], about["MemorySwap"], about["NanoCpus"]) == (256 * 1024**2, 256 * 1024**2, 500_000_000)
    assert about["CapDrop"] == ["ALL"]
    assert not about["Privileged"]
    logger = logging.getLogger("kernels")
    assert manager.provisioner is not None
    manager.provisioner.log = logger
    with caplog.at_level(logging.ERROR, "kernels"):
        client.execute("held = b'x' * 10**9")
        until(lambda: not manager.is_alive())
    assert "wanted more memory than its limit of 256 MiB" in caplog.text


def test_a_kernel_that_cannot_start_says_why(kernels: Kernels, tmp_path: Path) -> None:
    kernels.image = "sha256:" + "0" * 64
    with pytest.raises(errors.EnvironmentNotReady, match="not in the engine of Docker any more"):
        kernels.start()
    kernels.folder = Path("/etc")
    with pytest.raises(errors.NotPossible, match="belongs to the system"):
        kernels.start()


class Told(AsyncIOLoopKernelManager):
    """The manager of one kernel as a server has it: it starts what has ended again, and passes events on."""

    def __init__(self, **kwargs: object) -> None:
        tries = {"time_to_dead": 0.1, "restart_limit": 2}
        super().__init__(config=Config({"AsyncIOLoopKernelRestarter": tries}), **kwargs)
        self.events: list[dict[str, object]] = []

    def emit(self, *, schema_id: str, data: dict[str, object]) -> None:
        assert schema_id == "urn:jupyter-repro:event:kernel:v1"
        self.events.append(data)

    async def answers(self) -> bool:
        client = self.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=60)
            return True
        finally:
            client.stop_channels()


def test_a_kernel_that_does_not_start_again_is_dead_and_says_why(
    kernels: Kernels, engine_of_run: DockerEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kernels.write_spec(network="none")

    async def life() -> None:
        manager, dead = Told(kernel_name="inside"), asyncio.Event()
        await manager.start_kernel(cwd=str(kernels.folder))
        manager.add_restart_callback(dead.set, "dead")
        assert await manager.answers()
        where = manager.get_connection_info()
        monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/gone.sock")
        await manager.restart_kernel()
        assert not await manager.is_alive()
        await asyncio.wait_for(dead.wait(), 60)
        assert [one["problem"] for one in manager.events[-2:]] == 2 * [
            "The kernel inside r1 does not start again. No engine of Docker answers on this machine: start it, or set "
            "DOCKER_HOST to where one is."
        ]
        assert {one["kernel"] for one in manager.events} == {manager.kernel_id}
        assert not list(tmp_path.glob("**/docker/kernels/*")), "what is dead leaves no folders"
        monkeypatch.setenv("DOCKER_HOST", engine_of_run.host)
        await manager.restart_kernel(now=True)
        assert await manager.answers()
        assert manager.get_connection_info() == where
        await manager.shutdown_kernel(now=True)

    asyncio.run(life())


def test_pre_run_runs_inside_before_the_kernel(kernels: Kernels) -> None:
    from jupyter_repro.environments.definitions import Definition, encode

    places = Places(kernels.root)
    scripts = {"pre-run": "echo $GREETING >pre-run-was-here\n"}
    key = places.keep(encode(Definition(engine="docker", base="x", scripts=scripts)))
    _, client = kernels.start(definition=key)
    assert says(client, "print(open('pre-run-was-here').read())") == "hello"


def test_containers_of_a_server_that_was_killed_are_removed(kernels: Kernels, engine_of_run: DockerEngine) -> None:
    kernels.write_spec()
    program = (
        "import sys, time\n"
        "from jupyter_client.manager import KernelManager\n"
        "manager = KernelManager(kernel_name='inside')\n"
        "manager.start_kernel(cwd=sys.argv[1])\n"
        "client = manager.client(); client.start_channels(); client.wait_for_ready(timeout=60)\n"
        "print('ready', flush=True); time.sleep(600)\n"
    )
    command = [sys.executable, "-c", program, str(kernels.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        orphan = containers(engine_of_run)
        owner = owner_of(Places(kernels.root))
        with engine_client() as client:
            assert remove_orphans(client, owner) == 0, "its server lives"
        server.send_signal(signal.SIGKILL)
    assert containers(engine_of_run) == orphan
    # The next kernel that starts tidies up first.
    kernels.start()
    assert orphan not in containers(engine_of_run)
    assert len(list((kernels.root / "docker" / "kernels").iterdir())) == 1


def test_another_user_is_the_same_user_inside(
    kernels: Kernels, engine_of_run: DockerEngine, tmp_path: Path, data_home: Path
) -> None:
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed")
    (engine_of_run.folder / "docker.sock").chmod(0o666)
    mine = tmp_path / "of-another"
    for place in (mine, mine / "work", mine / "runtime"):
        place.mkdir()
        os.chown(place, 1234, 1234)
    program = (
        "import os, sys\n"
        "from jupyter_client.manager import start_new_kernel\n"
        "manager, client = start_new_kernel(kernel_name='inside', cwd=sys.argv[1])\n"
        "said = []\n"
        'client.execute_interactive(\'import os, getpass, pwd; open("made", "w").close(); print(os.getuid(), \'\n'
        "    'getpass.getuser(), pwd.getpwuid(os.getuid()).pw_dir, os.access(os.path.expanduser(\"~\"), os.W_OK))',\n"
        "    output_hook=lambda m: said.append(m['content'].get('text', '')), timeout=60)\n"
        "client.stop_channels(); manager.shutdown_kernel(now=True)\n"
        "print(''.join(said))\n"
    )
    variables = {**os.environ, "JUPYTER_RUNTIME_DIR": str(mine / "runtime"), "HOME": str(mine), "USER": "ann"}
    variables |= {"LOGNAME": "ann", "IPYTHONDIR": str(mine)}
    kernels.root = mine / "environments"
    kernels.write_spec()
    # May read what only root may, as the Python of these tests can be; may write nothing of root's.
    reading = "+dac_read_search"
    become = ["setpriv", "--reuid=1234", "--regid=1234", "--clear-groups", f"--inh-caps={reading}"]
    command = [*become, f"--ambient-caps={reading}", sys.executable, "-c", program, str(mine / "work")]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False, cwd="/")
    assert done.stdout.split() == ["1234", "ann", "/home/jupyter-repro", "True"], done.stderr
    assert (mine / "work" / "made").stat().st_uid == 1234
