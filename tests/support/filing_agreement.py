"""The checker: compares what was signed, the platform's rows and attempts, and the province's ledger.

It knows nothing of how filings are delivered. `never_violated` holds at every moment, `agree` when all is
settled. Both raise `AssertionError` with the first disagreement found.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from core import blobs
from core.models import AuditEvent
from filing_bridge.models import Filing, FilingAttempt, Receipt
from filing_bridge.protocol import AnswerError, Interface, State, open_answer
from filing_bridge.provinces import EVERYWHERE
from filing_bridge.provinces import province as registered
from tests.support.filing_lives import Lives

COLUMNS = (
    *("pk", "state", "idempotency_key", "document_digest", "record_digest", "receipt_no", "lease"),
    *("first_attempt_at", "to_confirm", "version"),
)
CALLS = ("filing_id", "interface", "lease", "result__outcome", "result__code")
Row = Mapping[str, Any]


@dataclass
class Evidence:
    """Everything that is compared, read once. Documents are named by their digests."""

    filings: Sequence[Row]
    versions: Mapping[str, Sequence[Row]]  # of a document's filing
    effects: Mapping[str, Row]  # by document
    lines: Sequence[Sequence[str]]  # the documents of each employment, in their order
    decided: Mapping[str, Mapping[str, datetime]]  # document → action → when first
    known_there: Sequence[Row]  # what the province has taken in


def never_violated(lives: Lives) -> None:
    """No effect twice, none that we did not ask for, nothing believed that is not so, each in its turn, no
    call that was not written down before, and no second push without asking."""
    evidence = _read(lives)
    _effects_are_ours(evidence)
    _nothing_is_only_believed(evidence)
    _in_turn(evidence)
    _calls_are_on_record(evidence)


def agree(lives: Lives) -> None:
    """Every document is on file exactly once, under the very record that we hold, with a receipt that
    verifies; nothing is left half done."""
    never_violated(lives)
    evidence = _read(lives)
    missing = lives.due.keys() - evidence.effects.keys()
    assert not missing, f"{len(missing)} missing"
    for document, versions in evidence.versions.items():
        *before, last = sorted(versions, key=lambda row: int(row["version"]))
        states = [each["state"] for each in (*before, last)]
        assert states == ["replaced"] * len(before) + ["accepted"], states
        assert last["idempotency_key"] == evidence.effects[document]["key"], "another version is on file"
        assert (last["lease"], last["to_confirm"]) == (None, False), "settled, and still held"
    there = {row["state"] for row in evidence.known_there}
    assert there <= {"accepted", "returned", "rejected"}, there
    _receipts_verify()


def _read(lives: Lives) -> Evidence:
    filings = list(Filing.objects.values(*COLUMNS))
    versions: dict[str, list[Row]] = defaultdict(list)
    for row in filings:
        versions[row["document_digest"]].append(row)
    documents = {f"filing:{row['pk']}": row["document_digest"] for row in filings}
    decided: dict[str, dict[str, datetime]] = defaultdict(dict)
    told = AuditEvent.objects.filter(action__in=["filing.accepted", "filing.rejected"]).order_by("at")
    for action, subject, at in told.values_list("action", "subject", "at"):
        decided[documents[subject]].setdefault(action, at)
    lines: dict[int, list[str]] = defaultdict(list)
    for document, due in lives.due.items():  # as they were signed
        lines[due.life].append(document)
    ledger = lives.province.store.effects()
    effects = {each["contract_digest"]: each for each in ledger}
    assert len(effects) == len(ledger), "a document took effect twice"
    return Evidence(filings, versions, effects, list(lines.values()), decided, lives.province.store.states())


def _effects_are_ours(evidence: Evidence) -> None:
    keys = {row["idempotency_key"]: row for row in evidence.filings}
    for document, effect in evidence.effects.items():
        ours = keys.get(effect["key"])
        assert ours is not None, "an effect that nobody asked for"
        same = (ours["record_digest"], ours["document_digest"]) == (effect["record_digest"], document)
        assert same, "on file is something else than we hold"


def _nothing_is_only_believed(evidence: Evidence) -> None:
    receipts = {each["key"]: each["receipt_no"] for each in evidence.effects.values()}
    for row in evidence.filings:
        if row["state"] == "accepted":
            there = receipts.get(row["idempotency_key"])
            assert there == row["receipt_no"], "accepted here, and not there"


def _in_turn(evidence: Evidence) -> None:
    """Nothing is tried before what comes before it was accepted or rejected, nor on file before it, unless
    the earlier one was rejected once."""
    for line in evidence.lines:
        for earlier, later in combinations(line, 2):
            decided = evidence.decided.get(earlier, {})
            tried = [row["first_attempt_at"] for row in evidence.versions[later] if row["first_attempt_at"]]
            if tried:
                settled = min(decided.values(), default=None)
                assert settled is not None, "tried while an earlier filing was open"
                assert settled < min(tried), "tried before an earlier filing was settled"
            if later in evidence.effects and "filing.rejected" not in decided:
                assert earlier in evidence.effects, "on file before an earlier one"
                first, second = (evidence.effects[each]["no"] for each in (earlier, later))
                assert first < second, "on file before an earlier one"


def _calls_are_on_record(evidence: Evidence) -> None:
    calls: dict[object, list[Row]] = defaultdict(list)
    for call in FilingAttempt.objects.order_by("started_at").values(*CALLS):
        calls[call["filing_id"]].append(call)
    keys = {row["idempotency_key"]: row["pk"] for row in evidence.filings}
    for row in evidence.known_there:
        made = {call["interface"] for call in calls[keys[row["key"]]]}
        assert Interface.SUBMIT in made, "the province has what no attempt was written for"
    for row in evidence.filings:
        leases = {call["lease"] for call in calls[row["pk"]]}
        assert row["lease"] is None or row["lease"] in leases, "held without an attempt"
        _asked_before_pushing_again(calls[row["pk"]])


def _asked_before_pushing_again(calls: Sequence[Row]) -> None:
    doubtful = False
    for call in calls:
        outcome, asked = call["result__outcome"], call["interface"] == Interface.QUERY
        absent = outcome == "not_taken_in" and (not asked or call["result__code"] == "filing_not_found")
        told = outcome == "answered" or absent or (outcome == "not_sent" and not asked)
        assert asked or not doubtful, "pushed again though nobody knew what became of the last push"
        doubtful = not told and (doubtful or not asked)


def _receipts_verify() -> None:
    """The bytes of every receipt, opened once more with the province's keys."""
    peer = registered(EVERYWHERE)
    proved = set()
    for receipt in Receipt.objects.select_related("filing"):
        filing = receipt.filing
        try:
            answer = open_answer(
                blobs.get(receipt.blob).decode(),
                peer.keys,
                system_code=peer.system_code,
                idempotency_key=filing.idempotency_key,
                record_digest=filing.record_digest,
            )
        except AnswerError as error:
            raise AssertionError("a receipt that does not verify") from error
        if answer.state is State.ACCEPTED and answer.receipt_no == filing.receipt_no:
            proved.add(filing.pk)
    wanting = set(Filing.objects.filter(state="accepted").values_list("pk", flat=True)) - proved
    assert not wanting, f"{len(wanting)} accepted without a receipt that verifies"
