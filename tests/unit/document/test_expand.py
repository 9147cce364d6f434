import copy
from typing import Any

import pytest

from contracts.document.expand import CannotExpand, expand
from contracts.document.formats import chinese_ordinal
from contracts.document.model import Document, Fields, Paragraph, Run, Table, plain
from contracts.document.reading import page_texts, reading_view
from contracts.document.template import load_template
from tests.support.contract_facts import sample_facts

Template = dict[str, Any]


def with_block(block: dict[str, Any]) -> Template:
    """The general template with `block` in place of the preamble."""
    template = copy.deepcopy(dict(load_template("general")))
    template["chapters"][0]["clauses"][2]["blocks"] = [block]
    return template


def blocks(document: Document) -> tuple[Any, ...]:
    return document.chapters[0].clauses[2].blocks


def words(template: Template, facts: dict[str, Any]) -> list[str]:
    return [
        block.label + plain(block.runs)
        for block in blocks(expand(template, facts))
        if isinstance(block, Paragraph)
    ]


def test_filled_values_know_their_fact() -> None:
    document = expand(with_block({"text": "乙方{worker.name}，{contract.start|date}。"}), sample_facts())
    assert blocks(document) == (
        Paragraph(
            (
                Run("乙方"),
                Run("𠮷野·买买提", "/worker/name"),
                Run("，"),
                Run("2026年11月3日", "/contract/start"),
                Run("。"),
            )
        ),
    )


def test_braces_in_a_fact_are_only_text() -> None:
    facts = sample_facts(worker={"name": "{employer.name}"})
    assert words(with_block({"text": "{worker.name}"}), facts) == ["{employer.name}"]


@pytest.mark.parametrize(
    ("test", "shown"),
    [
        ({"fact": "contract.remark", "present": False}, True),
        ({"fact": "contract.remark", "present": True}, False),
        ({"fact": "contract.term_type", "in": ["1", "2"]}, True),
        ({"fact": "contract.term_type", "in": ["2"]}, False),
        ({"fact": "contract.term_type", "not_in": ["2"]}, True),
        ({"fact": "contract.term_type", "not_in": ["1"]}, False),
        ({"fact": "contract.remark", "not_in": ["x"]}, True),
        ({"fact": "contract.probation_months", "in": [3]}, True),
        ({"fact": "contract.insurance.injury", "in": [1]}, False),  # true is not 1
    ],
)
def test_conditions(test: dict[str, Any], shown: bool) -> None:
    block = {"text": "有", "when": [{"fact": "worker.name", "present": True}, test]}
    assert words(with_block(block), sample_facts()) == (["有"] if shown else [])


def test_repeated_items_and_rows_appear_once_for_each_element() -> None:
    items = {
        "items": [{"text": "{item.name}"}, {"text": "注：{item.note|text|无}"}],
        "repeat": "contract.wage_items",
    }
    assert words(with_block(items), sample_facts()) == [
        "（一）基本工资",
        "（二）注：无",
        "（三）岗位工资",
        "（四）注：随岗位调整",
        "（五）技能津贴",
        "（六）注：按技能等级确定",
    ]
    rows = {
        "columns": [{"heading": "项目", "width": 1}],
        "rows": [["{item.name}"]],
        "repeat": "contract.wage_items",
    }
    (table,) = blocks(expand(with_block(rows), sample_facts()))
    assert isinstance(table, Table)
    assert table.rows[2] == ((Run("技能津贴", "/contract/wage_items/2/name"),),)
    assert blocks(expand(with_block(rows), sample_facts(contract={"wage_items": None})))[0].rows == ()


def test_all_unfilled_blanks_are_reported_at_once() -> None:
    facts = sample_facts(contract={"job_title": None, "end": ""}, worker={"id_type": "77"})
    with pytest.raises(CannotExpand) as caught:
        expand(load_template("general"), facts)
    assert {(fault.field, fault.code) for fault in caught.value.faults} == {
        ("/contract/job_title", "contract_blank_unfilled"),
        ("/contract/end", "contract_blank_unfilled"),
        ("/worker/id_type", "contract_blank_unprintable"),
    }
    assert all(fault.zh and fault.en and fault.remedy_zh and fault.remedy_en for fault in caught.value.faults)


@pytest.mark.parametrize("term_type", ["1", "2", "3"])
def test_articles_are_numbered_without_gaps_whatever_the_conditions(term_type: str) -> None:
    document = expand(load_template("general"), sample_facts(term_type=term_type))
    labels = [clause.label for chapter in document.chapters for clause in chapter.clauses if clause.label]
    assert labels == [f"第{chinese_ordinal(number)}条" for number in range(1, len(labels) + 1)]
    assert len(labels) > 30


def test_a_field_left_alone_takes_the_whole_line() -> None:
    fields = [{"label": name, "text": "值"} for name in "甲乙丙"] + [
        {"label": "丁", "text": "值", "wide": True}
    ]
    (block,) = blocks(expand(with_block({"fields": fields}), sample_facts()))
    assert isinstance(block, Fields)
    assert [field.wide for field in block.fields] == [False, False, True, True]


def test_reading_view_and_page_text_come_from_the_same_words() -> None:
    template, facts = load_template("general"), sample_facts()
    document = expand(template, facts)
    view = reading_view(template, facts)
    numbers = [
        block["i"]
        for chapter in view["chapters"]
        for clause in chapter["clauses"]
        for block in clause["blocks"]
    ]
    assert numbers == list(range(len(numbers)))
    first, second = page_texts(document, {number: 1 + (number > 9) for number in numbers}, 2)
    assert first.startswith("劳动合同书\n甲方（用人单位）\n名称：示例制造（淄博）有限公司")
    assert "工资项目\t金额（元）\t说明\n基本工资\t3,600.00\t—" in second
    assert second.endswith("证件号码：370303199003070013")
    assert (
        "第一条 双方约定本合同的期限为：■固定期限  □无固定期限  □以完成一定工作任务为期限。" in first + second
    )
