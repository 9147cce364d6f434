"""The pages of endings of many at once: made, judged, frozen, through the gate, finished by people."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.models import Termination
from core import clock
from core.models import AuditEvent
from core.principal import Role
from filing_bridge.mass_endings import EndingBatchState, EndingRowState, Paper
from filing_bridge.models import EarlyWarning, EndingBatch
from filing_bridge.web.ending_batch_words import PAPERS, ROW_STATES, STATES
from signing.models import SealApplication
from tests.integration.portal.test_endings import browser_of, make_seal
from tests.support import accounts as make
from tests.support.mass_endings import Works, agreed, layoff, paper, run_due, sheet_of, worked_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
MEMBERS = (Role.OWNER, Role.CLERK, Role.SEAL_KEEPER, Role.AUDITOR)
WRITERS = (Role.OWNER, Role.CLERK)
B, R = EndingBatchState, EndingRowState


@pytest.fixture
def works(db: None) -> Works:
    return Works()


@pytest.fixture
def clerk(works: Works) -> Browser:
    return browser_of(works.employer)


def page(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()
    return str(answer.content.decode())


def address(batch: EndingBatch, name: str = "batch", *more: Any) -> str:
    return reverse(f"ending_batches:{name}", args=[batch.pk, *more])


def confirm(browser: Browser, batch: EndingBatch, name: str) -> Any:
    page(browser.get(address(batch, "act", name)))
    return browser.post(address(batch, "act", name), {"confirmed": "1"})


def test_from_the_sheet_to_the_seal(works: Works, clerk: Browser) -> None:
    contracts = works.hire_many(3)
    assert reverse("ending_batches:list") in page(clerk.get(reverse("endings:list")))
    file = SimpleUploadedFile("名单.xlsx", sheet_of({"contract_no": each.contract_no} for each in contracts))
    common = {"reason": "3902", "ends_on": clock.today().isoformat(), "evidence_held": "on"}
    typed = {**common, "union_notice_date": clock.today().isoformat(), "file": file}
    answer = clerk.post(reverse("ending_batches:new"), typed)
    batch = EndingBatch.objects.get()
    assert answer.headers["Location"] == address(batch)
    assert "正在逐行检查" in page(clerk.get(address(batch)))
    run_due()
    shown = page(clerk.get(address(batch)))
    assert "严重违反规章制度" in shown
    assert contracts[0].contract_no in shown
    assert confirm(clerk, batch, "freeze").headers["Location"] == address(batch)
    shown = page(clerk.get(address(batch)))
    assert "不需要登记文书" in shown
    assert confirm(clerk, batch, "start").status_code == 302
    worked_off(batch)
    run_due()
    shown = page(clerk.get(address(batch)))
    assert "为 3 份证明书申请用印" in shown
    seal = make_seal(works.employer)
    wish = {"confirmed": "1", "seal": str(seal.pk), "reason": "证明书"}
    assert clerk.post(address(batch, "seal"), wish).status_code == 302
    assert SealApplication.objects.get().uses.count() == 3
    assert page(clerk.get(reverse("ending_batches:list"))).count("名单.xlsx") == 1


def test_contracts_are_picked_on_their_list(works: Works, clerk: Browser) -> None:
    contracts = works.hire_many(2)
    picked = {"do": "end", "pick": [str(each.pk) for each in contracts]}
    assert "2 份合同" in page(clerk.post(reverse("portal:contracts"), picked))
    common = {"reason": "3602", "ends_on": clock.today().isoformat(), "evidence_held": "on"}
    answer = clerk.post(reverse("portal:contracts"), {**picked, **common, "confirmed": "1"})
    batch = EndingBatch.objects.get()
    assert answer.headers["Location"] == address(batch)
    assert set(batch.rows.values_list("number", flat=True)) == {1, 2}


def test_faulty_rows_are_shown_with_the_remedy_and_come_as_a_file(works: Works, clerk: Browser) -> None:
    good = works.hire()
    batch = works.upload([agreed(good), {"contract_no": "HT-没有", "reason": "3602"}])
    shown = page(clerk.get(address(batch)))
    assert "1 行有错误，名单还不能冻结" in shown
    assert "请核对证件号码和合同编号" in shown
    assert "冻结名单</a>" not in shown
    assert "还有 1 行不知道是哪一份合同" in page(confirm(clerk, batch, "freeze"), 422)
    answer = clerk.get(address(batch, "file"))
    assert answer.content.startswith(b"PK")
    assert AuditEvent.objects.filter(action="ending_batch.exported", subject=batch.subject).exists()


def test_the_gate_names_its_papers_takes_them_and_opens(works: Works, clerk: Browser) -> None:
    batch = works.freeze(works.upload(layoff(each) for each in works.hire_many(20)))
    shown = page(clerk.get(address(batch)))
    assert shown.count("未登记") == 4
    assert f"最迟 {clock.today() - timedelta(days=30)}" in shown
    assert "开始办理</a>" not in shown
    assert "有法定的文书没有登记" in page(confirm(clerk, batch, "start"), 409)
    late = {"on": clock.today().isoformat(), "file": SimpleUploadedFile("a.png", paper())}
    shown = page(clerk.post(address(batch, "record", "explained"), late))
    assert "距最早的裁员日期不足三十日" in shown
    day = (clock.today() - timedelta(days=30)).isoformat()
    for name in ("explained", "plan", "opinions", "report"):
        typed = {"on": day, "number": "裁2028-1", "file": SimpleUploadedFile("a.png", paper())}
        assert clerk.post(address(batch, "record", name), typed).status_code == 302, name
    shown = page(clerk.get(address(batch)))
    assert shown.count(">已登记<") == 4
    assert "裁2028-1" in shown
    assert "开始办理</a>" in shown
    answer = clerk.get(address(batch, "paper", "report"))
    assert (answer.content, answer.headers["Content-Type"]) == (paper(), "image/png")
    assert AuditEvent.objects.filter(action="ending_batch.paper_viewed").exists()
    assert clerk.get(address(batch, "record", "nothing")).status_code == 404
    assert confirm(clerk, batch, "start").status_code == 302


def test_a_row_for_a_person_has_an_owner_a_note_and_ways_out(works: Works, clerk: Browser) -> None:
    contracts = works.hire_many(2)
    batch = works.done(works.upload(agreed(each, evidence_held="否") for each in contracts))
    shown = page(clerk.get(address(batch)))
    assert "待人工处理 2" in shown
    row = address(batch, "row", 3)
    shown = page(clerk.get(row))
    assert "解除协议" in shown  # what is missing
    assert reverse("endings:choose", args=[contracts[0].pk]) in shown
    member = make.make_member(works.employer, Role.CLERK)
    assert clerk.post(row, {"owner": str(member.pk), "note": "等协议签回"}).status_code == 302
    assert "等协议签回" in page(clerk.get(address(batch)))
    assert clerk.post(address(batch, "leave_out", 3), {"note": "不解除了"}).status_code == 302
    assert clerk.post(address(batch, "let_go", 4)).status_code == 302
    worked_off(batch)
    assert list(batch.rows.order_by("number").values_list("state", flat=True)) == [R.LEFT_OUT, R.MANUAL]
    assert "有几处不符合" in page(clerk.get(address(batch, "row", 4)))


def test_pause_and_going_on(works: Works, clerk: Browser) -> None:
    batch = works.freeze(works.upload([agreed(works.hire())]))
    works.start(batch)
    assert "暂停办理" in page(clerk.get(address(batch)))
    assert 'hx-get="' in page(clerk.get(address(batch, "progress")))
    assert clerk.post(address(batch, "act", "pause")).status_code == 302
    answer = clerk.get(address(batch, "progress"))
    assert answer.headers["HX-Refresh"] == "true"
    run_due()
    assert not Termination.objects.exists()
    assert clerk.post(address(batch, "act", "resume")).status_code == 302
    worked_off(batch)
    assert Termination.objects.count() == 1


def test_a22_the_first_page_warns_in_red(works: Works, clerk: Browser) -> None:
    shown = page(clerk.get(reverse("portal:overview")))
    assert "人数预警" not in shown
    warning = EarlyWarning.objects.create(
        employer=works.employer, day=clock.today(), at=clock.now(), persons=12, staff=90
    )
    shown = page(clerk.get(reverse("portal:overview")))
    assert re.search(r'alert-danger[^>]*role="status"><strong>解除、终止人数预警', shown)
    assert "七天内 12 人，职工 90 人" in shown
    stranger = browser_of(make.make_employer())
    assert "人数预警" not in page(stranger.get(reverse("portal:overview")))
    EarlyWarning.objects.filter(pk=warning.pk).update(day=clock.today() - timedelta(days=31))
    assert "人数预警" not in page(clerk.get(reverse("portal:overview")))


@pytest.mark.parametrize("role", MEMBERS)
def test_who_may_not_send_looks_and_does_nothing(works: Works, role: Role) -> None:
    contract = works.hire()
    batch = works.freeze(works.upload([agreed(contract, evidence_held="否")]))
    browser = browser_of(works.employer, role)
    may = role in WRITERS
    shown = page(browser.get(address(batch)))
    assert ("取消这一批" in shown) is may
    assert (contract.worker.name in shown) is may
    assert ("解除协议" in shown) is may
    for name, more in (
        ("act", ("start",)),
        ("file", ()),
        ("row", (3,)),
        ("leave_out", (3,)),
        ("let_go", (3,)),
    ):
        assert browser.get(address(batch, name, *more)).status_code == (200 if may else 403), name
    if not may:
        for name, more in (("act", ("start",)), ("leave_out", (3,)), ("let_go", (3,)), ("seal", ())):
            answer = browser.post(address(batch, name, *more), {"confirmed": "1", "note": "x"})
            assert answer.status_code == 403, name
        batch.refresh_from_db()
        assert (batch.state, batch.rows.get().state) == (B.FROZEN, R.MANUAL)
        assert browser.get(reverse("ending_batches:new")).status_code == 403


@pytest.mark.parametrize("role", MEMBERS)
def test_nobody_sees_another_employers_batches(works: Works, role: Role) -> None:
    batch = works.freeze(works.upload(layoff(each) for each in works.hire_many(20)))
    works.record(batch, Paper.PLAN)
    stranger = browser_of(make.make_employer(), role)
    assert str(batch.pk) not in page(stranger.get(reverse("ending_batches:list")))
    for name, more in (
        ("batch", ()),
        ("progress", ()),
        ("file", ()),
        ("seal", ()),
        ("dates", ()),
        ("act", ("start",)),
        ("record", ("plan",)),
        ("paper", ("plan",)),
        ("row", (3,)),
        ("let_go", (3,)),
        ("leave_out", (3,)),
    ):
        assert stranger.get(address(batch, name, *more)).status_code in (403, 404), name
        answer = stranger.post(address(batch, name, *more), {"confirmed": "1", "note": "x"})
        assert answer.status_code in (403, 404, 405), name
    batch.refresh_from_db()
    assert batch.state == B.FROZEN


def test_the_pages_take_a_constant_number_of_queries(works: Works, clerk: Browser) -> None:
    def queries(of: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            page(clerk.get(of))
        return len(seen)

    few = works.done(works.upload(agreed(each) for each in works.hire_many(2)))
    many = works.done(works.upload(agreed(each) for each in works.hire_many(9)))
    run_due()
    assert queries(address(few)) == queries(address(many))


def test_every_page_speaks_english(works: Works) -> None:
    browser = browser_of(works.employer, language="en")
    laid_off = works.freeze(works.upload(layoff(each) for each in works.hire_many(20)))
    batch = works.done(works.upload([agreed(works.hire(), evidence_held="否"), agreed(works.hire())]))
    for address_ in (
        reverse("ending_batches:list"),
        reverse("ending_batches:new"),
        address(laid_off),
        address(laid_off, "record", "report"),
        address(batch),
        address(batch, "row", 3),
        address(batch, "let_go", 3),
        address(batch, "leave_out", 3),
        address(batch, "dates"),
    ):
        words = re.sub(r"<[^>]+>", " ", page(browser.get(address_)).partition("<main")[2])
        left = set(re.findall(r"[一-鿿]+", words))
        assert left <= {"测试甲", "测试成员", "名单", "否", "简体中文"}, address_


def test_every_state_and_paper_has_words() -> None:
    assert set(STATES) == set(B)
    assert set(ROW_STATES) == set(R)
    assert set(PAPERS) == set(Paper)
