"""Endings of many at once: judged, frozen, through the gate, each row once with one receipt."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Count

from accounts.models import Membership
from contracts.domain import ContractState, DocumentState
from contracts.endings.facts import Wish
from contracts.models import Contract, Termination
from contracts.services.terminating import open_termination, withdraw_termination
from core import clock, work
from core.errors import Refused
from core.models import AuditEvent, WorkItem
from core.principal import Role
from core.webhooks.models import WebhookEndpoint, WebhookEvent
from filing_bridge.domain import FilingState
from filing_bridge.mass_endings import LAYOFF_PAPERS, EndingBatchState, EndingRowState, Paper
from filing_bridge.models import EarlyWarning, EndingBatch, Filing
from filing_bridge.services.confirming import confirm_filing, confirmation_of
from filing_bridge.services.mass_endings import confirming, gate, handling, making, recording, running
from filing_bridge.services.mass_endings.results import results_of
from tests.support import accounts as make
from tests.support.filing_province import FilingProvince, settle
from tests.support.mass_endings import (
    Works,
    agreed,
    codes,
    layoff,
    run_due,
    sheet_of,
    sign_certificates,
    states,
    worked_off,
)
from tests.support.signing import at_once
from tests.support.signing_fixtures import own_folders

__all__ = ["own_folders"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
B, R = EndingBatchState, EndingRowState


@pytest.fixture
def works(db: None) -> Works:
    return Works()


def single(works: Works, contract: Contract, **own: Any) -> Termination:
    """An ending by itself: not competent, with a month's pay in lieu of notice, unless told otherwise."""
    today = clock.today()
    usual: dict[str, Any] = {
        "reason": "4002", "ends_on": today, "protected": False, "pay_in_lieu": True,
        "union_notice_date": today, "evidence": ("notice or pay in lieu",),
        "wages": (Decimal("5200.00"),) * 12,
    }  # fmt: skip
    return open_termination(principal=works.clerk, contract_id=contract.pk, wish=Wish(**{**usual, **own}))


# ── Each row: certificate, filing, receipt


def on_file(works: Works, province: FilingProvince, contracts: list[Contract]) -> None:
    """The hires are accepted, in Shanghai once somebody has confirmed their dates."""
    for contract in contracts:
        works.file_hire(contract)
    settle()
    for filing in Filing.objects.filter(state=FilingState.WAITING):
        digest = confirmation_of(works.clerk, filing.pk).digest
        confirm_filing(principal=works.clerk, filing_id=filing.pk, digest=digest)
    settle()
    assert set(Filing.objects.values_list("state", flat=True)) == {FilingState.ACCEPTED}


def to_the_last_receipt(
    works: Works, province: FilingProvince, size: int, local: int, elsewhere: int
) -> None:
    """So many in all, of whom some are Shanghai's, registered there or elsewhere; the rest are Zibo's."""
    contracts = [
        *works.hire_many(local, jurisdiction="310115", hukou="310104"),
        *works.hire_many(elsewhere, jurisdiction="310115", hukou="370303"),
        *works.hire_many(size - local - elsewhere),
    ]
    on_file(works, province, contracts)
    batch = works.done(works.upload(agreed(each) for each in contracts))
    assert (batch.state, set(states(batch))) == (B.DONE, {R.OPENED})
    while sign_certificates(batch):
        run_due()
    settle()
    asked = confirming.confirmable(works.clerk, batch.pk)
    assert sum(day.number for day in asked.days) == local + elsewhere
    if asked.digests:
        confirming.confirm_many(principal=works.clerk, batch_id=batch.pk, digest=asked.digest)
    settle()
    results = results_of(batch.rows.all())
    receipts = {each.receipt_no for each in results.values()}
    assert {each.filing for each in results.values()} == {FilingState.ACCEPTED}
    assert len(receipts) == size
    assert "" not in receipts
    assert Contract.objects.filter(state=ContractState.ENDED).count() == size
    # The province's own ledger: each hire and each ending once.
    keys = province.effects()
    assert len(keys) == len(set(keys)) == 2 * size
    endings = Filing.objects.filter(event="ending")
    assert set(endings.values_list("idempotency_key", flat=True)) <= set(keys)


def test_c11_each_row_gets_certificate_filing_and_receipt_once(
    works: Works, province: FilingProvince
) -> None:
    """A10: people registered in Shanghai and elsewhere in one batch."""
    to_the_last_receipt(works, province, size=24, local=5, elsewhere=7)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_c11_two_thousand_rows_with_the_mixed_case(works: Works, province: FilingProvince) -> None:
    """A21: 99 registered in Shanghai and 143 from elsewhere among two thousand."""
    to_the_last_receipt(works, province, size=2000, local=99, elsewhere=143)


def test_dates_that_look_odd_are_confirmed_one_by_one(works: Works, province: FilingProvince) -> None:
    contracts = works.hire_many(3, jurisdiction="310115", hukou="310104")
    on_file(works, province, contracts)
    batch = works.done(works.upload(agreed(each) for each in contracts))
    sign_certificates(batch)
    settle()
    late = Filing.objects.filter(event="ending").first()
    assert late is not None
    before = confirming.confirmable(works.clerk, batch.pk)
    province.advance(timedelta(days=16))
    asked = confirming.confirmable(works.clerk, batch.pk)
    assert (len(before.digests), len(asked.digests), asked.odd) == (3, 0, 3)
    with pytest.raises(Refused, match="confirmation_not_needed"):
        confirming.confirm_many(principal=works.clerk, batch_id=batch.pk, digest=before.digest)
    auditor = make.make_principal(works.employer, Role.AUDITOR)
    with pytest.raises(Refused, match="not_permitted"):
        confirming.confirmable(auditor, batch.pk)


def test_other_dates_than_those_shown_are_not_confirmed(works: Works, province: FilingProvince) -> None:
    contracts = works.hire_many(2, jurisdiction="310115", hukou="310104")
    on_file(works, province, contracts)
    batch = works.done(works.upload(agreed(each) for each in contracts))
    sign_certificates(batch)
    settle()
    with pytest.raises(Refused, match="confirmation_differs"):
        confirming.confirm_many(principal=works.clerk, batch_id=batch.pk, digest="0" * 64)
    assert set(Filing.objects.filter(event="ending").values_list("confirmed", flat=True)) == {""}


# ── Judging: every fault of every row at once


def test_every_fault_of_every_row_comes_at_once_and_keeps_the_batch_from_being_frozen(works: Works) -> None:
    one, two, three, four, five = works.hire_many(5)
    single(works, four)
    draft = make.make_worker(works.employer)
    batch = works.upload(
        [
            agreed(one),
            {**agreed(one), "contract_no": "", "worker.id_no": one.worker.id_no},
            {**agreed(two), "worker.name": "另一个人"},
            agreed(three, ends_on="明天", protected="也许"),
            agreed(four),
            {**agreed(five), "contract_no": "", "worker.id_no": draft.id_no},
        ]
    )
    assert codes(batch, 3) == codes(batch, 4) == {"row_same_contract"}
    assert codes(batch, 5) == {"row_other_person"}
    assert codes(batch, 6) == {"cell_not_date", "cell_not_flag"}
    assert "row_ends_already" in codes(batch, 7)
    assert codes(batch, 8) == {"row_no_contract"}
    with pytest.raises(Refused, match="ending_batch_faulty"):
        works.freeze(batch)
    batch.refresh_from_db()
    assert batch.state == B.READY


def test_a_person_with_several_contracts_is_asked_for_the_number(works: Works) -> None:
    one = works.hire()
    two = works.hire()
    Contract.objects.filter(pk=two.pk).update(worker=one.worker)
    batch = works.upload([{**agreed(one), "contract_no": "", "worker.id_no": one.worker.id_no}])
    assert codes(batch, 3) == {"row_several_contracts"}
    batch = works.upload([{**agreed(one), "worker.id_no": one.worker.id_no}])
    assert not batch.rows.filter(faults__gt=0).exists()


def test_what_is_said_once_holds_for_all_and_a_row_may_differ(works: Works) -> None:
    one, two = works.hire_many(2)
    batch = works.upload(
        [{"contract_no": one.contract_no}, {"contract_no": two.contract_no, "reason": "3701"}],
        reason="3602", ends_on=clock.today().isoformat(), evidence_held="是",
    )  # fmt: skip
    assert list(batch.rows.order_by("number").values_list("reason", flat=True)) == ["3602", "3701"]
    assert set(batch.rows.values_list("ends_on", flat=True)) == {clock.today()}


def test_contracts_are_picked_from_the_list_too(works: Works) -> None:
    contracts = works.hire_many(3)
    common = {"reason": "3602", "ends_on": clock.today().isoformat(), "evidence_held": "是"}
    picked = [each.pk for each in contracts]
    batch = making.make_of_contracts(principal=works.clerk, contract_ids=picked, common=common)
    again = making.make_of_contracts(principal=works.clerk, contract_ids=picked, common=common)
    assert again == batch
    run_due()
    assert set(states(works.done(batch))) == {R.OPENED}
    with pytest.raises(Refused, match="not_found"):
        making.make_of_contracts(principal=works.clerk, contract_ids=[uuid.uuid4()], common=common)


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"PK nothing", "batch_file_unreadable"), (sheet_of([]), "batch_empty")],
    ids=["unreadable", "empty"],
)
def test_a_file_that_is_no_sheet_makes_no_batch(works: Works, data: bytes, code: str) -> None:
    with pytest.raises(Refused, match=code):
        making.make_of_sheet(principal=works.clerk, file_name="x.xlsx", data=data, common={})
    assert not EndingBatch.objects.exists()


# ── Freezing and parting


def parted(works: Works) -> tuple[EndingBatch, list[Contract]]:
    """Started: one row goes by itself, three are for a person."""
    contracts = works.hire_many(4)
    good, protected, unproved, incomplete = contracts
    today = clock.today().isoformat()
    unfit = {"reason": "4002", "pay_in_lieu": "是", "union_notice_date": today, "wages": "5200"}
    batch = works.upload(
        [
            agreed(good),
            agreed(protected, **unfit, protected="是"),
            agreed(unproved, evidence_held="否"),
            agreed(incomplete, **unfit),
        ]
    )
    assert "RE42a" in codes(batch, 4)
    assert codes(batch, 5) == {"RE5"}
    assert codes(batch, 6) == {"cell_missing"}
    works.start(works.freeze(batch))
    return worked_off(batch), contracts


def test_a21_complete_rows_go_and_the_others_wait_for_a_person(works: Works) -> None:
    batch, contracts = parted(works)
    assert states(batch) == [R.OPENED, R.MANUAL, R.MANUAL, R.MANUAL]
    assert batch.state == B.DONE
    assert set(Termination.objects.values_list("contract_id", flat=True)) == {contracts[0].pk}


def test_a21_a_person_looks_after_a_row_with_a_note(works: Works) -> None:
    batch, _ = parted(works)
    member = make.make_member(works.employer, Role.CLERK)
    row = handling.assign_row(
        principal=works.clerk, batch_id=batch.pk, number=4, owner=member.pk, note="等工伤认定"
    )
    row.refresh_from_db()
    assert (row.owner, row.note, row.state) == (member.user, "等工伤认定", R.MANUAL)
    out = handling.leave_out(principal=works.clerk, batch_id=batch.pk, number=4, note="孕期，继续履行")
    assert (out.state, out.note) == (R.LEFT_OUT, "孕期，继续履行")
    assert not Termination.objects.filter(contract=row.contract).exists()
    with pytest.raises(Refused, match="state_conflict"):
        handling.let_go(principal=works.clerk, batch_id=batch.pk, number=4)
    stranger = make.make_member(make.make_employer(), Role.CLERK)
    with pytest.raises(Refused, match="not_found"):
        handling.assign_row(principal=works.clerk, batch_id=batch.pk, number=5, owner=stranger.pk, note="")


def test_a_row_that_breaks_a_rule_comes_back_when_it_is_let_go(works: Works) -> None:
    batch, _ = parted(works)
    handling.let_go(principal=works.clerk, batch_id=batch.pk, number=5)
    batch.refresh_from_db()
    assert batch.state == B.RUNNING
    worked_off(batch)
    row = batch.rows.get(number=5)
    assert (row.state, row.refusal) == (R.MANUAL, "ending_faults")
    assert Termination.objects.count() == 1


def test_what_a_person_ends_by_itself_is_done_in_the_batch(works: Works) -> None:
    batch, contracts = parted(works)
    wish = Wish("3602", clock.today(), protected=False, evidence=("agreement",))
    ending = open_termination(principal=works.clerk, contract_id=contracts[2].pk, wish=wish)
    row = batch.rows.get(number=5)
    assert (row.state, row.termination) == (R.OPENED, ending)


def test_a_frozen_row_that_was_changed_is_not_carried_out(works: Works) -> None:
    contract = works.hire()
    batch = works.freeze(works.upload([agreed(contract)]))
    row = batch.rows.get()
    row.cells = {**row.cells, "ends_on": "2020-01-01"}
    row.save()
    works.start(batch)
    worked_off(batch)
    row.refresh_from_db()
    assert (row.state, row.refusal) == (R.MANUAL, "ending_row_changed")
    assert not Termination.objects.exists()


def test_a_contract_stands_in_one_frozen_batch(works: Works) -> None:
    one, two = works.hire_many(2)
    first = works.upload([agreed(one)])
    second = works.upload([agreed(one), agreed(two)])
    works.freeze(first)
    with pytest.raises(Refused, match="ending_rows_elsewhere"):
        works.freeze(second)
    assert codes(works.upload([agreed(one, handover="已交接")]), 3) == {"row_ends_already"}


# ── The gate


def crowd(works: Works, number: int, jurisdiction: str = "370303") -> list[Contract]:
    return works.hire_many(number, jurisdiction=jurisdiction)


def staff(works: Works, number: int) -> None:
    works.employer.headcount = number
    works.employer.save()


def test_r41_a_layoff_goes_only_with_its_four_papers(works: Works) -> None:
    contracts = crowd(works, 20)
    batch = works.freeze(works.upload(layoff(each) for each in contracts))
    assert (batch.needs_layoff, batch.needs_approval) == (True, False)
    assert (batch.layoffs, batch.staff) == (20, 318)
    with pytest.raises(Refused) as refused:
        works.start(batch)
    assert refused.value.code == "ending_gate_closed"
    assert {fault.field for fault in refused.value.faults} == {f"/{paper}" for paper in LAYOFF_PAPERS}
    for paper in LAYOFF_PAPERS:
        with pytest.raises(Refused, match="ending_gate_closed"):
            works.start(batch)
        works.record(batch, paper)
    works.start(batch)
    worked_off(batch)
    assert set(states(batch)) == {R.OPENED}
    said = Termination.objects.latest("opened_at").facts["ending"]
    assert said["layoff_report_no"] == "文2028-1"
    assert said["notice_date"] == (clock.today() - timedelta(days=30)).isoformat()


def test_r41_the_staff_is_told_thirty_days_before(works: Works) -> None:
    batch = works.freeze(works.upload(layoff(each) for each in crowd(works, 20)))
    with pytest.raises(Refused) as refused:
        works.record(batch, Paper.EXPLAINED, on=clock.today() - timedelta(days=29))
    assert [fault.code for fault in refused.value.faults] == ["explained_too_late"]
    batch.refresh_from_db()
    assert batch.explained_on is None


def test_r41_every_fault_of_a_paper_comes_at_once(works: Works) -> None:
    batch = works.freeze(works.upload(layoff(each) for each in crowd(works, 20)))
    works.record(batch, Paper.OPINIONS, on=clock.today())
    with pytest.raises(Refused) as refused:
        recording.record_paper(
            principal=works.clerk, batch_id=batch.pk, paper=Paper.REPORT,
            on=clock.today() - timedelta(days=1), data=b"MZ", number=" ",
        )  # fmt: skip
    assert {fault.code for fault in refused.value.faults} == {
        "reported_before_opinions",
        "paper_without_number",
        "evidence_faulty",
    }
    with pytest.raises(Refused, match="paper_not_needed"):
        works.record(batch, Paper.APPROVAL)


def test_r41_fewer_than_a_layoff_takes_are_refused(works: Works) -> None:
    contracts = crowd(works, 3)
    staff(works, 31)
    batch = works.upload(layoff(each) for each in contracts)
    with pytest.raises(Refused, match="layoff_too_few"):
        works.freeze(batch)
    staff(works, 30)
    assert works.freeze(batch).needs_layoff


def test_r41_a_layoff_is_not_made_singly(works: Works) -> None:
    [contract] = crowd(works, 1)
    today = clock.today()
    with pytest.raises(Refused, match="layoff_needs_batch"):
        single(
            works, contract, reason="4102", pay_in_lieu=False, notice_date=today - timedelta(days=30),
            layoff_report_no="裁-1", evidence=("layoff plan", "union opinion", "report receipt"),
        )  # fmt: skip
    assert not Termination.objects.exists()
    assert not WorkItem.objects.filter(kind="contracts.certificate").exists()


def test_c10_more_than_a_tenth_waits_for_the_local_approval(works: Works) -> None:
    contracts = crowd(works, 3, "320205")
    staff(works, 30)
    fine = works.freeze(works.upload(agreed(each) for each in contracts))
    assert (fine.persons, fine.staff, fine.needs_approval) == (3, 30, False)
    making.cancel_batch(principal=works.clerk, batch_id=fine.pk)
    staff(works, 29)
    batch = works.freeze(works.upload(agreed(each) for each in contracts))
    assert batch.needs_approval
    with pytest.raises(Refused, match="ending_gate_closed"):
        works.start(batch)
    works.record(batch, Paper.APPROVAL)
    assert (batch.approval_no, batch.approval_on) == ("文2028-1", clock.today() - timedelta(days=30))
    works.start(batch)
    assert set(states(worked_off(batch))) == {R.OPENED}


def test_c10_elsewhere_no_approval_is_asked_for(works: Works) -> None:
    contracts = crowd(works, 3)
    staff(works, 3)
    assert works.freeze(works.upload(agreed(each) for each in contracts)).needed() == ()


def test_c10_several_batches_and_singles_add_up(works: Works) -> None:
    contracts = crowd(works, 6, "320205")
    staff(works, 50)
    works.done(works.upload([agreed(each) for each in contracts[:2]]))
    single(works, contracts[2])
    frozen = works.freeze(works.upload([agreed(each) for each in contracts[3:5]]))
    assert (frozen.persons, frozen.needs_approval) == (5, False)
    # What a worker has asked for by itself does not count, what the employer wants does.
    sixth = works.freeze(works.upload([agreed(contracts[5])]))
    assert (sixth.persons, sixth.needs_approval) == (6, True)


def test_c10_what_happens_after_freezing_is_counted_at_the_start(works: Works) -> None:
    contracts = crowd(works, 4, "320205")
    staff(works, 30)
    batch = works.freeze(works.upload([agreed(each) for each in contracts[:3]]))
    assert not batch.needs_approval
    staff(works, 20)
    with pytest.raises(Refused, match="ending_gate_closed"):
        works.start(batch)
    batch.refresh_from_db()
    assert (batch.state, batch.needs_approval) == (B.FROZEN, True)


def test_c10_pieces_are_not_let_through_singly(works: Works) -> None:
    contracts = crowd(works, 3, "320205")
    staff(works, 20)
    single(works, contracts[0])
    single(works, contracts[1])
    with pytest.raises(Refused) as refused:
        single(works, contracts[2])
    assert refused.value.code == "endings_need_batch"
    assert (refused.value.params["persons"], refused.value.params["staff"]) == (3, 20)
    assert Termination.objects.count() == 2
    # What the worker wants is never held up.
    wish = Wish("3602", clock.today(), protected=False, evidence=("agreement",))
    open_termination(principal=works.clerk, contract_id=contracts[2].pk, wish=wish)


def test_the_staff_is_whoever_is_more_those_declared_or_those_under_contract(works: Works) -> None:
    contracts = crowd(works, 3)
    staff(works, 2)
    assert gate.staff_of(works.employer.pk) == 3
    Contract.objects.filter(pk=contracts[0].pk).update(state=ContractState.ENDED, ended_on=clock.today())
    assert gate.staff_of(works.employer.pk) == 3
    long_ago = clock.today() - timedelta(days=31)
    Contract.objects.filter(pk=contracts[0].pk).update(ended_on=long_ago)
    assert gate.staff_of(works.employer.pk) == 2
    staff(works, 40)
    assert gate.staff_of(works.employer.pk) == 40


@pytest.mark.parametrize("state", [B.RUNNING, B.PAUSED, B.DONE])
@pytest.mark.parametrize("column", ["needs_layoff", "needs_approval"])
def test_the_database_itself_keeps_the_gate(works: Works, state: EndingBatchState, column: str) -> None:
    batch = works.freeze(works.upload([agreed(works.hire())]))
    EndingBatch.objects.filter(pk=batch.pk).update(**{column: True})
    with pytest.raises(IntegrityError), transaction.atomic():
        EndingBatch.objects.filter(pk=batch.pk).update(state=state)
    batch.refresh_from_db()
    assert batch.state == B.FROZEN


def test_the_database_asks_for_every_paper_and_the_thirty_days(works: Works) -> None:
    batch = works.freeze(works.upload(layoff(each) for each in crowd(works, 20)))
    works.record(batch, *LAYOFF_PAPERS)
    spoiled: list[dict[str, Any]] = [{f"{paper}_on": None} for paper in LAYOFF_PAPERS]
    spoiled += [{f"{paper}_paper": ""} for paper in LAYOFF_PAPERS]
    spoiled += [{"report_no": ""}, {"explain_before": None}]
    spoiled += [{"explained_on": clock.today() - timedelta(days=29)}]
    for change in spoiled:
        with pytest.raises(IntegrityError), transaction.atomic():
            EndingBatch.objects.filter(pk=batch.pk).update(**{"state": B.RUNNING, **change})
    EndingBatch.objects.filter(pk=batch.pk).update(state=B.RUNNING)


# ── Working off


class Killed(BaseException):
    """What no handler catches, as SIGKILL."""


def test_a_process_that_dies_in_a_row_leaves_it_untouched_and_the_next_goes_on(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = works.freeze(works.upload(agreed(each) for each in crowd(works, 4)))
    works.start(batch)
    real, calls = open_termination, []

    def dies_at_third(**given: Any) -> Any:
        calls.append(given)
        ending = real(**given)
        if len(calls) == 3:
            raise Killed
        return ending

    monkeypatch.setattr(running, "open_termination", dies_at_third)
    with pytest.raises(Killed):
        running.open_some(batch.pk)
    assert states(batch) == [R.OPENED, R.OPENED, R.WAITING, R.WAITING]
    assert Termination.objects.count() == 2
    monkeypatch.undo()
    worked_off(batch)
    assert states(batch) == [R.OPENED] * 4
    twice = Termination.objects.values("contract").annotate(number=Count("pk")).filter(number__gt=1)
    assert not twice.exists()


def test_a_paused_batch_stands_still_until_it_goes_on(works: Works) -> None:
    batch = works.freeze(works.upload(agreed(each) for each in crowd(works, 12)))
    works.start(batch)
    assert work.run_due(work.GENERAL) == 1
    running.pause_batch(principal=works.clerk, batch_id=batch.pk)
    before = states(batch).count(R.OPENED)
    WorkItem.objects.filter(kind=gate.RUN).update(due_at=clock.now())
    run_due()
    assert states(batch).count(R.OPENED) == before == 10
    gate.resume_batch(principal=works.clerk, batch_id=batch.pk)
    assert set(states(worked_off(batch))) == {R.OPENED}


def test_one_that_is_refused_waits_for_a_person_and_holds_up_nobody(works: Works) -> None:
    one, two = crowd(works, 2)
    batch = works.freeze(works.upload([agreed(one), agreed(two)]))
    Contract.objects.filter(pk=one.pk).update(state=ContractState.ENDED, ended_on=clock.today())
    works.start(batch)
    worked_off(batch)
    assert states(batch) == [R.MANUAL, R.OPENED]
    assert batch.rows.get(number=3).refusal == "contract_not_in_force"


def test_who_started_and_may_no_longer_send_halts_the_batch(works: Works) -> None:
    batch = works.freeze(works.upload([agreed(works.hire())]))
    works.start(batch)
    Membership.objects.filter(user_id=works.clerk.user_id).update(role=Role.AUDITOR)
    run_due()
    batch.refresh_from_db()
    assert (batch.state, batch.halted) == (B.PAUSED, "not_permitted")
    assert not Termination.objects.exists()


def test_a_cancelled_batch_opens_nothing_more(works: Works) -> None:
    batch = works.freeze(works.upload([agreed(works.hire())]))
    works.start(batch)
    making.cancel_batch(principal=works.clerk, batch_id=batch.pk)
    run_due()
    assert not Termination.objects.exists()
    with pytest.raises(Refused, match="state_conflict"):
        works.start(batch)


def test_an_ending_that_is_taken_back_shows_in_its_row(works: Works) -> None:
    batch = works.done(works.upload([agreed(works.hire())]))
    ending = Termination.objects.get()
    withdraw_termination(principal=works.clerk, termination_id=ending.pk, reason="双方改变主意")
    row = batch.rows.get()
    assert results_of([row])[row.pk].ending == DocumentState.WITHDRAWN


# ── Early warning


def test_a22_many_endings_in_a_week_warn_once(works: Works) -> None:
    WebhookEndpoint.objects.create(
        tenant=works.employer.pk, url="https://example.com/hook", topics=["endings.warned"], secret="s",
        created_at=clock.now(),
    )  # fmt: skip
    contracts = crowd(works, 11)
    for contract in contracts[:9]:
        single(works, contract)
    assert not EarlyWarning.objects.exists()
    single(works, contracts[9])
    single(works, contracts[10])
    warning = EarlyWarning.objects.get()
    assert (warning.persons, warning.staff) == (10, 318)
    event = WebhookEvent.objects.get()
    assert (event.topic, event.data["persons"]) == ("endings.warned", 10)
    assert AuditEvent.objects.filter(action="endings.warned", tenant=works.employer.pk).count() == 1


def test_a22_a_batch_warns_when_it_is_started(works: Works) -> None:
    batch = works.freeze(works.upload(agreed(each) for each in crowd(works, 10)))
    assert not EarlyWarning.objects.exists()
    works.start(batch)
    assert EarlyWarning.objects.get().persons == 10
    worked_off(batch)
    assert EarlyWarning.objects.count() == 1


# ── Roles and tenants


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SEAL_KEEPER])
def test_who_may_not_send_changes_nothing(works: Works, role: Role) -> None:
    contract = works.hire()
    batch = works.freeze(works.upload([agreed(contract, evidence_held="否")]))
    who = make.make_principal(works.employer, role)
    named: dict[str, Any] = {"principal": who, "batch_id": batch.pk}
    for act in (
        gate.start_batch,
        gate.freeze_batch,
        gate.resume_batch,
        running.pause_batch,
        making.cancel_batch,
    ):
        with pytest.raises(Refused, match="not_permitted"):
            act(**named)
    for on_row in (
        lambda: handling.leave_out(**named, number=3, note="x"),
        lambda: handling.let_go(**named, number=3),
        lambda: handling.assign_row(**named, number=3, owner=None, note="x"),
        lambda: making.make_of_contracts(principal=who, contract_ids=[contract.pk], common={}),
    ):
        with pytest.raises(Refused, match="not_permitted"):
            on_row()
    batch.refresh_from_db()
    assert (batch.state, states(batch)) == (B.FROZEN, [R.MANUAL])


def test_other_employers_batches_are_not_found(works: Works) -> None:
    batch = works.freeze(works.upload([agreed(works.hire())]))
    stranger = make.make_principal(make.make_employer(), Role.CLERK)
    for act in (
        gate.start_batch,
        gate.freeze_batch,
        gate.resume_batch,
        running.pause_batch,
        making.cancel_batch,
    ):
        with pytest.raises(Refused, match="not_found"):
            act(principal=stranger, batch_id=batch.pk)
    with pytest.raises(Refused, match="not_found"):
        handling.let_go(principal=stranger, batch_id=batch.pk, number=3)
    with pytest.raises(Refused, match="not_found"):
        making.sheet_of_batch(principal=stranger, batch_id=batch.pk)
    contract_ids = [Contract.objects.get().pk]
    with pytest.raises(Refused, match="not_found"):
        making.make_of_contracts(principal=stranger, contract_ids=contract_ids, common={})
    batch.refresh_from_db()
    assert batch.state == B.FROZEN


@pytest.mark.needs("postgres")
@pytest.mark.django_db(transaction=True)
def test_two_batches_at_once_are_counted_one_after_the_other(works: Works) -> None:
    """Each alone stays below the line, both together do not."""
    assert connection.vendor == "postgresql"
    contracts = crowd(works, 4, "320205")
    staff(works, 30)
    batches = [works.upload([agreed(each) for each in pair]) for pair in (contracts[:2], contracts[2:])]
    frozen = at_once(2, lambda number: works.freeze(batches[number]))
    assert sorted(batch.needs_approval for batch in frozen) == [False, True]
