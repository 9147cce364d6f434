"""Dispatch looks at what is on its way, however many filings were accepted before."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from filing_bridge import tasks
from filing_bridge.domain import FilingState
from filing_bridge.models import Filing
from filing_bridge.selectors import wanting_a_message
from filing_bridge.services import claims
from tests.support.accounts import make_employer
from tests.support.seeding import seed

pytestmark = [pytest.mark.django_db, pytest.mark.needs("postgres")]
LEDGER, ON_THEIR_WAY = 2_000, 8
PROVINCE = "370300"


@pytest.fixture
def ledger() -> None:
    """Two thousand filings, of which a few are on their way, and statistics that say so."""
    seed(make_employer(), LEDGER)
    accepted = Filing.objects.filter(state=FilingState.ACCEPTED)
    for number, pk in enumerate(list(accepted.values_list("pk", flat=True)[:ON_THEIR_WAY])):
        state = (FilingState.PENDING, FilingState.UNKNOWN)[number % 2]
        Filing.objects.filter(pk=pk).update(state=state, message="", message_at=None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def dispatch() -> None:
    """What workers ask the database in every round."""
    claims.take_back()
    claims.drop_stale_messages(PROVINCE)
    claims.anything_due(PROVINCE)
    claims.claim(PROVINCE, 100)
    list(wanting_a_message(PROVINCE).filter(due_at__lte=clock.now())[:100])
    tasks.sweep()


def looked_at(sql: str) -> int:
    """How many rows the plan's scans of filings met, those included that a filter threw away."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        (plans,) = cursor.fetchone()
    (top,) = json.loads(plans) if isinstance(plans, str) else plans
    return sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in _nodes(top["Plan"])
        if node.get("Relation Name") == Filing._meta.db_table
    )


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def test_d10_a_round_of_dispatch_does_not_read_the_ledger(ledger: None) -> None:
    with CaptureQueriesContext(connection) as captured:
        dispatch()
    questions = [
        query["sql"] for query in captured if query["sql"].startswith(("SELECT", "UPDATE"))
        and Filing._meta.db_table in query["sql"]
    ]  # fmt: skip
    waiting = Filing.objects.filter(state=FilingState.WAITING).count()
    assert len(questions) >= 8
    most = {sql: rows for sql in questions if (rows := looked_at(sql)) > ON_THEIR_WAY + waiting}
    assert most == {}
