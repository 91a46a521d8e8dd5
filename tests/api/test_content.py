"""Bytes of stored files: exact, in ranges, cached by their hash, and never a program."""

from __future__ import annotations

import base64
import json

import nbformat
import pytest

from tests.api.client import Client

ADDRESS = "projects/current/commits/@/content"


@pytest.fixture
def files(files):
    (files / "page.html").write_text("<script>alert(1)</script>")
    (files / "plot.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (files / "roc.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (files / "empty").write_bytes(b"")
    (files / "big.bin").write_bytes(bytes(range(256)) * 20_000)
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_code_cell("print(1)", outputs=[nbformat.v4.new_output("stream", text="1\n")], execution_count=1)
    ]
    nbformat.write(notebook, files / "train.ipynb")
    (files / "broken.ipynb").write_text("{not json")
    return files


async def test_every_byte_comes_back(api: Client, protected):
    for path in protected.root.rglob("*"):
        if path.is_file() and ".repro" not in path.parts:
            name = str(path.relative_to(protected.root))
            answer = await api.get(ADDRESS, path=name)
            assert answer.body == path.read_bytes()
            assert answer.headers["Content-Length"] == str(path.stat().st_size)


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-", 5, None),
        ("bytes=-7", -7, None),
        ("bytes=1000000-1000999", 1_000_000, 1_001_000),
    ],
)
async def test_a_range_is_that_range(api: Client, protected, header, start, end):
    whole = (protected.root / "big.bin").read_bytes()
    answer = await api.request("GET", ADDRESS, headers={"Range": header}, path="big.bin")
    assert answer.status == 206
    assert answer.body == whole[start:end]
    first = start if start >= 0 else len(whole) + start
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(answer.body) - 1}/{len(whole)}"


async def test_a_range_beyond_the_end_is_told(api: Client, protected):
    answer = await api.request("GET", ADDRESS, headers={"Range": "bytes=99999999-"}, path="big.bin")
    answer.problem(416, "range_not_satisfiable")
    empty = await api.request("GET", ADDRESS, headers={"Range": "bytes=0-"}, path="empty")
    empty.problem(416, "range_not_satisfiable")
    odd = await api.request("GET", ADDRESS, headers={"Range": "bytes=0-1,4-5"}, path="big.bin")
    assert odd.status == 200


async def test_what_a_browser_has_is_not_sent_again(api: Client, protected):
    first = await api.get(ADDRESS, path="big.bin")
    tag = first.headers["Etag"]
    again = await api.request("GET", ADDRESS, headers={"If-None-Match": tag}, path="big.bin")
    assert (again.status, again.body) == (304, b"")
    part = await api.request("GET", ADDRESS, headers={"Range": "bytes=0-9", "If-Range": tag}, path="big.bin")
    assert part.status == 206
    stale = await api.request("GET", ADDRESS, headers={"Range": "bytes=0-9", "If-Range": '"x"'}, path="big.bin")
    assert stale.status == 200
    head = await api.request("HEAD", ADDRESS, path="big.bin")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(first.body)))


@pytest.mark.parametrize("address", [ADDRESS, "workspaces/current/content"])
async def test_a_stored_page_is_no_program(api: Client, protected, address):
    for name, media_type in (("page.html", "text/html; charset=utf-8"), ("plot.svg", "image/svg+xml")):
        answer = await api.get(address, path=name)
        assert answer.headers["Content-Type"] == media_type
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        viewed = await api.get(address, view=True, path=name)
        assert viewed.headers["Content-Disposition"].startswith("inline;")
        for each in (answer, viewed):
            policy = each.headers["Content-Security-Policy"]
            assert policy.startswith("sandbox;")
            assert "allow-scripts" not in policy
            assert "allow-same-origin" not in policy
            assert each.headers["X-Content-Type-Options"] == "nosniff"
    image = await api.get(address, path="roc.png")
    assert image.headers["Content-Disposition"].startswith("inline;")
    saved = await api.get(address, download=True, path="roc.png")
    assert saved.headers["Content-Disposition"].startswith("attachment;")


async def test_a_directory_is_listed_folders_first(api: Client, protected):
    page = (await api.get("projects/current/commits/@/tree", limit=3)).ok()
    rest = (await api.get("projects/current/commits/@/tree", cursor=page["next"], limit=100)).ok()
    names = [item["name"] for item in page["items"] + rest["items"]]
    assert names == ["data", *sorted(path.name for path in protected.root.iterdir() if path.is_file())]
    found = (await api.get("projects/current/commits/@/tree", search="CUST")).ok()
    assert [item["path"] for item in found["items"]] == ["data/customers.csv"]
    below = (await api.get("projects/current/commits/@/tree", recursive=True, path="data")).ok()
    assert [(item["path"], item["kind"]) for item in below["items"]] == [("data/customers.csv", "csv")]


async def test_contents_are_what_labs_own_viewers_take(api: Client, protected):
    address = "projects/current/commits/@/contents"
    folder = (await api.get(address)).ok()
    assert (folder["type"], folder["writable"]) == ("directory", False)
    assert {child["name"]: child["type"] for child in folder["content"]}["train.ipynb"] == "notebook"
    text = (await api.get(address, path="train.py")).ok()
    assert (text["type"], text["format"], text["content"]) == ("file", "text", "depth = 6\nprint(depth)\n")
    image = (await api.get(address, path="roc.png")).ok()
    assert image["format"] == "base64"
    assert base64.b64decode(image["content"]) == (protected.root / "roc.png").read_bytes()
    assert image["mimetype"] == "image/png"
    bare = (await api.get(address, content=False, path="roc.png")).ok()
    assert (bare["content"], bare["format"], bare["hash"]) == (None, None, image["hash"])
    broken = (await api.get(address, path="broken.ipynb")).ok()
    assert (broken["type"], broken["content"]) == ("file", "{not json")
    (await api.get(address, type="notebook", path="broken.ipynb")).problem(400, "invalid_request")
    (await api.get(address, type="directory", path="train.py")).problem(400, "invalid_request")
    (await api.get(address, format="text", path="roc.png")).problem(400, "invalid_request")


async def test_outputs_are_trusted_only_when_this_server_signed_them(api: Client, protected, jp_serverapp):
    address = "projects/current/commits/@/contents"
    unknown = (await api.get(address, path="train.ipynb")).ok()
    assert (unknown["type"], unknown["format"]) == ("notebook", "json")
    assert unknown["content"]["cells"][0]["source"] == "print(1)"
    assert unknown["content"]["cells"][0]["metadata"]["trusted"] is False
    notary = jp_serverapp.contents_manager.notary
    notary.sign(nbformat.read(protected.root / "train.ipynb", as_version=4))
    known = (await api.get(address, path="train.ipynb")).ok()
    assert known["content"]["cells"][0]["metadata"]["trusted"] is True


async def test_a_notebook_that_claims_trust_is_not_believed(api: Client, protected):
    notebook = json.loads((protected.root / "train.ipynb").read_text())
    notebook["cells"][0]["metadata"]["trusted"] = True
    (protected.root / "train.ipynb").write_text(json.dumps(notebook))
    await api.checkpoint("claims")
    shown = (await api.get("projects/current/commits/@/contents", path="train.ipynb")).ok()
    assert shown["content"]["cells"][0]["metadata"]["trusted"] is False
