"""An employer that cannot act: the agency ends the employment on the strength of a letter (A20)."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import httpx2
import pytest
from PIL import Image

from core import clock
from filing_bridge.models import Filing
from filing_bridge.sandbox.desk.officers import NAMES
from tests.support.filing_province import FilingProvince, hurry, pump, settle
from tests.support.officers import Officer

pytestmark = pytest.mark.django_db
NUMBER = "沪人社监协〔2026〕12号"


@pytest.fixture
def facts(province: FilingProvince) -> dict[str, Any]:
    return province.facts(clock.today() - timedelta(days=20))


@pytest.fixture
def hire(province: FilingProvince, facts: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Filing:
    for module in ("filing_bridge.tasks", "filing_bridge.services.repeating"):
        monkeypatch.setattr(f"{module}.facts_behind", lambda filing: province.later.get(filing.pk, facts))
    unknown = {"ending": {"reason": ""}}
    monkeypatch.setattr("filing_bridge.subscribers.ending_facts_of", lambda contract: unknown)
    made = province.file(facts)
    pump()
    made.refresh_from_db()
    assert made.state == "accepted"
    return made


@pytest.fixture
def officer(province: FilingProvince) -> Iterator[Officer]:
    made = Officer(province, NAMES[0])
    yield made
    made.client.close()


def paper() -> bytes:
    picture = BytesIO()
    Image.new("RGB", (100, 100), "white").save(picture, "PNG")
    return picture.getvalue()


def leave(officer: Officer, hire: Filing, **changes: Any) -> httpx2.Response:
    token = re.search(r'name="token" value="([0-9a-f]{64})"', officer.see())
    assert token
    form = {"token": token[1], "day": clock.today().isoformat(), "number": NUMBER, **changes}
    upload = form.pop("paper", paper())
    return officer.client.post(
        f"/desk/filing/{hire.idempotency_key}/leave",
        data=form,
        files={"paper": ("letter.png", upload, "image/png")},
    )


def test_a20_the_agency_ends_it_without_the_employers_signature(
    province: FilingProvince, hire: Filing, officer: Officer
) -> None:
    found = officer.client.get("/desk/proxy", params={"receipt_no": hire.receipt_no})
    assert "机构代办退工" in found.text

    answer = leave(officer, hire)

    assert answer.status_code == 200
    assert NUMBER in answer.text
    effect = province.store.effects(0)[-1]
    assert (effect["filing_type"], effect["system_code"]) == ("53", "COUNTER")
    # Who did it and why is on record, and the letter is there to be looked at.
    assert NAMES[0] in answer.text
    assert "9002" in answer.text
    assert officer.client.get(f"/desk/filing/{effect['key']}/letter").content == paper()


def test_a20_the_employers_own_ending_is_told_so(
    province: FilingProvince, hire: Filing, facts: dict[str, Any], officer: Officer
) -> None:
    leave(officer, hire)
    ending = province.end(hire, facts)
    hurry()
    settle()
    ending.refresh_from_db()
    assert ending.state == "rejected"
    assert [fault["code"] for fault in ending.faults] == ["ended_by_agency"]
    assert "labour inspectorate" in ending.faults[0]["en"]


def test_a20_the_worker_is_free_for_the_next_contract(
    province: FilingProvince, hire: Filing, facts: dict[str, Any], officer: Officer
) -> None:
    leave(officer, hire, day=(clock.today() - timedelta(days=1)).isoformat())
    dates = {"start": clock.today().isoformat(), "employment_start": clock.today().isoformat()}
    again = {**facts, "contract_no": f"{facts['contract_no']}-2", "contract": {**facts["contract"], **dates}}
    rehire = province.file(again)
    pump()
    rehire.refresh_from_db()
    assert rehire.state == "accepted"


@pytest.mark.parametrize(
    "changes",
    [
        {"paper": b"not a paper"},
        {"paper": b""},
        {"number": " "},
        {"day": ""},
        {"day": (clock.today() + timedelta(days=1)).isoformat()},
        {"day": (clock.today() - timedelta(days=21)).isoformat()},
    ],
    ids=["spoilt", "none", "no number", "no day", "to come", "before the employment"],
)
def test_a20_without_letter_number_or_a_possible_day_nothing_ends(
    province: FilingProvince, hire: Filing, officer: Officer, changes: dict[str, Any]
) -> None:
    assert leave(officer, hire, **changes).status_code == 400
    assert province.effects() == [hire.idempotency_key]


def test_a20_it_is_ended_once_and_by_officers_only(
    province: FilingProvince, hire: Filing, officer: Officer
) -> None:
    with httpx2.Client(base_url=province.url, trust_env=False) as stranger:
        assert stranger.post(f"/desk/filing/{hire.idempotency_key}/leave").status_code == 403
    assert leave(officer, hire).status_code == 200
    assert leave(officer, hire).status_code == 409
    assert len(province.effects()) == 2
