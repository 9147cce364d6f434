"""The published schemas, and what the check adds to them."""

import copy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from filing_bridge.schemas import NAMES, Violation, load, violations


@pytest.mark.parametrize("name", NAMES)
def test_schemas_are_schemas(name: str) -> None:
    schema = load(name)
    Draft202012Validator.check_schema(dict(schema))
    assert schema["$id"].startswith("urn:qianbei:schema:filing-")


@pytest.mark.parametrize("text", ["HT-2026-000123\n", "HT-2026-\u0000000123"])
def test_control_characters_are_found(record: dict[str, Any], text: str) -> None:
    """A trailing newline slips through `$` in the patterns of many engines."""
    assert Violation("/contract_no", "controlCharacter") in violations(
        "filing-record-1", record | {"contract_no": text}
    )


def test_places_are_named_and_values_are_not(record: dict[str, Any]) -> None:
    broken = copy.deepcopy(record)
    del broken["worker"]["mobile"]
    broken["worker"]["id_number"] = "370303199003070013"
    broken["worker"]["birth_date"] = "1990-02-30"
    broken["signed_at"] = "2026-13-04T00:00:00+08:00"
    found = violations("filing-record-1", broken)
    assert found == (
        Violation("/signed_at", "format"),
        Violation("/worker/birth_date", "format"),
        Violation("/worker/id_number", "additionalProperties"),
        Violation("/worker/mobile", "required"),
    )
    assert "370303199003070013" not in str(found)
