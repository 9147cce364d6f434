"""What a person sees and does at 我的合同: all contracts for life, files, paper, the link, their data."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.domain import RevealReason
from accounts.selectors import member_principal
from accounts.services.workers import reveal_worker
from accounts.web.words import Words
from contracts.domain import ContractState, DocumentState
from contracts.models import Change, PaperRequest, Suspension
from contracts.services.viewing import open_certificate, open_in_full
from contracts.suspensions.facts import RESUME
from core import blobs
from core.models import AuditEvent
from core.principal import Role
from filing_bridge.domain import FilingState
from filing_bridge.models import Correction
from filing_bridge.web.actions import history_of
from filing_bridge.web.mine.data import LOOKS
from signing.models import SigningParty
from signing.pades.validate import validate
from signing.services import outside
from tests.support.accounts import id_no, make_employer, make_member, make_worker
from tests.support.mine import Browser, heading, make_own, make_person, make_signed
from tests.support.portal import (
    make_change,
    make_correction,
    make_ending,
    make_filing,
    make_suspension,
    pdf,
    record_of,
)
from tests.support.signing import ID_NO, MOBILE, NAME, messages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


@pytest.fixture
def browser() -> Browser:
    make_person()
    return Browser().log_in()


def test_all_contracts_of_all_employers_and_nobody_elses(browser: Browser) -> None:
    own = [make_own(make_employer(name=f"示例{n}公司")) for n in "甲乙"]
    other = make_own(make_employer(name="别家公司"), name="测试乙", id_no=id_no(7))
    page = browser.get("contracts")
    assert all(contract.contract_no in page for contract in own)
    assert other.contract_no not in page
    for name in ("contract", "document", "evidence"):
        answer = browser.client.get(reverse(f"mine:{name}", args=[other.pk]))
        assert answer.status_code == 404, name
    before = AuditEvent.objects.count()
    for name in ("paper", "link", "evidence"):
        assert browser.client.post(reverse(f"mine:{name}", args=[other.pk])).status_code == 404
    assert AuditEvent.objects.count() == before
    assert not PaperRequest.objects.exists()


def test_the_list_costs_the_same_however_long_it_is(browser: Browser) -> None:
    employer = make_employer()
    make_own(employer)
    with CaptureQueriesContext(
        connection,
    ) as one:
        browser.get("contracts")
    for _ in range(5):
        make_filing(make_own(employer))
    with CaptureQueriesContext(connection) as many:
        browser.get("contracts")
    assert len(many) == len(one)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ContractState.SIGNING, "待您签署"),
        (ContractState.EFFECTIVE, "已生效"),
        (ContractState.WITHDRAWN, "单位已撤回"),
        (ContractState.EXPIRED, "过期未签"),
    ],
)
def test_every_state_is_told_in_words(browser: Browser, state: ContractState, words: Words) -> None:
    contract = make_own(make_employer(), state)
    assert str(words) in browser.get("contracts")
    assert str(words) in browser.get("contract", contract.pk)


def test_the_signed_pdf_is_free_for_life_and_the_first_download_is_kept(browser: Browser) -> None:
    contract = make_own(make_employer())
    answer = browser.client.get(reverse("mine:document", args=[contract.pk]))
    assert answer.content == pdf()
    assert "attachment" in answer["Content-Disposition"]
    event = AuditEvent.objects.get(action="document.downloaded")
    assert event.subject == SigningParty.objects.get(role="worker").request.subject
    assert event.actor.startswith("person:")


def test_the_employer_sees_what_the_worker_fetched(browser: Browser) -> None:
    employer = make_employer()
    contract = make_own(employer)
    browser.client.get(reverse("mine:evidence", args=[contract.pk]))
    steps = history_of(member_principal(make_member(employer)), contract.pk, [])
    assert [(str(step.what), str(step.who)) for step in steps][-1] == ("劳动者下载证据包", "劳动者")


def test_a_contract_that_one_has_not_signed_is_not_handed_out(browser: Browser) -> None:
    contract = make_own(make_employer(), ContractState.SIGNING)
    answer = browser.client.get(reverse("mine:document", args=[contract.pk]))
    assert answer.status_code == 409
    assert not AuditEvent.objects.filter(action="document.downloaded").exists()
    assert "下载合同 PDF" not in browser.get("contract", contract.pk)


def test_b15_the_worker_makes_and_fetches_the_evidence_package(browser: Browser) -> None:
    contract = make_own(make_employer())
    assert "正在生成证据包" in browser.post("evidence", contract.pk)
    answer = browser.client.get(reverse("mine:evidence", args=[contract.pk]))
    assert answer["Content-Type"] == "application/zip"
    assert AuditEvent.objects.filter(action="evidence.downloaded").count() == 1


def test_paper_and_link_are_asked_for_here(browser: Browser) -> None:
    contract = make_own(make_employer())
    assert "已向单位申请纸质件" in browser.post("paper", contract.pk)
    assert "请等待单位交给您" in browser.post("paper", contract.pk)
    assert PaperRequest.objects.get().contract == contract
    for _ in range(3):
        assert "链接已发送" in browser.post("link", contract.pk)
    assert "不能再发" in browser.post("link", contract.pk)
    assert sum("您要的链接" in text for text in messages()) == 3


def test_the_filing_is_told(browser: Browser) -> None:
    contract = make_own(make_employer())
    filing = make_filing(contract, FilingState.ACCEPTED)
    page = browser.get("contract", contract.pk)
    assert "备案成功" in page
    assert filing.receipt_no in page


@pytest.mark.usefixtures("authorities", "heard")
def test_signatures_are_told_in_words_and_judged_now() -> None:
    contract = make_signed(make_employer())
    page = Browser().log_in().get("contract", contract.pk)
    verdict = validate(blobs.get(contract.signed_digest), outside.trust_roots())
    assert "签名全部有效" in page
    for each in verdict.signatures:
        assert each.signer.common_name in page
    assert "测试证书，不具有法律效力" in page
    assert SigningParty.objects.get(role="worker").request.verify_code_in_groups in page
    altered = bytearray(blobs.get(contract.signed_digest))
    altered[2000] ^= 1
    party = SigningParty.objects.get(role="worker")
    party.request.current_digest = blobs.put(bytes(altered))
    party.request.save()
    assert "没有通过" in Browser().log_in().get("contract", contract.pk)


def test_the_statement_says_what_is_held_and_who_looked() -> None:
    make_person()
    employer = make_employer()
    worker = make_worker(employer, name=NAME, id_no=ID_NO, mobile=MOBILE)
    contract = make_own(employer)
    member = make_member(employer, Role.CLERK)
    principal = member_principal(member)
    open_in_full(principal=principal, contract_id=contract.pk, what="document")
    reveal_worker(principal=principal, worker_id=worker.pk, reason=RevealReason(next(iter(RevealReason))))
    other = make_employer()
    make_own(other, name="测试乙", id_no=id_no(7))
    page = Browser().log_in().get("data")
    assert page.count(str(LOOKS["contract.viewed"])) == 1
    assert page.count(str(LOOKS["worker.revealed"])) == 1
    assert employer.name in page
    assert ID_NO not in page
    assert MOBILE not in page
    assert "370303********0013" in page


def test_the_language_of_messages_is_chosen_and_kept(browser: Browser) -> None:
    make_own(make_employer())
    assert "现在用英文给您发短信" in browser.post("language", language="en")
    contract = make_own(make_employer())
    browser.post("link", contract.pk)
    assert any(text.startswith("[Qianbei] The link you asked for") for text in messages())


@pytest.mark.parametrize("page", ["enter", "phone", "contracts", "data", "contract"])
def test_english_is_complete_and_nothing_is_inline(browser: Browser, page: str) -> None:
    contract = make_own(make_employer(name="Example Ltd"))
    make_filing(contract, FilingState.ACCEPTED)
    if page in ("enter", "phone"):
        browser.client.cookies.pop("mine")
    address = reverse(f"mine:{page}", args=[contract.pk] if page == "contract" else [])
    answer = browser.client.get(address, headers={"Accept-Language": "en"})
    html = answer.content.decode()
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", html)
    main = html[html.index("<main") : html.index("</main>")].replace(NAME, "")
    assert set(re.findall(r"[\u4e00-\u9fff]+", main)) == set()


def test_logs_say_nothing_about_people(browser: Browser, caplog: Any, capfd: Any) -> None:
    contract = make_own(make_employer())
    for name in ("contract", "document"):
        browser.client.get(reverse(f"mine:{name}", args=[contract.pk]))
    browser.post("paper", contract.pk)
    messages()
    written = caplog.text + "".join(capfd.readouterr())
    assert not [each for each in (NAME, ID_NO, MOBILE) if each in written]


def test_a_list_that_is_empty_says_so(browser: Browser) -> None:
    assert heading(browser.get("contracts")) == "我的合同"
    assert "还没有用这个手机号签署的合同" in browser.get("contracts")


def test_a_change_is_told_term_by_term_and_its_agreement_is_free(browser: Browser) -> None:
    contract = make_own(make_employer())
    change = make_change(contract, days=3, job_title="班组长")
    page = browser.get("contract", contract.pk)
    assert f"合同变更（自 {change.effective_on} 起）" in page
    old = contract.facts["contract"]["job_title"]
    assert f"{old}</span> → <strong>班组长</strong>" in page
    assert "岗位名称" in page
    assert change.agreement_no in page
    assert "到期生效" in page
    answer = browser.client.get(reverse("mine:agreement", args=[contract.pk, change.pk]))
    assert answer.content == blobs.get(change.signed_digest)
    assert change.agreement_no in answer["Content-Disposition"]
    event = AuditEvent.objects.get(action="change.downloaded")
    assert (event.subject, event.tenant) == (change.subject, contract.employer_id)


def test_an_agreement_that_is_not_signed_or_anothers_is_not_there(browser: Browser) -> None:
    mine = make_own(make_employer())
    unsigned = make_change(mine, job_title="班组长")
    Change.objects.update(state=DocumentState.SIGNING)
    others = make_change(make_own(make_employer(), name="测试乙", id_no=id_no(7)), job_title="班组长")
    assert "合同变更" not in browser.get("contract", mine.pk)
    for contract, change in ((mine, unsigned), (mine, others), (others.contract, others)):
        address = reverse("mine:agreement", args=[contract.pk, change.pk])
        assert browser.client.get(address).status_code == 404
    assert not AuditEvent.objects.filter(action="change.downloaded").exists()


def test_a_suspension_is_told_in_words_and_its_document_is_free(browser: Browser) -> None:
    contract = make_own(make_employer())
    rests = make_suspension(contract, days=-1)
    page = browser.get("contract", contract.pk)
    assert f"合同中止（自 {rests.effective_on} 起）" in page
    for words in ("中止中", "双方协商一致", "时间不计算工作年限"):
        assert words in page
    back = make_suspension(contract, RESUME, number=2)
    page = browser.get("contract", contract.pk)
    assert f"合同恢复履行（自 {back.effective_on} 起）" in page
    assert "中止中" not in page
    answer = browser.client.get(reverse("mine:suspension", args=[contract.pk, rests.pk]))
    assert answer.content == blobs.get(rests.signed_digest)
    assert rests.document_no in answer["Content-Disposition"]
    event = AuditEvent.objects.get(action="suspension.downloaded")
    assert (event.subject, event.tenant) == (rests.subject, contract.employer_id)


def test_a_suspension_that_is_not_signed_or_anothers_is_not_there(browser: Browser) -> None:
    mine = make_own(make_employer())
    unsigned = make_suspension(mine, days=1)
    Suspension.objects.update(state=DocumentState.SIGNING)
    others = make_suspension(make_own(make_employer(), name="测试乙", id_no=id_no(7)))
    assert "合同中止" not in browser.get("contract", mine.pk)
    for contract, each in ((mine, unsigned), (mine, others), (others.contract, others)):
        address = reverse("mine:suspension", args=[contract.pk, each.pk])
        assert browser.client.get(address).status_code == 404
    assert not AuditEvent.objects.filter(action="suspension.downloaded").exists()


def test_a28_after_an_ending_the_certificate_and_the_next_steps_are_there(browser: Browser) -> None:
    contract = make_own(make_employer())
    ending = make_ending(contract, DocumentState.COMPLETED, days_ago=2)
    page = browser.get("contract", contract.pk)
    assert ending.certificate_no in page
    assert "解除、终止备案" in page
    assert "协商一致（劳动者提出）" in page
    assert "一般不能领失业保险金" in page
    assert (ending.ends_on + timedelta(days=15)).isoformat() in page
    answer = browser.client.get(reverse("mine:certificate", args=[contract.pk]))
    assert answer.content == blobs.get(ending.signed_digest)
    assert ending.certificate_no in answer["Content-Disposition"]
    event = AuditEvent.objects.get(action="termination.downloaded")
    assert (event.subject, event.tenant) == (ending.subject, contract.employer_id)


def test_a28_who_lost_the_work_is_told_of_the_benefit_and_until_when(browser: Browser) -> None:
    contract = make_own(make_employer())
    ending = make_ending(contract, DocumentState.COMPLETED, days_ago=20)
    ending.facts["ending"] |= {"involuntary": True, "reason": "3601", "compensation": "13000.00"}
    ending.file_moved_on = ending.ends_on + timedelta(days=3)
    ending.save()
    page = browser.get("contract", contract.pk)
    assert "可以领失业保险金" in page
    assert (ending.ends_on + timedelta(days=60)).isoformat() in page
    assert "13000.00" in page
    assert f"单位登记已于 {ending.file_moved_on.isoformat()} 办理" in page
    assert f"期限 {(ending.ends_on + timedelta(days=15)).isoformat()} 已过" in page  # of the insurance
    english = browser.client.get(
        reverse("mine:contract", args=[contract.pk]), headers={"Accept-Language": "en"}
    ).content.decode()
    assert "Unemployment registration and benefit" in english


@pytest.mark.parametrize("state", [DocumentState.PLANNED, DocumentState.SIGNING, DocumentState.WITHDRAWN])
def test_an_ending_that_is_not_signed_is_not_told(browser: Browser, state: DocumentState) -> None:
    contract = make_own(make_employer())
    ending = make_ending(contract, state)
    page = browser.get("contract", contract.pk)
    assert ending.certificate_no not in page
    assert browser.client.get(reverse("mine:certificate", args=[contract.pk])).status_code == 404


def test_a_certificate_is_its_workers_alone(browser: Browser) -> None:
    other = make_own(make_employer(), name="测试乙", id_no=id_no(7))
    make_ending(other, DocumentState.COMPLETED)
    assert browser.client.get(reverse("mine:certificate", args=[other.pk])).status_code == 404
    assert not AuditEvent.objects.filter(action="termination.downloaded").exists()


def test_one_sees_who_looked_at_the_certificate(browser: Browser) -> None:
    employer = make_employer()
    ending = make_ending(make_own(employer), DocumentState.COMPLETED)
    open_certificate(principal=member_principal(make_member(employer)), termination_id=ending.pk)
    assert str(LOOKS["termination.viewed"]) in browser.get("data")


def test_d05_what_was_corrected_is_shown_in_full_once_it_is_accepted(browser: Browser) -> None:
    contract = make_own(make_employer())
    filing = make_filing(contract, FilingState.ACCEPTED, record=record_of(contract), filing_type="11")
    new = {"/contract/job_title": "质检员"}
    correction = make_correction(filing, new)
    assert "质检员" not in browser.get("contract", contract.pk)
    made = make_filing(contract, FilingState.ACCEPTED, event="correction", filing_type="61")
    Correction.objects.filter(pk=correction.pk).update(state="confirmed", made=made, decided_by="user:-1")
    page = browser.get("contract", contract.pk)
    old = filing.record["contract"]["job_title"]
    for words in (
        f"原为 {old}，更正为 质检员",
        "录入笔误",
        made.receipt_no,
        "合同没有改变",
        filing.receipt_no,
    ):
        assert words in page
    assert "用工备案" in page, "the filing itself is still the one that is shown first"
