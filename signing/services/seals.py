"""Seals: drawn by rule or uploaded with proof, who may use them, up to which limits, and when not at all.

A seal's holder answers for it and may let other seal keepers use it, for good or until a day. That the people
named are seal keepers of the organisation is for the caller to see to: signing knows no members.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from core import audit, blobs, clock, papers
from core.errors import Refused
from core.principal import Permission, Principal
from core.transitions import advance
from signing import pictures
from signing.domain import SealKind, SealState
from signing.models import OrganisationKey, Seal, SealGrant
from signing.pades import marks
from signing.pades.appearance import draw
from signing.selectors import seal_of

# The line under the star; the official seal has none (domain notes §5.2).
PURPOSE_TEXTS = {SealKind.OFFICIAL: "", SealKind.CONTRACT: "合同专用章", SealKind.PERSONNEL: "劳动合同专用章"}


@dataclass(frozen=True)
class Limits:
    """How much may be done with a seal: documents per application, and per day. None: any number."""

    batch: int | None = None
    daily: int | None = None


@dataclass(frozen=True)
class Upload:
    """A scanned seal as a transparent PNG, and the paper (PDF, PNG or JPEG) that shows whose it is."""

    picture: bytes
    proof: bytes


NO_LIMITS = Limits()


def create_seal(
    *,
    principal: Principal,
    kind: SealKind,
    label: str,
    holder: str,
    code13: str = "",
    diameter_mm: Decimal = Decimal("40.0"),
    limits: Limits = NO_LIMITS,
    upload: Upload | None = None,
) -> Seal:
    """Make a seal with the legal name to which the organisation's certificate is issued: drawn, or uploaded.

    `holder` (`user:<id>`) answers for it. Commits the seal with its audit event, after its blobs. Refuses
    `organisation_not_enrolled`, `seal_invalid`, `mark_character_missing`, `seal_picture_faulty`,
    `seal_proof_faulty` and `seal_label_taken`.
    """
    principal.require(Permission.MANAGE_PROFILE)
    enrolled = OrganisationKey.objects.filter(tenant=principal.tenant).first()
    if enrolled is None:
        raise Refused("organisation_not_enrolled")
    seal = Seal(
        tenant=principal.tenant,
        kind=kind,
        label=label,
        name=enrolled.legal_name,
        purpose_text=PURPOSE_TEXTS[kind],
        code13=code13,
        diameter_mm=diameter_mm,
        holder=holder,
        batch_limit=limits.batch,
        daily_limit=limits.daily,
        created_at=clock.now(),
    )
    if upload is not None:
        picture = pictures.seal_picture(upload.picture, width_mm=float(diameter_mm))
        if not papers.is_paper(upload.proof):
            raise Refused("seal_proof_faulty")
        seal.picture, seal.proof = blobs.put(picture), blobs.put(upload.proof)
    draw(mark_of(seal))
    try:
        with transaction.atomic():
            seal.save(force_insert=True)
            detail = {"kind": kind, "holder": holder, "picture": seal.picture, "proof": seal.proof}
            _note(principal, seal, "seal.created", detail)
    except IntegrityError as error:
        raise Refused("seal_label_taken", params={"label": label}) from error
    return seal


def mark_of(seal: Seal) -> marks.Seal | marks.SealPicture:
    """What the seal leaves on paper."""
    test = settings.CERTIFICATE_AUTHORITY == "test"
    if seal.picture:
        stencil = pictures.stencil_of(blobs.get(seal.picture))
        return pictures.mark_of(stencil, width_mm=float(seal.diameter_mm), test=test)
    return marks.Seal(
        name=seal.name,
        purpose=seal.purpose_text,
        code=seal.code13,
        diameter_mm=float(seal.diameter_mm),
        test=test,
    )


def set_seal_state(*, principal: Principal, seal_id: UUID, state: SealState) -> Seal:
    """Suspend a seal, or put it back into use: for those who seal, and for owners.

    Approved applications still run; new ones are refused. Refuses `state_conflict`.
    """
    owns = Permission.MANAGE_PROFILE in principal.permissions
    principal.require(Permission.MANAGE_PROFILE if owns else Permission.SEAL_APPROVE)
    seal = seal_of(principal, seal_id)
    old = SealState.ACTIVE if state is SealState.SUSPENDED else SealState.SUSPENDED
    advance(
        Seal, seal.pk, old=old, new=state, actor=principal.actor, action=f"seal.{state}",
        subject=seal.subject, tenant=principal.tenant,
    )  # fmt: skip
    seal.state = state
    return seal


@transaction.atomic
def set_limits(*, principal: Principal, seal_id: UUID, limits: Limits) -> Seal:
    """Say how much may be done with a seal. Commits them with their audit event."""
    principal.require(Permission.MANAGE_PROFILE)
    seal = seal_of(principal, seal_id)
    seal.batch_limit, seal.daily_limit = limits.batch, limits.daily
    seal.save(update_fields=["batch_limit", "daily_limit"])
    _note(principal, seal, "seal.limited", {"batch": limits.batch, "daily": limits.daily})
    return seal


@transaction.atomic
def hand_over(*, principal: Principal, seal_id: UUID, holder: str) -> Seal:
    """Make another person answer for a seal. Commits it with its audit event."""
    principal.require(Permission.MANAGE_PROFILE)
    seal = seal_of(principal, seal_id)
    old, seal.holder = seal.holder, holder
    seal.save(update_fields=["holder"])
    _note(principal, seal, "seal.handed_over", {"old": old, "new": holder})
    return seal


def grant_use(*, principal: Principal, seal_id: UUID, keeper: str, until: date | None = None) -> SealGrant:
    """Let another person use a seal, up to and including `until`: for its holder, and for owners.

    Commits the grant with its audit event. Refuses `not_permitted`, `seal_grant_over` for a day that is past
    and `seal_granted_already`.
    """
    seal = seal_of(principal, seal_id)
    require_own(principal, seal)
    if until is not None and until < clock.today():
        raise Refused("seal_grant_over")
    with transaction.atomic():
        # A grant that ran out makes room for the next one.
        seal.grants.filter(keeper=keeper, ended_at=None, until__lt=clock.today()).update(ended_at=clock.now())
        try:
            with transaction.atomic():
                grant = SealGrant.objects.create(
                    seal=seal, keeper=keeper, until=until, granted_by=principal.actor, granted_at=clock.now()
                )
        except IntegrityError as error:
            raise Refused("seal_granted_already") from error
        day = until.isoformat() if until else None
        _note(principal, seal, "seal.granted", {"keeper": keeper, "until": day})
    return grant


def end_grant(*, principal: Principal, seal_id: UUID, grant_id: UUID) -> None:
    """Take a grant back at once. Can be repeated. Refuses `not_permitted` and `not_found`."""
    seal = seal_of(principal, seal_id)
    require_own(principal, seal)
    grant = seal.grants.filter(pk=grant_id).first()
    if grant is None:
        raise Refused("not_found")
    with transaction.atomic():
        if SealGrant.objects.filter(pk=grant.pk, ended_at=None).update(ended_at=clock.now()):
            _note(principal, seal, "seal.grant_ended", {"keeper": grant.keeper})


def require_own(principal: Principal, seal: Seal) -> None:
    """Refuse `not_permitted` to whoever may not say who uses the seal."""
    holds = principal.actor == seal.holder
    principal.require(Permission.SEAL_APPROVE if holds else Permission.MANAGE_PROFILE)


def _note(
    principal: Principal,
    seal: Seal,
    action: str,
    detail: Mapping[str, str | int | None] = MappingProxyType({}),
) -> None:
    audit.record(
        action, subject=seal.subject, actor=principal.actor, tenant=principal.tenant, detail=dict(detail)
    )
