"""The signer process: what it refuses, what it waits for, and what a crash at each point leaves behind."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from core import bus, clock, work
from core.errors import Refused
from core.models import WorkItem
from signing.events import SignatureApplied
from signing.models import SignatureRequest, SigningJob, SigningParty
from signing.services import applying, jobs, keyroom, requests
from tests.support.pki import RunningPki
from tests.support.signing import Phone, approve_seal, make_request, make_seal, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders", "authorities", "heard")]


def confirmed() -> tuple[SignatureRequest, Phone, SigningJob]:
    request = make_request()
    phone = Phone().prepare_to_sign()
    assert phone.confirm().status == 202
    return request, phone, SigningJob.objects.get(party__request=request)


def due_now() -> None:
    """Nobody wants to wait for a back-off."""
    WorkItem.objects.update(due_at=clock.now())


def test_a_silent_time_stamp_authority_is_told_and_waited_for(authorities: RunningPki) -> None:
    request, phone, _ = confirmed()
    with authorities.fault("tsa", "down"):
        run(work.SIGNING)
    status = phone.get("status").body
    assert status["state"] == "confirmed"
    assert status["job"] == "queued"
    assert status["problem"]["code"] == "time_stamp_unavailable"
    assert "时间戳" in status["problem"]["message"]
    request.refresh_from_db()
    assert request.current_digest == request.base_digest
    due_now()
    run(work.SIGNING)
    status = phone.get("status").body
    assert (status["state"], status["problem"], status["attempts"]) == ("signed", None, 2)


def test_when_the_authorisation_runs_out_one_may_confirm_again(authorities: RunningPki) -> None:
    _, phone, _ = confirmed()
    with authorities.fault("tsa", "down"):
        run(work.SIGNING)
    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=False):
        due_now()
        run(work.SIGNING)
        status = phone.get("status").body
        assert (status["state"], status["job"]) == ("invited", "failed")
        assert status["problem"]["code"] == "time_stamp_unavailable"
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        code = phone.ask_code()
    assert phone.confirm(code).status == 202
    run(work.SIGNING)
    assert phone.get("status").body["state"] == "signed"


def test_a_job_that_nobody_takes_up_is_given_up() -> None:
    _, phone, _ = confirmed()
    with time_machine.travel(clock.now() + timedelta(minutes=32), tick=False):
        jobs.fail_expired_jobs()
        status = phone.get("status").body
        assert (status["state"], status["job"]) == ("invited", "failed")
        assert status["problem"]["code"] == "authorisation_expired"


@pytest.mark.parametrize(
    "forge",
    [
        lambda job: keyroom.authorise(
            signer="party:00000000-0000-0000-0000-000000000000",
            document_sha256=job.document_digest, subject=job.subject, valid_for=timedelta(hours=1),
        ),
        lambda job: keyroom.authorise(
            signer=job.party.signer, document_sha256="0" * 64, subject=job.subject,
            valid_for=timedelta(hours=1),
        ),
        lambda job: keyroom.authorise(
            signer=job.party.signer, document_sha256=job.document_digest, subject="job:another",
            valid_for=timedelta(hours=1),
        ),
        lambda job: job.authorisation[:-1] + ("0" if job.authorisation[-1] != "0" else "1"),
        lambda job: "garbage",
    ],
    ids=["another signer", "another document", "another purpose", "altered", "garbage"],
)  # fmt: skip
def test_without_a_fitting_authorisation_nothing_is_signed(forge: Callable[[SigningJob], str]) -> None:
    request, phone, job = confirmed()
    job.authorisation = forge(job)
    job.save()
    run(work.SIGNING)
    request.refresh_from_db()
    assert request.current_digest == request.base_digest
    status = phone.get("status").body
    assert (status["state"], status["job"]) == ("invited", "failed")
    assert status["problem"]["code"] == "authorisation_invalid"


def test_a_document_that_is_not_what_its_digest_says_is_not_signed(settings: Any) -> None:
    from core import blobs

    request, _, job = confirmed()
    path = settings.STORAGES["blobs"]["OPTIONS"]["location"] / blobs._name(job.document_digest)
    original = path.read_bytes()
    path.write_bytes(original.replace(b"/Lock", b"/Luck"))
    try:
        run(work.SIGNING)
    finally:
        path.write_bytes(original)
    request.refresh_from_db()
    assert request.current_digest == request.base_digest
    due_now()
    WorkItem.objects.update(parked=False)
    run(work.SIGNING)
    request.refresh_from_db()
    assert request.current_digest != request.base_digest


class Crashed(Exception):  # noqa: N818  (what happened, not what went wrong)
    """Stands for SIGKILL at one exact point."""


CRASH_POINTS = {
    "before the key": "signing.services.applying._open_key",
    "before the signature": "signing.services.applying._mark",
    "before the blob": "signing.services.applying.blobs.put",
    "before the record": "signing.services.applying._record",
    "before the document moves": "signing.services.applying._move_document",
    "before the next is invited": "signing.services.applying.invite_next",
}


@pytest.mark.parametrize("point", CRASH_POINTS)
def test_a_crash_anywhere_loses_nothing_and_signs_once(
    point: str, monkeypatch: pytest.MonkeyPatch, heard: list[object]
) -> None:
    request, phone, job = confirmed()

    def crash(*args: object, **kwargs: object) -> None:
        raise Crashed

    with monkeypatch.context() as broken:
        broken.setattr(CRASH_POINTS[point], crash)
        run(work.SIGNING)
    request.refresh_from_db()
    assert request.current_digest == request.base_digest
    assert not heard
    due_now()
    run(work.SIGNING)
    request.refresh_from_db()
    job.refresh_from_db()
    assert (job.state, job.signed_digest) == ("signed", request.current_digest)
    assert [type(event) for event in heard] == [SignatureApplied]
    assert phone.get("status").body["state"] == "signed"


def test_a_job_done_twice_signs_once(heard: list[object]) -> None:
    request, _, job = confirmed()
    run(work.SIGNING)
    request.refresh_from_db()
    signed = request.current_digest
    applying.apply_job(str(job.pk))
    request.refresh_from_db()
    assert request.current_digest == signed
    assert len(heard) == 1


def test_a_signer_thought_dead_cannot_record_after_its_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    request, _, job = confirmed()
    real = applying._sign
    twins: list[str] = []

    def slow(job: SigningJob) -> applying.Signed:
        if not twins:
            twins.append("woken")
            applying.apply_job(str(job.pk))  # the twin, under a lease of its own, is faster
        return real(job)

    monkeypatch.setattr(applying, "_sign", slow)
    applying.apply_job(str(job.pk))
    job.refresh_from_db()
    request.refresh_from_db()
    assert job.state == "signed"
    assert job.signed_digest == request.current_digest
    assert job.attempts == 2


def test_a_signature_made_while_the_request_is_withdrawn_is_discarded(
    monkeypatch: pytest.MonkeyPatch, heard: list[object]
) -> None:
    request, _, job = confirmed()
    real = applying._sign

    def sign_then_withdraw(job: SigningJob) -> applying.Signed:
        signed = real(job)
        requests.withdraw_request(request_id=request.pk, actor="user:1", reason="填错了")
        return signed

    monkeypatch.setattr(applying, "_sign", sign_then_withdraw)
    run(work.SIGNING)
    request.refresh_from_db()
    job.refresh_from_db()
    assert (request.state, request.current_digest) == ("withdrawn", request.base_digest)
    assert job.state == "void"
    assert not heard


def test_a_subscriber_that_fails_undoes_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    request, _, _ = confirmed()

    def fail(event: SignatureApplied) -> None:
        raise Crashed

    with monkeypatch.context() as broken:
        broken.setitem(bus._handlers, SignatureApplied, [fail])
        run(work.SIGNING)
    request.refresh_from_db()
    assert request.current_digest == request.base_digest
    due_now()
    run(work.SIGNING)
    assert SigningParty.objects.get(request=request, role="worker").state == "signed"


def test_a_final_file_that_breaks_the_rule_is_quarantined(
    settings: Any, authorities: RunningPki, heard: list[object], tmp_path: Any
) -> None:
    request, _, _ = confirmed()
    seal = make_seal(request.tenant)
    run(work.SIGNING)
    approve_seal(request.tenant, seal, request)
    run(work.SIGNING)
    trusted = settings.TRUST_ROOTS
    settings.TRUST_ROOTS = [str(authorities.directory / "tsa.pem")]  # a root that vouches for nobody here
    run(work.GENERAL)
    request.refresh_from_db()
    assert request.state == "quarantined"
    assert [type(event).__name__ for event in heard] == ["SignatureApplied"] * 2
    settings.TRUST_ROOTS = trusted
    work.enqueue("signing.accept", str(request.pk))
    run(work.GENERAL)
    request.refresh_from_db()
    assert request.state == "completed"


def test_web_processes_cannot_open_keys(settings: Any) -> None:
    settings.SIGNER_PASSPHRASE = ""
    _, _, job = confirmed()
    run(work.SIGNING)
    job.refresh_from_db()
    assert job.state == "signing"
    assert WorkItem.objects.get(kind="signing.apply").last_error == "ImproperlyConfigured"


def test_an_organisation_that_is_not_enrolled_cannot_sign() -> None:
    request, _, _ = confirmed()
    with pytest.raises(Refused, match="organisation_not_enrolled"):
        keyroom.organisation_key(request.tenant)
