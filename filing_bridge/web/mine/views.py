"""我的合同: all that a person was asked to sign, with every employer, for life."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.views import APIView

from contracts import selectors
from contracts.domain import CONCLUDED, ContractState, PaperState
from contracts.models import PaperRequest
from contracts.services.reaching import ask_for_paper
from core.api import KeyPagination
from core.errors import Refused
from filing_bridge.models import EvidencePackage
from filing_bridge.protocol import Event
from filing_bridge.services import evidence, own
from filing_bridge.web.mine import rows
from filing_bridge.web.mine.after import after
from filing_bridge.web.mine.data import data_about
from filing_bridge.web.mine.pages import for_person, in_words, show
from filing_bridge.web.words import EVENTS, names_of
from signing.domain import PartyState, RequestState
from signing.models import Person
from signing.services.companions import companion_of
from signing.services.links import send_own_link

PAGE_SIZE = 20


@for_person("GET")
def contracts(request: HttpRequest, person: Person) -> HttpResponse:
    """The list, the newest first."""
    pages = KeyPagination()
    pages.page_size = PAGE_SIZE
    found = selectors.contracts_signed_by(person).select_related("employer", "template")
    page = pages.paginate_queryset(found, Request(request), APIView()) or []
    links = {"previous": pages.get_previous_link(), "next": pages.get_next_link()}
    return show(request, "contracts.html", rows=rows.own_contracts(person, page), links=links)


@for_person("GET")
def contract(request: HttpRequest, person: Person, contract_id: UUID) -> HttpResponse:
    """One contract: its gist, who signed it and whether that still holds, its filing, its files."""
    found = selectors.contract_signed_by(person, contract_id)
    party = own.party_in(person, found)
    wanted = party.request
    filing = rows.latest_filings([found]).get(found.pk)
    effective = found.state in CONCLUDED
    return show(
        request,
        "contract.html",
        contract=found,
        title=rows.title_of(found),
        signed_as=rows.signed_as(found),
        state=rows.state_of(found, party.state),
        summary=companion_of(wanted).summary,
        standing=rows.standing_of(wanted) if wanted.state == RequestState.COMPLETED else None,
        signed_at=party.signed_at,
        downloaded_at=party.downloaded_at,
        filing=filing,
        filing_title=names_of(filing)[0] if filing else EVENTS[Event.HIRE][0],
        filing_state=rows.filing_badge(filing),
        may_download=party.state == PartyState.SIGNED,
        may_sign=found.state == ContractState.SIGNING and party.state == PartyState.INVITED,
        effective=effective,
        after=after(found),
        changes=rows.changes_in(found),
        suspensions=rows.suspensions_in(found),
        corrections=rows.corrections_in(found),
        has_evidence=effective and EvidencePackage.objects.filter(contract_id=found.pk).exists(),
        paper=PaperRequest.objects.filter(contract=found).order_by("-asked_at").first(),
        paper_asked=PaperState.ASKED,
    )


@for_person("GET")
def document(request: HttpRequest, person: Person, contract_id: UUID) -> HttpResponse:
    """The PDF, as an attachment that browsers inside other apps can save."""
    pdf = own.take_document(person, contract_id)
    found = selectors.contract_signed_by(person, contract_id)
    return _file(pdf, "application/pdf", f"{rows.title_of(found)}.pdf")


@for_person("GET")
def certificate(request: HttpRequest, person: Person, contract_id: UUID) -> HttpResponse:
    """The signed certificate of the ending."""
    number, pdf = own.take_certificate(person, contract_id)
    return _file(pdf, "application/pdf", f"{number}.pdf")


@for_person("GET")
def agreement(request: HttpRequest, person: Person, contract_id: UUID, change_id: UUID) -> HttpResponse:
    """The signed agreement on a change."""
    number, pdf = own.take_agreement(person, contract_id, change_id)
    return _file(pdf, "application/pdf", f"{number}.pdf")


@for_person("GET")
def suspension(request: HttpRequest, person: Person, contract_id: UUID, suspension_id: UUID) -> HttpResponse:
    """The signed document of a suspension or resumption."""
    number, pdf = own.take_suspension(person, contract_id, suspension_id)
    return _file(pdf, "application/pdf", f"{number}.pdf")


@for_person("GET", "POST")
def evidence_package(request: HttpRequest, person: Person, contract_id: UUID) -> HttpResponse:
    """The evidence package; a POST has it built with what has come since."""
    if request.method == "GET":
        return _file(own.take_evidence(person, contract_id), "application/zip", "evidence.zip")
    found = selectors.contract_signed_by(person, contract_id)
    try:
        evidence.request_evidence(found)
        messages.success(request, _("正在生成证据包，通常不到一分钟。请稍后刷新本页下载。"))
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("mine:contract", contract_id)


@for_person("POST")
def paper(request: HttpRequest, person: Person, contract_id: UUID) -> HttpResponse:
    """Ask the employer for a copy on paper."""
    found = selectors.contract_signed_by(person, contract_id)
    try:
        ask_for_paper(found, actor=person.subject)
        messages.success(request, _("已向单位申请纸质件。单位应当免费提供至少一份。"))
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("mine:contract", contract_id)


@for_person("POST")
def link(request: HttpRequest, person: Person, contract_id: UUID) -> HttpResponse:
    """Send the signing link to the person's phone once more."""
    party = own.party_in(person, selectors.contract_signed_by(person, contract_id))
    try:
        send_own_link(party, actor=person.subject)
        messages.success(request, _("链接已发送到您的手机，请查看短信。"))
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("mine:contract", contract_id)


@for_person("GET")
def data(request: HttpRequest, person: Person) -> HttpResponse:
    """Which personal data is held, and who looked at it (个人信息保护法 Arts. 44, 45)."""
    return show(request, "data.html", about=data_about(person), person=person)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
