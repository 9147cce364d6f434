"""The view of a declared list: shows a page of it, exports it, keeps views of it, acts on picked rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from accounts.models import SavedView
from accounts.services import views as saved
from accounts.web import export
from accounts.web.lists import Bulk, Cell, Table, chosen_value
from accounts.web.pages import Visit, for_acting
from accounts.web.paging import page_of
from accounts.web.words import Words
from core import audit, clock
from core.crypto import decrypt, encrypt
from core.errors import Refused

PAGE_SIZE = 25
EXPORT_CHUNK = 1000
MOST_EXPORTED = 20_000
PLACE = "list.q"  # binds the encrypted search to this use
PAGING = ("after", "before", "export")


@dataclass(frozen=True)
class Head:
    """A column's heading: the address that sorts by it, and how it is sorted now (`ascending`, …)."""

    title: Words
    kind: str
    address: str
    sorted: str


@dataclass(frozen=True)
class ShownFilter:
    name: str
    title: Words
    value: str
    options: Sequence[tuple[str, Words]] | None


@dataclass(frozen=True)
class Line:
    """A row of the page, each cell with its column."""

    key: UUID
    cells: Sequence[tuple[Any, Cell]]


def listed(table: Table[Any, Any]) -> Callable[..., HttpResponse]:
    """The view of a list."""

    def view(visit: Visit) -> HttpResponse:
        if visit.posted:
            return _act(visit, table)
        if visit.request.GET.get("export") == "xlsx":
            return _exported(visit, table)
        return _shown(visit, table)

    return for_acting(view)


def kept(visit: Visit) -> list[tuple[str, str]]:
    """What a question about picked rows has to remember: which rows, and what is to be done with them."""
    posted = visit.request.POST
    return [(name, value) for name in ("do", "pick") for value in posted.getlist(name)]


def address_with(query: QueryDict, **changes: str | None) -> str:
    """The same list with some of its address changed; None takes a part out. Paging starts anew."""
    wanted = query.copy()
    for name in PAGING:
        wanted.pop(name, None)
    for name, value in changes.items():
        wanted.pop(name, None)
        if value is not None:
            wanted[name] = value
    return f"?{wanted.urlencode()}"


def _shown(visit: Visit, table: Table[Any, Any]) -> HttpResponse:
    query, principal = visit.request.GET, visit.principal
    searched = _searched(query)
    order = table.sort(query.get("sort"))
    found = table.narrowed(principal, query, searched)
    page = page_of(found, order, PAGE_SIZE, after=query.get("after"), before=query.get("before"))
    views = SavedView.objects.filter(membership=visit.who.membership, listed=table.name).order_by("title")
    filters = [
        ShownFilter(
            each.name,
            each.title,
            chosen_value(each, principal, query),
            each.options(principal) if each.options else None,
        )
        for each in table.filters
    ]
    here = address_with(query)
    return visit.show(
        "list.html",
        table=table,
        lines=_lines(visit, table, table.rows(principal, page.rows)),
        heads=[_head(column, order, query) for column in table.columns],
        tabs=[(tab, address_with(query, show=tab.name)) for tab in table.tabs],
        chosen=table.tab(query.get("show")),
        filters=filters,
        narrowed=bool(searched or any(each.value for each in filters)),
        searchable=table.search is not None,
        searched=searched,
        cleared=address_with(query, q=None, **{each.name: None for each in table.filters}),
        hidden=[(name, query[name]) for name in ("show", "sort", "q") if name in query],
        previous=page.before and f"{here}&before={page.before}",
        next=page.after and f"{here}&after={page.after}",
        export=f"{here}&export=xlsx",
        bulk=[each for each in table.bulk if visit.may(each.permission)],
        openings=[each for each in table.openings if visit.may(each.permission)],
        views=[(view, view.query == here) for view in views],
        here=here,
    )


def _act(visit: Visit, table: Table[Any, Any]) -> HttpResponse:
    posted, query = visit.request.POST, visit.request.GET
    if "search" in posted:
        text = posted["search"].strip()
        return HttpResponseRedirect(address_with(query, q=encrypt(text, PLACE) if text else None))
    if posted.get("save_view", "").strip():
        title = posted["save_view"].strip()[:30]
        saved.save_view(
            membership=visit.who.membership, listed=table.name, title=title, query=address_with(query)
        )
        messages.success(visit.request, gettext("视图已保存。"))
        return HttpResponseRedirect(address_with(query))
    if "drop_view" in posted:
        saved.drop_view(membership=visit.who.membership, view_id=_uuid(posted["drop_view"]))
        return HttpResponseRedirect(address_with(query))
    return _run_bulk(visit, table)


def _run_bulk(visit: Visit, table: Table[Any, Any]) -> HttpResponse:
    wanted = {each.name: each for each in table.bulk}.get(visit.request.POST.get("do", ""))
    if wanted is None:
        raise Refused("not_found")
    bulk: Bulk[Any] = wanted
    visit.principal.require(bulk.permission)
    picked = [_uuid(key) for key in visit.request.POST.getlist("pick")]
    if not picked:
        messages.error(visit.request, gettext("请先勾选要处理的行。"))
        return HttpResponseRedirect(address_with(visit.request.GET))
    answer: HttpResponse = bulk.run(visit, table.found(visit.principal).filter(pk__in=picked))
    return answer


def _exported(visit: Visit, table: Table[Any, Any]) -> HttpResponse:
    query, principal = visit.request.GET, visit.principal
    found = table.narrowed(principal, query, _searched(query))
    order = table.sort(query.get("sort"))
    if len(found.order_by().values_list("pk")[: MOST_EXPORTED + 1]) > MOST_EXPORTED:
        raise Refused("too_many_rows", params={"most": MOST_EXPORTED})
    lines = list(_all_lines(visit, table, found, order))
    audit.record(
        "list.exported",
        subject=f"employer:{principal.tenant}",
        actor=principal.actor,
        tenant=principal.tenant,
        detail={"list": table.name, "rows": len(lines)},
    )
    data = export.workbook(str(table.title), [str(column.title) for column in table.columns], lines)
    answer = HttpResponse(data, content_type=export.MEDIA_TYPE)
    name = f"{table.title}-{clock.today().isoformat()}.xlsx"
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _all_lines(visit: Visit, table: Table[Any, Any], found: Any, order: str) -> Iterator[list[str]]:
    after: str | None = None
    while True:
        page = page_of(found, order, EXPORT_CHUNK, after=after)
        for row in table.rows(visit.principal, page.rows):
            yield [str(column.cell(row).text) for column in table.columns]
        if page.after is None:
            return
        after = str(page.after)


def _lines(visit: Visit, table: Table[Any, Any], rows: Sequence[Any]) -> list[Line]:
    def cell(column: Any, row: Any) -> Cell:
        said: Cell = column.cell(row)
        return said if visit.may(said.needs) else replace(said, link="")

    return [Line(table.key(row), [(column, cell(column, row)) for column in table.columns]) for row in rows]


def _head(column: Any, order: str, query: QueryDict) -> Head:
    if not column.sort:
        return Head(column.title, column.kind, "", "")
    now = order.removeprefix("-") == column.sort
    falling = order.startswith("-")
    turned = column.sort if now and falling else f"-{column.sort}"
    state = ("descending" if falling else "ascending") if now else "none"
    return Head(column.title, column.kind, address_with(query, sort=turned), state)


def _searched(query: QueryDict) -> str:
    """What was searched for; an address that was tampered with searches for nothing that there is."""
    try:
        return decrypt(str(query["q"]), PLACE) if query.get("q") else ""
    except (InvalidTag, ValueError, KeyError) as error:
        raise Refused("not_found") from error


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Refused("not_found") from error
