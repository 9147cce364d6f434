"""Due work: leases, retries, renewal while running, parking."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from core import clock, work
from core.models import WorkItem


@pytest.fixture
def done() -> Iterator[list[str]]:
    ran: list[str] = []
    work.KINDS["test.note"] = work.Kind(ran.append, work.GENERAL, work.LEASE)
    yield ran
    del work.KINDS["test.note"]


@pytest.mark.django_db
def test_due_work_runs_once_and_is_gone(done: list[str]) -> None:
    work.enqueue("test.note", "a")
    assert work.run_due(work.GENERAL, limit=5) == 1
    assert work.run_due(work.GENERAL, limit=5) == 0
    assert done == ["a"]
    assert not WorkItem.objects.exists()


@pytest.mark.django_db
def test_work_that_is_not_due_yet_waits(done: list[str]) -> None:
    work.enqueue("test.note", "a", due_at=clock.now() + timedelta(minutes=1))
    assert work.run_due(work.GENERAL) == 0
    assert done == []


@pytest.mark.django_db
def test_what_somebody_waits_for_goes_before_a_backlog(done: list[str]) -> None:
    work.KINDS["test.code"] = work.Kind(done.append, work.GENERAL, work.LEASE, urgent=True)
    for number in range(40):
        work.enqueue("test.note", f"document {number}")
    work.enqueue("test.code", "code")
    work.enqueue_new("test.code", ["another code"])
    assert work.run_due(work.GENERAL, limit=2) == 2
    assert sorted(done) == ["another code", "code"]
    del work.KINDS["test.code"]


@pytest.mark.django_db
def test_other_channels_are_left_alone(done: list[str]) -> None:
    work.enqueue("test.note", "a")
    assert work.run_due(work.SIGNING) == 0
    assert done == []


@pytest.mark.django_db
def test_failing_work_is_tried_again_later_and_does_not_stop_others(done: list[str]) -> None:
    def fail(key: str) -> None:
        raise RuntimeError(key)

    work.KINDS["test.fail"] = work.Kind(fail, work.GENERAL, work.LEASE)
    work.enqueue("test.fail", "bad")
    work.enqueue("test.note", "good")
    assert work.run_due(work.GENERAL, limit=5) == 2
    item = WorkItem.objects.get()
    assert done == ["good"]
    assert (item.key, item.attempts, item.lease, item.last_error) == ("bad", 1, None, "RuntimeError")
    assert item.due_at > clock.now()
    del work.KINDS["test.fail"]


@pytest.mark.django_db
def test_poison_is_parked_for_a_person() -> None:
    def fail(key: str) -> None:
        raise RuntimeError(key)

    work.KINDS["test.fail"] = work.Kind(fail, work.GENERAL, work.LEASE)
    work.enqueue("test.fail", "bad")
    for _ in range(work.PARK_AFTER):
        WorkItem.objects.update(due_at=clock.now())
        work.run_due(work.GENERAL)
    assert WorkItem.objects.get().parked
    assert work.run_due(work.GENERAL) == 0
    del work.KINDS["test.fail"]


@pytest.mark.django_db
def test_work_asked_for_again_while_it_runs_runs_again() -> None:
    ran: list[str] = []

    def handle(key: str) -> None:
        ran.append(key)
        if len(ran) == 1:
            work.enqueue("test.again", key)

    work.KINDS["test.again"] = work.Kind(handle, work.GENERAL, work.LEASE)
    work.enqueue("test.again", "a")
    work.run_due(work.GENERAL)
    work.run_due(work.GENERAL)
    assert ran == ["a", "a"]
    assert not WorkItem.objects.exists()
    del work.KINDS["test.again"]


@pytest.mark.django_db
def test_an_expired_lease_is_claimed_again_and_the_stale_worker_cannot_close_the_item(
    done: list[str],
) -> None:
    """A worker that slept through its lease must not delete work that another has taken over."""
    work.enqueue("test.note", "a")
    seen: list[int] = []

    def sleeper(key: str) -> None:
        WorkItem.objects.update(leased_until=clock.now() - timedelta(seconds=1))
        work.KINDS["test.note"] = work.Kind(seen_by_other, work.GENERAL, work.LEASE)
        work.run_due(work.GENERAL)  # the other worker, in the middle of our sleep

    def seen_by_other(key: str) -> None:
        seen.append(1)
        raise work.Later(clock.now() + timedelta(hours=1))

    work.KINDS["test.note"] = work.Kind(sleeper, work.GENERAL, work.LEASE)
    work.run_due(work.GENERAL)
    assert seen == [1]
    assert WorkItem.objects.get().due_at > clock.now() + timedelta(minutes=59)


@pytest.mark.django_db(transaction=True)
def test_many_workers_do_each_item_once() -> None:
    ran: list[str] = []
    work.KINDS["test.note"] = work.Kind(ran.append, work.GENERAL, work.LEASE)
    for number in range(40):
        work.enqueue("test.note", str(number))
    barrier = threading.Barrier(4)

    def labour() -> None:
        barrier.wait()
        while work.run_due(work.GENERAL, limit=3) or WorkItem.objects.filter(lease__isnull=True).exists():
            pass
        connection.close()

    crew = [threading.Thread(target=labour) for _ in range(4)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    del work.KINDS["test.note"]
    assert sorted(ran, key=int) == [str(number) for number in range(40)]


def test_backoff_grows_jitters_and_stays_below_the_ceiling() -> None:
    for attempts, top in ((1, 1.0), (4, 8.0), (40, 900.0)):
        waits = [work.backoff(attempts).total_seconds() for _ in range(200)]
        assert top / 2 <= min(waits)
        assert max(waits) <= top
        assert len(set(waits)) > 100
