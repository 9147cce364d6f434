"""Names of people: one written form, and nothing that a contract could not print."""

import re
import unicodedata
from collections.abc import Callable, Iterator

from django.conf import settings
from django.utils.module_loading import import_string

from core.errors import Fault

# What people type for the dot in names such as 买买提·吐尔逊; GB/T 2312 has U+00B7 for it.
DOTS = dict.fromkeys(map(ord, "•‧・･．⋅∙●˙⸱"), "·")
# Compatibility ideographs are characters of real names (GB 18030 has some): normalising would swap them.
_NOT_COMPATIBILITY = re.compile("[^\uf900-\ufaff\U0002f800-\U0002fa1f]+")
_ALLOWED_MARKS = "·-' ."


def normalise_name(text: str) -> str:
    """The form to store: U+00B7 as the dot, half-width Latin letters, single spaces, composed accents."""
    text = text.translate(DOTS).replace("\u2019", "'")
    text = "".join(unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" else c for c in text)
    text = _NOT_COMPATIBILITY.sub(lambda run: unicodedata.normalize("NFC", run[0]), text)
    text = " ".join(text.split())
    return re.sub(r" ?· ?", "·", text)


def name_faults(field: str, name: str) -> Iterator[Fault]:
    """What is wrong with a normalised name. Faults tell the place and code point, never the name."""
    for place, character in enumerate(name, start=1):
        known = f"第{place}个字（U+{ord(character):04X}）"
        known_en = f"character {place} (U+{ord(character):04X})"
        if not (unicodedata.category(character).startswith("L") or character in _ALLOWED_MARKS):
            yield Fault(
                field,
                "name_character",
                f"姓名{known}不是姓名用字。",
                f"The name's {known_en} does not belong in a name.",
                "请只填写汉字、字母和间隔号“·”；自造字请改用国家标准用字。",
                "Use letters, ideographs and the dot “·” only; no private-use characters.",
            )
        elif ord(character) not in _printable():
            yield Fault(
                field,
                "name_unprintable",
                f"姓名{known}没有可用字体，合同上打印不出来。",
                f"No font here can print the name's {known_en} on a contract.",
                "请核对是否输入有误；确为证件用字的，请联系平台安装生僻字字体。",
                "Check for a slip; if it is right, ask the platform to install a font that has it.",
            )


def _printable() -> frozenset[int]:
    # Documents are made above us; which characters they can print is told to us by the settings.
    characters: Callable[[], frozenset[int]] = import_string(settings.PRINTABLE_CHARACTERS)
    return characters()
