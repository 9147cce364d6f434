import pytest

from contracts.document.blanks import BadBlankError, Blank, parse
from contracts.document.formats import (
    FORMATS,
    UnknownLabelError,
    capital_money,
    chinese_date,
    chinese_ordinal,
    money,
)

LABELS = {"term": {"1": "固定期限", "2": "无固定期限"}, "id_type": {"01": "居民身份证"}}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0.00", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("1.00", "壹元整"),
        ("10.00", "壹拾元整"),
        ("24.50", "贰拾肆元伍角整"),
        ("100.05", "壹佰元零伍分"),
        ("1005.00", "壹仟零伍元整"),
        ("5200.00", "伍仟贰佰元整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("10000.00", "壹万元整"),
        ("10500.00", "壹万零伍佰元整"),
        ("100001.00", "壹拾万零壹元整"),
        ("1000000.00", "壹佰万元整"),
        ("10080000.09", "壹仟零捌万元零玖分"),
        ("100000000.00", "壹亿元整"),
        ("1000000001.00", "壹拾亿零壹元整"),
        ("9999999999.99", "玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_money_in_capitals(amount: str, words: str) -> None:
    assert capital_money(amount) == words


def test_money_groups_thousands() -> None:
    assert money("1234567.80") == "1,234,567.80"


def test_dates_read_as_in_chinese() -> None:
    assert chinese_date("2026-11-03") == "2026年11月3日"
    with pytest.raises(ValueError, match="day"):
        chinese_date("2026-02-30")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"),
        (9, "九"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (35, "三十五"),
        (100, "一百"),
        (101, "一百零一"),
        (110, "一百一十"),
        (119, "一百一十九"),
        (999, "九百九十九"),
    ],
)
def test_ordinals(number: int, words: str) -> None:
    assert chinese_ordinal(number) == words


@pytest.mark.parametrize(
    ("name", "value", "argument", "words"),
    [
        ("text", "甲", "", "甲"),
        ("number", "8.00", "", "8"),
        ("number", "7.50", "", "7.5"),
        ("number", 100, "", "100"),
        ("label", "1", "term", "固定期限"),
        ("choice", "2", "term", "□固定期限  ■无固定期限"),
        ("tick", True, "", "■"),
        ("tick", False, "", "□"),
        ("tick", "true", "", "□"),
        ("code", "01", "id_type", "居民身份证"),  # the template's own word for it
        ("code", "16", "id_type", "港澳台居民居住证"),  # the code table's
    ],
)
def test_formats(name: str, value: object, argument: str, words: str) -> None:
    assert FORMATS[name](value, argument, LABELS) == words


@pytest.mark.parametrize(("name", "argument"), [("label", "term"), ("choice", "term"), ("code", "id_type")])
def test_a_code_without_words_is_not_printed(name: str, argument: str) -> None:
    with pytest.raises(UnknownLabelError):
        FORMATS[name]("77", argument, LABELS)


def test_text_splits_into_words_and_blanks() -> None:
    assert parse(
        "自{contract.start|date}起，{{注}}{employer.si_no|text|无}{contract.term_type|label:term}"
    ) == (
        "自",
        Blank(("contract", "start"), "date", "", None),
        "起，{注}",
        Blank(("employer", "si_no"), "text", "", "无"),
        Blank(("contract", "term_type"), "label", "term", None),
    )


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "}",
        "{}",
        "{a",
        "a}",
        "{a.b.}",
        "{A}",
        "{a|}",
        "{a|x|y|z}",
        "{a + b}",
        "{a[0]}",
        "{a.__class__}!{",
    ],
)
def test_anything_else_in_braces_is_refused(text: str) -> None:
    with pytest.raises(BadBlankError):
        parse(text)
