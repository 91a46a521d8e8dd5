"""The bare cost of creating files: nothing but directories, open, write and close, from memory.

``python bare_files.py MANIFEST DEST``; a line of the manifest is a size and a path, directories first
(size -1). No content is read, checked or unpacked: no program that recreates files can be faster than this,
short of using several processor cores.
"""

from __future__ import annotations

import os
import sys


def main(manifest: str, dest: str) -> None:
    """Create everything that the manifest lists below ``dest``."""
    content = memoryview(os.urandom(1024 * 1024))
    with open(manifest, encoding="utf-8") as lines:
        os.mkdir(dest)
        os.chdir(dest)
        for line in lines:
            size, path = line.rstrip("\n").split(" ", 1)
            if size == "-1":
                os.mkdir(path)
                continue
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            os.write(file, content[: int(size)])
            os.close(file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
