"""The catalogue of reasons: complete in both languages, and used for what comes back (C21, 4.3)."""

import re
from pathlib import Path

import pytest

from filing_bridge import record_check
from filing_bridge.faults import fault_of_item
from filing_bridge.mapping import BY_TARGET
from filing_bridge.protocol import RejectItem
from filing_bridge.review import REVIEW_CODES, ReviewCode


@pytest.mark.parametrize("row", REVIEW_CODES.values(), ids=lambda row: row.code)
def test_every_reason_has_a_field_a_rule_and_a_remedy(row: ReviewCode) -> None:
    assert row.field in {"", *BY_TARGET}
    for zh, en in ((row.zh, row.en), (row.remedy_zh, row.remedy_en)):
        assert re.search(r"[\u4e00-\u9fff]", zh)
        assert zh.endswith("。")
        assert re.fullmatch(r"[\x20-\x7e]+\.", en)


def test_whatever_the_record_check_says_is_in_the_catalogue() -> None:
    source = Path(record_check.__file__).read_text(encoding="utf-8")
    said = set(re.findall(r'"([a-z]+(?:_[a-z]+)+)",\s*f?"[“\u4e00-\u9fff]', source))
    assert {"field_missing", "residence_elsewhere"} <= said
    assert said - set(REVIEW_CODES) == set()


def test_a_returned_filing_is_told_in_both_languages_and_in_the_officers_words() -> None:
    fault = fault_of_item(REVIEW_CODES["registered_elsewhere"].item("原单位：示例公司。"))
    assert fault["zh"] == "该劳动者在原单位尚未办理退工登记。原单位：示例公司。"
    assert fault["en"] == "The worker is still registered with a former employer."
    assert fault["field"] == "/worker/id_no"
    assert "counter" in fault["remedy_en"]


def test_a_code_of_the_agencys_own_is_passed_on() -> None:
    fault = fault_of_item(RejectItem("/worker/name", "house_rule_7", "不合规定。", "请改。"))
    assert (fault["zh"], fault["code"]) == ("不合规定。", "house_rule_7")
