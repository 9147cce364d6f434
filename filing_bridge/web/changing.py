"""Changing a contract: new terms → preview → sent for signing. Nothing is kept before the last step."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.masking import shown_name
from accounts.web.forms import blame
from accounts.web.pages import Visit, for_acting, for_members
from contracts import selectors
from contracts.checks import Finding, Severity
from contracts.domain import ContractState
from contracts.models import Contract
from contracts.services import changing
from contracts.services.change_previews import agreement_pages, agreement_picture
from contracts.services.viewing import open_in_full
from contracts.web.carrying import carried, carry
from contracts.web.findings import in_words
from core import clock
from core.errors import Refused
from core.principal import Permission
from filing_bridge.mapping import filed_items
from filing_bridge.web.change_forms import ChangeForm, refilled
from filing_bridge.web.term_words import terms_changed


@for_acting
def fill(visit: Visit, contract_id: UUID) -> HttpResponse:
    """The terms in force, and the new ones. Every breach of a rule is told at once; what was typed stays."""
    contract = _to_change(visit, contract_id)
    form = _form(visit, contract)
    findings: Iterable[Finding] = ()
    if visit.posted and form.is_valid():
        try:
            wish = form.wish()
            findings = changing.propose(
                principal=visit.principal, contract_id=contract.pk, wish=wish
            ).findings
            if not _blocked(findings):
                of = carry(form.typed(), _place(contract))
                return redirect(_address("preview_change", contract, of))
        except Refused as refused:
            blame(form, refused)
    return visit.show(
        "change_fill.html", **_head(visit, contract), form=form, findings=in_words(findings), blocked=True
    )


@for_acting
def preview(visit: Visit, contract_id: UUID) -> HttpResponse:
    """Each term old and new, the agreement, and what follows; POST sends it for signing."""
    contract = _to_change(visit, contract_id)
    wish = _filled(visit, contract).wish()
    if visit.posted:
        change = changing.open_change(principal=visit.principal, contract_id=contract.pk, wish=wish)
        words = _("已确认，正在生成变更协议，随后短信通知劳动者签名。")
        return visit.done(words, "portal:change", change.pk)
    proposal = changing.propose(principal=visit.principal, contract_id=contract.pk, wish=wish)
    open_in_full(principal=visit.principal, contract_id=contract.pk, what="facts")
    pages = agreement_pages(principal=visit.principal, contract_id=contract.pk, wish=wish)
    of = visit.request.GET["of"]
    return visit.show(
        "change_preview.html",
        **_head(visit, contract),
        terms=terms_changed(proposal.facts),
        wish=wish,
        later=wish.effective_on > clock.today(),
        findings=in_words(proposal.findings),
        blocked=_blocked(proposal.findings),
        filed=bool(filed_items(proposal.facts)),
        pictures=[_address("change_sheet", contract, of, page) for page in range(1, pages + 1)],
        back=_address("change_contract", contract, of),
    )


@for_members
def sheet(visit: Visit, contract_id: UUID, number: int) -> HttpResponse:
    """A page of the agreement as it would be."""
    contract = _to_change(visit, contract_id)
    wish = _filled(visit, contract).wish()
    data = agreement_picture(principal=visit.principal, contract_id=contract.pk, wish=wish, page=number)
    answer = HttpResponse(data, content_type="image/webp")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def may_change(visit: Visit, contract: Contract) -> bool:
    """Whether to offer the first of these pages."""
    may = visit.may(Permission.SEND) and visit.may(Permission.VIEW_PII)
    return (
        may
        and contract.state == ContractState.EFFECTIVE
        and selectors.open_change_of(visit.principal, contract.pk) is None
    )


def _to_change(visit: Visit, contract_id: UUID) -> Contract:
    visit.principal.require(Permission.SEND)
    visit.principal.require(Permission.VIEW_PII)
    contract = changing.contract_to_change(visit.principal, contract_id)
    if selectors.open_change_of(visit.principal, contract.pk):
        raise Refused("contract_changes_already")
    return contract


def _form(visit: Visit, contract: Contract) -> ChangeForm:
    """With what is posted now, what was typed before the preview, or the terms in force alone."""
    if visit.request.GET.get("of") and not visit.posted:
        return _refilled(visit, contract)
    typed = visit.request.POST if visit.posted else None
    return ChangeForm(contract.template, changing.agreed_terms(contract), typed)


def _refilled(visit: Visit, contract: Contract) -> ChangeForm:
    before = changing.agreed_terms(contract)
    typed = refilled(before, carried(visit.request, _place(contract)))
    return ChangeForm(contract.template, before, typed)


def _filled(visit: Visit, contract: Contract) -> ChangeForm:
    form = _refilled(visit, contract)
    if not form.is_valid():
        raise Refused("not_found")
    return form


def _blocked(findings: Iterable[Finding]) -> bool:
    return any(each.severity is Severity.ERROR for each in findings)


def _head(visit: Visit, contract: Contract) -> dict[str, Any]:
    """What stands above each of the pages."""
    last = selectors.last_change(contract)
    return {
        "contract": contract,
        "worker": shown_name(visit.principal, contract.worker.name),
        "since": last.effective_on if last else None,
        "here": reverse("portal:contract", args=[contract.pk]),
    }


def _place(contract: Contract) -> str:
    """What binds the encrypted form to its use: the contract, and the change up to which it was read."""
    last = selectors.last_change(contract)
    return f"change.of:{contract.pk}:{last.number if last else 0}"


def _address(page: str, contract: Contract, of: str, *place: int) -> str:
    return f"{reverse(f'portal:{page}', args=[contract.pk, *place])}?{urlencode({'of': of})}"
