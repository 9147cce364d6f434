import pytest

from contracts.document import fonts
from contracts.document.names import check_printable, unprintable_faults
from core.names import normalise_name
from tests.support.contract_facts import sample_facts

NAMES = ["𠮷野·买买提", "䶮", "𪜀", "欧阳娜娜", "José Nguyễn", "O’Neil-Müller"]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_people_can_be_printed(name: str) -> None:
    assert normalise_name(name) == name
    assert check_printable(name) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("王\ue863", "王䶮"),  # private use in GBK systems
        ("\ue864\ue81e\ue816", "龻龴𠂇"),  # assigned later than the codec knows
        ("买买提•吐尔逊", "买买提·吐尔逊"),
        ("买买提．吐尔逊", "买买提·吐尔逊"),
        ("买买提・吐尔逊", "买买提·吐尔逊"),
        ("张\u200b三\ufeff", "张三"),
        ("葛\U000e0100", "葛"),  # variation selector
        ("张\u202e三", "张三"),  # would turn the text around
        ("Jose\u0301", "José"),
        (" 欧阳\u3000 娜娜 ", "欧阳 娜娜"),
        ("买买提 • 吐尔逊", "买买提·吐尔逊"),
        ("Ｊｏｈｎ\u3000Ｓｍｉｔｈ", "John Smith"),
        ("郎\uf92c", "郎\uf92c"),  # two characters of GBK that NFC would make one
    ],
)
def test_one_spelling_for_one_name(typed: str, kept: str) -> None:
    assert normalise_name(typed) == kept
    assert normalise_name(kept) == kept


def test_all_private_use_characters_of_gbk_find_their_place() -> None:
    for code in range(0xE815, 0xE865):
        assert not 0xE000 <= ord(normalise_name(chr(code))) <= 0xF8FF, hex(code)


@pytest.mark.parametrize("character", ["\U00031350", "\U00030000", "\ue000", "😀", "Ł", "\n", "\u0627"])
def test_what_would_print_as_a_box_is_named(character: str) -> None:
    assert check_printable(f"甲{character}乙{character}") == [character]


def test_a_name_that_cannot_be_printed_is_refused_in_plain_words() -> None:
    (fault,) = unprintable_faults(sample_facts(worker={"name": "张\U00031350"}))
    assert (fault.field, fault.code) == ("/worker/name", "character_not_printable")
    assert "姓名" in fault.zh
    assert "U+31350" in fault.zh
    assert "U+31350" in fault.en
    assert fault.remedy_zh
    assert fault.remedy_en


def test_without_the_font_for_rare_characters_they_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "hanazono", lambda: None)
    fonts.printable_characters.cache_clear()
    try:
        assert check_printable("䶮𠮷𪜀") == ["𠮷", "𪜀"]
    finally:
        fonts.printable_characters.cache_clear()
