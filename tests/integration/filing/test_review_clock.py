"""Filings that lie with the agency: by when it decides, who is told, and whom to ask (D09)."""

from datetime import date, timedelta

import pytest
from django.db.models import QuerySet

from accounts.models import OutgoingMail
from core import clock
from core.models import AuditEvent
from core.periods import working_days_after
from core.principal import Role
from filing_bridge.models import Filing
from filing_bridge.protocol import State
from filing_bridge.services.escalating import late, tell_of_late_decisions
from tests.support import accounts as make
from tests.support.filing_province import FilingProvince, hurry, pump, settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def filing(province: FilingProvince, monkeypatch: pytest.MonkeyPatch) -> Filing:
    """A filing that an officer has had on the desk since this noon, in a jurisdiction with three days."""
    noon = clock.now().astimezone(clock.SHANGHAI).replace(hour=12, minute=0)
    province.advance(noon - clock.now())
    employer = make.make_employer(id=province.tenant)
    make.make_member(employer, Role.CLERK, email="clerk@example.com")
    province.review()
    made = province.file({**province.facts(), "jurisdiction_code": "440106"})
    pump()
    made.refresh_from_db()
    assert made.state == "under_review"
    return made


def everybodys() -> QuerySet[Filing]:
    return Filing.objects.all()


def after(province: FilingProvince, filing: Filing, days: int) -> None:
    """Let so many days pass beyond the day of the decision."""
    assert filing.decision_by is not None
    province.advance(filing.decision_by - clock.today() + timedelta(days=days))


@pytest.mark.parametrize(
    ("received", "days", "expected"),
    [
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
    ],
)
def test_d09_working_days_leave_out_the_weekend(received: date, days: int, expected: date) -> None:
    assert working_days_after(received, days) == expected


def test_d09_the_day_of_the_decision_follows_from_the_profile(
    province: FilingProvince, filing: Filing
) -> None:
    assert filing.decision_by == working_days_after(province.clock.today(), 3)
    after(province, filing, 0)
    assert not late(everybodys(), clock.today()).exists()
    after(province, filing, 1)
    assert late(everybodys(), clock.today()).get() == filing


def test_d09_clerks_are_told_once(province: FilingProvince, filing: Filing) -> None:
    after(province, filing, 0)
    tell_of_late_decisions()
    assert not OutgoingMail.objects.exists()

    after(province, filing, 1)
    for _ in range(2):
        tell_of_late_decisions()

    mail = OutgoingMail.objects.get()
    assert mail.recipient == "clerk@example.com"
    assert "12333" in mail.body
    assert AuditEvent.objects.get(action="filing.review_late").subject == filing.subject


def test_d09_nobody_is_woken_at_night(province: FilingProvince, filing: Filing) -> None:
    after(province, filing, 1)
    province.advance(timedelta(hours=11))
    tell_of_late_decisions()
    assert not OutgoingMail.objects.exists()


def test_d09_what_is_decided_is_not_late(province: FilingProvince, filing: Filing) -> None:
    province.decide(filing, State.ACCEPTED)
    hurry()
    settle()
    after(province, filing, 3)
    tell_of_late_decisions()
    assert not late(everybodys(), clock.today()).exists()
    assert not OutgoingMail.objects.exists()
