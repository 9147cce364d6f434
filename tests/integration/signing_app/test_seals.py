"""Seals: two people, one approval for many documents, a log of every use."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core import clock, work
from core.errors import Refused
from core.models import AuditEvent
from core.principal import Principal, Role
from signing import selectors
from signing.domain import SealKind, SealState
from signing.models import (
    OrganisationKey,
    Seal,
    SealApplication,
    SealUse,
    SignatureRequest,
    SigningJob,
    SigningParty,
)
from signing.services import applications, keyroom, requests, seals
from tests.support.signing import (
    LEGAL_NAME,
    USCC,
    approve_seal,
    make_request,
    make_seal,
    member,
    run,
    snapshot,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders", "heard")]


def waiting_for_seal(tenant: Any, count: int = 1) -> list[SignatureRequest]:
    """Requests at the employer's turn. How the worker signed does not matter here."""
    made = [make_request(tenant) for _ in range(count)]
    for request in made:
        request.parties.filter(role="worker").update(state="signed")
        request.parties.filter(role="employer").update(state="invited")
    return made


def apply(tenant: Any, seal: Seal, *wanted: SignatureRequest, by: int = 2) -> SealApplication:
    return applications.apply_for_seal(
        principal=member(tenant, Role.CLERK, by),
        seal_id=seal.pk,
        request_ids=[request.pk for request in wanted],
        reason="新员工劳动合同",
    )


def approve(tenant: Any, application: SealApplication, *, by: int = 3) -> applications.Outcome:
    return applications.approve_applications(
        principal=member(tenant, Role.SEAL_KEEPER, by), application_ids=[application.pk], step_up_proof="totp"
    )


def owner_and_keeper(tenant: Any, user_id: int) -> Principal:
    """Somebody who happens to hold both permissions."""
    both = (
        member(tenant, Role.CLERK, user_id).permissions
        | member(tenant, Role.SEAL_KEEPER, user_id).permissions
    )
    return Principal(user_id, Role.SEAL_KEEPER, both, tenant)


def test_nobody_approves_an_application_of_their_own() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    application = apply(tenant, seal, *waiting_for_seal(tenant), by=5)
    before = snapshot()
    with pytest.raises(Refused, match="seal_needs_two_people"):
        applications.approve_applications(
            principal=owner_and_keeper(tenant, 5), application_ids=[application.pk], step_up_proof="totp"
        )
    assert snapshot() == before
    assert not SigningJob.objects.exists()


def test_the_database_refuses_it_too() -> None:
    tenant = uuid4()
    application = apply(tenant, make_seal(tenant), *waiting_for_seal(tenant), by=5)
    with pytest.raises(IntegrityError, match="seal_application_two_people"), transaction.atomic():
        SealApplication.objects.filter(pk=application.pk).update(decided_by="user:5")
    with pytest.raises(IntegrityError, match="decision_has_author"), transaction.atomic():
        SealApplication.objects.filter(pk=application.pk).update(state="approved")


def test_one_approval_makes_an_authorised_job_for_each_document() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    wanted = waiting_for_seal(tenant, 3)
    application = apply(tenant, seal, *wanted)
    assert approve(tenant, application) == applications.Outcome(jobs=3, skipped=0)
    for job in SigningJob.objects.select_related("party__request"):
        claims = keyroom.verify(
            job.authorisation,
            signer=f"organisation:{tenant}",
            document_sha256=job.party.request.current_digest,
            subject=f"job:{job.pk}",
        )
        assert (
            claims.expires == clock.micros(job.expires_at)
            or abs(claims.expires - clock.micros(job.expires_at)) < 1_000_000
        )
    assert set(SealUse.objects.values_list("party__request", flat=True)) == {r.pk for r in wanted}
    approved = AuditEvent.objects.get(action="seal_application.approved")
    assert (approved.actor, approved.detail["step_up"]) == ("user:3", "totp")
    shown = selectors.application_of(member(tenant, Role.AUDITOR, 9), application.pk)
    assert (shown.documents, shown.under_way, shown.sealed) == (3, 3, 0)  # type: ignore[attr-defined]  # annotated by the selector


def test_approving_costs_the_same_number_of_statements_for_any_number_of_documents() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    statements = []
    for count in (2, 12):
        application = apply(tenant, seal, *waiting_for_seal(tenant, count))
        with CaptureQueriesContext(connection) as captured:
            approve(tenant, application)
        statements.append(len(captured))
    assert statements[0] == statements[1]


def test_what_no_longer_waits_is_skipped() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    first, second = waiting_for_seal(tenant, 2)
    application = apply(tenant, seal, first, second)
    requests.withdraw_request(request_id=second.pk, actor="user:1", reason="填错了")
    assert approve(tenant, application) == applications.Outcome(jobs=1, skipped=1)
    assert SealUse.objects.get(party__request=second).skipped
    assert SigningParty.objects.get(request=second, role="employer").state == "invited"


def test_documents_that_do_not_wait_for_the_seal() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    (ready,) = waiting_for_seal(tenant)
    unsigned = make_request(tenant)
    (foreign,) = waiting_for_seal(uuid4())
    before = snapshot()
    for wrong in (unsigned, foreign):
        with pytest.raises(Refused, match="not_waiting_for_seal"):
            apply(tenant, seal, ready, wrong)
    with pytest.raises(Refused, match="nothing_to_seal"):
        apply(tenant, seal)
    assert snapshot() == before


def test_an_application_is_decided_once() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    application = apply(tenant, seal, *waiting_for_seal(tenant))
    approve(tenant, application)
    seals.grant_use(principal=member(tenant, Role.OWNER, 1), seal_id=seal.pk, keeper="user:4")
    before = snapshot()
    with pytest.raises(Refused, match="seal_application_decided"):
        approve(tenant, application, by=4)
    assert snapshot() == before


def test_a_refused_application_leaves_the_documents_waiting() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    (wanted,) = waiting_for_seal(tenant)
    refused = applications.refuse_application(
        principal=member(tenant, Role.SEAL_KEEPER, 3),
        application_id=apply(tenant, seal, wanted).pk,
        step_up_proof="totp",
        note="材料不全",
    )
    assert (refused.state, refused.decision_note) == ("refused", "材料不全")
    assert approve(tenant, apply(tenant, seal, wanted)).jobs == 1


def test_a_suspended_seal_is_not_used() -> None:
    tenant = uuid4()
    seal = make_seal(tenant)
    (wanted,) = waiting_for_seal(tenant)
    application = apply(tenant, seal, wanted)
    keeper = member(tenant, Role.SEAL_KEEPER, 3)
    seals.set_seal_state(principal=keeper, seal_id=seal.pk, state=SealState.SUSPENDED)
    before = snapshot()
    for attempt in (lambda: approve(tenant, application), lambda: apply(tenant, seal, wanted)):
        with pytest.raises(Refused, match="seal_suspended"):
            attempt()
    assert snapshot() == before
    seals.set_seal_state(principal=keeper, seal_id=seal.pk, state=SealState.ACTIVE)
    assert approve(tenant, application).jobs == 1


def test_permissions_and_other_organisations() -> None:
    tenant, other = uuid4(), uuid4()
    seal = make_seal(tenant)
    wanted = waiting_for_seal(tenant)
    application = apply(tenant, seal, *wanted)
    before = snapshot()
    with pytest.raises(Refused, match="not_permitted"):
        applications.approve_applications(
            principal=member(tenant, Role.CLERK, 4), application_ids=[application.pk], step_up_proof="totp"
        )
    with pytest.raises(Refused, match="not_permitted"):
        applications.apply_for_seal(
            principal=member(tenant, Role.AUDITOR, 4), seal_id=seal.pk, request_ids=[wanted[0].pk], reason="x"
        )
    with pytest.raises(Refused, match="not_found"):
        approve(other, application)
    with pytest.raises(Refused, match="not_found"):
        apply(other, seal, *wanted)
    with pytest.raises(Refused, match="not_found"):
        selectors.uses_of(member(other, Role.OWNER, 1), seal.pk)
    assert not selectors.applications_of(member(other, Role.OWNER, 1))
    assert snapshot() == before


def test_a_seal_bears_the_name_of_the_certificate() -> None:
    tenant = uuid4()
    owner = member(tenant, Role.OWNER, 1)
    with pytest.raises(Refused, match="organisation_not_enrolled"):
        seals.create_seal(principal=owner, kind=SealKind.OFFICIAL, label="公章", holder="user:1")
    seal = make_seal(tenant)
    assert seal.name == LEGAL_NAME
    with pytest.raises(Refused, match="seal_label_taken"):
        seals.create_seal(principal=owner, kind=SealKind.CONTRACT, label="公章", holder="user:1")
    second = seals.create_seal(principal=owner, kind=SealKind.CONTRACT, label="合同章", holder="user:1")
    assert second.purpose_text == "合同专用章"


def test_enrolling_again_changes_nothing_and_another_name_makes_a_new_generation() -> None:
    tenant = uuid4()
    for _ in range(2):
        keyroom.enrol_organisation_key(tenant=tenant, legal_name=LEGAL_NAME, uscc=USCC, actor="user:1")
    assert OrganisationKey.objects.get().generation == 1
    keyroom.enrol_organisation_key(
        tenant=tenant, legal_name="新名称（淄博）有限公司", uscc=USCC, actor="user:1"
    )
    assert OrganisationKey.objects.get().generation == 2
    assert AuditEvent.objects.filter(action="organisation.enrolled").count() == 2


@pytest.mark.usefixtures("authorities")
def test_sealing_marks_the_application_as_used() -> None:
    from tests.support.signing import Phone

    request = make_request()
    seal = make_seal(request.tenant)
    Phone().prepare_to_sign().confirm()
    run(work.SIGNING)
    approve_seal(request.tenant, seal, request)
    applications.finish_applications()
    assert SealApplication.objects.get().state == "approved"
    run(work.SIGNING)
    applications.finish_applications()
    assert SealApplication.objects.get().state == "used"
    use = selectors.uses_of(member(request.tenant, Role.AUDITOR, 9), seal.pk).get()
    request.refresh_from_db()
    assert use.job is not None
    assert use.job.signed_digest == request.current_digest
