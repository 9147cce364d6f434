"""What workers ask to have corrected on a roster: they ask, the employer decides."""

from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import particulars, selectors
from accounts.domain import WISHABLE, WishState
from accounts.models import RosterWish, Worker
from accounts.services.workers import update_worker
from core import audit, clock
from core.errors import Refused
from core.principal import Permission, Principal
from core.transitions import advance
from core.webhooks.services import emit


def ask_for_correction(worker: Worker, wanted: Mapping[str, str], *, actor: str) -> RosterWish:
    """The worker's wish for other values of `WISHABLE` fields; empty and equal ones are left out.

    Commits the wish with an audit event that names the fields, and tells who listens by webhook. Refuses
    `worker_faulty`, `wish_empty` and `wish_open`.
    """
    before = particulars.particulars_of(worker)
    given = {name: wanted[name] for name in WISHABLE if wanted.get(name)}
    columns = particulars.worker_columns({**before, **given})
    changes = {name: columns[name] for name in given if columns[name] != before[name]}
    if not changes:
        raise Refused("wish_empty")
    try:
        with transaction.atomic():
            wish = RosterWish.objects.create(worker=worker, changes=changes, asked_at=clock.now())
            audit.record(
                "worker.correction_asked",
                subject=worker.subject,
                actor=actor,
                tenant=worker.employer_id,
                detail={"fields": sorted(changes)},
            )
            emit(
                "worker.correction_asked",
                tenant=worker.employer_id,
                subject=worker.subject,
                data={"worker": str(worker.pk), "wish": str(wish.pk)},
            )
    except IntegrityError as error:
        raise Refused("wish_open") from error
    return wish


@transaction.atomic
def grant_wish(*, principal: Principal, wish_id: UUID) -> RosterWish:
    """Correct the roster as the worker asked. Commits both. Needs `draft`; refuses `not_found`,
    `state_conflict` and what `update_worker` refuses."""
    wish = _decide(principal, wish_id, WishState.GRANTED, "")
    update_worker(principal=principal, worker_id=wish.worker_id, changes=wish.changes)
    return wish


@transaction.atomic
def decline_wish(*, principal: Principal, wish_id: UUID, note: str) -> RosterWish:
    """Leave the roster as it is; `note` tells the worker why. Needs `draft`; refuses as `grant_wish`."""
    return _decide(principal, wish_id, WishState.DECLINED, note)


def _decide(principal: Principal, wish_id: UUID, new: WishState, note: str) -> RosterWish:
    principal.require(Permission.DRAFT)
    wish = selectors.roster_wish_of(principal, wish_id)
    advance(
        RosterWish,
        wish.pk,
        old=WishState.ASKED,
        new=new,
        actor=principal.actor,
        action=f"worker.correction_{new}",
        subject=wish.worker.subject,
        tenant=principal.tenant,
        detail={"fields": sorted(wish.changes)},
        decided_at=clock.now(),
        note=note,
    )
    wish.refresh_from_db()
    return wish
