"""How a server of ours starts the kernels of this machine: as jupyter_client does, each in its own workspace.

A server may serve many workspaces, and its own variables can name one of them only.
"""

from __future__ import annotations

import asyncio
import os
from logging import Logger, LoggerAdapter

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from jupyter_repro.configuration import load_configuration
from jupyter_repro.data_directory import DataDirectory
from jupyter_repro.environments.injected import for_directory
from jupyter_repro.errors import ReproError


class WorkspaceProvisioner(LocalProvisioner):
    """Runs a kernel as a process that finds REPRO_PROJECT and REPRO_COMMIT of the workspace it starts in."""

    async def pre_launch(self, **kwargs: object) -> dict[str, object]:
        """Prepare the command and the variables, whenever a kernel starts or starts again."""
        prepared = dict(await super().pre_launch(**kwargs))
        try:
            data = load_configuration(self.config.get("Repro")).data_directory
        except ReproError as error:
            self.log.warning("%s", error)
            return prepared
        return await told_where(prepared, data, self.log)


async def told_where(
    prepared: dict[str, object], data: DataDirectory, log: Logger | LoggerAdapter[Logger]
) -> dict[str, object]:
    """What a kernel is launched with (``env``, ``cwd``), with the variables of the workspace that it starts in."""
    env = prepared.get("env")
    if not isinstance(env, dict):
        return prepared
    directory = str(prepared.get("cwd") or os.getcwd())
    try:
        return {**prepared, "env": await asyncio.to_thread(for_directory, env, data, directory)}
    except (ReproError, OSError) as error:
        # A kernel is worth more than two variables.
        log.warning("A kernel was not told the workspace that it is in: %s", error)
        return prepared
