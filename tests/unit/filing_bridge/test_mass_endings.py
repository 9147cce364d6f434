"""From what number on the law asks for more, on both sides of each line; and what a row of the sheet says."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracts.endings.reasons import reason_of
from core import codes
from filing_bridge.ending_sheet import COMMON, Consultation, missing, plan, read_row, wish_of
from filing_bridge.mass_endings import BY_EMPLOYER, Counted, is_layoff
from filing_bridge.profiles import profile_for, profiles

LAYOFF = {"reason": "4102", "ends_on": "2028-06-30", "protected": "否", "wages": "5200 5300.50；5400"}


@pytest.mark.parametrize(
    ("layoffs", "staff", "enough"),
    [(20, 5000, True), (19, 5000, False), (10, 100, True), (9, 100, False), (1, 10, True)],
)
def test_r41_twenty_persons_or_a_tenth_of_the_staff_are_a_layoff(
    layoffs: int, staff: int, enough: bool
) -> None:
    assert Counted(layoffs, layoffs, staff).layoff is enough


@pytest.mark.parametrize(
    ("persons", "staff", "needed"), [(11, 100, True), (10, 100, False), (2, 5, True), (1, 5, False)]
)
def test_c10_more_than_the_share_needs_approval_and_one_alone_never(
    persons: int, staff: int, needed: bool
) -> None:
    assert Counted(persons, 0, staff).needs_approval(10) is needed
    assert not Counted(persons, 0, staff).needs_approval(None)


@pytest.mark.parametrize(
    ("persons", "staff", "alarming"),
    [(10, 5000, True), (9, 5000, False), (5, 100, True), (4, 100, False), (3, 10, True), (2, 10, False)],
)
def test_a22_the_agency_is_warned_of_ten_persons_or_a_twentieth(
    persons: int, staff: int, alarming: bool
) -> None:
    assert Counted(persons, 0, staff).alarming is alarming


def test_c10_the_share_comes_from_the_profile() -> None:
    assert profile_for("320205").approval_percent == 10
    assert {each.approval_percent for code, each in profiles().items() if code != "320200"} == {None}


def test_the_employers_own_reasons_are_those_of_the_table() -> None:
    own = {
        code
        for code in codes.table("end_reason")
        if codes.table("end_reason")[code].columns["initiator"] == "1"
    }
    assert own == BY_EMPLOYER
    assert {code for code in own if is_layoff(code)} == {"4101", "4102", "4103", "4104"}


def test_what_holds_for_all_stands_on_the_sheet() -> None:
    assert set(COMMON) <= set(plan().columns)


def test_a_row_says_what_the_service_of_endings_takes() -> None:
    cells = {
        "reason": "4002 不能胜任工作", "ends_on": "2028/6/30", "notice_date": "2028-05-01", "protected": "否",
        "evidence_held": "是", "wages": "5,200 5300.50；5400", "local_average": "8000", "handover": "已交接",
    }  # fmt: skip
    given, faults = read_row(cells)
    wish = wish_of(given)
    assert (faults, list(missing(given))) == ((), [])
    assert (wish.reason, wish.ends_on, wish.notice_date) == ("4002", date(2028, 6, 30), date(2028, 5, 1))
    assert wish.wages == (Decimal("5200.00"), Decimal("5300.50"), Decimal("5400.00"))
    reason = reason_of("4002")
    assert reason is not None
    assert wish.evidence == reason.evidence
    assert (wish.local_average, wish.handover, wish.protected) == (Decimal("8000.00"), "已交接", False)


def test_evidence_that_is_not_held_is_not_claimed() -> None:
    given, _ = read_row({"reason": "3602", "ends_on": "2028-06-30", "evidence_held": "否"})
    assert wish_of(given).evidence == ()


def test_every_cell_that_cannot_be_read_is_told() -> None:
    _, faults = read_row({"reason": "9002", "ends_on": "明天", "protected": "也许", "wages": "5200 abc"})
    assert {fault.code for fault in faults} == {
        "cell_not_option",
        "cell_not_date",
        "cell_not_flag",
        "cell_not_money",
    }
    _, faults = read_row({"wages": " ".join(["5200"] * 13)})
    assert [fault.code for fault in faults] == ["cell_too_many_amounts"]


def test_what_is_needed_and_not_said_is_told() -> None:
    assert {fault.field for fault in missing({})} == {"/reason", "/ends_on"}
    given, _ = read_row({"reason": "4401", "ends_on": "2028-06-30"})
    assert [fault.field for fault in missing(given)] == ["/protected"]
    given, _ = read_row({"reason": "3602", "ends_on": "2028-06-30"})
    assert list(missing(given)) == []


def test_in_a_layoff_the_papers_of_the_batch_speak_for_every_row() -> None:
    given, _ = read_row(LAYOFF)
    told = wish_of(given, Consultation(date(2028, 5, 2), "裁2028-1"))
    assert (told.notice_date, told.union_notice_date) == (date(2028, 5, 2), date(2028, 5, 2))
    assert told.layoff_report_no == "裁2028-1"
    assert told.evidence == ("layoff plan", "union opinion", "report receipt")
    assert wish_of(given).notice_date == date(2028, 6, 30) - timedelta(days=30)
