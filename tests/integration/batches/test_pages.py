"""The pages of bulk sheets: who may open and do what, nobody another employer's, at constant cost."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.domain import BatchState
from contracts.models import Batch, BatchRow, Contract
from contracts.web import urls_of_batches
from core import work
from core.models import WorkItem
from core.principal import Role
from tests.integration.batches.conftest import Desk
from tests.support.accounts import make_member
from tests.support.sheets import own_sheet, person, sheet_of

MEMBERS = (Role.OWNER, Role.CLERK, Role.SEAL_KEEPER, Role.AUDITOR)
OFFICE = (Role.OWNER, Role.CLERK)


@dataclass(frozen=True)
class Route:
    """Who may open a page; `ours`: it is about one batch, and another employer's is not found."""

    roles: tuple[Role, ...]
    ours: bool = True
    more: tuple[Any, ...] = ()


ROUTES = {
    "list": Route(MEMBERS, ours=False),
    "new": Route(OFFICE, ours=False),
    "sheet": Route(OFFICE, ours=False, more=("general",)),
    "batch": Route(MEMBERS),
    "progress": Route(MEMBERS),
    "columns": Route(OFFICE),
    "faults": Route(OFFICE),
    "row": Route(OFFICE, more=(3,)),
    "picture": Route(OFFICE, more=(3, 1)),  # not found before the row was opened, which comes before it here
    "act": Route(MEMBERS, more=("send",)),
}


def browser_of(desk: Desk, role: Role) -> Browser:
    browser = Browser(headers={"Accept-Language": "zh-CN"})
    browser.force_login(make_member(desk.employer, role).user)
    return browser


def address(batch: Batch, name: str) -> str:
    route = ROUTES[name]
    return reverse(f"batches:{name}", args=[*([batch.pk] if route.ours else []), *route.more])


def snapshot() -> list[Any]:
    rows = BatchRow.objects.order_by("pk").values_list("pk", "state", "faults", "contract_id")
    return [*Batch.objects.order_by("pk").values_list("pk", "state"), *rows, WorkItem.objects.count()]


def test_every_address_is_listed_here() -> None:
    assert {pattern.name for pattern in urls_of_batches.urlpatterns} == set(ROUTES)


@pytest.mark.parametrize("role", MEMBERS)
def test_each_page_opens_for_its_roles_and_for_no_other_employer(
    desk: Desk, other_desk: Desk, role: Role
) -> None:
    batch = desk.checked(person(1))
    ours, strange = browser_of(desk, role), browser_of(other_desk, role)
    for name, route in ROUTES.items():
        wanted = 200 if role in route.roles else 404 if name == "picture" else 403
        assert ours.get(address(batch, name)).status_code == wanted, (name, role)
        if route.ours:
            assert strange.get(address(batch, name)).status_code in {403, 404}, (name, role)
            assert strange.post(address(batch, name)).status_code in {403, 404, 405}, (name, role)


@pytest.mark.parametrize("role", [Role.SEAL_KEEPER, Role.AUDITOR])
def test_who_may_not_act_changes_nothing(desk: Desk, role: Role) -> None:
    batch = desk.checked(person(1))
    browser = browser_of(desk, role)
    before = snapshot()
    for name in ("send", "pause", "resume", "retry", "cancel"):
        acted = browser.post(reverse("batches:act", args=[batch.pk, name]), {"confirmed": "1"})
        assert acted.status_code == 403, name
    mended = browser.post(reverse("batches:row", args=[batch.pk, 3]), {"worker.name": "别人"})
    assert mended.status_code == 403
    assert browser.post(reverse("batches:new")).status_code == 403
    assert snapshot() == before


def test_who_may_not_see_personal_data_sees_a_masked_name_and_no_cell(desk: Desk) -> None:
    batch = desk.checked(person(1, contract__end="昨天"))
    page = browser_of(desk, Role.AUDITOR).get(reverse("batches:batch", args=[batch.pk])).content.decode()
    assert "测**" in page
    assert "合同终止日期不是有效的日期" in page
    for secret in (person(1)["worker.name"], person(1)["worker.id_no"], "昨天"):
        assert secret not in page


def test_a_refused_file_is_told_beside_the_form(desk: Desk) -> None:
    answer = browser_of(desk, Role.CLERK).post(
        reverse("batches:new"), {"template": "general", "file": SimpleUploadedFile("a.xlsx", b"no workbook")}
    )
    assert answer.status_code == 200
    assert "文件无法读取" in answer.content.decode()
    assert not Batch.objects.exists()


def test_columns_left_out_are_told_all_at_once_and_kept_as_chosen(desk: Desk) -> None:
    batch = desk.upload_file(own_sheet(person(1)))
    answer = browser_of(desk, Role.CLERK).post(
        reverse("batches:columns", args=[batch.pk]), {"column-0": "worker.name"}
    )
    page = answer.content.decode()
    assert page.count("没有指定哪一列是") > 10
    assert '<option value="worker.name" selected>' in page
    batch.refresh_from_db()
    assert batch.state == BatchState.MAPPING


def test_a_row_is_mended_in_place_and_its_neighbours_bring_the_page_anew(desk: Desk) -> None:
    batch = desk.checked(person(1, worker__mobile="1"), person(2), person(2))
    browser = browser_of(desk, Role.CLERK)
    piece = browser.post(
        reverse("batches:row", args=[batch.pk, 3]),
        {"worker.mobile": "13800000001"},
        headers={"HX-Request": "true"},
    )
    assert "已改正" in piece.content.decode()
    assert 'hx-swap-oob="true"' in piece.content.decode()
    assert "<html" not in piece.content.decode()
    twins = browser.post(
        reverse("batches:row", args=[batch.pk, 5]),
        {"worker.id_no": person(3)["worker.id_no"]},
        headers={"HX-Request": "true"},
    )
    assert twins["HX-Refresh"] == "true"
    assert not batch.rows.filter(faults__gt=0).exists()


def test_pictures_are_shown_once_the_row_was_opened_and_that_is_on_record(desk: Desk) -> None:
    batch = desk.checked(person(1))
    browser = browser_of(desk, Role.CLERK)
    picture = reverse("batches:picture", args=[batch.pk, 3, 1])
    assert browser.get(picture).status_code == 404
    assert "qb-sheet" in browser.get(reverse("batches:row", args=[batch.pk, 3])).content.decode()
    shown = browser.get(picture)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")


def test_sending_is_asked_first(desk: Desk) -> None:
    batch = desk.checked(person(1), person(2, contract__end="昨天"))
    browser = browser_of(desk, Role.CLERK)
    send = reverse("batches:act", args=[batch.pk, "send"])
    assert "将发送 1 份合同；1 行有错误" in browser.get(send).content.decode()
    browser.post(send)
    batch.refresh_from_db()
    assert batch.state == BatchState.READY
    browser.post(send, {"confirmed": "1"})
    while work.run_due(work.GENERAL, limit=5):
        pass
    assert Contract.objects.count() == 1
    page = browser.get(reverse("batches:batch", args=[batch.pk])).content.decode()
    assert "已发送 1" in page
    assert "有错误未发送 1" in page


def test_a_batch_of_many_rows_asks_as_many_questions_as_one_of_few(desk: Desk) -> None:
    browser = browser_of(desk, Role.CLERK)
    counts = []
    for first, size in ((1, 1), (100, 20)):
        batch = desk.upload_file(
            sheet_of(person(first + number, contract__end="x") for number in range(size))
        )
        work.run_due(work.GENERAL)
        for address_of in (reverse("batches:batch", args=[batch.pk]), reverse("batches:list")):
            browser.get(address_of)
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(address_of).status_code == 200
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
