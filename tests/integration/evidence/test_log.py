"""The sealed log: nothing is left out, nothing can be altered, nobody forks it."""

import json
import threading
from collections.abc import Sequence

import pytest
from django.db import DatabaseError, connection, transaction

from core import audit
from core.models import UnsealedEvent
from signing.evidence import merkle, sequencer
from signing.evidence.extract import NotSealedError, log_part
from signing.evidence.format import GENESIS, event_leaf
from signing.evidence.models import LogBlock, LogLeaf, LogStamp


def write(count: int, subject: str = "thing:1") -> None:
    for number in range(count):
        audit.record("thing.done", subject=subject, actor="user:1", detail={"number": number})


def stamper(calls: list[bytes]) -> sequencer.Stamper:
    def stamp(digest: bytes) -> bytes:
        calls.append(digest)
        return b"token over " + digest

    return stamp


def chain() -> Sequence[LogBlock]:
    return list(LogBlock.objects.order_by("number"))


@pytest.mark.django_db
def test_every_event_gets_one_place_in_a_block_that_commits_to_it() -> None:
    write(5)
    block = sequencer.seal_pending()
    assert block is not None
    leaves = [bytes.fromhex(row.leaf) for row in block.leaves.order_by("position")]
    assert merkle.root(leaves).hex() == block.root
    assert [
        event_leaf(sequencer.event_dict(row.event)).hex() for row in block.leaves.order_by("position")
    ] == [leaf.hex() for leaf in leaves]
    assert (block.number, block.previous, block.count) == (1, GENESIS, 5)
    assert not UnsealedEvent.objects.exists()
    assert sequencer.seal_pending() is None


@pytest.mark.django_db
def test_b07_each_block_names_the_one_before() -> None:
    for _ in range(3):
        write(2)
        sequencer.seal_pending()
    first, second, third = chain()
    assert (second.previous, third.previous) == (first.hash, second.hash)
    assert [block.header.hash for block in (first, second, third)] == [b.hash for b in (first, second, third)]


@pytest.mark.django_db
def test_the_head_is_stamped_once() -> None:
    calls: list[bytes] = []
    write(2)
    sequencer.seal_and_stamp(stamper(calls))
    sequencer.seal_and_stamp(stamper(calls))
    assert calls == [bytes.fromhex(chain()[-1].hash)]
    assert LogStamp.objects.count() == 1


@pytest.mark.django_db
def test_an_authority_that_is_away_leaves_the_block_unstamped_and_nothing_lost() -> None:
    def away(digest: bytes) -> bytes:
        raise ConnectionError

    write(1)
    with pytest.raises(ConnectionError):
        sequencer.seal_and_stamp(away)
    assert LogBlock.objects.count() == 1
    calls: list[bytes] = []
    sequencer.seal_and_stamp(stamper(calls))
    assert len(calls) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["signing_logblock", "signing_logleaf", "signing_logstamp"])
def test_the_database_refuses_to_change_the_sealed_log(table: str) -> None:
    write(1)
    sequencer.seal_and_stamp(stamper([]))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(f"DELETE FROM {table}")
    assert (LogBlock.objects.count(), LogLeaf.objects.count(), LogStamp.objects.count()) == (1, 1, 1)


@pytest.mark.django_db
def test_an_extract_is_refused_until_all_of_it_is_sealed_and_stamped() -> None:
    write(1)
    with pytest.raises(NotSealedError):
        log_part(["thing:1"])
    sequencer.seal_pending()
    with pytest.raises(NotSealedError):
        log_part(["thing:1"])
    sequencer.seal_and_stamp(stamper([]))
    assert b'"thing.done"' in log_part(["thing:1"]).data


@pytest.mark.django_db
def test_an_extract_does_not_grow_with_what_others_log_meanwhile() -> None:
    write(2)
    sequencer.seal_and_stamp(stamper([]))
    for number in range(20):
        write(1, f"other:{number}")
        sequencer.seal_and_stamp(stamper([]))
    write(1)
    sequencer.seal_pending()  # no stamp: the authority was away
    write(1, "other:20")
    sequencer.seal_and_stamp(stamper([]))
    log = json.loads(log_part(["thing:1"]).data)
    assert [block["number"] for block in log["blocks"]] == [1, 22, 23]
    assert [stamp["block"] for stamp in log["stamps"]] == [1, 23]
    assert log["blocks"][2]["previous"] == chain()[21].hash


@pytest.mark.django_db
def test_a_block_is_never_larger_than_a_package_can_bear() -> None:
    write(sequencer.MAX_EVENTS + 1)
    sequencer.seal_and_stamp(stamper([]))
    assert [block.count for block in chain()] == [sequencer.MAX_EVENTS, 1]


@pytest.mark.django_db(transaction=True)
def test_many_sequencers_beside_many_writers_do_not_fork_the_chain() -> None:
    barrier = threading.Barrier(6)

    def labour(act: str) -> None:
        barrier.wait()
        for number in range(10):
            if act == "write":
                write(2, f"thing:{number}")
            else:
                sequencer.seal_pending()
        connection.close()

    crew = [threading.Thread(target=labour, args=(act,)) for act in ("write", "seal") * 3]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    while sequencer.seal_pending() is not None:
        pass
    blocks = chain()
    assert [block.number for block in blocks] == list(range(1, len(blocks) + 1))
    assert [b.previous for b in blocks] == [GENESIS, *(b.hash for b in blocks[:-1])]
    assert LogLeaf.objects.count() == sum(block.count for block in blocks) == 60
