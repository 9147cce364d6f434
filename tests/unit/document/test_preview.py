"""What is shown of a template before there is a contract: samples, words, comparisons."""

import copy
from typing import Any

import pytest

from contracts.document.compare import Piece, compare
from contracts.document.render import render
from contracts.document.samples import sample_facts
from contracts.document.template import load_template, shipped_slugs
from contracts.document.wording import condition_in_words, in_words, lines_of
from contracts.facts import validate_facts
from contracts.services.previews import sample_page, sample_pages
from tests.unit.document.test_render import AT

KINDS = [
    (slug, form, term)
    for slug in shipped_slugs()
    for form in load_template(slug)["applies_to"]["employment_forms"]
    for term in load_template(slug)["applies_to"]["term_types"]
]


@pytest.mark.parametrize(("slug", "form", "term"), KINDS)
def test_samples_are_valid_and_fill_every_blank(slug: str, form: str, term: str) -> None:
    template = load_template(slug)
    facts = sample_facts(template, form=form, term=term)

    assert validate_facts(facts) == []
    assert len(render(template, facts, at=AT).page_sizes) == sample_pages(template, term)


def test_a_page_of_the_sample_is_a_picture() -> None:
    template = load_template("general")

    large, small = sample_page(template, "1", 1), sample_page(template, "1", 1, 240)

    assert large[8:12] == small[8:12] == b"WEBP"
    assert len(small) < len(large) / 2
    with pytest.raises(ValueError, match="no page 99"):
        sample_page(template, "1", 99)


def test_blanks_and_conditions_are_told_in_words() -> None:
    assert in_words("自{contract.start|date}起") == "自【合同起始日期】起"
    assert in_words("{employer.name}{worker.name}") == "【用人单位单位名称】【劳动者姓名】"
    assert in_words("{contract.wage_amount|capital}") == "【工资·大写】"
    assert in_words("{item.note|text|—}") == "【说明，没有时写“—”】"
    assert in_words("{not a blank") == "{not a blank"
    tests: list[dict[str, Any]] = [
        {"fact": "contract.probation_months", "present": True},
        {"fact": "contract.term_type", "in": ["1", "3"]},
        {"fact": "contract.wage_unit", "not_in": ["hour"]},
    ]
    assert condition_in_words(tests) == (
        "试用期月数已填写，合同期限类型为固定期限或以完成一定工作任务为期限，工资计算单位不是小时"
    )


def test_every_line_of_ours_can_be_said_in_words() -> None:
    lines = [
        line
        for slug in shipped_slugs()
        for chapter in load_template(slug)["chapters"]
        for clause in chapter["clauses"]
        for block in clause["blocks"]
        for line in lines_of(block)
    ]

    assert len(lines) > 300
    assert not [line for line in lines if "{" in line or "contract." in line or "【/" in line]


def changed(edit: Any) -> Any:
    new = copy.deepcopy(dict(load_template("general")))
    edit(new)
    return compare(load_template("general"), new)


def test_equal_contents_have_no_changes() -> None:
    assert changed(lambda new: new.update(version=2)) == []


def test_a_changed_word_is_shown_inside_its_line() -> None:
    def edit(new: Any) -> None:
        clause = new["chapters"][1]["clauses"][-1]
        clause["blocks"][0]["text"] = clause["blocks"][0]["text"].replace("不约定", "没有约定")

    (change,) = changed(edit)

    assert (change.chapter, change.clause) == ("合同期限和试用期", "本章第 7 条")
    assert Piece("removed", "不") in change.pieces
    assert Piece("added", "没有") in change.pieces
    assert change.pieces[0].kind == "same"


def test_what_was_added_removed_or_made_conditional_is_shown() -> None:
    def edit(new: Any) -> None:
        new["chapters"][0]["clauses"][2]["blocks"].append({"text": "本合同另附保密须知一份。"})
        new["chapters"][1]["clauses"].pop()
        new["chapters"][2]["clauses"][0]["when"] = [{"fact": "contract.remark", "present": True}]

    kinds = [{piece.kind: piece.text for piece in change.pieces} for change in changed(edit)]

    assert {"added": "本合同另附保密须知一份。"} in kinds
    assert {"removed": "双方不约定试用期。"} in kinds
    assert {"added": "（备注已填写时有本条）"} in kinds
