"""The published protocol is the protocol: examples verify, lists are current, addresses and codes agree."""

import base64
import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from cryptography import x509

from filing_bridge import protocol
from filing_bridge.profiles import profile_for
from filing_bridge.record_check import check_record
from filing_bridge.reference import page
from filing_bridge.schemas import NAMES, violations
from tests.support.filing_examples import FOLDER, PLATFORM, PROVINCE
from tests.support.filing_parties import NOW

DOCS = FOLDER.parent
TEXT = (DOCS / "filing-protocol.md").read_text(encoding="utf-8")
OPENAPI = yaml.safe_load((DOCS / "filing-openapi.yaml").read_text(encoding="utf-8"))
SCHEMAS = {
    "record.json": "filing-record-1",
    "renewal-record.json": "filing-record-1",
    "transfer-record.json": "filing-record-1",
    "change-record.json": "change-record-1",
    "suspension-record.json": "suspension-record-1",
    "resumption-record.json": "suspension-record-1",
    "ending-record.json": "ending-record-1",
    "correction-record.json": "correction-record-1",
    "void-record.json": "void-record-1",
    "void.json": "query-1",
    "decision-voided.json": "answer-1",
    "submission.json": "message-1",
    "batch.json": "batch-1",
    "batch-answer.json": "batch-answer-1",
    "acknowledgement.json": "answer-1",
    "decision.json": "answer-1",
    "decision-returned.json": "answer-1",
    "refusal.json": "answer-1",
    "query.json": "query-1",
    "query-answer.json": "query-answer-1",
    "form.json": "form-1",
    "form-answer.json": "form-answer-1",
    "problem.json": "problem-1",
}


def example(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8").strip()


def answered(token: str) -> protocol.Answer:
    return protocol.open_answer(
        token,
        protocol.key_set(example("province.jwks.json")),
        system_code=PROVINCE,
        idempotency_key=example("submission.json")["body"]["idempotency_key"],
        record_digest=protocol.record_digest(example("record.json")),
    )


@pytest.mark.parametrize(("name", "schema"), SCHEMAS.items())
def test_examples_follow_their_schemas(name: str, schema: str) -> None:
    assert violations(schema, example(name)) == ()


def test_every_schema_has_an_example() -> None:
    assert set(SCHEMAS.values()) == set(NAMES)
    others = {
        "submission.jws",
        "decision.jws",
        "platform.jwks.json",
        "province.jwks.json",
        "employer-root.pem",
    }
    assert {path.name for path in FOLDER.iterdir()} == set(SCHEMAS) | others
    for name in (*SCHEMAS, *others):
        assert f"`{name}`" in TEXT, name


def test_the_example_submission_is_one_that_a_province_would_take() -> None:
    senders = {PLATFORM: protocol.key_set(example("platform.jwks.json"))}
    [item] = example("batch.json")["items"]
    assert item["message"] == text("submission.jws")
    message = protocol.open_message(item["message"], senders, now=NOW)
    assert {"body": message.body} == {"body": example("submission.json")["body"]}
    protocol.check_submission(message, base64.b64decode(item["pdf"]))
    record = message.body["record"]
    assert record == example("record.json")
    root = x509.load_pem_x509_certificate(text("employer-root.pem").encode())
    protocol.verify_record(message.body["employer_signature"], record, [root], at=NOW)
    assert check_record(record, profile_for(record["jurisdiction_code"]), today=NOW.date()) == ()
    for name in ("query.json", "form.json", "void.json"):
        protocol.open_message(example(name)["message"], senders, now=NOW)


LATER = ("renewal", "transfer", "change", "suspension", "resumption", "ending", "correction")


@pytest.mark.parametrize("name", [f"{each}-record.json" for each in LATER])
def test_nothing_is_wrong_with_the_records_of_the_other_filing_types(name: str) -> None:
    record = example(name)
    assert check_record(record, profile_for(record["jurisdiction_code"]), today=NOW.date()) == ()


def test_the_example_answers_verify() -> None:
    assert answered(text("decision.jws")).body == example("decision.json")["body"]
    results = example("batch-answer.json")["results"]
    assert [answered(each["answer"]).kind for each in results if "answer" in each] == ["decision", "refusal"]
    assert answered(example("query-answer.json")["answer"]).state is protocol.State.ACCEPTED
    assert answered(example("form-answer.json")["answer"]).kind is protocol.Kind.SEALED_FORM


def _pointed(name: str) -> Any:
    file, _, pointer = name.partition("#")
    value = example(file)
    for step in pointer.split("/")[1:]:
        value = value[step]
    return value


def _agrees(shown: Any, real: Any) -> bool:
    """`…` in the text stands for anything."""
    if shown == "…":
        return True
    if isinstance(shown, dict) and isinstance(real, dict):
        return shown.keys() == real.keys() and all(_agrees(shown[key], real[key]) for key in shown)
    if isinstance(shown, list) and isinstance(real, list):
        return len(shown) == len(real) and all(map(_agrees, shown, real))
    return bool(shown == real)


def test_the_examples_in_the_text_are_the_examples() -> None:
    blocks = re.findall(r"```json( example=(\S+))?\n(.*?)```", TEXT, re.DOTALL)
    assert len(blocks) >= 6
    for _, name, block in blocks:
        assert name, "a JSON block without an example"
        assert _agrees(json.loads(block), _pointed(name)), name


def test_the_text_names_existing_codes_and_no_code_is_missing_from_the_reference() -> None:
    known = set(protocol.CODES) | set(OPENAPI["paths"])
    for code in re.findall(r"\(`([a-z]+_[a-z_]+)`\)", TEXT):
        assert code in known, code
    assert page() == (DOCS / "filing-reference.md").read_text(encoding="utf-8")


def test_openapi_is_valid_and_its_references_lead_somewhere() -> None:
    bundled = importlib.util.find_spec("drf_spectacular")
    assert bundled is not None
    assert bundled.origin is not None
    rules = json.loads(
        Path(bundled.origin).with_name("validation").joinpath("openapi_3_1_schema.json").read_text()
    )
    jsonschema.validate(OPENAPI, rules)
    found = re.findall(r"(?:\$ref|externalValue): \"?([^\s\"}]+)", (DOCS / "filing-openapi.yaml").read_text())
    assert len(found) > 20
    for reference in found:
        if reference.startswith("#/"):
            section: Any = OPENAPI
            for step in reference.split("/")[1:]:
                section = section[step]
        else:
            assert (DOCS / reference).is_file(), reference


def test_text_and_openapi_name_the_same_addresses() -> None:
    shown = set(re.findall(r"^\| `(?:POST|GET) (\S+)`", TEXT, re.MULTILINE))
    assert shown == set(OPENAPI["paths"])


def test_every_status_of_a_request_is_documented() -> None:
    """Every status of a problem that may answer a whole request; 403 is of single items only."""
    documented = {
        int(status)
        for methods in OPENAPI["paths"].values()
        for operation in methods.values()
        for status in operation["responses"]
    }
    unsigned = {row.status for row in protocol.CODES.values() if not row.signed}
    assert unsigned - documented == {403}
    assert documented - unsigned == {200}
