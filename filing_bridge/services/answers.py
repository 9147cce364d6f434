"""What a verified answer of the province does to a filing. Nothing else changes what we believe."""

from datetime import date, datetime, time

from core import clock
from core.periods import working_days_after
from core.work import backoff, enqueue
from filing_bridge.domain import ASKED_ABOUT, BLOCKING, DECIDED, TIMING, FilingState, VoidOutcome
from filing_bridge.faults import Fault, fault_of_item, fault_of_refusal
from filing_bridge.models import Filing, Receipt
from filing_bridge.profiles import profile_for, reopens_on
from filing_bridge.protocol import Answer, Kind
from filing_bridge.services.preparing import LOOK_AGAIN, let_others_go
from filing_bridge.services.states import DELIVERY, RELEASED, move, release
from filing_bridge.services.voiding import settle

S = FilingState
RENDER_FORM = "filing.form.render"


def apply(filing: Filing, answer: Answer, blob: str, *, only_if: dict[str, object]) -> None:
    """Keep the answer and move the filing accordingly. Call in a transaction with the filing freshly read.

    `only_if` holds the caller's lease; when it is another's by now, `state_conflict` is raised and nothing is
    written. Answers that contradict what the province said before are kept, and held for a person.
    """
    _keep(filing, answer, blob)
    code = contradiction(filing, answer)
    if code:
        _hold(filing, code, only_if)
    elif answer.kind is Kind.REFUSAL:
        _refused(filing, answer, only_if)
    elif answer.kind is Kind.ACKNOWLEDGEMENT:
        _acknowledged(filing, answer, only_if)
    else:
        _decided(filing, answer, only_if)


def contradiction(filing: Filing, answer: Answer) -> str:
    """Why this answer cannot be true if what the province said before was; empty when it can."""
    if filing.receipt_no and answer.receipt_no not in (None, filing.receipt_no):
        return "receipt_no_differs"
    if answer.receipt_no and _taken_by_another(filing, answer.receipt_no):
        return "receipt_no_taken"
    if answer.kind is Kind.REFUSAL:
        if answer.body["code"] == "filing_conflict":
            return "filing_conflict"
        return "refused_after_receipt" if filing.receipt_no else ""
    if filing.state in DECIDED and filing.receipt_no and answer.state != filing.state:
        return "contradictory_answer"
    return ""


def hold_contradicted(filing: Filing, answer: Answer, blob: str) -> bool:
    """For an answer that came too late to be applied: does it contradict what is believed now?"""
    code = contradiction(filing, answer)
    if not code or filing.state not in DECIDED | ASKED_ABOUT:
        return False
    _keep(filing, answer, blob)
    _hold(filing, code, {"lease__isnull": True})
    return True


def _taken_by_another(filing: Filing, receipt_no: str) -> bool:
    others = Filing.objects.filter(province=filing.province, receipt_no=receipt_no)
    return others.exclude(pk=filing.pk).exists()


def _keep(filing: Filing, answer: Answer, blob: str) -> None:
    Receipt.objects.get_or_create(
        filing=filing,
        blob=blob,
        defaults={
            "kind": answer.kind.value,
            "state": answer.state.value if answer.state else "",
            "receipt_no": answer.receipt_no or "",
            "body": dict(answer.body),
            "at": clock.now(),
        },
    )


def _acknowledged(filing: Filing, answer: Answer, only_if: dict[str, object]) -> None:
    new = S(str(answer.state))
    if filing.state == S.UNDER_REVIEW or filing.state == new:  # no news: ask again, less and less often
        polls = filing.polls + 1
        wait = backoff(polls, base=TIMING.poll_base, ceiling=TIMING.poll_ceiling)
        release(filing, only_if, attempts=0, polls=polls, due_at=clock.now() + wait, last_error="")
        return
    if new == S.PRE_REGISTERED:
        due_at = reopening(filing.jurisdiction)
    else:
        due_at = clock.now() + backoff(1, base=TIMING.poll_base, ceiling=TIMING.poll_ceiling)
    _move(
        filing,
        new,
        only_if,
        receipt_no=answer.receipt_no,
        due_at=due_at,
        decision_by=decision_by(filing.jurisdiction, answer.body["received_at"]),
    )


def decision_by(jurisdiction: str, received_at: str) -> date:
    """The day by whose end the agency has decided, if it keeps the time that its profile states."""
    received = datetime.fromisoformat(received_at).astimezone(clock.SHANGHAI).date()
    return working_days_after(received, profile_for(jurisdiction).review_days)


def reopening(jurisdiction: str) -> datetime:
    """When a pre-registered filing is sent again; in an hour where the province closes on other days than
    its profile says."""
    day = reopens_on(profile_for(jurisdiction), clock.today())
    return clock.now() + LOOK_AGAIN if day is None else datetime.combine(day, time(), clock.SHANGHAI)


def _decided(filing: Filing, answer: Answer, only_if: dict[str, object]) -> None:
    new = S(str(answer.state))
    if filing.state == new:  # asked a second time, and it says the same
        release(filing, only_if, attempts=0, to_confirm=False, last_error="")
        return
    _move(
        filing,
        new,
        only_if,
        receipt_no=answer.receipt_no,
        decided_at=datetime.fromisoformat(answer.body["decided_at"]),
        to_confirm=new in (S.RETURNED, S.REJECTED),
        to_void=False,
        faults=[fault_of_item(item) for item in answer.reject_items],
        due_at=clock.now(),
    )
    if new is S.ACCEPTED:
        enqueue(RENDER_FORM, str(filing.pk))
    settle(filing, VoidOutcome.VOIDED if new is S.VOIDED else VoidOutcome.TOO_LATE)
    if new not in BLOCKING:
        let_others_go(filing)


def _refused(filing: Filing, answer: Answer, only_if: dict[str, object]) -> None:
    """Not taken in: there is nothing to ask about, so nothing to confirm either."""
    faults: list[Fault] = [fault_of_item(item) for item in answer.reject_items]
    _move(
        filing,
        S.REJECTED,
        only_if,
        faults=faults or [fault_of_refusal(answer.body)],
        last_error=answer.body["code"],
    )
    let_others_go(filing)


def _hold(filing: Filing, code: str, only_if: dict[str, object]) -> None:
    move(
        filing,
        S.HELD,
        actor=DELIVERY,
        detail={"code": code},
        only_if=only_if,
        **RELEASED,
        attempts=0,
        to_confirm=False,
        last_error=code,
    )


def _move(filing: Filing, new: FilingState, only_if: dict[str, object], **changes: object) -> None:
    shown = {name: str(changes[name]) for name in ("receipt_no", "last_error") if changes.get(name)}
    changes = {"attempts": 0, "polls": 0, "last_error": "", **changes}
    move(filing, new, actor=DELIVERY, detail=shown, only_if=only_if, **RELEASED, **changes)
