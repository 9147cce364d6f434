"""From an employer's wish to complete, checked facts."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Employer
from accounts.selectors import worker_of
from contracts import checks, selectors
from contracts.document.names import unprintable_faults
from contracts.domain import ContractState
from contracts.facts import SCHEMA_ID, Facts, facts_schema, validate_facts
from contracts.lineage import Earlier, NotRenewableError, joined_terms, past_of
from contracts.models import Contract, TemplateVersion
from core import audit, clock
from core.errors import Fault, Refused
from core.principal import Permission, Principal

NUMBER_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no letters that read like digits


def create_draft(
    *,
    principal: Principal,
    worker_id: Any,
    template_slug: str,
    terms: Mapping[str, Any],
    jurisdiction_code: str,
    contract_no: str | None = None,
    template_number: int | None = None,
    follows: Contract | None = None,
) -> Contract:
    """Store a draft. `terms` is the `contract` section of the facts schema; what a renewal, which `follows`
    another contract, says of the past is put right.

    The newest version of the template is taken unless a number is given.

    Commits the row and its audit event. Refuses a malformed section (`facts_faulty`, all faults at once),
    an unknown template or worker, a number that is taken, a contract that cannot be renewed and one that is
    (`contract_not_renewable`, `contract_suspended`, `contract_renewed_already`).
    """
    principal.require(Permission.DRAFT)
    worker = worker_of(principal, worker_id)
    template = selectors.template_version(principal, template_slug, template_number)
    employer = Employer.objects.get(pk=principal.tenant)
    number = contract_no or new_contract_no()
    terms = joined(follows, terms)
    facts = assemble_facts(employer, worker, template, terms, jurisdiction_code, number)
    refuse_faults("facts_faulty", faults_of(facts))
    refuse_suspended(follows)
    try:
        with transaction.atomic():
            contract = Contract.objects.create(
                employer=employer,
                worker=worker,
                template=template,
                contract_no=number,
                jurisdiction_code=jurisdiction_code,
                terms=terms,
                **dates_of(terms),
                follows=follows,
                created_by_id=principal.user_id,
            )
            audit.record(
                "contract.drafted", subject=contract.subject, actor=principal.actor, tenant=principal.tenant
            )
    except IntegrityError as error:
        if follows is not None and selectors.renewal_of(follows) is not None:
            raise Refused("contract_renewed_already") from error
        raise Refused("contract_no_taken", params={"contract_no": number}) from error
    return contract


def refuse_suspended(follows: Contract | None) -> None:
    """Nothing renews a contract while it rests: refuses `contract_suspended`."""
    if follows is not None and follows.state == ContractState.SUSPENDED:
        raise Refused("contract_suspended")


def revise_draft(
    *, principal: Principal, contract_id: Any, terms: Mapping[str, Any], jurisdiction_code: str
) -> Contract:
    """Change the terms of a draft. Commits them with an audit event.

    Refuses a malformed section (`facts_faulty`) and a contract that was sent meanwhile (`state_conflict`).
    """
    principal.require(Permission.DRAFT)
    contract = selectors.contract_of(principal, contract_id)
    terms = joined(contract.follows, terms)
    contract.terms, contract.jurisdiction_code = terms, jurisdiction_code
    refuse_faults("facts_faulty", faults_of(facts_of_draft(contract)))
    with transaction.atomic():
        changed = Contract.objects.filter(pk=contract.pk, state=ContractState.DRAFT).update(
            terms=terms, jurisdiction_code=jurisdiction_code, **dates_of(terms)
        )
        if not changed:
            raise Refused("state_conflict")
        audit.record(
            "contract.revised", subject=contract.subject, actor=principal.actor, tenant=principal.tenant
        )
    return contract


def judge(
    *,
    principal: Principal,
    worker_ids: Iterable[Any],
    template: TemplateVersion,
    terms: Mapping[str, Any],
    jurisdiction_code: str,
    follows: Contract | None = None,
) -> tuple[checks.Finding, ...]:
    """What the statutory rules would say of these terms with these workers, each finding once.

    Refuses a malformed section (`facts_faulty`) and an unknown worker.
    """
    employer = Employer.objects.get(pk=principal.tenant)
    context = checks.context_for(template.content, today=clock.today())
    found: dict[checks.Finding, None] = {}
    terms = joined(follows, terms)
    for worker_id in worker_ids:
        worker = worker_of(principal, worker_id)
        facts = assemble_facts(employer, worker, template, terms, jurisdiction_code, new_contract_no())
        refuse_faults("facts_faulty", faults_of(facts))
        found |= dict.fromkeys(checks.check(facts, context))
    return tuple(found)


def dates_of(terms: Mapping[str, Any]) -> dict[str, date | None]:
    """The dates of the terms by which contracts are listed; an open-ended contract has no end."""
    end, probation = terms.get("end"), terms.get("probation_end")
    return {
        "employment_start": date.fromisoformat(terms["employment_start"]),
        "ends_on": date.fromisoformat(end) if end else None,
        "probation_ends_on": date.fromisoformat(probation) if probation else None,
    }


def findings_of(contract: Contract) -> tuple[checks.Finding, ...]:
    """What the statutory rules say of a draft, or of the frozen facts once sent: errors and warnings.

    A contract that ran out before is remembered, though the draft is silent of it.
    """
    facts = contract.facts or facts_of_draft(contract)
    if contract.follows_id is None and (before := selectors.contract_before(contract)) is not None:
        facts = {**facts, "contract": {**past_of(earlier(before)), **facts["contract"]}}
    return checks.check(facts, checks.context_for(contract.template.content, today=clock.today()))


def joined(follows: Contract | None, terms: Mapping[str, Any]) -> dict[str, Any]:
    """The terms of a draft, joined to the contract that it follows, if any.

    Refuses `contract_not_renewable`.
    """
    if follows is None:
        return dict(terms)
    try:
        return joined_terms(earlier(follows), terms)
    except NotRenewableError as error:
        raise Refused("contract_not_renewable") from error


def earlier(contract: Contract) -> Earlier:
    """A concluded contract as the next one sees it."""
    signed_end = contract.facts["contract"].get("end")
    return Earlier(
        contract.terms,
        contract.jurisdiction_code,
        date.fromisoformat(signed_end) if signed_end else None,
        contract.ended_on,
        selectors.days_suspended_in(contract, clock.today()),
    )


def facts_of_draft(contract: Contract) -> dict[str, Any]:
    """The facts as they would be frozen now."""
    return assemble_facts(
        contract.employer,
        contract.worker,
        contract.template,
        joined(contract.follows, contract.terms),
        contract.jurisdiction_code,
        contract.contract_no,
    )


def assemble_facts(
    employer: Employer,
    worker: object,
    template: TemplateVersion,
    terms: Mapping[str, Any],
    jurisdiction_code: str,
    contract_no: str,
) -> dict[str, Any]:
    """Put the facts together from where each was entered once; nothing is typed here.

    `worker` bears the attributes of `accounts.models.Worker`.
    """
    return {
        "schema": SCHEMA_ID,
        "contract_no": contract_no,
        "jurisdiction_code": jurisdiction_code,
        "template": {"slug": template.slug, "version": template.number, "digest": template.digest},
        "employer": _section("employer", employer),
        "worker": _section("worker", worker),
        "contract": dict(terms),
    }


def facts_now(contract: Contract) -> dict[str, Any]:
    """The facts of a concluded contract as they are today: the terms after every change, and the employer as
    it is called and registered now (劳动合同法 Art. 33: a new name changes nothing else).

    `signed_as` is the name under which the employer signed, where it has another one now.
    """
    employer, signed_as = _section("employer", contract.employer), contract.facts["employer"]["name"]
    if employer["name"] != signed_as:
        employer["signed_as"] = signed_as
    return {**contract.facts, "employer": employer, "contract": contract.terms}


def faults_of(facts: Facts) -> list[Fault]:
    """What makes facts malformed or unprintable, all at once."""
    return validate_facts(facts) or unprintable_faults(facts)


def _section(name: str, record: object) -> dict[str, Any]:
    """The schema's section `name`, read from a record whose attributes bear the schema's names."""
    section = {}
    for field in facts_schema()["properties"][name]["properties"]:
        value = getattr(record, field)
        if isinstance(value, date):
            value = value.isoformat()
        if value not in (None, ""):
            section[field] = value
    return section


def refuse_faults(code: str, faults: Iterable[Fault]) -> None:
    """Raise `code` with all faults at once, if there are any."""
    found = tuple(faults)
    if found:
        raise Refused(code, faults=found, params={"count": len(found)})


def new_contract_no() -> str:
    """A number that does not tell how many contracts there are."""
    return new_number("HT")


def new_number(kind: str) -> str:
    """The number of a new document: its kind, the day, and letters that tell nothing."""
    tail = "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(8))
    return f"{kind}-{clock.today():%Y%m%d}-{tail}"
