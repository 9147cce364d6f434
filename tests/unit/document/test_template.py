import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

from contracts.document.expand import expand
from contracts.document.template import (
    STATUTORY_ITEMS,
    check_template,
    load_template,
    missing_items,
    shipped_slugs,
    template_digest,
)
from contracts.facts import texts
from tests.support.contract_facts import sample_facts

Template = dict[str, Any]

# Labour Contract Law, Articles 9, 25, 26 and 84, and what courts strike out again and again
VOID = (
    "押金|保证金|抵押|扣押|质押|自愿放弃|放弃社|不缴纳社会保险|工伤自负|概不负责|责任自负|不得结婚|不得生育|服从一切安排"
    "|单方解释|最终解释权|自动离职|末位淘汰|视为旷工"
)


def codes(template: object) -> list[str]:
    return [fault.code for fault in check_template(template)]


def general() -> Template:
    return copy.deepcopy(dict(load_template("general")))


def clauses(template: Template) -> list[Template]:
    return [clause for chapter in template["chapters"] for clause in chapter["clauses"]]


def clause(template: Template, name: str) -> Template:
    return next(part for part in clauses(template) if part["id"] == name)


def test_four_templates_are_shipped() -> None:
    assert shipped_slugs() == ("construction", "dispatch", "general", "part-time")


@pytest.mark.parametrize("slug", shipped_slugs())
def test_shipped_templates_are_in_order(slug: str) -> None:
    assert check_template(load_template(slug)) == []


@pytest.mark.parametrize("slug", shipped_slugs())
def test_shipped_templates_hold_no_void_clause(slug: str) -> None:
    for pointer, text in texts(load_template(slug)):
        assert not re.search(VOID, text), f"{pointer}: {text}"


@pytest.mark.parametrize("slug", shipped_slugs())
def test_damages_stand_only_where_the_law_allows_them(slug: str) -> None:
    # Labour Contract Law, Article 25: breach of a service period, non-compete, secrecy
    for part in clauses(copy.deepcopy(dict(load_template(slug)))):
        if any("违约金" in text for _, text in texts(part["blocks"])):
            assert part["id"] in ("training", "non-compete")


ITEMS = [
    (slug, item)
    for slug in shipped_slugs()
    for item in STATUTORY_ITEMS
    if item.code != "dispatch" or slug == "dispatch"
]


@pytest.mark.parametrize(("slug", "item"), ITEMS, ids=lambda value: getattr(value, "code", value))
def test_each_mandatory_clause_is_missed_under_its_own_name(slug: str, item: Any) -> None:
    template = copy.deepcopy(dict(load_template(slug)))
    for chapter in template["chapters"]:
        chapter["clauses"] = [
            part for part in chapter["clauses"] if item.number not in part.get("covers", ())
        ]
    template["chapters"] = [chapter for chapter in template["chapters"] if chapter["clauses"]]
    assert f"clause_missing_{item.code}" in codes(template)
    faults = missing_items(template, expand(template, sample_facts(slug)))
    assert f"clause_missing_{item.code}" in {fault.code for fault in faults}


def test_a_mandatory_clause_that_its_condition_hides_is_missed() -> None:
    template = general()
    clause(template, "safety").pop("covers")
    clause(template, "no-hazards").pop("covers")
    assert check_template(template) == []
    faults = missing_items(template, expand(template, sample_facts(contract={"hazards": None})))
    assert [fault.code for fault in faults] == ["clause_missing_protection"]
    assert missing_items(template, expand(template, sample_facts())) == []


def test_a_mandatory_clause_that_does_not_state_its_fact_is_incomplete() -> None:
    template = general()
    clause(template, "place")["blocks"] = [{"text": "工作地点由甲方安排。"}]
    assert codes(template) == ["clause_incomplete_work"]


def _set(path: str, value: object) -> Callable[[Template], None]:
    def change(template: Template) -> None:
        *parents, last = path.split("/")
        node: Any = template
        for step in parents:
            node = node[int(step) if step.isdigit() else step]
        node[last] = value

    return change


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("version", 0, "template_malformed"),
        ("author", "甲", "template_malformed"),
        ("chapters/0/clauses/2/blocks/0/html", "<b>", "template_malformed"),
        ("chapters/0/clauses/2/blocks/0/text", "{worker.nickname}", "template_bad_blank"),
        ("chapters/0/clauses/2/blocks/0/text", "{worker.name|shout}", "template_bad_blank"),
        ("chapters/0/clauses/2/blocks/0/text", "{contract.term_type|label:nothing}", "template_bad_blank"),
        ("chapters/0/clauses/2/blocks/0/text", "{worker.id_type|code:nothing}", "template_bad_blank"),
        ("chapters/0/clauses/2/blocks/0/text", "{worker.name", "template_bad_blank"),
        ("chapters/0/clauses/2/blocks/0/text", "\U00031350", "template_not_printable"),
        ("chapters/0/clauses/2/when", [{"fact": "worker.nickname", "present": True}], "template_bad_blank"),
        ("chapters/0/clauses/2/when", [{"fact": "worker.name", "eval": "1"}], "template_malformed"),
        ("chapters/0/clauses/2/id", "worker", "template_duplicate_id"),
        ("signing/order", ["employer", "host"], "template_malformed"),
        ("signing/blocks", [{"role": "worker", "label": "乙方", "lines": []}] * 2, "template_signing_roles"),
    ],
)
def test_a_faulty_template_is_refused(path: str, value: object, code: str) -> None:
    template = general()
    _set(path, value)(template)
    faults = check_template(template)
    assert code in {fault.code for fault in faults}, faults
    assert all(fault.zh and fault.en and fault.remedy_zh and fault.remedy_en for fault in faults)


@pytest.mark.parametrize("value", [None, [], {}, "template"])
def test_what_is_no_template_is_refused(value: object) -> None:
    assert set(codes(value)) == {"template_malformed"}


def test_a_version_is_known_by_its_digest() -> None:
    template = general()
    before = template_digest(template)
    assert before == template_digest(dict(reversed(template.items())))
    clause(template, "place")["blocks"][0]["text"] += "。"
    assert template_digest(template) != before


def test_an_unknown_template_is_not_sought_on_disk() -> None:
    with pytest.raises(KeyError):
        load_template("../general")
