"""Characters of texts and names, without a database."""

from typing import Any

import pytest

from accounts.writing import character_faults


def codes(text: str, *, is_name: bool = True) -> list[str]:
    return [fault.code for fault in character_faults("/name", "姓名", "name", text, is_name=is_name)]


@pytest.mark.parametrize(
    "name", ["测试甲", "𠮷野·买买提", "䶮", "𪜀", "Nguyễn Văn-Tester", "O’Neil", "TEST A. PERSON", "郎\uf92c"]
)
def test_names_of_people(name: str) -> None:
    assert codes(name) == []


@pytest.mark.parametrize("name", ["测试1", "测试@", "测\ue000试", "测\u202e", "测/试", "<b>", "测试😀"])
def test_what_is_no_name(name: str) -> None:
    assert set(codes(name)) == {"name_character"}


def test_addresses_may_have_more(settings: Any) -> None:
    assert codes("张店区1号2-3室（东）#A", is_name=False) == []
    assert codes("张店区\x07", is_name=False) == ["character_not_printable"]


def test_each_character_is_told_once_by_place_and_code_point() -> None:
    (fault,) = character_faults("/name", "姓名", "name", "测1试1", is_name=True)
    assert fault.zh.startswith("姓名第2个字（U+0031）")
    assert "测" not in fault.zh + fault.en
