"""Differences of notebooks: whoever applies one to the older notebook has the newer, and it says what a person did."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from jupyter_repro.errors import InvalidRequest
from jupyter_repro.verbs.notebookdiff import diff_notebooks
from tests.support.notebook_patch import patched


def written(notebook):
    return json.dumps(notebook).encode()


def differing(old, new):
    found = diff_notebooks(written(old), written(new))
    return json.loads(found.base), json.loads(found.diff), found.cells


texts = st.lists(
    st.sampled_from(
        ["import numpy as np\n", "x = 1\n", "x = 2", "print(x, 'ä🎉')\r\n", "\n", "  ", "🎉🎉 b\n", "a\rb\x0cc\n"]
    )
).map("".join)
values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from([1.0, 0.5]) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=5,
)
metadata = st.dictionaries(st.sampled_from("xyz"), values, max_size=2)
outputs = st.one_of(
    st.builds(
        lambda name, text: new_output("stream", name=name, text=text), st.sampled_from(["stdout", "stderr"]), texts
    ),
    st.builds(
        lambda data, extra: new_output("display_data", data=data, metadata=extra),
        st.dictionaries(st.sampled_from(["text/plain", "image/png"]), texts, min_size=1),
        metadata,
    ),
    st.builds(lambda text: new_output("error", ename="E", evalue="v", traceback=text.split("\n")), texts),
)
names = st.sampled_from(["one", "two", "three", "four"])
cells = st.one_of(
    st.builds(lambda name, text, extra: new_markdown_cell(text, id=name, metadata=extra), names, texts, metadata),
    st.builds(
        lambda name, text, count, shown: new_code_cell(text, id=name, execution_count=count, outputs=shown),
        names,
        texts,
        st.none() | st.integers(1, 3),
        st.lists(outputs, max_size=3),
    ),
)
notebooks = st.builds(
    lambda found, extra: new_notebook(cells=found, metadata=extra),
    st.lists(cells, max_size=5, unique_by=lambda cell: cell["id"]),
    metadata,
)


@given(notebooks, notebooks)
def test_the_older_notebook_and_the_difference_give_the_newer(old, new):
    base, difference, count = differing(old, new)
    _, wanted, _ = differing(new, new)
    assert wanted == []
    assert json.dumps(patched(base, difference), sort_keys=True) == json.dumps(
        json.loads(diff_notebooks(written(new), None).base), sort_keys=True
    )
    assert (count == 0) == (base["cells"] == json.loads(json.dumps(new["cells"])))


def notebook(*found):
    return new_notebook(cells=list(found))


def test_an_edited_cell_is_one_change_and_its_words_are_told():
    load, plot = new_code_cell("df = load('rides.csv')\n", id="a"), new_code_cell("plot(df)", id="b")
    edited = new_code_cell("df = load('trips.csv')\n", id="a")
    _, difference, count = differing(notebook(load, plot), notebook(edited, plot))
    (entry,) = difference
    assert count == 1
    words = [
        {"op": "addrange", "key": 11, "valuelist": "trips"},
        {"op": "removerange", "key": 11, "length": 5},
    ]
    source = {"op": "patch", "key": "source", "diff": [{"op": "patch", "key": 0, "diff": words}]}
    assert entry == {"op": "patch", "key": "cells", "diff": [{"op": "patch", "key": 0, "diff": [source]}]}


def test_a_cell_put_between_others_is_an_addition_and_touches_none_of_them():
    one, two, three = (new_code_cell(f"step_{name}()", id=name) for name in ("one", "two", "three"))
    _, difference, count = differing(notebook(one, three), notebook(one, two, three))
    assert count == 1
    assert [(entry["op"], entry["key"]) for entry in difference[0]["diff"]] == [("addrange", 1)]


@pytest.mark.parametrize("minor", [4, 5])
def test_cells_are_recognised_when_their_ids_are_new_or_missing(minor):
    old = notebook(*(new_code_cell(f"value_{n} = compute({n}, scale=2)", id=f"old{n}") for n in range(4)))
    new = notebook(*(new_code_cell(f"value_{n} = compute({n}, scale=2)", id=f"new{n}") for n in range(4)))
    new["cells"][2]["source"] = "value_2 = compute(2, scale=300)"
    for side in (old, new):
        side["nbformat_minor"] = minor
        if minor == 4:
            for cell in side["cells"]:
                del cell["id"]
    _, difference, _ = differing(old, new)
    changes = difference[0]["diff"]
    assert {entry["op"] for entry in changes} == {"patch"}
    assert [entry["key"] for entry in changes if any(part["key"] == "source" for part in entry["diff"])] == [2]


def test_a_new_picture_stands_beside_the_old_one():
    def shown(picture, count):
        data = {"image/png": picture, "text/plain": "<Figure>"}
        return new_code_cell("plot()", id="a", execution_count=count, outputs=[new_output("display_data", data=data)])

    _, difference, count = differing(notebook(shown("QUJD\n", 1)), notebook(shown("REVG\n", 2)))
    assert count == 1
    cell = {entry["key"]: entry for entry in difference[0]["diff"][0]["diff"]}
    assert cell["execution_count"]["op"] == "replace"
    (output,) = cell["outputs"]["diff"]
    assert (output["op"], output["key"]) == ("patch", 0)


def test_a_cell_that_changed_its_type_is_removed_and_added():
    _, difference, count = differing(notebook(new_code_cell("x", id="a")), notebook(new_markdown_cell("x", id="a")))
    assert count == 2
    assert [entry["op"] for entry in difference[0]["diff"]] == ["addrange", "removerange"]


def test_a_hundred_thousand_printed_lines_are_compared_without_comparing_each_with_each():
    def ran(lines):
        return notebook(new_code_cell("go()", id="a", outputs=[new_output("stream", name="stdout", text=lines)]))

    old, new = ("".join(f"{side} {n}\n" for n in range(100_000)) for side in ("old", "new"))
    base, difference, count = differing(ran("same\n" + old), ran("same\n" + new))
    assert count == 1
    assert patched(base, difference)["cells"][0]["outputs"][0]["text"] == "same\n" + new


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"nbformat": 4, "cells": [1]}'])
def test_what_is_no_notebook_is_told(data):
    with pytest.raises(InvalidRequest, match="as text"):
        diff_notebooks(data, written(notebook()))


def test_numbers_that_json_cannot_hold_are_told():
    data = {"application/json": {"mean": float("nan")}}
    with pytest.raises(InvalidRequest, match="NaN"):
        diff_notebooks(
            None, written(notebook(new_code_cell("x", id="a", outputs=[new_output("display_data", data=data)])))
        )
