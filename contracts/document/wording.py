"""A template in words that a clerk can read: blanks by the names of their facts, conditions as sentences."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from contracts.document.blanks import BadBlankError, Blank, parse
from contracts.facts import field_title
from core.codes import describe
from core.codes.fields import CODE_FIELDS

Part = Mapping[str, Any]

# How a format is told beside the name of the fact; what is not here is the fact's usual way of being written.
FORMATS: Final[Mapping[str, str]] = {"capital": "大写", "choice": "选项", "tick": "勾选"}
VALUES: Final[Mapping[object, str]] = {
    True: "是", False: "否",
    "week": "周", "month": "月", "quarter": "季", "year": "年", "day": "日", "hour": "小时",
    "temporary": "临时性", "auxiliary": "辅助性", "substitute": "替代性",
    "senior_manager": "高级管理人员", "senior_technician": "高级技术人员",
    "secrecy_duty": "负有保密义务的人员", "other": "其他",
}  # fmt: skip


def in_words(text: str) -> str:
    """`自{contract.start|date}起` → `自【合同起始日期】起`. Text that cannot be read stays as it is."""
    try:
        pieces = parse(text)
    except BadBlankError:
        return text
    return "".join(piece if isinstance(piece, str) else f"【{blank_name(piece)}】" for piece in pieces)


def blank_name(blank: Blank) -> str:
    """The fact's name, how it is written when that is unusual, and what is printed when it is absent."""
    name = fact_name(".".join(blank.path))
    if blank.format in FORMATS:
        name += f"·{FORMATS[blank.format]}"
    return f"{name}，没有时写“{blank.otherwise}”" if blank.otherwise else name


def fact_name(path: str) -> str:
    """The name of a fact with that of its section, where the name alone would say too little."""
    names = path.split(".")
    title = field_title("/" + "/".join(names))
    if names[0] == "item":
        return field_title(f"/contract/wage_items/{names[-1]}") if len(names) > 1 else path
    if title.startswith("/"):
        return path
    return f"{field_title('/' + names[0])}{title}" if names[-1] == "name" and len(names) == 2 else title


def condition_in_words(when: Sequence[Part]) -> str:
    """All tests of a part, joined: `试用期月数已填写，合同期限类型为固定期限`."""
    return "，".join(_test_in_words(test) for test in when)


def _test_in_words(test: Part) -> str:
    name = fact_name(test["fact"])
    if "present" in test:
        return f"{name}{'已填写' if test['present'] else '没有填写'}"
    values = "或".join(value_name(test["fact"], value) for value in test.get("in", test.get("not_in", ())))
    return f"{name}{'为' if 'in' in test else '不是'}{values}"


def value_name(path: str, value: object) -> str:
    """What a value of a fact means: of its code table, else one of the words of contracts."""
    table = CODE_FIELDS.get("/" + path.replace(".", "/"))
    if table:
        return describe(table, str(value))
    return VALUES[value] if isinstance(value, bool | str) and value in VALUES else str(value)


def lines_of(block: Part) -> Iterator[str]:
    """The lines of a block: paragraph, item, field or row of a table, with its condition before it."""
    lead = _lead(block)
    if "repeat" in block:
        lead += f"（{fact_name(block['repeat'])}每项一次）"
    if "text" in block:
        yield lead + in_words(block["text"])
    elif "columns" in block:
        yield lead + " | ".join(column["heading"] for column in block["columns"])
        for row in block["rows"]:
            yield " | ".join(map(in_words, row))
    else:
        for number, part in enumerate(block.get("items", block.get("fields", ()))):
            label = f"{part['label']}：" if "label" in part else "· "
            yield f"{'' if number else lead}{_lead(part)}{label}{in_words(part['text'])}"


def _lead(part: Part) -> str:
    return f"（{condition_in_words(part['when'])}时）" if "when" in part else ""
