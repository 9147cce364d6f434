"""Jiangsu's ways (profile 320200): review, the settlement period, who may employ and be employed."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.numbers import uscc_check_character
from filing_bridge.models import Filing
from filing_bridge.protocol import State
from filing_bridge.sandbox.faults import Kind
from filing_bridge.sandbox.settings import Decide, Settings
from filing_bridge.services.answers import reopening
from tests.support.filing_province import FilingProvince, hurry, pump, settle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def as_profiled(province: FilingProvince) -> None:
    province.decisions.settings = Settings(Decide.PROFILE)


def wuxi(province: FilingProvince, **sections: dict[str, Any]) -> dict[str, Any]:
    facts = {**province.facts(), "jurisdiction_code": "320205"}
    return {**facts, **{name: {**facts[name], **changes} for name, changes in sections.items()}}


def go_to_day(province: FilingProvince, day: int) -> None:
    """To that day of this month or the next, at the same hour."""
    today = clock.today()
    ahead = next(days for days in range(32) if (today + timedelta(days=days)).day == day)
    province.advance(timedelta(days=ahead))


def read(filing: Filing) -> Filing:
    filing.refresh_from_db()
    return filing


def test_outside_the_settlement_period_an_officer_decides(province: FilingProvince) -> None:
    go_to_day(province, 12)
    filing = province.file(wuxi(province))
    pump()
    assert (read(filing).state, province.effects()) == ("under_review", [])
    province.decide(filing, State.ACCEPTED)
    settle()
    assert (read(filing).state, len(province.effects())) == ("accepted", 1)


def test_in_the_settlement_period_it_is_pre_registered_and_filed_again_by_itself(
    province: FilingProvince,
) -> None:
    go_to_day(province, 8)
    filing = province.file(wuxi(province))
    pump()
    read(filing)
    assert (filing.state, province.effects()) == ("pre_registered", [])
    assert filing.due_at.astimezone(clock.SHANGHAI).date() == clock.today().replace(day=11)
    attempt, receipt, record = filing.first_attempt_at, filing.receipt_no, filing.record_digest

    pump()  # nothing is due before the 11th
    assert filing.calls.count() == 1

    province.advance(timedelta(days=3))
    pump()
    read(filing)
    assert (filing.state, filing.receipt_no, filing.record_digest) == ("under_review", receipt, record)
    assert filing.first_attempt_at == attempt  # the proof that it was filed in time
    assert filing.calls.filter(interface="LC0101").count() == 2
    province.decide(filing, State.ACCEPTED)
    settle()
    assert (read(filing).state, len(province.effects())) == ("accepted", 1)


@pytest.mark.parametrize("kind", [Kind.LOST_REPLY, Kind.TRUNCATED, Kind.DOWN])
def test_faults_while_pre_registering_and_filing_again_make_no_double(
    province: FilingProvince, kind: Kind
) -> None:
    go_to_day(province, 8)
    province.plan(kind)
    filing = province.file(wuxi(province))
    for _ in range(4):
        pump()
        hurry()
    assert read(filing).state == "pre_registered"
    province.advance(timedelta(days=3))
    province.plan(kind)
    for _ in range(4):
        hurry()
        pump()
    assert read(filing).state == "under_review"
    province.decide(filing, State.ACCEPTED)
    settle()
    assert (read(filing).state, len(province.effects()), len(province.store.states())) == ("accepted", 1, 1)


def test_a_province_that_closes_on_other_days_is_not_stormed(province: FilingProvince) -> None:
    """It pre-registers when its profile says that it is open: another try in an hour, not at once."""
    wait = reopening("370303") - clock.now()
    assert timedelta(minutes=59) < wait <= timedelta(hours=1)


def test_c14_part_time_and_parallel_jobs_are_filed(province: FilingProvince) -> None:
    """The same person, full time at one employer and part time at another."""
    go_to_day(province, 12)
    first = wuxi(province)
    employer = {"uscc": _uscc("52320205MJ5A7B8C5")}
    part_time = {"employment_form": "2", "wage_unit": "hour", "wage_amount": "30.00"}
    second = wuxi(province, worker=first["worker"], employer=employer, contract=part_time)
    filings = [province.file(first)]
    province.tenant = uuid.uuid4()
    filings.append(province.file(second))
    pump()
    for filing in filings:
        province.decide(filing, State.ACCEPTED)
    settle()
    assert [read(filing).state for filing in filings] == ["accepted", "accepted"]


@pytest.mark.parametrize("kind", ["70", "71"])
def test_c15_village_and_residents_committees_are_employers(province: FilingProvince, kind: str) -> None:
    """民法典 Art. 101: special legal persons, with credit codes from 54."""
    go_to_day(province, 12)
    employer = {"type": kind, "uscc": _uscc("54320205MJ5A7B8C5"), "name": "示例村村民委员会"}
    filing = province.file(wuxi(province, employer=employer))
    pump()
    assert read(filing).state == "under_review"


def test_what_is_older_than_half_a_year_goes_to_the_counter(province: FilingProvince) -> None:
    go_to_day(province, 12)
    start = clock.today() - timedelta(days=184)
    facts = {**province.facts(start), "jurisdiction_code": "320205"}
    filing = province.file(facts)
    assert "too_far_back" in {each["code"] for each in read(filing).faults}


def _uscc(first17: str) -> str:
    return first17 + uscc_check_character(first17)
