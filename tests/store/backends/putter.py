"""One put in a process of its own, between two system calls that a tracer recognises.

``python -m tests.store.backends.putter FOLDER KEY SIZE`` prints "stored", "taken" or the error's name.
"""

from __future__ import annotations

import os
import sys

from jupyter_repro.errors import StoreError
from jupyter_repro.store.backends import AlreadyExists, DirectoryBackend

BEGIN, END = "/the-put-begins", "/the-put-ended"


def content(size: int) -> bytes:
    return bytes(i % 251 for i in range(size))


def main(folder: str, key: str, size: int) -> None:
    backend = DirectoryBackend(folder)
    data = content(size)
    os.path.exists(BEGIN)
    try:
        backend.put(key, data)
        outcome = "stored"
    except AlreadyExists:
        outcome = "taken"
    except StoreError as error:
        outcome = f"{type(error).__name__}: {error}"
    os.path.exists(END)
    print(outcome, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
