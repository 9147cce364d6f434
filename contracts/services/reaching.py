"""Reaching the worker: reminders, sending anew to the right phone, the signing table, the copy on paper."""

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, transaction

from contracts import selectors
from contracts.domain import PaperState
from contracts.models import Contract, PaperRequest
from core import audit, clock
from core.errors import Refused
from core.principal import Permission, Principal
from core.transitions import advance
from core.webhooks.services import emit
from signing.selectors import person_asked
from signing.services.links import PrintedLink, print_links, remind_party
from signing.services.requests import reinvite_party


def remind_worker(*, principal: Principal, contract_id: UUID) -> None:
    """Remind the worker whose signature is awaited (催签). Needs `send`; refuses what signing refuses."""
    remind_party(request_id=_out_for_signature(principal, contract_id), actor=principal.actor)


def send_anew(*, principal: Principal, contract_id: UUID, mobile: str | None = None) -> None:
    """Invite the worker afresh, to another phone if one is given; everything old of theirs is void.

    The contract's own words do not change: a wrong number that is printed in it is mended by withdrawing it.
    Commits the new invitation. Needs `send`.
    """
    request = _out_for_signature(principal, contract_id)
    party = person_asked(request)
    if party is None:
        raise Refused("nobody_to_remind")
    with transaction.atomic():
        reinvite_party(request_id=request, party_id=party.pk, actor=principal.actor, mobile=mobile)
        Contract.objects.filter(pk=contract_id).update(wrong_person_at=None)


def print_codes(
    *, principal: Principal, contract_ids: Collection[UUID]
) -> list[tuple[Contract, PrintedLink]]:
    """Links for a signing table, for those of these contracts that wait for their workers. Needs `send`."""
    principal.require(Permission.SEND)
    found = selectors.waiting_for(
        selectors.contracts_of(principal).filter(pk__in=contract_ids), "worker"
    ).order_by("contract_no")
    by_request = {each.signature_request: each for each in found if each.signature_request}
    links = {
        link.request_id: link for link in print_links(request_ids=list(by_request), actor=principal.actor)
    }
    return [(each, links[request]) for request, each in by_request.items() if request in links]


def ask_for_paper(contract: Contract, *, actor: str) -> PaperRequest:
    """The worker's wish for a copy on paper; asked for twice it is still one. The employer is told.

    Refuses `paper_not_yet` before the contract is in force.
    """
    if contract.effective_at is None:
        raise Refused("paper_not_yet")
    try:
        with transaction.atomic():
            wish = PaperRequest.objects.create(contract=contract, asked_at=clock.now())
            audit.record("paper.asked", subject=contract.subject, actor=actor, tenant=contract.employer_id)
            _announce(contract, "contract.paper_requested", wish)
    except IntegrityError:
        return PaperRequest.objects.get(contract=contract, state=PaperState.ASKED)
    return wish


def give_paper(*, principal: Principal, wish_id: UUID) -> PaperRequest:
    """The employer has handed the copy over. Needs `send`."""
    principal.require(Permission.SEND)
    wish = selectors.paper_request_of(principal, wish_id)
    with transaction.atomic():
        advance(
            PaperRequest, wish.pk, old=PaperState.ASKED, new=PaperState.GIVEN, actor=principal.actor,
            action="paper.given", subject=wish.contract.subject, tenant=principal.tenant,
            given_at=clock.now(),
        )  # fmt: skip
        wish.refresh_from_db()
        _announce(wish.contract, "contract.paper_given", wish)
    return wish


def _out_for_signature(principal: Principal, contract_id: UUID) -> UUID:
    principal.require(Permission.SEND)
    request: UUID | None = selectors.contract_of(principal, contract_id).signature_request
    if request is None:
        raise Refused("document_not_ready")
    return request


def _announce(contract: Contract, topic: str, wish: PaperRequest) -> None:
    emit(
        topic,
        tenant=contract.employer_id,
        subject=contract.subject,
        data={
            "contract": str(contract.pk),
            "contract_no": contract.contract_no,
            "paper_request": str(wish.pk),
            "state": wish.state,
        },
    )
