"""The facts on offer to somebody who writes a template: as blanks, in conditions, in repeated parts."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from contracts.document.blanks import BadBlankError, Blank, parse
from contracts.document.template import printed_texts
from contracts.document.wording import blank_name, fact_name, value_name
from contracts.facts import facts_schema, field_title, schema_at
from core.codes import table
from core.codes.fields import CODE_FIELDS

MONEY: Final = r"^(0|[1-9][0-9]{0,9})\.[0-9]{2}$"
SECTIONS: Final = ("employer", "worker", "contract")
REPEATED: Final = "contract.wage_items"
MOST_VALUES: Final = 30  # longer code tables are no choice for a condition
_BLANK: Final = re.compile(r"(?<!\{)\{[a-z_][^{}]*\}")


def offered_blanks(template: Mapping[str, Any]) -> list[dict[str, str]]:
    """`code` (as written in the text), `name` (unique, as shown) and `group` of every blank on offer.

    Those that the template holds already are among them, however they are written.
    """
    codes = list(_codes())
    for _, text in printed_texts(template):
        codes += _BLANK.findall(text)
    offered: dict[str, dict[str, str]] = {}
    names: set[str] = set()
    for code in dict.fromkeys(codes):
        try:
            (blank,) = parse(code)
        except BadBlankError:  # a fault of its own (contracts/document/template.py)
            continue
        if not isinstance(blank, Blank):
            continue
        name = _free(blank_name(blank), names)
        names.add(name)
        offered[code] = {"code": code, "name": name, "group": _group(blank.path)}
    return list(offered.values())


def offered_facts() -> list[dict[str, Any]]:
    """`fact`, `name` and, where there is a short choice, `values` (`value`, `name`) for conditions."""
    return [
        {
            "fact": path,
            "name": fact_name(path),
            "group": _group(tuple(path.split("."))),
            "values": _values(path),
        }
        for path in _paths()
    ]


def _codes() -> Iterator[str]:
    yield "{contract_no}"
    for path in _paths():
        node = schema_at(path.split(".")) or {}
        coded = CODE_FIELDS.get("/" + path.replace(".", "/"))
        if node.get("format") == "date":
            yield f"{{{path}|date}}"
        elif node.get("pattern") == MONEY:
            yield f"{{{path}|money}}"
            yield f"{{{path}|capital}}"
        elif node.get("type") == "boolean":
            yield f"{{{path}|tick}}"
        elif node.get("type") == "integer" or "hours" in path:
            yield f"{{{path}|number}}"
        elif coded and len(table(coded)) <= MOST_VALUES:
            yield f"{{{path}|code:{coded}}}"
        elif "enum" not in node:
            yield f"{{{path}}}"
    yield from ("{item.name}", "{item.amount|money}", "{item.note|text|—}")


def _paths(node: Mapping[str, Any] | None = None, lead: str = "") -> Iterator[str]:
    """The paths of all single facts of the sections that contracts print."""
    properties = facts_schema()["properties"] if node is None else node.get("properties", {})
    for name in properties:
        if not lead and name not in SECTIONS:
            continue
        path = f"{lead}{name}"
        child = schema_at(path.split(".")) or {}
        if "properties" in child:
            yield from _paths(child, f"{path}.")
        elif child.get("type") != "array":
            yield path


def _values(path: str) -> list[dict[str, Any]]:
    node = schema_at(path.split(".")) or {}
    coded = CODE_FIELDS.get("/" + path.replace(".", "/"))
    values: list[Any] = list(node.get("enum", ()))
    if node.get("type") == "boolean":
        values = [True, False]
    elif not values and coded and len(table(coded)) <= MOST_VALUES:
        values = list(table(coded))
    return [{"value": value, "name": value_name(path, value)} for value in values]


def _group(path: tuple[str, ...]) -> str:
    if path[0] == "item":
        return fact_name(REPEATED)
    return field_title(f"/{path[0]}") if path[0] in SECTIONS else field_title("/contract")


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}（{number}）"
    return free
