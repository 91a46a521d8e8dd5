"""One of many processes that want the same keys: ``python -m tests.store.backends.racer PATH_OR_URL NAME KEYS``.

Says "ready", waits for a line, puts its name under each key, and says which keys it got.
"""

from __future__ import annotations

import sys

from jupyter_repro.store.backends import AlreadyExists, open_backend


def main(place: str, name: str, keys: int) -> None:
    backend = open_backend(place)
    list(backend.list(""))  # connected, imported: all that is left to do is the race
    print("ready", flush=True)
    sys.stdin.readline()
    won = []
    for number in range(keys):
        try:
            backend.put(f"race/{number:04d}", name.encode() * 1000)
        except AlreadyExists:
            continue
        won.append(str(number))
    print(" ".join(won), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
