"""Names as people carry them: one spelling for the same name, and no character that would print as a box."""

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from contracts.document.fonts import printable_characters
from contracts.facts import field_title, texts
from core.errors import Fault

# Private-use code points of GB 18030 for which the codec, older than Unicode 4.1, has no character yet
# (GB 18030-2022, Annex D moves them).
_LATE_ASSIGNMENTS: Final = {
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6,
    0xE82C: 0x9FB7, 0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA,
    0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip
# Old Chinese systems keep 80 rare characters, many of them used in names, at U+E815 … U+E864: the GBK
# cells FE50 … FEA0 (without FE7F).
_GBK_CELLS: Final = (*range(0x50, 0x7F), *range(0x80, 0xA1))
_PRIVATE_USE: Final = {
    0xE815 + number: bytes((0xFE, cell)).decode("gb18030") for number, cell in enumerate(_GBK_CELLS)
} | _LATE_ASSIGNMENTS
# dots that people type for the one inside 买买提·吐尔逊
_DOTS: Final = dict.fromkeys(map(ord, "•‧∙⋅●・･．｡"), "·")
_TRANSLATION: Final = _PRIVATE_USE | _DOTS


def normalise_name(name: str) -> str:
    """The spelling under which a name is kept, printed and compared.

    Private-use code points become the characters they stand for (U+E863 → 䶮), any dot becomes `·`,
    canonical composition (NFC), invisible characters and variation selectors are dropped, white space
    inside is one space.
    """
    composed = unicodedata.normalize("NFC", name.translate(_TRANSLATION))
    visible = "".join(character for character in composed if not _invisible(character))
    return " ".join(visible.split())


def check_printable(text: str) -> list[str]:
    """The characters of `text` that our fonts cannot print, in order, each once."""
    printable = printable_characters()
    return [character for character in dict.fromkeys(text) if ord(character) not in printable]


def unprintable_faults(facts: Mapping[str, Any]) -> list[Fault]:
    """A refusal for each fact whose text would print as boxes; `Fault.field` is a JSON pointer.

    Ask this when a name is entered; rendering asks it again.
    """
    return [
        _refusal(pointer, characters)
        for pointer, text in texts(facts)
        if (characters := check_printable(text))
    ]


def _refusal(pointer: str, characters: list[str]) -> Fault:
    # the characters themselves would show as boxes to the reader as well: so their numbers too
    shown = "、".join(f"“{character}”（U+{ord(character):04X}）" for character in characters)
    listed = ", ".join(f"U+{ord(character):04X}" for character in characters)
    return Fault(
        pointer,
        "character_not_printable",
        f"“{field_title(pointer)}”中的{shown}无法打印。",
        f"{pointer} holds characters that cannot be printed: {listed}.",
        "请核对是否输错；姓名请按证件上的写法填写，外国人姓名请用护照机读区的拉丁字母。仍无法填写的，请联系客服登记该字。",
        "Check the spelling; write names as on the document, foreign names as in the passport's"
        " machine-readable lines. If that does not help, report the character to support.",
    )


def _invisible(character: str) -> bool:
    selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return selector or (unicodedata.category(character) in ("Cf", "Cc") and not character.isspace())
