"""The page of one contract, which is composed of several apps' parts."""

from uuid import UUID

from django.http import HttpResponse

from accounts.masking import shown_name
from accounts.web.pages import Visit, for_members
from contracts import selectors as contracts
from contracts.domain import CONCLUDED, ContractState
from contracts.web.ending_words import ending_badge
from contracts.web.reaching import reached
from core.principal import Permission
from filing_bridge import selectors as filings
from filing_bridge.models import EvidencePackage
from filing_bridge.web.actions import history_of
from filing_bridge.web.acts import acts_on
from filing_bridge.web.details import contract_shown, filing_shown, parties_shown, verify_code_of
from filing_bridge.web.line import line_shown
from filing_bridge.web.rows import documents_filed
from filing_bridge.web.sheets import open_sheets
from filing_bridge.web.suspensions import suspensions_of
from filing_bridge.web.words import contract_badge


@for_members
def contract_page(visit: Visit, contract_id: UUID) -> HttpResponse:
    """One contract: parties, terms, filing, and what has happened."""
    contract = contracts.contract_of(visit.principal, contract_id)
    of_contract = filings.filings_of(visit.principal).filter(contract_id=contract.pk)
    versions = list(of_contract.select_related("form").order_by("-created_at"))
    worker = shown_name(visit.principal, contract.worker.name)
    documents = documents_filed(visit.principal, versions)
    effective = contract.state in CONCLUDED
    ending = contracts.standing_termination_of(visit.principal, contract.pk) if effective else None
    return visit.show(
        "contract.html",
        contract=contract,
        title=contract.template.content["title"],
        state=contract_badge(contract.state, contracts.turns_of([contract]).get(contract.pk)),
        shown=contract_shown(visit.principal, contract),
        parties=parties_shown(visit.principal, contract.signature_request),
        verify_code=verify_code_of(visit.principal, contract),
        filings=[filing_shown(filing, worker, documents.get(filing.pk, "")) for filing in versions],
        line=line_shown(visit.principal, contract),
        steps=history_of(visit.principal, contract.pk, versions),
        acts=acts_on(visit, contract),
        ending=ending,
        ending_state=ending_badge(ending.state, contracts.turns_of([ending]).get(ending.pk))
        if ending
        else None,
        suspensions=suspensions_of(contract),
        reached=reached(visit, contract),
        sheets=open_sheets(visit, contract) if contract.state != ContractState.DRAFT else range(0),
        may_open=visit.may(Permission.VIEW_PII),
        may_file=visit.may(Permission.FILE),
        has_document=bool(contract.signed_digest or contract.prepared_digest),
        has_evidence=effective and EvidencePackage.objects.filter(contract_id=contract.pk).exists(),
    )
