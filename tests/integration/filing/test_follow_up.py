"""C08: the filing precedes insurance, benefit and subsidies; who sees to them is told."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from core import clock
from core.models import AuditEvent
from core.principal import Role
from core.webhooks import services
from filing_bridge.follow_up import FOLLOWING
from filing_bridge.models import Filing
from filing_bridge.protocol import Event
from filing_bridge.sandbox.settings import Decide, Settings
from tests.support.filing_province import FilingProvince, pump
from tests.support.principals import client_of, principal
from tests.support.receiver import Receiver, receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def listener(settings: Any, province: FilingProvince) -> Iterator[Receiver]:
    """Somebody who sees to the insurance, at an address of their own."""
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    with receiver() as seen:
        services.register_endpoint(
            principal=principal(province.tenant), url=seen.url, topics=["filing.follow_up"]
        )
        yield seen


@pytest.fixture(autouse=True)
def facts_are_known(province: FilingProvince, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts by filing, where there are no rows of contracts."""
    monkeypatch.setattr("filing_bridge.tasks.facts_behind", lambda filing: province.later[filing.pk])
    unknown = {"ending": {"reason": ""}}
    monkeypatch.setattr("filing_bridge.subscribers.ending_facts_of", lambda contract: unknown)


def asked(province: FilingProvince, filing: Filing, role: Role = Role.CLERK) -> Any:
    return client_of(principal(province.tenant, role)).get(f"/api/v1/filings/{filing.pk}/follow-up/")


def test_c08_an_acceptance_tells_what_follows_without_naming_anybody(
    province: FilingProvince, listener: Receiver
) -> None:
    facts = province.facts()
    hire = province.file(facts)
    pump()
    [(_headers, body)] = listener.got
    told = json.loads(body)["data"]
    hire.refresh_from_db()
    assert told == {
        "filing": str(hire.pk),
        "contract": str(hire.contract_id),
        "receipt_no": hire.receipt_no,
        "event": "hire",
        "insurance": "start",
    }
    assert facts["worker"]["id_no"].encode() not in body


def test_c08_the_insurance_takes_over_what_the_filing_says(province: FilingProvince) -> None:
    insurance = {"pension": True, "unemployment": True, "medical": False, "injury": True}
    facts = province.facts(insurance=insurance)
    hire = province.file(facts)
    pump()
    found = asked(province, hire).data
    assert found["insured"] == ["pension", "unemployment", "injury"]
    assert (found["insurance"], found["steps"]) == ("start", ["insurance", "subsidy"])
    assert found["month"] == f"{clock.today():%Y-%m}"
    for name in ("wage_amount", "wage_unit", "employment_form"):
        assert found[name] == facts["contract"][name]
    assert found["worker_id_no"] == facts["worker"]["id_no"]
    assert (found["end_reason"], found["involuntary"]) == (None, None)
    assert AuditEvent.objects.filter(action="filing.record_viewed", subject=hire.subject).count() == 1


def test_c08_after_a_dismissal_the_insurance_stops_and_the_benefit_follows(province: FilingProvince) -> None:
    facts = province.facts()
    hire = province.file(facts)
    pump()
    proof = ("rules", "facts", "union notice", "proof of service")
    dismissal = province.end(hire, facts, reason="3902", evidence=proof)
    pump()
    found = asked(province, dismissal).data
    assert (found["insurance"], found["steps"]) == ("stop", ["insurance", "unemployment_benefit"])
    assert (found["end_reason"], found["local_reason"], found["involuntary"]) == ("3902", "3902", True)


def test_c08_before_the_acceptance_nothing_follows(province: FilingProvince, listener: Receiver) -> None:
    province.decisions.settings = Settings(Decide.REVIEW)
    hire = province.file()
    pump()
    answer = asked(province, hire)
    assert (answer.status_code, answer.data["code"]) == (409, "follow_up_not_there")
    assert listener.got == []


def test_c08_who_may_not_see_personal_data_gets_none(province: FilingProvince) -> None:
    hire = province.file()
    pump()
    assert asked(province, hire, Role.AUDITOR).status_code == 403
    assert not AuditEvent.objects.filter(action="filing.record_viewed").exists()


def test_c08_every_kind_of_filing_leads_somewhere() -> None:
    assert set(FOLLOWING) == set(Event) - {Event.CORRECTION}, "a correction is no step of its own"
