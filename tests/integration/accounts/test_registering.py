"""The way of a new employer in: registration, licence, review, the owner's own password (A05, D02)."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from PIL import Image

from accounts.models import Employer, User
from core import blobs
from tests.integration.accounts.conftest import deliver_mail, everything, token_in
from tests.support.accounts import PASSWORD, PROFILE, Client

REGISTER = "accounts:register"
EMAIL = "first-owner@example.com"


def licence() -> bytes:
    picture = BytesIO()
    Image.new("RGB", (600, 800), "white").save(picture, "PNG")
    return picture.getvalue()


def given(**changes: Any) -> dict[str, Any]:
    form = {name: value for name, value in PROFILE.items() if value not in (None, False)}
    paper = SimpleUploadedFile("licence.png", licence(), "image/png")
    return {**form, "industry": "C37", "owner_email": EMAIL, "licence": paper, **changes}


@pytest.fixture
def browser(db: None) -> Browser:
    return Browser(headers={"Accept-Language": "zh-CN"})


def test_a05_from_the_licence_to_the_owners_own_password(browser: Browser, operator: Client) -> None:
    assert reverse(REGISTER) in browser.get(reverse("account_login")).content.decode()
    page = browser.post(reverse(REGISTER), given())
    assert "注册资料已提交" in page.content.decode()
    employer = Employer.objects.get()
    assert (employer.state, employer.name) == ("pending", PROFILE["name"])

    paper = operator.send("get", f"operator/employers/{employer.pk}/licence/")
    assert (paper["Content-Type"], paper.content) == ("image/png", licence())

    [message] = deliver_mail()
    token = token_in(message)
    browser.get(reverse("accounts:invitation", args=[token]))
    weak = {"name": "示例管理员", "password": "12345678"}
    browser.post(reverse("accounts:accept_invitation"), weak)
    assert not User.objects.filter(email=EMAIL).exists()
    browser.post(reverse("accounts:accept_invitation"), {**weak, "password": PASSWORD})
    browser.post(reverse("account_login"), {"login": EMAIL, "password": PASSWORD})
    assert "正在审核" in browser.get(reverse("portal:overview")).content.decode()

    operator.send("post", f"operator/employers/{employer.pk}/approve/")
    assert "正在审核" not in browser.get(reverse("portal:overview")).content.decode()


def test_a05_every_fault_is_told_at_once_and_nothing_is_kept(browser: Browser) -> None:
    before = everything()
    faulty = given(uscc="91370303MA3TE5T03X", contact_phone="123", owner_email="nobody")
    page = browser.post(reverse(REGISTER), faulty).content.decode()
    assert "qb-field-error" in page
    faulty = given(uscc="91370303MA3TE5T03X", contact_phone="123")
    page = browser.post(reverse(REGISTER), faulty).content.decode()
    assert page.count("qb-field-error") >= 2
    assert everything() == before


def test_a05_a_paper_that_cannot_be_read_is_refused(browser: Browser) -> None:
    page = browser.post(reverse(REGISTER), given(licence=SimpleUploadedFile("a.pdf", b"%PDF-nonsense")))
    assert "证明材料无法读取" in page.content.decode()
    assert not Employer.objects.exists()


def test_a05_without_a_licence_there_is_no_registration(browser: Browser) -> None:
    browser.post(reverse(REGISTER), {k: v for k, v in given().items() if k != "licence"})
    assert not Employer.objects.exists()


def test_a05_only_operators_see_the_licence(browser: Browser, owner: Client, operator: Client) -> None:
    browser.post(reverse(REGISTER), given(uscc="91350100M000100Y43"))
    employer = Employer.objects.get(uscc="91350100M000100Y43")
    assert blobs.get(employer.licence) == licence()
    address = f"operator/employers/{employer.pk}/licence/"
    assert owner.send("get", address).status_code == 403
    without = Employer.objects.exclude(pk=employer.pk).get()
    assert operator.send("get", f"operator/employers/{without.pk}/licence/").status_code == 404


def test_d02_registrations_from_one_address_are_limited(browser: Browser) -> None:
    pages = [browser.post(reverse(REGISTER), given()) for _ in range(11)]
    assert "已经注册" in pages[1].content.decode()
    assert "错误次数过多" in pages[10].content.decode()
