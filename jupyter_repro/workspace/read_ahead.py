"""Reading a new workspace from both ends: two cores read files twice as fast as two threads of one interpreter.

The first checkpoint of many small files is bound by one interpreter. So a forked process reads the same directories in
the opposite order: it names and compresses their small files and sends them through a pipe, until the scan meets it.
Nothing depends on it: what it says of a file counts only while ``lstat`` still says the same, as with the stat cache,
and whatever it did not send is read by the scan.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import struct
from collections.abc import Callable, Iterator

import msgspec
from blake3 import blake3

from jupyter_repro.history.trees import TreeEntry, encode_tree
from jupyter_repro.store.batch import Encoded
from jupyter_repro.store.chunks import ChunkSizes, chunk_sizes
from jupyter_repro.store.objects import Compressor
from jupyter_repro.workspace.content import Sink, StoreSink, read_entry
from jupyter_repro.workspace.counting import count_files
from jupyter_repro.workspace.forked import children_wanted, end, forked, write_all
from jupyter_repro.workspace.ignore import IgnoreNode
from jupyter_repro.workspace.statcache import StatCache, StatRow, decode_entries, decode_rows, encode_rows, row_of

WORTH_FORKING = 4000
"""Files from which on a second process is worth it."""

_MESSAGE_BYTES = 1024 * 1024
_PIPE_BYTES = 1024 * 1024
_LENGTH = struct.Struct("<Q")


class _Message(msgspec.Struct, array_like=True):
    """Directories as (path, encoded rows, encoded entries), and every content they name that was not sent before."""

    directories: list[tuple[bytes, bytes, bytes]]
    objects: list[Encoded]


_decode = msgspec.msgpack.Decoder(_Message).decode


@contextlib.contextmanager
def read_ahead(root: bytes, rules: IgnoreNode, sink: Sink, cache: StatCache | None) -> Iterator[ReadAhead | None]:
    """Somebody who reads ``root`` from its end, for as long as the block lasts; None where it is not worth it or safe.

    It is worth it where nothing is known yet and everything goes into a store that holds nothing.
    """
    ahead = None
    if isinstance(sink, StoreSink) and _worth_it(root, rules, sink, cache):
        with contextlib.suppress(OSError):  # no room for another process
            ahead = ReadAhead(root, rules, sink.encoded)
    try:
        yield ahead
    finally:
        if ahead is not None:
            ahead.end()


def _worth_it(root: bytes, rules: IgnoreNode, sink: StoreSink, cache: StatCache | None) -> bool:
    if not sink.fresh or (cache is not None and not cache.empty) or not children_wanted():
        return False
    return count_files(root, rules, WORTH_FORKING) >= WORTH_FORKING


class ReadAhead:
    """The forked process, seen from the one that scans; ``put`` takes the contents that it sends."""

    def __init__(self, root: bytes, rules: IgnoreNode, put: Callable[[list[Encoded]], None]) -> None:
        self._put = put
        self._directories: dict[bytes, tuple[bytes, bytes]] = {}
        self._received = bytearray()
        self._pid, self._reading = forked(lambda writing: _Reader(root, writing).run(rules))
        os.set_blocking(self._reading, False)
        with contextlib.suppress(OSError, AttributeError):  # a user may have but so many large pipes
            fcntl.fcntl(self._reading, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    def known(self, rel: bytes) -> dict[StatRow, TreeEntry]:
        """See ``scan.Ahead``."""
        self._receive()
        found = self._directories.pop(rel, None)
        if found is None:
            return {}
        # It comes from the other end: what it has not sent by now, the scan has done itself.
        self.end()
        rows, entries = found
        return dict(zip(decode_rows(rows), decode_entries(entries), strict=True))

    def end(self) -> None:
        """Stop the process; what it sent stays known."""
        if self._pid:
            end(self._pid)
            self._pid = 0
            os.close(self._reading)

    def _receive(self) -> None:
        received = self._received
        while self._pid:
            try:
                block = os.read(self._reading, _PIPE_BYTES)
            except BlockingIOError:
                return
            if not block:
                self.end()
            received += block
            while len(received) >= _LENGTH.size:
                stop = _LENGTH.size + int(_LENGTH.unpack_from(received)[0])
                if len(received) < stop:
                    break
                message = _decode(memoryview(received)[_LENGTH.size : stop])
                del received[:stop]
                self._put(message.objects)
                self._directories.update((path, (rows, entries)) for path, rows, entries in message.directories)


class _Reader:
    """The forked process from inside: a sink of small files, and the way through the directories."""

    def __init__(self, root: bytes, writing: int) -> None:
        self._root = root
        self._writing = writing
        self._sent: set[bytes] = set()
        self._contents: list[tuple[bytes, bytes]] = []
        self._bytes = 0
        self._directories: list[tuple[bytes, bytes, bytes]] = []
        self._compressor = Compressor()

    def run(self, rules: IgnoreNode) -> None:
        """Read and send everything."""
        self._directory(self._root, b"", rules)
        self._send()

    def small(self, data: bytes) -> bytes:
        """See ``content.Sink``."""
        name = blake3(data).digest()
        if name not in self._sent:
            self._sent.add(name)
            self._contents.append((name, data))
            self._bytes += len(data)
        return name

    def large(self, blocks: Iterator[bytes], sizes: ChunkSizes) -> tuple[bytes, bytes | None, int]:
        """See ``content.Sink``: a file that has grown large meanwhile is left to the scan."""
        raise OSError("no small file any more")

    def tree(self, data: bytes) -> bytes:
        """See ``content.Sink``: directories are put together by the scan."""
        raise NotImplementedError

    def _directory(self, path: bytes, rel: bytes, rules: IgnoreNode) -> None:
        rows: list[StatRow] = []
        below: list[bytes] = []
        with contextlib.suppress(OSError), os.scandir(path) as listing:
            for item in listing:
                with contextlib.suppress(OSError):
                    st = item.stat(follow_symlinks=False)
                    form = st.st_mode & 0o170000
                    if rules.ignored(item.name, form == stat.S_IFDIR) is not None:
                        continue
                    if form == stat.S_IFDIR:
                        below.append(item.name)
                    elif form == stat.S_IFREG and chunk_sizes(item.name, st.st_size) is None:
                        rows.append(row_of(item.name, st))
        for name in sorted(below, reverse=True):
            self._directory(path + b"/" + name, rel + b"/" + name if rel else name, rules.enter(name))
        if rows:
            self._files(path, rel, rows)
            if self._bytes >= _MESSAGE_BYTES:
                self._send()

    def _files(self, path: bytes, rel: bytes, rows: list[StatRow]) -> None:
        read: list[StatRow] = []
        entries: list[TreeEntry] = []
        for row in rows:
            with contextlib.suppress(OSError):
                entry, seen, still = read_entry(path + b"/" + row.name, row.name, self, row)
                if still:
                    read.append(seen)
                    entries.append(entry)
        self._directories.append((rel, encode_rows(read), encode_tree(entries)))

    def _send(self) -> None:
        encoded = self._compressor.many([data for _, data in self._contents]) if self._contents else []
        objects = [
            Encoded(name, codec, bytes(payload), len(data))
            for (name, data), (codec, payload) in zip(self._contents, encoded, strict=True)
        ]
        message = msgspec.msgpack.encode(_Message(self._directories, objects))
        write_all(self._writing, _LENGTH.pack(len(message)) + message)
        self._contents, self._directories, self._bytes = [], [], 0
