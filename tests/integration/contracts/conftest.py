"""An employer with people, a worker on its roster, and the published templates."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from accounts.models import Employer, Worker
from contracts.services.publishing import publish_own_templates
from core import clock
from core.principal import Role
from tests.support.accounts import Client, client_of, make_employer, make_member, make_worker
from tests.support.signing_fixtures import own_folders

__all__ = ["own_folders"]


def terms(**own: Any) -> dict[str, Any]:
    """The agreed terms of an ordinary full-time contract from today; None leaves a term out."""
    today = clock.today().isoformat()
    common = {
        "sign_kind": "1",
        "term_type": "1",
        "start": today,
        "end": "2031-12-31",
        "employment_start": today,
        "employment_form": "1",
        "employment_kind": "010",
        "worktime_system": "1",
        "hours_per_day": "8",
        "hours_per_week": "40",
        "job_title": "装配工",
        "occupation_code": "6",
        "work_place_code": "370303",
        "work_place_address": "山东省淄博市张店区示例路1号",
        "wage_amount": "5200.00",
        "wage_unit": "month",
        "pay_day": 15,
        "insurance": {"pension": True, "unemployment": True, "medical": True, "injury": True},
        "hazards": "噪声，配发耳塞",
        "hazardous_work": False,
    }
    return {name: value for name, value in {**common, **own}.items() if value is not None}


@dataclass
class Office:
    """One employer's office."""

    employer: Employer
    worker: Worker
    people: dict[Role, Client] = field(default_factory=dict)

    def as_(self, role: Role) -> Client:
        if role not in self.people:
            self.people[role] = client_of(make_member(self.employer, role))
        return self.people[role]

    def draft(self, **own: Any) -> Any:
        """The answer to the clerk's wish for a contract."""
        wish = {
            "worker": str(self.worker.pk),
            "template": own.pop("template", "general"),
            "jurisdiction_code": "370303",
            "terms": terms(**own),
        }
        return self.as_(Role.CLERK).send("post", "contracts/", wish)


@pytest.fixture
def office(db: None) -> Office:
    publish_own_templates()
    employer = make_employer()
    return Office(employer, make_worker(employer))


@pytest.fixture
def other_office(office: Office) -> Office:
    employer = make_employer(name="另一示例公司")
    return Office(employer, make_worker(employer))
