"""Shanghai's ways (profile 310000): two steps as nothing is undone, two routes by household, own codes."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.models import AuditEvent
from core.principal import Role
from filing_bridge.models import Filing
from filing_bridge.sandbox.settings import Decide, Settings
from tests.support.filing_province import FilingProvince, pump
from tests.support.principals import client_of, principal

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch, province: FilingProvince) -> dict[object, object]:
    """Facts by contract, where there are no rows of contracts; the province decides as its profile says."""
    province.decisions.settings = Settings(Decide.PROFILE)
    facts: dict[object, object] = {}
    for module in ("services.confirming", "tasks"):
        monkeypatch.setattr(f"filing_bridge.{module}.facts_behind", lambda filing: facts[filing.contract_id])
    return facts


def shanghai(province: FilingProvince, **worker: str) -> dict[str, Any]:
    facts = province.facts()
    facts["worker"] |= {"hukou_code": "310104", "resid_code": "310115", **worker}
    return {**facts, "jurisdiction_code": "310115"}


def file(province: FilingProvince, known: dict[object, object], facts: dict[str, Any]) -> Filing:
    filing = province.file(facts)
    known[filing.contract_id] = facts
    pump()
    filing.refresh_from_db()
    return filing


def url(filing: Filing) -> str:
    return f"/api/v1/filings/{filing.pk}/confirmation/"


def confirm(api: Any, filing: Filing, digest: str) -> Any:
    key = {"Idempotency-Key": uuid.uuid4().hex}
    answer = api.post(url(filing), {"digest": digest}, format="json", headers=key)
    pump()
    filing.refresh_from_db()
    return answer


def test_a12_nothing_goes_out_before_a_person_has_confirmed_the_dates(
    province: FilingProvince, known: dict[object, object]
) -> None:
    filing = file(province, known, shanghai(province))
    assert (filing.state, filing.last_error, filing.first_attempt_at) == (
        "waiting",
        "confirmation_needed",
        None,
    )
    api = client_of(principal(province.tenant))
    asked = api.get(url(filing)).data
    assert {each["pointer"] for each in asked["dates"]} >= {"/contract/employment_start", "/contract/end"}
    assert asked["dates"][0]["words_zh"].startswith("二〇")

    answer = confirm(api, filing, asked["digest"])

    assert answer.status_code == 202
    assert (filing.state, len(province.effects())) == ("accepted", 1)
    event = AuditEvent.objects.get(action="filing.confirmed")
    assert (event.actor, event.subject) == ("user:1", filing.subject)


def test_a12_other_dates_than_those_shown_are_not_confirmed(
    province: FilingProvince, known: dict[object, object]
) -> None:
    filing = file(province, known, shanghai(province))
    answer = confirm(client_of(principal(province.tenant)), filing, "0" * 64)
    assert (answer.status_code, answer.data["code"]) == (409, "confirmation_differs")
    assert (filing.state, filing.confirmed, province.effects()) == ("waiting", "", [])


def test_a12_only_who_may_file_confirms(province: FilingProvince, known: dict[object, object]) -> None:
    filing = file(province, known, shanghai(province))
    digest = client_of(principal(province.tenant)).get(url(filing)).data["digest"]
    for who, status in ((principal(province.tenant, Role.AUDITOR), 403), (principal(uuid.uuid4()), 404)):
        assert client_of(who).get(url(filing)).status_code == status
        assert confirm(client_of(who), filing, digest).status_code == status
    assert (filing.state, filing.confirmed) == ("waiting", "")


def test_a12_what_was_confirmed_in_time_is_confirmed_anew_once_it_is_late(
    province: FilingProvince, known: dict[object, object]
) -> None:
    """A late hire is another entry at the province: an old confirmation does not cover it."""
    filing = file(province, known, shanghai(province))
    api = client_of(principal(province.tenant))
    digest = api.get(url(filing)).data["digest"]
    province.advance(timedelta(days=31))
    assert api.get(url(filing)).data["digest"] != digest
    assert confirm(api, filing, digest).data["code"] == "confirmation_differs"


def test_elsewhere_nobody_is_asked(province: FilingProvince, known: dict[object, object]) -> None:
    filing = file(province, known, province.facts())
    assert filing.state == "accepted"
    answer = client_of(principal(province.tenant)).get(url(filing))
    assert (answer.status_code, answer.data["code"]) == (409, "confirmation_not_needed")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"worker": {"resid_code": "320205"}}, "/worker/resid_code", "residence_elsewhere"),
        ({"worker": {"hukou_code": None}}, "/worker/hukou_code", "field_missing"),
        ({"worker": {"education": "90"}}, "/worker/education", "code_not_mapped"),
        ({"contract": {"employment_form": "4"}}, "/contract/employment_form", "field_malformed"),
    ],
)
def test_what_shanghai_cannot_take_waits_for_a_person(
    province: FilingProvince, known: dict[object, object], change: Any, field: str, code: str
) -> None:
    """An unknown code is listed and never guessed; nothing leaves the house."""
    facts = shanghai(province)
    for section, values in change.items():
        facts[section] = {
            name: value for name, value in (facts[section] | values).items() if value is not None
        }
    filing = file(province, known, facts)
    assert (filing.state, filing.last_error) == ("waiting", "particulars_missing")
    assert (field, code) in {(each["field"], each["code"]) for each in filing.faults}
    assert province.store.states() == []


def test_a11_shanghai_accepts_at_once(province: FilingProvince, known: dict[object, object]) -> None:
    """A10: 本市户籍 and 外来从业人员 both pass, each with its own digest to confirm."""
    api = client_of(principal(province.tenant))
    for hukou in ("310104", "370303"):
        filing = file(province, known, shanghai(province, hukou_code=hukou))
        confirm(api, filing, api.get(url(filing)).data["digest"])
        assert filing.state == "accepted"
        assert filing.deadline == clock.today() + timedelta(days=30)
