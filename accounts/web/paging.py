"""Pages of a list by key: constant cost however deep, and stable while rows arrive.

An address names the row after or before which a page lies (`?after=`, `?before=`), never the value by which
the list is sorted: names and dates stay out of addresses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from core.errors import Refused

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class PageOf(Generic[Row]):
    """Some rows, and the keys with which the neighbouring pages are asked for (None: there is none)."""

    rows: Sequence[Row]
    before: UUID | None
    after: UUID | None


def page_of(
    found: QuerySet[Row], order: str, size: int, *, after: str | None = None, before: str | None = None
) -> PageOf[Row]:
    """The page of `found` that lies after or before the row with this key, in the order of `order`.

    `order` names a column without nulls, with a minus for the highest first; the primary key decides between
    equals. Raises `not_found` for a key that is none, or whose row is not among those `found` anymore.
    """
    column = order.removeprefix("-")
    turned = before is not None
    falling = order.startswith("-") is not turned
    sign = "-" if falling else ""
    rows = found.order_by(f"{sign}{column}", f"{sign}pk")
    key = before or after
    if key is not None:
        rows = rows.filter(_beyond(found, column, key, "lt" if falling else "gt"))
    page = list(rows[: size + 1])
    more = len(page) > size
    page = page[:size]
    if turned:
        page.reverse()
    if not page:
        return PageOf([], None, None)
    earlier = more if turned else key is not None
    later = True if turned else more
    return PageOf(page, page[0].pk if earlier else None, page[-1].pk if later else None)


def _beyond(found: QuerySet[Row], column: str, key: str, side: str) -> Q:
    try:
        edge: Any = found.filter(pk=UUID(key)).values_list(column, flat=True)[0]
    except (ValueError, IndexError) as error:
        raise Refused("not_found") from error
    # The first condition lets the index find the place; the second settles equals.
    return Q(**{f"{column}__{side}e": edge}) & (
        Q(**{f"{column}__{side}": edge}) | Q(**{f"pk__{side}": UUID(key)})
    )
