"""Delivery: claim, call, record. What is outside a transaction, and what a crash leaves behind, is the point.

(a) A short transaction claims filings (`claims`): if this process dies after it, nobody knows what the
    province got, and it is asked by idempotency key.
(b) The calls are made outside any transaction.
(c) A short transaction writes each result (`results`), on condition that the lease still holds.
"""

import time
from collections.abc import Sequence

from core import blobs, clock
from core.work import Later
from filing_bridge import client, wire
from filing_bridge.domain import TIMING
from filing_bridge.provinces import Province
from filing_bridge.provinces import province as registered
from filing_bridge.services import breaker
from filing_bridge.services.claims import Claim, anything_due, claim, drop_stale_messages, lease_for
from filing_bridge.services.results import record


def deliver(province_code: str) -> None:
    """Deliver what is due for one province until nothing is, or the turn is over.

    Raises `Later` when the breaker is open or the turn is over. Safe to run twice at once and after a crash.
    """
    province = registered(province_code)
    stop = time.monotonic() + TIMING.turn_seconds
    drop_stale_messages(province_code)
    while anything_due(province_code):
        if time.monotonic() > stop:
            raise Later(clock.now())
        permit = breaker.permit(province_code, most=TIMING.most_messages, turn=lease_for(1))
        if permit.until is not None:
            raise Later(permit.until)
        claims = claim(province_code, permit.limit)
        if not claims:  # another worker took them
            return
        record(province_code, claims, call(province, claims))


def call(province: Province, claims: Sequence[Claim]) -> list[wire.Finding]:
    """Step (b): one finding for each claim, in order. Filings that failed before travel alone."""
    fresh = [each for each in claims if each.submits and not each.filing.attempts]
    alone = [[each] for each in claims if each.submits and each.filing.attempts]
    items = {each.attempt.pk: _item(each) for each in claims if each.submits}
    groups = [[fresh[i] for i in group] for group in wire.batches([items[e.attempt.pk] for e in fresh])]
    submissions = groups + alone
    questions = [[each] for each in claims if not each.submits]
    calls = [wire.submit_call(province, [items[e.attempt.pk] for e in group]) for group in submissions]
    calls += [_ask(province, each) for [each] in questions]
    replies = client.exchange(calls)
    found: dict[int, wire.Finding] = {}
    for group, reply in zip(submissions + questions, replies, strict=True):
        read = wire.read_batch if group[0].submits else wire.read_question
        findings = read(province, reply, [each.subject for each in group], now=clock.now())
        found |= {each.attempt.pk: finding for each, finding in zip(group, findings, strict=True)}
    return [found[each.attempt.pk] for each in claims]


def _ask(province: Province, each: Claim) -> client.Call:
    """Where a filing stands, or that it be given back: answered alike."""
    message = blobs.get(each.attempt.message)
    if each.takes_back:
        return wire.void_call(province, each.subject, message)
    return wire.ask_call(province, message)


def _item(each: Claim) -> wire.Item:
    return wire.Item(each.subject, blobs.get(each.attempt.message), blobs.get(each.filing.document_digest))
