"""The engine docker: Dockerfiles on top of a base, images by digest, nothing of a closed network left inside.

It needs the package docker (the extra of that name) and an engine that answers; without them every door here raises
``MissingTool`` with one sentence, and nothing else of the product notices.
"""

from __future__ import annotations

from jupyter_repro.environments.engines.docker.engine import DockerEngine

__all__ = ["DockerEngine"]
