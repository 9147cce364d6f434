"""The steps before the signature: their order, the texts, the pages, the place."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import uuid4

import pytest

from signing.models import Consent, Placement, SignatureRequest
from signing.services.texts import current_texts
from tests.support.signing import (
    CANVAS,
    STROKES,
    Phone,
    make_request,
    prepared,
    refused,
    snapshot,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders", "heard")]
BOX = {"page": 1, "x": 0.1, "y": 0.1, "w": 0.3, "h": 0.1}


def _place(phone: Phone, digest: str) -> Any:
    body = {"document_sha256": digest, "box": BOX, "strokes": STROKES, "canvas": CANVAS}
    return phone.post("place", body)


STEPS: dict[str, Callable[[Phone, str], Any]] = {
    "read": lambda phone, digest: phone.post("read", {"document_sha256": digest, "dwell_ms": [1] * 4}),
    "place": _place,
    "code": lambda phone, digest: phone.post("code", {"document_sha256": digest}),
    "confirm": lambda phone, digest: phone.post("confirm", {"document_sha256": digest, "code": "123456"}),
    "refuse": lambda phone, digest: phone.post("refuse", {"reason": "不同意"}),
}


@pytest.mark.parametrize("step", STEPS)
def test_no_step_before_the_phone_is_proved(step: str) -> None:
    request = make_request()
    phone = Phone().open_link()
    before = snapshot()
    refused(STEPS[step](phone, request.current_digest), "step_missing", before)


@pytest.mark.parametrize("step", ["read", "place", "code", "confirm"])
def test_no_reading_before_the_notices_are_accepted(step: str) -> None:
    make_request()
    phone = Phone().open_link().identify()
    before = snapshot()
    refused(STEPS[step](phone, phone.digest), "step_missing", before)


@pytest.mark.parametrize("step", ["place", "code", "confirm"])
def test_no_placing_before_reading(step: str) -> None:
    make_request()
    phone = Phone().open_link().identify().accept()
    before = snapshot()
    refused(STEPS[step](phone, phone.digest), "step_missing", before)


@pytest.mark.parametrize("step", ["code", "confirm"])
def test_no_code_before_placing(step: str) -> None:
    make_request()
    phone = Phone().open_link().identify().accept().read()
    before = snapshot()
    refused(STEPS[step](phone, phone.digest), "step_missing", before)


@pytest.mark.parametrize("step", ["read", "place", "code", "confirm"])
def test_the_digest_must_be_that_of_the_present_document(step: str) -> None:
    make_request()
    phone = Phone().prepare_to_sign()
    before = snapshot()
    answer = STEPS[step](phone, "0" * 64)
    assert answer.code in ("document_changed", "step_missing")
    assert snapshot() == before


def test_consents_are_kept_with_the_hash_of_the_words() -> None:
    make_request()
    Phone().open_link().accept()
    texts = current_texts()
    assert set(Consent.objects.values_list("kind", "version", "text_digest")) == {
        (kind, text.version, text.digest) for kind, text in texts.items()
    }


def test_texts_that_cannot_be_accepted() -> None:
    make_request()
    phone = Phone().open_link()
    before = snapshot()
    refused(phone.post("consents", {"kind": "privacy", "version": 99}), "consent_outdated", before)
    refused(phone.post("consents", {"kind": "everything", "version": 1}), "consent_unknown", before)
    refused(phone.post("consents", {"kind": "privacy", "version": 1, "x": 1}), "invalid_input", before)


def test_every_page_must_have_been_read() -> None:
    make_request()
    phone = Phone().open_link().identify().accept()
    before = snapshot()
    answer = phone.post("read", {"document_sha256": phone.digest, "dwell_ms": [1000] * 3})
    refused(answer, "pages_unread", before)
    assert "1 页" in answer.body["title"]
    answer = phone.post("read", {"document_sha256": phone.digest, "dwell_ms": [1000] * 5})
    refused(answer, "invalid_input", before)


@pytest.mark.parametrize(
    ("box", "code"),
    [
        ({**BOX, "x": 0.8}, "place_outside_page"),
        ({**BOX, "y": -0.01}, "place_outside_page"),
        ({**BOX, "page": 5}, "place_outside_page"),
        ({**BOX, "w": 0.001}, "place_too_small"),
        (asdict(prepared()[1]["employer"]), "place_overlaps"),
    ],
)
def test_places_that_are_refused(box: dict[str, Any], code: str) -> None:
    make_request()
    phone = Phone().open_link().identify().accept().read()
    before = snapshot()
    refused(phone.place(box=box), code, before)


def test_a_place_outside_the_zone_is_refused() -> None:
    request = make_request()
    request.parties.filter(role="worker").update(zone={**BOX, "h": 0.2})
    phone = Phone().open_link().identify().accept().read()
    before = snapshot()
    refused(phone.place(box={**BOX, "y": 0.25}), "place_outside_zone", before)
    assert phone.place(box={**BOX, "y": 0.2}).status == 201


def test_signatures_that_are_refused() -> None:
    make_request()
    phone = Phone().open_link().identify().accept().read()
    before = snapshot()
    refused(phone.place(strokes=None, canvas=None), "signature_empty", before)
    refused(phone.place(typed_name="买买提·吐尔逊"), "signature_empty", before)
    refused(phone.place(strokes=None, canvas=None, typed_name="测试乙"), "typed_name_differs", before)
    refused(phone.place(strokes=[[[5, 5]]]), "mark_unreadable", before)
    refused(phone.place(strokes=[[[5, 5], [900, 5]]]), "mark_unreadable", before)
    refused(phone.place(strokes=[[["a", 5]]]), "invalid_input", before)
    refused(phone.place(canvas=None), "invalid_input", before)


def test_speed_and_pressure_are_kept_only_with_the_separate_consent() -> None:
    for consent, length in ((False, 2), (True, 4)):
        make_request()
        Phone().open_link().identify().accept(strokes=consent).read().place()
        newest = Placement.objects.order_by("-pk")[0]
        assert len(newest.strokes["lines"][0][0]) == length


def test_a_typed_name_serves_as_well() -> None:
    make_request()
    phone = Phone().open_link().identify().accept().read()
    assert phone.place(strokes=None, canvas=None, typed_name="买买提•吐尔逊").status == 201


def test_the_sender_may_want_a_written_name_and_no_stroke_data() -> None:
    request = make_request()
    SignatureRequest.objects.filter(pk=request.pk).update(typed_names=False, stroke_data=False)
    phone = Phone().open_link().identify()
    assert "stroke_data" not in {text["kind"] for text in phone.get("consents").body}
    phone.accept().read()
    assert phone.get("session").body["personal"]["typed_names"] is False
    before = snapshot()
    refused(phone.get("typed-name"), "typed_name_not_allowed", before)
    typed = phone.place(strokes=None, canvas=None, typed_name="买买提·吐尔逊")
    refused(typed, "typed_name_not_allowed", before)
    refused(phone.post("consents", {"kind": "stroke_data", "version": 1}), "consent_unknown", before)


def test_the_document_in_words_is_told_after_identity_and_notices_only() -> None:
    make_request()
    phone = Phone().open_link()
    before = snapshot()
    refused(phone.get("companion"), "step_missing", before)
    phone.identify().accept()
    told = phone.get("companion").body
    assert (told["contact_name"], told["contact_phone"]) == ("测试人事", "0533-0000000")
    assert told["summary"][0]["value_en"] == "Fitter"
    assert [section["heading"] for section in told["sections"]] == ["一、岗位", "二、报酬"]


def test_a_request_without_words_has_none() -> None:
    request = make_request()
    SignatureRequest.objects.filter(pk=request.pk).update(companion_digest="")
    phone = Phone().open_link().identify().accept()
    assert phone.get("companion").body == {
        "contact_name": "", "contact_phone": "", "summary": [], "sections": [],
    }  # fmt: skip


def test_malformed_and_foreign_input() -> None:
    make_request()
    phone = Phone().open_link()
    before = snapshot()
    headers = {"Authorization": f"Bearer {phone.secret}", "Idempotency-Key": uuid4().hex}
    url = "/api/v1/sign/identity/"
    broken = phone.client.post(url, "{", content_type="application/json", headers=headers)
    assert broken.json()["code"] == "malformed_json"
    form = phone.client.post(url, {"name": "x"}, headers=headers)
    assert form.json()["code"] == "unsupported_media_type"
    keyless = {"Authorization": f"Bearer {phone.secret}"}
    missing = phone.client.post(url, {"name": "x"}, format="json", headers=keyless)
    assert missing.json()["code"] == "idempotency_key_required"
    assert snapshot() == before
