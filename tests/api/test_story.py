"""The way a person goes through Lab, over HTTP."""

from __future__ import annotations

import shutil

from tests.api.client import Client


async def test_nothing_is_protected_unasked(api: Client, files):
    here = (await api.get("here")).ok()
    assert (here["protected"], here["can_protect"], here["state"]) == (False, True, None)
    assert not (files / ".repro").exists()
    (await api.get("workspaces/current")).problem(404, "not_a_workspace")


async def test_protecting_makes_a_first_checkpoint(api: Client, files):
    made = (await api.post("workspaces", {})).ok(201)
    first = (await api.finished(made["task"]["id"]))["result"]["commit"]
    here = (await api.get("here")).ok()
    state = here["state"]
    assert here["protected"]
    assert state["workspace"]["server_path"] == ""
    assert state["commit"]["id"] == first
    assert (state["commit"]["message"], state["commit"]["added"]) == ("First checkpoint", 3)
    assert state["changed"]["total"] == 0
    assert state["session"]["commits"] == 1
    assert state["session"]["current"]
    (await api.post("workspaces", {})).problem(409, "already_a_workspace")


async def test_the_state_counts_what_changed(api: Client, protected):
    (protected.root / "train.py").write_text("depth = 8\n")
    (protected.root / "new.txt").write_text("new")
    (protected.root / "notes.md").unlink()
    state = (await api.get("workspaces/current")).ok()
    changed = state["changed"]
    assert (changed["added"], changed["modified"], changed["deleted"], changed["total"]) == (1, 1, 1, 3)
    assert changed["since"] == state["commit"]["time"]
    page = (await api.get("workspaces/current/status", limit=2)).ok()
    assert [item["path"] for item in page["items"]] == ["new.txt", "notes.md"]
    rest = (await api.get("workspaces/current/status", limit=2, cursor=page["next"])).ok()
    assert [(item["path"], item["change"]) for item in rest["items"]] == [("train.py", "modified")]
    assert rest["next"] is None


async def test_checkpoint_list_look_compare_restore_undo(api: Client, protected):
    (protected.root / "train.py").write_text("depth = 8\nprint(depth)\n")
    second = await api.checkpoint("Deeper trees")
    assert (second["created"], second["modified"]) == (True, 1)

    page = (await api.get("projects/current/commits")).ok()
    assert [item["message"] for item in page["items"]] == ["Deeper trees", "First checkpoint"]
    assert page["items"][0]["parents"] == [protected.first]
    assert page["items"][0]["branches"] == ["main"]
    assert page["sessions"][0]["commits"] == 2

    detail = (await api.get(f"projects/current/commits/{second['commit']}")).ok()
    assert detail["changes"] == [{"path": "train.py", "change": "modified", "old_path": None}]
    assert (detail["files"], detail["unchanged"]) == (3, 2)

    diff = (await api.get("projects/current/diff/file", a=protected.first, b=second["commit"], path="train.py")).ok()
    assert "-depth = 6\n+depth = 8\n" in diff["unified"]
    assert (diff["stat"]["lines_added"], diff["stat"]["lines_deleted"]) == (1, 1)
    assert (await api.request("GET", diff["a"]["url"])).body == b"depth = 6\nprint(depth)\n"

    (protected.root / "train.py").write_text("not saved yet")
    restored = await api.done("POST", "workspaces/current/restore", {"commit": protected.first})
    assert (protected.root / "train.py").read_text() == "depth = 6\nprint(depth)\n"
    assert restored["written"] == 1
    await api.done("POST", "workspaces/current/restore", {"commit": restored["safety"]})
    assert (protected.root / "train.py").read_text() == "not saved yet"
    rows = (await api.get("projects/current/commits", kind="restore")).ok()["items"]
    assert rows[1]["restored_from"] == protected.first


async def test_restoring_one_file_leaves_the_rest(api: Client, protected):
    (protected.root / "train.py").write_text("x")
    (protected.root / "notes.md").write_text("y")
    body = {"commit": "@", "paths": ["train.py"]}
    await api.done("POST", "workspaces/current/restore", body)
    assert (protected.root / "train.py").read_text() == "depth = 6\nprint(depth)\n"
    assert (protected.root / "notes.md").read_text() == "y"


async def test_recreate_proposes_everything_and_does_it(api: Client, protected, tmp_path):
    await api.post("projects/current/tags", {"name": "v1", "commit": protected.first})
    plan = (await api.get("projects/current/recreate", commit="v1")).ok()
    assert plan["branch"] == "main-from-v1"
    assert plan["files"] == 3
    assert plan["bytes"] == sum(
        path.stat().st_size for path in protected.root.rglob("*.*") if path.is_file() and ".repro" not in path.parts
    )
    body = {"commit": "v1", "directory": plan["directory"], "branch": plan["branch"]}
    made = await api.done("POST", "projects/current/recreate", body)
    assert made["server_path"] is None
    assert (tmp_path / made["path"] / "train.py").read_text() == "depth = 6\nprint(depth)\n"
    places = (await api.get("workspaces")).ok()["items"]
    assert [place["current"] for place in places] == [True, False]
    again = await api.done("POST", "projects/current/recreate", body, state="failed")
    assert again["code"] in ("destination_not_empty", "branch_exists")


async def test_branches_and_switching(api: Client, protected):
    made = (await api.post("projects/current/branches", {"name": "try/shap", "commit": "@"})).ok(201)
    assert made["commit"] == protected.first
    (await api.post("projects/current/branches", {"name": "try/shap"})).problem(409, "branch_exists")
    (protected.root / "train.py").write_text("on main")
    switched = await api.done("POST", "workspaces/current/switch", {"branch": "try/shap"})
    assert (switched["branch"], switched["previous_branch"]) == ("try/shap", "main")
    assert (protected.root / "train.py").read_text() == "depth = 6\nprint(depth)\n"
    held = (await api.get("projects/current/branches")).ok()["items"]
    assert [(item["name"], item["current"]) for item in held] == [("main", False), ("try/shap", True)]
    (await api.request("DELETE", "projects/current/branches/try/shap")).problem(409, "branch_held")
    (await api.request("PATCH", "projects/current/branches/try%2Fshap", {"name": "shap"})).ok()
    assert (await api.get("workspaces/current")).ok()["branch"] == "shap"
    assert (await api.request("DELETE", "projects/current/branches/main")).status == 204
    (await api.request("DELETE", "projects/current/branches/main")).problem(404, "branch_not_found")
    (await api.post("workspaces/current/switch", {"branch": "nowhere"})).problem(404, "branch_not_found")


async def test_tags(api: Client, protected):
    made = (await api.post("projects/current/tags", {"name": "v1"})).ok(201)
    assert made["commit"] == protected.first
    (await api.post("projects/current/tags", {"name": "v1"})).problem(409, "tag_exists")
    (await api.post("projects/current/tags", {"name": "a b"})).problem(400, "invalid_request")
    assert (await api.get("projects/current/commits/v1")).ok()["commit"]["tags"] == ["v1"]
    assert [tag["name"] for tag in (await api.get("projects/current/tags")).ok()["items"]] == ["v1"]
    assert (await api.request("DELETE", "projects/current/tags/v1")).status == 204
    (await api.request("DELETE", "projects/current/tags/v1")).problem(404, "tag_not_found")


async def test_copying_a_past_file_beside_the_present_one(api: Client, protected):
    (protected.root / "train.py").write_text("now")
    body = {"commit": protected.first, "path": "train.py"}
    copied = await api.done("POST", "workspaces/current/copy", body)
    assert copied["path"] == copied["server_path"] == f"train-{protected.first[:8]}.py"
    assert (protected.root / copied["path"]).read_text() == "depth = 6\nprint(depth)\n"
    again = await api.done("POST", "workspaces/current/copy", body)
    assert again["path"] == f"train-{protected.first[:8]}-2.py"
    taken = await api.done("POST", "workspaces/current/copy", {**body, "destination": "notes.md"}, state="failed")
    assert taken["code"] == "destination_not_empty"
    folder = await api.done("POST", "workspaces/current/copy", {**body, "path": "data", "destination": "old/data"})
    assert folder["written"] == 1
    assert (protected.root / "old/data/customers.csv").exists()


async def test_tracking_external_data(api: Client, protected, tmp_path):
    (tmp_path / "raw.csv").write_text("a,b\n")
    body = {"source": str(tmp_path / "raw.csv"), "destination": "data/raw.csv"}
    done = await api.done("POST", "workspaces/current/track", body)
    assert done["paths"] == ["data/raw.csv"]
    assert (protected.root / "data/raw.csv").read_text() == "a,b\n"


async def test_purge_asks_twice_and_removes(api: Client, protected):
    (protected.root / "secret.txt").write_text("hunter2")
    held = await api.checkpoint("Oops")
    (protected.root / "secret.txt").unlink()
    await api.checkpoint("Gone")
    plan = (await api.get("projects/current/purge", path="secret.txt")).ok()
    assert plan["files"] == 1
    body = {"path": "secret.txt", "reason": "Personal", "confirm": "secret.tx"}
    (await api.post("projects/current/purge", body)).problem(422, "not_confirmed")
    await api.done("POST", "projects/current/purge", {**body, "confirm": "secret.txt"})
    answer = await api.get(f"projects/current/commits/{held['commit']}/content", path="secret.txt")
    answer.problem(410, "purged")


async def test_storage_projects_and_sessions(api: Client, protected):
    use = (await api.get("projects/current/storage")).ok()
    assert use["logical_bytes"] > 0
    assert use["largest"][0]["since"] == protected.first
    projects = (await api.get("projects")).ok()["items"]
    assert [project["id"] for project in projects] == [protected.project]
    assert (await api.get(f"projects/{protected.project}")).ok()["branches"] == 1
    sessions = (await api.get("projects/current/sessions")).ok()["items"]
    assert [session["commits"] for session in sessions] == [1]


async def test_upkeep(api: Client, protected):
    found = await api.done("POST", "projects/current/verify", {})
    assert (found["ok"], found["damaged"]) == (True, [])
    assert found["objects"] > 0
    assert (await api.done("POST", "projects/current/collect", {}))["objects"] == 0
    thinned = await api.done("POST", "projects/current/thin", {})
    assert (thinned["dry_run"], thinned["commits"]) == (True, 0)


async def test_a_project_is_carried_elsewhere_in_one_file(api: Client, protected, tmp_path):
    carried = await api.done("POST", "projects/current/export", {"file": "../carried.repro"})
    assert carried["bytes"] == (tmp_path / "carried.repro").stat().st_size
    assert carried["server_path"] is None
    again = await api.done("POST", "projects/current/export", {"file": "../carried.repro"}, state="failed")
    assert "exists already" in again["message"]
    made = await api.done("POST", "projects", {"file": "../carried.repro", "name": "a copy"})
    assert made["commits"] == 1
    body = {"commit": "main", "directory": "../elsewhere"}
    done = await api.done("POST", f"projects/{made['project']}/recreate", body)
    assert done["files"] == 3
    assert (tmp_path / "elsewhere" / "train.py").read_text() == "depth = 6\nprint(depth)\n"
    for bad in ("../no-such-file", "train.py"):
        await api.done("POST", "projects", {"file": bad}, state="failed")


async def test_a_workspace_that_is_deleted_says_how_its_history_comes_back(api: Client, services, protected):
    name = (await api.get("projects/current")).ok()["name"]
    shutil.rmtree(protected.root / ".repro")
    found = (await api.get("here")).ok()
    assert (found["protected"], found["can_protect"], found["state"]) == (False, True, None)
    assert name in found["problem"]
    assert "Nothing of the history is lost" in found["problem"]
    made = (await api.post("workspaces", {"project": name})).ok(201)
    assert made["state"]["workspace"]["project"] == protected.project
    assert protected.first in [row["id"] for row in (await api.get("projects/current/commits")).ok()["items"]]

    inside = protected.root.parent / "moved-away"
    protected.root.rename(inside)
    try:
        found = (await api.get("here")).ok()
        assert (found["protected"], found["can_protect"], found["state"]) == (True, False, None)
        command = found["problem"].partition("is lost: ")[2].partition(" brings")[0]
        assert command.split()[:2] == ["jupyter-repro", "recreate"]
        assert str(protected.root) in command
    finally:
        inside.rename(protected.root)


async def test_damage_is_named(api: Client, services, protected):
    store = services.configuration.data_directory.store(protected.project)
    (pack,) = [path for path in (store / "packs").rglob("*") if path.is_file()]
    data = bytearray(pack.read_bytes())
    data[10] ^= 1
    pack.chmod(0o600)
    pack.write_bytes(data)
    found = await api.done("POST", "projects/current/verify", {})
    assert not found["ok"]
    assert "pack" in {each["kind"] for each in found["damaged"]}
