"""The employers' pages: who may open what, what is masked, what is counted, at what cost."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Employer, Membership
from accounts.web.acting import EMPLOYER
from contracts.domain import ContractState
from contracts.models import Contract
from core import clock
from core.models import AuditEvent
from core.principal import Role
from filing_bridge.domain import FilingState, FormState, Level, Outcome
from filing_bridge.models import Filing
from filing_bridge.protocol import Event, Interface
from filing_bridge.web import urls, words
from filing_bridge.web.actions import ACTIONS
from signing.domain import CheckState, NoticeState
from tests.support import accounts as make
from tests.support.portal import FAULT, make_contract, make_filing

MEMBERS = (Role.OWNER, Role.CLERK, Role.SEAL_KEEPER, Role.AUDITOR)
CHINESE = {"Accept-Language": "zh-CN"}
WORKER = {"name": "测试甲乙丙", "id_no": "370303199003070013", "mobile": "13712345678"}


@dataclass(frozen=True)
class House:
    """An employer with one contract that has come all the way."""

    employer: Employer
    contract: Contract
    filing: Filing

    def address(self, name: str) -> str:
        keys = {
            "contract_id": self.contract.pk,
            "filing_id": self.filing.pk,
            "worker_id": self.contract.worker_id,
            "termination_id": uuid4(),
            "suspension_id": uuid4(),
            "correction_id": uuid4(),
            "roster_wish_id": uuid4(),
            "change_id": uuid4(),
            "number": 1,
        }
        return reverse(f"portal:{name}", kwargs={key: keys[key] for key in ROUTES[name].keys_})


@dataclass(frozen=True)
class Route:
    """What the route's address needs, who may open it, and the event that says who did.

    `shows` is the status of the page for those who may; `posts` that of an empty POST by the owner.
    """

    keys_: tuple[str, ...] = ()
    roles: tuple[Role, ...] = MEMBERS
    logged: str = ""
    shows: int = 200
    posts: int = 405


SEES_PII = (Role.OWNER, Role.CLERK)
ROUTES = {
    "overview": Route(),
    "contracts": Route(posts=404),
    "send": Route((), SEES_PII, posts=200),
    "terms": Route((), SEES_PII, shows=422, posts=422),
    "preview": Route((), SEES_PII, shows=404, posts=404),
    "edit_draft": Route(("contract_id",), SEES_PII, shows=409, posts=409),
    "sheet": Route(("contract_id", "number"), SEES_PII, shows=404),
    "workers": Route(posts=404),
    "new_worker": Route((), SEES_PII, posts=200),
    "worker": Route(("worker_id",)),
    "edit_worker": Route(("worker_id",), SEES_PII, posts=200),
    "contract": Route(("contract_id",), logged="contract.viewed"),
    "remind": Route(("contract_id",), SEES_PII, posts=409),
    "send_anew": Route(("contract_id",), SEES_PII, posts=200),
    # Nobody has asked for paper here; what the page does is tested in test_reaching.py.
    "paper_given": Route(("contract_id",), shows=404, posts=404),
    "withdraw": Route(("contract_id",), SEES_PII, posts=200),
    "extend": Route(("contract_id",), SEES_PII, posts=200),
    # A contract in force takes no file; what the page does is tested in contracts/test_importing.py.
    "signed_file": Route(("contract_id",), SEES_PII, shows=409, posts=409),
    # Nobody has asked for a correction here; what the page does is tested in mine/test_correcting.py.
    "roster_wish": Route(("roster_wish_id",), SEES_PII, shows=404, posts=404),
    "support": Route(),
    "support_bundle": Route(),
    "file_again": Route(("filing_id",), SEES_PII, shows=409, posts=409),
    "document": Route(("contract_id",), SEES_PII, "contract.viewed"),
    "evidence": Route(("contract_id",), SEES_PII, "contract.viewed"),
    # Nothing has ended here; what the page does is tested in test_endings.py.
    "ending": Route(("termination_id",), shows=404),
    # Nor does anything rest: test_suspensions.py.
    "suspension": Route(("suspension_id",), shows=404),
    # What the pages of changes do is tested in test_changes.py.
    "change_contract": Route(("contract_id",), SEES_PII, posts=200),
    "preview_change": Route(("contract_id",), SEES_PII, shows=404, posts=404),
    "change_sheet": Route(("contract_id", "number"), SEES_PII, shows=404),
    "changes": Route(posts=404),
    "change": Route(("change_id",), shows=404),
    "deadlines": Route(posts=404),
    "filings": Route(posts=404),
    # An accepted filing has nothing to confirm; what the page does is tested in test_confirming.py.
    "confirm_filing": Route(("filing_id",), SEES_PII, shows=409, posts=409),
    "receipt": Route(("filing_id",)),
    "form": Route(("filing_id",), SEES_PII, "filing.form_viewed"),
    "slip": Route(("filing_id", "number"), SEES_PII, "filing.slip_printed"),
    "record": Route(("filing_id",), SEES_PII, "filing.record_viewed"),
    # Nothing is corrected or withdrawn here; what these pages do is tested in test_corrections.py.
    "correct_filing": Route(("filing_id",), SEES_PII, "filing.record_viewed", posts=200),
    "void_filing": Route(("filing_id",), SEES_PII, posts=200),
    "corrections": Route(posts=404),
    "correction": Route(("correction_id",), shows=404),
    "confirm_correction": Route(("correction_id",), shows=404, posts=404),
    "decline_correction": Route(("correction_id",), shows=404, posts=404),
    "withdraw_correction": Route(("correction_id",), shows=404, posts=404),
    "correction_slip": Route(("correction_id",), shows=404),
    "correction_evidence": Route(("correction_id",), shows=404),
}


def make_house(**worker: str) -> House:
    employer = make.make_employer()
    contract = make_contract(employer, ContractState.EFFECTIVE, worker=make.make_worker(employer, **worker))
    return House(employer, contract, make_filing(contract, FilingState.ACCEPTED))


@pytest.fixture
def house(db: None) -> House:
    return make_house(**WORKER)


def browser_of(who: Membership) -> Browser:
    browser = Browser(headers=CHINESE)
    browser.force_login(who.user)
    return browser


def member(employer: Employer, role: Role = Role.CLERK) -> Browser:
    return browser_of(make.make_member(employer, role))


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_every_route_is_listed_here() -> None:
    assert {pattern.name for pattern in urls.urlpatterns} == set(ROUTES)


@pytest.mark.parametrize("role", MEMBERS)
@pytest.mark.parametrize("name", ROUTES)
def test_a_page_opens_for_its_roles_and_says_so_in_the_log(house: House, name: str, role: Role) -> None:
    events = AuditEvent.objects.count
    browser = member(house.employer, role)
    before = events()

    answer = browser.get(house.address(name))

    allowed = role in ROUTES[name].roles
    assert answer.status_code == (ROUTES[name].shows if allowed else 403)
    logged = allowed and ROUTES[name].logged and role in SEES_PII
    assert events() - before == bool(logged)
    if logged:
        assert AuditEvent.objects.filter(action=ROUTES[name].logged).count() == 1


@pytest.mark.parametrize("name", ROUTES)
def test_another_employers_rows_are_not_there(house: House, name: str) -> None:
    other = make_house()
    browser = member(other.employer, Role.OWNER)
    before = AuditEvent.objects.count()

    answer = browser.get(house.address(name))

    assert answer.status_code == (404 if ROUTES[name].keys_ else ROUTES[name].shows)
    page = answer.content.decode()
    assert house.contract.contract_no not in page
    assert WORKER["name"] not in page
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("name", ROUTES)
def test_a_visitor_is_sent_to_the_log_in_page(house: House, name: str) -> None:
    answer = Browser().get(house.address(name))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ROUTES)
def test_pages_that_do_not_act_only_read_and_none_is_kept(house: House, name: str) -> None:
    browser = member(house.employer, Role.OWNER)

    assert browser.post(house.address(name)).status_code == ROUTES[name].posts
    assert "no-store" in browser.get(house.address(name)).headers["Cache-Control"]


@pytest.mark.parametrize("make_user", [make.make_operator, lambda: _gone().user])
def test_who_belongs_nowhere_is_told_what_to_do(db: None, make_user: Callable[[], Any]) -> None:
    browser = Browser(headers=CHINESE)
    browser.force_login(make_user())

    answer = browser.get(reverse("portal:overview"))

    assert answer.status_code == 403
    assert "请单位管理员" in answer.content.decode()


def _gone() -> Membership:
    membership = make.make_member(make.make_employer())
    Membership.objects.filter(pk=membership.pk).update(active=False)
    return membership


@pytest.mark.parametrize("role", MEMBERS)
@pytest.mark.parametrize("name", ["overview", "contracts", "contract", "filings", "workers", "worker"])
def test_personal_data_are_masked(house: House, name: str, role: Role) -> None:
    make_filing(house.contract, FilingState.READY, version=2)

    page = text_of(member(house.employer, role).get(house.address(name)))

    assert WORKER["id_no"] not in page
    assert WORKER["mobile"] not in page
    assert make.WORKER["resid_address"] not in page
    assert (WORKER["name"] in page) is (role in SEES_PII)
    assert ("测**" in page) is (role not in SEES_PII)


def test_one_acts_for_the_employer_that_was_chosen(house: House) -> None:
    other = make_house()
    here = make.make_member(house.employer, Role.AUDITOR)
    Membership.objects.create(user=here.user, employer=other.employer, role=Role.OWNER)
    browser = browser_of(here)
    contracts = reverse("portal:contracts")
    assert house.contract.contract_no in text_of(browser.get(contracts))

    browser.post(reverse("accounts:act_for"), {"employer": str(other.employer.pk)})

    page = text_of(browser.get(contracts))
    assert other.contract.contract_no in page
    assert house.contract.contract_no not in page
    assert browser.get(other.address("document")).status_code == 200
    assert browser.get(house.address("contract")).status_code == 404

    Membership.objects.filter(user=here.user, employer=other.employer).update(active=False)
    assert house.contract.contract_no in text_of(browser.get(contracts))


def test_nobody_chooses_an_employer_of_others(house: House) -> None:
    browser = member(make.make_employer())

    browser.post(reverse("accounts:act_for"), {"employer": str(house.employer.pk)})

    assert EMPLOYER not in browser.session
    assert house.contract.contract_no not in text_of(browser.get(reverse("portal:contracts")))


SITUATIONS: dict[str, Callable[[Employer], Any]] = {
    "contracts/?show=draft": lambda e: make_contract(e),
    "contracts/?show=worker": lambda e: make_contract(e, ContractState.SIGNING, turn="worker"),
    "contracts/?show=seal": lambda e: make_contract(e, ContractState.SIGNING, turn="employer"),
    "contracts/?show=unfiled": lambda e: _filed(e, FilingState.READY, 20),
    "contracts/?show=late": lambda e: make_contract(e, ContractState.RENDERING, start=days_ago(21)),
    "contracts/?show=ended": lambda e: make_contract(e, ContractState.REFUSED),
    "filings/?show=overdue": lambda e: _filed(e, FilingState.UNKNOWN, -1),
    "filings/?show=week": lambda e: _filed(e, FilingState.READY, 7),
    "filings/?show=review": lambda e: _filed(e, FilingState.UNDER_REVIEW, 20),
    "filings/?show=returned": lambda e: _filed(e, FilingState.RETURNED, 20),
    "filings/?show=accepted": lambda e: _filed(e, FilingState.ACCEPTED, 20),
}


def days_ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


def _filed(employer: Employer, state: FilingState, days_left: int) -> Contract:
    contract = make_contract(employer, ContractState.EFFECTIVE)
    make_filing(contract, state, days_left=days_left)
    return contract


@pytest.mark.parametrize("address", SITUATIONS)
def test_each_filter_shows_its_own(db: None, address: str) -> None:
    employer = make.make_employer()
    numbers = {where: situation(employer).contract_no for where, situation in SITUATIONS.items()}
    shown = text_of(member(employer).get(f"/{address}"))

    found = {where for where, number in numbers.items() if number in shown}

    # What is overdue, soon due or returned is signed and not filed, too.
    also = {
        "contracts/?show=unfiled": r"overdue|week|returned",
        "contracts/?show=draft": r"late",  # it is not sent yet, either
    }.get(address, "^$")
    assert found == {address} | {where for where in numbers if re.search(also, where)}


def test_counters_count_and_lead_to_their_lists(db: None) -> None:
    employer = make.make_employer()
    for situation in SITUATIONS.values():
        situation(employer)
    browser = member(employer)

    page = text_of(browser.get(reverse("portal:overview")))

    counters = dict(re.findall(r'href="([^"]+)"><span class="qb-figure">(\d+)<', page))
    assert counters == {
        "/contracts/?show=late": "1",
        "/contracts/?show=worker": "1",
        "/contracts/?show=seal": "1",
        "/contracts/?show=unfiled": "4",
        "/filings/?show=overdue": "1",
        "/filings/?show=week": "1",
        "/filings/?show=review-late": "0",
        "/filings/?show=returned": "1",
        "/endings/?show=owing": "0",
        "/workers/?show=wishes": "0",
        "/deadlines/?show=over": "0",
        "/deadlines/?show=term-15": "0",
        "/deadlines/?show=term-30": "0",
        "/deadlines/?show=term-60": "0",
        "/deadlines/?show=term-90": "0",
        "/deadlines/?show=probation": "0",
        "/deadlines/?show=permit": "0",
    }
    assert 'class="card qb-counter qb-bad" href="/contracts/?show=unfiled"' in page
    for address, number in counters.items():
        assert text_of(browser.get(address)).count('data-label="劳动者"') == int(number)


@pytest.mark.parametrize(
    ("days_left", "words", "tone"),
    [(-3, "已逾期 3 天", "bad"), (0, "今天到期", "bad"), (7, "还剩 7 天", "warn"), (8, "还剩 8 天", "plain")],
)
def test_a07_deadlines_warn(db: None, days_left: int, words: str, tone: str) -> None:
    employer = make.make_employer()
    filing = make_filing(make_contract(employer, ContractState.EFFECTIVE), days_left=days_left)

    for name in ("contracts", "filings", "overview"):
        page = text_of(member(employer).get(reverse(f"portal:{name}")))
        assert f'<span class="badge qb-badge qb-{tone}">{words}</span>' in page
        assert filing.deadline.isoformat() in page


def test_filings_come_by_deadline(db: None) -> None:
    employer = make.make_employer()
    filings = [
        make_filing(make_contract(employer, ContractState.EFFECTIVE), days_left=days) for days in (9, 2, 30)
    ]

    page = text_of(member(employer).get(reverse("portal:filings")))

    places = [page.index(filing.contract_no) for filing in (filings[1], filings[0], filings[2])]
    assert places == sorted(places)


def test_a_returned_filing_tells_all_that_is_to_be_mended(house: House) -> None:
    faults = [FAULT, {**FAULT, "zh": "“岗位”缺失。", "remedy_zh": "请补充。"}]
    make_filing(house.contract, FilingState.RETURNED, version=2, faults=faults)

    page = text_of(member(house.employer).get(house.address("contract")))

    for fault in faults:
        assert fault["zh"] in page
        assert fault["remedy_zh"] in page
    assert house.filing.receipt_no in page
    assert "第 2 版" in page


def test_lists_go_on_by_key(db: None) -> None:
    employer = make.make_employer()
    worker = make.make_worker(employer)
    made = {make_contract(employer, worker=worker).contract_no for _ in range(45)}
    browser = member(employer)
    seen: list[str] = []
    address: str | None = reverse("portal:contracts") + "?show=draft"
    while address:
        page = text_of(browser.get(address))
        seen += re.findall(r">(HT-[\d-]+)</a>", page)
        link = re.search(r'rel="next" href="([^"]+)"', page)
        address = reverse("portal:contracts") + link[1].replace("&amp;", "&") if link else None

    assert len(seen) == len(made)
    assert set(seen) == made


@pytest.mark.parametrize("name", ["contracts", "filings"])
def test_a_spoilt_address_is_refused_in_words(house: House, name: str) -> None:
    answer = member(house.employer).get(reverse(f"portal:{name}"), {"after": "spoilt", "show": "unknown"})

    assert answer.status_code == 404
    assert "没有找到" in answer.content.decode()


# How many queries a page may run. The first page counts each of its clocks by an index of its own.
MOST_QUERIES = {"overview": 31, "contracts": 20, "filings": 20, "contract": 32}


@pytest.mark.parametrize("name", MOST_QUERIES)
def test_the_number_of_queries_does_not_grow(house: House, name: str) -> None:
    browser = member(house.employer)
    make_filing(house.contract, FilingState.READY, version=2)
    make_contract(house.employer, ContractState.SIGNING, turn="worker")
    few = _queries(browser, house.address(name))
    worker = make.make_worker(house.employer)
    for days in range(12):
        contract = make_contract(house.employer, ContractState.EFFECTIVE, worker=worker)
        make_filing(contract, FilingState.READY, days_left=days)
        make_contract(house.employer, ContractState.SIGNING, turn="worker", worker=worker)

    assert _queries(browser, house.address(name)) == few
    assert few <= MOST_QUERIES[name]


def _queries(browser: Browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as queries:
        text_of(browser.get(address))
    return len(queries)


def test_every_page_says_that_it_is_a_test_installation(house: House, settings: Any) -> None:
    browser = member(house.employer)
    pages = [house.address(name) for name in ("overview", "contracts", "contract", "filings")]
    assert all("测试环境" in text_of(browser.get(page)) for page in pages)

    settings.CERTIFICATE_AUTHORITY = "external"

    assert not any("测试环境" in text_of(browser.get(page)) for page in pages)


@pytest.mark.parametrize("name", ["overview", "contracts", "contract", "filings"])
def test_pages_speak_english(house: House, name: str) -> None:
    browser = member(house.employer)
    answer = browser.get(house.address(name), headers={"Accept-Language": "en"})

    page = text_of(answer)

    assert '<html lang="en">' in page
    main = page[page.index('<main class="page-body"') :]
    data = [house.employer.name, *WORKER.values(), *make.PROFILE.values(), *make.WORKER.values()]
    for value in sorted(map(str, data), key=len, reverse=True):
        main = main.replace(value, "")
    # What was typed in Chinese stays Chinese; our own words do not.
    assert not re.findall(r"<(?:h\d|th|dt|summary)[^>]*>[^<]*[\u4e00-\u9fff]", main)


@pytest.mark.parametrize("name", ["overview", "contracts", "contract", "filings"])
def test_pages_obey_the_content_security_policy(house: House, name: str) -> None:
    page = text_of(member(house.employer).get(house.address(name)))

    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:|src=.data:", page)
    assert all("src=" in attributes for attributes in re.findall(r"<script([^>]*)>", page))


# What the log tells of other things is no part of a contract's history.
OF_OTHER_THINGS = {
    "batch",
    "certificate",
    "evidence",
    "organisation",
    "seal",
    "seal_application",
    "template",
    "visit",
}


def test_every_event_of_a_contract_and_its_filing_has_words() -> None:
    root = Path(__file__).resolve().parents[3]
    calls = r'(?:(?:record|note|move)\((?:\s*[\w.]+,)*\s*|action=)"([a-z_]+)(\.[a-z_]+)"'
    written = {
        kind + verb
        for folder in ("contracts", "signing/services", "filing_bridge/services")
        for path in (root / folder).rglob("*.py")
        for kind, verb in re.findall(calls, path.read_text(encoding="utf-8"))
        if kind not in OF_OTHER_THINGS
    }
    assert len(written) > 30
    by_state = {
        f"{kind}.{state}"
        for kind, states, first in (
            ("filing", FilingState, FilingState.WAITING),
            ("form", FormState, FormState.RENDERED),
            ("notice", NoticeState, NoticeState.QUEUED),
            ("identity", CheckState, CheckState.CHECKING),
        )
        for state in states
        if state is not first
    }

    assert (written | by_state) - set(ACTIONS) == set()


@pytest.mark.parametrize(
    ("words_for", "values"),
    [
        (words.CONTRACT_STATES, ContractState),
        (words.FILING_TONES, FilingState),
        (words.LEVEL_TONES, set(Level) - {Level.FILED}),
        (words.EVENTS, Event),
        (words.FORM_STATES, FormState),
        (words.INTERFACES, Interface),
        (words.OUTCOMES, Outcome),
    ],
)
def test_every_value_that_a_page_may_show_has_words(words_for: Any, values: Any) -> None:
    assert set(words_for) == set(values)


def test_a_withdrawn_contract_waits_for_nobody(db: None) -> None:
    employer = make.make_employer()
    contract = make_contract(employer, ContractState.WITHDRAWN, turn="worker")
    browser = member(employer)

    assert "已撤回" in text_of(browser.get(reverse("portal:contract", args=[contract.pk])))
    listed = text_of(browser.get(reverse("portal:contracts")))
    assert "已撤回" in listed
    assert listed.count("待劳动者签名") == 1, "only the tab says so"


def test_who_files_again_sees_all_faults_and_what_can_be_added(db: None) -> None:
    employer = make.make_employer()
    filing = make_filing(
        make_contract(employer, ContractState.EFFECTIVE), FilingState.RETURNED, faults=[FAULT]
    )
    browser = member(employer)
    address = reverse("portal:file_again", args=[filing.pk])

    page = text_of(browser.get(address))

    assert FAULT["zh"] in page
    assert FAULT["remedy_zh"] in page
    assert 'name="late_reason"' in page
