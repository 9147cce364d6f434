"""Sending: template → people → terms → preview → send. What was agreed lies in drafts from the preview on."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from accounts import selectors as accounts
from accounts.masking import shown_name
from accounts.models import Worker
from accounts.web.forms import blame
from accounts.web.pages import Visit, for_acting
from contracts import selectors as contracts
from contracts.checks import Finding, Severity
from contracts.domain import ContractState
from contracts.models import Contract, TemplateVersion
from contracts.services import drafting, renewing, sending
from contracts.web.findings import in_words
from core.errors import Refused
from core.principal import Permission
from filing_bridge.web import rows
from filing_bridge.web.details import contract_shown
from filing_bridge.web.sheets import open_sheets
from filing_bridge.web.terms import RenewalForm, TermsForm, flat, initial_terms

MOST_AT_ONCE = 50  # more people than that are sent to by file
NEAR = 20  # of the roster, to choose from without searching


@for_acting
def start(visit: Visit) -> HttpResponse:
    """Choose the template and the people; searching posts, so that nobody's name gets into an address."""
    visit.principal.require(Permission.DRAFT)
    chosen = _workers(visit, visit.request.GET.getlist("worker"))
    searched = visit.request.POST.get("search", "").strip()
    roster = accounts.workers_of(visit.principal)
    near = (accounts.workers_meant(roster, searched) if searched else roster).order_by("-created_at", "-pk")
    others = near.exclude(pk__in=[worker.pk for worker in chosen]).only(*rows.WORKER_COLUMNS)[:NEAR]
    here = reverse("portal:send")
    kept = urlencode([("worker", worker.pk) for worker in chosen])
    return visit.show(
        "send_start.html",
        templates=contracts.current_templates(visit.principal),
        chosen=rows.worker_rows(visit.principal, chosen),
        others=rows.worker_rows(visit.principal, list(others)),
        searched=searched,
        newcomer=f"{reverse('portal:new_worker')}?{urlencode({'next': f'{here}?{kept}' if kept else here})}",
    )


@for_acting
def terms(visit: Visit) -> HttpResponse:
    """Agree on the terms. Every fault is told at once, the law's too; then the drafts are made."""
    visit.principal.require(Permission.DRAFT)
    query = visit.request.GET
    template = contracts.template_version(visit.principal, query.get("template", ""))
    workers = _workers(visit, query.getlist("worker"))
    if not workers:
        messages.error(visit.request, gettext("请先选择员工。"))
        return redirect("portal:send")
    follows = _followed(visit, workers)
    make = RenewalForm if follows else TermsForm
    form = make(template, visit.request.POST or None, initial=_initial(visit, template, follows))
    findings: Sequence[Finding] = ()
    if visit.posted and form.is_valid():
        findings, made = _draft(visit, form, template, workers, follows)
        if made:
            return redirect(_preview_of(made))
    return visit.show(
        "terms.html",
        form=form,
        template=template,
        workers=rows.worker_rows(visit.principal, workers),
        findings=in_words(findings),
        **_renewed(follows),
        back=f"{reverse('portal:send')}?{query.urlencode()}",
    )


@for_acting
def edit(visit: Visit, contract_id: UUID) -> HttpResponse:
    """Change the terms of a draft."""
    visit.principal.require(Permission.DRAFT)
    contract = contracts.contract_of(visit.principal, contract_id)
    if contract.state != ContractState.DRAFT:
        raise Refused("state_conflict")
    make = RenewalForm if contract.follows else TermsForm
    form = make(contract.template, visit.request.POST or None, initial=flat(contract.terms))
    if visit.posted and form.is_valid():
        given = form.terms()
        try:
            drafting.revise_draft(
                principal=visit.principal,
                contract_id=contract.pk,
                terms=given,
                jurisdiction_code=given.get("work_place_code", ""),
            )
        except Refused as refused:
            blame(form, refused)
        else:
            return redirect(_preview_of([contract]))
    return visit.show(
        "terms.html",
        form=form,
        template=contract.template,
        workers=rows.worker_rows(visit.principal, [contract.worker]),
        findings=in_words(drafting.findings_of(contract)) if not visit.posted else [],
        **_renewed(contract.follows),
        back=reverse("portal:contract", args=[contract.pk]),
    )


@for_acting
def preview(visit: Visit) -> HttpResponse:
    """The pages as the workers will see them, what the law says of them, and the button that sends them."""
    visit.principal.require(Permission.DRAFT)
    found = contracts.contracts_of(visit.principal).select_related("employer")
    drafts = list(found.filter(pk__in=_keys(visit.request.GET.getlist("id")), state=ContractState.DRAFT))
    if not drafts:
        raise Refused("not_found")
    if visit.posted:
        return _send(visit, drafts)
    shown = next((each for each in drafts if str(each.pk) == visit.request.GET.get("page")), drafts[0])
    findings = {finding: None for each in drafts for finding in drafting.findings_of(each)}
    return visit.show(
        "preview.html",
        drafts=[(each, shown_name(visit.principal, each.worker.name)) for each in drafts],
        contract=shown,
        shown=contract_shown(visit.principal, shown),
        sheets=open_sheets(visit, shown),
        findings=in_words(findings),
        blocked=any(finding.severity is Severity.ERROR for finding in findings),
        query=urlencode([("id", each.pk) for each in drafts]),
        may_send=visit.may(Permission.SEND),
        may_open=visit.may(Permission.VIEW_PII),
    )


def _draft(
    visit: Visit,
    form: TermsForm,
    template: TemplateVersion,
    workers: Sequence[Worker],
    follows: Contract | None,
) -> tuple[Sequence[Finding], list[Contract]]:
    """What the law says of the terms, and the drafts unless it forbids them or they are malformed."""
    given = form.terms()
    common: dict[str, Any] = {
        "principal": visit.principal,
        "terms": given,
        "jurisdiction_code": given.get("work_place_code", ""),
        "follows": follows,
    }
    try:
        keys = [worker.pk for worker in workers]
        findings = drafting.judge(worker_ids=keys, template=template, **common)
        keep = "keep" in visit.request.POST  # a draft may still break rules; what is sent may not
        if not keep and any(finding.severity is Severity.ERROR for finding in findings):
            return findings, []
        with transaction.atomic():
            return findings, [
                drafting.create_draft(worker_id=key, template_slug=template.slug, **common) for key in keys
            ]
    except Refused as refused:
        blame(form, refused)
        return (), []


def _send(visit: Visit, drafts: Sequence[Contract]) -> HttpResponse:
    visit.principal.require(Permission.SEND)
    with transaction.atomic():
        for each in drafts:
            sending.send_contract(principal=visit.principal, contract_id=each.pk)
    words = ngettext("已发出 %(number)s 份合同。", "已发出 %(number)s 份合同。", len(drafts)) % {
        "number": len(drafts)
    }
    if len(drafts) == 1:
        return visit.done(words, "portal:contract", drafts[0].pk)
    return visit.done(words, "portal:contracts")


def _followed(visit: Visit, workers: Sequence[Worker]) -> Contract | None:
    """The contract that is to be renewed (`follows`): the worker's own."""
    key = visit.request.GET.get("follows")
    if not key:
        return None
    contract = renewing.concluded(visit.principal, _keys([key])[0])
    if [worker.pk for worker in workers] != [contract.worker_id]:
        raise Refused("not_found")
    return contract


def _renewed(follows: Contract | None) -> dict[str, Any]:
    """What the form of a renewal says of the contract before it, and of the law's demands on this one."""
    stands = renewing.standing(follows) if follows else None
    due = in_words(stands.open_ended_due) if stands else []
    return {"follows": follows, "stands": stands, "open_ended_due": due}


def _initial(visit: Visit, template: TemplateVersion, follows: Contract | None) -> dict[str, Any]:
    """Begins with the earlier contract's terms to renew or to correct (`again`) it, else with usual ones."""
    if follows is not None:
        return flat(renewing.usual_terms(follows))
    again = visit.request.GET.get("again")
    if again:
        return flat(contracts.contract_of(visit.principal, _keys([again])[0]).terms)
    latest = contracts.contracts_of(visit.principal).filter(template__slug=template.slug)
    before = latest.order_by("-created_at").first()
    employer = visit.who.employer
    return initial_terms(template, before.terms if before else None, employer.uscc, employer.biz_address)


def _preview_of(drafts: Iterable[Contract]) -> str:
    return f"{reverse('portal:preview')}?{urlencode([('id', each.pk) for each in drafts])}"


def _workers(visit: Visit, keys: Sequence[str]) -> list[Worker]:
    return list(accounts.workers_of(visit.principal).filter(pk__in=_keys(keys)).order_by("name", "pk"))


def _keys(texts: Sequence[str]) -> list[UUID]:
    if len(texts) > MOST_AT_ONCE:
        raise Refused("too_many_people", params={"most": MOST_AT_ONCE})
    try:
        return [UUID(text) for text in texts]
    except ValueError as error:
        raise Refused("not_found") from error
