"""Why filings are returned, rejected or kept waiting: the catalogue of review.toml. Framework-free."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from filing_bridge.protocol import RejectItem


@dataclass(frozen=True)
class ReviewCode:
    """One reason: where it usually is, the rule that is broken and the remedy, in both languages."""

    code: str
    field: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str

    def item(self, words: str = "") -> RejectItem:
        """The fault as it travels; an officer's own words come after the rule's, never instead."""
        return RejectItem(self.field, self.code, f"{self.zh}{words}"[:500], self.remedy_zh)


def _read() -> Mapping[str, ReviewCode]:
    data = tomllib.loads(Path(__file__).with_name("review.toml").read_text(encoding="utf-8"))
    return MappingProxyType({code: ReviewCode(code=code, **row) for code, row in data.items()})


REVIEW_CODES: Final = _read()
