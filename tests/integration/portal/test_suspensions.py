"""The pages on which a contract is suspended and resumed: everything told before it is decided."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from contracts.domain import ContractState, DocumentState
from contracts.models import Contract, Suspension
from contracts.suspensions.facts import RESUME, SUSPEND
from core import blobs, clock, work
from core.principal import Role
from signing.domain import SealKind
from signing.models import Seal, SealApplication
from tests.integration.portal.test_endings import browser_of, page
from tests.support import accounts as make
from tests.support.portal import make_contract, make_ending, make_suspension

pytestmark = pytest.mark.django_db
MEMBERS = (Role.OWNER, Role.CLERK, Role.SEAL_KEEPER, Role.AUDITOR)
WRITERS = (Role.OWNER, Role.CLERK)


@pytest.fixture
def contract() -> Contract:
    start = clock.today() - timedelta(days=900)
    employer = make.make_employer()
    end = (clock.today() + timedelta(days=900)).isoformat()
    return make_contract(employer, ContractState.EFFECTIVE, start=start, end=end)


@pytest.fixture
def clerk(contract: Contract) -> Browser:
    return browser_of(contract.employer)


def agreed(**own: str) -> dict[str, str]:
    until = clock.today() + timedelta(days=29)
    return {"reason": "1", "effective_on": clock.today().isoformat(), "until": until.isoformat(), **own}


def address(act: str, contract: Contract) -> str:
    return reverse(f"suspensions:{act}", args=[contract.pk])


def test_rsus_a_clerk_suspends_after_seeing_what_follows(clerk: Browser, contract: Contract) -> None:
    assert "中止" in page(clerk.get(reverse("portal:contract", args=[contract.pk])))
    assert "双方协商一致" in page(clerk.get(address("suspend", contract)))
    shown = page(clerk.post(address("suspend", contract), agreed()))
    for words in ("核对并确认", "劳动者收到短信，在手机上签名", "确认中止"):
        assert words in shown
    assert not Suspension.objects.exists()
    answer = clerk.post(address("suspend", contract), agreed(confirmed="1"))
    made = Suspension.objects.get()
    assert answer.headers["Location"] == reverse("portal:suspension", args=[made.pk])
    work.run_due(work.GENERAL, limit=5)
    shown = page(clerk.get(reverse("portal:suspension", args=[made.pk])))
    for words in (made.document_no, "待劳动者签名", "撤回"):
        assert words in shown


def test_going_back_from_the_confirmation_keeps_what_was_typed(clerk: Browser, contract: Contract) -> None:
    shown = page(clerk.post(address("suspend", contract), agreed(again="1", confirmed="1")))
    assert agreed()["until"] in shown
    assert "下一步：核对" in shown
    assert not Suspension.objects.exists()


def test_every_fault_comes_at_once_with_its_remedy(clerk: Browser, contract: Contract) -> None:
    wrong = agreed(reason="2", effective_on="2020-01-01", until="2019-01-01")
    shown = page(clerk.post(address("suspend", contract), wrong))
    for words in (
        "有关机关的通知书",
        "早于中止开始的日期",
        "不在用工之日至合同终止日期之间",
        "请取得并保存材料",
    ):
        assert words in shown
    assert "确认中止" not in shown


def test_a_contract_that_rests_says_so_and_is_resumed(clerk: Browser, contract: Contract) -> None:
    make_suspension(contract, days=-3)
    shown = page(clerk.get(reverse("portal:contract", args=[contract.pk])))
    assert "中止中" in shown
    assert address("resume", contract) in shown
    assert address("suspend", contract) not in shown
    day = {"effective_on": clock.today().isoformat()}
    assert "确认恢复" in page(clerk.post(address("resume", contract), day))
    clerk.post(address("resume", contract), {**day, "confirmed": "1"})
    assert Suspension.objects.get(act=RESUME).facts["suspension"]["since"] is not None


def test_what_does_not_fit_is_refused_before_anything_is_typed(clerk: Browser, contract: Contract) -> None:
    assert page(clerk.get(address("resume", contract)), 409)
    make_ending(contract, DocumentState.PLANNED)
    assert page(clerk.get(address("suspend", contract)), 409)
    assert address("suspend", contract) not in page(clerk.get(reverse("portal:contract", args=[contract.pk])))


def test_it_is_withdrawn_with_a_reason(clerk: Browser, contract: Contract) -> None:
    clerk.post(address("suspend", contract), agreed(confirmed="1"))
    made = Suspension.objects.get()
    ask = reverse("suspensions:withdraw", args=[made.pk])
    assert "文书作废" in page(clerk.get(ask))
    clerk.post(ask, {"reason": "改变主意"})
    made.refresh_from_db()
    assert (made.state, made.close_reason) == (DocumentState.WITHDRAWN, "改变主意")
    assert "改变主意" in page(clerk.get(reverse("portal:suspension", args=[made.pk])))


def test_the_seal_is_asked_for_from_the_page(clerk: Browser, contract: Contract) -> None:
    clerk.post(address("suspend", contract), agreed(reason="3", evidence="on", confirmed="1"))
    work.run_due(work.GENERAL, limit=5)
    made = Suspension.objects.get()
    ask = reverse("suspensions:seal", args=[made.pk])
    assert ask in page(clerk.get(reverse("portal:suspension", args=[made.pk])))
    keeper = make.make_member(contract.employer, Role.SEAL_KEEPER)
    seal = Seal.objects.create(
        tenant=contract.employer_id, kind=SealKind.CONTRACT, label="合同章", name=contract.employer.name,
        diameter_mm="42.0", holder=f"user:{keeper.user_id}", created_at=clock.now(),
    )  # fmt: skip
    clerk.post(ask, {"seal": str(seal.pk), "reason": "中止", "confirmed": "1"})
    assert SealApplication.objects.count() == 1


@pytest.mark.parametrize("role", MEMBERS)
def test_only_those_who_may_send_suspend(contract: Contract, role: Role) -> None:
    visitor = browser_of(contract.employer, role)
    writes = role in WRITERS
    assert visitor.get(address("suspend", contract)).status_code == (200 if writes else 403)
    assert visitor.post(address("suspend", contract), agreed(confirmed="1")).status_code == (
        302 if writes else 403
    )
    assert Suspension.objects.exists() is writes
    assert (
        address("resume", contract) in page(visitor.get(reverse("portal:contract", args=[contract.pk])))
    ) is False


def test_another_employers_is_not_there(contract: Contract) -> None:
    made = make_suspension(contract)
    stranger = browser_of(make.make_employer())
    for name in ("suspensions:withdraw", "suspensions:seal", "suspensions:document", "portal:suspension"):
        assert stranger.get(reverse(name, args=[made.pk])).status_code == 404
    for act in ("suspend", "resume"):
        assert stranger.post(address(act, contract), agreed(confirmed="1")).status_code == 404
    assert Suspension.objects.count() == 1


def test_the_document_is_an_attachment(clerk: Browser, contract: Contract) -> None:
    made = make_suspension(contract, SUSPEND)
    answer: Any = clerk.get(reverse("suspensions:document", args=[made.pk]))
    assert answer.content == blobs.get(made.signed_digest)
    assert made.document_no in answer["Content-Disposition"]
