"""Looking at documents before sealing them: a few, chosen by chance, each look on record.

Whoever seals must be able to see what they seal: this needs no other right than that to use the seal.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from core import audit
from core.errors import Refused
from core.principal import Permission, Principal
from signing.models import SealUse
from signing.selectors import usable_seals

SAMPLE = 3


def pick(*, principal: Principal, application_ids: Collection[UUID]) -> Sequence[SealUse]:
    """Up to three documents of these applications, by chance. Commits who looked at which.

    Refuses `not_permitted`; documents for seals that are not the principal's to use are not among them.
    """
    uses = list(_visible(principal).filter(application__in=application_ids).order_by("?")[:SAMPLE])
    with transaction.atomic():
        audit.record_all(
            "document.spot_checked",
            subjects=[(use.party.request.subject, {"document_digest": use.document_digest}) for use in uses],
            actor=principal.actor,
            tenant=principal.tenant,
        )
    return uses


def document_of(*, principal: Principal, use_id: int) -> SealUse:
    """One of the documents that the principal may look at; any other is `not_found`."""
    use = _visible(principal).filter(pk=use_id).first()
    if use is None:
        raise Refused("not_found")
    return use


def _visible(principal: Principal) -> QuerySet[SealUse]:
    principal.require(Permission.SEAL_APPROVE)
    return (
        SealUse.objects.filter(
            application__tenant=principal.tenant, application__seal__in=usable_seals(principal)
        )
        .select_related("application", "party__request")
        .defer("party__name", "party__id_no", "party__mobile")
    )
