"""The published JSON Schemas of the filing protocol, and one way to check against them.

Framework-free. `violations` collects everything that is wrong at once.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource

_FOLDER = Path(__file__).parent
_FORMATS = FormatChecker(["date", "uuid"])
_FORMATS.checks("date-time", raises=ValueError)(
    lambda value: not isinstance(value, str) or bool(datetime.fromisoformat(value))
)

# Unicode categories Cc and Cs; one pass in C, since a batch holds documents of megabytes
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

NAMES = tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


@dataclass(frozen=True, order=True)
class Violation:
    """One place where a document breaks its schema; `pointer` is a JSON pointer (RFC 6901).

    It never repeats the value found: that may be personal data.
    """

    pointer: str
    keyword: str


def load(name: str) -> Mapping[str, Any]:
    """A schema by its file name without ending, e.g. `filing-record-1`."""
    schema: Mapping[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return schema


@cache
def _validator(name: str) -> Draft202012Validator:
    resources = [Resource.from_contents(load(each)) for each in NAMES]
    registry: Registry[Any] = Registry().with_resources((str(r.id()), r) for r in resources)
    return Draft202012Validator(load(name), registry=registry, format_checker=_FORMATS)


def violations(name: str, document: object) -> tuple[Violation, ...]:
    """Everything in `document` that breaks the schema, in the order of the pointers; empty when it is valid.

    Beyond the schema, text may not hold control characters or lone surrogates: a trailing newline would
    slip through the `$` of the patterns.
    """
    found = {violation for error in _validator(name).iter_errors(document) for violation in _places(error)}
    found |= {
        Violation(pointer, "controlCharacter")
        for pointer, text in _texts(document)
        if _UNPRINTABLE.search(text)
    }
    return tuple(sorted(found))


def _places(error: ValidationError) -> Iterator[Violation]:
    keyword, pointer = str(error.validator), _pointer(error.absolute_path)
    rule, instance = cast(Any, error.schema), cast(Any, error.instance)
    if keyword == "required":
        names = [name for name in rule["required"] if name not in instance]
    elif keyword == "additionalProperties":
        names = [name for name in instance if name not in rule["properties"]]
    else:
        yield Violation(pointer, keyword)
        return
    for name in names:
        yield Violation(pointer + _pointer([name]), keyword)


def _pointer(steps: Iterable[str | int]) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def _texts(node: object, pointer: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield pointer, node
    elif isinstance(node, Mapping):
        for name, child in node.items():
            yield from _texts(child, pointer + _pointer([name]))
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from _texts(child, f"{pointer}/{number}")
