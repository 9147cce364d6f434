"""Reads. Each takes the principal, so that nobody sees another employer's contracts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Worker
from accounts.selectors import workers_meant
from contracts.domain import (
    CONCLUDED,
    NOT_CONCLUDED,
    OPEN_DOCUMENT,
    STANDING_TERMINATION,
    ContractState,
    DocumentState,
    RowState,
)
from contracts.models import (
    Batch,
    BatchRow,
    Change,
    Contract,
    LaterDocument,
    PaperRequest,
    Suspension,
    Template,
    TemplateVersion,
    Termination,
)
from contracts.suspensions.facts import days_suspended
from core.errors import Refused
from core.models import AuditEvent
from core.numbers import normalise
from core.principal import Permission, Principal
from signing.domain import PartyState
from signing.models import Person, SigningParty
from signing.selectors import parties_of

# A mobile number or its end, a citizen number, and the shapes of travel documents.
WORKERS_NUMBER = r"[0-9]{4}|1[0-9]{10}|[0-9]{17}[0-9X]|[A-Z]{1,3}[0-9]{7,12}"
# All are `signing` while they are out for signature.
Signed = TypeVar("Signed", Contract, Change, Suspension, Termination)
_IN_TURN = SigningParty.objects.filter(state__in=[PartyState.INVITED, PartyState.CONFIRMED])


def templates_of(principal: Principal) -> QuerySet[Template]:
    """Ours, and the own ones of the principal's employer."""
    principal.require(Permission.READ)
    return Template.objects.filter(Q(employer=None) | Q(employer_id=principal.tenant))


def template_of(principal: Principal, template_id: UUID) -> Template:
    """One of them; another employer's is `not_found`."""
    template = templates_of(principal).filter(pk=template_id).first()
    if template is None:
        raise Refused("not_found")
    return template


def versions_of(principal: Principal) -> QuerySet[TemplateVersion]:
    """The published versions of all templates that the principal's employer may use."""
    return TemplateVersion.objects.filter(slug__in=templates_of(principal).values("slug"))


def current_templates(principal: Principal) -> list[TemplateVersion]:
    """The newest published version of every template, by slug."""
    newest: dict[str, TemplateVersion] = {}
    for version in versions_of(principal).order_by("slug", "number"):
        newest[version.slug] = version
    return list(newest.values())


def template_titles(principal: Principal) -> list[tuple[str, str, str]]:
    """Slug and Chinese and English title of every template; without the contents, which are long."""
    titles = versions_of(principal).values_list("slug", "content__title__zh", "content__title__en")
    return list({slug: (slug, zh, en) for slug, zh, en in titles.order_by("slug", "number")}.values())


def template_version(principal: Principal, slug: str, number: int | None = None) -> TemplateVersion:
    """A published version, by default the newest; raises `template_unknown`, also for another employer's."""
    found = versions_of(principal).filter(slug=slug, **({"number": number} if number else {}))
    version = found.order_by("-number").first()
    if version is None:
        raise Refused("template_unknown")
    return version


def uses_of(principal: Principal, versions: Iterable[int]) -> dict[int, int]:
    """How many contracts of the principal's employer each version (by its key) made."""
    used = contracts_of(principal).filter(template_id__in=list(versions))
    counted = used.order_by().values("template_id").annotate(number=Count("pk"))
    return {each["template_id"]: each["number"] for each in counted}


def contracts_of(principal: Principal) -> QuerySet[Contract]:
    """All contracts of the principal's employer."""
    principal.require(Permission.READ)
    return Contract.objects.filter(employer_id=principal.tenant).select_related("worker", "template")


def contract_of(principal: Principal, contract_id: UUID) -> Contract:
    """One of them; anybody else's is `not_found`."""
    contract = contracts_of(principal).select_related("employer").filter(pk=contract_id).first()
    if contract is None:
        raise Refused("not_found")
    return contract


def contract_before(contract: Contract) -> Contract | None:
    """The worker's last concluded contract with this employer that was over when this one begins."""
    start = date.fromisoformat(contract.terms["start"])
    theirs = Contract.objects.filter(worker_id=contract.worker_id, state__in=sorted(CONCLUDED))
    over = theirs.exclude(pk=contract.pk).annotate(last=Coalesce("ended_on", "ends_on"))
    return over.filter(last__lt=start).order_by("-last").first()


def renewal_of(contract: Contract) -> Contract | None:
    """The contract that renews this one, or is about to."""
    return contract.renewals.exclude(state__in=sorted(NOT_CONCLUDED)).first()


def lineage_of(contract: Contract) -> list[Contract]:
    """The contracts of one employment that renew one another, each with its `signed_changes`, the first one
    first; a renewal that came to nothing is left out."""
    own = Contract.objects.filter(employer_id=contract.employer_id, worker_id=contract.worker_id)
    signed = Change.objects.filter(state=DocumentState.COMPLETED).order_by("number")
    own = own.prefetch_related(Prefetch("changes", signed, to_attr="signed_changes"))
    rows = {each.pk: each for each in own}
    after = {each.follows_id: each for each in rows.values() if each.state not in NOT_CONCLUDED}
    first = rows[contract.pk]
    while first.follows_id is not None:
        first = rows[first.follows_id]
    line: list[Contract] = [first]
    while (following := after.get(line[-1].pk)) is not None:
        line.append(following)
    return line


def waiting_for(documents: QuerySet[Signed], role: str) -> QuerySet[Signed]:
    """Those whose next signature is that of `role` (`worker` or `employer`)."""
    turn = Exists(_IN_TURN.filter(request_id=OuterRef("signature_request"), role=role))
    return documents.filter(turn, state=ContractState.SIGNING)


def contracts_meant(contracts: QuerySet[Contract], text: str) -> QuerySet[Contract]:
    """Those that a search means: by the worker (`workers_meant`), or by the beginning of the number.

    What has digits and is no identity or mobile number, nor the end of one, is a contract's number.
    """
    typed = normalise(text)
    if re.search(r"[0-9]", typed) and not re.fullmatch(WORKERS_NUMBER, typed):
        return contracts.filter(contract_no__startswith=text.strip())
    employers_workers = Worker.objects.filter(employer_id=OuterRef("employer_id"), pk=OuterRef("worker_id"))
    return contracts.filter(Exists(workers_meant(employers_workers, text)))


def turns_of(documents: Iterable[Contract | LaterDocument]) -> dict[UUID, str]:
    """The role whose signature each of these waits for, by key; who waits for nobody's is absent."""
    open_for_signature = [each for each in documents if each.state == ContractState.SIGNING]
    by_request = {document.signature_request: document.pk for document in open_for_signature}
    found = _IN_TURN.filter(request_id__in=[each for each in by_request if each])
    return {by_request[request]: role for request, role in found.values_list("request_id", "role")}


def paper_requests_of(principal: Principal) -> QuerySet[PaperRequest]:
    """The workers' wishes for a copy on paper, with their contracts."""
    principal.require(Permission.READ)
    return PaperRequest.objects.filter(contract__employer_id=principal.tenant).select_related("contract")


def paper_request_of(principal: Principal, wish_id: UUID) -> PaperRequest:
    """One of them; anybody else's is `not_found`."""
    wish = paper_requests_of(principal).filter(pk=wish_id).first()
    if wish is None:
        raise Refused("not_found")
    return wish


def contracts_signed_by(person: Person) -> QuerySet[Contract]:
    """All contracts of a worker, with every employer, for life: the person is the principal here."""
    theirs = parties_of(person).values("request_id")
    return Contract.objects.filter(signature_request__in=theirs).select_related("employer", "template")


def contract_signed_by(person: Person, contract_id: UUID) -> Contract:
    """One of them; anybody else's is `not_found`."""
    contract = contracts_signed_by(person).filter(pk=contract_id).first()
    if contract is None:
        raise Refused("not_found")
    return contract


def timeline_of(principal: Principal, contract_id: UUID) -> QuerySet[AuditEvent]:
    """The audit events of a contract, of its signing and of the documents about it, oldest first."""
    contract = contract_of(principal, contract_id)
    kinds = (contract.changes, contract.suspensions, contract.terminations)
    later = [each for kind in kinds for each in kind.only("pk")]
    subjects = [contract.subject, *(each.subject for each in later)]
    return AuditEvent.objects.filter(subject__in=subjects).order_by("at", "id")


def facts_of(contract_id: UUID) -> dict[str, Any]:
    """The frozen facts of a contract that was sent. For the platform's own processes, not for people."""
    facts: dict[str, Any] | None = Contract.objects.values_list("facts", flat=True).get(pk=contract_id)
    if facts is None:
        raise ValueError(f"contract {contract_id} was not sent yet")
    return facts


def batches_of(principal: Principal) -> QuerySet[Batch]:
    """The bulk sheets of the principal's employer."""
    principal.require(Permission.READ)
    return Batch.objects.filter(employer_id=principal.tenant).select_related("template", "created_by")


def batch_of(principal: Principal, batch_id: UUID) -> Batch:
    """One of them; anybody else's is `not_found`."""
    batch = batches_of(principal).filter(pk=batch_id).first()
    if batch is None:
        raise Refused("not_found")
    return batch


def rows_of(batch: Batch, *, faulty: bool | None = None, state: str | None = None) -> QuerySet[BatchRow]:
    """Rows of a batch that was found by `batch_of`, in the order of the file."""
    rows = batch.rows.order_by("number")
    if faulty is not None:
        rows = rows.filter(faults__gt=0) if faulty else rows.filter(faults=0)
    return rows.filter(state=state) if state else rows


@dataclass(frozen=True)
class Tally:
    """How many rows of a batch are what. `good` and `faulty` wait to be sent, or will not be."""

    good: int = 0
    faulty: int = 0
    sent: int = 0
    failed: int = 0


def tallies_of(batches: Iterable[Batch]) -> dict[UUID, Tally]:
    """The counts of each batch, in one query."""
    waiting = Q(state=RowState.WAITING)
    counted = (
        BatchRow.objects.filter(batch__in=[batch.pk for batch in batches])
        .order_by()
        .values("batch")
        .annotate(
            good=Count("pk", filter=waiting & Q(faults=0)),
            faulty=Count("pk", filter=waiting & Q(faults__gt=0)),
            sent=Count("pk", filter=Q(state=RowState.SENT)),
            failed=Count("pk", filter=Q(state=RowState.FAILED)),
        )
    )
    return {row["batch"]: Tally(row["good"], row["faulty"], row["sent"], row["failed"]) for row in counted}


def terminations_of(principal: Principal) -> QuerySet[Termination]:
    """All endings of the principal's contracts."""
    principal.require(Permission.READ)
    return Termination.objects.filter(employer_id=principal.tenant).select_related("contract")


def termination_of(principal: Principal, termination_id: UUID) -> Termination:
    """One of them; anybody else's is `not_found`."""
    termination = terminations_of(principal).filter(pk=termination_id).first()
    if termination is None:
        raise Refused("not_found")
    return termination


def standing_termination_of(principal: Principal, contract_id: UUID) -> Termination | None:
    """The ending of a contract that is under way or done; one that came to nothing does not count."""
    standing = terminations_of(principal).filter(contract_id=contract_id, state__in=STANDING_TERMINATION)
    return standing.first()


def ending_days(contracts: Iterable[UUID]) -> dict[UUID, date]:
    """The last day of those of these contracts whose ending is under way or done. For our own processes."""
    standing = Termination.objects.filter(contract_id__in=list(contracts), state__in=STANDING_TERMINATION)
    return dict(standing.values_list("contract_id", "ends_on"))


def changes_of(principal: Principal) -> QuerySet[Change]:
    """All changes of the principal's contracts."""
    principal.require(Permission.READ)
    return Change.objects.filter(employer_id=principal.tenant).select_related("contract")


def change_of(principal: Principal, change_id: UUID) -> Change:
    """One of them; anybody else's is `not_found`."""
    change = changes_of(principal).filter(pk=change_id).first()
    if change is None:
        raise Refused("not_found")
    return change


def open_change_of(principal: Principal, contract_id: UUID) -> Change | None:
    """The change of a contract that is under way; there is at most one."""
    return changes_of(principal).filter(contract_id=contract_id, state__in=sorted(OPEN_DOCUMENT)).first()


def last_change(contract: Contract, *, holding_on: date | None = None) -> Change | None:
    """The last signed change of a contract: of all, or of those that hold on a day."""
    signed = contract.changes.filter(state=DocumentState.COMPLETED)
    if holding_on is not None:
        signed = signed.filter(effective_on__lte=holding_on)
    return signed.order_by("-number").first()


def change_facts_of(document_digest: str) -> dict[str, Any]:
    """The facts of the signed change with this document. For the platform's own processes."""
    facts: dict[str, Any] = Change.objects.values_list("facts", flat=True).get(
        signed_digest=document_digest, state=DocumentState.COMPLETED
    )
    return facts


def suspensions_of(principal: Principal) -> QuerySet[Suspension]:
    """All suspensions of the principal's contracts, and resumptions."""
    principal.require(Permission.READ)
    return Suspension.objects.filter(employer_id=principal.tenant).select_related("contract")


def suspension_of(principal: Principal, suspension_id: UUID) -> Suspension:
    """One of them; anybody else's is `not_found`."""
    suspension = suspensions_of(principal).filter(pk=suspension_id).first()
    if suspension is None:
        raise Refused("not_found")
    return suspension


def last_suspension(contract: Contract, *, holding_on: date | None = None) -> Suspension | None:
    """The last signed suspension or resumption of a contract: of all, or of those that hold on a day."""
    signed = contract.suspensions.filter(state=DocumentState.COMPLETED)
    if holding_on is not None:
        signed = signed.filter(effective_on__lte=holding_on)
    return signed.order_by("-number").first()


def days_suspended_in(contract: Contract, until: date) -> int:
    """Days up to and with `until` on which the employment of this contract rested, those of the contracts
    before it included."""
    signed = contract.suspensions.filter(state=DocumentState.COMPLETED).order_by("number")
    before = int(contract.terms.get("suspended_days", 0))
    return before + days_suspended(signed.values_list("act", "effective_on"), until)


def suspension_facts_of(document_digest: str) -> dict[str, Any]:
    """The facts of the signed suspension with this document. For the platform's own processes."""
    facts: dict[str, Any] = Suspension.objects.values_list("facts", flat=True).get(
        signed_digest=document_digest, state=DocumentState.COMPLETED
    )
    return facts


def ending_facts_of(contract_id: UUID) -> dict[str, Any]:
    """The facts of the ending of a contract that has ended. For the platform's own processes."""
    facts: dict[str, Any] = Termination.objects.values_list("facts", flat=True).get(
        contract_id=contract_id, state=DocumentState.COMPLETED
    )
    return facts
