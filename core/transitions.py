"""The only writer of states: a conditional update whose count is tested, with its audit event."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import models, transaction

from core import audit
from core.audit import Detail
from core.errors import Refused

TransitionTable = Mapping[str, frozenset[str]]


def advance(
    model: type[models.Model],
    pk: object,
    *,
    old: str,
    new: str,
    actor: str,
    action: str,
    subject: str,
    tenant: UUID | None = None,
    detail: Detail | None = None,
    only_if: Mapping[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Move one row from `old` to `new`, set `changes`, and write the audit event, all or nothing.

    `only_if` adds conditions to the update (a lease token, a digest). Raises `state_conflict` when the row is
    not in `old` or a condition does not hold, and `ValueError` when the table does not know the step.
    """
    table: TransitionTable = model.TRANSITIONS  # type: ignore[attr-defined]  # every model with states declares it
    if new not in table.get(old, frozenset()):
        raise ValueError(f"{model.__name__}: {old} → {new} is not in the transition table")
    with transaction.atomic():
        moved = model._default_manager.filter(pk=pk, state=old, **(only_if or {})).update(
            state=new, **changes
        )
        if moved != 1:
            raise Refused("state_conflict")
        audit.record(action, subject=subject, actor=actor, tenant=tenant, detail=detail)


def advance_all(
    model: type[models.Model],
    subjects: Mapping[Any, str],
    *,
    old: str,
    new: str,
    actor: str,
    action: str,
    detail: Callable[[Any], Detail],
    tenant: UUID | None = None,
    **changes: Any,
) -> None:
    """`advance` for many rows in three statements: `subjects` gives each row's key and audit subject, and
    `detail`, asked with the key, what is written down of it.

    All of them move or none: `state_conflict` when any row is not in `old`.
    """
    table: TransitionTable = model.TRANSITIONS  # type: ignore[attr-defined]  # every model with states declares it
    if new not in table.get(old, frozenset()):
        raise ValueError(f"{model.__name__}: {old} → {new} is not in the transition table")
    with transaction.atomic():
        moved = model._default_manager.filter(pk__in=list(subjects), state=old).update(state=new, **changes)
        if moved != len(subjects):
            raise Refused("state_conflict")
        events = [(subject, detail(key)) for key, subject in subjects.items()]
        audit.record_all(action, subjects=events, actor=actor, tenant=tenant)
