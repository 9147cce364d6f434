"""Keeping a batch where it is while its rows change."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from contracts.domain import BatchState
from contracts.models import Batch
from core import clock
from core.errors import Refused


@contextmanager
def holding(batch: Batch, state: BatchState) -> Iterator[None]:
    """A transaction in which the batch stays in `state`; raises `state_conflict` when it is in another.

    The update locks the row, so that whoever confirms or cancels the batch waits, or comes first.
    """
    with transaction.atomic():
        if not Batch.objects.filter(pk=batch.pk, state=state).update(changed_at=clock.now()):
            raise Refused("state_conflict")
        yield
