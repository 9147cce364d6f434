"""The facts of a contract: what is entered once, printed, attached to the PDF and filed.

The published schema is `contracts/schemas/contract-facts-1.json`. Whether facts are lawful is not asked
here (see `contracts/checks`); this module says whether they are well-formed.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

from jsonschema import Draft202012Validator, ValidationError

from core.canonical import canonical_json, sha256_hex
from core.errors import Fault

Facts: TypeAlias = Mapping[str, Any]
"""Plain dicts all the way down, as JSON is read: asking for `dict` is far quicker than for `Mapping`."""

SCHEMA_ID: Final = "urn:qianbei:schema:contract-facts:1"
SCHEMA_FILE: Final = Path(__file__).parent / "schemas" / "contract-facts-1.json"

# schema keyword (and one rule of our own) → (code, Chinese, English);
# {name} is the field's title, {limit} the keyword's value
_MESSAGES: Final[dict[str, tuple[str, str, str]]] = {
    "required": ("facts_missing", "“{name}”未填写。", "{field} is missing."),
    "additionalProperties": ("facts_unknown_field", "“{name}”不是本表的项目。", "{field} is not a field."),
    "type": (
        "facts_wrong_type",
        "“{name}”的数据类型不对，应为 {limit}。",
        "{field} must be of type {limit}.",
    ),
    "enum": ("facts_unknown_code", "“{name}”不在可选范围内。", "{field} is not one of the codes allowed."),
    "const": ("facts_wrong_constant", "“{name}”应为 {limit}。", "{field} must be {limit}."),
    "pattern": ("facts_wrong_format", "“{name}”的格式不对。", "{field} has the wrong format."),
    "format": ("facts_wrong_date", "“{name}”不是有效的日期。", "{field} is not a date that exists."),
    "minLength": (
        "facts_too_short",
        "“{name}”至少 {limit} 个字。",
        "{field} needs at least {limit} characters.",
    ),
    "maxLength": (
        "facts_too_long",
        "“{name}”最多 {limit} 个字。",
        "{field} may have at most {limit} characters.",
    ),
    "minItems": ("facts_too_few", "“{name}”至少 {limit} 项。", "{field} needs at least {limit} entries."),
    "maxItems": ("facts_too_many", "“{name}”最多 {limit} 项。", "{field} may have at most {limit} entries."),
    "minimum": ("facts_too_small", "“{name}”不能小于 {limit}。", "{field} may not be below {limit}."),
    "maximum": ("facts_too_large", "“{name}”不能大于 {limit}。", "{field} may not be above {limit}."),
    "controlCharacter": (
        "facts_control_character",
        "“{name}”含有不能打印的控制字符。",
        "{field} holds control characters.",
    ),
}
_REMEDY: Final[dict[str, tuple[str, str]]] = {
    "facts_missing": ("请补填这一项。", "Fill it in."),
    "facts_unknown_field": ("请删除这一项，或核对字段名。", "Remove it, or check the field's name."),
    "facts_unknown_code": ("请从选项中选择。", "Choose one of the options."),
    "facts_wrong_date": (
        "请按“年-月-日”填写，例如 2026-11-03。",
        "Write year-month-day, for example 2026-11-03.",
    ),
    "facts_control_character": ("请重新输入这一项，不要粘贴特殊符号。", "Type it again without pasting."),
}
# Unicode's categories Cc and Cs
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_DEFAULT_REMEDY: Final = ("请按填写说明修改这一项。", "Correct it as the form explains.")


@cache
def facts_schema(file: Path = SCHEMA_FILE) -> dict[str, Any]:
    """A published schema, parsed: of a contract's facts unless told. Do not change what is returned.

    What another schema takes over from the contract's stands in it in full.
    """
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    if file == SCHEMA_FILE:
        return schema
    of_contract = facts_schema()
    taken = {
        name: of_contract["properties"][name]
        for name, node in schema["properties"].items()
        if node.get("$ref") == f"{SCHEMA_ID}#/properties/{name}"
    }
    return {
        **schema,
        "properties": {**schema["properties"], **taken},
        "$defs": {**of_contract["$defs"], **schema["$defs"]},
    }


@cache
def _validator(file: Path) -> Draft202012Validator:
    # Without references: looking each of them up took half the time, and bulk sheets have thousands of rows.
    whole = _without_references(facts_schema(file), facts_schema(file)["$defs"])
    return Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _without_references(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_without_references(child, definitions) for child in node]
    if not isinstance(node, Mapping):
        return node
    own = {name: _without_references(child, definitions) for name, child in node.items() if name != "$ref"}
    reference = str(node.get("$ref", "")).removeprefix("#/$defs/")
    return {**_without_references(definitions[reference], definitions), **own} if reference else own


def validate_facts(facts: object, file: Path = SCHEMA_FILE) -> list[Fault]:
    """All faults of `facts` against the schema, sorted by field; `Fault.field` is a JSON pointer.

    Beyond the schema, text may not hold control characters or lone surrogates: they cannot be printed,
    and a trailing newline would slip through the schema's `$` anchors.
    """
    faults = {fault for error in _validator(file).iter_errors(facts) for fault in _faults_of(error, file)}
    faults |= {_fault(file, "controlCharacter", pointer) for pointer, text in texts(facts) if _dirty(text)}
    return sorted(faults, key=lambda fault: (fault.field, fault.code))


def canonical_facts(facts: Facts) -> bytes:
    """RFC 8785 bytes: what `contract.json` inside the PDF holds."""
    return canonical_json(facts)


def facts_digest(facts: Facts) -> str:
    """SHA-256 (hex) of the canonical bytes."""
    return sha256_hex(canonical_facts(facts))


def schema_at(path: Sequence[str], file: Path = SCHEMA_FILE) -> dict[str, Any] | None:
    """The part of the schema that describes the fact at `path` (names; array elements are stepped into).

    None when no such fact exists.
    """
    schema = facts_schema(file)
    node: dict[str, Any] = schema
    for name in path:
        node = node.get("items", node)
        child = node.get("properties", {}).get(name)
        if child is None:
            return None
        reference = child.get("$ref")
        node = {**schema["$defs"][reference.removeprefix("#/$defs/")], **child} if reference else child
    return node


def field_title(pointer: str, file: Path = SCHEMA_FILE) -> str:
    """Chinese name of the field at a JSON pointer; the pointer itself for an unknown field."""
    names = [part for part in pointer.split("/")[1:] if not part.isdigit()]
    node = schema_at(names, file) if names else None
    return str(node["title"]) if node else pointer


def texts(node: object, pointer: str = "") -> Iterator[tuple[str, str]]:
    """(JSON pointer, text) of every string inside `node`."""
    if isinstance(node, str):
        yield pointer, node
    elif isinstance(node, dict):
        for name, child in node.items():
            yield from texts(child, f"{pointer}/{_escape(str(name))}")
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from texts(child, f"{pointer}/{number}")


def _faults_of(error: ValidationError, file: Path) -> Iterator[Fault]:
    pointer = _pointer([str(part) for part in error.absolute_path])
    keyword, limit = str(error.validator), error.validator_value
    schema: Any = error.schema
    instance: Any = error.instance
    if keyword == "required":
        # jsonschema reports each missing name apart, but says which one only in prose
        for name in schema["required"]:
            if name not in instance:
                yield _fault(file, keyword, f"{pointer}/{name}")
    elif keyword == "additionalProperties":
        for name in instance:
            if name not in schema["properties"]:
                yield _fault(file, keyword, f"{pointer}/{_escape(str(name))}")
    else:
        yield _fault(file, keyword, pointer, limit)


def _fault(file: Path, keyword: str, pointer: str, limit: object = "") -> Fault:
    code, zh, en = _MESSAGES[keyword]
    words = {
        "name": field_title(pointer, file) or "合同内容",
        "field": pointer or "The document",
        "limit": limit,
    }
    remedy_zh, remedy_en = _REMEDY.get(code, _DEFAULT_REMEDY)
    return Fault(pointer, code, zh.format(**words), en.format(**words), remedy_zh, remedy_en)


def _pointer(parts: Sequence[str]) -> str:
    return "".join(f"/{_escape(part)}" for part in parts)


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _dirty(text: str) -> bool:
    return _CONTROL.search(text) is not None
