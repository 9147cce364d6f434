"""The illustrated guides: both languages walk through the same tasks, with pictures that are there."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs"
GUIDES = ("user-guide.zh.md", "user-guide.en.md")


@pytest.mark.parametrize("name", GUIDES)
def test_c19_every_picture_of_a_guide_is_there(name: str) -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", (DOCS / name).read_text(encoding="utf-8"))
    assert len(pictures) >= 5
    assert [each for each in pictures if not (DOCS / each).is_file()] == []


def test_c19_both_languages_have_the_same_tasks() -> None:
    headings = [
        re.findall(r"^## ", (DOCS / name).read_text(encoding="utf-8"), re.MULTILINE) for name in GUIDES
    ]
    assert len(headings[0]) == len(headings[1]) >= 5
