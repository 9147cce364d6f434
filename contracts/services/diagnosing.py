"""Why an employer's certificate does not work: what can go wrong, looked at one by one. Reads only.

The keys lie with the signer and nobody's browser holds any, so there is no driver and no port to look for:
what is left is who the certificate names, how long it holds, and what the authority said last.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from accounts.selectors import employer_of
from core import clock
from core.errors import CATALOGUE, ErrorCode
from core.models import WorkItem
from core.principal import Permission, Principal
from signing.domain import PartyKind
from signing.models import OrganisationKey, SigningJob

ENROL = "signing.enrol"
RECENT = timedelta(days=1)


class Question(StrEnum):
    """What is looked at, in this order; the rest of the answers lean on those before."""

    ISSUED = "issued"
    AUTHORITY = "authority"
    IN_TIME = "in_time"
    NAME = "name"
    CODE = "code"
    LAST_USE = "last_use"


@dataclass(frozen=True)
class Answer:
    """`error` is what the last seal ran into, in the catalogue's words."""

    question: Question
    good: bool
    error: ErrorCode | None = None


def diagnose(principal: Principal) -> list[Answer]:
    """Every question with its answer, as things stand now."""
    principal.require(Permission.READ)
    employer = employer_of(principal)
    key = OrganisationKey.objects.filter(tenant=principal.tenant).first()
    issued = key is not None and key.not_after is not None
    waiting = WorkItem.objects.filter(kind=ENROL, key=str(principal.tenant), attempts__gt=0)
    answers = [
        Answer(Question.ISSUED, issued),
        Answer(Question.AUTHORITY, not waiting.exists()),
    ]
    if key is not None and key.not_after is not None:
        error = _last_error(principal)
        answers += [
            Answer(Question.IN_TIME, key.not_after > clock.now()),
            Answer(Question.NAME, key.legal_name == employer.name),
            Answer(Question.CODE, key.uscc == employer.uscc),
            Answer(Question.LAST_USE, error is None, error),
        ]
    return answers


def _last_error(principal: Principal) -> ErrorCode | None:
    """What the newest seal of the last day ran into; None when it went well or there was none."""
    jobs = SigningJob.objects.filter(
        party__request__tenant=principal.tenant,
        party__kind=PartyKind.ORGANISATION,
        created_at__gt=clock.now() - RECENT,
    )
    newest = jobs.order_by("-created_at").values_list("error_code", flat=True).first()
    return CATALOGUE.rows.get(newest) if newest else None
