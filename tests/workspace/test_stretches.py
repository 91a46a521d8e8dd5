"""What is read in stretches is all that was asked for, each once, and never much more."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jupyter_repro.store.index import Placed
from jupyter_repro.workspace import stretches

sizes = st.one_of(st.just(0), st.integers(1, 5000), st.just(stretches.LONGEST), st.just(2 * stretches.LONGEST))
gaps = st.one_of(st.just(0), st.integers(0, 70_000), st.just(10_000_000))


@given(st.lists(st.lists(st.tuples(gaps, sizes), max_size=20), max_size=4))
def test_every_object_lies_in_one_stretch_and_little_else_is_read(drawn: list[list[tuple[int, int]]]) -> None:
    packs: dict[bytes, list[Placed]] = {}
    for number, objects in enumerate(drawn):
        at = 0
        placed = packs.setdefault(bytes((number,)) * 32, [])
        for count, (gap, size) in enumerate(objects):
            placed.append((at + gap, size, 1, size, bytes((number, count))))
            at += gap + size
    made = list(stretches.stretches(packs))
    assert [(one.pack, placed) for one in made for placed in one.objects] == [
        (pack, placed) for pack, objects in packs.items() for placed in objects
    ]
    for one in made:
        assert all(one.offset <= p[0] and p[0] + p[1] <= one.offset + one.length for p in one.objects)
        assert one.length <= stretches.LONGEST or len(one.objects) == 1
        wanted = sum(p[1] for p in one.objects)
        assert one.length - wanted <= 65_536 * (len(one.objects) - 1)
