"""The filing form of an accepted filing: rendered, sealed by the employer, sealed by the agency, kept.

Each step is durable before the next is due. The province seals the same form once, so that its part may be
asked for again and again; each asking needs a fresh message, hence the round through the signer.
"""

import uuid
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from contracts.document.engine import Rendered
from core import audit, blobs, clock
from core.errors import Refused
from core.transitions import advance
from core.work import Later, backoff, enqueue
from filing_bridge import client, protocol, wire
from filing_bridge.domain import TIMING, FilingState, FormState, Outcome
from filing_bridge.form import render_filing_form
from filing_bridge.models import AttemptResult, Filing, FilingAttempt, FilingForm, Receipt
from filing_bridge.provinces import province
from filing_bridge.services import answers, breaker, evidence, paper_slips
from filing_bridge.services.messages import platform_signer
from filing_bridge.services.preparing import AUTHORISED_FOR, SIGN
from filing_bridge.services.states import DELIVERY
from signing.pades.apply import Party, sign_first
from signing.pades.geometry import Box, box_from_points
from signing.pades.marks import Seal
from signing.pades.prepare import FieldSpec, prepare
from signing.pades.validate import validate
from signing.services import keyroom, outside

RENDER_FORM = answers.RENDER_FORM
SEAL_FORM = "filing.form.seal"
SUBMIT_FORM = "filing.form.submit"

# Field, anchor of the layout and tooltip of each seal, in the order of sealing.
EMPLOYER_FIELD, AGENCY_FIELD = "employer", "agency"
SEAL_PURPOSE = "用工备案章"
RETRY_CEILING = timedelta(hours=1).total_seconds()


class FormRefusedError(Exception):
    """What came back is not our form with the agency's seal; the code says why."""


def render_form(filing_id: UUID) -> None:
    """Render the form of an accepted filing and authorise the employer's seal; again, only authorise."""
    filing = Filing.objects.get(pk=filing_id)
    if filing.state != FilingState.ACCEPTED or filing.decided_at is None:
        return
    receipt = paper_slips.acceptance_of(filing)
    check = paper_slips.check_of(filing).url
    rendered = render_filing_form(filing.record, receipt.body, at=filing.decided_at, check=check)
    digest = blobs.put(
        prepare(
            rendered.pdf,
            [
                FieldSpec(EMPLOYER_FIELD, "用人单位盖章", _box(rendered, "employer_seal")),
                FieldSpec(
                    AGENCY_FIELD,
                    "经办机构用工备案专用章",
                    _box(rendered, "agency_seal"),
                    _box(rendered, "agency_seal"),
                ),
            ],
        )
    )
    authorisation = keyroom.authorise(
        signer=f"organisation:{filing.tenant}",
        document_sha256=digest,
        subject=_subject(filing_id),
        valid_for=AUTHORISED_FOR,
    )
    with transaction.atomic():
        form, created = FilingForm.objects.get_or_create(
            filing=filing,
            defaults={"rendered": digest, "authorisation": authorisation, "created_at": clock.now()},
        )
        if not created:
            FilingForm.objects.filter(pk=form.pk, state=FormState.RENDERED, rendered=digest).update(
                authorisation=authorisation
            )
        audit.record(
            "form.authorised",
            subject=_subject(filing_id),
            actor=DELIVERY,
            tenant=filing.tenant,
            detail={"document_digest": digest},
        )
        enqueue(SEAL_FORM, str(filing_id))


def seal_form(filing_id: UUID) -> None:
    """Put the employer's seal on, once, and sign a message that asks for the agency's. In the signer process.

    Raises `Later` when an authority outside does not answer.
    """
    form = FilingForm.objects.select_related("filing").get(pk=filing_id)
    if form.state == FormState.AGENCY_SEALED or form.filing.state != FilingState.ACCEPTED:
        return
    try:
        if form.state == FormState.RENDERED:
            _seal_by_employer(form)
        _sign_message(form)
    except Refused as refused:
        if refused.code == "state_conflict":
            return
        if refused.code == "authorisation_expired":
            enqueue(RENDER_FORM, str(filing_id))
            return
        _count(form, refused.code)
        raise Later(clock.now() + _pause(form.attempts + 1)) from refused


def submit_form(filing_id: UUID) -> None:
    """Ask the agency for its seal; keep what comes if it is our form with its seal and nothing else."""
    form = FilingForm.objects.select_related("filing").get(pk=filing_id)
    filing = form.filing
    if form.state != FormState.EMPLOYER_SEALED or filing.state != FilingState.ACCEPTED:
        return
    paused = breaker.pause(filing.province).until
    if paused is not None:
        enqueue(SEAL_FORM, str(filing_id), due_at=paused)
        return
    if form.message_at is None or clock.now() - form.message_at > TIMING.message_fresh:
        enqueue(SEAL_FORM, str(filing_id))
        return
    registered = province(filing.province)
    attempt = FilingAttempt.objects.create(
        filing=filing,
        interface=protocol.Interface.FORM.value,
        lease=uuid.uuid4(),
        message=form.message,
        started_at=clock.now(),
    )
    subject = wire.Subject(filing.idempotency_key, filing.record_digest)
    employer_sealed = blobs.get(form.employer_sealed)
    [reply] = client.exchange([wire.form_call(registered, subject, blobs.get(form.message), employer_sealed)])
    finding, sealed = wire.read_form(registered, reply, subject, now=clock.now())
    code = finding.code
    if finding.answer is not None:
        try:
            check_sealed(form, finding.answer, employer_sealed, sealed)
        except FormRefusedError as error:
            finding = wire.Finding(Outcome.UNREADABLE, str(error), finding.status, finding.raw, own=True)
            code = finding.code
    raw = blobs.put(finding.raw) if finding.raw else ""
    with transaction.atomic():
        AttemptResult.objects.create(
            attempt=attempt,
            outcome=finding.outcome.value,
            http_status=finding.status,
            code=code[:60],
            raw=raw,
            ended_at=clock.now(),
        )
        if finding.answer is not None:
            _keep(form, finding.answer, blobs.put(finding.token), blobs.put(sealed))
        else:
            _ask_again(form, code, finding.retry_after)


def check_sealed(form: FilingForm, answer: protocol.Answer, employer_sealed: bytes, sealed: bytes) -> None:
    """The signed answer names these bytes, they are our form continued, and every seal in it is good.

    Raises `FormRefusedError`.
    """
    body = answer.body
    if body["receipt_no"] != form.filing.receipt_no or body["form_digest"] != form.employer_sealed:
        raise FormRefusedError("form_of_another_filing")
    verdict = validate(sealed, outside.trust_roots())
    if body["sealed_digest"] != verdict.sha256:
        raise FormRefusedError("form_digest_differs")
    # An incremental update: what the employer sealed is still there, byte by byte.
    if not sealed.startswith(employer_sealed):
        raise FormRefusedError("form_was_changed")
    if not verdict.ok or [each.field for each in verdict.signatures] != [EMPLOYER_FIELD, AGENCY_FIELD]:
        raise FormRefusedError("form_seal_invalid")


def _seal_by_employer(form: FilingForm) -> None:
    filing = form.filing
    key = keyroom.open_organisation_key(
        form.authorisation,
        tenant=filing.tenant,
        document_sha256=form.rendered,
        subject=_subject(filing.pk),
    )
    seal = Seal(
        filing.record["employer"]["name"], SEAL_PURPOSE, test=settings.CERTIFICATE_AUTHORITY == "test"
    )
    party = Party(EMPLOYER_FIELD, key, seal, reason="用工备案")
    sealed = blobs.put(sign_first(blobs.get(form.rendered), party, outside.time_stamp_authority()))
    _advance(form, FormState.EMPLOYER_SEALED, sealed, employer_sealed=sealed)
    form.employer_sealed, form.state = sealed, FormState.EMPLOYER_SEALED


def _sign_message(form: FilingForm) -> None:
    filing = form.filing
    body = {
        "idempotency_key": filing.idempotency_key,
        "receipt_no": filing.receipt_no,
        "form": {
            "digest": {"alg": "SHA-256", "value": form.employer_sealed},
            "size": len(blobs.get(form.employer_sealed)),
        },
    }
    token = protocol.sign_message(
        protocol.Interface.FORM,
        body,
        system_code=settings.PLATFORM_SYSTEM_CODE,
        now=clock.now(),
        signer=platform_signer(),
    )
    digest = blobs.put(token.encode())
    with transaction.atomic():
        FilingForm.objects.filter(pk=form.pk, state=FormState.EMPLOYER_SEALED).update(
            message=digest, message_at=clock.now()
        )
        enqueue(SUBMIT_FORM, str(form.pk))


def _keep(form: FilingForm, answer: protocol.Answer, token: str, sealed: str) -> None:
    Receipt.objects.get_or_create(
        filing=form.filing,
        blob=token,
        defaults={
            "kind": answer.kind.value,
            "receipt_no": answer.receipt_no or "",
            "body": dict(answer.body),
            "at": clock.now(),
        },
    )
    _advance(form, FormState.AGENCY_SEALED, sealed, agency_sealed=sealed, answer=token)
    enqueue(evidence.BUILD, str(form.filing.contract_id))


def _ask_again(form: FilingForm, code: str, wait: timedelta | None) -> None:
    _count(form, code)
    pause = max(_pause(form.attempts + 1), wait or timedelta())
    enqueue(SEAL_FORM, str(form.pk), due_at=clock.now() + pause)
    if code == "not_accepted":  # the desk for forms has not heard of the acceptance: is it true?
        Filing.objects.filter(pk=form.pk, state=FilingState.ACCEPTED).update(
            to_confirm=True, due_at=clock.now()
        )
        enqueue(SIGN, form.filing.province)


def _count(form: FilingForm, code: str) -> None:
    FilingForm.objects.filter(pk=form.pk).update(attempts=F("attempts") + 1, last_error=code[:60])


def _pause(attempts: int) -> timedelta:
    return backoff(attempts, base=TIMING.retry_base, ceiling=RETRY_CEILING)


def _advance(form: FilingForm, new: FormState, digest: str, **changes: Any) -> None:
    advance(
        FilingForm,
        form.pk,
        old=form.state,
        new=new,
        actor=DELIVERY,
        action=f"form.{new}",
        subject=_subject(form.pk),
        tenant=form.filing.tenant,
        detail={"document_digest": digest},
        attempts=0,
        last_error="",
        **changes,
    )


def _subject(filing_id: UUID) -> str:
    return f"form:{filing_id}"


def _box(rendered: Rendered, key: str) -> Box:
    anchor = next(each for each in rendered.anchors if each.key == key)
    size = rendered.page_sizes[anchor.page - 1]
    return box_from_points(anchor.page, anchor.x, anchor.y, anchor.w, anchor.h, size)
