"""The one way in which the portal makes a list: a declared table, whose view is `listing.listed`.

Everything that narrows the list is in its address, so that it can be kept, sent to a colleague and opened
again: `show` (a tab), the names of filters, `sort`, `after`/`before` (paging by key), and `q`, what was
searched for, encrypted, because a name or an identity number must not stand in addresses and logs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.web.words import Badge, Tone, Words
from core.principal import Permission, Principal

Stored = TypeVar("Stored", bound=Model)
Row = TypeVar("Row")


@dataclass(frozen=True)
class Cell:
    """What one cell says: text or a badge, with a link, a remark below, a picture (an address) beside.

    Whoever lacks the permission that the link `needs` sees the text alone.
    """

    text: Words
    link: str = ""
    needs: Permission = Permission.READ
    tone: Tone | None = None
    note: Words = ""
    warning: Badge | None = None
    picture: str = ""


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column. `sort` is the database column by which it can be sorted; it must have no nulls."""

    name: str
    title: Words
    cell: Callable[[Row], Cell]
    sort: str = ""
    kind: str = ""  # `number`, `name` or `date`: how the style sheet sets it


@dataclass(frozen=True)
class Tab(Generic[Stored]):
    """A filter with its name in the address (`?show=`) and on the page."""

    name: str
    title: Words
    pick: Callable[[QuerySet[Stored]], QuerySet[Stored]]


@dataclass(frozen=True)
class Filter(Generic[Stored]):
    """A filter beside the search: a choice of `options`, or a day when there are none.

    `pick` gets one of the options' values, or an ISO date that was checked.
    """

    name: str
    title: Words
    pick: Callable[[QuerySet[Stored], str], QuerySet[Stored]]
    options: Callable[[Principal], Sequence[tuple[str, Words]]] | None = None


@dataclass(frozen=True)
class Bulk(Generic[Stored]):
    """What can be done with the rows that were picked: gets the visit and the rows, answers with a page.

    One that cannot be undone asks first: `visit.ask(…, kept=listing.kept(visit))`, until `confirmed` comes.
    """

    name: str
    title: Words
    permission: Permission
    run: Callable[[Any, QuerySet[Stored]], Any]


@dataclass(frozen=True)
class Opening:
    """A button above the list that opens another page, such as the form for a new row."""

    title: Words
    route: str
    icon: str
    permission: Permission


def _everything(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows


ALL: Tab[Any] = Tab("all", _("全部"), _everything)


@dataclass(frozen=True)
class Table(Generic[Stored, Row]):
    """A list. `found` are the rows that the member may see, `rows` what is shown of a page of them.

    `rows` runs a constant number of queries. `order` is the sort that nobody chose. `search` narrows the rows
    to those that a typed text means; `hint` says what may be typed.
    """

    name: str
    title: Words
    columns: Sequence[Column[Row]]
    found: Callable[[Principal], QuerySet[Stored]]
    rows: Callable[[Principal, Sequence[Stored]], list[Row]]
    key: Callable[[Row], UUID]
    order: str
    tabs: Sequence[Tab[Stored]] = (ALL,)
    filters: Sequence[Filter[Stored]] = ()
    search: Callable[[QuerySet[Stored], str], QuerySet[Stored]] | None = None
    hint: Words = ""
    bulk: Sequence[Bulk[Stored]] = ()
    openings: Sequence[Opening] = ()
    empty: Words = ""
    empty_text: Words = ""

    def tab(self, name: str | None) -> Tab[Stored]:
        """The tab of this name, else the first."""
        known = {tab.name: tab for tab in self.tabs}
        return known.get(name or "", next(iter(known.values())))

    def sort(self, wanted: str | None) -> str:
        """The order that the address asks for, else the list's own."""
        known = {column.sort for column in self.columns if column.sort}
        return wanted if wanted and wanted.removeprefix("-") in known else self.order

    def narrowed(self, principal: Principal, query: Mapping[str, str], searched: str) -> QuerySet[Stored]:
        """The rows that the tab, the filters and the search leave. A filter's bad value counts as none."""
        rows = self.tab(query.get("show")).pick(self.found(principal))
        for each in self.filters:
            value = chosen_value(each, principal, query)
            if value:
                rows = each.pick(rows, value)
        return self.search(rows, searched) if self.search and searched else rows


def chosen_value(each: Filter[Any], principal: Principal, query: Mapping[str, str]) -> str:
    """The value of a filter in an address, if it is one; else the empty string."""
    value = query.get(each.name, "")
    if each.options is None:
        return value if _is_day(value) else ""
    return value if value in {known for known, _title in each.options(principal)} else ""


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
