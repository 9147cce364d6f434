"""Everything that is wrong with the rows of a batch, told at once; few queries for many rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from accounts.models import Worker
from accounts.particulars import WORKER_FIELDS, particulars_of, worker_columns
from contracts import checks
from contracts.bulk.columns import Plan, plan_for
from contracts.bulk.remarks import Remark, remark
from contracts.bulk.wishes import Wish, read_wish
from contracts.domain import IN_FORCE, BatchState, ContractState
from contracts.models import Batch, BatchRow, Contract
from contracts.services.drafting import assemble_facts, faults_of
from core import clock
from core.crypto import blind_index
from core.errors import Fault, Refused
from core.numbers import normalise
from core.transitions import advance

PAGE = 500
SYSTEM = "system:batches"
UNFINISHED = (ContractState.DRAFT, ContractState.RENDERING, ContractState.SIGNING)
NO_NUMBER = "HT-00000000"  # stands for the number that a draft will get
# Stands for a worker whose particulars are faulty, so that the terms can be judged at the same time.
NOBODY = SimpleNamespace(
    name="测试", id_type="01", id_no="370303199003070013", sex="1", birth_date="1990-03-07", hukou_type="11",
    hukou_address="测试", resid_address="测试", mobile="13800000000", education="31",
    **dict.fromkeys(
        (
            "ethnicity", "nationality", "hukou_code", "resid_code", "postcode", "person_category", "email",
            "employment_cert_no", "work_permit_no", "work_permit_valid_to",
        ),
        "",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Twins:
    """The numbers of the rows of a batch that name the same person, or the same contract number."""

    people: Mapping[str, Sequence[int]]
    numbers: Mapping[str, Sequence[int]]


def check_batch(batch_id: UUID) -> None:
    """Check every row and make the batch ready. Commits page by page; may be run again at any time."""
    batch = Batch.objects.select_related("employer", "template").get(pk=batch_id)
    if batch.state != BatchState.CHECKING:
        return
    judge = Judge(batch)
    twins = judge.twins(_pages(batch))
    for page in _pages(batch):
        judge.examine(page, twins)
    advance(
        Batch,
        batch.pk,
        old=BatchState.CHECKING,
        new=BatchState.READY,
        actor=SYSTEM,
        action="batch.checked",
        subject=batch.subject,
        tenant=batch.employer_id,
    )


class Judge:
    """Looks at rows of one batch, as of one day."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.plan: Plan = plan_for(batch.template.content)
        self.context = checks.context_for(batch.template.content, today=clock.today())

    def wish(self, row: BatchRow) -> Wish:
        """What a row asks for, by the batch's mapping and the row's corrections."""
        return read_wish(self.plan, cells_of(self.batch, row))

    def twins(self, pages: Iterable[list[BatchRow]]) -> Twins:
        """Which rows of these name the same person or contract number."""
        people: dict[str, list[int]] = defaultdict(list)
        numbers: dict[str, list[int]] = defaultdict(list)
        for row in (row for page in pages for row in page):
            self.index(row)
            people[row.person_index].append(row.number)
            numbers[row.contract_no].append(row.number)
        return Twins(people, numbers)

    def index(self, row: BatchRow) -> None:
        """Set by what a row is found as another's twin."""
        cells = cells_of(self.batch, row)
        number = normalise(cells.get("worker.id_no", ""))
        row.person_index = blind_index("id_no", number) if number else ""
        row.contract_no = cells.get("contract_no", "").strip()[:50]

    def examine(self, rows: Sequence[BatchRow], twins: Twins) -> None:
        """Judge rows and store what is to be said of them: three questions and one statement for a page."""
        for row in rows:
            self.index(row)
        people, earlier, taken = self._known(rows)
        for row in rows:
            roster, wish = people.get(row.person_index), self.wish(row)
            own = list(self._remarks_of(row, wish, roster))
            own += _twin_remarks(row, twins)
            own += _earlier_remarks(wish, earlier.get(roster.pk, ()) if roster else ())
            if row.contract_no in taken:
                own.append(remark("contract_no_used", "/contract_no"))
            row.remarks = [each.stored() for each in own]
            row.faults = sum(each.stops for each in own)
        BatchRow.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["mended", "remarks", "faults", "person_index", "contract_no"],
        )

    def _known(
        self, rows: Sequence[BatchRow]
    ) -> tuple[dict[str, Worker], dict[UUID, list[Contract]], set[str]]:
        """Of the people and numbers in these rows: who is on the roster, their contracts, numbers in use."""
        employer = self.batch.employer_id
        wanted = {row.person_index for row in rows} - {""}
        people = {
            worker.id_no_index: worker
            for worker in Worker.objects.filter(employer_id=employer, id_no_index__in=wanted)
        }
        earlier: dict[UUID, list[Contract]] = defaultdict(list)
        of_them = Contract.objects.filter(
            employer_id=employer,
            worker__in=[worker.pk for worker in people.values()],
            state__in=(*UNFINISHED, *IN_FORCE),
        )
        for contract in of_them.only("worker_id", "state", "contract_no", "terms"):
            earlier[contract.worker_id].append(contract)
        numbers = {row.contract_no for row in rows} - {""}
        taken = Contract.objects.filter(employer_id=employer, contract_no__in=numbers)
        return people, earlier, set(taken.values_list("contract_no", flat=True))

    def _remarks_of(self, row: BatchRow, wish: Wish, roster: Worker | None) -> Iterator[Remark]:
        """What is to be said of one row by itself and beside the person's record."""
        told = {fault.field for fault in wish.faults}
        yield from (Remark(fault, stops=True) for fault in wish.faults)
        worker: object = NOBODY
        try:
            worker = worker_of(wish, roster)
        except Refused as refused:
            for fault in refused.faults:
                at = f"/worker{fault.field}"
                if at not in told:
                    told.add(at)
                    yield Remark(_moved(fault, at), stops=True)
        if roster is not None:
            yield from _roster_remarks(roster, wish)
        facts = assemble_facts(
            self.batch.employer,
            worker,
            self.batch.template,
            wish.terms,
            wish.jurisdiction_code,
            row.contract_no or NO_NUMBER,
        )
        malformed = faults_of(facts)
        yield from (Remark(fault, stops=True) for fault in malformed if fault.field not in told)
        if malformed:
            return  # the statutory rules judge well-formed terms only
        for finding in checks.check(facts, self.context):
            if finding.field not in told and not (worker is NOBODY and finding.field.startswith("/worker")):
                yield Remark(
                    Fault(
                        finding.field, finding.rule_id, finding.zh, finding.en,
                        finding.remedy_zh, finding.remedy_en,
                    ),
                    stops=finding.severity is checks.Severity.ERROR,
                )  # fmt: skip


def cells_of(batch: Batch, row: BatchRow) -> dict[str, str]:
    """The cells of a row by key, with its corrections."""
    cells: list[str] = row.cells
    read = {key: cells[number] for key, number in batch.mapping.items() if number < len(cells)}
    return {**read, **row.mended}


def worker_of(wish: Wish, roster: Worker | None) -> object:
    """Whom a row means, with a worker's attributes: the record on the roster, changed by what the row says.

    Raises `worker_faulty` with every fault.
    """
    before = particulars_of(roster) if roster else {}
    return SimpleNamespace(**worker_columns({**before, **wish.particulars}))


def _pages(batch: Batch) -> Iterator[list[BatchRow]]:
    last = 0
    while page := list(batch.rows.filter(number__gt=last).order_by("number")[:PAGE]):
        yield page
        last = page[-1].number


def _moved(fault: Fault, field: str) -> Fault:
    return Fault(field, fault.code, fault.zh, fault.en, fault.remedy_zh, fault.remedy_en)


def _twin_remarks(row: BatchRow, twins: Twins) -> Iterator[Remark]:
    for code, field, numbers in (
        (
            "row_same_person",
            "/worker/id_no",
            twins.people.get(row.person_index, ()) if row.person_index else (),
        ),
        (
            "row_same_number",
            "/contract_no",
            twins.numbers.get(row.contract_no, ()) if row.contract_no else (),
        ),
    ):
        others = [number for number in numbers if number != row.number]
        if others:
            yield remark(code, field, rows="、".join(map(str, others[:5])))


def _roster_remarks(roster: Worker, wish: Wish) -> Iterator[Remark]:
    before = particulars_of(roster)
    if wish.particulars.get("name") and wish.particulars["name"] != roster.name:
        yield remark("worker_other_name", "/worker/name")
    changed = [
        name
        for name, value in wish.particulars.items()
        if name not in ("name", "id_no") and str(before.get(name) or "") != value
    ]
    if changed:
        yield remark(
            "worker_changes",
            "",
            zh_fields="、".join(WORKER_FIELDS[name].zh for name in changed),
            en_fields=", ".join(WORKER_FIELDS[name].en for name in changed),
        )


def _earlier_remarks(wish: Wish, contracts: Iterable[Contract]) -> Iterator[Remark]:
    for contract in contracts:
        if contract.state in UNFINISHED:
            yield remark("contract_unfinished", "", number=contract.contract_no)
        elif _overlap(contract.terms, wish.terms.get("start")):
            yield remark("contract_overlaps", "/contract/start", number=contract.contract_no)


def _overlap(terms: Mapping[str, Any], start: str | None) -> bool:
    if not start:
        return False
    return date.fromisoformat(start) <= date.fromisoformat(terms.get("end", "9999-12-31"))
