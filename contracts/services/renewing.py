"""Renewals: what a contract that follows would mean, before anything is drafted, and its draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from contracts import checks, selectors
from contracts.checks import Finding
from contracts.checks.term import FIXED, OPEN
from contracts.domain import CONCLUDED
from contracts.lineage import NotRenewableError, proposed_terms
from contracts.models import Contract, TemplateVersion
from contracts.services.drafting import (
    assemble_facts,
    create_draft,
    earlier,
    faults_of,
    joined,
    new_contract_no,
    refuse_faults,
    refuse_suspended,
)
from core import clock
from core.errors import Refused
from core.periods import last_day
from core.principal import Permission, Principal

# The rules by which an open-ended contract is due on renewal.
OPEN_ENDED_DUE: Final = frozenset({"R14a", "R14b"})
USUAL_MONTHS: Final = 36


@dataclass(frozen=True)
class Proposal:
    """What a renewal would be: its terms, and everything the rules say."""

    terms: Mapping[str, Any]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Standing:
    """Where a contract stands towards its renewal.

    `fixed_terms` counts the consecutive ones up to and with this contract; `open_ended_due` are the rules by
    which another fixed term would not be lawful. Beyond `sign_by` work would go on for over a month without a
    contract (劳动争议解释（二） Art. 11); after `renewable_until` it would be a new contract.
    """

    fixed_terms: int
    open_ended_due: tuple[Finding, ...]
    starts_on: date
    sign_by: date
    renewable_until: date | None


def propose(
    *, principal: Principal, contract_id: UUID, terms: Mapping[str, Any], template_slug: str = ""
) -> Proposal:
    """Look at a renewal; commits nothing. Needs `draft`.

    Refuses `contract_not_renewable` and malformed facts (`facts_faulty`).
    """
    principal.require(Permission.DRAFT)
    contract = concluded(principal, contract_id)
    template = selectors.template_version(principal, template_slug or contract.template.slug)
    return _proposal(contract, template, _merged(contract, terms))


def draft_renewal(
    *,
    principal: Principal,
    contract_id: UUID,
    terms: Mapping[str, Any],
    template_slug: str = "",
    contract_no: str | None = None,
) -> Contract:
    """Draft the contract that follows this one, by the same template unless another is named.

    It begins when the earlier one ends; `terms` are those that differ from it. Commits and refuses as
    `create_draft`.
    """
    principal.require(Permission.DRAFT)
    contract = concluded(principal, contract_id)
    return create_draft(
        principal=principal,
        worker_id=contract.worker_id,
        template_slug=template_slug or contract.template.slug,
        terms=_merged(contract, terms),
        jurisdiction_code=contract.jurisdiction_code,
        contract_no=contract_no,
        follows=contract,
    )


def standing(contract: Contract) -> Standing | None:
    """Where a concluded contract stands towards its renewal; None when it cannot be renewed."""
    before = earlier(contract)
    try:
        terms = _merged(contract, {"term_type": FIXED})
    except Refused:
        return None
    start = date.fromisoformat(terms["start"])
    another = {**contract.facts, "contract": {**terms, "end": terms["start"]}}
    found = checks.check(another, checks.context_for(None, today=clock.today()))
    return Standing(
        fixed_terms=before.fixed_terms,
        open_ended_due=tuple(each for each in found if each.rule_id in OPEN_ENDED_DUE),
        starts_on=start,
        sign_by=last_day(start, 1),
        renewable_until=before.renewable_until(),
    )


def usual_terms(contract: Contract) -> dict[str, Any]:
    """The terms with which a form for the renewal begins: as before, for three years, or open-ended where
    that is due. Refuses `contract_not_renewable`."""
    terms = _merged(contract, {})
    stands = standing(contract)
    if stands is not None and stands.open_ended_due:
        return {**terms, "term_type": OPEN}
    if terms["term_type"] == FIXED:
        return {**terms, "end": last_day(date.fromisoformat(terms["start"]), USUAL_MONTHS).isoformat()}
    return terms


def concluded(principal: Principal, contract_id: UUID) -> Contract:
    """A contract that both have signed, in force or ended; refuses `contract_not_renewable`, and
    `contract_suspended` while it rests."""
    contract = selectors.contract_of(principal, contract_id)
    refuse_suspended(contract)
    if contract.state not in CONCLUDED:
        raise Refused("contract_not_renewable")
    return contract


def _merged(contract: Contract, given: Mapping[str, Any]) -> dict[str, Any]:
    """The terms of the renewal, joined; refuses `contract_not_renewable`."""
    try:
        return joined(contract, proposed_terms(earlier(contract), given))
    except NotRenewableError as error:
        raise Refused("contract_not_renewable") from error


def _proposal(contract: Contract, template: TemplateVersion, terms: Mapping[str, Any]) -> Proposal:
    facts = assemble_facts(
        contract.employer,
        contract.worker,
        template,
        terms,
        contract.jurisdiction_code,
        new_contract_no(),
    )
    refuse_faults("facts_faulty", faults_of(facts))
    return Proposal(terms, checks.check(facts, checks.context_for(template.content, today=clock.today())))
