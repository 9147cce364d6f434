"""The published codes of the protocol (`codes.toml`) and the exception that carries one."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Retry = Literal["never", "later", "new_message"]


@dataclass(frozen=True)
class Code:
    """One row of the catalogue."""

    code: str
    status: int
    retry: Retry
    signed: bool
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


@dataclass(frozen=True)
class RejectItem:
    """One thing wrong with a record: `field` is a JSON pointer into it, words are in Chinese."""

    field: str
    code: str
    text: str
    remedy: str


CODES: Mapping[str, Code] = {
    code: Code(code=code, **columns)
    for code, columns in tomllib.loads(
        Path(__file__).with_name("codes.toml").read_text(encoding="utf-8")
    ).items()
}


class ProtocolError(Exception):
    """A message or an answer that cannot be taken. `row` is its row of the catalogue."""

    def __init__(self, code: str, detail: str = "", items: Iterable[RejectItem] = ()) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.row = CODES[code]
        self.detail = detail
        self.items = tuple(items)

    @property
    def code(self) -> str:
        return self.row.code


def problem(code: str, detail: str = "") -> dict[str, Any]:
    """The problem document (RFC 9457, problem-1.json) of a code. `detail` must not hold personal data."""
    row = CODES[code]
    document: dict[str, Any] = {
        "type": f"urn:qianbei:filing-problem:{code}",
        "title": row.en,
        "status": row.status,
        "code": code,
        "zh": row.zh,
        "en": row.en,
        "remedy_zh": row.remedy_zh,
        "remedy_en": row.remedy_en,
        "retry": row.retry,
    }
    return document | ({"detail": detail} if detail else {})
