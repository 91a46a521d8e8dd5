"""A reader of nbdime's diff format: what the viewer makes of an older notebook and a difference."""

from __future__ import annotations

import re

LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def patched(value, entries):
    """The newer value, from the older one and the entries of a difference."""
    if isinstance(value, dict):
        changed = dict(value)
        for entry in entries:
            key = entry["key"]
            assert (key in value) == (entry["op"] != "add")
            if entry["op"] == "remove":
                del changed[key]
            else:
                changed[key] = patched(value[key], entry["diff"]) if entry["op"] == "patch" else entry["value"]
        return changed
    if isinstance(value, str):
        return "".join(spliced(LINES.findall(value), entries, patched_line))
    return spliced(value, entries, patched)


def patched_line(line, entries):
    units = [line.encode("utf-16-le")[at : at + 2] for at in range(0, len(line.encode("utf-16-le")), 2)]
    for entry in entries:
        if entry["op"] == "addrange":
            assert isinstance(entry["valuelist"], str)
            entry["valuelist"] = [entry["valuelist"].encode("utf-16-le")]
    return b"".join(spliced(units, entries, None)).decode("utf-16-le")


def spliced(items, entries, inside):
    made, at = [], 0
    for entry in entries:
        key = entry["key"]
        assert at <= key <= len(items)
        made += items[at:key]
        at = key
        if entry["op"] == "addrange":
            made += entry["valuelist"]
        elif entry["op"] == "removerange":
            assert 0 < entry["length"] <= len(items) - key
            at += entry["length"]
        else:
            made.append(inside(items[key], entry["diff"]))
            at += 1
    return made + items[at:]
