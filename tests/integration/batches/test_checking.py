"""What the check of a batch says of its rows, and how many questions it asks for that."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.domain import BatchState
from contracts.services.batches.checking import check_batch
from core import clock
from tests.integration.batches.conftest import Desk, codes
from tests.support.accounts import make_worker
from tests.support.portal import make_contract
from tests.support.sheets import person


def test_a_sheet_filled_in_as_the_template_says_has_no_faults(desk: Desk) -> None:
    batch = desk.checked(*(person(number) for number in range(1, 6)))
    assert (batch.state, batch.size) == (BatchState.READY, 5)
    assert {row.faults for row in batch.rows.all()} == {0}, [row.remarks for row in batch.rows.all()]


def test_d07_numbers_codes_and_statutory_rules_are_told_at_once(desk: Desk) -> None:
    batch = desk.checked(
        person(
            1,
            worker__id_no="370303199003070012",
            worker__mobile="12345",
            worker__education="小学没毕业",
            worker__hukou_address="",
            contract__end="2020-01-01",
            contract__hours_per_week="60",
            contract__probation_wage="一千",
            contract__occupation_code="9-99",
        )
    )
    row = batch.rows.get()
    said = {(field, code) for field, code, *_ in row.remarks}
    assert {
        ("/worker/id_no", "citizen_number_checksum"),
        ("/worker/mobile", "mobile_form"),
        ("/worker/education", "cell_not_option"),
        ("/worker/hukou_address", "required"),
        ("/contract/probation_wage", "cell_not_money"),
        ("/contract/occupation_code", "facts_wrong_format"),
    } <= said
    assert row.faults == len(said)
    for _, _, zh, en, remedy_zh, remedy_en, _ in row.remarks:
        assert all((zh, en, remedy_zh, remedy_en))


def test_a_faulty_person_does_not_hide_unlawful_terms(desk: Desk) -> None:
    batch = desk.checked(
        person(1, worker__id_no="1", contract__end="2020-01-01", contract__hours_per_week="60")
    )
    assert "citizen_number_form" in codes(batch, 3)
    for article in ("R12", "R36"):
        assert any(code.startswith(article) for code in codes(batch, 3)), codes(batch, 3)


def test_the_same_person_twice_is_told_in_both_rows(desk: Desk) -> None:
    batch = desk.checked(person(1), person(2), person(1, worker__name="测试重"))
    assert codes(batch, 3) == codes(batch, 5) == {"row_same_person"}
    assert codes(batch, 4) == set()
    assert "5" in batch.rows.get(number=3).remarks[0][2]


def test_the_same_contract_number_is_told_in_the_sheet_and_beside_earlier_contracts(desk: Desk) -> None:
    used = make_contract(desk.employer).contract_no
    batch = desk.checked(
        person(1, contract_no="HT-2026-0001"),
        person(2, contract_no="HT-2026-0001"),
        person(3, contract_no=used),
    )
    assert [codes(batch, number) for number in (3, 4, 5)] == [
        {"row_same_number"}, {"row_same_number"}, {"contract_no_used"},
    ]  # fmt: skip


def test_a_person_on_the_roster_needs_only_what_is_new(desk: Desk) -> None:
    cells = person(1)
    make_worker(desk.employer, name=cells["worker.name"], id_no=cells["worker.id_no"])
    only_new = {
        key: text
        for key, text in cells.items()
        if not key.startswith("worker.") or key in ("worker.name", "worker.id_no", "worker.mobile")
    }
    batch = desk.checked(only_new)
    assert codes(batch, 3) == {"worker_changes"}
    assert batch.rows.get().faults == 0
    assert "手机号码" in batch.rows.get().remarks[0][2]


def test_another_name_under_the_same_number_stops_the_row(desk: Desk) -> None:
    cells = person(1)
    make_worker(desk.employer, name="别人", id_no=cells["worker.id_no"])
    batch = desk.checked(cells)
    assert "worker_other_name" in codes(batch, 3)
    assert batch.rows.get().faults == 1


def test_a_contract_that_is_not_signed_yet_stops_the_row(desk: Desk) -> None:
    cells = person(1)
    worker = make_worker(desk.employer, name=cells["worker.name"], id_no=cells["worker.id_no"])
    make_contract(desk.employer, worker=worker)
    assert "contract_unfinished" in codes(desk.checked(cells), 3)


def test_people_of_other_employers_are_not_known(desk: Desk, other_desk: Desk) -> None:
    cells = person(1)
    make_worker(other_desk.employer, name="别人", id_no=cells["worker.id_no"])
    assert codes(desk.checked(cells), 3) == set()


@pytest.mark.parametrize(
    ("key", "written", "code"),
    [
        ("worker__id_no", 370303199003070013.0, "cell_lost_digits"),
        ("contract__start", "2026-02-30", "cell_not_date"),
        ("contract__pay_day", "3.5", "cell_not_whole"),
        ("contract__insurance__pension", "也许", "cell_not_flag"),
        ("contract__wage_items", "基本工资", "cell_not_items"),
        ("contract__hours_per_day", "八", "cell_not_hours"),
    ],
)
def test_cells_that_cannot_be_read_say_how_to_write_them(
    desk: Desk, key: str, written: Any, code: str
) -> None:
    batch = desk.checked(person(1) | {key.replace("__", "."): written})
    assert code in codes(batch, 3)


def test_the_check_asks_the_same_questions_for_ten_rows_as_for_one(desk: Desk) -> None:
    counts = []
    for size, first in ((1, 1), (40, 100)):
        batch = desk.upload(*(person(first + number) for number in range(size)))
        with CaptureQueriesContext(connection) as asked:
            check_batch(batch.pk)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_check_that_died_is_done_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from contracts.services.batches.checking import Judge

    batch = desk.upload(person(1), person(2, contract__end="x"))
    monkeypatch.setattr(Judge, "_known", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        check_batch(batch.pk)
    monkeypatch.undo()
    check_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.READY
    assert [row.faults > 0 for row in batch.rows.order_by("number")] == [False, True]


def test_what_follows_from_other_cells_need_not_be_written(desk: Desk) -> None:
    today = clock.today().isoformat()
    batch = desk.checked(
        person(1, contract__start=today, contract__employment_start="", jurisdiction_code="")
    )
    assert codes(batch, 3) == set()
