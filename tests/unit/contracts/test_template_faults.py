"""What keeps an employer's own template from being published, and the blanks on offer to its writer."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from contracts.checks.template import template_faults
from contracts.document.catalogue import offered_blanks, offered_facts
from contracts.document.template import check_template, load_template, shipped_slugs

Edit = Callable[[Any], object]


def edited(edit: Edit) -> Any:
    template = copy.deepcopy(dict(load_template("general")))
    edit(template)
    return template


def say(text: str) -> Edit:
    return lambda template: template["chapters"][0]["clauses"][2]["blocks"].append({"text": text})


@pytest.mark.parametrize("slug", shipped_slugs())
def test_ours_have_none(slug: str) -> None:
    assert template_faults(load_template(slug)) == []


@pytest.mark.parametrize(
    ("edit", "code", "words"),
    [
        (say("乙方入职时交纳押金五百元。"), "R09", "押金"),
        (say("乙方自愿放弃社会保险。"), "R26", "放弃"),
        (say("女职工怀孕的，本合同自动解除。"), "R44", "怀孕"),
        (say("乙方的昵称是【昵称】。"), "template_bad_blank", "【昵称】"),
        (say("{contract.nothing}"), "template_bad_blank", "contract.nothing"),
        (say(""), "template_unfinished", "还没有写文字"),
        (lambda t: t["chapters"][1]["clauses"].clear(), "template_unfinished", "至少要有一项"),
        (lambda t: t["chapters"].pop(5), "clause_missing_insurance", "社会保险"),
        (
            lambda t: t["chapters"][5].update(when=[{"fact": "contract.remark", "present": False}]),
            "clause_missing_insurance",
            "社会保险",
        ),
        (say("乙方的残疾证号为{worker.work_permit_no}。"), "contract_blank_unfilled", "工作许可证号"),
    ],
)
def test_each_fault_is_told_in_words(edit: Edit, code: str, words: str) -> None:
    faults = template_faults(edited(edit))

    assert code in {fault.code for fault in faults}
    assert words in "".join(fault.zh for fault in faults if fault.code == code)


def test_faults_of_different_kinds_come_at_once_and_name_their_place() -> None:
    def edit(template: Any) -> None:
        say("乙方交纳保证金。")(template)
        say("【无此空格】")(template)

    faults = {fault.code: fault.field for fault in template_faults(edited(edit))}

    assert faults["R09"] == "/chapters/0/clauses/2/blocks/1/text"
    assert faults["template_bad_blank"] == "/chapters/0/clauses/2/blocks/2/text"


def test_a_lawful_sentence_is_no_fault() -> None:
    assert template_faults(edited(say("甲方不得要求乙方交纳押金。"))) == []


def test_every_blank_on_offer_may_be_used() -> None:
    template = copy.deepcopy(dict(load_template("general")))
    blanks = offered_blanks(template)
    names = [blank["name"] for blank in blanks]

    assert len(names) == len(set(names)) > 80
    assert not [name for name in names if "】" in name or "contract." in name]
    say("".join(blank["code"] for blank in blanks))(template)
    assert check_template(template) == []


def test_conditions_offer_values_where_there_is_a_short_choice() -> None:
    facts = {each["fact"]: each for each in offered_facts()}

    assert [value["name"] for value in facts["contract.term_type"]["values"]] == [
        "固定期限",
        "无固定期限",
        "以完成一定工作任务为期限",
    ]
    assert [value["name"] for value in facts["contract.special_work"]["values"]] == ["是", "否"]
    assert facts["worker.name"]["values"] == []
