"""Which characters a text may have: those that a contract can print; in names only what names are made of."""

import unicodedata
from collections.abc import Callable, Iterator

from django.conf import settings
from django.utils.module_loading import import_string

from core.errors import Fault

_MARKS_IN_NAMES = "·-'’ ."


def character_faults(pointer: str, zh: str, en: str, text: str, *, is_name: bool) -> Iterator[Fault]:
    """What is wrong with the characters of the field called `zh` and `en`, each character once.

    Faults tell the place and the code point, never the text.
    """
    printable = _printable()
    for character in dict.fromkeys(text):
        place, point = text.index(character) + 1, f"U+{ord(character):04X}"
        if is_name and not _belongs_in_a_name(character):
            yield Fault(
                pointer,
                "name_character",
                f"{zh}第{place}个字（{point}）不是姓名用字。",
                f"Character {place} ({point}) of the {en} does not belong in a name.",
                "请只填写汉字、字母和间隔号“·”；自造字请改用国家标准用字。",
                "Use letters, ideographs and the dot “·” only; no private-use characters.",
            )
        elif ord(character) not in printable or unicodedata.category(character) == "Cc":
            yield Fault(
                pointer,
                "character_not_printable",
                f"{zh}第{place}个字（{point}）没有可用字体，合同上打印不出来。",
                f"No font here can print character {place} ({point}) of the {en} on a contract.",
                "请核对是否输入有误；确为证件用字的，请联系平台安装生僻字字体。",
                "Check for a slip; if it is right, ask the platform to install a font that has it.",
            )


def _belongs_in_a_name(character: str) -> bool:
    # Cn: ideographs newer than this Python's Unicode; the fonts decide about them
    kind = unicodedata.category(character)
    return kind.startswith("L") or kind == "Cn" or character in _MARKS_IN_NAMES


def _printable() -> frozenset[int]:
    # Documents are made above us; which characters they can print is told to us by the settings.
    characters: Callable[[], frozenset[int]] = import_string(settings.PRINTABLE_CHARACTERS)
    return characters()
