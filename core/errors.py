"""Refusals. Business code raises `Refused` with a code; only the edge turns it into a problem document.

Every code is declared once, in an app's `errors.toml`: HTTP status, words and remedy, in both languages.
`docs/errors.md` is generated from the catalogue.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class ErrorCode:
    """One row of the catalogue. Messages may name parameters in braces."""

    code: str
    status: int
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input, when several are reported at once."""

    field: str
    code: str
    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""


@dataclass(frozen=True)
class Catalogue:
    rows: dict[str, ErrorCode] = field(default_factory=dict)

    def load(self, table: Path) -> None:
        """Add the rows of an app's `errors.toml`; a code declared twice is a programming error."""
        for code, columns in tomllib.loads(table.read_text()).items():
            if code in self.rows:
                raise ValueError(f"error code {code} is declared twice")
            self.rows[code] = ErrorCode(code=code, **columns)


CATALOGUE = Catalogue()


class Refused(Exception):  # noqa: N818  (a refusal is an answer, not a malfunction)
    """A request that is understood and refused; nothing has changed."""

    def __init__(
        self,
        code: str,
        *,
        faults: Iterable[Fault] = (),
        params: Mapping[str, object] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(code)
        self.row = CATALOGUE.rows[code]
        self.faults = tuple(faults)
        self.params = dict(params or {})
        self.retry_after = retry_after

    @property
    def code(self) -> str:
        return self.row.code

    def message(self, language: str) -> str:
        """The refusal in `zh` or `en`."""
        return (self.row.en if language == "en" else self.row.zh).format(**self.params)


CATALOGUE.load(Path(__file__).with_name("errors.toml"))
