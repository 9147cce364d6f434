"""Writing down what calls found, each on condition that its lease still holds."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.db import transaction

from core import audit, blobs, clock
from core.errors import Refused
from core.work import backoff, enqueue
from filing_bridge import wire
from filing_bridge.domain import TIMING, FilingState, Outcome, VoidOutcome
from filing_bridge.models import AttemptResult, Filing
from filing_bridge.services import answers, breaker
from filing_bridge.services.claims import Claim
from filing_bridge.services.preparing import SIGN
from filing_bridge.services.states import DELIVERY, RELEASED, move, release
from filing_bridge.services.voiding import settle

log = structlog.get_logger()

S = FilingState


def record(province: str, claims: Sequence[Claim], findings: Sequence[wire.Finding]) -> None:
    """One transaction with a savepoint for each filing, so that one that fails here does not hold up others.

    The raw bytes of every answer are stored first, believed or not.
    """
    raws = [blobs.put(each.raw) if each.raw else "" for each in findings]
    tokens = [blobs.put(each.token) if each.token else "" for each in findings]
    with transaction.atomic():
        for each, finding, raw, token in zip(claims, findings, raws, tokens, strict=True):
            try:
                _record_one(each, finding, raw, token)
            except Exception as error:  # not even the failure can be written: leave it to the lease's end
                log.error("filing.not_recorded", filing=str(each.filing.pk), exc_info=error)
        _note_health(province, claims, findings)
        enqueue(SIGN, province)


def _record_one(each: Claim, finding: wire.Finding, raw: str, token: str) -> None:
    try:
        with transaction.atomic():
            _keep(each, finding.outcome, finding, raw)
            _settle(each, finding, token)
    except Refused:  # the lease is another's: keep what came, apply nothing
        with transaction.atomic():
            _keep(each, Outcome.STALE, finding, raw)
            _heed_stale(each, finding, token)
    except Exception as error:
        log.error("filing.record_failed", filing=str(each.filing.pk), exc_info=error)
        with transaction.atomic():
            _keep(each, Outcome.FAILED, finding, raw)
            _ask_later(each, type(error).__name__[:60], own=True)


def _keep(each: Claim, outcome: Outcome, finding: wire.Finding, raw: str) -> None:
    AttemptResult.objects.create(
        attempt=each.attempt,
        outcome=outcome.value,
        http_status=finding.status,
        code=finding.code[:60],
        raw=raw,
        ended_at=clock.now(),
    )


def _settle(each: Claim, finding: wire.Finding, token: str) -> None:
    if finding.outcome is Outcome.ANSWERED and finding.answer is not None:
        answers.apply(each.filing, finding.answer, token, only_if=each.held)
    elif each.takes_back and finding.code == "void_invalid":
        settle(each.filing, VoidOutcome.REFUSED)
        release(each.filing, each.held, to_void=False, due_at=clock.now(), last_error=finding.code)
    elif _not_there(each, finding):
        _send_again(each, finding)
    else:
        if finding.outcome is Outcome.UNREADABLE:
            _alert(each, finding.code)
        _ask_later(each, finding.code, own=finding.own, wait=finding.retry_after)


def _not_there(each: Claim, finding: wire.Finding) -> bool:
    """Whether the province does not have it: it never left us, or the province says so."""
    if each.submits:
        return finding.outcome in (Outcome.NOT_SENT, Outcome.NOT_TAKEN_IN)
    return finding.code == "filing_not_found" and each.filing.state == S.UNKNOWN


def _send_again(each: Claim, finding: wire.Finding) -> None:
    """Back to be signed and pushed. Only what failed by itself, not the whole call, counts against it."""
    tries = each.filing.attempts + (1 if each.submits and finding.own else 0)
    if breaker.is_poison(each.filing, tries):
        _hold(each, finding.code)
        return
    move(
        each.filing,
        S.PENDING,
        actor=DELIVERY,
        detail={"code": finding.code},
        only_if=each.held,
        **RELEASED,
        attempts=tries,
        # Asked and not there: at once. Refused or out of reach: a little later, however often that was.
        due_at=clock.now() + _pause(tries if finding.own else max(tries, 1), finding.retry_after),
        last_error=finding.code,
    )


def _ask_later(each: Claim, code: str, *, own: bool, wait: timedelta | None = None) -> None:
    """Nothing is known: ask by key, later and later."""
    tries = each.filing.attempts + 1
    if own and breaker.is_poison(each.filing, tries):
        _hold(each, code)
        return
    changes = {"attempts": tries, "due_at": clock.now() + _pause(tries, wait), "last_error": code}
    if each.submits:
        move(
            each.filing,
            S.UNKNOWN,
            actor=DELIVERY,
            detail={"code": code},
            only_if=each.held,
            **RELEASED,
            **changes,
        )
    else:
        release(each.filing, each.held, **changes)


def _pause(tries: int, wait: timedelta | None) -> timedelta:
    own = backoff(tries, base=TIMING.retry_base, ceiling=TIMING.retry_ceiling) if tries else timedelta()
    return max(own, wait or timedelta())


def _hold(each: Claim, code: str) -> None:
    move(
        each.filing,
        S.HELD,
        actor=DELIVERY,
        detail={"code": code},
        only_if=each.held,
        **RELEASED,
        attempts=0,
        last_error=code,
    )


def _heed_stale(each: Claim, finding: wire.Finding, token: str) -> None:
    """An answer that came too late is not applied, but it may contradict what was applied since."""
    now = Filing.objects.get(pk=each.filing.pk)
    if finding.answer is not None and answers.hold_contradicted(now, finding.answer, token):
        return
    Filing.objects.filter(pk=now.pk, state=S.UNKNOWN, lease__isnull=True).update(due_at=clock.now())


def _alert(each: Claim, code: str) -> None:
    audit.record(
        "filing.answer_not_believed",
        subject=each.filing.subject,
        actor=DELIVERY,
        tenant=each.filing.tenant,
        detail={"code": code},
    )
    log.error("filing.answer_not_believed", filing=str(each.filing.pk), code=code)


def _note_health(province: str, claims: Sequence[Claim], findings: Sequence[wire.Finding]) -> None:
    """One verdict on the round for the breaker; submissions have the say where there were any.

    A wait that the province asks for is always kept.
    """
    submitted = any(each.submits for each in claims)
    telling = [f for c, f in zip(claims, findings, strict=True) if c.submits or not submitted]
    waits = [each.retry_after for each in findings if each.retry_after is not None and not each.own]
    if waits or not any(each.own for each in telling):
        worst = next((each for each in findings if not each.own), findings[0])
        breaker.failed(province, worst.code, retry_after=max(waits, default=None))
    else:
        breaker.succeeded(province, submitted=submitted)
