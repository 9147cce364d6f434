"""What runs out: the list, its counters on the first page, and one reminder for each clock and contract."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.domain import Topic
from accounts.models import Employer, Membership, Silence
from contracts.deadlines import CLOCKS, COLUMNS, Kind, struck
from contracts.domain import ContractState, DocumentState
from contracts.models import Contract, Reminder
from contracts.services import reminding
from core import clock, work
from core.models import AuditEvent, WorkItem
from core.principal import Role
from signing.models import OrganisationKey
from tests.support import accounts as make
from tests.support.portal import make_contract, make_ending

pytestmark = pytest.mark.django_db
NOON = 12


@pytest.fixture(autouse=True)
def by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clerks are told by day only; the tests run at any hour."""
    now = clock.now().astimezone(clock.SHANGHAI).replace(hour=NOON)
    monkeypatch.setattr(clock, "now", lambda: now)


def day(days: int) -> date:
    """That many days ahead."""
    return clock.today() + timedelta(days=days)


def browser_of(employer: Employer, role: Role = Role.CLERK) -> Browser:
    browser = Browser(headers={"Accept-Language": "zh-CN"})
    browser.force_login(make.make_member(employer, role).user)
    return browser


def page(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def running_out(employer: Employer, days: int, **terms: Any) -> Contract:
    """In force for long, with a term that ends in so many days."""
    end = day(days).isoformat()
    return make_contract(employer, ContractState.EFFECTIVE, start=day(-700), end=end, **terms)


def unsigned(employer: Employer, days: int) -> Contract:
    return make_contract(employer, ContractState.RENDERING, start=day(-days), end=day(900).isoformat())


def on_probation(employer: Employer, days: int) -> Contract:
    return running_out(employer, 700, probation_end=day(days).isoformat())


def with_permit(employer: Employer, days: int) -> Contract:
    contract = running_out(employer, 700)
    contract.worker.work_permit_valid_to = day(days)
    contract.worker.save()
    return contract


# Which tabs show a contract, on both sides of each edge.
SITUATIONS: list[tuple[Callable[[Employer, int], Contract], int, set[str]]] = [
    (running_out, 91, set()),
    (running_out, 90, {"term-90"}),
    (running_out, 60, {"term-90", "term-60"}),
    (running_out, 30, {"term-90", "term-60", "term-30"}),
    (running_out, 15, {"term-90", "term-60", "term-30", "term-15"}),
    (running_out, 0, {"term-90", "term-60", "term-30", "term-15"}),
    (running_out, -1, {"over"}),
    (running_out, -400, {"over"}),
    (unsigned, 19, set()),
    (unsigned, 20, {"unsigned"}),
    (unsigned, 200, {"unsigned"}),
    (on_probation, 16, set()),
    (on_probation, 15, {"probation"}),
    (on_probation, -1, set()),
    (with_permit, 91, set()),
    (with_permit, 90, {"permit"}),
    (with_permit, -5, {"permit"}),
]
TABS = ("term-90", "term-60", "term-30", "term-15", "over", "unsigned", "probation", "permit")


def test_each_tab_shows_what_runs_out_and_the_first_page_counts_it() -> None:
    employer = make.make_employer()
    made = [(make_one(employer, days), tabs) for make_one, days, tabs in SITUATIONS]
    running_out(make.make_employer(), 10)  # another's
    clerk = browser_of(employer)

    overview = page(clerk.get(reverse("portal:overview")))
    counters = dict(re.findall(r'href="/deadlines/\?show=([^"]+)"><span class="qb-figure">(\d+)<', overview))
    for tab in TABS:
        shown = page(clerk.get(reverse("portal:deadlines") + f"?show={tab}"))
        wanted = {contract.contract_no for contract, tabs in made if tab in tabs}
        assert {
            contract.contract_no for contract, _tabs in made if contract.contract_no in shown
        } == wanted, tab
        if tab != "unsigned":  # that is counted among the contracts
            assert counters[tab] == str(len(wanted)), tab


def test_what_ends_anyway_or_was_renewed_is_nobodys_worry() -> None:
    employer = make.make_employer()
    ending, back = running_out(employer, 10), running_out(employer, 10)
    renewed, being_renewed = running_out(employer, 10), running_out(employer, 10)
    for old, state in ((renewed, ContractState.EFFECTIVE), (being_renewed, ContractState.SIGNING)):
        new = make_contract(employer, state, worker=old.worker, start=day(11), end=day(900).isoformat())
        Contract.objects.filter(pk=new.pk).update(follows=old)
    make_ending(ending, DocumentState.PLANNED, days_ago=-10)
    make_ending(back, DocumentState.WITHDRAWN)

    shown = page(browser_of(employer).get(reverse("portal:deadlines")))

    assert ending.contract_no not in shown
    assert renewed.contract_no not in shown
    assert back.contract_no in shown
    assert being_renewed.contract_no in shown


def test_the_list_comes_by_day_says_how_long_and_costs_the_same() -> None:
    employer = make.make_employer()
    far, near = running_out(employer, 40), running_out(employer, 3)
    clerk = browser_of(employer)
    with CaptureQueriesContext(connection) as few:
        shown = page(clerk.get(reverse("portal:deadlines")))
    assert shown.index(near.contract_no) < shown.index(far.contract_no)
    assert '<span class="badge qb-badge qb-warn">还剩 3 天</span>' in shown
    for _ in range(4):
        running_out(employer, 20)
    with CaptureQueriesContext(connection) as many:
        page(clerk.get(reverse("portal:deadlines")))
    assert len(many) == len(few)


def test_each_day_of_a_kind_is_struck_by_one_clock_at_most() -> None:
    for kind in Kind:
        clocks = [each for each in CLOCKS if each.kind is kind]
        for days in range(-100, 400):
            striking = [
                each.name
                for each in clocks
                if each.first <= days and (each.last is None or days <= each.last)
            ]
            assert len(striking) <= 1, (kind, days)
    assert set(COLUMNS) == set(Kind)
    assert len({each.name for each in CLOCKS}) == len(CLOCKS)


@pytest.mark.parametrize(
    ("make_one", "days", "name"),
    [
        (unsigned, 20, "unsigned-20"),
        (unsigned, 27, "unsigned-27"),
        (unsigned, 30, "unsigned-30"),
        (running_out, 90, "term-90"),
        (running_out, 60, "term-60"),
        (running_out, 30, "term-30"),
        (running_out, 15, "term-15"),
        (running_out, -1, "term-over"),
        (running_out, -15, "term-over-15"),
        (running_out, -30, "term-over-30"),
        (on_probation, 15, "probation-15"),
        (with_permit, 90, "permit-90"),
        (with_permit, 30, "permit-30"),
        (with_permit, -1, "permit-over"),
    ],
)
def test_a07_each_clock_strikes_on_its_day(
    make_one: Callable[[Employer, int], Contract], days: int, name: str
) -> None:
    contract = make_one(make.make_employer(), days)
    found = [each.name for each in CLOCKS if struck(Contract.objects.all(), each, clock.today())]
    assert found == [name]
    reminding.strike_clocks()
    assert [(each.contract_id, each.clock) for each in Reminder.objects.all()] == [(contract.pk, name)]


def told(member: Membership) -> list[str]:
    """The mails that a member got, after the due work was done."""
    mail.outbox.clear()
    WorkItem.objects.filter(kind=reminding.TELL).update(due_at=clock.now() - timedelta(seconds=1))
    for _ in range(2):  # the clerks are told, then the mails leave
        work.run_due(work.GENERAL, limit=20)
    return [str(each.body) for each in mail.outbox if each.to == [member.user.email]]


def test_clerks_are_told_once_in_one_mail() -> None:
    employer = make.make_employer()
    clerk = make.make_member(employer, Role.CLERK)
    auditor = make.make_member(employer, Role.AUDITOR)
    for days in (10, 12, 80):
        running_out(employer, days)
    unsigned(employer, 28)

    for _ in range(3):  # whoever sweeps, and however often
        reminding.strike_clocks()
    (body,) = told(clerk)

    assert "15 天内到期：2 份" in body
    assert "90 天内到期：1 份" in body
    assert "用工已 27 天未签：1 份" in body
    assert [auditor.user.email] not in [each.to for each in mail.outbox]
    reminding.strike_clocks()
    assert told(clerk) == []
    assert Reminder.objects.count() == 4
    assert not Reminder.objects.filter(told_at=None).exists()
    event = AuditEvent.objects.get(action="reminder.told")
    assert event.detail == {"clocks": ["term-15", "term-90", "unsigned-27"], "contracts": 4}


def test_the_next_clock_of_a_contract_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    employer = make.make_employer()
    clerk = make.make_member(employer, Role.CLERK)
    running_out(employer, 20)
    reminding.strike_clocks()
    assert len(told(clerk)) == 1
    later = clock.now() + timedelta(days=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    reminding.strike_clocks()
    assert "15 天内到期：1 份" in told(clerk)[0]
    assert sorted(Reminder.objects.values_list("clock", flat=True)) == ["term-15", "term-30"]


def test_a_reminder_is_written_once_whoever_writes_it() -> None:
    employer = make.make_employer()
    contract = running_out(employer, 10)
    reminding.strike_clocks()
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(contract=contract, employer=employer, clock="term-15", struck_at=clock.now())


def test_a_mail_that_cannot_be_posted_leaves_them_untold(monkeypatch: pytest.MonkeyPatch) -> None:
    employer = make.make_employer()
    clerk = make.make_member(employer, Role.CLERK)
    running_out(employer, 10)
    reminding.strike_clocks()
    with monkeypatch.context() as broken:
        broken.setattr("accounts.services.mail.post", lambda **letter: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            reminding.tell_clerks(employer.pk)
    assert Reminder.objects.get().told_at is None
    assert len(told(clerk)) == 1


def test_nobody_is_told_by_night_and_who_does_not_want_it_never(monkeypatch: pytest.MonkeyPatch) -> None:
    employer = make.make_employer()
    clerk = make.make_member(employer, Role.CLERK)
    Silence.objects.create(membership=clerk, topic=Topic.DEADLINES_NEAR)
    running_out(employer, 10)
    night: datetime = clock.now().astimezone(clock.SHANGHAI).replace(hour=3)
    with monkeypatch.context() as late:
        late.setattr(clock, "now", lambda: night)
        reminding.strike_clocks()
    assert not Reminder.objects.exists()
    reminding.strike_clocks()
    assert told(clerk) == []
    assert Reminder.objects.get().told_at is not None


@pytest.mark.parametrize(("days", "said"), [(91, False), (20, True)])
def test_a03_the_first_page_says_when_the_employers_certificate_ends(days: int, said: bool) -> None:
    employer = make.make_employer()
    OrganisationKey.objects.create(
        tenant=employer.pk,
        legal_name=employer.name,
        uscc=employer.uscc,
        not_after=clock.now() + timedelta(days=days, hours=1),
    )
    overview = page(browser_of(employer).get(reverse("portal:overview")))
    assert (f"签章证书还有 {days} 天到期" in overview) is said
