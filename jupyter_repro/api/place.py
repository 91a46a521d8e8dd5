"""Where the server is: paths as Lab's file browser knows them, and as the machine does."""

from __future__ import annotations

import os
from dataclasses import dataclass

from jupyter_repro.errors import HostilePath

MOST_NAME = 255
MOST_PATH = 3800
"""Bytes of one name and of all names of a path, at most: what the file systems in use can, and room below it."""


@dataclass(frozen=True, slots=True)
class Place:
    """The server's root directory, absolute and with its links resolved."""

    root: str

    @classmethod
    def at(cls, root: str) -> Place:
        """The place of a server that was started with ``root``."""
        return cls(os.path.realpath(os.path.expanduser(root)))

    def server_path(self, path: str) -> str | None:
        """``path`` (absolute) as Lab knows it: relative, '/' between names, '' for the root; None when outside."""
        relative = os.path.relpath(os.path.realpath(path), self.root)
        if relative == os.curdir:
            return ""
        if relative == os.pardir or relative.startswith(os.pardir + os.sep) or os.path.isabs(relative):
            return None
        return relative.replace(os.sep, "/")

    def is_protected(self) -> bool:
        """Whether the root lies in a workspace, as far as a marker says so."""
        directory = self.root
        while True:
            if os.path.exists(os.path.join(directory, ".repro", "workspace.json")):
                return True
            above = os.path.dirname(directory)
            if above == directory:
                return False
            directory = above

    def inside(self, path: str) -> str:
        """The absolute directory that Lab calls ``path``. Raises ``HostilePath`` when it would lie outside the root."""
        absolute = self.anywhere(path.lstrip("/"))
        if self.server_path(absolute) is None:
            raise HostilePath(f"{path!r} lies outside the directory this server was started in. Choose one inside.")
        return absolute

    def anywhere(self, path: str) -> str:
        """The absolute directory that ``path`` means: relative to the root, absolute, or in the user's home (~).

        Raises ``HostilePath`` for what cannot be a path.
        """
        if "\0" in path:
            raise HostilePath(f"{path!r} holds a NUL, which no path can. Leave it out.")
        joined = os.path.normpath(os.path.join(self.root, os.path.expanduser(path)))
        try:
            names = os.fsencode(joined).split(os.fsencode(os.sep))
        except UnicodeEncodeError as error:
            raise HostilePath(
                f"{path!r} holds characters that no file system here can. Choose another name."
            ) from error
        if max(map(len, names)) > MOST_NAME or sum(map(len, names)) > MOST_PATH:
            raise HostilePath(f"{path[:100]!r}... is longer than file systems allow. Choose a shorter name.")
        return joined
