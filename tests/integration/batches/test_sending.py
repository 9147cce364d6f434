"""A confirmed batch sends each good row once, whatever happens meanwhile."""

from typing import Any

import pytest
from django.db import OperationalError

from accounts.models import Membership, Worker
from contracts.domain import BatchState, ContractState, RowState
from contracts.models import Batch, BatchRow, Contract
from contracts.services.batches import checking, sending
from contracts.services.batches.sending import (
    cancel_batch,
    confirm_batch,
    pause_batch,
    resume_batch,
    retry_failed,
    send_some,
)
from contracts.services.batches.turns import ROWS_A_TURN
from contracts.services.sending import send_contract
from core import work
from core.errors import Refused
from core.models import AuditEvent, WorkItem
from core.principal import Role
from tests.integration.batches.conftest import Desk
from tests.support.accounts import make_principal, make_worker
from tests.support.sheets import person


def run_all() -> None:
    """Every due item of the general channel, renders included."""
    while work.run_due(work.GENERAL, limit=10):
        pass


def confirmed(desk: Desk, size: int, **own: Any) -> Batch:
    batch = desk.checked(*(person(number) for number in range(1, size + 1)))
    return confirm_batch(principal=desk.clerk, batch_id=batch.pk, **own)


def states(batch: Batch) -> list[str]:
    return list(batch.rows.order_by("number").values_list("state", flat=True))


def test_every_row_becomes_a_contract_that_is_out_for_signature(desk: Desk) -> None:
    batch = confirmed(desk, ROWS_A_TURN + 3)
    run_all()
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    assert batch.finished_at is not None
    assert set(states(batch)) == {RowState.SENT}
    contracts = Contract.objects.filter(batch_row__batch=batch)
    assert contracts.count() == ROWS_A_TURN + 3
    assert set(contracts.values_list("state", flat=True)) == {ContractState.SIGNING}
    assert {contract.template_id for contract in contracts} == {batch.template_id}
    first = contracts.get(batch_row__number=3)
    assert first.facts["worker"]["name"] == person(1)["worker.name"]


def test_faulty_rows_hold_up_the_batch_unless_they_are_left_out(desk: Desk) -> None:
    batch = desk.checked(person(1), person(2, contract__end="2020-01-01"))
    with pytest.raises(Refused, match="batch_has_faults"):
        confirm_batch(principal=desk.clerk, batch_id=batch.pk)
    assert not WorkItem.objects.exists()
    confirm_batch(principal=desk.clerk, batch_id=batch.pk, skip_faulty=True)
    run_all()
    assert states(batch) == [RowState.SENT, RowState.WAITING]
    assert Contract.objects.count() == 1


def test_a_process_that_dies_in_a_row_leaves_it_untouched_and_the_next_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """What no handler catches, as SIGKILL."""

    batch = confirmed(desk, 4)
    real, calls = send_contract, []

    def dies_at_third(**given: Any) -> Any:
        calls.append(given)
        if len(calls) == 3:
            raise Killed
        return real(**given)

    monkeypatch.setattr(sending, "send_contract", dies_at_third)
    with pytest.raises(Killed):
        send_some(batch.pk)
    assert states(batch) == [RowState.SENT, RowState.SENT, RowState.WAITING, RowState.WAITING]
    assert Contract.objects.count() == Worker.objects.count() == 2
    monkeypatch.undo()
    run_all()  # another process finds the work item
    send_some(batch.pk)  # and the dead one's lease runs out
    assert states(batch) == [RowState.SENT] * 4
    assert Contract.objects.count() == Worker.objects.count() == 4


def test_a_database_that_is_away_blames_no_row(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = confirmed(desk, 2)

    def away(**_: Any) -> Any:
        raise OperationalError

    monkeypatch.setattr(sending, "send_contract", away)
    with pytest.raises(OperationalError):
        send_some(batch.pk)
    assert states(batch) == [RowState.WAITING] * 2


def test_one_broken_row_does_not_hold_up_the_others_and_can_be_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = confirmed(desk, 3)
    real, calls = send_contract, []

    def breaks_first(**given: Any) -> Any:
        calls.append(given)
        if len(calls) == 1:
            raise RuntimeError
        return real(**given)

    monkeypatch.setattr(sending, "send_contract", breaks_first)
    run_all()
    assert states(batch) == [RowState.FAILED, RowState.SENT, RowState.SENT]
    assert batch.rows.get(number=3).refusal == "batch_row_broken"
    assert Worker.objects.count() == 2
    retry_failed(principal=desk.clerk, batch_id=batch.pk)
    run_all()
    batch.refresh_from_db()
    assert (batch.state, set(states(batch))) == (BatchState.DONE, {RowState.SENT})
    with pytest.raises(Refused, match="batch_nothing_to_send"):
        retry_failed(principal=desk.clerk, batch_id=batch.pk)


def test_what_became_unlawful_since_the_check_fails_alone_and_leaves_no_worker(desk: Desk) -> None:
    batch = desk.checked(person(1), person(2))
    BatchRow.objects.filter(batch=batch, number=3).update(mended={"contract.end": "2020-01-01"})
    confirm_batch(principal=desk.clerk, batch_id=batch.pk)
    run_all()
    assert states(batch) == [RowState.FAILED, RowState.SENT]
    assert batch.rows.get(number=3).refusal == "statutory_faults"
    assert Worker.objects.count() == Contract.objects.count() == 1


def test_a_paused_batch_waits_and_a_resumed_one_goes_on(desk: Desk) -> None:
    batch = confirmed(desk, ROWS_A_TURN + 2)
    work.run_due(work.GENERAL, limit=1)
    sent = states(batch).count(RowState.SENT)
    assert sent == ROWS_A_TURN
    pause_batch(principal=desk.clerk, batch_id=batch.pk)
    run_all()
    assert states(batch).count(RowState.SENT) == sent
    resume_batch(principal=desk.clerk, batch_id=batch.pk)
    run_all()
    assert set(states(batch)) == {RowState.SENT}


def test_a_cancelled_batch_sends_nothing_more(desk: Desk) -> None:
    batch = confirmed(desk, 2)
    cancel_batch(principal=desk.clerk, batch_id=batch.pk)
    run_all()
    assert states(batch) == [RowState.WAITING] * 2
    assert not Contract.objects.exists()
    with pytest.raises(Refused, match="state_conflict"):
        resume_batch(principal=desk.clerk, batch_id=batch.pk)


def test_a_pause_between_two_rows_is_obeyed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = confirmed(desk, 3)
    real = send_contract

    def pauses(**given: Any) -> Any:
        found = real(**given)
        pause_batch(principal=desk.clerk, batch_id=batch.pk)
        return found

    monkeypatch.setattr(sending, "send_contract", pauses)
    send_some(batch.pk)
    assert states(batch) == [RowState.SENT, RowState.WAITING, RowState.WAITING]


def test_nobody_sends_in_the_name_of_one_who_has_left(desk: Desk) -> None:
    batch = confirmed(desk, 2)
    Membership.objects.filter(user_id=desk.clerk.user_id).update(active=False)
    run_all()
    batch.refresh_from_db()
    assert (batch.state, batch.halted) == (BatchState.PAUSED, "not_found")
    assert not Contract.objects.exists()
    resume_batch(principal=make_principal(desk.employer, Role.OWNER), batch_id=batch.pk)
    run_all()
    assert set(states(batch)) == {RowState.SENT}


def test_a_person_on_the_roster_is_brought_up_to_date_not_doubled(desk: Desk) -> None:
    cells = person(1)
    worker = make_worker(desk.employer, name=cells["worker.name"], id_no=cells["worker.id_no"])
    confirmed(desk, 1)
    run_all()
    assert Worker.objects.count() == 1
    worker.refresh_from_db()
    assert worker.mobile == cells["worker.mobile"]
    assert AuditEvent.objects.filter(action="worker.changed").exists()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SEAL_KEEPER])
def test_roles_that_may_not_send_cannot(desk: Desk, role: Role) -> None:
    batch = desk.checked(person(1))
    with pytest.raises(Refused, match="not_permitted"):
        confirm_batch(principal=make_principal(desk.employer, role), batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.READY


def test_other_employers_batches_are_not_found(desk: Desk, other_desk: Desk) -> None:
    batch = desk.checked(person(1))
    for act in (confirm_batch, pause_batch, cancel_batch, retry_failed, resume_batch):
        with pytest.raises(Refused, match="not_found"):
            act(principal=other_desk.clerk, batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.READY


def test_two_processes_with_the_same_row_send_it_once(desk: Desk) -> None:
    """The second stands where the first was before it committed."""
    batch = confirmed(desk, 1)
    judge, row = checking.Judge(batch), batch.rows.get()
    sending._take_turn(desk.clerk, judge, [row])
    sending._take_turn(desk.clerk, judge, [row])
    assert Contract.objects.count() == 1
    assert states(batch) == [RowState.SENT]
