"""Template + facts → `Document`: conditions decided, blanks filled, parts repeated, articles numbered.

The one expansion behind the PDF, the reading view and the text of each page.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias

from contracts.document.blanks import Blank, parse
from contracts.document.formats import FORMATS, chinese_ordinal
from contracts.document.model import (
    Block,
    Chapter,
    Clause,
    Column,
    Document,
    Field,
    Fields,
    Paragraph,
    Placed,
    Run,
    Runs,
    SigningBlock,
    Table,
    fill_lines,
    plain,
)
from contracts.document.uploaded import SEAM, fits, is_uploaded, joined, page_sizes
from contracts.document.wording import fact_name
from contracts.facts import Facts, field_title
from core.errors import Fault

Part: TypeAlias = Mapping[str, Any]

_ABSENT: Final = object()


class CannotExpand(Exception):  # noqa: N818  (carries faults for the user, like a refusal)
    """Facts that leave blanks unfilled; `faults` lists all of them."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.field}: {fault.en}" for fault in self.faults))


def expand(template: Part, facts: Facts) -> Document:
    """The contract's text. `template` and `facts` are valid against their schemas.

    Raises CannotExpand with every blank for which a fact is missing and every code without words.
    """
    expansion = _Expansion(template.get("labels", {}), facts)
    return expansion.uploaded(template) if is_uploaded(template) else expansion.document(template)


class _Expansion:
    def __init__(self, labels: Mapping[str, Mapping[str, str]], facts: Facts) -> None:
        self.labels = labels
        self.facts = facts
        self.faults: dict[str, Fault] = {}
        self.chapters = 0
        self.clauses = 0

    def document(self, template: Part) -> Document:
        signing = template["signing"]
        document = Document(
            title=template["title"]["zh"],
            title_en=template["title"]["en"],
            contract_no=self.facts["contract_no"],
            chapters=tuple(self.chapter(part) for part in self.shown(template["chapters"])),
            signing=tuple(self.signing_block(part) for part in signing["blocks"]),
            seam=signing["seam"],
        )
        if self.faults:
            raise CannotExpand(self.faults.values())
        return document

    def uploaded(self, template: Part) -> Document:
        sizes = page_sizes(template)
        document = Document(
            title=template["title"]["zh"],
            title_en=template["title"]["en"],
            contract_no=self.facts["contract_no"],
            chapters=tuple(self.page(template, number) for number in range(1, len(sizes) + 1)),
            signing=(),
            seam=any(field["kind"] == SEAM for field in template["fields"]),
            placed=tuple(self.placed(field, sizes) for field in template["fields"] if "text" in field),
        )
        if self.faults:
            raise CannotExpand(self.faults.values())
        return document

    def page(self, template: Part, number: int) -> Chapter:
        """A page's own words, after what is filled in on it."""
        filled = tuple(
            Field(_label(field["text"]), self.runs(field["text"]), wide=True)
            for field in template["fields"]
            if "text" in field and field["page"] == number
        )
        lines = template["document"]["pages"][number - 1]["text"].split("\n")
        words = tuple(Paragraph(_only_words(joined(line))) for line in lines if line)
        blocks = ((Fields(filled),) if filled else ()) + words
        clause = Clause(f"page-{number}", "", "", tuple(template["covers"]), blocks)
        return Chapter(clause.id, "", f"第 {number} 页", f"Page {number}", (clause,))

    def placed(self, field: Part, sizes: Sequence[tuple[float, float]]) -> Placed:
        runs = self.runs(field["text"])
        width, height = sizes[field["page"] - 1]
        if not fits(plain(runs), field["w"] * width, field["h"] * height):
            place = next((run.fact for run in runs if run.fact), "/template")
            self.faults.setdefault(
                place,
                Fault(
                    place,
                    "contract_blank_too_narrow",
                    f"“{_label(field['text'])}”太长，第 {field['page']} 页上的位置放不下。",
                    f"The text for {place} is too long for its place on page {field['page']}.",
                    "请缩短内容，或者在模板中放大这一处。",
                    "Shorten it, or make the place larger in the template.",
                ),
            )
        return Placed(field["page"], field["x"], field["y"], field["w"], field["h"], field["size"], runs)

    def chapter(self, part: Part) -> Chapter:
        numbered = part.get("numbered", True)
        self.chapters += numbered
        return Chapter(
            id=part["id"],
            label=f"{chinese_ordinal(self.chapters)}、" if numbered else "",
            heading=part["heading"]["zh"],
            heading_en=part["heading"]["en"],
            clauses=tuple(self.clause(child, numbered) for child in self.shown(part["clauses"])),
        )

    def clause(self, part: Part, numbered: bool) -> Clause:
        self.clauses += numbered
        return Clause(
            id=part["id"],
            label=f"第{chinese_ordinal(self.clauses)}条" if numbered else "",
            heading=part.get("heading", ""),
            covers=tuple(part.get("covers", ())),
            blocks=tuple(block for child in self.shown(part["blocks"]) for block in self.blocks(child)),
        )

    def blocks(self, part: Part) -> Iterator[Block]:
        if "text" in part:
            yield Paragraph(self.runs(part["text"]))
        elif "items" in part:
            yield from self.items(part)
        elif "fields" in part:
            yield Fields(tuple(fill_lines(self.field(child) for child in self.shown(part["fields"]))))
        else:
            yield self.table(part)

    def items(self, part: Part) -> Iterator[Paragraph]:
        number = 0
        for element, pointer in self.elements(part):
            for child in self.shown(part["items"], element):
                number += 1
                yield Paragraph(
                    self.runs(child["text"], element, pointer), label=f"（{chinese_ordinal(number)}）"
                )

    def table(self, part: Part) -> Table:
        columns = tuple(
            Column(column["heading"], column["width"], column.get("align", "left"))
            for column in part["columns"]
        )
        rows = tuple(
            tuple(self.runs(cell, element, pointer) for cell in row)
            for element, pointer in self.elements(part)
            for row in part["rows"]
        )
        return Table(columns, rows)

    def field(self, part: Part) -> Field:
        return Field(part["label"], self.runs(part["text"]), part.get("wide", False))

    def signing_block(self, part: Part) -> SigningBlock:
        return SigningBlock(
            part["role"], part["label"], tuple(self.field(line) for line in self.shown(part["lines"]))
        )

    def elements(self, part: Part) -> Iterator[tuple[Part | None, str]]:
        """(element, its pointer) for each turn of a repeated part; else one turn without element."""
        if "repeat" not in part:
            yield None, ""
            return
        path = tuple(part["repeat"].split("."))
        values = _look_up(self.facts, path)
        for number, element in enumerate(values if isinstance(values, list) else ()):
            yield element, f"{_pointer(path)}/{number}"

    def shown(self, parts: Iterable[Part], element: Part | None = None) -> Iterator[Part]:
        return (part for part in parts if all(self.holds(test, element) for test in part.get("when", ())))

    def holds(self, test: Part, element: Part | None) -> bool:
        value, _ = self.value(tuple(test["fact"].split(".")), element, "")
        return all(_TESTS[name](value, wanted) for name, wanted in test.items() if name != "fact")

    def runs(self, text: str, element: Part | None = None, pointer: str = "") -> Runs:
        pieces = parse(text)
        if len(pieces) == 1 and isinstance(pieces[0], str):
            return _only_words(pieces[0])
        return tuple(
            Run(piece) if isinstance(piece, str) else self.filled(piece, element, pointer) for piece in pieces
        )

    def filled(self, blank: Blank, element: Part | None, pointer: str) -> Run:
        value, place = self.value(blank.path, element, pointer)
        if value is _ABSENT:
            if blank.otherwise is None:
                name = field_title(place)
                self.faults[place] = Fault(
                    place,
                    "contract_blank_unfilled",
                    f"合同里需要“{name}”，但没有填写。",
                    f"The contract has a blank for {place}, which is not filled in.",
                    "请补填这一项。",
                    "Fill it in.",
                )
            return Run(blank.otherwise or "")
        try:
            return Run(FORMATS[blank.format](value, blank.argument, self.labels), place)
        except ValueError as error:
            self.faults[place] = Fault(
                place,
                "contract_blank_unprintable",
                f"“{field_title(place)}”的值无法写入合同。",
                f"The value at {place} cannot be printed: {error}.",
                "请核对这一项的填写。",
                "Check the value.",
            )
            return Run("")

    def value(self, path: tuple[str, ...], element: Part | None, pointer: str) -> tuple[object, str]:
        """(the fact or _ABSENT, its JSON pointer). Empty text counts as absent: contracts have no blanks."""
        if element is not None and path[0] == "item":
            return _look_up(element, path[1:]), f"{pointer}{_pointer(path[1:])}"
        return _look_up(self.facts, path), _pointer(path)


def _look_up(node: object, path: tuple[str, ...]) -> object:
    for name in path:
        if not isinstance(node, dict) or name not in node:
            return _ABSENT
        node = node[name]
    return _ABSENT if node == "" else node


def _label(text: str) -> str:
    """The name of the fact that a text is mostly about."""
    blanks = (piece for piece in parse(text) if isinstance(piece, Blank))
    return next((fact_name(".".join(blank.path)) for blank in blanks), "文字")


def _pointer(path: tuple[str, ...]) -> str:
    return "".join(f"/{name}" for name in path)


@lru_cache(maxsize=4096)
def _only_words(text: str) -> Runs:
    """The template's own words, which are the same in every contract."""
    return (Run(text),)


_TESTS: Final[Mapping[str, Callable[[object, Any], bool]]] = {
    "present": lambda value, wanted: (value is not _ABSENT) == wanted,
    "in": lambda value, wanted: any(_same(value, one) for one in wanted),
    "not_in": lambda value, wanted: not any(_same(value, one) for one in wanted),
}


def _same(value: object, wanted: object) -> bool:
    """Equal and of one type: in JSON, `true` is not `1`."""
    return type(value) is type(wanted) and value == wanted
