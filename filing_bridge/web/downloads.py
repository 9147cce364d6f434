"""Files for members' browsers: the same permissions and the same log as the API's."""

import json
from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from accounts.web.pages import Visit, for_members
from contracts.services.viewing import open_in_full
from core import blobs
from core.errors import Refused
from filing_bridge import selectors
from filing_bridge.services import evidence
from filing_bridge.services.paper_slips import open_slip
from filing_bridge.services.viewing import open_form

PDF = "application/pdf"


@for_members
def document(visit: Visit, contract_id: UUID) -> HttpResponse:
    """The signed PDF once in force, the prepared one before."""
    contract = open_in_full(principal=visit.principal, contract_id=contract_id, what="document")
    digest = contract.signed_digest or contract.prepared_digest
    if not digest:
        raise Refused("document_not_ready")
    return file_answer(blobs.get(digest), PDF, f"{contract.contract_no}.pdf")


@for_members
def evidence_package(visit: Visit, contract_id: UUID) -> HttpResponse:
    """The newest evidence package."""
    contract = open_in_full(principal=visit.principal, contract_id=contract_id, what="evidence")
    return file_answer(
        evidence.evidence_of(contract), "application/zip", f"{contract.contract_no}-evidence.zip"
    )


@for_members
def receipt(visit: Visit, filing_id: UUID) -> HttpResponse:
    """The agency's latest verified answer, as it came (`jws`) and decoded (`body`)."""
    filing = selectors.filing_of(visit.principal, filing_id)
    found = selectors.latest_receipt(filing)
    if found is None:
        raise Refused("receipt_not_there")
    answer = {"receipt_no": filing.receipt_no, "body": found.body, "jws": blobs.get(found.blob).decode()}
    data = json.dumps(answer, ensure_ascii=False, indent=2).encode()
    return file_answer(data, "application/json", f"{filing.contract_no}-receipt.json")


@for_members
def form(visit: Visit, filing_id: UUID) -> HttpResponse:
    """The filing form with both seals."""
    filing, data = open_form(principal=visit.principal, filing_id=filing_id)
    return file_answer(data, PDF, f"{filing.receipt_no}.pdf")


@for_members
def slip(visit: Visit, filing_id: UUID, number: int) -> HttpResponse:
    """A slip about an accepted filing, to be printed: one page for each who keeps a copy."""
    filing, data = open_slip(principal=visit.principal, filing_id=filing_id, number=number)
    return file_answer(data, PDF, f"{filing.receipt_no}-{number}.pdf")


def file_answer(data: bytes, kind: str, name: str) -> HttpResponse:
    """A file to be kept under this name."""
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
