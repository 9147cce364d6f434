"""The shells of the workers' pages: the same for everybody, nothing inline, and no trace of a visit."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from tests.integration.test_routes import _walk
from tests.support.signing import LEGAL_NAME, NAME, make_request, snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders", "heard")]
STEPS = ["landing", "identity", "read", "pad", "place", "confirm", "done"]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("step", STEPS)
def test_a_shell_obeys_the_policy_and_knows_nobody(client: Client, step: str, language: str) -> None:
    make_request()
    before = snapshot()

    answer = client.get(reverse(f"signing:{step}"), headers={"Accept-Language": language})

    html = answer.content.decode()
    policy = set(answer.headers["Content-Security-Policy"].split("; "))
    assert answer.status_code == 200
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob:"} <= policy
    assert "no-store" in answer.headers["Cache-Control"]
    scripts = re.findall(r"<script([^>]*)>", html)
    assert all("src=" in attributes or "application/json" in attributes for attributes in scripts)
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:|src=.data:", html)
    assert NAME not in html
    assert LEGAL_NAME not in html
    assert snapshot() == before


@pytest.mark.parametrize("step", STEPS)
def test_english_is_complete(client: Client, step: str) -> None:
    html = client.get(reverse(f"signing:{step}"), headers={"Accept-Language": "en"}).content.decode()

    left = {text for text in re.findall(r"[\u4e00-\u9fff]+", html) if text not in {"中文", "签备"}}
    assert left == set()
    assert '<html lang="en"' in html


def test_large_letters_are_remembered(client: Client) -> None:
    address = reverse("signing:landing")
    assert 'class="large"' not in client.get(address).content.decode()

    client.cookies["large"] = "1"

    assert 'class="large"' in client.get(address).content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_shell_takes_nothing(client: Client, method: str) -> None:
    assert getattr(client, method)(reverse("signing:confirm")).status_code == 405


def test_b01_signing_is_free_and_no_address_takes_money(client: Client) -> None:
    """电子劳动合同订立指引 Arts. 6 and 12: workers sign, look and download without a fee."""
    landing = client.get(reverse("signing:landing"), headers={"Accept-Language": "zh-CN"}).content.decode()
    assert "全程免费" in landing
    addresses = " ".join(address for address, _ in _walk(get_resolver().url_patterns))
    assert not re.search(r"payment|\bpay\b|fee|charge|invoice|order", addresses)


@pytest.mark.parametrize("step", STEPS)
def test_b10_nothing_has_to_be_installed(client: Client, step: str) -> None:
    """No control, plug-in or download: the policy lets none of them run."""
    answer = client.get(reverse(f"signing:{step}"))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "object-src" not in policy
    assert not re.search(r"<(object|embed|applet)|\.(exe|cab|msi)\b", answer.content.decode())
