"""The portal with 164,000 workers and contracts of one employer in PostgreSQL: every list, every search."""

import os
import statistics
import time
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from accounts.web.listing import PLACE
from core.crypto import encrypt
from core.principal import Role
from tests.support import accounts as make
from tests.support.seeding import mobile_of, name_of, seed

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.needs("postgres"),
    pytest.mark.timeout(1800),
    pytest.mark.django_db(transaction=True),
]
SIZE = int(os.environ.get("QIANBEI_SEED", "164000"))
ROUNDS = 20
LIST_MS, OVERVIEW_MS = 150, 300


def searched(name: str, text: str) -> str:
    return f"{reverse(f'portal:{name}')}?q={encrypt(text, PLACE).replace('+', '%2B')}"


def addresses() -> dict[str, int]:
    """What is asked for, and in how many milliseconds it has to be there."""
    lists = [reverse(f"portal:{name}") for name in ("contracts", "workers", "filings")]
    found = [f"{lists[0]}?show={tab}" for tab in ("draft", "worker", "seal", "unfiled", "late", "effective")]
    found += [
        f"{lists[2]}?show={tab}"
        for tab in ("overdue", "week", "unfiled", "review", "review-late", "returned", "accepted")
    ]
    deadlines, endings = reverse("portal:deadlines"), reverse("endings:list")
    found += [f"{deadlines}?show={tab}" for tab in ("term-90", "over", "unsigned", "probation", "permit")]
    found += [endings, f"{endings}?show=owing", f"{endings}?sort=ends_on"]
    found += [f"{lists[0]}?sort=contract_no", f"{lists[0]}?sort=-employment_start", f"{lists[1]}?sort=name"]
    found += [f"{lists[0]}?from=2026-01-01&to=2026-02-01", f"{lists[0]}?template=general"]
    for name in ("contracts", "workers", "filings"):
        for text in (
            name_of(4321),
            name_of(4321)[:1],
            "没有这人",
            mobile_of(777),
            mobile_of(777)[-4:],
            make.id_no(5),
        ):
            found.append(searched(name, text))
    found.append(searched("contracts", "HT-202"))
    return {reverse("portal:overview"): OVERVIEW_MS} | dict.fromkeys(lists + found, LIST_MS)


def test_d10_every_list_answers_in_time() -> None:
    import_module("config.wsgi")  # start as the web server does, with what it does about the collector
    employer = make.make_employer()
    seed(employer, SIZE)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    browser = Browser()
    browser.force_login(make.make_member(employer, Role.CLERK).user)
    figures = {address: (_p95(browser, address), most) for address, most in addresses().items()}
    for address, (p95, most) in figures.items():
        print(f"{p95:7.1f} ms of {most}  {address[:70]}")  # noqa: T201  (a table to read at night)

    assert {address: p95 for address, (p95, most) in figures.items() if p95 > most} == {}


def _p95(browser: Browser, address: str) -> float:
    browser.get(address)
    return statistics.quantiles([_milliseconds(browser, address) for _ in range(ROUNDS)], n=20)[-1]


def _milliseconds(browser: Browser, address: str) -> float:
    started = time.perf_counter()
    answer: Any = browser.get(address)
    assert answer.status_code == 200
    return (time.perf_counter() - started) * 1000
