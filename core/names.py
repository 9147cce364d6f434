"""Names of people: one spelling for the same name."""

import re
import unicodedata
from typing import Final

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
_DOTS: Final = dict.fromkeys(map(ord, "•‧∙⋅●˙⸱・･．｡"), "·")
_TRANSLATION: Final = _PRIVATE_USE | _DOTS
# Compatibility ideographs are characters of real names (GBK has some): composing would exchange them.
_NO_COMPATIBILITY: Final = re.compile("[^\uf900-\ufaff\U0002f800-\U0002fa1f]+")
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def normalise_name(name: str) -> str:
    """The spelling under which a name is kept, printed and compared.

    Private-use code points become the characters they stand for (U+E863 → 䶮), any dot becomes `·` without
    spaces around it, Latin letters are half-width and composed (NFC), invisible characters and variation
    selectors are dropped, white space inside is one space.
    """
    known = name.translate(_TRANSLATION).translate(_FULL_WIDTH)
    composed = _NO_COMPATIBILITY.sub(lambda run: unicodedata.normalize("NFC", run[0]), known)
    visible = "".join(character for character in composed if not _invisible(character))
    return re.sub(" ?· ?", "·", " ".join(visible.split()))


def _invisible(character: str) -> bool:
    selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return selector or (unicodedata.category(character) in ("Cf", "Cc") and not character.isspace())
