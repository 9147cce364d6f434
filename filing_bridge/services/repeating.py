"""What a person may do about a filing: complete it, hurry it, settle a doubt, or file again."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from core import audit, clock
from core.errors import Refused
from core.principal import Permission, Principal
from core.work import enqueue
from filing_bridge.domain import ASKED_ABOUT, STATE_WORDS, FilingState
from filing_bridge.models import Filing
from filing_bridge.protocol import Event
from filing_bridge.selectors import facts_behind, filing_of
from filing_bridge.services.preparing import SIGN, open_next_version, prepare
from filing_bridge.services.states import RELEASED, move

S = FilingState
HURRIED = frozenset({S.PENDING, S.READY}) | ASKED_ABOUT


def repeat_filing(*, principal: Principal, filing_id: UUID, particulars: Mapping[str, str]) -> Filing:
    """Do what the filing's state calls for; returns the filing, or the new version that replaces it.

    Waiting: `particulars` (late_reason, remark, prev_filing_no) are added and it is looked at again. Under
    way: it is tried at once. Held: the province is asked anew. Returned, rejected or withdrawn: filed again
    as a new version, except a correction, which is proposed anew.
    Raises `not_permitted`, `not_found`, `filing_not_to_be_repeated`, `state_conflict`.
    """
    principal.require(Permission.FILE)
    with transaction.atomic():
        filing = filing_of(principal, filing_id)
        match filing.state:
            case S.WAITING:
                _complete(principal, filing, particulars)
            case S.RETURNED | S.REJECTED | S.VOIDED if _may_follow(filing):
                filing = open_next_version(filing, facts_behind(filing), particulars, actor=principal.actor)
            case S.HELD if not particulars:
                _ask_anew(principal, filing)
            case state if state in HURRIED and not particulars:
                _hurry(principal, filing)
            case _:
                zh, en = STATE_WORDS[S(filing.state)]
                raise Refused("filing_not_to_be_repeated", params={"state_zh": zh, "state_en": en})
    filing.refresh_from_db()
    return filing


def _may_follow(filing: Filing) -> bool:
    return not filing.to_confirm and filing.event != Event.CORRECTION


def _complete(principal: Principal, filing: Filing, particulars: Mapping[str, str]) -> None:
    filing.particulars = {**filing.particulars, **particulars}
    Filing.objects.filter(pk=filing.pk, state=S.WAITING).update(particulars=filing.particulars)
    audit.record(
        "filing.completed",
        subject=filing.subject,
        actor=principal.actor,
        tenant=filing.tenant,
        detail={"particulars": sorted(particulars)},
    )
    prepare(filing, facts_behind(filing), actor=principal.actor)


def _hurry(principal: Principal, filing: Filing) -> None:
    Filing.objects.filter(pk=filing.pk, lease__isnull=True).update(due_at=clock.now())
    audit.record("filing.hurried", subject=filing.subject, actor=principal.actor, tenant=filing.tenant)
    enqueue(SIGN, filing.province)


def _ask_anew(principal: Principal, filing: Filing) -> None:
    """The doubt is settled by the province's next answer; what was never sent is signed again instead."""
    new = S.UNKNOWN if filing.first_attempt_at else S.PENDING
    move(
        filing,
        new,
        actor=principal.actor,
        **RELEASED,
        attempts=0,
        polls=0,
        to_confirm=False,
        receipt_no="",
        decided_at=None,
        faults=[],
        last_error="",
        due_at=clock.now(),
    )
    enqueue(SIGN, filing.province)
