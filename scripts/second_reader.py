"""A second reader of the store format: lists the commits of a store directory, and extracts any of them.

Written from docs/store-format.md alone; needs blake3, zstandard and msgpack, and nothing of jupyter-repro.

    second_reader.py STORE                     list branches, tags and commits
    second_reader.py STORE COMMIT DIRECTORY    extract a commit (id, branch or tag) into a new directory
"""

from __future__ import annotations

import json
import os
import struct
import sys
from datetime import datetime, timezone
from pathlib import Path

import msgpack
import zstandard
from blake3 import blake3

FORMAT = 1
BLOB, RECIPE, TREE, COMMIT = 1, 2, 3, 4
FILE, LINK, DIRECTORY = 1, 2, 3
FOOTER = struct.Struct("<QII32s8s")


def check(condition: bool, what: str) -> None:
    """Stop when the store is not as its format says."""
    if not condition:
        raise ValueError(what)


def unpack(data: bytes) -> dict | list:
    """A MessagePack value; maps may have bytes for keys."""
    return msgpack.unpackb(data, raw=False, strict_map_key=False)


def sealed(path: Path) -> tuple[dict, bytes]:
    """The body of a record or snapshot, and the digest that ends it."""
    data = path.read_bytes()
    check(len(data) > 32 and blake3(data[:-32]).digest() == data[-32:], f"{path} is damaged")
    return unpack(data[:-32]), data[-32:]


class Reader:
    """The store in a directory."""

    def __init__(self, store: Path) -> None:
        self.store = store
        marker = json.loads((store / "repro.json").read_text("utf-8"))
        check(marker["format"] <= FORMAT, f"format {marker['format']} is newer than {FORMAT}")
        self.number, self.digest = -1, bytes(32)
        self.branches: dict[str, bytes] = {}
        self.tags: dict[str, bytes] = {}
        self.packs, self.purged, self.allowed, self.thinned = set(), set(), set(), set()
        self.start()
        self.replay()
        self.objects: dict[tuple[int, bytes], tuple[bytes, int, int, int, int]] = {}
        for pack in self.packs:
            self.read_table(pack)

    def start(self) -> None:
        """Begin with the newest snapshot that is whole, if there is one."""
        for path in sorted((self.store / "snapshots").glob("[0-9]" * 20), reverse=True):
            try:
                head, _ = sealed(path)
            except ValueError:
                continue
            self.number, self.digest = head["number"], head["digest"]
            self.branches, self.tags, self.packs = head["branches"], head["tags"], set(head["packs"])
            self.purged, self.allowed, self.thinned = (set(head[name]) for name in ("purged", "allowed", "thinned"))
            return

    def replay(self) -> None:
        """Apply the records that follow."""
        for path in sorted((self.store / "log").glob("[0-9]" * 20)):
            if int(path.name) <= self.number:
                continue
            record, digest = sealed(path)
            check(record.get("format", 1) <= FORMAT, f"{path} has a newer format")
            follows = record["number"] == self.number + 1 == int(path.name) and record["previous"] == self.digest
            check(follows, f"{path} does not follow the record before it")
            self.number, self.digest = record["number"], digest
            for field, names in (("branches", self.branches), ("tags", self.tags)):
                for name, _, new in record.get(field, ()):
                    names.pop(name, None)
                    if new is not None:
                        names[name] = new
            self.packs |= {pack for pack, _, _ in record.get("packs", ())}
            self.packs -= {pack for pack, _ in record.get("retired", ())}
            for purge in record.get("purges", ()):
                self.purged |= set(purge[0])
                self.allowed -= set(purge[0])
            self.allowed |= set(record.get("allowed", ()))
            self.thinned |= set(record.get("thinned", ()))

    def pack_path(self, pack: bytes) -> Path:
        """Where a pack lies."""
        return self.store / "packs" / pack.hex()[:2] / pack.hex()

    def read_table(self, pack: bytes) -> None:
        """Note where each object of a pack lies; a pack without a readable table holds nothing for us."""
        try:
            with open(self.pack_path(pack), "rb") as file:
                check(file.read(8) == b"RPROPACK", "no pack")
                file.seek(-FOOTER.size, os.SEEK_END)
                offset, length, plain_length, digest, tail = FOOTER.unpack(file.read())
                file.seek(offset)
                packed = file.read(length)
            check(tail == b"RPROTAIL" and blake3(packed).digest() == digest, "its table is damaged")
        except (OSError, ValueError) as error:
            print(f"pack {pack.hex()}: {error}", file=sys.stderr)
            return
        table = unpack(zstandard.ZstdDecompressor().decompress(packed, max_output_size=plain_length))
        place = 16
        for i, kind in enumerate(table["kinds"]):
            stored = table["stored"][i]
            name = table["ids"][32 * i : 32 * i + 32]
            self.objects.setdefault((kind, name), (pack, place, stored, table["plain"][i], table["codecs"][i]))
            place += stored

    def get(self, kind: int, name: bytes) -> bytes:
        """The plain bytes of an object, checked."""
        check(name not in self.purged - self.allowed, f"{name.hex()} was purged")
        check((kind, name) in self.objects, f"{name.hex()} is missing")
        pack, place, stored, plain, codec = self.objects[kind, name]
        with open(self.pack_path(pack), "rb") as file:
            file.seek(place)
            data = file.read(stored)
        if codec == 1:
            data = zstandard.ZstdDecompressor().decompress(data, max_output_size=plain)
        check(len(data) == plain and blake3(data).digest() == name, f"{name.hex()} is damaged")
        return data

    def commits(self) -> list[tuple[bytes, dict]]:
        """Id and fields of every commit, newest first."""
        found = [(name, unpack(self.get(COMMIT, name))) for kind, name in self.objects if kind == COMMIT]
        return sorted(found, key=lambda item: (-item[1]["time"], item[0]))

    def extract(self, name: str, directory: Path) -> None:
        """Write the files of a commit into a directory that does not exist yet."""
        names = {**{key[1].hex(): key[1] for key in self.objects if key[0] == COMMIT}, **self.tags, **self.branches}
        commit = unpack(self.get(COMMIT, names[name]))
        check(commit["format"] <= FORMAT, "the commit has a newer format")
        directory.mkdir()
        self.extract_tree(commit["tree"], os.fsencode(directory), root=True)

    def extract_tree(self, tree: bytes, directory: bytes, root: bool = False) -> None:
        """Write one directory; each of its entries is made new, so that nothing is written through a link."""
        previous = b""
        for name, form, mode, size, content, recipe in unpack(self.get(TREE, tree)):
            bad = name in (b"", b".", b"..") or b"/" in name or b"\0" in name or len(name) > 255 or name <= previous
            check(not bad and 0 <= mode <= 0o777 and not (root and name == b".repro"), f"hostile entry {name!r}")
            previous, path = name, os.path.join(directory, name)
            if form == DIRECTORY:
                os.mkdir(path)
                self.extract_tree(content, path)
                os.chmod(path, mode)
            elif form == LINK:
                check(0 < len(content) < 4096 and b"\0" not in content, f"hostile link {name!r}")
                os.symlink(content, path)
            else:
                check(form == FILE, f"{name!r} has the unknown type {form}")
                self.extract_file(path, mode, size, content, recipe)

    def extract_file(self, path: bytes, mode: int, size: int, content: bytes, recipe: bytes | None) -> None:
        """Write one file, chunk by chunk, and check it as a whole."""
        chunks = [content]
        if recipe is not None:
            total, ids, lengths = unpack(self.get(RECIPE, recipe))
            check(total == size == sum(lengths) and len(ids) == 32 * len(lengths), f"bad recipe of {path!r}")
            chunks = [ids[i : i + 32] for i in range(0, len(ids), 32)]
        whole = blake3()
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
            for chunk in chunks:
                data = self.get(BLOB, chunk)
                whole.update(data)
                file.write(data)
            check(file.tell() == size and whole.digest() == content, f"{path!r} is not what its entry says")
            os.fchmod(file.fileno(), mode)


def main() -> None:
    """Run the command line."""
    if len(sys.argv) not in (2, 4):
        sys.exit(__doc__)
    reader = Reader(Path(sys.argv[1]))
    if len(sys.argv) == 4:
        sys.exit(reader.extract(sys.argv[2], Path(sys.argv[3])))
    for name, commit in [*reader.branches.items(), *reader.tags.items()]:
        print(f"{name:8} {commit.hex()}")
    for commit, fields in reader.commits():
        when = datetime.fromtimestamp(fields["time"] / 1e6, timezone.utc).isoformat()
        print(f"{'thinned' if commit in reader.thinned else 'commit':8} {commit.hex()} {when} {fields['message']!r}")


if __name__ == "__main__":
    main()
