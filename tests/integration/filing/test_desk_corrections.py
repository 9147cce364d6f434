"""Corrections and withdrawals at the officers' desk: a material one takes two, and old versions stay."""

import base64
from collections.abc import Iterator
from datetime import timedelta

import pytest

from core import blobs
from filing_bridge.models import Correction, Filing
from filing_bridge.sandbox.desk.officers import NAMES
from filing_bridge.sandbox.slip_file import evidence_in
from filing_bridge.services.voiding import request_void
from tests.integration.filing.test_correcting import corrected
from tests.integration.filing.test_desk import state
from tests.support.filing_province import FilingProvince, pump
from tests.support.officers import Officer
from tests.support.papers import picture
from tests.support.principals import principal

pytestmark = pytest.mark.django_db
FIRST, SECOND = NAMES


@pytest.fixture
def officers(province: FilingProvince) -> Iterator[tuple[Officer, Officer]]:
    both = Officer(province, FIRST), Officer(province, SECOND)
    yield both
    for officer in both:
        officer.client.close()


@pytest.fixture
def accepted(province: FilingProvince) -> Filing:
    filing = province.file()
    pump()
    filing.refresh_from_db()
    return filing


def material(province: FilingProvince, filing: Filing) -> tuple[Correction, Filing]:
    end = (filing.starts_on + timedelta(days=1459)).isoformat()
    evidence = base64.b64encode(picture()).decode()
    found = corrected(province, filing, {"/contract/end": end}, evidence=evidence)
    pump()
    return found


def test_d05_a_material_correction_takes_a_second_officer(
    province: FilingProvince, accepted: Filing, officers: tuple[Officer, Officer]
) -> None:
    first, second = officers
    _, made = material(province, accepted)
    path = f"/filing/{made.idempotency_key}"
    assert "重要更正" in first.see("/corrections")
    page = first.see(path)
    for words in ("更正内容", "录入笔误", accepted.receipt_no, "提请通过", "证明材料"):
        assert words in page
    assert 'value="accepted"' not in page
    assert first.act(f"{path}/decision", state="accepted") == 409
    assert first.act("/batches", key=[made.idempotency_key]) == 200
    assert first.act("/batches/1/approval") == 409
    assert state(made) == "under_review"
    assert second.act("/batches/1/approval") == 200
    assert state(made) == "accepted"
    assert province.effects() == [accepted.idempotency_key, made.idempotency_key]
    assert "历次更正" in second.see(f"/filing/{accepted.idempotency_key}")
    assert "没有待审的更正" in second.see("/corrections")


def test_one_officer_may_reject_with_a_code_but_never_return(
    province: FilingProvince, accepted: Filing, officers: tuple[Officer, Officer]
) -> None:
    first, _ = officers
    _, made = material(province, accepted)
    path = f"/filing/{made.idempotency_key}/decision"
    assert first.act(path, state="returned", code=["evidence_insufficient"]) == 409
    assert first.act(path, state="rejected") == 400
    assert first.act(path, state="rejected", code=["evidence_insufficient"]) == 200
    assert state(made) == "rejected"
    assert made.faults[0]["code"] == "evidence_insufficient"
    assert province.effects() == [accepted.idempotency_key]


def test_c06_a_minor_correction_one_officer_carries_out(
    province: FilingProvince, accepted: Filing, officers: tuple[Officer, Officer]
) -> None:
    first, _ = officers
    province.review()
    _, made = corrected(province, accepted, {"/worker/education": "21"})
    assert state(made) == "under_review"
    assert first.act(f"/filing/{made.idempotency_key}/decision", state="accepted") == 200
    assert state(made) == "accepted"
    assert FIRST in first.see(f"/filing/{made.idempotency_key}")


def test_the_officer_has_the_slip_and_the_evidence_and_nobody_else(
    province: FilingProvince, accepted: Filing, officers: tuple[Officer, Officer]
) -> None:
    first, _ = officers
    correction, made = material(province, accepted)
    path = f"/desk/filing/{made.idempotency_key}"
    slip = first.client.get(f"{path}/slip")
    assert slip.content == blobs.get(correction.slip)
    assert first.client.get(f"{path}/evidence").content == picture() == evidence_in(slip.content)
    assert "attachment" in slip.headers["Content-Disposition"]
    assert first.client.get(f"/desk/filing/{accepted.idempotency_key}/slip").status_code == 404
    stranger = Officer(province, FIRST, "wrong")
    assert "evidence" not in str(stranger.client.get(f"{path}/evidence").url)
    stranger.client.close()


def test_a_withdrawn_filing_is_listed_with_its_reason_and_not_decided_any_more(
    province: FilingProvince, officers: tuple[Officer, Officer]
) -> None:
    first, _ = officers
    province.review()
    filing = province.file()
    pump()
    request_void(principal=principal(province.tenant), filing_id=filing.pk, reason="合同尚需修改")
    assert state(filing) == "voided"
    assert "合同尚需修改" in first.see("/voids")
    page = first.see(f"/filing/{filing.idempotency_key}")
    assert "申报作废" in page
    assert "提交审核结果" not in page
    assert first.act(f"/filing/{filing.idempotency_key}/decision", state="accepted") == 409
    assert province.effects() == []
