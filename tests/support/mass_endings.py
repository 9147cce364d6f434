"""An employer whose people are hired and on file, batches of their endings, certificates signed by nobody."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.db import transaction
from PIL import Image

from accounts.models import Employer
from contracts.bulk.sheets import NOTE_KEY, NOTE_TITLE
from contracts.domain import ContractState, DocumentState
from contracts.events import ContractEffective
from contracts.models import Contract, Termination
from core import blobs, bus, clock, work
from core.models import WorkItem
from core.principal import Principal, Role
from filing_bridge.ending_sheet import plan
from filing_bridge.mass_endings import EndingBatchState, Paper
from filing_bridge.models import EndingBatch, EndingRow
from filing_bridge.services.mass_endings import gate, making, recording
from filing_bridge.services.preparing import open_filing
from signing.events import RequestCompleted
from tests.support import accounts as make
from tests.support.portal import make_contract
from tests.support.sheets import raw_sheet

_serial = itertools.count(1)
WAGES = " ".join(["5200"] * 12)


def paper() -> bytes:
    """A picture that stands for a scanned paper."""
    target = BytesIO()
    Image.new("L", (60, 80), 255).save(target, "PNG")
    return target.getvalue()


def layoff(contract: Contract, **own: str) -> dict[str, str]:
    """The row of somebody who is laid off for economic reasons, all in order."""
    return {
        "contract_no": contract.contract_no, "reason": "4102", "ends_on": clock.today().isoformat(),
        "protected": "否", "wages": WAGES, **own,
    }  # fmt: skip


def agreed(contract: Contract, **own: str) -> dict[str, str]:
    """The row of somebody who leaves by agreement, at their own wish."""
    return {
        "contract_no": contract.contract_no, "reason": "3602", "ends_on": clock.today().isoformat(),
        "evidence_held": "是", **own,
    }  # fmt: skip


def sheet_of(rows: Iterable[Mapping[str, Any]]) -> bytes:
    columns = plan().columns
    return raw_sheet(
        [
            [NOTE_TITLE, *(column.zh for column in columns.values())],
            [NOTE_KEY, *columns],
            *(["", *(row.get(key, "") for key in columns)] for row in rows),
        ]
    )


@dataclass
class Works:
    """An employer's office."""

    employer: Employer = field(default_factory=lambda: make.make_employer(uscc=make.PROFILE["uscc"]))

    def __post_init__(self) -> None:
        self.clerk: Principal = make.make_principal(self.employer, Role.CLERK)

    def hire(self, *, jurisdiction: str = "370303", hukou: str = "370303") -> Contract:
        """Somebody whose contract is in force, probation over."""
        serial = next(_serial)
        born = f"19{60 + serial // 1000 % 30}0307"
        worker = make.make_worker(
            self.employer, id_no=make.id_no(serial, born=born), hukou_code=hukou, resid_code=jurisdiction
        )
        start = clock.today() - timedelta(days=5)
        day = start.isoformat()
        contract = make_contract(
            self.employer, ContractState.EFFECTIVE, worker=worker, start=start, jurisdiction=jurisdiction,
            end=(start + timedelta(days=1094)).isoformat(), probation_start=day, probation_end=day,
        )  # fmt: skip
        contract.signed_digest = blobs.put(f"%PDF-1.7 stands for {contract.contract_no}".encode())
        contract.save()
        return contract

    def hire_many(self, number: int, **where: str) -> list[Contract]:
        return [self.hire(**where) for _ in range(number)]

    def file_hire(self, contract: Contract) -> None:
        """What happens when a contract becomes effective."""
        event = ContractEffective(
            contract.pk, self.employer.pk, contract.facts_digest, contract.signed_digest, clock.now()
        )
        with transaction.atomic():
            open_filing(event, contract.facts)

    def upload(self, rows: Iterable[Mapping[str, str]], **common: str) -> EndingBatch:
        """A batch of these rows, judged."""
        batch = making.make_of_sheet(
            principal=self.clerk, file_name="名单.xlsx", data=sheet_of(rows), common=common
        )
        run_due()
        batch.refresh_from_db()
        assert batch.state == EndingBatchState.READY
        return batch

    def freeze(self, batch: EndingBatch) -> EndingBatch:
        return gate.freeze_batch(principal=self.clerk, batch_id=batch.pk)

    def record(self, batch: EndingBatch, *papers: Paper, on: date | None = None) -> EndingBatch:
        for each in papers:
            day = on or clock.today() - timedelta(days=30)
            recording.record_paper(
                principal=self.clerk, batch_id=batch.pk, paper=each, on=day, data=paper(), number="文2028-1"
            )
        batch.refresh_from_db()
        return batch

    def start(self, batch: EndingBatch) -> EndingBatch:
        return gate.start_batch(principal=self.clerk, batch_id=batch.pk)

    def done(self, batch: EndingBatch) -> EndingBatch:
        """Frozen, started and worked off; the gate asks for nothing."""
        self.start(self.freeze(batch))
        return worked_off(batch)


def run_due() -> None:
    """Everything that is due, and what asks to be run again a moment later."""
    while work.run_due(work.GENERAL, limit=20):
        pass


def worked_off(batch: EndingBatch) -> EndingBatch:
    """Turn by turn, until the batch goes no further by itself."""
    for _ in range(batch.size + 3):
        run_due()
        batch.refresh_from_db()
        if batch.state != EndingBatchState.RUNNING:
            return batch
        WorkItem.objects.filter(kind=gate.RUN).update(due_at=clock.now())
    raise AssertionError(f"still {batch.state}")


def sign_certificates(batch: EndingBatch) -> Sequence[Termination]:
    """What signing says when each certificate that is out has passed the acceptance rule."""
    out = list(Termination.objects.filter(ending_row__batch=batch, state=DocumentState.SIGNING))
    for each in out:
        digest = blobs.put(f"%PDF-1.7 stands for {each.certificate_no}".encode())
        assert each.signature_request is not None
        with transaction.atomic():
            bus.publish(
                RequestCompleted(each.signature_request, each.subject, each.employer_id, digest, clock.now())
            )
    return out


def states(batch: EndingBatch) -> list[str]:
    return list(EndingRow.objects.filter(batch=batch).order_by("number").values_list("state", flat=True))


def codes(batch: EndingBatch, number: int) -> set[str]:
    """The codes of what is said of a row."""
    return {code for _, code, *_ in batch.rows.get(number=number).remarks}
