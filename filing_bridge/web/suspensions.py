"""The page of one suspension or resumption, and what the page of a contract shows of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.masking import shown_name
from accounts.web.pages import Visit, for_members
from accounts.web.words import Badge, Words
from contracts import selectors as contracts
from contracts.domain import OPEN_DOCUMENT, ContractState
from contracts.models import Contract, Suspension
from contracts.suspensions.facts import RESUME, SUSPEND
from contracts.web.suspension_words import DAYS, TITLES, reason_words, suspension_badge
from core.principal import Permission
from filing_bridge import selectors as filings
from filing_bridge.web.acts import Act
from filing_bridge.web.details import Line, filing_shown, parties_shown


@dataclass(frozen=True)
class SuspensionRow:
    """A line on the page of the contract."""

    id: UUID
    title: Words
    number: str
    on: date
    state: Badge


def suspensions_of(contract: Contract) -> list[SuspensionRow]:
    """Everything that was begun, the newest first."""
    return [
        SuspensionRow(each.pk, TITLES[each.act], each.document_no, each.effective_on, _badge(each))
        for each in contract.suspensions.order_by("-opened_at")
    ]


@for_members
def suspension_page(visit: Visit, suspension_id: UUID) -> HttpResponse:
    """One of them."""
    found = contracts.suspension_of(visit.principal, suspension_id)
    contract = contracts.contract_of(visit.principal, found.contract_id)
    worker = shown_name(visit.principal, contract.worker.name)
    of_it = filings.filings_of(visit.principal).filter(document_digest=found.signed_digest or "—")
    versions = of_it.select_related("form").order_by("-version")
    return visit.show(
        "suspension.html",
        suspension=found,
        contract=contract,
        worker=worker,
        title=TITLES[found.act],
        state=_badge(found),
        lines=[line for line in _lines(found) if line[1]],
        parties=parties_shown(visit.principal, found.signature_request),
        acts=list(_acts(visit, found, contract)),
        filings=[filing_shown(each, worker) for each in versions],
        may_open=visit.may(Permission.VIEW_PII),
        may_file=visit.may(Permission.FILE),
    )


def _badge(suspension: Suspension) -> Badge:
    turn = contracts.turns_of([suspension]).get(suspension.pk)
    return suspension_badge(suspension.state, turn)


def _lines(suspension: Suspension) -> Iterator[Line]:
    said = suspension.facts["suspension"]
    yield _("中止原因"), reason_words(suspension.reason)
    yield _("中止开始日期"), said.get("since", "")
    yield DAYS[suspension.act], said["effective_on"]
    yield _("预计截止日期"), said.get("until", "")


def _acts(visit: Visit, suspension: Suspension, contract: Contract) -> Iterator[Act]:
    turn = contracts.turns_of([suspension]).get(suspension.pk)
    if turn == "employer" and visit.may(Permission.SEAL_REQUEST):
        address = reverse("suspensions:seal", args=[suspension.pk])
        yield Act(_("申请用印"), address, "rubber-stamp", main=True)
    if suspension.act == SUSPEND and contract.state == ContractState.SUSPENDED and visit.may(Permission.SEND):
        yield Act(TITLES[RESUME], reverse("suspensions:resume", args=[contract.pk]), "player-play")
    if suspension.prepared_digest and visit.may(Permission.VIEW_PII):
        yield Act(_("下载文书"), reverse("suspensions:document", args=[suspension.pk]), "download")
    if suspension.state in OPEN_DOCUMENT and visit.may(Permission.SEND):
        yield Act(_("撤回"), reverse("suspensions:withdraw", args=[suspension.pk]), "x")
