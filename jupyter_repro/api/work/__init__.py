"""Long work, outside the server's process.

A checkpoint hashes and compresses for minutes, and one long native call would hold the event loop however
many threads there are. So tasks run in worker processes: ``process`` is what runs there, ``jobs`` the table of
what it can do, ``worker`` the server's end of the pipe. The messages are JSON, one a line.
"""

from __future__ import annotations
