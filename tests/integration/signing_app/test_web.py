"""The shells of the workers' pages: the same for everybody, nothing inline, and no trace of a visit."""

import re

import pytest
from django.test import Client
from django.urls import reverse

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
