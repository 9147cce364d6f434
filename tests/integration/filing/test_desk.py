"""The officers' console of the stand-in: review with codes, batches for two, worklist, statistics."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from core.canonical import sha256_hex
from filing_bridge import protocol
from filing_bridge.models import Filing
from filing_bridge.sandbox.desk.officers import NAMES
from filing_bridge.sandbox.proxy import CHANNEL as COUNTER
from filing_bridge.sandbox.settings import Decide, Settings
from tests.support.filing_province import FilingProvince, hurry, pump, settle
from tests.support.officers import Officer

pytestmark = pytest.mark.django_db
FIRST, SECOND = NAMES


@pytest.fixture
def filings(province: FilingProvince) -> list[Filing]:
    """Three filings that wait for an officer."""
    province.decisions.settings = Settings(Decide.REVIEW)
    made = [province.file() for _ in range(3)]
    pump()
    return made


@pytest.fixture
def first(province: FilingProvince) -> Iterator[Officer]:
    officer = Officer(province, FIRST)
    yield officer
    officer.client.close()


@pytest.fixture
def second(province: FilingProvince) -> Iterator[Officer]:
    officer = Officer(province, SECOND)
    yield officer
    officer.client.close()


def state(filing: Filing) -> str:
    hurry()
    pump()
    filing.refresh_from_db()
    return filing.state


def test_every_page_says_that_it_is_a_test_and_runs_nothing(filings: list[Filing], first: Officer) -> None:
    key = filings[0].idempotency_key
    for path in ("", "/login", "/batches", "/worklist", "/statistics", f"/filing/{key}"):
        answer = first.client.get(f"/desk{path}")
        assert "测试 TEST" in answer.text
        assert "<script" not in answer.text
        assert " style=" not in answer.text
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy


def test_who_is_not_logged_in_sees_and_does_nothing(province: FilingProvince, filings: list[Filing]) -> None:
    key = filings[0].idempotency_key
    with httpx2.Client(base_url=province.url, trust_env=False) as stranger:
        for path in (
            "",
            "/batches",
            "/worklist",
            "/worklist.csv",
            "/statistics",
            "/statistics.csv",
            f"/filing/{key}",
        ):
            assert stranger.get(f"/desk{path}").status_code == 303
        form = {"state": "accepted", "token": ""}
        assert stranger.post(f"/desk/filing/{key}/decision", data=form).status_code == 403
    liar = Officer(province, FIRST, "wrong")
    liar.client.close()
    assert liar.entered.status_code == 403
    assert province.effects() == []


def test_a_form_of_another_site_does_nothing(filings: list[Filing], first: Officer) -> None:
    path = f"/desk/filing/{filings[0].idempotency_key}/decision"
    assert first.client.post(path, data={"state": "accepted"}).status_code == 403
    assert state(filings[0]) == "under_review"


def test_c21_returned_with_all_codes_at_once_and_words_besides(
    province: FilingProvince, filings: list[Filing], first: Officer
) -> None:
    path = f"/filing/{filings[0].idempotency_key}"
    codes = ["registered_elsewhere", "address_missing"]
    assert first.act(f"{path}/decision", state="returned", code=codes, words="原单位：示例公司。") == 200
    assert state(filings[0]) == "returned"
    faults = {fault["code"]: fault for fault in filings[0].faults}
    assert set(faults) == set(codes)
    assert faults["address_missing"]["en"] == "The residence is missing or incomplete."
    assert "原单位" in faults["registered_elsewhere"]["zh"]
    page = first.see(path)
    assert FIRST in page
    assert "registered_elsewhere address_missing" in page


@pytest.mark.parametrize(
    "form",
    [
        {"state": "returned"},
        {"state": "rejected", "words": "不行"},
        {"state": "returned", "code": ["made_up"]},
        {"state": "accepted", "code": ["address_missing"]},
        {"state": "under_review"},
    ],
)
def test_an_officer_has_to_pick_a_code(filings: list[Filing], first: Officer, form: dict[str, Any]) -> None:
    assert first.act(f"/filing/{filings[0].idempotency_key}/decision", **form) == 400
    assert state(filings[0]) == "under_review"


def test_a_decision_is_made_once(province: FilingProvince, filings: list[Filing], first: Officer) -> None:
    path = f"/filing/{filings[0].idempotency_key}/decision"
    assert first.act(path, state="accepted") == 200
    assert first.act(path, state="rejected", code=["address_missing"]) == 409
    assert state(filings[0]) == "accepted"
    assert len(province.effects()) == 1


def test_c05_a_batch_takes_two_officers_and_each_act_names_its_officer(
    province: FilingProvince, filings: list[Filing], first: Officer, second: Officer
) -> None:
    keys = [filing.idempotency_key for filing in filings]
    assert first.act("/batches", key=keys) == 200
    assert "须由另一名经办人员复核" in first.see("/batches")
    assert first.act("/batches/1/approval") == 409
    assert province.effects() == []
    first.act(f"/filing/{keys[2]}/decision", state="rejected", code=["address_missing"])

    assert second.act("/batches/1/approval") == 200

    settle()
    assert [state(filing) for filing in filings] == ["accepted", "accepted", "rejected"]
    assert province.effects() == keys[:2]
    assert second.act("/batches/1/approval") == 409
    assert SECOND in second.see(f"/filing/{keys[0]}")


def test_a_batch_that_is_refused_changes_nothing(
    province: FilingProvince, filings: list[Filing], first: Officer, second: Officer
) -> None:
    first.act("/batches", key=[filing.idempotency_key for filing in filings])
    assert second.act("/batches/1/refusal") == 200
    assert (province.effects(), state(filings[0])) == ([], "under_review")


def test_a14_the_worklist_has_reason_owner_note_and_due(filings: list[Filing], first: Officer) -> None:
    key = filings[0].idempotency_key
    form = {"reason": "registered_elsewhere", "owner": SECOND, "note": "=cmd()", "due": "2031-01-31"}
    assert first.act(f"/filing/{key}/exception", **form) == 200
    page = first.see("/worklist")
    for words in (SECOND, "2031-01-31", "=cmd()", "尚未办理退工登记"):
        assert words in page
    assert ",'=cmd()," in first.see("/worklist.csv")
    assert first.act(f"/worklist/{key}") == 200
    assert SECOND not in first.see("/worklist.csv")


def test_c16_small_cells_are_not_told(
    province: FilingProvince, filings: list[Filing], first: Officer
) -> None:
    assert "<td>＜5</td>" in first.see("/statistics")
    assert "<td>3</td>" not in first.see("/statistics")
    for _ in range(2):
        province.file()
    pump()
    page = first.see("/statistics")
    assert "<td>5</td>" in page
    assert filings[0].contract_no not in page


def test_what_people_are_called_is_never_markup(province: FilingProvince, first: Officer) -> None:
    province.decisions.settings = Settings(Decide.REVIEW)
    facts = province.facts()
    facts["worker"]["name"] = "<b>甲</b>"
    province.file(facts)
    pump()
    assert "&lt;b&gt;甲&lt;/b&gt;" in first.see()


def test_c07_problems_are_counted_by_code_and_exported(
    province: FilingProvince, filings: list[Filing], first: Officer
) -> None:
    """What the quarterly meeting talks about: why filings come back, and how often."""
    returned = {"state": "returned", "code": ["address_missing", "registered_elsewhere"]}
    for filing in [*filings, *(province.file() for _ in range(2))]:
        pump()
        assert first.act(f"/filing/{filing.idempotency_key}/decision", **returned) == 200
        returned["code"] = ["address_missing"]
    page = first.see("/statistics").partition("退回和不予受理的原因")[2]
    assert "（address_missing）</td><td>5</td>" in page
    assert "（registered_elsewhere）</td><td>＜5</td>" in page
    table = first.see("/statistics.csv")
    [line] = [line for line in table.splitlines() if "（address_missing）" in line]
    assert line.endswith(",件数,5")
    assert filings[0].contract_no not in table


def at_the_counter(province: FilingProvince, jurisdiction: str) -> None:
    """What an officer has entered from paper."""
    record = {**Filing.objects.exclude(record=None)[0].record, "jurisdiction_code": jurisdiction}
    facts = province.facts()
    record = {
        **record,
        "contract_no": facts["contract_no"],
        "contract_digest": {"alg": "SHA-256", "value": sha256_hex(facts["contract_no"].encode())},
        "worker": {**record["worker"], "id_no": facts["worker"]["id_no"]},
    }
    key = sha256_hex(facts["contract_no"].encode())
    province.decisions.take_in(key, COUNTER, record, protocol.record_digest(record), b"")


def test_a23_statistics_tell_the_channels_apart(province: FilingProvince, first: Officer) -> None:
    for _ in range(5):
        province.file()
    pump()
    for _ in range(6):
        at_the_counter(province, "370303")
    page = first.see("/statistics")
    for channel, number in (("QIANBEI", 5), (COUNTER, 6)):
        assert re.search(rf"<td>{channel}[^<]*</td><td>{number}</td>", page)


def test_a24_the_online_share_of_each_division(province: FilingProvince, first: Officer) -> None:
    """Nine of ten online needs a counter part that is large enough to be told."""
    for _ in range(45):
        province.file()
    settle()
    for _ in range(5):
        at_the_counter(province, "370303")
    page = first.see("/statistics")
    assert re.search(r"（370303）</td><td>50</td><td>90 %</td>", page)


def test_a24_a_small_part_is_not_told_by_its_share(province: FilingProvince, first: Officer) -> None:
    for _ in range(6):
        province.file()
    pump()
    at_the_counter(province, "370303")
    at_the_counter(province, "370305")
    page = first.see("/statistics")
    assert re.search(r"（370303）</td><td>7</td><td>—</td>", page)
    assert "（370305）" not in page.partition("线上办理率")[2]
