"""Which contract each row of a batch means, and what is to be said of it: all rows, all at once."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.bulk.remarks import Remark, remark
from contracts.checks import Severity
from contracts.domain import IN_FORCE, STANDING_TERMINATION
from contracts.models import Contract, Termination
from contracts.services.sending import fault_of
from contracts.services.terminating import proposal_of
from core.canonical import canonical_json, sha256_hex
from core.crypto import blind_index
from core.errors import Refused
from core.names import normalise_name
from core.numbers import normalise
from core.transitions import advance
from filing_bridge.ending_sheet import missing, read_row, wish_of
from filing_bridge.mass_endings import BY_HAND, COMMITTED, TO_COME, EndingBatchState
from filing_bridge.models import EndingBatch, EndingRow

PAGE = 200
SYSTEM = "system:endings"


@dataclass(frozen=True)
class Known:
    """A contract in force, as far as rows are told apart by it."""

    pk: UUID
    number: str
    person: str
    name: str


def check_batch(batch_id: UUID) -> None:
    """Judge every row and make the batch ready. Commits page by page; may be run again at any time."""
    batch = EndingBatch.objects.get(pk=batch_id)
    if batch.state != EndingBatchState.CHECKING:
        return
    judge = Judge(batch)
    for start in range(0, len(judge.rows), PAGE):
        judge.examine(judge.rows[start : start + PAGE])
    advance(
        EndingBatch,
        batch.pk,
        old=EndingBatchState.CHECKING,
        new=EndingBatchState.READY,
        actor=SYSTEM,
        action="ending_batch.checked",
        subject=batch.subject,
        tenant=batch.employer_id,
    )


class Judge:
    """Looks at the rows of one batch, as of one day."""

    def __init__(self, batch: EndingBatch) -> None:
        self.batch = batch
        self.rows = list(batch.rows.order_by("number"))
        known = self._known()
        self._by_number = {each.number: each for each in known}
        self._by_person: dict[str, list[Known]] = defaultdict(list)
        for each in known:
            self._by_person[each.person].append(each)
        self._found = {row.pk: self._meant(row.cells) for row in self.rows}
        self._twins: dict[UUID, list[int]] = defaultdict(list)
        for row in self.rows:
            if isinstance(found := self._found[row.pk], Known):
                self._twins[found.pk].append(row.number)
        self._ending = ending_elsewhere(batch, list(self._twins))

    def examine(self, rows: Sequence[EndingRow]) -> None:
        """Judge rows and store what is to be said of them: one question and one statement for a page."""
        found = [each.pk for row in rows if isinstance(each := self._found[row.pk], Known)]
        contracts = Contract.objects.in_bulk(found)
        for row in rows:
            self._judge(row, contracts)
        EndingRow.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["contract", "reason", "ends_on", "remarks", "faults", "by_hand", "digest"],
        )

    def _judge(self, row: EndingRow, contracts: Mapping[UUID, Contract]) -> None:
        found = self._found[row.pk]
        contract = contracts.get(found.pk) if isinstance(found, Known) else None
        given, unreadable = read_row(row.cells)
        faults = [*self._faults_of(row, found), *(Remark(fault, stops=True) for fault in unreadable)]
        points = list(_points(contract, given, {fault.field for fault in unreadable})) if contract else []
        row.contract = contract if contract and len(self._twins[contract.pk]) == 1 else None
        row.reason = given.get("reason", "")
        row.ends_on = given.get("ends_on")
        row.faults = len(faults)
        row.by_hand = any(each.stops for each in points)
        row.remarks = [each.stored() for each in (*faults, *points)]
        row.digest = digest_of(row)

    def _faults_of(self, row: EndingRow, found: Known | Remark) -> Iterator[Remark]:
        """What keeps the batch from being frozen: nobody knows which contract is to end."""
        if isinstance(found, Remark):
            yield found
            return
        others = [number for number in self._twins[found.pk] if number != row.number]
        if others:
            yield remark("row_same_contract", "", rows="、".join(map(str, others[:5])))
        if found.pk in self._ending:
            yield remark("row_ends_already", "")

    def _meant(self, cells: Mapping[str, str]) -> Known | Remark:
        """The one contract in force that a row means, or what is wrong with saying so."""
        number, person = cells.get("contract_no", "").strip(), _person(cells)
        at = "/contract_no" if number else "/worker/id_no"
        if number:
            found = [self._by_number[number]] if number in self._by_number else []
        else:
            found = self._by_person.get(person, []) if person else []
        if not found:
            return remark("row_no_contract", at)
        if len(found) > 1:
            return remark("row_several_contracts", "/contract_no")
        [one] = found
        name = normalise_name(cells.get("worker.name", ""))
        if (person and person != one.person) or (name and name != normalise_name(one.name)):
            return remark("row_other_person", at)
        return one

    def _known(self) -> list[Known]:
        """The employer's contracts in force that the rows may mean: by number, or by the person."""
        in_force = Contract.objects.filter(employer_id=self.batch.employer_id, state__in=sorted(IN_FORCE))
        numbers = {row.cells.get("contract_no", "").strip() for row in self.rows} - {""}
        people = {_person(row.cells) for row in self.rows} - {""}
        columns = ("pk", "contract_no", "worker__id_no_index", "worker__name")
        rows = set(in_force.filter(contract_no__in=numbers).values_list(*columns))
        rows |= set(in_force.filter(worker__id_no_index__in=people).values_list(*columns))
        return [Known(*row) for row in rows]


def ending_elsewhere(batch: EndingBatch, contract_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of these contracts that end already, or stand in another batch whose rows are final."""
    ending = Termination.objects.filter(contract_id__in=contract_ids, state__in=sorted(STANDING_TERMINATION))
    listed = EndingRow.objects.filter(
        contract_id__in=contract_ids, batch__state__in=sorted(COMMITTED), state__in=sorted(TO_COME)
    ).exclude(batch=batch)
    found = (*ending.values_list("contract_id", flat=True), *listed.values_list("contract_id", flat=True))
    return frozenset(each for each in found if each is not None)


def digest_of(row: EndingRow) -> str:
    """What "the same row" means, keyed, since cells hold identity numbers: contract and cells."""
    return blind_index("ending_row", sha256_hex(canonical_json([str(row.contract_id), row.cells])))


def _points(contract: Contract, given: Mapping[str, Any], told: Collection[str]) -> Iterator[Remark]:
    """What the rules say of the ending; what stops it, or no rule can decide, is for a person.

    Of the cells at `told`, which cannot be read, no more is said.
    """
    gaps = list(missing(given))
    yield from (Remark(fault, stops=True) for fault in gaps if fault.field not in told)
    if gaps:
        return
    try:
        proposal = proposal_of(contract, wish_of(given))
    except Refused as refused:
        yield from (Remark(fault, stops=True) for fault in refused.faults)
        return
    for finding in proposal.findings:
        stops = finding.severity is Severity.ERROR or finding.rule_id in BY_HAND
        yield Remark(fault_of(finding), stops=stops)


def _person(cells: Mapping[str, str]) -> str:
    number = normalise(cells.get("worker.id_no", ""))
    return blind_index("id_no", number) if number else ""
