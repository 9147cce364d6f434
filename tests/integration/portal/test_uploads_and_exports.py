"""What uploads take is said beside them (D08); who came and went can be exported for the insurances (D06)."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Employer
from contracts.domain import ContractState, DocumentState
from contracts.services.publishing import publish_own_templates
from core import clock
from core.principal import Role
from tests.support import accounts as make
from tests.support.portal import make_contract, make_ending

pytestmark = pytest.mark.django_db
UPLOADS = (
    "org:change_profile",
    "accounts:register",
    "batches:new",
    "seals:new",
    "templates:upload",
    "verify:verify",
)


@pytest.fixture
def employer() -> Employer:
    return make.make_employer()


def browser(employer: Employer, role: Role = Role.OWNER) -> Browser:
    made = Browser(headers={"Accept-Language": "zh-CN"})
    made.force_login(make.make_member(employer, role).user)
    return made


@pytest.mark.parametrize("name", UPLOADS)
def test_d08_the_page_says_before_the_upload_what_it_takes(employer: Employer, name: str) -> None:
    publish_own_templates()
    make.make_member(employer, Role.SEAL_KEEPER)
    page = browser(employer).get(reverse(name)).content.decode()
    assert 'type="file"' in page
    assert re.search(r"PDF|Excel|xlsx|PNG", page)
    assert re.search(r"\d+\s*(MB|兆)", page), "no limit of size"


def test_d08_a_file_that_is_not_taken_is_told_what_is_wrong_with_it(employer: Employer) -> None:
    made = browser(employer)
    form: Any = made.get(reverse("org:change_profile")).context["form"]
    given = {name: value for name, value in form.initial.items() if value not in (None, False)}
    given |= {"name": "改名有限公司", "evidence": SimpleUploadedFile("a.docx", b"PK\x03\x04 word")}
    page = made.post(reverse("org:change_profile"), given).content.decode()
    assert "不加密的 PDF" in page
    assert "5 MB" in page


def test_d06_who_left_is_exported_and_open_transfers_are_counted(employer: Employer) -> None:
    """Outside our scope by its own words: a reminder and a list, the declaration is made elsewhere."""
    contract = make_contract(employer, ContractState.EFFECTIVE)
    ending = make_ending(contract, DocumentState.COMPLETED, days_ago=3)
    made = browser(employer)
    page = made.get(reverse("endings:list") + "?show=owing").content.decode()
    until = ending.ends_on + timedelta(days=15)
    assert contract.contract_no in page
    assert until.isoformat() in page
    assert "转移手续未办结" in made.get(reverse("portal:overview")).content.decode()

    answer = made.get(reverse("endings:list") + "?export=xlsx")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    cells = {cell.value for row in sheet for cell in row}
    assert contract.contract_no in cells
    assert ending.ends_on.isoformat() in cells
    assert clock.today() >= ending.ends_on
