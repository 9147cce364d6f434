"""Words for people, and the colour in which they are shown."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import get_language

Words = str | Promise


class Tone(StrEnum):
    """A colour by its meaning; the style sheet has a class for each."""

    PLAIN = "plain"
    BUSY = "busy"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Badge:
    """A few words with their colour."""

    words: Words
    tone: Tone


def by_language(zh: str, en: str) -> str:
    """The one of two texts that the reader's language asks for."""
    return en if get_language() == "en" else zh
