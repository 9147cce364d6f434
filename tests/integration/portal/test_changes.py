"""The pages on which a contract is changed: old beside new, all told before it is sent, list and line."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Employer
from contracts.domain import ContractState, DocumentState
from contracts.models import Change, Contract
from contracts.web.change_words import STATES
from core import blobs, bus, clock, work
from core.models import AuditEvent
from core.principal import Role
from filing_bridge.domain import FilingState
from filing_bridge.models import Filing
from signing.events import RequestCompleted
from signing.models import SealApplication, SigningParty
from tests.integration.portal.test_endings import MEMBERS, WRITERS, browser_of, make_seal, page
from tests.support import accounts as make
from tests.support.portal import make_change, make_contract, make_ending, make_filing

pytestmark = pytest.mark.django_db
D = DocumentState
NO_PROBATION = ("probation_months", "probation_start", "probation_end", "probation_wage")


def in_force(employer: Employer, **worker: str) -> Contract:
    """In force for two years and a half and for as long to come, probation long over."""
    start = clock.today() - timedelta(days=900)
    contract = make_contract(
        employer,
        ContractState.EFFECTIVE,
        worker=make.make_worker(employer, **worker),
        start=start,
        end=(clock.today() + timedelta(days=900)).isoformat(),
    )
    terms = {name: value for name, value in contract.terms.items() if name not in NO_PROBATION}
    Contract.objects.filter(pk=contract.pk).update(terms=terms, facts={**contract.facts, "contract": terms})
    return Contract.objects.get(pk=contract.pk)


@pytest.fixture
def contract() -> Contract:
    return in_force(make.make_employer(), name="测试甲乙丙")


@pytest.fixture
def clerk(contract: Contract) -> Browser:
    return browser_of(contract.employer)


def fill(contract: Contract) -> str:
    return reverse("portal:change_contract", args=[contract.pk])


def form_of(browser: Browser, contract: Contract) -> dict[str, Any]:
    """What a browser would post if nothing were touched."""
    form = browser.get(fill(contract)).context["form"]
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {
        name: "on" if value is True else value
        for name, value in values.items()
        if value not in (None, "", False)
    }


def to_preview(browser: Browser, contract: Contract, **typed: Any) -> str:
    answer = browser.post(fill(contract), {**form_of(browser, contract), **typed})
    assert answer.status_code == 302, re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())
    return str(answer.headers["Location"])


def sent(browser: Browser, contract: Contract, **typed: Any) -> Change:
    """A change whose agreement waits for its signatures."""
    answer = browser.post(to_preview(browser, contract, **{"job_title": "班组长", **typed}))
    assert answer.status_code == 302, answer.content.decode()
    work.run_due(work.GENERAL, limit=5)
    change = contract.changes.order_by("-opened_at")[0]
    assert change.state == D.SIGNING
    return change


def let_worker_sign(change: Change) -> None:
    parties = SigningParty.objects.filter(request_id=change.signature_request)
    parties.filter(role="worker").update(state="signed")
    parties.filter(role="employer").update(state="invited")


def complete(change: Change) -> None:
    """What signing says when the agreement has passed the acceptance rule."""
    assert change.signature_request is not None
    digest = blobs.put(f"%PDF stands for {change.agreement_no}".encode())
    with transaction.atomic():
        bus.publish(
            RequestCompleted(
                change.signature_request, change.subject, change.employer_id, digest, clock.now()
            )
        )


def test_c01_the_form_shows_the_terms_in_force_and_asks_only_for_what_a_change_may_change(
    contract: Contract, clerk: Browser
) -> None:
    assert fill(contract) in page(clerk.get(reverse("portal:contract", args=[contract.pk])))
    shown = page(clerk.get(fill(contract)))
    asked = set(re.findall(r'name="([a-z_.]+)"', shown))
    assert {"job_title", "wage_amount", "end", "insurance", "reason", "effective_on"} <= asked
    assert not asked & {"start", "employment_start", "sign_kind", "service_start", "probation_months"}
    was = re.findall(r'qb-term-word">现行约定</span>([^<]*)<', shown)
    assert {contract.terms["job_title"], "5,200.00", "固定期限"} <= set(was)
    assert any("养老保险、失业保险" in each for each in was)


def test_nothing_changed_is_said_and_keeps_nothing(contract: Contract, clerk: Browser) -> None:
    shown = page(clerk.post(fill(contract), form_of(clerk, contract)))
    assert "没有变更任何内容" in shown
    assert not Change.objects.exists()


def test_every_breach_comes_at_once_with_its_remedy_and_what_was_typed_stays(
    contract: Contract, clerk: Browser
) -> None:
    before = (clock.today() - timedelta(days=1000)).isoformat()
    typed = {"effective_on": before, "worktime_system": "3", "job_title": "班组长甲"}
    shown = page(clerk.post(fill(contract), {**form_of(clerk, contract), **typed}))
    # the day, and number and validity of an approval that is missing
    assert shown.count('<li class="qb-finding-error">') == 3
    assert "请核对日期" in shown
    assert 'value="班组长甲"' in shown
    assert shown.count("qb-term-changed") == 2
    assert not Change.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"), [("wage_amount", "viel"), ("end", "2026-02-30"), ("job_title", ""), ("pay_day", "40")]
)
def test_what_is_malformed_is_said_beside_its_field(
    contract: Contract, clerk: Browser, name: str, value: str
) -> None:
    shown = page(clerk.post(fill(contract), {**form_of(clerk, contract), name: value}))
    row = shown.partition(f'name="{name}"')[2].partition('<div class="qb-term')[0]
    assert "qb-field-error" in row
    assert not Change.objects.exists()


def test_the_preview_shows_each_term_old_and_new_and_the_agreement_and_keeps_nothing(
    contract: Contract, clerk: Browser
) -> None:
    preview = to_preview(
        clerk, contract, wage_amount="6200", job_title="班组长", wage_items="", reason="岗位调整"
    )
    shown = page(clerk.get(preview))
    for old, new in ((contract.terms["job_title"], "班组长"), ("5,200.00", "6,200.00")):
        assert re.search(rf">{re.escape(old)}</td><td[^>]*>{re.escape(new)}</td>", shown), shown
    assert "岗位调整" in shown
    assert "变更备案自动生成并报送" in shown
    picture = re.search(r'class="qb-sheet" src="([^"]+)"', shown)
    assert picture is not None
    drawn = clerk.get(picture[1].replace("&amp;", "&"))
    assert (drawn.status_code, drawn.headers["Content-Type"]) == (200, "image/webp")
    assert clerk.get(picture[1].replace("&amp;", "&").replace("/pages/1/", "/pages/9/")).status_code == 404
    assert AuditEvent.objects.filter(action="contract.viewed", subject=contract.subject).exists()
    assert not Change.objects.exists()
    again = page(clerk.get(preview.replace("/preview/", "/")))
    assert 'value="班组长"' in again, "the way back keeps what was typed"


def test_what_is_between_the_parties_is_said_not_to_be_filed(contract: Contract, clerk: Browser) -> None:
    shown = page(clerk.get(to_preview(clerk, contract, pay_day="10")))
    assert "不需要备案" in shown


def test_pay_stands_in_no_address_and_an_address_fits_one_contract(
    contract: Contract, clerk: Browser
) -> None:
    preview = to_preview(clerk, contract, wage_amount="7777.00", wage_items="")
    assert "7777" not in unquote(preview)
    other = in_force(contract.employer)
    of = preview.partition("?")[2]
    for address in (
        reverse("portal:preview_change", args=[other.pk]) + f"?{of}",
        reverse("portal:preview_change", args=[contract.pk]) + "?of=k1.AAAA",
        reverse("portal:preview_change", args=[contract.pk]),
    ):
        assert clerk.get(address).status_code == 404
        assert clerk.post(address).status_code == 404
    make_change(contract, job_title="班组长")
    assert clerk.post(preview).status_code == 404, "other terms hold by now"
    assert contract.changes.count() == 1


def test_a_text_that_is_too_long_to_carry_is_refused_in_words(contract: Contract, clerk: Browser) -> None:
    long = {
        "hazards": "噪" * 500,
        "remark": "备" * 200,
        "reason": "因" * 200,
        "work_place_address": "路" * 200,
    }
    shown = page(clerk.post(fill(contract), {**form_of(clerk, contract), **long}))
    assert "请缩短文字" in shown


def test_the_parts_of_a_wage_are_written_a_line_each(contract: Contract, clerk: Browser) -> None:
    typed = {"wage_amount": "6,000"}
    shown = page(clerk.post(fill(contract), {**form_of(clerk, contract), **typed, "wage_items": "基本工资"}))
    assert "不是“项目 金额”" in shown
    items = "基本工资 4,000\n绩效 工资：2000.00 按季考核"
    preview = to_preview(clerk, contract, wage_amount="6000", wage_items=items)
    clerk.post(preview)
    assert Change.objects.get().facts["contract"]["wage_items"] == [
        {"name": "基本工资", "amount": "4000.00"},
        {"name": "绩效 工资", "amount": "2000.00", "note": "按季考核"},
    ]


def test_only_what_was_changed_is_in_the_agreement(contract: Contract, clerk: Browser) -> None:
    typed = {"insurance": ["pension", "unemployment", "medical", "injury"], "term_type": "2"}
    clerk.post(to_preview(clerk, contract, **typed))
    items = {each["field"]: (each.get("old"), each.get("new")) for each in _facts()["change"]["items"]}
    assert items == {
        "/contract/end": (contract.terms["end"], None),
        "/contract/insurance/maternity": (True, False),
        "/contract/term_type": ("1", "2"),
    }


def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = Change.objects.get().facts
    return facts


def test_what_is_confirmed_is_what_was_shown_and_only_once(contract: Contract, clerk: Browser) -> None:
    preview = to_preview(clerk, contract, job_title="班组长", reason="岗位调整")
    answer = clerk.post(preview)
    change = Change.objects.get()
    assert answer.headers["Location"] == reverse("portal:change", args=[change.pk])
    assert change.facts["change"]["reason"] == "岗位调整"
    shown = page(clerk.get(answer.headers["Location"]))
    assert "变更协议正在生成" in shown
    assert "已有一项变更在办理" in page(clerk.post(preview), 409)
    assert Change.objects.count() == 1
    assert fill(contract) not in page(clerk.get(reverse("portal:contract", args=[contract.pk])))


def test_c01_from_the_contract_to_the_filing_of_the_change(contract: Contract, clerk: Browser) -> None:
    change = sent(clerk, contract)
    address = reverse("portal:change", args=[change.pk])
    assert "申请用印" not in page(clerk.get(address)), "it is the worker's turn"
    let_worker_sign(change)
    assert "申请用印" in page(clerk.get(address))

    seal = make_seal(contract.employer)
    wish = {"confirmed": "1", "seal": str(seal.pk), "reason": "变更协议"}
    answer = clerk.post(reverse("changes:seal", args=[change.pk]), wish)
    asked = SealApplication.objects.get()
    assert answer.headers["Location"] == reverse("seals:application", args=[asked.pk])
    assert asked.uses.get().party.request_id == change.signature_request
    shown = page(clerk.get(address))
    assert reverse("seals:application", args=[asked.pk]) in shown
    assert "申请用印</a>" not in shown, "it was asked for"

    complete(change)
    filing = Filing.objects.get(contract_id=contract.pk)
    assert (filing.event, filing.filing_type) == ("change", "31")
    shown = page(clerk.get(address))
    assert "变更备案" in shown
    assert "已生效" in shown
    on_page = page(clerk.get(reverse("portal:contract", args=[contract.pk])))
    assert on_page.count(address) == 2, "in the line, and from the filing"
    assert "班组长" in on_page, "the terms as they are now"
    assert address in page(clerk.get(reverse("portal:filings")))
    assert clerk.get(reverse("changes:document", args=[change.pk])).content.startswith(b"%PDF")


def test_d04_an_agreement_names_the_unit_as_it_is_now_and_the_contract_as_it_was(
    contract: Contract, clerk: Browser
) -> None:
    old = contract.employer.name
    Employer.objects.filter(pk=contract.employer_id).update(name="示例新名称有限公司")
    change = sent(clerk, contract)
    assert (change.facts["employer"]["name"], contract.facts["employer"]["name"]) == (
        "示例新名称有限公司",
        old,
    )
    assert old in page(clerk.get(reverse("portal:contract", args=[contract.pk]))).partition("<main")[2]


def test_the_line_leads_from_renewal_to_change_and_back(contract: Contract, clerk: Browser) -> None:
    change = make_change(contract, job_title="班组长")
    renewal = make_contract(contract.employer, worker=contract.worker, sign_kind="2")
    Contract.objects.filter(pk=renewal.pk).update(follows=contract)
    earlier, later = (reverse("portal:contract", args=[each.pk]) for each in (contract, renewal))
    assert later in page(clerk.get(earlier)).partition("续订和变更")[2]
    shown = page(clerk.get(later)).partition("续订和变更")[2]
    assert earlier in shown
    assert reverse("portal:change", args=[change.pk]) in shown
    alone = in_force(contract.employer)
    assert "续订和变更" not in page(clerk.get(reverse("portal:contract", args=[alone.pk])))


def test_a_change_that_is_out_can_be_taken_back(contract: Contract, clerk: Browser) -> None:
    change = sent(clerk, contract)
    back = reverse("changes:withdraw", args=[change.pk])
    assert "合同按原约定履行" in page(clerk.get(back))
    assert clerk.post(back, {"reason": "双方改变主意"}).status_code == 302
    shown = page(clerk.get(reverse("portal:change", args=[change.pk])))
    assert "双方改变主意" in shown
    assert "没有成立" in shown
    assert clerk.get(back).status_code == 409
    assert clerk.get(fill(contract)).status_code == 200


@pytest.mark.parametrize(("days", "found"), [(20, False), (21, True)])
def test_no_change_is_to_hold_after_an_ending_that_is_decided(
    contract: Contract, clerk: Browser, days: int, found: bool
) -> None:
    make_ending(contract, D.PLANNED, days_ago=-20)
    day = (clock.today() + timedelta(days=days)).isoformat()
    typed = {**form_of(clerk, contract), "job_title": "班组长", "effective_on": day}
    answer = clerk.post(fill(contract), typed)
    assert answer.status_code == (200 if found else 302)
    if found:
        assert "解除或者终止，变更要到那之后才生效" in page(answer)
        assert "请选择不晚于这一天的生效日期" in page(answer)


@pytest.mark.parametrize(("days", "sealed"), [(3, True), (4, False)])
def test_the_seal_is_not_asked_for_on_a_change_that_an_ending_overtook(
    contract: Contract, clerk: Browser, days: int, sealed: bool
) -> None:
    change = sent(clerk, contract, effective_on=(clock.today() + timedelta(days=days)).isoformat())
    let_worker_sign(change)
    make_ending(contract, D.PLANNED, days_ago=-3)
    seal = make_seal(contract.employer)
    wish = {"confirmed": "1", "seal": str(seal.pk), "reason": "变更协议"}
    answer = clerk.post(reverse("changes:seal", args=[change.pk]), wish)
    assert SealApplication.objects.exists() is sealed
    if not sealed:
        assert f"{change.agreement_no}：合同已决定在" in page(answer)
        shown = page(clerk.get(reverse("portal:change", args=[change.pk])))
        assert "申请用印" not in shown
        assert "已经发出的变更，请撤回" in shown


SITUATIONS: dict[str, dict[str, Any]] = {
    "worker": {"state": D.SIGNING, "turn": "worker"},
    "seal": {"state": D.SIGNING, "turn": "employer"},
    "coming": {"state": D.COMPLETED, "days": 1},
    "done": {"state": D.COMPLETED, "days": 0},
    "void": {"state": D.WITHDRAWN},
}


def test_each_tab_of_the_list_shows_its_own() -> None:
    employer = make.make_employer()
    changes = {}
    for name, situation in SITUATIONS.items():
        contract = make_contract(employer, ContractState.EFFECTIVE)
        changes[name] = make_change(contract, **situation, job_title="班组长")
    clerk = browser_of(employer)
    for name in SITUATIONS:
        shown = page(clerk.get(reverse("portal:changes") + f"?show={name}"))
        assert {each for each, change in changes.items() if change.agreement_no in shown} == {name}
    everything = page(clerk.get(reverse("portal:changes")))
    assert all(change.agreement_no in everything for change in changes.values())
    assert "岗位名称" in everything


def test_the_list_is_narrowed_by_day_and_person_and_tells_of_filings(
    contract: Contract, clerk: Browser
) -> None:
    change = make_change(contract, job_title="班组长")
    other = make_change(make_contract(contract.employer, ContractState.EFFECTIVE), days=-30, pay_day=10)
    make_filing(
        contract, FilingState.ACCEPTED, event="change", filing_type="31", document_digest=change.signed_digest
    )
    address = reverse("portal:changes")

    def found(query: str) -> set[UUID]:
        shown = page(clerk.get(f"{address}?{query}"))
        return {each.pk for each in (change, other) if each.agreement_no in shown}

    edge = (clock.today() - timedelta(days=10)).isoformat()
    assert found(f"from={edge}") == {change.pk}
    assert found(f"to={edge}") == {other.pk}
    assert found("sort=effective_on") == found("sort=-agreement_no") == {change.pk, other.pk}
    search = clerk.post(address, {"search": "测试甲乙丙"})
    assert found(search.headers["Location"].partition("?")[2]) == {change.pk}
    shown = page(clerk.get(address))
    assert "不需要备案" in shown
    assert "备案成功" in shown


def test_the_list_and_the_pages_take_a_constant_number_of_queries(contract: Contract, clerk: Browser) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            page(clerk.get(address))
        return len(seen)

    one = make_change(contract, job_title="班组长")
    addresses = [
        reverse("portal:changes"),
        reverse("portal:change", args=[one.pk]),
        reverse("portal:contract", args=[contract.pk]),
    ]
    page(clerk.get(addresses[2]))  # that its pages were opened is on record once
    before = [queries(address) for address in addresses]
    for _ in range(6):
        make_change(
            make_contract(contract.employer, ContractState.EFFECTIVE), D.SIGNING, turn="worker", job_title="x"
        )
    after = [queries(address) for address in addresses]
    assert after[0] <= before[0] + 1  # whose turn it is, once there is a signature to wait for
    assert after[1:] == before[1:]


@pytest.mark.parametrize("role", MEMBERS)
def test_who_may_not_send_looks_and_does_nothing(contract: Contract, role: Role) -> None:
    browser = browser_of(contract.employer, role)
    may = role in WRITERS
    preview = to_preview(browser_of(contract.employer), contract, job_title="班组长")
    for address in (fill(contract), preview):
        assert browser.get(address).status_code == (200 if may else 403)
    assert (fill(contract) in page(browser.get(reverse("portal:contract", args=[contract.pk])))) is may
    if not may:
        assert browser.post(preview).status_code == 403
        assert not Change.objects.exists()
    change = make_change(contract, D.SIGNING, turn="worker", job_title="班组长")
    shown = page(browser.get(reverse("portal:change", args=[change.pk])))
    assert ("下载协议" in shown) is may
    assert ("撤回" in shown.partition("<main")[2]) is may
    assert ("测试甲乙丙" in shown) is may
    assert browser.get(reverse("changes:document", args=[change.pk])).status_code == (200 if may else 403)


@pytest.mark.parametrize("role", MEMBERS)
def test_nobody_sees_another_employers_changes(contract: Contract, role: Role) -> None:
    preview = to_preview(browser_of(contract.employer), contract, job_title="班组长")
    change = make_change(contract, D.SIGNING, turn="employer", job_title="班组长")
    stranger = browser_of(make.make_employer(), role)
    assert change.agreement_no not in page(stranger.get(reverse("portal:changes")))
    for address in (
        preview,
        fill(contract),
        reverse("portal:change", args=[change.pk]),
        *(reverse(f"changes:{name}", args=[change.pk]) for name in ("withdraw", "seal", "document")),
    ):
        assert stranger.get(address).status_code in (403, 404), address
        assert stranger.post(address, {"reason": "x"}).status_code in (403, 404, 405), address
    change.refresh_from_db()
    assert change.state == D.SIGNING


def test_every_page_speaks_english(contract: Contract) -> None:
    browser = browser_of(contract.employer, language="en")
    preview = to_preview(browser, contract, wage_unit="day", wage_amount="300", wage_items="", term_type="2")
    renamed = make_change(
        make_contract(contract.employer, ContractState.EFFECTIVE), wage_unit="day", special_work=True
    )
    ours = {"测试甲乙丙", "测试甲", "简体中文", "基本工资", "岗位工资", "技能津贴"}
    for address in (
        preview,
        reverse("portal:changes"),
        reverse("portal:change", args=[renamed.pk]),
    ):
        words = re.sub(r"<[^>]+>", " ", page(browser.get(address)).partition("<main")[2])
        assert set(re.findall(r"[一-鿿]+", words)) <= ours, address


def test_every_state_has_words() -> None:
    assert set(STATES) == set(D)
