"""Order per employment, and what a filing may have to wait for."""

from datetime import timedelta

import pytest

from core import clock
from filing_bridge.models import Filing
from filing_bridge.profiles import profile_for
from filing_bridge.protocol import State
from filing_bridge.sandbox.faults import Kind
from filing_bridge.services.claims import claim
from filing_bridge.services.preparing import prepare_waiting
from filing_bridge.services.repeating import repeat_filing
from filing_bridge.tasks import sweep
from tests.support.filing_province import FilingProvince, hurry, pump, settle, sign
from tests.support.principals import principal

pytestmark = pytest.mark.django_db


def again(filing: Filing) -> Filing:
    filing.refresh_from_db()
    return filing


@pytest.fixture
def facts_are_known(monkeypatch: pytest.MonkeyPatch) -> dict[object, object]:
    """Facts by contract, where there are no rows of contracts."""
    known: dict[object, object] = {}
    for module in ("filing_bridge.tasks", "filing_bridge.services.repeating"):
        monkeypatch.setattr(f"{module}.facts_behind", lambda filing: known[filing.contract_id])
    return known


def test_a_renewal_follows_its_hire_though_it_came_first(
    province: FilingProvince, facts_are_known: dict[object, object]
) -> None:
    hired = clock.today() - timedelta(days=20)
    facts = province.facts(hired, end=(clock.today() - timedelta(days=1)).isoformat())
    renewal_facts = province.renewal(facts, clock.today())
    renewal = province.file(renewal_facts)
    facts_are_known[renewal.contract_id] = renewal_facts
    assert (renewal.state, renewal.last_error) == ("waiting", "particulars_missing")
    assert [fault["field"] for fault in renewal.faults] == ["/prev_filing_no"]
    hire = province.file(facts)
    facts_are_known[hire.contract_id] = facts
    settle()
    pump()
    assert (again(hire).state, again(renewal).state) == ("accepted", "accepted")
    assert renewal.record["prev_filing_no"] == hire.receipt_no
    assert province.effects() == [hire.idempotency_key, renewal.idempotency_key]


def test_a_later_filing_waits_while_the_earlier_one_is_not_settled(
    province: FilingProvince, facts_are_known: dict[object, object]
) -> None:
    yesterday = clock.today() - timedelta(days=1)
    facts = province.facts(clock.today() - timedelta(days=20), end=yesterday.isoformat())
    province.review()
    hire = province.file(facts)
    pump()
    assert again(hire).state == "under_review"
    renewal_facts = province.renewal(facts, clock.today())
    renewal = province.file(renewal_facts)
    facts_are_known[renewal.contract_id] = renewal_facts
    other = province.file()
    hurry()
    pump()
    assert (again(renewal).state, renewal.last_error) == ("waiting", "earlier_filing")
    assert again(other).state == "under_review"
    province.decide(hire, State.ACCEPTED)
    hurry()
    pump()
    pump()
    assert again(hire).state == "accepted"
    assert again(renewal).state == "under_review"


def test_a_signed_message_is_held_back_when_an_earlier_filing_turns_up(province: FilingProvince) -> None:
    facts = province.facts(clock.today() - timedelta(days=20), end=clock.today().isoformat())
    renewal_facts = province.renewal(facts, clock.today())
    renewal = province.file(renewal_facts)
    Filing.objects.filter(pk=renewal.pk).update(particulars={"prev_filing_no": "PAPER-1"})
    prepare_waiting(renewal.pk, renewal_facts)
    sign(renewal)
    assert renewal.state == "ready"
    hire = province.file(facts)
    sign(hire)
    assert [each.filing.pk for each in claim("all", 100)] == [hire.pk]


def test_a_late_hire_waits_for_its_reason_and_is_filed_as_such(
    province: FilingProvince, facts_are_known: dict[object, object]
) -> None:
    facts = province.facts(clock.today() - timedelta(days=40))
    filing = province.file(facts)
    facts_are_known[filing.contract_id] = facts
    assert (filing.state, filing.deadline) == ("waiting", clock.today() - timedelta(days=10))
    [fault] = filing.faults
    assert (fault["field"], fault["code"]) == ("/late_reason", "field_missing")
    repeat_filing(
        principal=principal(province.tenant),
        filing_id=filing.pk,
        particulars={"late_reason": "合同补签"},
    )
    pump()
    assert again(filing).state == "accepted"
    assert (filing.filing_type, filing.record["late_reason"]) == ("12", "合同补签")


def test_a_contract_signed_early_is_filed_when_work_begins(
    province: FilingProvince, facts_are_known: dict[object, object]
) -> None:
    ahead = profile_for("370303").days_ahead + 2
    facts = province.facts(clock.today() + timedelta(days=ahead))
    filing = province.file(facts)
    facts_are_known[filing.contract_id] = facts
    assert (filing.state, filing.last_error) == ("waiting", "not_open_yet")
    sweep()
    pump()
    assert again(filing).state == "waiting"
    province.advance(timedelta(days=2))
    sweep()
    pump()
    assert again(filing).state == "accepted"


def test_b03_a_district_is_switched_on_by_itself_and_what_waited_goes(
    province: FilingProvince, facts_are_known: dict[object, object], settings: object
) -> None:
    served = settings.PROVINCES  # type: ignore[attr-defined]  # pytest-django's fixture is untyped
    settings.PROVINCES = {"31": served[""]}  # type: ignore[attr-defined]  # pytest-django's fixture is untyped
    facts = province.facts()
    filing = province.file(facts)
    facts_are_known[filing.contract_id] = facts
    assert (filing.state, filing.last_error) == ("waiting", "no_province")
    settings.PROVINCES = {"37": served[""]}  # type: ignore[attr-defined]  # pytest-django's fixture is untyped
    hurry()
    sweep()
    pump()
    assert (again(filing).state, filing.province) == ("accepted", "37")


def test_an_authorisation_that_ran_out_is_renewed(province: FilingProvince) -> None:
    filing = province.file()
    province.advance(timedelta(days=8))
    pump()
    hurry()
    pump()
    assert again(filing).state == "accepted"


def test_another_record_than_the_authorised_one_is_not_signed(province: FilingProvince) -> None:
    filing = province.file()
    Filing.objects.filter(pk=filing.pk).update(record={**filing.record, "submitter_name": "别人"})
    sign(filing)
    assert (filing.state, filing.last_error) == ("pending", "ValueError")


def test_what_happens_to_one_filing_does_not_hold_up_another(province: FilingProvince) -> None:
    province.plan(Kind.DOWN)
    first = province.file()
    pump()
    second = province.file()
    pump()
    assert (again(first).state, again(second).state) == ("unknown", "accepted")


def test_what_is_filed_again_keeps_its_place_before_what_was_signed_later_that_day(
    province: FilingProvince, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hired and ended on one day; the hire comes back and is mended. The ending waits for its new version,
    never the new version for the ending."""
    facts = province.facts()
    known: dict[str, object] = {}
    for module in ("filing_bridge.tasks", "filing_bridge.services.repeating"):
        monkeypatch.setattr(f"{module}.facts_behind", lambda filing: known[filing.document_digest])
    monkeypatch.setattr("filing_bridge.subscribers.ending_facts_of", lambda _: {"ending": {"reason": ""}})
    province.review()
    hire = province.file(facts)
    ending = province.end(hire, facts)
    known |= {hire.document_digest: facts, ending.document_digest: province.later[ending.pk]}
    pump()
    province.decide(hire, State.RETURNED)
    settle()
    second = repeat_filing(principal=principal(province.tenant), filing_id=hire.pk, particulars={})
    assert (second.version, second.state) == (2, "pending")
    pump()
    province.decide(again(second), State.ACCEPTED)
    hurry()
    pump()
    province.decide(again(ending), State.ACCEPTED)
    settle()
    assert again(ending).record["prev_filing_no"] == again(second).receipt_no
    assert province.effects() == [second.idempotency_key, ending.idempotency_key]
