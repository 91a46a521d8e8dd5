"""What takes the space."""

from __future__ import annotations

from jupyter_repro import verbs
from jupyter_repro.api.calls import Call
from jupyter_repro.api.schemas.storage import LargePath, StorageUse
from jupyter_repro.api.translate import time_of


def use(call: Call) -> StorageUse:
    """The store of a project."""
    with call.services.rooms.project(call["project"]) as room:
        found = verbs.du(room.opened)
    return StorageUse(
        logical_bytes=found.logical_bytes,
        stored_bytes=found.stored_bytes,
        packs=found.packs,
        objects=found.objects,
        largest=[
            LargePath(
                path=each.path,
                logical_bytes=each.logical_bytes,
                stored_bytes=each.stored_bytes,
                versions=each.versions,
                since=each.since,
                since_time=time_of(each.since_time),
            )
            for each in found.largest
        ],
    )
