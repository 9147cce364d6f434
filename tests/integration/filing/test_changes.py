"""Changes are filed in their order, each once, and move the term that is on file."""

from datetime import timedelta

import pytest

from core import clock
from filing_bridge.models import Filing
from tests.support.filing_province import FilingProvince, bury_the_dead, die_at, pump, settle

pytestmark = pytest.mark.django_db


def again(filing: Filing | None) -> Filing:
    assert filing is not None
    filing.refresh_from_db()
    return filing


@pytest.fixture(autouse=True)
def facts_are_known(province: FilingProvince, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts by filing, where there are no rows of contracts."""
    for module in ("filing_bridge.tasks", "filing_bridge.services.repeating"):
        monkeypatch.setattr(f"{module}.facts_behind", lambda filing: province.later[filing.pk])
    unknown = {"ending": {"reason": ""}}
    monkeypatch.setattr("filing_bridge.subscribers.ending_facts_of", lambda contract: unknown)


def test_hire_changes_and_ending_go_out_in_their_order_and_each_names_the_one_before(
    province: FilingProvince,
) -> None:
    facts = province.facts(clock.today() - timedelta(days=10))
    hire = province.file(facts)
    first, facts = province.change(hire, facts, clock.today() - timedelta(days=5), job_title="班组长")
    second, facts = province.change(hire, facts, job_title="车间主任")
    ending = province.end(hire, facts)
    assert {again(each).state for each in (first, second, ending)} == {"waiting"}
    settle()
    line = [again(each) for each in (hire, first, second, ending)]
    assert [each.state for each in line] == ["accepted"] * 4
    assert [each.record["prev_filing_no"] for each in line[1:]] == [each.receipt_no for each in line[:-1]]
    assert province.effects() == [each.idempotency_key for each in line]
    assert (line[1].event, line[1].filing_type, line[1].version) == ("change", "31", 1)
    assert len({each.idempotency_key for each in line}) == 4


def test_a_change_sends_the_terms_and_nothing_of_the_worker_that_is_on_file(
    province: FilingProvince,
) -> None:
    facts = province.facts()
    hire = province.file(facts)
    pump()
    filing, _facts = province.change(hire, facts, job_title="班组长", pay_day=10)
    record = again(filing).record
    assert record["worker"].keys() == {"name", "id_type", "id_no", "mobile"}
    assert [item["field"] for item in record["change"]["items"]] == ["/contract/job_title"]


def test_what_is_between_the_parties_is_not_filed(province: FilingProvince) -> None:
    facts = province.facts()
    hire = province.file(facts)
    filing, _facts = province.change(hire, facts, pay_day=10)
    assert filing is None
    assert list(Filing.objects.all()) == [hire]


def test_a_longer_term_leaves_no_room_for_a_renewal_within_it(province: FilingProvince) -> None:
    start, end = clock.today() - timedelta(days=20), clock.today() + timedelta(days=5)
    facts = province.facts(start, end=end.isoformat())
    hire = province.file(facts)
    later = (end + timedelta(days=10)).isoformat()
    extended, longer = province.change(hire, facts, end=later)
    settle()
    assert again(extended).state == "accepted"
    early = province.file(province.renewal(longer, end + timedelta(days=1)))
    settle()
    assert (again(early).state, early.last_error) == ("rejected", "duplicate_filing")


@pytest.mark.parametrize(
    ("last_act", "after"),
    [
        ("filing_bridge.services.delivery.claim", True),  # committed, not pushed
        ("filing_bridge.client.exchange", True),  # pushed, answer not recorded
        ("filing_bridge.services.results._keep", True),  # answer half recorded, not committed
    ],
)
def test_a_process_that_dies_in_the_middle_leaves_one_effect(
    province: FilingProvince, last_act: str, after: bool
) -> None:
    facts = province.facts()
    hire = province.file(facts)
    settle()
    filing, _facts = province.change(hire, facts, job_title="班组长")
    die_at(last_act, after=after)
    assert again(filing).state == "sent"
    bury_the_dead()
    settle()
    assert again(filing).state == "accepted"
    assert province.effects() == [hire.idempotency_key, again(filing).idempotency_key]
