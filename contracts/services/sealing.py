"""The employer's seal on contracts: the clerk applies, the seal keeper approves with a second factor."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.domain import Topic
from accounts.selectors import member_of
from accounts.services.notifications import tell
from accounts.services.stepup import require_strong
from contracts import selectors
from contracts.domain import DocumentState
from contracts.models import Change
from contracts.services import overtaken
from core.errors import Refused
from core.principal import Permission, Principal, Role
from signing.models import Seal, SealApplication, SealUse
from signing.selectors import users_of
from signing.services import applications, seals


def apply_for_seal(
    *,
    principal: Principal,
    seal_id: UUID,
    contract_ids: Sequence[UUID],
    reason: str,
    termination_ids: Sequence[UUID] = (),
    change_ids: Sequence[UUID] = (),
    suspension_ids: Sequence[UUID] = (),
) -> SealApplication:
    """Ask for the seal on contracts, changes and suspensions that the workers have signed and on what the
    employer signs alone; any number of them in one application.

    Refuses `document_not_ready` when one of them is not out for signature, `changes_overtaken`, and what
    signing refuses.
    """
    overtaken.refuse_overtaken(selectors.changes_of(principal).filter(pk__in=set(change_ids)))
    requests = [
        *_requests(selectors.contracts_of(principal), set(contract_ids)),
        *_requests(selectors.terminations_of(principal), set(termination_ids)),
        *_requests(selectors.changes_of(principal), set(change_ids)),
        *_requests(selectors.suspensions_of(principal), set(suspension_ids)),
    ]
    with transaction.atomic():
        application = applications.apply_for_seal(
            principal=principal, seal_id=seal_id, request_ids=requests, reason=reason
        )
        tell(
            Topic.SEAL_REQUESTED,
            tenant=principal.tenant,
            params={"documents": len(requests), "seal": application.seal.label},
            only=[int(actor.partition(":")[2]) for actor in users_of(application.seal)],
        )
    return application


def _requests(documents: QuerySet[Any], wanted: Collection[UUID]) -> list[UUID]:
    """The signature requests of these documents."""
    found = dict(documents.filter(pk__in=wanted).values_list("pk", "signature_request"))
    if len(found) != len(wanted):
        raise Refused("not_found")
    requests = [request for request in found.values() if request is not None]
    if len(requests) != len(wanted):
        raise Refused("document_not_ready")
    return requests


def _changes_in(principal: Principal, application_ids: Collection[UUID]) -> QuerySet[Change]:
    """The changes on whose agreements these applications ask for a seal."""
    uses = SealUse.objects.filter(application__tenant=principal.tenant, application__in=application_ids)
    found = selectors.changes_of(principal).filter(signature_request__in=uses.values("party__request"))
    return found.filter(state=DocumentState.SIGNING)


def approve(
    *,
    principal: Principal,
    application_ids: Collection[UUID],
    code: str | None = None,
    session_proved_at: datetime | None = None,
    note: str = "",
) -> applications.Outcome:
    """Approve any number of applications after one strong re-authentication, whatever they hold.

    The proof is a code, or one that the web session was given within five minutes. Commits and refuses as
    `approve_applications` and `require_strong`; refuses `changes_overtaken` too.
    """
    principal.require(Permission.SEAL_APPROVE)
    overtaken.refuse_overtaken(_changes_in(principal, application_ids))
    require_strong(principal, code, session_proved_at=session_proved_at)
    return applications.approve_applications(
        principal=principal,
        application_ids=application_ids,
        step_up_proof=_proof(session_proved_at),
        note=note,
    )


def repeat_failed(
    *,
    principal: Principal,
    application_id: UUID,
    code: str | None = None,
    session_proved_at: datetime | None = None,
) -> applications.Outcome:
    """Seal again what failed of an application, with the same proof of who decides."""
    principal.require(Permission.SEAL_APPROVE)
    overtaken.refuse_overtaken(_changes_in(principal, [application_id]))
    require_strong(principal, code, session_proved_at=session_proved_at)
    return applications.repeat_failed(
        principal=principal, application_id=application_id, step_up_proof=_proof(session_proved_at)
    )


def refuse(
    *,
    principal: Principal,
    application_id: UUID,
    note: str,
    code: str | None = None,
    session_proved_at: datetime | None = None,
) -> SealApplication:
    """Turn an application down, with the same proof of who decides."""
    principal.require(Permission.SEAL_APPROVE)
    require_strong(principal, code, session_proved_at=session_proved_at)
    return applications.refuse_application(
        principal=principal,
        application_id=application_id,
        step_up_proof=_proof(session_proved_at),
        note=note,
    )


def create_seal(
    *,
    principal: Principal,
    holder: UUID,
    limits: seals.Limits,
    upload: seals.Upload | None,
    **particulars: Any,
) -> Seal:
    """Make a seal for which one of the employer's seal keepers answers; `seals.create_seal` says the rest."""
    principal.require(Permission.MANAGE_PROFILE)
    return seals.create_seal(
        principal=principal,
        holder=keeper(principal, holder),
        limits=limits,
        upload=upload,
        **particulars,
    )


def keeper(principal: Principal, membership_id: UUID) -> str:
    """A seal keeper of the employer, as seals know people; refuses `not_found` and `not_a_seal_keeper`."""
    member = member_of(principal, membership_id)
    if not member.active or member.role != Role.SEAL_KEEPER:
        raise Refused("not_a_seal_keeper")
    return f"user:{member.user_id}"


def _proof(session_proved_at: datetime | None) -> str:
    return "totp" if session_proved_at is None else "session"
