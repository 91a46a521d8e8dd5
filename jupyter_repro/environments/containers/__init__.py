"""Kernels in containers: a provisioner for jupyter_client, and the tidying up after servers that were killed.

A kernel runs in a container of the image of its environment, with the workspace at the path where it is outside, as
the user who started it, with nothing of the engine inside. jupyter_client is imported by ``provisioner`` alone.
"""

from __future__ import annotations
