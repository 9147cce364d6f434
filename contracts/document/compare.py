"""What changed between two versions of a template, in words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Literal

from contracts.document.uploaded import field_in_words, is_uploaded, joined
from contracts.document.wording import condition_in_words, lines_of

Kind = Literal["same", "added", "removed"]

# What is set against each other inside a line: a whole blank, a whole number or Latin word, else a character.
TOKEN: Final = re.compile(r"【[^】]*】|[A-Za-z0-9.,]+|.", re.DOTALL)
ALIKE: Final = 0.5  # lines less alike than this are one taken out and another put in


@dataclass(frozen=True)
class Piece:
    """Part of a line."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Change:
    """One changed line: the chapter and clause in which it stands, and its pieces in reading order."""

    chapter: str
    clause: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class _Line:
    chapter: str
    clause: str
    text: str


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Every line that differs between two contents of a template, in reading order."""
    before, after = list(_lines(old)), list(_lines(new))
    changes: list[Change] = []
    for act, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if act != "equal":
            changes += _changed(before[a:b], after[c:d])
    return changes


def _changed(before: Sequence[_Line], after: Sequence[_Line]) -> Iterator[Change]:
    waiting = list(before)
    for line in after:
        alike = next((each for each in waiting if _alike(each, line)), None)
        if alike is None:
            yield Change(line.chapter, line.clause, (Piece("added", line.text),))
            continue
        while waiting[0] is not alike:
            yield _removed(waiting.pop(0))
        waiting.pop(0)
        yield Change(line.chapter, line.clause, tuple(_pieces(alike.text, line.text)))
    yield from map(_removed, waiting)


def _removed(line: _Line) -> Change:
    return Change(line.chapter, line.clause, (Piece("removed", line.text),))


def _alike(one: _Line, other: _Line) -> bool:
    matcher = SequenceMatcher(None, one.text, other.text, autojunk=False)
    return one.chapter == other.chapter and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _pieces(old: str, new: str) -> Iterator[Piece]:
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    for act, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if act == "equal":
            yield Piece("same", "".join(after[c:d]))
            continue
        if b > a:
            yield Piece("removed", "".join(before[a:b]))
        if d > c:
            yield Piece("added", "".join(after[c:d]))


def _lines(template: Mapping[str, Any]) -> Iterator[_Line]:
    yield _Line("名称和用途", "", template["title"]["zh"])
    yield _Line("名称和用途", "", template["summary"]["zh"])
    yield from _of_pages(template) if is_uploaded(template) else _of_text(template)


def _of_pages(template: Mapping[str, Any]) -> Iterator[_Line]:
    """The words of each page, then what stands on it and where."""
    for number, page in enumerate(template["document"]["pages"], start=1):
        heading = f"第 {number} 页"
        for line in page["text"].split("\n"):
            yield _Line(heading, "原文", joined(line))
        for field in template["fields"]:
            if field["page"] == number:
                yield _Line(heading, "填写和签章位置", field_in_words(field, page["w"], page["h"]))


def _of_text(template: Mapping[str, Any]) -> Iterator[_Line]:
    for chapter in template["chapters"]:
        heading = chapter["heading"]["zh"]
        if "when" in chapter:
            yield _Line(heading, "", f"（{condition_in_words(chapter['when'])}时有本章）")
        for number, clause in enumerate(chapter["clauses"], start=1):
            name = clause.get("heading") or f"本章第 {number} 条"
            if "when" in clause:
                yield _Line(heading, name, f"（{condition_in_words(clause['when'])}时有本条）")
            for block in clause["blocks"]:
                for text in lines_of(block):
                    yield _Line(heading, name, text)
    for party in template["signing"]["blocks"]:
        yield _Line("签署", party["label"], party["label"])
        for text in lines_of({"fields": party["lines"]}):
            yield _Line("签署", party["label"], text)
