"""Column kinds that several tables of signing share."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q

from signing.domain import Language
from signing.pades.geometry import Box


def state_column(kind: type[StrEnum], start: StrEnum) -> Any:
    """A state of the given enum; `start` is the state of a new row."""
    return models.CharField(max_length=12, choices=[(s.value, s.value) for s in kind], default=start.value)


def known_state(kind: type[StrEnum], name: str) -> models.CheckConstraint:
    """The database itself refuses a state that the enum does not know."""
    return models.CheckConstraint(condition=Q(state__in=[s.value for s in kind]), name=name)


def digest_column(**options: Any) -> Any:
    """A SHA-256 in hex."""
    return models.CharField(max_length=64, **options)


def language_column() -> Any:
    """The language in which a person is written to."""
    return models.CharField(max_length=2, choices=[(x.value, x.value) for x in Language], default=Language.ZH)


def box_of(value: Mapping[str, Any]) -> Box:
    """A box as it was stored, by `dataclasses.asdict`."""
    return Box(**value)
