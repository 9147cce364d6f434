"""The will to sign: in turn, in time, once; or the refusal."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from core import blobs, clock, work
from core.models import WorkItem
from signing.events import RequestExpired, RequestRefused
from signing.models import SignatureRequest, SigningJob, SigningParty
from signing.pades.prepare import FieldSpec, prepare
from signing.services import requests
from tests.support.sample_pdf import sample_pdf
from tests.support.signing import Phone, at_once, make_request, party_specs, prepared, refused, run, snapshot

pytestmark = [pytest.mark.usefixtures("own_folders", "heard")]


def employer_first() -> SignatureRequest:
    """A request whose worker comes second."""
    pdf, _ = sample_pdf()
    boxes = prepared()[1]
    fields = [FieldSpec(name, name, boxes[name]) for name in ("employer", "worker")]
    return requests.open_request(
        tenant=uuid4(),
        subject=f"contract:{uuid4()}",
        title="签署测试文本",
        document_digest=blobs.put(prepare(pdf, fields)),
        parties=list(reversed(party_specs())),
        expires_at=clock.now() + timedelta(days=7),
        actor="user:1",
    )


@pytest.mark.django_db
def test_confirmation_is_durable_before_it_is_acknowledged() -> None:
    make_request()
    phone = Phone().prepare_to_sign()
    assert phone.confirm().status == 202
    job = SigningJob.objects.get()
    assert job.state == "queued"
    assert WorkItem.objects.filter(kind="signing.apply", key=str(job.pk)).count() == 1
    assert SigningParty.objects.get(role="worker").state == "confirmed"


@pytest.mark.django_db
def test_a_repeated_request_gets_the_first_answer() -> None:
    make_request()
    phone = Phone().prepare_to_sign()
    body = {"document_sha256": phone.digest, "code": phone.ask_code()}
    first, second = (phone.post("confirm", body, key="one") for _ in range(2))
    assert first.status == second.status == 202
    assert first.body == second.body
    assert SigningJob.objects.count() == 1
    before = snapshot()
    refused(phone.post("confirm", {**body, "code": "000000"}, key="one"), "idempotency_key_reused", before)


@pytest.mark.django_db
def test_nobody_confirms_twice() -> None:
    make_request()
    phone = Phone().prepare_to_sign()
    code = phone.ask_code()
    phone.confirm(code)
    before = snapshot()
    refused(phone.confirm(code), "already_confirmed", before)
    refused(phone.post("code", {"document_sha256": phone.digest}), "already_confirmed", before)
    refused(phone.place(), "already_confirmed", before)
    refused(phone.post("refuse", {"reason": "反悔"}), "already_confirmed", before)


@pytest.mark.django_db(transaction=True)
def test_of_many_confirmations_at_once_one_counts() -> None:
    make_request()
    phone = Phone().prepare_to_sign()
    body = {"document_sha256": phone.digest, "code": phone.ask_code()}
    answers = at_once(4, lambda _: Phone(secret=phone.secret).post("confirm", body))
    assert Counter(answer.status for answer in answers)[202] == 1
    assert {a.code for a in answers if a.status != 202} == {"already_confirmed"}
    assert SigningJob.objects.count() == 1


@pytest.mark.django_db
def test_out_of_turn() -> None:
    request = employer_first()
    worker = request.parties.get(role="worker")
    assert worker.state == "waiting"
    requests.send_link(request, worker)  # one may read ahead, but not sign
    phone = Phone().prepare_to_sign()
    before = snapshot()
    refused(phone.post("code", {"document_sha256": phone.digest}), "out_of_turn", before)
    refused(phone.post("confirm", {"document_sha256": phone.digest, "code": "123456"}), "out_of_turn", before)
    refused(phone.post("refuse", {"reason": "不同意"}), "out_of_turn", before)


@pytest.mark.django_db
def test_after_withdrawal() -> None:
    request = make_request()
    phone = Phone().prepare_to_sign()
    code, digest = phone.ask_code(), phone.digest
    requests.withdraw_request(request_id=request.pk, actor="user:1", reason="填错了")
    before = snapshot()
    refused(phone.post("confirm", {"document_sha256": digest, "code": code}), "request_withdrawn", before)
    refused(phone.post("code", {"document_sha256": digest}), "request_withdrawn", before)
    refused(phone.place(), "request_withdrawn", before)
    assert not SigningJob.objects.exists()


@pytest.mark.django_db
def test_no_identity_is_asked_for_what_was_withdrawn() -> None:
    request = make_request()
    phone = Phone().open_link()
    requests.withdraw_request(request_id=request.pk, actor="user:1", reason="填错了")
    before = snapshot()
    person = {"name": phone.name, "id_no": phone.id_no}
    refused(phone.post("identity", person), "request_withdrawn", before)
    refused(phone.post("identity/resend"), "request_withdrawn", before)
    assert phone.get("session").body["state"] == "withdrawn"


@pytest.mark.django_db
def test_after_expiry(heard: list[object]) -> None:
    request = make_request(expires_in=timedelta(hours=1))
    phone = Phone().prepare_to_sign()
    digest = phone.digest
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        before = snapshot()
        late = phone.post("confirm", {"document_sha256": digest, "code": "111111"})
        refused(late, "request_expired", before)
        requests.expire_requests()
        requests.expire_requests()
        request.refresh_from_db()
        assert request.state == "expired"
        assert [type(event) for event in heard] == [RequestExpired]
        assert phone.post("code", {"document_sha256": digest}).code == "request_expired"


@pytest.mark.django_db
def test_what_was_confirmed_in_time_does_not_expire() -> None:
    request = make_request(expires_in=timedelta(hours=1))
    Phone().prepare_to_sign().confirm()
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        requests.expire_requests()
        request.refresh_from_db()
        assert request.state == "open"


@pytest.mark.django_db
def test_refusing_closes_the_request_and_tells_the_reason(heard: list[object]) -> None:
    request = make_request()
    phone = Phone().open_link().identify()
    answer = phone.post("refuse", {"reason": "工资与约定不符"})
    assert answer.body["state"] == "refused"
    assert heard == [RequestRefused(request.pk, request.subject, request.tenant, "工资与约定不符")]
    before = snapshot()
    refused(phone.post("refuse", {"reason": "再次"}), "request_refused", before)
    refused(Phone().post("exchange", {"token": "x" * 43}), "link_invalid", before)


@pytest.mark.django_db
def test_one_subject_is_out_for_signature_once() -> None:
    request = make_request()
    with pytest.raises(Exception, match="request_exists"):
        requests.open_request(
            tenant=request.tenant,
            subject=request.subject,
            title="又一份",
            document_digest=request.base_digest,
            parties=party_specs(),
            expires_at=request.expires_at,
            actor="user:1",
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("race", range(5))
def test_withdrawal_and_confirmation_at_once_never_both_hold(race: int) -> None:
    request = make_request()
    phone = Phone().prepare_to_sign()
    body = {"document_sha256": phone.digest, "code": phone.ask_code()}

    def act(number: int) -> None:
        if number:
            Phone(secret=phone.secret).post("confirm", body)
        else:
            requests.withdraw_request(request_id=request.pk, actor="user:1", reason="填错了")

    at_once(2, act)
    request.refresh_from_db()
    assert request.state == "withdrawn"
    run(work.SIGNING)
    assert set(SigningJob.objects.values_list("state", flat=True)) <= {"void"}
