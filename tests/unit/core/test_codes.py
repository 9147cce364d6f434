"""Code tables: complete for what is filed, with a source, readable by an operator's own file too."""

from pathlib import Path

import pytest

from core import codes

EXPECTED = {
    "affiliation": 12,
    "archive_mode": 5,
    "economic_type": 34,
    "education": 11,
    "employer_type": 12,
    "employment_form": 5,
    "employment_kind": 7,
    "end_circumstance": 6,
    "end_reason": 32,
    "ethnicity": 58,
    "filing_type": 13,
    "hukou_type": 15,
    "id_type": 19,
    "industry": 117,
    "occupation": 17,
    "person_category": 13,
    "sex": 4,
    "suspension_reason": 3,
    "term_type": 3,
    "worktime_system": 3,
}


def test_tables_are_complete() -> None:
    """Counts of the sources: 56 peoples and 2 others, 20 sections and 97 divisions of industry."""
    assert {name: len(codes.table(name)) for name in codes.NAMES if name != codes.DIVISION} == EXPECTED


@pytest.mark.parametrize("name", codes.NAMES)
def test_every_row_is_named_and_every_table_has_a_source(name: str) -> None:
    table = codes.load(name)
    assert table.source
    assert table.date
    for code, row in table.rows.items():
        assert row.code == code
        assert row.zh
        assert row.en or name == codes.DIVISION, code


def test_describe() -> None:
    assert codes.describe("education", "21") == "大学本科"
    assert codes.describe("education", "21", "en") == "Bachelor's degree"
    assert codes.describe("education", "77") == "77"
    assert codes.describe("division", "370303", "en") == "山东省淄博市张店区"
    assert codes.table("end_reason")["3901"].columns["initiator"] == "1"


def test_divisions() -> None:
    assert codes.describe("division", "370000") == "山东省"
    assert codes.describe("division", "370300") == "山东省淄博市"
    assert codes.describe("division", "310115") == "上海市浦东新区"
    assert codes.known("division", "330113")
    assert not codes.known("division", "999999")
    assert not codes.known("division", "3703")


def test_industry_is_judged_by_its_division() -> None:
    assert codes.known("industry", "C3730")
    assert codes.known("industry", "I6513")
    assert not codes.known("industry", "C9930")
    assert not codes.known("industry", "A3730")


def test_occupation_is_judged_by_its_class() -> None:
    assert codes.known("occupation", "6-99-99-99")
    assert not codes.known("occupation", "9-01-01-01")


def test_tables_without_prefix_know_only_what_they_list() -> None:
    assert not codes.known("education", "219")
    assert not codes.known("education", "")


def test_unknown_table() -> None:
    with pytest.raises(KeyError):
        codes.table("zodiac")


def test_an_operators_table_takes_the_place_of_ours_and_a_broken_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "occupation.csv"
    head = "# source: 官方目录\n# date: 2026\n"
    path.write_text(f"{head}code,zh,en\n6-20-01-01,装配钳工（官方）,Fitter\n", encoding="utf-8")
    monkeypatch.setenv("QIANBEI_TABLES", str(tmp_path))
    codes.load.cache_clear()
    try:
        assert codes.describe("occupation", "6-20-01-01") == "装配钳工（官方）"
        assert not codes.known("occupation", "6")
        assert codes.known("education", "21")
    finally:
        codes.load.cache_clear()
    for broken in (
        f"{head}code,zh,en\n1,a,a\n1,b,b\n",
        f"{head}code,zh,en\n1,,a\n",
        "code,zh,en\n1,a,a\n",
    ):
        path.write_text(broken, encoding="utf-8")
        with pytest.raises(ValueError, match=r"occupation\.csv"):
            codes.read(path)
