"""The catalogue of refusals: complete, bilingual, documented."""

import string
from pathlib import Path

import pytest

from core.errors import CATALOGUE, Catalogue, ErrorCode, Refused
from core.management.commands.error_catalogue import catalogue_page

PAGE = Path(__file__).resolve().parents[3] / "docs" / "errors.md"


def test_the_page_says_what_the_catalogue_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == catalogue_page(), (
        "run: manage.py error_catalogue > docs/errors.md"
    )


@pytest.mark.parametrize("row", CATALOGUE.rows.values(), ids=lambda row: row.code)
def test_d11_every_code_has_words_and_a_remedy_in_both_languages(row: ErrorCode) -> None:
    assert 400 <= row.status < 600
    assert all(text.strip() for text in (row.zh, row.en, row.remedy_zh, row.remedy_en))
    assert any("一" <= character <= "鿿" for character in row.zh)
    assert row.en.isascii() or "“" in row.en or "’" in row.en or "—" in row.en
    placeholders = [
        # a word that is itself bilingual comes as name_zh and name_en
        {
            name.removesuffix("_zh").removesuffix("_en")
            for _, name, _, _ in string.Formatter().parse(text)
            if name
        }
        for text in (row.zh, row.en)
    ]
    assert placeholders[0] == placeholders[1]


def test_a_code_is_declared_once(tmp_path: Path) -> None:
    table = tmp_path / "errors.toml"
    table.write_text('[x]\nstatus = 400\nzh = "错"\nen = "e"\nremedy_zh = "改"\nremedy_en = "r"\n')
    catalogue = Catalogue()
    catalogue.load(table)
    with pytest.raises(ValueError, match="twice"):
        catalogue.load(table)


def test_an_undeclared_code_cannot_be_raised() -> None:
    with pytest.raises(KeyError):
        Refused("no_such_code")
