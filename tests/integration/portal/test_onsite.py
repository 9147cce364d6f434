"""On-site mode: the sheet of QR codes for a signing table."""

import re

import pytest
import qrcode
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Employer
from contracts.document.qr import drawn
from contracts.domain import ContractState
from contracts.models import Contract
from core.models import AuditEvent
from core.principal import Role
from signing.models import SigningLink
from tests.support import accounts as make
from tests.support.mine import make_own

pytestmark = pytest.mark.django_db


def browser_of(employer: Employer, role: Role = Role.CLERK) -> Browser:
    browser = Browser(headers={"Accept-Language": "zh-CN"})
    browser.force_login(make.make_member(employer, role).user)
    return browser


def pick(browser: Browser, what: str, *contracts: Contract, **more: str) -> str:
    given = {"do": what, "pick": [str(each.pk) for each in contracts], **more}
    answer = browser.post(reverse("portal:contracts"), given, follow=True)
    return str(answer.content.decode())


def test_codes_are_printed_only_after_the_question_and_only_for_who_has_to_sign() -> None:
    employer = make.make_employer()
    waiting = make_own(employer, ContractState.SIGNING)
    done = make_own(employer)
    browser = browser_of(employer)
    assert "12 小时内有效" in pick(browser, "onsite", waiting, done)
    assert not SigningLink.objects.exists()
    page = pick(browser, "onsite", waiting, done, confirmed="1")
    assert page.count('<svg class="qb-qr"') == 1
    assert waiting.contract_no in page
    assert done.contract_no not in page
    assert "/sign/#" not in page  # for a camera, not for a browser's history
    link = SigningLink.objects.get()
    assert link.kind == "printed"
    assert AuditEvent.objects.filter(action="link.printed", subject=waiting.subject).count() == 1


def test_a_code_is_drawn_as_the_library_made_it() -> None:
    url = "https://example.test/sign/#" + "a" * 43
    path, size = drawn(url)
    code = qrcode.QRCode(border=4, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(url)
    rows = code.get_matrix()
    dark_ones = {(int(x), int(y)) for x, y in re.findall(r"M(\d+),(\d+)h1v1h-1z", path)}
    assert dark_ones == {(x, y) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark}
    assert size == len(rows)


def test_only_who_may_send_and_only_ones_own() -> None:
    employer = make.make_employer()
    waiting = make_own(employer, ContractState.SIGNING)
    pick(browser_of(employer, Role.AUDITOR), "onsite", waiting, confirmed="1")
    pick(browser_of(make.make_employer()), "onsite", waiting, confirmed="1")
    assert not SigningLink.objects.exists()
