"""Ending a contract: reason → particulars → preview → decided. Nothing is kept before the last step."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.masking import shown_name
from accounts.web.forms import blame
from accounts.web.pages import Visit, for_acting, for_members
from accounts.web.words import Badge, by_language
from contracts import selectors
from contracts.checks import Finding, Severity
from contracts.domain import IN_FORCE
from contracts.endings.checks import FILED_WITHIN
from contracts.endings.facts import signers_of
from contracts.endings.reasons import BY_AGENCY, Reason, reason_of
from contracts.models import Contract
from contracts.services import terminating
from contracts.services.ending_previews import certificate_picture
from contracts.services.terminating import Proposal
from contracts.services.viewing import open_in_full
from contracts.web.carrying import carried, carry
from contracts.web.ending_forms import EndingForm
from contracts.web.ending_words import (
    GROUPS,
    HEADINGS,
    INITIATORS,
    basis_words,
    demands,
    reason_words,
    reasons_of,
)
from contracts.web.findings import in_words
from core import clock
from core.errors import Refused
from core.principal import Permission


@for_members
def choose(visit: Visit, contract_id: UUID) -> HttpResponse:
    """Who begins, and why: every statutory reason with what it asks for."""
    contract = _to_end(visit, contract_id)
    sections = [
        (
            heading,
            [
                (group, [_offer(each) for each in reasons_of(group)])
                for group in GROUPS
                if group.initiator == initiator
            ],
        )
        for initiator, heading in HEADINGS.items()
    ]
    return visit.show("ending_choose.html", **_head(visit, contract), sections=sections)


def _offer(reason: Reason) -> tuple[Reason, str, list[Badge], str]:
    return reason, reason_words(reason), list(demands(reason)), basis_words(reason)


@for_acting
def fill(visit: Visit, contract_id: UUID, code: str) -> HttpResponse:
    """The particulars that the reason asks for. Every breach of a rule is told at once."""
    contract, reason = _to_end(visit, contract_id), _reason(code)
    form = EndingForm(reason, _typed(visit, contract, reason), initial={"date": clock.today()})
    findings: Iterable[Finding] = ()
    proposal = None
    if visit.posted and form.is_valid():
        try:
            proposal = terminating.propose(
                principal=visit.principal, contract_id=contract.pk, wish=form.wish()
            )
        except Refused as refused:
            blame(form, refused)
        else:
            findings = proposal.findings
            if not any(each.severity is Severity.ERROR for each in findings):
                of = carry(visit.request.POST, _place(contract, reason))
                return redirect(_address("preview", contract, reason, of))
    return visit.show(
        "ending_fill.html",
        **_head(visit, contract),
        reason=reason,
        reason_words=reason_words(reason),
        demands=demands(reason),
        basis=basis_words(reason),
        form=form,
        findings=in_words(findings),
        blocked=True,
        working=_working(proposal),
        back=reverse("endings:choose", args=[contract.pk]),
    )


@for_acting
def preview(visit: Visit, contract_id: UUID, code: str) -> HttpResponse:
    """All that will follow, the certificate included; POST decides."""
    contract, reason = _to_end(visit, contract_id), _reason(code)
    wish = _filled(visit, contract, reason).wish()
    if visit.posted:
        termination = terminating.open_termination(
            principal=visit.principal, contract_id=contract.pk, wish=wish
        )
        later = _("已安排。证明书将在 {day} 出具。").format(day=wish.ends_on.isoformat())
        at_once = wish.ends_on <= clock.today()
        words = _("已确认，正在生成证明书。") if at_once else later
        return visit.done(words, "portal:ending", termination.pk)
    proposal = terminating.propose(principal=visit.principal, contract_id=contract.pk, wish=wish)
    open_in_full(principal=visit.principal, contract_id=contract.pk, what="facts")
    of = visit.request.GET.get("of", "")
    return visit.show(
        "ending_preview.html",
        **_head(visit, contract),
        facts=proposal.facts["ending"],
        reason=reason,
        reason_words=by_reason(proposal.facts),
        initiator=INITIATORS[reason.initiator],
        findings=in_words(proposal.findings),
        working=_working(proposal),
        signers=signers_of(proposal.facts),
        ends_on=wish.ends_on,
        later=wish.ends_on > clock.today(),
        until=wish.ends_on + FILED_WITHIN,
        picture=_address("picture", contract, reason, of),
        back=_address("fill", contract, reason, of),
    )


@for_members
def picture(visit: Visit, contract_id: UUID, code: str) -> HttpResponse:
    """The certificate as it would be."""
    contract, reason = _to_end(visit, contract_id), _reason(code)
    data = certificate_picture(
        principal=visit.principal,
        contract_id=contract.pk,
        wish=_filled(visit, contract, reason).wish(),
        page=1,
    )
    answer = HttpResponse(data, content_type="image/webp")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def may_end(visit: Visit, contract: Contract) -> bool:
    """Whether to offer the first of these pages."""
    may = visit.may(Permission.SEND) and visit.may(Permission.VIEW_PII)
    return may and contract.state in IN_FORCE


def by_reason(facts: Any) -> str:
    """The reason that facts of an ending name, with its circumstance."""
    found = reason_of(facts["ending"]["reason"], facts["ending"].get("circumstance", ""))
    return reason_words(found) if found else ""


def _to_end(visit: Visit, contract_id: UUID) -> Contract:
    contract = selectors.contract_of(visit.principal, contract_id)
    visit.principal.require(Permission.SEND)
    visit.principal.require(Permission.VIEW_PII)
    if contract.state not in IN_FORCE:
        raise Refused("contract_not_in_force")
    if selectors.standing_termination_of(visit.principal, contract.pk):
        raise Refused("contract_ends_already")
    return contract


def _reason(code: str) -> Reason:
    reason = reason_of(code)
    if reason is None or code == BY_AGENCY:
        raise Refused("not_found")
    return reason


def _head(visit: Visit, contract: Contract) -> dict[str, Any]:
    """What stands above each of the pages."""
    ends = date.fromisoformat(contract.facts["contract"]["end"]) if contract.ends_on else None
    return {"contract": contract, "worker": shown_name(visit.principal, contract.worker.name), "ends": ends}


def _working(proposal: Proposal | None) -> dict[str, Any] | None:
    """The severance pay by law, line by line."""
    if proposal is None or proposal.owed is None:
        return None
    owed = proposal.owed
    lines = [by_language(line.zh, line.en) for line in owed.lines]
    return {"amount": owed.amount, "lines": lines}


def _typed(visit: Visit, contract: Contract, reason: Reason) -> QueryDict | None:
    """What the form is filled with: what is posted now, or what was typed before the preview."""
    if visit.posted:
        return visit.request.POST
    return carried(visit.request, _place(contract, reason)) if visit.request.GET.get("of") else None


def _filled(visit: Visit, contract: Contract, reason: Reason) -> EndingForm:
    form = EndingForm(reason, carried(visit.request, _place(contract, reason)))
    if not form.is_valid():
        raise Refused("not_found")
    return form


def _place(contract: Contract, reason: Reason) -> str:
    """What binds the encrypted form to its use."""
    return f"ending.of:{contract.pk}:{reason.code}"


def _address(page: str, contract: Contract, reason: Reason, of: str) -> str:
    return f"{reverse(f'endings:{page}', args=[contract.pk, reason.code])}?{urlencode({'of': of})}"
