"""What a phone shows of a contract beside its pages: the text under headings, and its gist."""

from typing import Any

import pytest

from contracts.document.expand import expand
from contracts.document.reading import reading_sections
from contracts.document.summary import summary
from contracts.document.template import load_template
from contracts.facts import Facts
from tests.support.contract_facts import sample_facts

PAGES = 4
BLOCKS_ON_A_PAGE = 20


def sections(facts: Facts) -> tuple[dict[str, Any], ...]:
    document = expand(load_template("general"), facts)
    count = sum(len(clause.blocks) for chapter in document.chapters for clause in chapter.clauses)
    pages = {number: min(PAGES, 1 + number // BLOCKS_ON_A_PAGE) for number in range(count)}
    return reading_sections(document, pages, PAGES)


def test_every_page_belongs_to_a_section_and_they_follow_one_another() -> None:
    found = sections(sample_facts())
    assert [each["first"] for each in found] == sorted(each["first"] for each in found)
    assert {page for each in found for page in range(each["first"], each["last"] + 1)} == {1, 2, 3, 4}
    assert found[0]["heading_en"] == "Parties"
    assert found[-1] == {**found[-1], "heading": "签署", "first": PAGES, "last": PAGES}


def test_values_are_told_from_the_template_s_own_words() -> None:
    blocks = [block for section in sections(sample_facts()) for block in section["blocks"]]
    rows = {
        row["label"]: row["runs"] for block in blocks if block["kind"] == "fields" for row in block["rows"]
    }
    assert rows["名称"] == [{"text": "示例制造（淄博）有限公司", "filled": True}]
    (table,) = (block for block in blocks if block["kind"] == "table")
    assert table["head"] == ["工资项目", "金额（元）", "说明"]
    assert table["rows"][0][1] == [{"text": "3,600.00", "filled": True}]
    headings = [block["text"] for block in blocks if block["kind"] == "heading"]
    assert any(text.startswith("第一条") for text in headings)
    texts = [run for block in blocks if block["kind"] == "paragraph" for run in block["runs"]]
    assert {run["filled"] for run in texts} == {True, False}


@pytest.mark.parametrize(
    ("changes", "label", "zh", "en"),
    [
        ({}, "合同期限", "2026年11月3日至2029年11月2日", "2026-11-03 to 2029-11-02"),
        ({"term_type": "2"}, "合同期限", "2026年11月3日起，无固定期限", "from 2026-11-03, open-ended"),
        (
            {"term_type": "3"},
            "合同期限",
            "2026年11月3日起，至工作任务完成",
            "from 2026-11-03 until the task is done",
        ),
        ({}, "工资", "5,200.00 元/月", "CNY 5,200.00 per month"),
        (
            {},
            "试用期",
            "3 个月，至2027年2月2日，工资 4,500.00 元/月",
            "3 months, until 2027-02-02, CNY 4,500.00 per month",
        ),
    ],
)
def test_the_gist_says_it_in_both_languages(changes: dict[str, str], label: str, zh: str, en: str) -> None:
    (row,) = (each for each in summary(sample_facts(contract=changes)) if each["label"] == label)
    assert (row["value"], row["value_en"]) == (zh, en)


def test_without_probation_the_gist_says_so() -> None:
    facts = sample_facts()
    del facts["contract"]["probation_months"]
    (row,) = (each for each in summary(facts) if each["label"] == "试用期")
    assert (row["value"], row["value_en"]) == ("无", "none")
