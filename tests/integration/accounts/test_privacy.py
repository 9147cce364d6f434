"""Personal data and secrets are found in no sink: database, logs, answers to refused requests, audit log."""

import logging
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.models import Employer
from core.models import AuditEvent
from core.principal import Role
from tests.integration.accounts.conftest import deliver_mail, token_in
from tests.integration.accounts.test_totp import enrol
from tests.support import accounts as make
from tests.support.accounts import PROFILE, Client

CANARIES = {
    "id_no": "370303199003070013",
    "mobile": "13712345678",
    "hukou_address": "金丝雀户籍街道壹号",
    "resid_address": "金丝雀居住小区贰号",
    "bank_card": "6222021234567890128",
    "email": "canary@example.com",
    "work_permit_no": "CANARYPERMIT1",
    "employment_cert_no": "CANARYCERT1",
}
BIRTH_DATE = "1990-03-07"
PASSWORD = "canary-password-1"
REPRESENTATIVE = "310115198511120020"
CONTACT = "13787654321"


def dump() -> str:
    """Every row of every table as the database holds it, before any field is decrypted."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows.append(f"{table}: {cursor.fetchall()!r}")
    return "\n".join(rows)


def files_of_the_database() -> bytes:
    """The bytes of the SQLite file and its write-ahead log; nothing on a server's engine."""
    if connection.vendor != "sqlite":
        return b""
    name = str(connection.settings_dict["NAME"])
    return b"".join(Path(name + end).read_bytes() for end in ("", "-wal") if Path(name + end).exists())


@pytest.mark.django_db(transaction=True)
def test_no_sink_holds_a_canary(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    refusals: list[Any] = []
    employer = make.make_employer()
    owner = make.client_of(make.make_member(employer))
    clerk = make.client_of(make.make_member(employer, Role.CLERK))
    visitor = Client()
    secrets = {PASSWORD}

    # a registration, an invitation, a log-in
    visitor.send(
        "post",
        "employers/",
        {
            **PROFILE,
            "owner_email": "boss@example.com",
            "legal_rep_id_type": "01",
            "legal_rep_id_no": REPRESENTATIVE,
            "contact_phone": CONTACT,
        },
    )
    token = token_in(deliver_mail()[-1])
    accepted = {"token": token, "name": "测试甲", "password": PASSWORD}
    visitor.send("post", "invitations/accept/", accepted)
    log_in = {"email": "boss@example.com", "password": PASSWORD}
    session = visitor.send("post", "sessions/", log_in).json()["token"]
    secrets |= {token, session.split("_", 2)[2], enrol(Client(session))}
    refusals.append(visitor.send("post", "sessions/", {**log_in, "password": PASSWORD + "x"}))

    # a worker: put on the roster, changed, searched, revealed, refused
    given = {**make.WORKER, **CANARIES}
    worker = clerk.send("post", "workers/", given)
    path = f"workers/{worker.json()['id']}/"
    changed = clerk.send("patch", path, {"resid_address": CANARIES["resid_address"] + "甲"})
    revealed = clerk.send("post", path + "reveal/", {"reason": "payroll"})
    found = clerk.send("post", "workers/search/", {"id_no": CANARIES["id_no"], "mobile": CANARIES["mobile"]})
    assert [a.status_code for a in (worker, changed, revealed, found)] == [201, 200, 200, 200]
    refusals += [
        clerk.send("post", "workers/", given),
        clerk.send("post", "workers/", {**given, "mobile": CANARIES["mobile"] + "0"}),
        clerk.send("post", "workers/", {**given, "unknown": CANARIES["id_no"]}),
        clerk.send("post", "workers/", {**given, "name": CANARIES["id_no"]}),
        clerk.send("patch", path, {"id_no": CANARIES["id_no"][:-1] + "9"}),
        visitor.send("post", "workers/", given),
        owner.send("post", "workers/search/", {"id_no": [CANARIES["id_no"]]}),
    ]
    assert all(a.status_code >= 400 for a in refusals)

    personal = {*CANARIES.values(), BIRTH_DATE, REPRESENTATIVE, CONTACT}
    sinks = {
        "database": dump(),
        "database file": files_of_the_database().decode("utf-8", "replace"),
        "logs": caplog.text + "".join(capfd.readouterr()),
        "refusals": " ".join(a.content.decode() for a in refusals),
        "audit": repr(list(AuditEvent.objects.values())),
        "masked answers": " ".join(a.content.decode() for a in (worker, changed, found)),
        "addresses": " ".join(a.request["PATH_INFO"] for a in refusals),
    }
    assert len(sinks["database"]) > 1000
    assert revealed.json()["id_no"] in personal  # what is looked for is what was stored
    hits = [(sink, value) for sink, text in sinks.items() for value in personal | secrets if value in text]
    assert hits == []


@pytest.mark.parametrize("column", ["id_no", "mobile", "resid_address", "bank_card"])
def test_a_ciphertext_cannot_be_moved_to_another_column(employer: Employer, column: str) -> None:
    worker = make.make_worker(employer, bank_card="6222021234567890128")
    other = "hukou_address"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_worker SET {other} = {column}")

    with pytest.raises(Exception, match=r"^$"):  # InvalidTag has no words
        worker.refresh_from_db()


def test_blind_index_does_not_tell_the_number(employer: Employer) -> None:
    first = make.make_worker(employer, id_no="370303199003070013")
    elsewhere = make.make_worker(make.make_employer(), id_no="370303199003070013")

    assert first.id_no_index == elsewhere.id_no_index
    assert "370303" not in first.id_no_index
    assert first.mobile_index != first.id_no_index
