"""The log-in pages: the same lockout and codes as the API, nothing inline, both languages."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Employer, Membership
from core import clock
from core.models import AuditEvent
from core.principal import Role
from tests.integration.accounts.conftest import deliver_mail, everything
from tests.integration.accounts.test_members import invite
from tests.integration.accounts.test_totp import code_now, enrol
from tests.support import accounts as make
from tests.support.accounts import PASSWORD, Client

EMAIL = "person@example.com"
CHINESE = {"Accept-Language": "zh-CN"}


@pytest.fixture
def person(employer: Employer) -> Membership:
    return make.make_member(employer, Role.CLERK, email=EMAIL)


@pytest.fixture
def browser() -> Browser:
    return Browser(headers=CHINESE)


def log_in(browser: Browser, password: str = PASSWORD, email: str = EMAIL) -> Any:
    return browser.post(reverse("account_login"), {"login": email, "password": password})


def prove_again(browser: Browser) -> None:
    """Changes to the second factor ask for the password once more."""
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def inside(browser: Browser) -> bool:
    return "_auth_user_id" in browser.session


def secret_of(person: Membership) -> str:
    with time_machine.travel(clock.now() - timedelta(seconds=90)):
        return enrol(make.client_of(person))


PAGES = [
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_signup",
    "accounts:accept_invitation",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "account_change_password",
    "account_email",
    "account_logout",
]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_page_obeys_the_content_security_policy(
    person: Membership, browser: Browser, name: str, language: str
) -> None:
    if not name.startswith(("account_login", "account_reset", "account_signup", "accounts:")):
        log_in(browser)
        prove_again(browser)

    answer = browser.get(reverse(name), headers={"Accept-Language": language})

    assert answer.status_code == 200
    html = answer.content.decode()
    policy = answer.headers["Content-Security-Policy"]
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= set(policy.split("; "))
    scripts = re.findall(r"<script([^>]*)>", html)
    assert all("src=" in attributes or "application/json" in attributes for attributes in scripts)
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:|src=.data:", html)
    assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in html


def test_log_in_and_out(person: Membership, browser: Browser) -> None:
    log_in(browser)
    assert inside(browser)
    assert AuditEvent.objects.filter(action="session.opened", actor=f"user:{person.user_id}").exists()

    browser.post(reverse("account_logout"))
    assert not inside(browser)


def test_nobody_signs_up(db: None, browser: Browser) -> None:
    before = everything()

    browser.post(
        reverse("account_signup"),
        {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD},
    )

    assert not inside(browser)
    assert everything() == before


def test_pages_and_api_count_wrong_passwords_together(
    person: Membership, browser: Browser, visitor: Client
) -> None:
    for _ in range(3):
        log_in(browser, "not-the-password")
    for _ in range(2):
        visitor.send("post", "sessions/", {"email": EMAIL, "password": "not-the-password"})

    page = log_in(browser)
    answer = visitor.send("post", "sessions/", {"email": EMAIL, "password": PASSWORD})

    assert not inside(browser)
    assert "错误次数过多" in page.content.decode() or "失败次数过多" in page.content.decode()
    assert answer.json()["code"] == "too_many_attempts"


def test_second_factor_stands_between_password_and_log_in(person: Membership, browser: Browser) -> None:
    secret = secret_of(person)
    answer = log_in(browser)
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert not inside(browser)

    browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert not inside(browser)
    browser.post(reverse("mfa_authenticate"), {"code": code_now(secret)})
    assert inside(browser)


def test_code_used_on_the_page_is_used_for_the_api(
    person: Membership, browser: Browser, visitor: Client
) -> None:
    secret = secret_of(person)
    code = code_now(secret)
    log_in(browser)
    browser.post(reverse("mfa_authenticate"), {"code": code})
    assert inside(browser)

    answer = visitor.send("post", "sessions/", {"email": EMAIL, "password": PASSWORD, "totp": code})

    assert answer.json()["code"] == "totp_wrong"


def test_wrong_codes_on_page_and_api_lock_out_together(
    person: Membership, browser: Browser, visitor: Client
) -> None:
    secret = secret_of(person)
    log_in(browser)
    for _ in range(3):
        browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    for _ in range(2):
        visitor.send("post", "sessions/", {"email": EMAIL, "password": PASSWORD, "totp": "000000"})

    browser.post(reverse("mfa_authenticate"), {"code": code_now(secret)})

    assert not inside(browser)


@pytest.mark.django_db(transaction=True)
def test_enrolment_on_the_page_gives_recovery_codes_that_work_once(
    person: Membership, browser: Browser
) -> None:
    log_in(browser)
    assert "reauthenticate" in browser.get(reverse("mfa_activate_totp")).headers["Location"]
    prove_again(browser)
    page = browser.get(reverse("mfa_activate_totp")).content.decode()
    secret = browser.session["mfa.totp.secret"]
    assert secret in page
    assert "<svg" in page
    browser.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert AuditEvent.objects.filter(action="totp.enrolled").count() == 1
    recovery = Authenticator.objects.get(type="recovery_codes")
    assert "seed" in recovery.data
    code = recovery.wrap().generate_codes()[0]
    assert code not in str(recovery.data)
    assert code in browser.get(reverse("mfa_view_recovery_codes")).content.decode()

    for expected in (True, False):
        other = Browser()
        log_in(other)
        other.post(reverse("mfa_authenticate"), {"code": code})
        assert inside(other) is expected


def test_the_confirming_code_is_used(person: Membership, browser: Browser, visitor: Client) -> None:
    log_in(browser)
    prove_again(browser)
    browser.get(reverse("mfa_activate_totp"))
    code = code_now(browser.session["mfa.totp.secret"])
    browser.post(reverse("mfa_activate_totp"), {"code": code})

    answer = visitor.send("post", "sessions/", {"email": EMAIL, "password": PASSWORD, "totp": code})

    assert answer.json()["code"] == "totp_wrong"


def test_d01_password_reset_by_mail_ends_the_apis_sessions(
    person: Membership, browser: Browser, visitor: Client
) -> None:
    session = Client(
        visitor.send("post", "sessions/", {"email": EMAIL, "password": PASSWORD}).json()["token"]
    )
    lasting = make.client_of(person)
    browser.post(reverse("account_reset_password"), {"email": EMAIL})
    letter = next(m for m in deliver_mail() if m.to == [EMAIL])
    link = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", str(letter.body))
    assert link
    form = browser.get(link[1], follow=True)
    fresh = "another-long-secret"

    browser.post(form.request["PATH_INFO"], {"password1": fresh, "password2": fresh})

    assert visitor.send("post", "sessions/", {"email": EMAIL, "password": fresh}).status_code == 201
    assert visitor.send("post", "sessions/", {"email": EMAIL, "password": PASSWORD}).status_code == 401
    assert session.send("get", "employers/me/").status_code == 401
    assert lasting.send("get", "employers/me/").status_code == 200
    assert AuditEvent.objects.filter(action="password.reset").count() == 1


def test_password_reset_does_not_tell_who_has_a_log_in(person: Membership, browser: Browser) -> None:
    known = browser.post(reverse("account_reset_password"), {"email": EMAIL}, follow=True)
    unknown = browser.post(reverse("account_reset_password"), {"email": "nobody@example.com"}, follow=True)

    mask = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    assert mask.sub("", known.content.decode()) == mask.sub("", unknown.content.decode())
    assert [m.to for m in deliver_mail()] == [[EMAIL]]


def test_invitation_is_accepted_on_a_page(employer: Employer, owner: Client, browser: Browser) -> None:
    token = invite(owner)
    page = browser.get(reverse("accounts:invitation", args=[token]), follow=True)
    assert token not in page.request["PATH_INFO"]
    assert employer.name in page.content.decode()

    weak = browser.post(reverse("accounts:accept_invitation"), {"name": "测试乙", "password": "1234567890"})
    assert "密码不符合要求" in weak.content.decode()
    assert not Membership.objects.filter(user__email="clerk@example.com").exists()
    browser.post(reverse("accounts:accept_invitation"), {"name": "测试乙", "password": PASSWORD})

    assert Membership.objects.get(user__email="clerk@example.com").role == "clerk"
    log_in(browser, email="clerk@example.com")
    assert inside(browser)


def test_unknown_invitation_says_so(db: None, browser: Browser) -> None:
    page = browser.get(reverse("accounts:invitation", args=["x" * 43]), follow=True)

    assert "邀请无效" in page.content.decode()


def test_language_can_be_chosen(db: None, browser: Browser) -> None:
    login = reverse("account_login")
    assert 'lang="zh-Hans"' in browser.get(login).content.decode()

    browser.post(reverse("set_language"), {"language": "en", "next": login})

    assert '<html lang="en">' in browser.get(login).content.decode()
