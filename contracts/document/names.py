"""No character that would print as a box, in names above all."""

from collections.abc import Mapping
from typing import Any

from contracts.document.fonts import printable_characters
from contracts.facts import field_title, texts
from core.errors import Fault


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
