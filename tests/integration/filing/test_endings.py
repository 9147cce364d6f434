"""Endings follow what is filed before them, carry no more than they must, and free people for the next."""

from datetime import timedelta

import pytest

from core import clock
from filing_bridge.models import Filing
from filing_bridge.protocol import State
from tests.support.filing_province import FilingProvince, pump, settle

pytestmark = pytest.mark.django_db


def again(filing: Filing) -> Filing:
    filing.refresh_from_db()
    return filing


@pytest.fixture(autouse=True)
def facts_are_known(province: FilingProvince, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts by filing, where there are no rows of contracts."""
    for module in ("filing_bridge.tasks", "filing_bridge.services.repeating"):
        monkeypatch.setattr(f"{module}.facts_behind", lambda filing: province.later[filing.pk])
    unknown = {"ending": {"reason": ""}}
    monkeypatch.setattr("filing_bridge.subscribers.ending_facts_of", lambda contract: unknown)


def test_an_ending_waits_for_its_hire_and_names_it(province: FilingProvince) -> None:
    facts = province.facts()
    hire = province.file(facts)
    ending = province.end(hire, facts)
    assert (ending.state, ending.last_error) == ("waiting", "earlier_filing")
    pump()
    assert (again(hire).state, again(ending).state) == ("accepted", "accepted")
    assert ending.record["prev_filing_no"] == hire.receipt_no
    assert (ending.event, ending.filing_type, ending.version) == ("ending", "51", 1)
    assert ending.deadline == clock.today() + timedelta(days=15)
    assert province.effects() == [hire.idempotency_key, ending.idempotency_key]


def test_an_ending_sends_nothing_that_is_on_file_already(province: FilingProvince) -> None:
    facts = province.facts()
    hire = province.file(facts)
    pump()
    ending = province.end(hire, facts)
    assert again(ending).record["worker"].keys() == {"name", "id_type", "id_no"}
    assert not {"wage_amount", "work_place_address"} & ending.record["contract"].keys()


def test_after_a_rejected_hire_the_ending_asks_for_the_filing_that_it_ends(province: FilingProvince) -> None:
    province.review()
    facts = province.facts()
    hire = province.file(facts)
    pump()
    province.decide(hire, State.REJECTED)
    settle()
    ending = province.end(hire, facts)
    assert (again(hire).state, ending.state) == ("rejected", "waiting")
    assert [fault["field"] for fault in ending.faults] == ["/prev_filing_no"]


def test_who_has_left_may_be_hired_again(province: FilingProvince) -> None:
    facts = province.facts(clock.today() - timedelta(days=10))
    hire = province.file(facts)
    pump()
    ending = province.end(hire, facts, clock.today() - timedelta(days=1))
    pump()
    assert again(ending).state == "accepted"
    dates = {"start": clock.today().isoformat(), "employment_start": clock.today().isoformat()}
    second = {**facts, "contract_no": f"{facts['contract_no']}-2", "contract": {**facts["contract"], **dates}}
    rehire = province.file(second)
    pump()
    assert again(rehire).state == "accepted"


def test_without_the_ending_a_second_hire_overlaps(province: FilingProvince) -> None:
    facts = province.facts(clock.today() - timedelta(days=10))
    province.file(facts)
    pump()
    second = {**facts, "contract_no": f"{facts['contract_no']}-2"}
    rehire = province.file(second)
    pump()
    assert (again(rehire).state, rehire.last_error) == ("rejected", "duplicate_filing")
