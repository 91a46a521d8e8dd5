"""A command run in a container of an image, between the scripts pre-run and post-run, as elsewhere on the machine."""

from __future__ import annotations

import os
import queue
import shlex
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from jupyter_repro.environments.containers import running
from jupyter_repro.environments.containers.plans import FOLDER, Folders, Plan, make_folders, mounted_root
from jupyter_repro.environments.containers.specs import limits_of
from jupyter_repro.environments.definitions import Definition
from jupyter_repro.environments.engines.docker.client import engine_client
from jupyter_repro.environments.engines.docker.images import owner_of
from jupyter_repro.environments.engines.protocol import BuildLog
from jupyter_repro.environments.execution import Executed, Part
from jupyter_repro.environments.layers import scripts_of, variables_of
from jupyter_repro.environments.places import Places

if TYPE_CHECKING:
    from docker import APIClient

_RESULT = "result"


def execute_inside(
    command: Sequence[str],
    *,
    image: str,
    places: Places,
    definition: Definition,
    injected: Mapping[str, str],
    cwd: str,
    log: BuildLog | None = None,
) -> Executed:
    """Run ``command`` in a container of ``image`` that sees the workspace of ``cwd``, and nothing else of this machine.

    See ``execution.execute`` for order, codes and output. The container is removed when the command has ended, or when
    the log says to stop. Raises ``EnvironmentNotReady`` when the image is gone.
    """
    directory = os.path.realpath(cwd)
    limits = limits_of(definition)
    folders = make_folders(places.root)
    try:
        plan = Plan(
            image=image,
            command=["/bin/sh", f"{FOLDER}/run", *command],
            environment={**variables_of(definition), **injected},
            root=mounted_root(directory),
            directory=directory,
            folders=folders,
            owner=owner_of(places),
            kernel=injected.get("REPRO_RUN_ID", ""),
            network=str(limits.get("network", "bridge")),
            cpus=float(cast("float", limits.get("cpus", 0.0))),
            memory=int(cast("int", limits.get("memory", 0))),
        )
        _write_scripts(folders, definition)
        with engine_client() as client:
            running.remove_orphans(client, plan.owner)
            started = running.start(client, plan)
            try:
                _pass_on(client, started.container, log)
                # Its output may end a moment before it does.
                client.wait(started.container)
                how = running.ended(client, started.container)
            finally:
                running.remove(client, started.container)
        return _executed(folders, how or running.Ended(1, False, ""), plan.memory)
    finally:
        folders.remove()


def _write_scripts(folders: Folders, definition: Definition) -> None:
    """The program that runs all of it, and notes which part ended how."""
    note = f"{FOLDER}/{_RESULT}"
    lines = []
    for when in ("pre-run", "post-run"):
        if when == "post-run":
            lines += ['"$@"', "c=$?", f"echo command $c >>{note}", "export REPRO_EXIT_CODE=$c"]
        for number, text in enumerate(scripts_of(definition, when), 1):
            file = folders.run / f"{when}-{number}"
            file.write_text(text, "utf-8")
            file.chmod(0o500)
            program = "" if text.startswith("#!") else "/bin/sh -e "
            failed = "exit $d" if when == "pre-run" else "[ $c -ne 0 ] || c=$d; exit $c"
            call = shlex.quote(f"{FOLDER}/{file.name}")
            lines.append(f"{program}{call}; d=$?; [ $d -eq 0 ] || {{ echo {when} $d >>{note}; {failed}; }}")
    lines.append("exit $c")
    (folders.run / "run").write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _pass_on(client: APIClient, container: str, log: BuildLog | None) -> None:
    """Pass what the container prints on to the log, or to where this process prints, until it has ended."""
    found: queue.SimpleQueue[tuple[int, bytes | None]] = queue.SimpleQueue()

    def read(descriptor: int, *, out: bool, err: bool) -> None:
        try:
            for block in client.logs(container, stdout=out, stderr=err, stream=True, follow=True):
                found.put((descriptor, block))
        finally:
            found.put((descriptor, None))

    # A log has one order for both; elsewhere each goes its own way.
    wanted = [(1, True, True)] if log is not None else [(1, True, False), (2, False, True)]
    for descriptor, out, err in wanted:
        options = {"out": out, "err": err}
        threading.Thread(target=read, args=(descriptor,), kwargs=options, daemon=True, name="output").start()
    left, rest = len(wanted), b""
    while left:
        if log is not None:
            log.check()
        try:
            descriptor, block = found.get(timeout=0.2)
        except queue.Empty:
            continue
        if block is None:
            left -= 1
        elif log is None:
            os.write(descriptor, block)
        else:
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                log.line(line.decode("utf-8", "replace").rstrip("\r"))
    if log is not None and rest:
        log.line(rest.decode("utf-8", "replace"))


def _executed(folders: Folders, how: running.Ended, memory: int) -> Executed:
    try:
        noted = [line.split() for line in (folders.run / _RESULT).read_text("ascii").splitlines()]
    except (OSError, UnicodeDecodeError):
        noted = []
    codes = {words[0]: int(words[1]) for words in noted if len(words) == 2 and words[1].isdigit()}
    if how.out_of_memory:
        most = f"{memory / 1024**2:.0f} MiB"
        problem = f"It wanted more memory than its limit of {most}. Raise the limit of the environment, or use less."
        return Executed(how.code, "command", codes.get("command", how.code), problem)
    if "pre-run" in codes:
        problem = f"The script pre-run ended with exit code {codes['pre-run']}, so the command was not run."
        return Executed(how.code, "pre-run", None, problem)
    command = codes.get("command", how.code)
    if "post-run" in codes:
        part: Part = "command" if command else "post-run"
        return Executed(how.code, part, command, f"The script post-run ended with exit code {codes['post-run']}.")
    return Executed(how.code, "command", command)
