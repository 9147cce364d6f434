"""What became of rows: the certificate, the filing, the receipt. Two questions for any number of rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from contracts import selectors as contracts
from contracts.models import Termination
from filing_bridge import selectors
from filing_bridge.domain import FilingState
from filing_bridge.models import EndingBatch, EndingRow


@dataclass(frozen=True)
class Result:
    """States of the ending and of its filing, whose signature the certificate waits for, the receipt."""

    ending: str = ""
    turn: str = ""
    filing: str = ""
    receipt_no: str = ""


def results_of(rows: Iterable[EndingRow]) -> dict[int, Result]:
    """By key of the row."""
    rows = list(rows)
    opened = Termination.objects.filter(pk__in=[row.termination_id for row in rows if row.termination_id])
    endings = {each.pk: each for each in opened.only("state", "signature_request", "contract_id")}
    turns = contracts.turns_of(endings.values())
    filings = {
        contract: (state, receipt)
        for contract, state, receipt in selectors.filings_of_endings(opened)
        .order_by("created_at")
        .values_list("contract_id", "state", "receipt_no")
    }
    found = {}
    for row in rows:
        ending = endings.get(row.termination_id) if row.termination_id else None
        if ending is None:
            found[row.pk] = Result()
            continue
        state, receipt = filings.get(ending.contract_id, ("", ""))
        found[row.pk] = Result(ending.state, turns.get(ending.pk, ""), state, receipt)
    return found


@dataclass(frozen=True)
class Progress:
    """Of the endings that a batch has opened: certificates that wait for whom, filings, receipts."""

    worker: int
    seal: int
    signed: int
    receipts: int


def progress_of(batch: EndingBatch) -> Progress:
    """Four counts."""
    opened = Termination.objects.filter(ending_row__batch=batch)
    return Progress(
        worker=contracts.waiting_for(opened, "worker").count(),
        seal=contracts.waiting_for(opened, "employer").count(),
        signed=opened.filter(state="completed").count(),
        receipts=selectors.filings_of_endings(opened).filter(state=FilingState.ACCEPTED).count(),
    )
