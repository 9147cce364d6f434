"""Slips on paper: printed for accepted filings only, checked by anybody, told no more than the paper has."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from django.test import Client as Browser
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Employer
from contracts.domain import ContractState
from contracts.models import Contract
from core import clock
from core.models import AuditEvent
from core.principal import Role
from filing_bridge.domain import FilingState
from filing_bridge.models import Filing
from filing_bridge.services.paper_slips import check_of
from tests.support import accounts as make
from tests.support.portal import make_contract, make_filing

pytestmark = pytest.mark.django_db
NAME = "测试甲乙丙"


def leaving(jurisdiction: str, state: FilingState = FilingState.ACCEPTED, **worker: str) -> Filing:
    """The filing of an ending of somebody who worked there."""
    employer = make.make_employer()
    particulars = {"name": NAME, "hukou_code": "310104", **worker}
    contract = make_contract(
        employer, ContractState.EFFECTIVE, worker=make.make_worker(employer, **particulars)
    )
    day = clock.today() - timedelta(days=1)
    filing = make_filing(
        contract, state, event="ending", filing_type="51", jurisdiction=jurisdiction, starts_on=day
    )
    filing.record = {**filing.record, "ending": {"date": day.isoformat(), "reason": "3602"}}
    filing.save()
    return filing


def browser(filing: Filing, role: Role = Role.CLERK) -> Browser:
    made = Browser(headers={"Accept-Language": "zh-CN"})
    made.force_login(make.make_member(Employer.objects.get(pk=filing.tenant), role).user)
    return made


def visitor() -> Browser:
    return Browser(headers={"Accept-Language": "zh-CN"})


def slip(filing: Filing, number: int, role: Role = Role.CLERK) -> Any:
    return browser(filing, role).get(reverse("portal:slip", args=[filing.pk, number]))


def pages(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        texts = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    return [re.sub(r"[\s\u200b]+", "", text) for text in texts]


def address(filing: Filing) -> str:
    """What the QR code says, as a path of ours."""
    return re.sub(r"^https?://[^/]+", "", check_of(filing).url)


def test_a09_the_shanghai_certificate_of_leaving_has_two_marked_copies() -> None:
    filing = leaving("310115")

    answer = slip(filing, 2)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    first, second = pages(answer.content)
    assert first.startswith("第一联劳动者留存上海市单位退工证明")
    assert second.startswith("第二联用人单位留存上海市单位退工证明")
    assert first.removeprefix("第一联劳动者留存") == second.removeprefix("第二联用人单位留存")
    for words in (
        NAME,
        filing.record["worker"]["id_no"],
        filing.record["employer"]["name"],
        "解除或者终止日期",
        "退工原因",
        "□保管职介代转",
        "用人单位（盖章）",
        filing.receipt_no,
        check_of(filing).code,
    ):
        assert words in first
    event = AuditEvent.objects.get(action="filing.slip_printed")
    assert event.subject == filing.subject


@pytest.mark.parametrize(
    ("jurisdiction", "hukou"),
    [("310115", "370303"), ("370303", "370303")],
    ids=["registered elsewhere", "another province"],
)
def test_a09_it_is_for_people_registered_in_shanghai_only(jurisdiction: str, hukou: str) -> None:
    filing = leaving(jurisdiction, hukou_code=hukou)
    assert slip(filing, 2).status_code == 409
    assert slip(filing, 1).status_code == 200


@pytest.mark.parametrize(
    "state", [FilingState.WAITING, FilingState.UNDER_REVIEW, FilingState.RETURNED, FilingState.REJECTED]
)
def test_a09_nothing_is_released_before_the_filing_is_accepted(state: FilingState) -> None:
    filing = leaving("310115", state)
    for number in (1, 2):
        assert slip(filing, number).status_code == 409
    page = browser(filing).get(reverse("portal:contract", args=[filing.contract_id])).content.decode()
    assert reverse("portal:slip", args=[filing.pk, 1]) not in page
    assert not AuditEvent.objects.filter(action="filing.slip_printed").exists()


def test_a19_the_slip_in_four_parts_names_who_keeps_each() -> None:
    filing = leaving("370303")
    answer = slip(filing, 1)
    kept = ("第一联用人单位留存", "第二联劳动者留存", "第三联经办机构留存", "第四联存入个人档案")
    for text, words in zip(pages(answer.content), kept, strict=True):
        assert text.startswith(f"{words}退工单")
        assert filing.receipt_no in text
        assert "示例经办机构" in text
    about = PdfReader(BytesIO(answer.content)).metadata
    assert about is not None
    assert about.title == "退工单"


def test_a19_whoever_holds_the_paper_can_check_it() -> None:
    filing = leaving("310115")
    page = visitor().get(address(filing)).content.decode()
    assert "经办机构已准予备案" in page
    for words in (filing.receipt_no, filing.record["employer"]["name"], "测**", filing.starts_on.isoformat()):
        assert words in page
    assert NAME not in page
    assert filing.record["worker"]["id_no"] not in page

    typed = {"receipt_no": f" {filing.receipt_no} ", "code": check_of(filing).code.lower()}
    assert "经办机构已准予备案" in visitor().post(reverse("checking:start"), typed).content.decode()


def test_a19_another_code_or_another_number_proves_nothing() -> None:
    filing, other = leaving("310115"), leaving("310115")
    for receipt_no, code in (
        (filing.receipt_no, "0" * 16),
        (filing.receipt_no, check_of(other).code.replace("-", "")),
        ("TEST310115999999", check_of(filing).code.replace("-", "")),
    ):
        answer = visitor().get(reverse("checking:slip", args=[receipt_no, code]))
        assert answer.status_code == 404
        assert filing.record["employer"]["name"] not in answer.content.decode()


def test_a19_a_filing_that_does_not_stand_any_more_is_not_called_good() -> None:
    filing = leaving("310115")
    Filing.objects.filter(pk=filing.pk).update(state=FilingState.HELD)
    page = visitor().get(address(filing)).content.decode()
    assert "经办机构已准予备案" not in page
    assert "需人工处理" in page


def test_a19_codes_are_not_to_be_tried_out_and_a_counter_may_check_all_day() -> None:
    filing = leaving("310115")
    for _ in range(40):
        assert visitor().get(address(filing)).status_code == 200
    wrong = reverse("checking:slip", args=[filing.receipt_no, "0" * 16])
    answers = [visitor().get(wrong).status_code for _ in range(31)]
    assert answers == [404] * 30 + [429]


def test_who_may_not_see_personal_data_prints_nothing() -> None:
    filing = leaving("310115")
    assert slip(filing, 1, Role.AUDITOR).status_code == 403
    page = browser(filing, Role.AUDITOR).get(reverse("portal:contract", args=[filing.contract_id]))
    assert reverse("portal:slip", args=[filing.pk, 1]) not in page.content.decode()


def test_the_contracts_page_offers_what_can_be_printed() -> None:
    filing = leaving("310115")
    page = browser(filing).get(reverse("portal:contract", args=[filing.contract_id])).content.decode()
    for number in (1, 2):
        assert reverse("portal:slip", args=[filing.pk, number]) in page
    assert Contract.objects.get(pk=filing.contract_id).contract_no in page
