"""From an effective contract to a verified decision, when all goes well."""

import base64
import json

import pytest

from core import blobs
from core.models import AuditEvent, WorkItem
from core.webhooks.models import WebhookEndpoint, WebhookEvent
from filing_bridge import protocol
from filing_bridge.models import AttemptResult, Filing, FilingAttempt, Receipt
from filing_bridge.protocol import State
from filing_bridge.services.preparing import SIGN
from signing.services import keyroom
from tests.support.filing_parties import NOW
from tests.support.filing_province import FilingProvince, hurry, pump, settle

pytestmark = pytest.mark.django_db


def states() -> list[str]:
    return list(Filing.objects.order_by("created_at").values_list("state", flat=True))


def test_a04_a_contract_files_itself(province: FilingProvince) -> None:
    filing = province.file()
    assert filing.state == "pending"
    pump()
    filing.refresh_from_db()
    assert filing.state == "accepted"
    assert province.effects() == [filing.idempotency_key]
    receipt = Receipt.objects.get()
    assert (receipt.kind, receipt.receipt_no) == ("decision", filing.receipt_no)
    assert blobs.get(receipt.blob).count(b".") == 2
    assert filing.first_attempt_at is not None
    assert [each.action for each in AuditEvent.objects.filter(subject=filing.subject).order_by("at")] == [
        "filing.opened",
        "filing.pending",
        "filing.ready",
        "filing.sent",
        "filing.accepted",
    ]


def test_many_filings_travel_together(province: FilingProvince) -> None:
    filings = [province.file() for _ in range(5)]
    pump()
    assert states() == ["accepted"] * 5
    assert sorted(province.effects()) == sorted(filing.idempotency_key for filing in filings)
    assert FilingAttempt.objects.values("message").distinct().count() == 5
    assert AttemptResult.objects.values("raw").distinct().count() == 1


def test_without_a_signer_nothing_leaves_the_house(province: FilingProvince) -> None:
    province.file()
    WorkItem.objects.filter(kind=SIGN).delete()
    pump()
    assert states() == ["pending"]
    assert not FilingAttempt.objects.exists()


def test_a_filing_under_review_is_asked_about_until_it_is_decided(province: FilingProvince) -> None:
    province.review()
    filing = province.file()
    pump()
    assert states() == ["under_review"]
    waits = []
    for _ in range(6):
        filing.refresh_from_db()
        last = FilingAttempt.objects.latest("started_at").started_at
        waits.append((filing.due_at - last).total_seconds())
        hurry()
        pump()
    assert waits[-1] > 4 * waits[0]
    filing.refresh_from_db()
    assert (filing.state, filing.attempts, filing.polls) == ("under_review", 0, 6)
    province.decide(filing, State.ACCEPTED)
    settle()
    assert states() == ["accepted"]
    assert province.effects() == [filing.idempotency_key]


@pytest.mark.parametrize("state", [State.RETURNED, State.REJECTED])
def test_a_decision_against_the_employer_is_confirmed_and_names_its_faults(
    province: FilingProvince, state: State
) -> None:
    province.review()
    filing = province.file()
    pump()
    province.decide(filing, state)
    hurry()
    pump()
    pump()
    filing.refresh_from_db()
    assert (filing.state, filing.to_confirm) == (state.value, False)
    [fault] = filing.faults
    assert fault["code"] == "officer_decision"
    assert all(fault[name] for name in ("zh", "en", "remedy_zh", "remedy_en"))
    assert Receipt.objects.filter(kind="decision").count() == 1
    assert province.effects() == []


def test_what_others_wait_for_is_announced(province: FilingProvince) -> None:
    WebhookEndpoint.objects.create(
        tenant=province.tenant,
        url="https://example.org/",
        topics=["filing.accepted"],
        secret="x",
        created_at="2026-01-01T00:00:00Z",
    )
    filing = province.file()
    pump()
    event = WebhookEvent.objects.get()
    filing.refresh_from_db()
    assert event.topic == "filing.accepted"
    assert event.data == {
        "filing": str(filing.pk),
        "contract": str(filing.contract_id),
        "state": "accepted",
        "receipt_no": filing.receipt_no,
    }


def test_no_personal_data_stands_in_readable_columns(province: FilingProvince) -> None:
    from django.db import connection

    facts = province.facts()
    province.file(facts)
    pump()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM filing_bridge_filing")
        row = repr(cursor.fetchone())
    for secret in (facts["worker"]["id_no"], facts["worker"]["name"], facts["worker"]["mobile"]):
        assert secret not in row


def test_a02_the_employers_signature_is_kept_and_verifies_again(province: FilingProvince) -> None:
    filing = province.file()
    pump()
    filing.refresh_from_db()
    root = keyroom.organisation_key(province.tenant).chain[-1]
    signed = protocol.verify_record(filing.employer_signature, filing.record, [root], at=NOW)
    assert signed.uscc == filing.record["employer"]["uscc"]
    payload = blobs.get(FilingAttempt.objects.get(filing=filing).message).split(b".")[1]
    message = json.loads(base64.urlsafe_b64decode(payload + b"=="))
    assert message["body"]["employer_signature"] == filing.employer_signature

    changed = {**filing.record, "remark": "改过"}
    with pytest.raises(protocol.ProtocolError) as caught:
        protocol.verify_record(filing.employer_signature, changed, [root], at=NOW)
    assert caught.value.code == "employer_signature_invalid"
