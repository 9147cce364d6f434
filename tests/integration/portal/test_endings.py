"""The pages on which a contract ends: reasons, all told before it is decided, what follows, the list."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Employer
from contracts.domain import ContractState, DocumentState
from contracts.models import Contract, Termination
from contracts.services.handing_over import Duty, note_handover
from contracts.web.ending_words import GROUPS, STATES, reasons_of
from core import blobs, bus, clock, codes, work
from core.errors import Refused
from core.models import AuditEvent
from core.principal import Role
from filing_bridge.models import Filing
from signing.domain import SealKind
from signing.events import RequestCompleted
from signing.models import Seal, SealApplication
from tests.support import accounts as make
from tests.support.portal import make_contract, make_ending
from tests.support.principals import principal

pytestmark = pytest.mark.django_db
T = DocumentState
CHINESE = {"Accept-Language": "zh-CN"}
MEMBERS = (Role.OWNER, Role.CLERK, Role.SEAL_KEEPER, Role.AUDITOR)
WRITERS = (Role.OWNER, Role.CLERK)


def browser_of(employer: Employer, role: Role = Role.CLERK, language: str = "zh-CN") -> Browser:
    browser = Browser(headers={"Accept-Language": language})
    browser.force_login(make.make_member(employer, role).user)
    return browser


@pytest.fixture
def contract() -> Contract:
    """In force for two years and a half, probation long over."""
    start = clock.today() - timedelta(days=900)
    employer = make.make_employer()
    return make_contract(
        employer,
        ContractState.EFFECTIVE,
        worker=make.make_worker(employer, name="测试甲乙丙"),
        start=start,
        end=(clock.today() + timedelta(days=900)).isoformat(),
        probation_start=start.isoformat(),
        probation_end=(start + timedelta(days=88)).isoformat(),
    )


@pytest.fixture
def clerk(contract: Contract) -> Browser:
    return browser_of(contract.employer)


def page(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()
    return str(answer.content.decode())


def fill(contract: Contract, code: str) -> str:
    return reverse("endings:fill", args=[contract.pk, code])


def agreed() -> dict[str, Any]:
    """Agreed on at the worker's wish, from today."""
    return {"date": clock.today().isoformat(), "evidence": ["agreement"]}


def unfit() -> dict[str, Any]:
    """Not competent, with a month's pay in lieu of notice."""
    today = clock.today().isoformat()
    return {
        "date": today,
        "protected": "no",
        "pay_in_lieu": "on",
        "union_notice_date": today,
        "evidence": ["notice or pay in lieu"],
        "wages": "\n".join(["5,200.00"] * 11 + ["6200"]),
    }


def to_preview(browser: Browser, contract: Contract, code: str, typed: dict[str, Any]) -> str:
    answer = browser.post(fill(contract, code), typed)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def test_every_reason_that_an_employer_may_give_is_offered_once(contract: Contract, clerk: Browser) -> None:
    shown = page(clerk.get(reverse("endings:choose", args=[contract.pk])))
    offered = re.findall(r"/end/(\d{4})/", shown)
    assert sorted(offered) == sorted(code for code in codes.table("end_reason") if code != "9002")
    assert {each.code for group in GROUPS for each in reasons_of(group)} == set(offered)


def test_a_reason_asks_only_for_what_the_law_asks(contract: Contract, clerk: Browser) -> None:
    def asked(code: str) -> set[str]:
        shown = page(clerk.get(fill(contract, code)))
        return set(re.findall(r'name="([a-z_]+)"', shown)) - {
            "csrfmiddlewaretoken",
            "language",
            "next",
            "viewport",
        }

    usual = {"date", "handover"}
    pay = {"wages", "local_average", "compensation"}
    assert usual | {"evidence"} <= asked("3602")
    assert not asked("3602") & (pay | {"notice_date", "protected", "union_notice_date", "circumstance"})
    assert usual | pay | {"protected", "notice_date", "pay_in_lieu", "union_notice_date"} <= asked("4002")
    assert {"layoff_report_no"} <= asked("4102")
    assert {"circumstance", "protected"} | pay <= asked("4401")
    assert "notice_date" in asked("3701")


def test_every_breach_comes_at_once_with_its_remedy_and_what_was_typed_stays(
    contract: Contract, clerk: Browser
) -> None:
    typed = {"date": clock.today().isoformat(), "protected": "yes", "wages": "5200\t5300\n5400"}
    shown = page(clerk.post(fill(contract, "4002"), typed))
    findings = re.findall(r'<li class="qb-finding-error">', shown)
    # evidence, notice, protection, union, and too few months of pay
    assert len(findings) == 5
    assert "请继续履行合同" in shown
    assert "5200\t5300\n5400" in shown
    assert "经济补偿的计算" in shown
    assert not Termination.objects.exists()


@pytest.mark.parametrize("wages", ["5200 abc", "NaN", "-5", "5200.001", "1e99", "\n".join(["5200"] * 13)])
def test_what_is_no_amount_is_said_beside_the_field(contract: Contract, clerk: Browser, wages: str) -> None:
    shown = page(clerk.post(fill(contract, "4002"), {**unfit(), "wages": wages}))
    assert 'aria-invalid="true"' in shown
    assert not Termination.objects.exists()


def test_the_preview_shows_pay_signers_clocks_and_certificate_and_keeps_nothing(
    contract: Contract, clerk: Browser
) -> None:
    preview = to_preview(clerk, contract, "4002", unfit())
    shown = page(clerk.get(preview))
    # 2.5 months of 5,283.33, and last month's pay in place of notice
    assert "19,408.33" in shown
    assert "代通知金" in shown
    assert "不需要劳动者签名" in shown
    assert (clock.today() + timedelta(days=15)).isoformat() in shown
    picture = re.search(r'class="qb-sheet" src="([^"]+)"', shown)
    assert picture is not None
    drawn = clerk.get(picture[1].replace("&amp;", "&"))
    assert (drawn.status_code, drawn.headers["Content-Type"]) == (200, "image/webp")
    assert AuditEvent.objects.filter(action="contract.viewed", subject=contract.subject).exists()
    assert not Termination.objects.exists()


def test_pay_stands_in_no_address_and_an_address_fits_one_contract_and_reason(
    contract: Contract, clerk: Browser
) -> None:
    preview = to_preview(clerk, contract, "4002", unfit())
    assert "5200" not in preview
    other = make_contract(contract.employer, ContractState.EFFECTIVE)
    of = preview.partition("?")[2]
    for address in (
        reverse("endings:preview", args=[other.pk, "4002"]) + f"?{of}",
        reverse("endings:preview", args=[contract.pk, "4001"]) + f"?{of}",
        reverse("endings:preview", args=[contract.pk, "4002"]) + "?of=k1.AAAA",
        reverse("endings:preview", args=[contract.pk, "4002"]),
    ):
        assert clerk.get(address).status_code == 404
        assert clerk.post(address).status_code == 404
    assert page(clerk.get(fill(contract, "4002") + f"?{of}")).count("5,200.00") == 11


def test_what_is_confirmed_is_what_was_shown(contract: Contract, clerk: Browser) -> None:
    preview = to_preview(clerk, contract, "4002", unfit())
    answer = clerk.post(preview)
    ending = Termination.objects.get()
    assert answer.headers["Location"] == reverse("portal:ending", args=[ending.pk])
    assert ending.facts["ending"]["compensation"] == "19408.33"
    assert ending.working["amount"] == "19408.33"
    shown = page(clerk.get(answer.headers["Location"]))
    assert "19408.33" in shown
    assert "已确认，正在生成证明书。" in shown
    # A second click finds it under way, and the contract's page offers no second ending.
    assert "已在办理" in page(clerk.post(preview), 409)
    assert Termination.objects.count() == 1
    assert "解除或终止</a>" not in page(clerk.get(reverse("portal:contract", args=[contract.pk])))


def test_a08_from_the_contract_to_the_clocks_after_the_ending(contract: Contract, clerk: Browser) -> None:
    on_page = page(clerk.get(reverse("portal:contract", args=[contract.pk])))
    assert reverse("endings:choose", args=[contract.pk]) in on_page
    answer = clerk.post(to_preview(clerk, contract, "3902", dismissal()))
    address = answer.headers["Location"]
    work.run_due(work.GENERAL, limit=5)
    ending = Termination.objects.get()
    assert "申请用印" in page(clerk.get(address))

    seal = make_seal(contract.employer)
    wish = {"confirmed": "1", "seal": str(seal.pk), "reason": "解除证明书"}
    answer = clerk.post(reverse("endings:seal", args=[ending.pk]), wish)
    asked = SealApplication.objects.get()
    assert answer.headers["Location"] == reverse("seals:application", args=[asked.pk])
    assert asked.uses.get().party.request_id == ending.signature_request

    _sign(ending)
    shown = page(clerk.get(address))
    assert Filing.objects.get(contract_id=contract.pk).event == "ending"
    assert "解除、终止备案" in shown
    assert shown.count("登记已办理") == 2
    assert "还剩 15 天" in shown
    for name in ("file", "insurance"):
        done = {"on": clock.today().isoformat()}
        assert clerk.post(reverse("endings:hand_over", args=[ending.pk, name]), done).status_code == 302
    shown = page(clerk.get(address))
    assert (shown.count("登记已办理"), shown.count("更正日期")) == (0, 2)
    on_page = page(clerk.get(reverse("portal:contract", args=[contract.pk])))
    assert address in on_page
    assert "登记档案或者社会保险关系转移" in on_page


def dismissal() -> dict[str, Any]:
    evidence = ["rules", "facts", "union notice", "proof of service"]
    today = clock.today().isoformat()
    return {"date": today, "union_notice_date": today, "evidence": evidence}


def make_seal(employer: Employer) -> Seal:
    keeper = make.make_member(employer, Role.SEAL_KEEPER)
    return Seal.objects.create(
        tenant=employer.pk, kind=SealKind.CONTRACT, label="合同章", name=employer.name, diameter_mm="42.0",
        holder=f"user:{keeper.user_id}", created_at=clock.now(),
    )  # fmt: skip


def _sign(ending: Termination) -> None:
    """What signing says when the certificate has passed the acceptance rule."""
    assert ending.signature_request is not None
    with transaction.atomic():
        bus.publish(
            RequestCompleted(
                ending.signature_request, ending.subject, ending.employer_id, blobs.put(b"%PDF"), clock.now()
            )
        )


def test_an_ending_to_come_waits_and_can_be_taken_back(contract: Contract, clerk: Browser) -> None:
    day = (clock.today() + timedelta(days=20)).isoformat()
    preview = to_preview(clerk, contract, "3602", {**agreed(), "date": day})
    assert f"{day} 自动生成证明书" in page(clerk.get(preview))
    address = clerk.post(preview).headers["Location"]
    shown = page(clerk.get(address))
    assert f"证明书在 {day} 自动生成" in shown
    ending = Termination.objects.get()
    back = reverse("endings:withdraw", args=[ending.pk])
    assert "合同继续履行" in page(clerk.get(back))
    assert clerk.post(back, {"reason": "双方改变主意"}).status_code == 302
    shown = page(clerk.get(address))
    assert "双方改变主意" in shown
    assert "合同继续履行。" in shown
    assert clerk.get(back).status_code == 409
    assert clerk.get(reverse("endings:choose", args=[contract.pk])).status_code == 200


@pytest.mark.parametrize("days", [-1, 31])
def test_a_duty_is_done_between_the_ending_and_today(contract: Contract, clerk: Browser, days: int) -> None:
    ending = make_ending(contract, T.COMPLETED, days_ago=30)
    on = ending.ends_on + timedelta(days=days)
    shown = page(clerk.post(reverse("endings:hand_over", args=[ending.pk, "file"]), {"on": on.isoformat()}))
    assert "请填写实际办理的日期" in shown
    ending.refresh_from_db()
    assert ending.file_moved_on is None


def test_a_duty_begins_with_the_signed_certificate(contract: Contract) -> None:
    ending = make_ending(contract, T.PLANNED)
    clerk = principal(contract.employer.pk, Role.CLERK)
    with pytest.raises(Refused, match="state_conflict"):
        note_handover(principal=clerk, termination_id=ending.pk, duty=Duty.FILE, on=clock.today())


SITUATIONS: dict[str, dict[str, Any]] = {
    "planned": {"state": T.PLANNED, "days_ago": -3},
    "worker": {"state": T.SIGNING, "turn": "worker"},
    "seal": {"state": T.SIGNING, "turn": "employer"},
    "owing": {"state": T.COMPLETED, "days_ago": 16},
    "done": {
        "state": T.COMPLETED,
        "days_ago": 2,
        "file_moved_on": clock.today(),
        "insurance_moved_on": clock.today(),
    },
    "void": {"state": T.WITHDRAWN},
}


def test_each_tab_of_the_list_shows_its_own() -> None:
    employer = make.make_employer()
    endings = {}
    for name, situation in SITUATIONS.items():
        contract = make_contract(employer, ContractState.EFFECTIVE)
        endings[name] = make_ending(contract, situation["state"], **_rest(situation))
    clerk = browser_of(employer)
    for name in SITUATIONS:
        shown = page(clerk.get(reverse("endings:list") + f"?show={name}"))
        found = {each for each, ending in endings.items() if ending.certificate_no in shown}
        assert found == ({"done", "owing"} if name == "done" else {name})
    everything = page(clerk.get(reverse("endings:list")))
    assert all(ending.certificate_no in everything for ending in endings.values())
    assert "已逾期 1 天" in everything


def _rest(situation: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in situation.items() if name != "state"}


def test_the_list_is_narrowed_by_reason_day_and_person(contract: Contract, clerk: Browser) -> None:
    ending = make_ending(contract, T.COMPLETED, days_ago=5)
    far = make_contract(contract.employer, ContractState.EFFECTIVE)
    other = make_ending(far, T.COMPLETED, days_ago=50, reason="3701")
    address = reverse("endings:list")

    def found(query: str) -> set[UUID]:
        shown = page(clerk.get(f"{address}?{query}"))
        return {each.pk for each in (ending, other) if each.certificate_no in shown}

    edge = (clock.today() - timedelta(days=10)).isoformat()
    assert found("reason=3701") == {other.pk}
    assert found(f"from={edge}") == {ending.pk}
    assert found(f"to={edge}") == {other.pk}
    assert found("sort=ends_on") == {ending.pk, other.pk}
    search = clerk.post(address, {"search": "测试甲乙丙"})
    assert found(search.headers["Location"].partition("?")[2]) == {ending.pk}


def test_the_list_and_the_pages_take_a_constant_number_of_queries(contract: Contract, clerk: Browser) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            page(clerk.get(address))
        return len(seen)

    one = make_ending(contract, T.COMPLETED)
    addresses = [reverse("endings:list"), reverse("portal:ending", args=[one.pk])]
    before = [queries(address) for address in addresses]
    for _ in range(6):
        make_ending(make_contract(contract.employer, ContractState.EFFECTIVE), T.SIGNING, turn="worker")
    after = [queries(address) for address in addresses]
    assert after[0] <= before[0] + 1  # whose turn it is, once there is a signature to wait for
    assert after[1] == before[1]


@pytest.mark.parametrize("role", MEMBERS)
def test_who_may_not_send_looks_and_does_nothing(contract: Contract, role: Role) -> None:
    browser = browser_of(contract.employer, role)
    may = role in WRITERS
    preview = to_preview(browser_of(contract.employer), contract, "3602", agreed())
    for address in (reverse("endings:choose", args=[contract.pk]), fill(contract, "3602"), preview):
        assert browser.get(address).status_code == (200 if may else 403)
    assert (
        reverse("endings:choose", args=[contract.pk])
        in page(browser.get(reverse("portal:contract", args=[contract.pk])))
    ) is may
    if not may:
        assert browser.post(preview).status_code == 403
        assert not Termination.objects.exists()
    ending = make_ending(contract, T.COMPLETED)
    shown = page(browser.get(reverse("portal:ending", args=[ending.pk])))
    assert ("登记已办理" in shown) is may
    assert ("下载证明书" in shown) is may
    assert ("测试甲乙丙" in shown) is may
    assert browser.get(reverse("endings:document", args=[ending.pk])).status_code == (200 if may else 403)


@pytest.mark.parametrize("role", MEMBERS)
def test_nobody_sees_another_employers_endings(contract: Contract, role: Role) -> None:
    preview = to_preview(browser_of(contract.employer), contract, "3602", agreed())
    ending = make_ending(contract, T.SIGNING, turn="employer")
    stranger = browser_of(make.make_employer(), role)
    assert ending.certificate_no not in page(stranger.get(reverse("endings:list")))
    for address in (
        preview,
        reverse("endings:choose", args=[contract.pk]),
        fill(contract, "3602"),
        reverse("portal:ending", args=[ending.pk]),
        *(reverse(f"endings:{name}", args=[ending.pk]) for name in ("withdraw", "seal", "document")),
        reverse("endings:hand_over", args=[ending.pk, "file"]),
    ):
        assert stranger.get(address).status_code in (403, 404), address
        assert stranger.post(address, {"reason": "x"}).status_code in (403, 404, 405), address
    ending.refresh_from_db()
    assert ending.state == T.SIGNING


def test_every_page_speaks_english(contract: Contract) -> None:
    browser = browser_of(contract.employer, language="en")
    preview = to_preview(browser, contract, "4002", unfit())
    ending = make_ending(make_contract(contract.employer, ContractState.EFFECTIVE), T.COMPLETED)
    for address in (
        reverse("endings:choose", args=[contract.pk]),
        fill(contract, "4002"),
        preview,
        reverse("endings:list"),
        reverse("portal:ending", args=[ending.pk]),
    ):
        words = re.sub(r"<[^>]+>", " ", page(browser.get(address)).partition("<main")[2])
        assert set(re.findall(r"[一-鿿]+", words)) <= {"测试甲乙丙", "测试甲", "简体中文"}, address


def test_every_state_has_words() -> None:
    assert set(STATES) == set(T)
