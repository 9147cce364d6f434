"""What the kernel stores: audit events, states, personal data, blobs."""

import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.core.files.storage import storages
from django.db import DatabaseError, connection, models, transaction

from core import audit, blobs, crypto
from core.errors import Refused
from core.models import AuditEvent, UnsealedEvent, WorkItem
from core.transitions import advance


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["UPDATE core_auditevent SET action = 'forged'", "DELETE FROM core_auditevent"],
)
def test_the_database_refuses_to_change_the_audit_log(statement: str) -> None:
    audit.record("thing.done", subject="thing:1", actor="user:1")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert AuditEvent.objects.get().action == "thing.done"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("run", [1, 2])
def test_the_guards_stand_again_after_the_runner_emptied_the_tables(run: int) -> None:
    assert not AuditEvent.objects.exists()
    audit.record("thing.done", subject=f"thing:{run}", actor="user:1")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute("DELETE FROM core_auditevent")


@pytest.mark.django_db
def test_an_event_waits_for_the_sequencer() -> None:
    event = audit.record("thing.done", subject="thing:1", actor="user:1", tenant=uuid.uuid4())
    assert UnsealedEvent.objects.get().event == event


class Door(models.Model):
    """A stateful thing, standing on a table that exists already."""

    TRANSITIONS = {"open": frozenset({"shut"}), "shut": frozenset({"open"})}  # noqa: RUF012  (as models declare it)
    state = models.CharField(db_column="kind", max_length=60)
    key = models.CharField(max_length=80)

    class Meta:
        app_label = "core"
        managed = False
        db_table = WorkItem._meta.db_table


def _door() -> WorkItem:
    from core import clock

    return WorkItem.objects.create(kind="open", key="1", channel="general", due_at=clock.now())


@pytest.mark.django_db
def test_a_state_moves_once_with_its_event() -> None:
    door = _door()
    step: dict[str, Any] = {
        "old": "open", "new": "shut", "actor": "user:1", "action": "door.shut", "subject": "door:1",
    }  # fmt: skip
    advance(Door, door.pk, **step)
    with pytest.raises(Refused, match="state_conflict"):
        advance(Door, door.pk, **step)
    assert Door._default_manager.get(pk=door.pk).state == "shut"
    assert AuditEvent.objects.filter(action="door.shut").count() == 1


@pytest.mark.django_db
def test_a_state_does_not_move_when_a_condition_fails_or_the_table_does_not_know_the_step() -> None:
    door = _door()
    step: dict[str, Any] = {"actor": "user:1", "action": "door.shut", "subject": "door:1"}
    with pytest.raises(Refused, match="state_conflict"):
        advance(Door, door.pk, old="open", new="shut", only_if={"key": "2"}, **step)
    with pytest.raises(ValueError, match="transition table"):
        advance(Door, door.pk, old="open", new="gone", **step)
    assert Door._default_manager.get(pk=door.pk).state == "open"
    assert not AuditEvent.objects.exists()


def test_a_field_is_bound_to_its_place_and_its_key() -> None:
    sealed = crypto.encrypt("370303199003070013", "worker.id_no")
    assert "370303" not in sealed
    assert crypto.decrypt(sealed, "worker.id_no") == "370303199003070013"
    with pytest.raises(InvalidTag):
        crypto.decrypt(sealed, "worker.mobile")
    assert crypto.encrypt("x", "a.b") != crypto.encrypt("x", "a.b")


def test_the_blind_index_tells_equal_values_of_one_kind_only() -> None:
    assert crypto.blind_index("id_no", "1") == crypto.blind_index("id_no", "1")
    assert crypto.blind_index("id_no", "1") != crypto.blind_index("mobile", "1")


def test_a_blob_is_written_once_and_checked_when_read() -> None:
    digest = blobs.put(b"contract")
    path = Path(storages["blobs"].path(f"{digest[:2]}/{digest[2:4]}/{digest}"))
    written = path.stat().st_mtime_ns
    assert blobs.put(b"contract") == digest
    assert path.stat().st_mtime_ns == written
    assert blobs.get(digest) == b"contract"
    path.write_bytes(b"another")
    with pytest.raises(blobs.BlobCorruptError):
        blobs.get(digest)
    path.unlink()


def test_a_full_disk_is_refused_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="storage_full"):
        blobs.put(b"does not fit")
    monkeypatch.undo()
    root = Path(storages["blobs"].path(""))
    assert [p for p in root.rglob("tmp*") if p.is_file()] == []
