"""The texts that people accept before they sign: versioned data files, known by the hash of their words.

A published version never changes; a change of words is a new file with the next number.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.canonical import canonical_json, sha256_hex
from signing.domain import ConsentKind

FOLDER = Path(__file__).parents[1] / "texts"


@dataclass(frozen=True)
class Text:
    """One version of a text. `digest`: SHA-256 over the RFC 8785 form of its four strings."""

    kind: ConsentKind
    version: int
    title_zh: str
    title_en: str
    body_zh: str
    body_en: str

    @property
    def digest(self) -> str:
        words = (self.title_zh, self.title_en, self.body_zh, self.body_en)
        return sha256_hex(canonical_json(list(words)))


@cache
def current_texts() -> dict[ConsentKind, Text]:
    """The newest version of every text."""
    texts = [_load(path) for path in sorted(FOLDER.glob("*.toml"))]
    newest: dict[ConsentKind, Text] = {}
    for text in sorted(texts, key=lambda text: text.version):
        newest[text.kind] = text
    return {kind: newest[kind] for kind in ConsentKind}


def _load(path: Path) -> Text:
    kind, _, version = path.stem.rpartition("-")
    return Text(ConsentKind(kind), int(version), **tomllib.loads(path.read_text(encoding="utf-8")))
