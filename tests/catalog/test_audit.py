"""The audit holds what was done in the order of time, and nothing in it changes."""

from __future__ import annotations

from jupyter_repro.catalog import AuditRecord, Catalog


def test_what_was_recorded_is_read_newest_first(catalog: Catalog) -> None:
    details = {"paths": ["a", "caf\udce9"], "objects": 3, "everywhere": False, "why": None, "more": {"x": 1.5}}
    first = catalog.audit.record("someone", "purge", project="p1", subject="data/caf\udce9.csv", details=details)
    second = catalog.audit.record("someone", "thin", project="p1", workspace="w1")
    assert catalog.audit.search() == [second, first]
    assert first.details == details
    assert first.subject == "data/caf\udce9.csv"
    assert second == AuditRecord(second.id, second.time, "someone", "thin", "p1", "w1")


def test_lists_are_narrowed_and_paged(catalog: Catalog) -> None:
    made = [
        catalog.audit.record(f"user{number % 2}", "restore", project=f"p{number % 3}", workspace=f"w{number}")
        for number in range(7)
    ]
    newest_first = made[::-1]
    assert [record.workspace_id for record in catalog.audit.search(project="p0")] == ["w6", "w3", "w0"]
    assert [record.workspace_id for record in catalog.audit.search(actor="user1", project="p0")] == ["w3"]
    assert catalog.audit.search(workspace="w2") == [made[2]]
    assert catalog.audit.search(action="purge") == []
    assert made[3] in catalog.audit.search(since=made[3].time)
    assert made[3] not in catalog.audit.search(until=made[3].time)
    pages: list[AuditRecord] = []
    while page := catalog.audit.search(limit=3, after=pages[-1].id if pages else None):
        pages += page
    assert pages == newest_first


def test_a_name_that_is_no_text_is_kept_as_far_as_it_can_be(catalog: Catalog) -> None:
    catalog.audit.record("caf\udce9", "restore")
    assert [record.actor for record in catalog.audit.search()] == [r"caf\udce9"]
