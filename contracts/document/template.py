"""Contract templates as data: loading ours, checking any, proving the mandatory clauses present."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator, ValidationError

from contracts.document import uploaded
from contracts.document.blanks import BadBlankError, Blank, parse
from contracts.document.formats import CODED, FORMATS, LABELLED
from contracts.document.model import Document
from contracts.document.names import check_printable
from contracts.facts import schema_at, texts
from core.canonical import canonical_json, sha256_hex
from core.codes import NAMES
from core.errors import Fault

SCHEMAS: Final = Path(__file__).parent.parent / "schemas"
STRUCTURED: Final = "urn:qianbei:schema:contract-template:1"
SCHEMA_FILES: Final = {
    STRUCTURED: SCHEMAS / "contract-template-1.json",
    uploaded.SCHEMA: SCHEMAS / "uploaded-template-1.json",
}
# The members that print text with blanks, name facts in conditions, or repeat a part for them.
_PRINTING: Final = ("chapters", "signing", "fields")
TEMPLATES: Final = Path(__file__).parents[2] / "templates" / "contracts"

DISPATCH: Final = "3"
NAME: Final = "worker.name"


@dataclass(frozen=True)
class StatutoryItem:
    """One item of Article 17(1) of the Labour Contract Law and the facts that its clauses must state."""

    number: int
    code: str
    zh: str
    en: str
    facts: frozenset[str]


STATUTORY_ITEMS: Final = (
    StatutoryItem(
        1, "employer", "用人单位的名称、住所和法定代表人或者主要负责人",
        "the employer's name, address and legal representative",
        frozenset({"employer.name", "employer.reg_address", "employer.legal_rep_name"}),
    ),
    StatutoryItem(
        2, "worker", "劳动者的姓名、住址和身份证件号码", "the worker's name, address and identity number",
        frozenset({"worker.name", "worker.resid_address", "worker.id_no"}),
    ),
    StatutoryItem(3, "term", "劳动合同期限", "the term", frozenset({"contract.start"})),
    StatutoryItem(
        4, "work", "工作内容和工作地点", "the work and the place of work",
        frozenset({"contract.job_title", "contract.work_place_address"}),
    ),
    StatutoryItem(5, "hours", "工作时间和休息休假", "working hours, rest and leave", frozenset()),
    StatutoryItem(6, "pay", "劳动报酬", "pay", frozenset({"contract.wage_amount"})),
    StatutoryItem(7, "insurance", "社会保险", "social insurance", frozenset()),
    StatutoryItem(
        8, "protection", "劳动保护、劳动条件和职业危害防护",
        "safety, working conditions and protection from occupational hazards", frozenset(),
    ),
    # Article 58(1): what a dispatch contract must state besides
    StatutoryItem(
        9, "dispatch", "被派遣劳动者的用工单位以及派遣期限、工作岗位",
        "the host employer, the period of dispatch and the post",
        frozenset({
            "contract.dispatch.host_name", "contract.dispatch.start", "contract.dispatch.end",
            "contract.job_title",
        }),
    ),
)  # fmt: skip


@cache
def load_template(slug: str) -> Mapping[str, Any]:
    """One of the templates shipped in `templates/contracts/`. Raises KeyError for an unknown slug."""
    if slug not in shipped_slugs():
        raise KeyError(slug)
    template: Mapping[str, Any] = json.loads((TEMPLATES / slug / "template.json").read_text(encoding="utf-8"))
    return template


@cache
def shipped_slugs() -> tuple[str, ...]:
    """Slugs of the templates shipped with the product, sorted."""
    return tuple(sorted(path.parent.name for path in TEMPLATES.glob("*/template.json")))


def facts_used(template: Mapping[str, Any]) -> frozenset[str]:
    """The paths of all facts that a template prints, tests, repeats a part for, or asks for besides."""
    parts = [template[part] for part in ("chapters", "fields", "asks") if part in template]
    blanks = (piece for _, text in _texts(parts) for piece in _pieces(text) if isinstance(piece, Blank))
    return frozenset((*(".".join(blank.path) for blank in blanks), *(path for _, path in _paths(parts))))


def template_digest(template: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the RFC 8785 form: what a published version is known by."""
    return sha256_hex(canonical_json(template))


def check_template(template: object) -> list[Fault]:
    """All faults of a template: its shape, its blanks, its label sets, and statutory items left out.

    `Fault.field` is a JSON pointer into the template. An empty list means that it may be published.
    """
    schema = str(template.get("schema")) if isinstance(template, Mapping) else ""
    validator = _validator(schema if schema in SCHEMA_FILES else STRUCTURED)
    faults = [_malformed(leaf) for error in validator.iter_errors(template) for leaf in _leaves(error)]
    if faults or not isinstance(template, Mapping):
        return faults
    return [fault for check in _CHECKS[schema] for fault in check(template)]


def printed_texts(template: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(JSON pointer, text) of everything that a template prints with blanks."""
    return _texts({key: template[key] for key in _PRINTING if key in template})


def missing_items(template: Mapping[str, Any], document: Document) -> list[Fault]:
    """Statutory items that no clause of the expanded `document` settles: conditions may have hidden them."""
    covered = {
        number for chapter in document.chapters for clause in chapter.clauses for number in clause.covers
    }
    return [_missing(item) for item in _required_items(template) if item.number not in covered]


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA_FILES[schema].read_text(encoding="utf-8")))


# What somebody who is still writing leaves behind, by the schema's keyword for it.
_UNFINISHED: Final[Mapping[str, tuple[str, str]]] = {
    "minLength": ("这里还没有写文字。", "Nothing is written here yet."),
    "maxLength": ("这里的文字太长。", "The text here is too long."),
    "minItems": ("这里至少要有一项。", "There must be at least one here."),
    "maxItems": ("这里的项数太多。", "There are too many here."),
}


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The errors behind an error: for a block, those of the kind of block that it is."""
    if not error.context:
        yield error
        return
    kinds: dict[Any, list[ValidationError]] = {}
    for each in error.context:
        kinds.setdefault(each.schema_path[0], []).append(each)
    shaped = [
        found
        for found in kinds.values()
        if not any(each.validator in ("required", "additionalProperties") for each in found)
    ]
    if not shaped:
        yield error
    for each in shaped[0] if shaped else ():
        yield from _leaves(each)


def _malformed(error: ValidationError) -> Fault:
    keyword = str(error.validator)
    malformed = (f"模板格式不对：{error.message}", f"The template is malformed: {error.message}")
    zh, en = _UNFINISHED.get(keyword, malformed)
    return Fault(
        "".join(f"/{part}" for part in error.absolute_path),
        "template_unfinished" if keyword in _UNFINISHED else "template_malformed",
        zh,
        en,
        "请补充或者修改。",
        "Fill it in or correct it.",
    )


def _required_items(template: Mapping[str, Any]) -> Iterator[StatutoryItem]:
    dispatch = DISPATCH in template["applies_to"]["employment_forms"]
    return (item for item in STATUTORY_ITEMS if item.code != "dispatch" or dispatch)


def _check_characters(template: Mapping[str, Any]) -> Iterator[Fault]:
    # an uploaded page brings its own fonts
    own = {name: part for name, part in template.items() if name != "document"}
    for pointer, text in texts(own):
        if characters := check_printable(text):
            yield Fault(
                pointer,
                "template_not_printable",
                f"模板中有无法打印的字符：{'、'.join(characters)}。",
                f"The template holds characters that cannot be printed: {characters}.",
                "请换用其他字词或者标点。",
                "Use other words or signs.",
            )


def _check_covers(template: Mapping[str, Any]) -> Iterator[Fault]:
    """The employer confirms what the document settles; for whom it is, each contract has to say."""
    for item in _required_items(template):
        if item.number not in template["covers"]:
            yield Fault(
                "/covers",
                f"clause_missing_{item.code}",
                f"还没有确认文件写明了：{item.zh}。",
                f"It is not confirmed that the document states {item.en}.",
                "请核对文件后勾选；文件没有写的，请补充后重新上传。",
                "Check the document and confirm it; if it is not there, add it and upload the document anew.",
            )
    if NAME not in facts_used(template):
        yield Fault(
            "/fields", "field_missing_name", "页面上还没有填写员工姓名的位置。",
            "No field prints the worker's name yet.",
            "请加一处文字，内容选“劳动者姓名”。", "Add a text field with the worker's name.",
        )  # fmt: skip


def _check_items(template: Mapping[str, Any]) -> Iterator[Fault]:
    clauses = [clause for chapter in template["chapters"] for clause in chapter["clauses"]]
    for item in _required_items(template):
        settling = [clause for clause in clauses if item.number in clause.get("covers", ())]
        if not settling:
            yield _missing(item)
            continue
        stated = {
            ".".join(piece.path)
            for _, text in _texts(settling)
            for piece in _pieces(text)
            if isinstance(piece, Blank)
        }
        for fact in sorted(item.facts - stated):
            yield Fault(
                "/chapters",
                f"clause_incomplete_{item.code}",
                f"“{item.zh}”条款没有写明 {{{fact}}}。",
                f"The clause on {item.en} does not state {{{fact}}}.",
                "请在该条款中加入这一空格。",
                "Add that blank to the clause.",
            )


def _missing(item: StatutoryItem) -> Fault:
    return Fault(
        "/chapters",
        f"clause_missing_{item.code}",
        f"合同缺少必备条款：{item.zh}。",
        f"The contract lacks a mandatory clause: {item.en}.",
        "请补充该条款（《劳动合同法》第十七条、第五十八条）。",
        "Add the clause (Labour Contract Law, Articles 17 and 58).",
    )


def _check_texts(template: Mapping[str, Any]) -> Iterator[Fault]:
    for pointer, text in printed_texts(template):
        try:
            pieces = parse(text)
        except BadBlankError as error:
            yield _bad_blank(pointer, f"无法识别的空格写法：{text}", f"{error}")
            continue
        for piece in pieces:
            if isinstance(piece, Blank):
                yield from _check_blank(template, pointer, piece)
    for pointer, path in _paths(template.get("chapters", ())):
        if not _known(template, path):
            yield _bad_blank(pointer, f"没有“{path}”这一项内容。", f"there is no fact {path}")


def _check_blank(template: Mapping[str, Any], pointer: str, blank: Blank) -> Iterator[Fault]:
    path = ".".join(blank.path)
    if not _known(template, path):
        yield _bad_blank(pointer, f"没有“{path}”这一项内容。", f"there is no fact {path}")
    if blank.format not in FORMATS:
        yield _bad_blank(pointer, f"没有“{blank.format}”这种写法。", f"there is no format {blank.format}")
    if blank.format in LABELLED and blank.argument not in template.get("labels", ()):
        yield _bad_blank(
            pointer, f"没有“{blank.argument}”这组选项。", f"there is no label set {blank.argument!r}"
        )
    if blank.format in CODED and blank.argument not in NAMES:
        yield _bad_blank(
            pointer, f"没有“{blank.argument}”这张代码表。", f"there is no code table {blank.argument!r}"
        )


def _bad_blank(pointer: str, zh: str, en: str) -> Fault:
    return Fault(
        pointer,
        "template_bad_blank",
        zh,
        f"Bad blank: {en}.",
        "请从可用内容中选择。",
        "Choose a fact on offer.",
    )


def _known(template: Mapping[str, Any], path: str) -> bool:
    names = path.split(".")
    if names[0] != "item":
        return schema_at(names) is not None
    # which repeated part the blank stands in does not matter for its name to exist
    return any(
        schema_at([*parent.split("."), *names[1:]]) is not None
        for parent in _repeats(template.get("chapters", ()))
    )


def _check_ids(template: Mapping[str, Any]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, chapter in enumerate(template["chapters"]):
        for part in (chapter, *chapter["clauses"]):
            key = f"{'chapter' if part is chapter else 'clause'} {part['id']}"
            if key in seen:
                yield Fault(
                    f"/chapters/{number}", "template_duplicate_id", f"编号“{part['id']}”重复。",
                    f"The id {part['id']} is used twice.", "请改用不同的编号。", "Use another id.",
                )  # fmt: skip
            seen.add(key)


def _check_signing(template: Mapping[str, Any]) -> Iterator[Fault]:
    signing = template["signing"]
    roles = [block["role"] for block in signing["blocks"]]
    if sorted(roles) != sorted(signing["order"]):
        yield Fault(
            "/signing", "template_signing_roles", "签署栏与签署顺序中的签署方不一致。",
            "The signing blocks and the signing order name different parties.",
            "每个签署方应当有且只有一个签署栏。", "Give each party exactly one block.",
        )  # fmt: skip


def _pieces(text: str) -> Iterable[str | Blank]:
    try:
        return parse(text)
    except BadBlankError:
        return ()


def _texts(node: object, pointer: str = "") -> Iterator[tuple[str, str]]:
    """(pointer, text) of everything printed with blanks: `text` members and the cells of `rows`."""
    if isinstance(node, Mapping):
        for name, child in node.items():
            if name == "text":
                yield f"{pointer}/text", child
            elif name == "rows":
                for row_number, row in enumerate(child):
                    for cell_number, cell in enumerate(row):
                        yield f"{pointer}/rows/{row_number}/{cell_number}", cell
            else:
                yield from _texts(child, f"{pointer}/{name}")
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from _texts(child, f"{pointer}/{number}")


def _paths(node: object, pointer: str = "") -> Iterator[tuple[str, str]]:
    """(pointer, path) of every fact named by a condition or a repetition."""
    if isinstance(node, Mapping):
        for name, child in node.items():
            if name in ("fact", "repeat"):
                yield f"{pointer}/{name}", child
            else:
                yield from _paths(child, f"{pointer}/{name}")
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from _paths(child, f"{pointer}/{number}")


def _repeats(chapters: object) -> list[str]:
    return [path for pointer, path in _paths(chapters) if pointer.endswith("/repeat")]


_Check = Callable[[Mapping[str, Any]], Iterator[Fault]]
_CHECKS: Final[Mapping[str, tuple[_Check, ...]]] = {
    STRUCTURED: (_check_characters, _check_texts, _check_ids, _check_signing, _check_items),
    uploaded.SCHEMA: (_check_characters, _check_texts, uploaded.check_fields, _check_covers),
}
