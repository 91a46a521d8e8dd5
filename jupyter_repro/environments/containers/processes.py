"""Processes that can be told from later ones of the same number, also by another server of the same machine."""

from __future__ import annotations

import os

from jupyter_repro.environments.engines.docker.images import host_mark


def this_process() -> str:
    """Names this process: machine and its start, number, and when it began."""
    return f"{host_mark()} {os.getpid()} {began(os.getpid())}"


def is_over(mark: str) -> bool:
    """Whether a process of this machine has ended; False for those of other machines, of which nothing is known."""
    parts = mark.rsplit(" ", 2)
    if len(parts) != 3 or not parts[1].isdigit():
        return False
    host, pid, beginning = parts
    name, _, boot = host.rpartition("/")
    here, _, boot_here = host_mark().rpartition("/")
    if name != here:
        return False
    if boot != boot_here:
        return True  # the machine has been started again since
    return began(int(pid)) != beginning


def began(pid: int) -> str:
    """When a process began, in ticks since the start of the machine; "" when it is not there."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name of the program, in brackets, may hold spaces and brackets.
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == b"Z" else fields[19].decode()
