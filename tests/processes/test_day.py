"""The portal on real data: whatever a member can see a link to opens."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import httpx2
import pytest

from config.demo.day import PEOPLE, Desk, lay_out
from config.demo.driver import PASSWORD, Employer, Person, Phones
from config.demo.main_job import drive, jobs_of
from config.demo.processes import started
from config.demo.progress import Progress
from config.demo.system import Ports, System

pytestmark = [
    pytest.mark.processes,
    pytest.mark.timeout(900),
]
CONTRACTS = 1
WAYS_TO_SEE_A_PAGE = 6  # filters, sorting, languages: as many of a page's addresses are opened
REASON = re.compile(r"/end/\d{4}/")  # the same form for each reason of an ending
LEAVING = re.compile(r"/(account/logout|static)/")


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[System, Employer]]:
    """What `make run` shows, with fewer contracts."""
    folder = tmp_path_factory.mktemp("day")
    system = System(folder / "system", Ports.free())
    operator_key = system.set_up()
    with started(system.programs(), folder / "logs"):
        employer, _ = drive(system, operator_key, CONTRACTS, Progress())
        desk = Desk.of(jobs_of(CONTRACTS + PEOPLE)[CONTRACTS:])
        lay_out(system, employer, Phones(system.outbox), desk)
        yield system, employer


def log_in(browser: httpx2.Client, person: Person) -> None:
    """Through the log-in page, as a person does."""
    page = browser.get("/")
    answer = browser.post(page.url, data={**_hidden(page), "login": person.email, "password": PASSWORD})
    if person.totp_secret:
        answer = browser.post(answer.url, data={**_hidden(answer), "code": person.code()})
    assert answer.url.path == "/", answer.text[:500]


def _hidden(page: httpx2.Response) -> dict[str, str]:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert found is not None
    return {"csrfmiddlewaretoken": found.group(1)}


def crawl(browser: httpx2.Client) -> dict[str, int]:
    """Every address that can be reached by links, with the status of its page."""
    found: dict[str, int] = {}
    seen_ways: Counter[str] = Counter()
    waiting = ["/"]
    while waiting:
        address = waiting.pop()
        way = REASON.sub("/end/", urlsplit(address).path)
        if address in found or seen_ways[way] >= WAYS_TO_SEE_A_PAGE or LEAVING.search(address):
            continue
        seen_ways[way] += 1
        page = browser.get(address)
        found[address] = page.status_code
        if page.headers.get("Content-Type", "").startswith("text/html"):
            here = str(page.url)
            for link in re.findall(r'href="([^"#]+)', page.text):
                there = urlsplit(urljoin(here, link.replace("&amp;", "&")))
                if there.netloc == urlsplit(here).netloc:
                    waiting.append(there._replace(scheme="", netloc="", fragment="").geturl())
    return found


@pytest.mark.parametrize("role", ["owner", "clerk", "keeper", "auditor"])
def test_whatever_a_member_sees_a_link_to_opens(day: tuple[System, Employer], role: str) -> None:
    system, employer = day
    with httpx2.Client(base_url=system.base_url, follow_redirects=True, timeout=120) as browser:
        log_in(browser, getattr(employer, role))
        found = crawl(browser)
    assert {address: status for address, status in found.items() if status != 200} == {}
    kinds = {re.sub(r"[0-9a-f-]{36}", "ID", urlsplit(address).path) for address in found}
    assert {"/", "/contracts/", "/contracts/ID/", "/filings/", "/endings/ID/", "/deadlines/"} <= kinds
