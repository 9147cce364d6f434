"""The little language of a template's text: words with blanks such as `{contract.start|date}`.

`{path}`, `{path|format}`, `{path|format:argument}` and `{path|format|words when absent}`; `{{` and `}}`
print braces. It only looks facts up: there are no expressions, and a fact's own text is never parsed.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Blank:
    """One reference to a fact. `otherwise` is printed when the fact is absent; None: it must be there."""

    path: tuple[str, ...]
    format: str
    argument: str
    otherwise: str | None


Piece: TypeAlias = str | Blank

# Stands among the words of a draft for a blank that nobody has settled yet, with what it is called there.
OPEN_BLANK: Final = re.compile(r"【待定(?:：(?P<label>[^】]*))?】")


def open_blank(label: str) -> str:
    """A blank that is still to be settled."""
    return f"【待定：{label}】" if label else "【待定】"


class BadBlankError(ValueError):
    """Text whose braces do not form blanks."""


_PIECE: Final = re.compile(
    r"(?P<words>(?:[^{}]|\{\{|\}\})+)"
    r"|\{(?P<path>[a-z_]+(?:\.[a-z_]+)*)"
    r"(?:\|(?P<format>[a-z]+)(?::(?P<argument>[a-z_]+))?(?:\|(?P<otherwise>[^{}|]*))?)?\}"
)


@lru_cache(maxsize=4096)
def parse(text: str) -> tuple[Piece, ...]:
    """Split `text` into words and blanks. Raises BadBlankError and names the place."""
    pieces: list[Piece] = []
    position = 0
    while position < len(text):
        match = _PIECE.match(text, position)
        if match is None:
            raise BadBlankError(f"cannot read the blank at {text[position : position + 30]!r}")
        if match["words"] is not None:
            pieces.append(match["words"].replace("{{", "{").replace("}}", "}"))
        else:
            pieces.append(
                Blank(
                    tuple(match["path"].split(".")),
                    match["format"] or "text",
                    match["argument"] or "",
                    match["otherwise"],
                )
            )
        position = match.end()
    return tuple(pieces)
