"""What officers see and decide of endings: reasons that a person looks at, and statistics of them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from filing_bridge.models import Filing
from filing_bridge.sandbox.desk.officers import NAMES
from filing_bridge.sandbox.settings import Decide, Settings
from tests.support.filing_province import FilingProvince, hurry, pump, settle
from tests.support.officers import Officer

pytestmark = pytest.mark.django_db

RESIGNED: dict[str, Any] = {"reason": "3602"}
DISMISSED: dict[str, Any] = {
    "reason": "3902",
    "evidence": ("rules", "facts", "union notice", "proof of service"),
}


@pytest.fixture(autouse=True)
def facts_are_known(province: FilingProvince, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts by filing, where there are no rows of contracts."""
    monkeypatch.setattr("filing_bridge.tasks.facts_behind", lambda filing: province.later[filing.pk])
    unknown = {"ending": {"reason": ""}}
    monkeypatch.setattr("filing_bridge.subscribers.ending_facts_of", lambda contract: unknown)


@pytest.fixture
def officer(province: FilingProvince) -> Iterator[Officer]:
    somebody = Officer(province, NAMES[0])
    yield somebody
    somebody.client.close()


def ended(province: FilingProvince, **wish: Any) -> Filing:
    """The filing of an ending whose hire is accepted."""
    facts = province.facts(clock.today() - timedelta(days=3))
    hire = province.file(facts)
    pump()
    filing = province.end(hire, facts, **wish)
    pump()
    return filing


def state(filing: Filing) -> str:
    hurry()
    pump()
    filing.refresh_from_db()
    return filing.state


def test_c09_a_dismissal_waits_for_an_officer_where_all_else_is_accepted_at_once(
    province: FilingProvince, officer: Officer
) -> None:
    """Shandong accepts at once; whoever is dismissed for misconduct is looked at by a person."""
    province.decisions.settings = Settings(Decide.PROFILE)
    assert state(ended(province, **RESIGNED)) == "accepted"
    dismissal = ended(province, **DISMISSED)
    assert state(dismissal) == "under_review"
    page = officer.see(f"/filing/{dismissal.idempotency_key}")
    assert "严重违反规章制度（3902）" in page
    assert officer.act(f"/filing/{dismissal.idempotency_key}/decision", state="accepted") == 200
    assert state(dismissal) == "accepted"


def test_c09_no_timer_accepts_a_dismissal(province: FilingProvince) -> None:
    province.decisions.settings = Settings(Decide.REVIEW, timedelta())
    hire = province.file(facts := province.facts(clock.today() - timedelta(days=3)))
    pump()
    province.decisions.accept_due()
    settle()
    dismissal = province.end(hire, facts, **DISMISSED)
    pump()
    assert province.decisions.accept_due() == 0
    assert state(dismissal) == "under_review"


def test_c17_reasons_are_counted_and_small_numbers_hidden(province: FilingProvince, officer: Officer) -> None:
    for _ in range(5):
        ended(province, **RESIGNED)
    dismissed = ended(province, **DISMISSED)
    page = officer.see("/statistics")
    assert "<td>协商一致（劳动者提出）（3602）</td><td>5</td>" in page
    assert "<td>劳动者 Worker</td><td>5</td>" in page
    assert "<td>严重违反规章制度（3902）</td><td>＜5</td>" in page
    assert dismissed.contract_no not in page


def test_c18_hires_stand_against_endings_by_month(province: FilingProvince, officer: Officer) -> None:
    first = (clock.today() - timedelta(days=3)).strftime("%Y-%m")
    last = clock.today().strftime("%Y-%m")
    for _ in range(5):
        ended(province, **RESIGNED)
    page = officer.see("/statistics")
    line = f"<td>{first}</td><td>5</td><td>{'5' if first == last else '＜5'}</td>"
    assert line in page.partition("按月录用与退工")[2]
