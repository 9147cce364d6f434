"""From an effective contract to a verified decision."""

import pytest

from core.models import AuditEvent
from filing_bridge.models import Receipt
from tests.support.filing_province import FilingProvince, pump

pytestmark = pytest.mark.django_db


def test_a_contract_files_itself(province: FilingProvince) -> None:
    filing = province.file()
    assert filing.state == "pending"
    pump()
    filing.refresh_from_db()
    assert filing.state == "accepted"
    assert province.effects() == [filing.idempotency_key]
    receipt = Receipt.objects.get()
    assert (receipt.kind, receipt.receipt_no) == ("decision", filing.receipt_no)
    assert filing.first_attempt_at is not None
    assert [each.action for each in AuditEvent.objects.filter(subject=filing.subject).order_by("at")] == [
        "filing.opened",
        "filing.pending",
        "filing.ready",
        "filing.sent",
        "filing.accepted",
    ]
