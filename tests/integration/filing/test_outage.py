"""A filing system that is down: the banner, the counter's package, and no double afterwards (A16, 4.6)."""

import csv
import uuid
import zipfile
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from core import clock
from core.models import AuditEvent
from core.principal import Role
from filing_bridge import protocol
from filing_bridge.mapping import Document
from filing_bridge.models import Filing
from filing_bridge.sandbox.faults import Fault, Kind
from filing_bridge.selectors import outages_of
from tests.support.filing_province import INTERFACES, FilingProvince, hurry, pump, settle
from tests.support.principals import client_of, principal

pytestmark = pytest.mark.django_db
OUTAGES, PACKAGE = "/api/v1/filings/outages/", "/api/v1/filings/counter-package/"
DOWN = Fault(Kind.DOWN, INTERFACES, times=None)


@pytest.fixture
def stuck(province: FilingProvince) -> list[Filing]:
    """Three filings that were tried, while nobody answers and the breaker is open."""
    province.plan(DOWN)
    made = [province.file() for _ in range(3)]
    for _ in range(8):
        pump()
        hurry()
    pump()
    for filing in made:
        filing.refresh_from_db()
    return made


def pack(api: Any, filings: list[Filing]) -> Any:
    return api.post(PACKAGE, {"filings": [str(each.pk) for each in filings]}, format="json")


def test_an_outage_is_told_to_those_whom_it_concerns(province: FilingProvince, stuck: list[Filing]) -> None:
    [told] = client_of(principal(province.tenant)).get(OUTAGES).data
    assert (told["province"], told["waiting"], told["tried"], told["at_risk"]) == ("all", 3, 3, 0)
    assert told["nearest_deadline"] == min(filing.deadline for filing in stuck).isoformat()
    assert client_of(principal(uuid.uuid4())).get(OUTAGES).data == []

    province.advance(timedelta(days=25))
    assert client_of(principal(province.tenant)).get(OUTAGES).data[0]["at_risk"] == 3

    province.faults.set([], None)
    hurry()
    settle()
    assert client_of(principal(province.tenant)).get(OUTAGES).data == []


def test_outages_take_two_queries(
    province: FilingProvince, stuck: list[Filing], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        assert outages_of(principal(province.tenant), clock.today())


def test_the_counters_package_has_sheet_forms_and_proof(
    province: FilingProvince, stuck: list[Filing]
) -> None:
    answer = pack(client_of(principal(province.tenant)), stuck)
    assert answer.status_code == 200
    package = zipfile.ZipFile(BytesIO(answer.content))
    forms = [f"forms/{filing.contract_no}-1.pdf" for filing in stuck]
    assert set(package.namelist()) == {"README.txt", "filings.xlsx", "attempts.csv", *forms}
    rows = list(csv.reader(StringIO(package.read("attempts.csv").decode("utf-8-sig"))))[1:]
    assert [row[0] for row in rows] == [filing.contract_no for filing in stuck]
    assert all(row[3] for row in rows)  # when it was first tried
    assert load_workbook(BytesIO(package.read("filings.xlsx")))["备案"].max_row >= 3
    text = PdfReader(BytesIO(package.read(forms[0]))).pages[0].extract_text()
    assert "尚未受理" in text
    events = AuditEvent.objects.filter(action="filing.packed_for_counter")
    assert {event.subject for event in events} == {filing.subject for filing in stuck}


def test_nobody_else_gets_the_package(province: FilingProvince, stuck: list[Filing]) -> None:
    for who, code in (
        (principal(uuid.uuid4()), "not_found"),
        (principal(province.tenant, Role.AUDITOR), "not_permitted"),
    ):
        assert pack(client_of(who), stuck).data["code"] == code
    assert not AuditEvent.objects.filter(action="filing.packed_for_counter").exists()


def test_after_three_days_everything_is_filed_once_and_in_time(
    province: FilingProvince, stuck: list[Filing]
) -> None:
    """What was carried to the counter goes on by itself too; the first attempt stays the proof."""
    first = {filing.pk: filing.first_attempt_at for filing in stuck}
    pack(client_of(principal(province.tenant)), stuck)
    province.advance(timedelta(days=3))
    province.faults.set([], None)
    hurry()
    settle()
    for filing in stuck:
        filing.refresh_from_db()
        assert (filing.state, filing.first_attempt_at) == ("accepted", first[filing.pk])
    assert sorted(province.effects()) == sorted(filing.idempotency_key for filing in stuck)


def test_what_the_counter_has_entered_is_not_entered_again(
    province: FilingProvince, stuck: list[Filing]
) -> None:
    """The officer typed the first one in: the province has one effect, and a person here is told."""
    record: Document = stuck[0].record
    key = "c" * 64
    province.decisions.take_in(key, "COUNTER", record, protocol.record_digest(record), b"")
    province.faults.set([], None)
    hurry()
    settle()
    states = []
    for filing in stuck:
        filing.refresh_from_db()
        states.append(filing.state)
    assert states == ["rejected", "accepted", "accepted"]
    assert {fault["code"] for fault in stuck[0].faults} == {"already_filed"}
    others = [filing.idempotency_key for filing in stuck[1:]]
    assert sorted(province.effects()) == sorted([key, *others])
