"""The correction slip for what only the counter can change (A12, A13, D05)."""

import uuid
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from core.models import AuditEvent
from core.principal import Role
from filing_bridge.models import Filing
from filing_bridge.sandbox.faults import Kind
from tests.support.filing_province import FilingProvince, pump
from tests.support.principals import client_of, principal

pytestmark = pytest.mark.django_db


@pytest.fixture
def accepted(province: FilingProvince) -> Filing:
    filing = province.file()
    pump()
    filing.refresh_from_db()
    return filing


def ask(api: Any, filing: Filing, **changes: str) -> Any:
    pointers = {f"/{name.replace('__', '/')}": value for name, value in changes.items()}
    body = {"changes": pointers, "reason": "录入笔误"}
    return api.post(f"/api/v1/filings/{filing.pk}/correction-slip/", body, format="json")


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"worker__education": "21"}, "一般更正"),
        ({"worker__education": "21", "contract__end": "2031-05-31"}, "重要更正"),
    ],
)
def test_the_slip_says_what_was_and_what_shall_be(
    province: FilingProvince, accepted: Filing, changes: dict[str, str], kind: str
) -> None:
    before = accepted.record_digest
    answer = ask(client_of(principal(province.tenant)), accepted, **changes)
    assert answer.status_code == 200
    text = PdfReader(BytesIO(answer.content)).pages[0].extract_text()
    for words in ("用工备案修改单", kind, accepted.receipt_no, "大学专科", "大学本科", "录入笔误"):
        assert words in text
    accepted.refresh_from_db()
    assert (accepted.state, accepted.record_digest, len(province.effects())) == ("accepted", before, 1)
    event = AuditEvent.objects.get(action="filing.correction_slip")
    assert event.detail["fields"] == sorted(f"/{name.replace('__', '/')}" for name in changes)
    assert "2031" not in str(event.detail)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"worker__name": "测试乙", "worker__id_no": "110105194912310021"}, "correction_of_person"),
        ({"contract_digest__value": "0" * 64}, "correction_faulty"),
        ({"worker__education": "31"}, "correction_not_possible"),
        ({"contract__end": "明天"}, "correction_faulty"),
        ({"worker__education": "77"}, "correction_faulty"),
        ({}, "correction_not_possible"),
    ],
)
def test_what_is_no_correction_gets_no_slip(
    province: FilingProvince, accepted: Filing, changes: dict[str, str], code: str
) -> None:
    assert ask(client_of(principal(province.tenant)), accepted, **changes).data["code"] == code
    assert not AuditEvent.objects.filter(action="filing.correction_slip").exists()


def test_only_accepted_filings_and_only_by_those_who_may(province: FilingProvince, accepted: Filing) -> None:
    wish = {"worker__education": "21"}
    for who, code in (
        (principal(uuid.uuid4()), "not_found"),
        (principal(province.tenant, Role.AUDITOR), "not_permitted"),
    ):
        assert ask(client_of(who), accepted, **wish).data["code"] == code
    province.plan(Kind.DOWN)
    waiting = province.file()
    answer = ask(client_of(principal(province.tenant)), waiting, **wish)
    assert answer.data["code"] == "correction_not_possible"
