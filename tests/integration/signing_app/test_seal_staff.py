"""Who may use a seal, how much of it, and many applications approved at once."""

import time
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core import blobs, clock, papers, work
from core.errors import Refused
from core.models import AuditEvent
from core.principal import Principal, Role
from signing import selectors
from signing.domain import JobState, SealKind, SealState
from signing.models import (
    Seal,
    SealApplication,
    SealGrant,
    SealUse,
    SignatureRequest,
    SigningJob,
    SigningParty,
)
from signing.pades import marks
from signing.services import applications, jobs, keyroom, seals
from tests.support.seal_pictures import png, scan
from tests.support.signing import LEGAL_NAME, USCC, make_request, make_seal, member, prepared, run, snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders", "heard")]
HOLDER, DEPUTY = 3, 4  # `make_seal` makes user 3 the holder


def owner(tenant: UUID) -> Principal:
    return member(tenant, Role.OWNER, 1)


def keeper(tenant: UUID, user_id: int = HOLDER) -> Principal:
    return member(tenant, Role.SEAL_KEEPER, user_id)


def waiting(tenant: UUID, count: int = 1) -> list[SignatureRequest]:
    """Requests at the employer's turn."""
    made = [make_request(tenant) for _ in range(count)]
    parties = SigningParty.objects.filter(request__in=made)
    parties.filter(role="worker").update(state="signed")
    parties.filter(role="employer").update(state="invited")
    return made


def apply(tenant: UUID, seal: Seal, *wanted: SignatureRequest) -> SealApplication:
    return applications.apply_for_seal(
        principal=member(tenant, Role.CLERK, 2),
        seal_id=seal.pk,
        request_ids=[request.pk for request in wanted],
        reason="新员工劳动合同",
    )


def approve(tenant: UUID, *asked: SealApplication, by: int = HOLDER) -> applications.Outcome:
    return applications.approve_applications(
        principal=keeper(tenant, by), application_ids=[each.pk for each in asked], step_up_proof="totp"
    )


def test_only_the_holder_and_those_authorised_use_a_seal() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    application = apply(tenant, seal, *waiting(tenant))
    before = snapshot()
    with pytest.raises(Refused, match="seal_not_yours"):
        approve(tenant, application, by=DEPUTY)
    assert snapshot() == before
    assert not selectors.usable_seals(keeper(tenant, DEPUTY))

    seals.grant_use(principal=keeper(tenant), seal_id=seal.pk, keeper=f"user:{DEPUTY}")
    assert selectors.usable_seals(keeper(tenant, DEPUTY)).get() == seal
    assert approve(tenant, application, by=DEPUTY).jobs == 1
    assert AuditEvent.objects.get(action="seal.granted").actor == "user:3"


def test_a_delegation_ends_with_its_last_day() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    until = clock.today() + timedelta(days=3)
    seals.grant_use(principal=owner(tenant), seal_id=seal.pk, keeper=f"user:{DEPUTY}", until=until)
    application = apply(tenant, seal, *waiting(tenant))
    noon = clock.now().astimezone(clock.SHANGHAI).replace(hour=12)
    with time_machine.travel(noon + timedelta(days=4)), pytest.raises(Refused, match="seal_not_yours"):
        approve(tenant, application, by=DEPUTY)
    with time_machine.travel(noon + timedelta(days=3)):
        assert approve(tenant, application, by=DEPUTY).jobs == 1
    with time_machine.travel(noon + timedelta(days=5)):  # what ran out makes room
        seals.grant_use(principal=owner(tenant), seal_id=seal.pk, keeper=f"user:{DEPUTY}")
    assert SealGrant.objects.filter(ended_at=None).count() == 1


def test_a_grant_is_taken_back_at_once() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    grant = seals.grant_use(principal=owner(tenant), seal_id=seal.pk, keeper=f"user:{DEPUTY}")
    application = apply(tenant, seal, *waiting(tenant))
    for _ in range(2):
        seals.end_grant(principal=keeper(tenant), seal_id=seal.pk, grant_id=grant.pk)
    with pytest.raises(Refused, match="seal_not_yours"):
        approve(tenant, application, by=DEPUTY)
    assert AuditEvent.objects.filter(action="seal.grant_ended").count() == 1
    assert selectors.grants_of(owner(tenant), seal.pk).get().ended_at is not None


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (lambda tenant: keeper(tenant, DEPUTY), "not_permitted"),
        (lambda tenant: member(tenant, Role.CLERK, 2), "not_permitted"),
        (lambda tenant: member(tenant, Role.AUDITOR, 9), "not_permitted"),
        (lambda tenant: member(tenant, Role.CLERK, HOLDER), "not_permitted"),  # no seal keeper any more
        (lambda tenant: owner(uuid4()), "not_found"),
    ],
)
def test_who_may_not_authorise(who: Any, code: str) -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    grant = seals.grant_use(principal=owner(tenant), seal_id=seal.pk, keeper="user:7")
    before = snapshot()
    with pytest.raises(Refused, match=code):
        seals.grant_use(principal=who(tenant), seal_id=seal.pk, keeper="user:8")
    with pytest.raises(Refused, match=code):
        seals.end_grant(principal=who(tenant), seal_id=seal.pk, grant_id=grant.pk)
    assert snapshot() == before


def test_grants_that_make_no_sense() -> None:
    tenant = uuid4()
    seal, other = make_seal(tenant), make_seal(uuid4())
    foreign = seals.grant_use(principal=owner(other.tenant), seal_id=other.pk, keeper="user:7")
    seals.grant_use(principal=owner(tenant), seal_id=seal.pk, keeper="user:7")
    before = snapshot()
    with pytest.raises(Refused, match="seal_granted_already"):
        seals.grant_use(principal=owner(tenant), seal_id=seal.pk, keeper="user:7")
    with pytest.raises(Refused, match="seal_grant_over"):
        seals.grant_use(principal=owner(tenant), seal_id=seal.pk, keeper="user:8", until=date(2020, 1, 1))
    with pytest.raises(Refused, match="not_found"):
        seals.end_grant(principal=owner(tenant), seal_id=seal.pk, grant_id=foreign.pk)
    assert snapshot() == before


def test_handing_over_moves_the_right_to_use() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    with pytest.raises(Refused, match="not_permitted"):
        seals.hand_over(principal=keeper(tenant), seal_id=seal.pk, holder="user:4")
    seals.hand_over(principal=owner(tenant), seal_id=seal.pk, holder="user:4")
    application = apply(tenant, seal, *waiting(tenant))
    with pytest.raises(Refused, match="seal_not_yours"):
        approve(tenant, application)
    assert approve(tenant, application, by=4).jobs == 1


def test_an_owner_suspends_a_lost_seal_at_once() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    with pytest.raises(Refused, match="not_permitted"):
        seals.set_seal_state(
            principal=member(tenant, Role.CLERK, 2), seal_id=seal.pk, state=SealState.SUSPENDED
        )
    seals.set_seal_state(principal=owner(tenant), seal_id=seal.pk, state=SealState.SUSPENDED)
    assert selectors.seal_of(owner(tenant), seal.pk).state == SealState.SUSPENDED


def test_limits_per_application_and_per_day() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    seals.set_limits(principal=owner(tenant), seal_id=seal.pk, limits=seals.Limits(batch=2, daily=3))
    wanted = waiting(tenant, 5)
    with pytest.raises(Refused, match="seal_batch_limit"):
        apply(tenant, seal, *wanted[:3])
    first, second, third = apply(tenant, seal, *wanted[:2]), apply(tenant, seal, *wanted[2:4]), None
    approve(tenant, first)
    before = snapshot()
    with pytest.raises(Refused, match="seal_daily_limit") as caught:
        approve(tenant, second)
    assert caught.value.params["left"] == 1
    assert snapshot() == before
    third = apply(tenant, seal, wanted[4])
    assert approve(tenant, third).jobs == 1
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert approve(tenant, second).jobs == 2
    with pytest.raises(Refused, match="not_permitted"):
        seals.set_limits(principal=keeper(tenant), seal_id=seal.pk, limits=seals.NO_LIMITS)


def test_what_failed_does_not_use_up_the_day() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    seals.set_limits(principal=owner(tenant), seal_id=seal.pk, limits=seals.Limits(daily=1))
    (wanted,) = waiting(tenant)
    approve(tenant, apply(tenant, seal, wanted))
    jobs.fail_job(SigningJob.objects.get(), "certificate_refused")
    assert approve(tenant, apply(tenant, seal, wanted)).jobs == 1


def test_many_applications_are_approved_together_in_a_fixed_number_of_statements() -> None:
    tenant = uuid4()
    one, other = make_seal(tenant), None
    other = seals.create_seal(
        principal=owner(tenant), kind=SealKind.CONTRACT, label="合同章", holder="user:3",
        limits=seals.Limits(daily=100),
    )  # fmt: skip
    statements = []
    for count in (2, 12):
        asked = [apply(tenant, (one, other)[n % 2], *waiting(tenant, 1 + n % 2)) for n in range(count)]
        with CaptureQueriesContext(connection) as captured:
            outcome = approve(tenant, *asked)
        assert outcome.jobs == count + count // 2
        statements.append(len(captured))
    assert statements[0] == statements[1]
    approved = AuditEvent.objects.filter(action="seal_application.approved")
    assert {event.detail["seal"] for event in approved} == {str(one.pk), str(other.pk)}


def test_one_application_that_may_not_be_approved_stops_all() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    own = seals.create_seal(principal=owner(tenant), kind=SealKind.CONTRACT, label="合同章", holder="user:4")
    asked = [apply(tenant, seal, *waiting(tenant)), apply(tenant, own, *waiting(tenant))]
    foreign = uuid4()
    stranger = apply(foreign, make_seal(foreign), *waiting(foreign))
    before = snapshot()
    with pytest.raises(Refused, match="seal_not_yours"):
        approve(tenant, *asked)
    with pytest.raises(Refused, match="not_found"):
        approve(tenant, asked[0], stranger)
    with pytest.raises(Refused, match="nothing_to_seal"):
        approve(tenant)
    assert snapshot() == before


def test_a_document_asked_for_twice_is_sealed_once() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    wanted = waiting(tenant)
    asked = [apply(tenant, seal, *wanted), apply(tenant, seal, *wanted)]
    assert approve(tenant, *asked) == applications.Outcome(jobs=1, skipped=1)
    assert SealUse.objects.get(skipped=True).application == asked[1]


def test_what_failed_is_taken_up_again_in_the_applicants_name() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    old = apply(tenant, seal, *waiting(tenant, 3))
    approve(tenant, old)
    failed, kept = SigningJob.objects.order_by("pk")[:2]
    jobs.fail_job(failed, "certificate_refused")

    with pytest.raises(Refused, match="seal_not_yours"):
        applications.repeat_failed(
            principal=keeper(tenant, DEPUTY), application_id=old.pk, step_up_proof="totp"
        )
    outcome = applications.repeat_failed(
        principal=keeper(tenant), application_id=old.pk, step_up_proof="totp"
    )
    assert outcome == applications.Outcome(jobs=1, skipped=0)
    new = SealApplication.objects.get(repeats=old)
    assert (new.requested_by, new.decided_by) == ("user:2", "user:3")
    assert new.uses.get().party_id == failed.party_id
    assert SigningJob.objects.filter(pk=kept.pk, state=JobState.QUEUED).exists()
    before = snapshot()
    with pytest.raises(Refused, match="nothing_to_seal"):
        applications.repeat_failed(principal=keeper(tenant), application_id=old.pk, step_up_proof="totp")
    with pytest.raises(Refused, match="not_found"):
        applications.repeat_failed(principal=keeper(uuid4()), application_id=old.pk, step_up_proof="totp")
    assert snapshot() == before


def test_an_uploaded_seal_needs_its_proof() -> None:
    tenant = uuid4()
    keyroom.enrol_organisation_key(tenant=tenant, legal_name=LEGAL_NAME, uscc=USCC, actor="user:1")
    pdf, _ = prepared()

    def upload(picture: bytes, proof: bytes) -> Seal:
        return seals.create_seal(
            principal=owner(tenant), kind=SealKind.OFFICIAL, label="公章", holder="user:3",
            upload=seals.Upload(picture, proof),
        )  # fmt: skip

    before = snapshot()
    for wrong in (b"", b"MZ\x90 a program", b"%PDF-1.7 broken", b"x" * (papers.MAX_BYTES + 1)):
        with pytest.raises(Refused, match="seal_proof_faulty"):
            upload(png(scan()), wrong)
    with pytest.raises(Refused, match="seal_picture_faulty"):
        upload(b"GIF89a", pdf)
    assert snapshot() == before

    seal = upload(png(scan()), pdf)
    assert blobs.get(seal.proof) == pdf
    mark = seals.mark_of(seal)
    assert isinstance(mark, marks.SealPicture)
    assert mark.test  # a test certificate, and the picture says so
    with pytest.raises(IntegrityError, match="seal_picture_has_proof"), transaction.atomic():
        Seal.objects.update(proof="")


@pytest.mark.usefixtures("authorities")
def test_an_uploaded_seal_signs_a_document_that_is_accepted() -> None:
    from tests.support.signing import Phone

    request = make_request(seam=True)
    keyroom.enrol_organisation_key(tenant=request.tenant, legal_name=LEGAL_NAME, uscc=USCC, actor="user:1")
    seal = seals.create_seal(
        principal=owner(request.tenant), kind=SealKind.OFFICIAL, label="公章", holder="user:3",
        upload=seals.Upload(png(scan()), prepared()[0]),
    )  # fmt: skip
    Phone().prepare_to_sign().confirm()
    run(work.SIGNING)
    approve(request.tenant, apply(request.tenant, seal, request))
    run(work.SIGNING)
    run(work.GENERAL)
    request.refresh_from_db()
    assert request.state == "completed"
    assert b"/ImageMask" not in blobs.get(request.current_digest)  # a stencil in the drawing, no picture


@pytest.mark.nightly
def test_three_thousand_applications_at_once() -> None:
    """Measured, not promised: a Friday's worth of sealing in one approval."""
    tenant = uuid4()
    seal = make_seal(tenant)
    (request,) = waiting(tenant)
    template = SigningParty.objects.get(request=request, role="employer")
    now = clock.now()
    requests = SignatureRequest.objects.bulk_create(
        SignatureRequest(
            tenant=tenant, subject=f"contract:{uuid4()}", title="劳动合同书", sender_name="示例",
            base_digest="0" * 64, current_digest="0" * 64, frames=[], created_at=now, acted_at=now,
            expires_at=now + timedelta(days=7),
        )
        for _ in range(3000)
    )  # fmt: skip
    parties = SigningParty.objects.bulk_create(
        SigningParty(
            request=each, order=2, role="employer", kind=template.kind, name=template.name,
            name_index=template.name_index, id_type="uscc", id_no=template.id_no,
            id_no_index=template.id_no_index, field_name="employer", place={}, state="invited",
        )
        for each in requests
    )  # fmt: skip
    asked = SealApplication.objects.bulk_create(
        SealApplication(tenant=tenant, seal=seal, reason="x", requested_by="user:2", requested_at=now)
        for _ in parties
    )
    SealUse.objects.bulk_create(
        SealUse(application=application, party=party, document_digest="0" * 64)
        for application, party in zip(asked, parties, strict=True)
    )
    begun = time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        outcome = approve(tenant, *asked)
    seconds = time.perf_counter() - begun
    print(f"3000 applications: {seconds:.2f} s, {len(captured)} statements")  # noqa: T201  (the figure)
    assert outcome.jobs == 3000
    assert seconds < 30
