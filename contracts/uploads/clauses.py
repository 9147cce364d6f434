"""The parts of a document as chapters and clauses of a template (contracts/schemas/contract-template-1.json).

The words stay as they are. So do the document's own numbers, unless they are those that the layout prints.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from contracts.document.formats import chinese_ordinal
from contracts.document.template import STATUTORY_ITEMS
from contracts.uploads.blanks import Blanks, has_gap, roomy, topics
from contracts.uploads.blocks import blocks_of
from contracts.uploads.limits import UnfitError
from contracts.uploads.word import BLANK, MAX_PLACES, Paragraph, Part, Table, Words

MAX_CHAPTERS, MAX_CLAUSES, MAX_BLOCKS = 38, 60, 40  # as in the schema, with room for the parties
MAX_HEADING: Final = 30
MAX_EXCERPT: Final = 40
FIRST_WORDS: Final = 12  # of a clause, which may say what it is about
TITLE_WITHIN: Final = 6  # parts from the top
DISPATCH: Final = 9

_ORDINAL: Final = "[一二三四五六七八九十百零〇0-9０-９]+"
_ARTICLE: Final = re.compile(rf"(?P<label>第\s*{_ORDINAL}\s*条)[\s、：:．.]*(?P<rest>.*)")
_CHAPTER: Final = re.compile(rf"(?P<label>第\s*{_ORDINAL}\s*章)[\s、：:]*(?P<rest>.*)")
_SECTION: Final = re.compile(r"(?P<label>[一二三四五六七八九十]+[、．.])\s*(?P<rest>.*)")
_NUMBER: Final = re.compile(r"(?P<label>\d{1,2}[、．.])(?!\d)\s*(?P<rest>.*)")
_APART: Final = {"、": "", "．": "", ".": " "}  # what follows a number's last sign
BROAD: Final = "　"
_TITLE: Final = re.compile(r"[^，。：:；]{0,30}(合同|协议)书?(（[^）]*）|\([^)]*\))?")
_PARTY: Final = re.compile(r"\s*(甲方|乙方|用人单位|劳动者)")
# Lines at the end that hold nothing but places for signatures, seals and their dates.
_SIGNING: Final = re.compile(
    "(?:甲方|乙方|用人单位|劳动者|法定代表人|主要负责人|委托代理人|代理人|授权代表|代表|单位|本人|公章|签章|盖章|签字|签名"
    rf"|手印|签订|签署|签约|日期|时间|或者|[或和及与年月日（）()：:、/／,，．.\s{BLANK}])+"
)


@dataclass(frozen=True)
class Draft:
    """What a document becomes: `title` (empty if none was found) and `chapters` as in the schema.

    `suggested`: the words before each blank that was given a meaning, and that blank. `notes` as of Words.
    """

    title: str
    chapters: list[dict[str, Any]]
    suggested: list[tuple[str, str]]
    notes: dict[str, list[str]]


@dataclass
class _Clause:
    """`label` and `rest`: its first line; a chapter's heading is a clause by itself at first."""

    label: str = ""
    rest: str = ""
    chapter: bool = False
    parts: list[Part] = field(default_factory=list)

    @property
    def is_headed(self) -> bool:
        return bool(self.rest) and _is_heading(self.rest)


def structured(words: Words) -> Draft:
    """The document as a draft. Raises UnfitError for one without words, or with far too many."""
    notes = {code: list(places) for code, places in words.notes.items()}
    title, parts = _without_title([part for part in words.parts if _texts(part)])
    parts, signing = _without_signing(parts)
    for code, found in (("signing", signing), ("ticks", [part for part in parts if "□" in _texts(part)])):
        if found:
            notes[code] = [_texts(part)[:MAX_EXCERPT].replace(BLANK, "____") for part in found[:MAX_PLACES]]
    if not parts:
        raise UnfitError("upload_no_words")
    opening, clauses = _clauses(parts)
    writer = _Writer(notes)
    chapters = [*writer.parties(opening), *writer.chapters(clauses)]
    if len(chapters) > MAX_CHAPTERS + 2:
        raise UnfitError("upload_too_complex")
    return Draft(title, chapters, writer.blanks.suggested, writer.notes)


def _texts(part: Part) -> str:
    if isinstance(part, Paragraph):
        return part.text.strip()
    return "　".join(cell.text for row in part.rows for cell in row if cell.text.strip())


def _is_heading(words: str) -> bool:
    return len(words) <= MAX_HEADING and not re.search("[。；;，,：:]", words) and not has_gap(words)


def _without_title(parts: list[Part]) -> tuple[str, list[Part]]:
    for number, part in enumerate(parts[:TITLE_WITHIN]):
        bare = re.sub(r"\s+", "", part.text) if isinstance(part, Paragraph) else ""
        if _TITLE.fullmatch(bare) and not has_gap(bare):
            return bare, parts[:number] + parts[number + 1 :]
    return "", parts


def _without_signing(parts: list[Part]) -> tuple[list[Part], list[Part]]:
    """The parts without the places for signatures at their end, and these: ours stand there instead."""
    end = len(parts)
    while end > 1 and _SIGNING.fullmatch(roomy(_texts(parts[end - 1]))):
        end -= 1
    signing = parts[end:]
    if not any(re.search("[签章]", _texts(part)) for part in signing):
        return parts, []
    return parts[:end], signing


def _clauses(parts: Sequence[Part]) -> tuple[list[Part], list[_Clause]]:
    """What stands before the first heading, and the clauses, by the numbers that the document goes by."""
    lines = [part.text.strip() if isinstance(part, Paragraph) else "" for part in parts]
    schemes = ((_ARTICLE, 2), (_CHAPTER, 2), (_SECTION, 2), (_NUMBER, 3))
    scheme = next((each for each, least in schemes if sum(map(bool, map(each.match, lines))) >= least), None)
    opening: list[Part] = []
    clauses: list[_Clause] = []
    for part, line in zip(parts, lines, strict=True):
        found = scheme.match(line) if scheme else None
        above = (_CHAPTER.match(line) or _SECTION.match(line)) if scheme is _ARTICLE else None
        if found:
            clauses.append(_Clause(re.sub(r"\s", "", found["label"]), found["rest"].strip()))
        elif above and above["rest"] and _is_heading(above["rest"]):
            clauses.append(_Clause(re.sub(r"\s", "", above["label"]), above["rest"].strip(), chapter=True))
        elif clauses:
            clauses[-1].parts.append(part)
        elif scheme is None and "。" in line:
            clauses.append(_Clause(parts=[part]))
        else:
            opening.append(part)
    return opening, clauses


class _Writer:
    def __init__(self, notes: dict[str, list[str]]) -> None:
        self.blanks = Blanks()
        self.notes = notes
        self.ids = count(1)

    def parties(self, opening: Sequence[Part]) -> Iterator[dict[str, Any]]:
        """What stands before the clauses: a clause for each party's details and each longer text."""
        groups: list[tuple[bool, list[Part]]] = []
        for part in opening:
            details = isinstance(part, Table) or "。" not in part.text
            begins = isinstance(part, Paragraph) and _PARTY.match(part.text)
            if not groups or begins or groups[-1][0] != details:
                groups.append((details, []))
            groups[-1][1].append(part)
        clauses = [
            clause for details, parts in groups for clause in self.clause("", self.blocks(parts, "", details))
        ]
        yield from _unnumbered(clauses, "parties", {"zh": "合同双方", "en": "Parties"})

    def chapters(self, clauses: list[_Clause]) -> Iterator[dict[str, Any]]:
        """Numbered by the layout where that prints what stands there, else by the document."""
        if _is_numbered(clauses):
            yield from self.numbered(clauses)
            return
        about, written = "", []
        for clause in clauses:
            if clause.chapter:
                about = clause.rest
            written += self.labelled(clause, about)
        yield from _unnumbered(written, "terms", {"zh": "合同正文", "en": "Terms"})

    def numbered(self, clauses: list[_Clause]) -> Iterator[dict[str, Any]]:
        chapter: dict[str, Any] = {}
        for clause in clauses:
            if clause.chapter:
                if chapter:
                    yield chapter
                names = {"zh": clause.rest, "en": _english(clause.rest)}
                chapter = {"id": f"chapter-{next(self.ids)}", "heading": names, "clauses": []}
                continue
            about = chapter["heading"]["zh"]
            headed = clause.is_headed and clause.parts
            body = clause.parts if headed else _lines(clause.rest, clause.parts)
            blocks = self.blocks(body, f"{about}，{clause.rest}" if headed else about)
            heading = clause.rest if headed else ""
            chapter["clauses"] += self.clause(heading, blocks, about)
        yield chapter

    def labelled(self, clause: _Clause, about: str) -> list[dict[str, Any]]:
        apart = _APART.get(clause.label[-1:], BROAD)
        line = f"{clause.label}{apart}{clause.rest}".strip()
        if clause.is_headed and clause.parts and not clause.chapter:
            heading, body = line, clause.parts
        elif clause.label.endswith("条") and clause.rest:
            heading, body = clause.label, _lines(clause.rest, clause.parts)
        else:
            heading, body = "", _lines(line, clause.parts)
        about = f"{about}，{clause.rest}" if clause.is_headed else about
        return self.clause(heading, self.blocks(body, about), about)

    def blocks(self, parts: Iterable[Part], heading: str, details: bool = False) -> list[dict[str, Any]]:
        return list(blocks_of(parts, self.blanks, self.notes, heading=heading, details=details))

    def clause(self, heading: str, blocks: list[dict[str, Any]], about: str = "") -> list[dict[str, Any]]:
        """A clause; more than one where it has too many blocks."""
        written = []
        for start in range(0, len(blocks), MAX_BLOCKS):
            part = blocks[start : start + MAX_BLOCKS]
            clause: dict[str, Any] = {"id": f"clause-{next(self.ids)}", "blocks": part}
            if heading and not start:
                clause["heading"] = re.sub(r"\s+", " ", heading)
            if covers := _covers(part, f"{about}，{heading}，{part[0].get('text', '')[:FIRST_WORDS]}"):
                clause["covers"] = covers
            written.append(clause)
        return written


def _lines(first: str, parts: list[Part]) -> list[Part]:
    return [Paragraph(first), *parts] if first else parts


def _is_numbered(clauses: Sequence[_Clause]) -> bool:
    """Whether chapters are 一、二、… and articles 第一条, 第二条, … throughout, with nothing between."""
    chapters = [clause for clause in clauses if clause.chapter]
    articles = [clause for clause in clauses if not clause.chapter]
    ends = (*(clause.chapter for clause in clauses[1:]), True)
    return (
        bool(chapters)
        and clauses[0].chapter
        and [each.label for each in chapters] == [f"{chinese_ordinal(n + 1)}、" for n in range(len(chapters))]
        and [each.label for each in articles]
        == [f"第{chinese_ordinal(n + 1)}条" for n in range(len(articles))]
        and not any(each.parts for each in chapters)
        and not any(each.chapter and end for each, end in zip(clauses, ends, strict=True))
        and all(each.rest or each.parts for each in articles)
        and len(chapters) <= MAX_CHAPTERS
        and len(articles) <= MAX_CLAUSES
        and all(len(each.parts) < MAX_BLOCKS for each in articles)
    )


def _unnumbered(
    clauses: list[dict[str, Any]], name: str, heading: dict[str, str]
) -> Iterator[dict[str, Any]]:
    for number, start in enumerate(range(0, len(clauses), MAX_CLAUSES), start=1):
        part = clauses[start : start + MAX_CLAUSES]
        yield {"id": f"{name}-{number}", "numbered": False, "heading": heading, "clauses": part}


def _english(heading: str) -> str:
    """A heading in English, as far as it is about something that the law demands."""
    names = [item.en for item in STATUTORY_ITEMS if item.number in topics(heading)]
    words = "; ".join(names) or "other matters"
    return words[0].upper() + words[1:]


def _covers(blocks: list[dict[str, Any]], about: str) -> list[int]:
    """The statutory items that a clause is about, by its heading and by the facts that it states."""
    stated = set(re.findall(r"\{([a-z_.]+)", repr(blocks)))
    found = set(topics(about))
    found |= {item.number for item in STATUTORY_ITEMS if item.number != DISPATCH and item.facts & stated}
    return sorted(found)
