"""The process in which rattler works: ``python -m ...conda_worker QUESTION ANSWER``, two files.

What it prints is the log of the build. It ends when the process that started it does.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jupyter_repro.environments.engines.conda_asking import Answer, Install, Solve
from jupyter_repro.environments.engines.conda_telling import Refused, reason

if TYPE_CHECKING:
    from rattler import Client

_CONFIGURED_AS = "jupyter-repro"
"""rattler's own configuration (proxies, mirrors, certificates) is looked for under its name and under this one."""


def main(question: str, answer: str) -> None:
    """Answer the question in one file into the other."""
    _end_with(os.getppid())
    asked = msgspec.json.decode(Path(question).read_bytes(), type=Solve | Install)
    try:
        work: Coroutine[None, None, Answer] = _solve(asked) if isinstance(asked, Solve) else _install(asked)
        done = asyncio.run(work)
    except Refused as error:
        done = Answer(problem=str(error))
    Path(answer).write_bytes(msgspec.json.encode(done))
    sys.stdout.flush()
    # Not by returning: the threads of rattler do not survive the end of Python well.
    os._exit(0)


async def _solve(asked: Solve) -> Answer:
    from jupyter_repro.environments.engines.conda_solving import solve

    return await solve(asked, _client())


async def _install(asked: Install) -> Answer:
    from jupyter_repro.environments.engines.conda_installing import install

    return await install(asked, _client())


def _client() -> Client:
    """What speaks to channels: with the credentials, proxies, mirrors and certificates that rattler is told of."""
    from rattler import Client, Config

    try:
        return Client.from_config(Config.load_from_default_locations(_CONFIGURED_AS), user_agent=_CONFIGURED_AS)
    except Exception as error:
        raise Refused(f"The configuration of rattler cannot be used: {reason(error)}. Mend it.") from error


def _end_with(parent: int) -> None:
    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
