"""Filed after the deadline (补办): its own type, a reason, and a package for the counter (A15)."""

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from core import clock
from filing_bridge.models import Filing
from filing_bridge.services.repeating import repeat_filing
from tests.support.filing_province import FilingProvince, pump
from tests.support.principals import client_of, principal

pytestmark = pytest.mark.django_db
PACKAGE = "/api/v1/filings/counter-package/"
REASON = "经办人交接遗漏，现补办"


@pytest.fixture
def late(province: FilingProvince, monkeypatch: pytest.MonkeyPatch) -> Filing:
    """The filing of somebody who began to work forty days ago."""
    facts = province.facts(clock.today() - timedelta(days=40))
    for module in ("filing_bridge.tasks", "filing_bridge.services.repeating"):
        monkeypatch.setattr(f"{module}.facts_behind", lambda filing: facts)
    made = province.file(facts)
    pump()
    made.refresh_from_db()
    return made


def give_reason(province: FilingProvince, filing: Filing, reason: str) -> None:
    repeat_filing(
        principal=principal(province.tenant), filing_id=filing.pk, particulars={"late_reason": reason}
    )
    pump()
    filing.refresh_from_db()


def test_a15_without_a_reason_nothing_goes_out(province: FilingProvince, late: Filing) -> None:
    assert (late.state, late.first_attempt_at) == ("waiting", None)
    assert "/late_reason" in {fault["field"] for fault in late.faults}
    assert province.effects() == []


def test_a15_with_its_reason_it_is_filed_as_a_late_hire(province: FilingProvince, late: Filing) -> None:
    give_reason(province, late, REASON)
    assert (late.state, late.filing_type) == ("accepted", "12")
    assert late.record["late_reason"] == REASON
    assert [effect["filing_type"] for effect in province.store.effects(0)] == ["12"]


def test_a15_the_package_for_the_counter_has_the_form_for_late_hires(
    province: FilingProvince, late: Filing
) -> None:
    give_reason(province, late, REASON)
    answer = client_of(principal(province.tenant)).post(PACKAGE, {"filings": [str(late.pk)]}, format="json")
    package = zipfile.ZipFile(BytesIO(answer.content))
    [form] = [name for name in package.namelist() if name.startswith("forms/")]
    text = "".join(PdfReader(BytesIO(package.read(form))).pages[0].extract_text().split())
    assert "录用备案登记表（补办）" in text
    assert REASON in text
    assert {"filings.xlsx", "attempts.csv"} <= set(package.namelist())
