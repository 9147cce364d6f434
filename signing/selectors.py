"""Reads. Those for an organisation's members take the principal, so that nobody sees another's."""

from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from core import clock
from core.errors import Refused
from core.principal import Permission, Principal
from signing.domain import LIVE_JOB, JobState, PartyKind
from signing.models import Notice, Person, Seal, SealApplication, SealGrant, SealUse, SigningParty


def seals_of(principal: Principal) -> QuerySet[Seal]:
    """All seals of the principal's organisation."""
    principal.require(Permission.READ)
    return Seal.objects.filter(tenant=principal.tenant).order_by("label")


def seal_of(principal: Principal, seal_id: UUID) -> Seal:
    """One of them; anybody else's is `not_found`."""
    seal = seals_of(principal).filter(pk=seal_id).first()
    if seal is None:
        raise Refused("not_found")
    return seal


def usable_seals(principal: Principal) -> QuerySet[Seal]:
    """The seals that the principal may use: as their holder, or by a grant that has not run out."""
    mine = live_grants().filter(seal=OuterRef("pk"), keeper=principal.actor)
    return seals_of(principal).filter(Q(holder=principal.actor) | Exists(mine))


def users_of(seal: Seal) -> set[str]:
    """Everybody who may use the seal now (`user:<id>`): its holder, and whose grant has not run out."""
    return {seal.holder, *live_grants().filter(seal=seal).values_list("keeper", flat=True)}


def live_grants() -> QuerySet[SealGrant]:
    """Grants that were not taken back and have not run out; the caller narrows them to a seal."""
    return SealGrant.objects.filter(Q(until=None) | Q(until__gte=clock.today()), ended_at=None)


def grants_of(principal: Principal, seal_id: UUID) -> QuerySet[SealGrant]:
    """Whoever else may use or might have used a seal, the newest first."""
    return SealGrant.objects.filter(seal=seal_of(principal, seal_id)).order_by("-granted_at")


def applications_of(principal: Principal) -> QuerySet[SealApplication]:
    """All seal applications of the organisation, newest first, with counts of their documents.

    Each row has `documents`, `sealed`, `under_way`, `failed` and `skipped`.
    """
    principal.require(Permission.READ)
    return (
        SealApplication.objects.filter(tenant=principal.tenant)
        .select_related("seal")
        .annotate(
            documents=Count("uses"),
            sealed=Count("uses", filter=Q(uses__job__state=JobState.SIGNED)),
            under_way=Count("uses", filter=Q(uses__job__state__in=LIVE_JOB)),
            failed=Count("uses", filter=Q(uses__job__state__in=[JobState.FAILED, JobState.VOID])),
            skipped=Count("uses", filter=Q(uses__skipped=True)),
        )
        .order_by("-requested_at")
    )


def application_of(principal: Principal, application_id: UUID) -> SealApplication:
    """One of them; anybody else's is `not_found`."""
    application = applications_of(principal).filter(pk=application_id).first()
    if application is None:
        raise Refused("not_found")
    return application


def uses_of(principal: Principal, seal_id: UUID) -> QuerySet[SealUse]:
    """The log of use of a seal, newest application first."""
    seal = seal_of(principal, seal_id)
    return (
        SealUse.objects.filter(application__seal=seal)
        .select_related("application", "job", "party__request")
        .order_by("-application__requested_at", "pk")
    )


def parties_of(person: Person) -> QuerySet[SigningParty]:
    """All documents that a person was asked to sign, whoever asked."""
    return SigningParty.objects.filter(
        name_index=person.name_index, id_no_index=person.id_no_index, kind=PartyKind.PERSON
    )


def person_asked(request_id: UUID) -> SigningParty | None:
    """The person who is to sign a document, or has."""
    return SigningParty.objects.filter(request_id=request_id, kind=PartyKind.PERSON).first()


def notices_of(subject: str) -> QuerySet[Notice]:
    """The messages sent about a subject, oldest first."""
    return Notice.objects.filter(subject=subject).order_by("created_at")
