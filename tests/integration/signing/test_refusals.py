"""What the signing flow refuses, with which code, and that nothing comes of it."""

import dataclasses
import socket
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest

from signing.keys.errors import ClockSkew, TimeStampUnavailable
from signing.keys.http import Exchange
from signing.keys.timestamp import TimeStampAuthority
from signing.pades import (
    Box,
    FieldSpec,
    MarkRefused,
    PlaceRefused,
    Seal,
    SigningRefused,
    archive,
    prepare,
    sign_first,
    sign_next,
)
from tests.support.ceremony import Ceremony, fields
from tests.support.pki import time_stamps
from tests.support.sample_pdf import sample_pdf


def test_a_field_is_signed_once(ceremony: Ceremony) -> None:
    for sign in (sign_first, sign_next):
        with pytest.raises(SigningRefused) as caught:
            sign(ceremony.first, ceremony.worker, ceremony.tsa)
        assert caught.value.code == "field_already_signed"
    with pytest.raises(SigningRefused) as caught:
        sign_next(ceremony.second, ceremony.employer, ceremony.tsa, ceremony.completion)
    assert caught.value.code == "field_already_signed"


def test_nobody_signs_out_of_turn(ceremony: Ceremony) -> None:
    with pytest.raises(SigningRefused) as caught:
        sign_first(ceremony.base, ceremony.employer, ceremony.tsa, ceremony.completion)
    assert caught.value.code == "signing_out_of_turn"
    with pytest.raises(SigningRefused) as caught:
        sign_next(ceremony.base, ceremony.worker, ceremony.tsa)
    assert caught.value.code == "signing_out_of_turn"
    with pytest.raises(SigningRefused) as caught:
        sign_first(ceremony.first, ceremony.employer, ceremony.tsa, ceremony.completion)
    assert caught.value.code == "signing_out_of_turn"


def test_a_field_must_exist(ceremony: Ceremony) -> None:
    with pytest.raises(SigningRefused) as caught:
        sign_first(ceremony.base, dataclasses.replace(ceremony.worker, field="guardian"), ceremony.tsa)
    assert caught.value.code == "field_unknown"


def test_the_last_signature_and_only_that_carries_the_completion(ceremony: Ceremony) -> None:
    with pytest.raises(ValueError, match="completion"):
        sign_first(ceremony.base, ceremony.worker, ceremony.tsa, ceremony.completion)
    with pytest.raises(ValueError, match="completion"):
        sign_next(ceremony.first, ceremony.employer, ceremony.tsa)


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (Box(4, 0.9, 0.1, 0.2, 0.1), "place_outside_page"),
        (Box(5, 0.1, 0.1, 0.2, 0.1), "place_outside_page"),
        (Box(0, 0.1, 0.1, 0.2, 0.1), "place_outside_page"),
        (Box(1, 0.1, 0.1, 0.01, 0.01), "place_too_small"),
        (Box(4, 0.4, 0.1, 0.2, 0.1), "place_overlaps"),  # the employer's zone
        (Box(1, 0.85, 0.45, 0.15, 0.1), "place_overlaps"),  # the strip of the cross-page seal
    ],
)
def test_where_the_first_party_may_not_sign(ceremony: Ceremony, place: Box, code: str) -> None:
    with pytest.raises(PlaceRefused) as caught:
        sign_first(ceremony.base, dataclasses.replace(ceremony.worker, place=place), ceremony.tsa)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (Box(4, 0.4, 0.1, 0.2, 0.1), "place_outside_zone"),
        (Box(1, 0.6, 0.1, 0.2, 0.1), "place_outside_zone"),
        (Box(4, 0.6, 0.35, 0.2, 0.1), "place_outside_zone"),
        (Box(4, 0.6, 0.1, 0.01, 0.01), "place_too_small"),
        (Box(4, 0.6, 0.1, float("nan"), 0.1), "place_outside_page"),
    ],
)
def test_where_a_later_party_may_not_sign(ceremony: Ceremony, place: Box, code: str) -> None:
    with pytest.raises(PlaceRefused) as caught:
        sign_next(
            ceremony.first,
            dataclasses.replace(ceremony.employer, place=place),
            ceremony.tsa,
            ceremony.completion,
        )
    assert caught.value.code == code


@pytest.mark.parametrize("fault", ["down", "slow", "garbage"])
def test_without_a_time_stamp_nothing_is_signed(ceremony: Ceremony, fault: str) -> None:
    """No step yields a byte, and the next attempt succeeds from where it was."""
    tsa = time_stamps(ceremony.pki, deadline=0.5)
    assert tsa.token_size  # so that the fault hits the stamp itself
    with ceremony.pki.fault("tsa", fault):
        steps: list[Callable[[], bytes]] = [
            lambda: sign_first(ceremony.base, ceremony.worker, tsa),
            lambda: sign_next(ceremony.first, ceremony.employer, tsa, ceremony.completion),
            lambda: archive(ceremony.second, tsa),
        ]
        for step in steps:
            with pytest.raises(TimeStampUnavailable) as caught:
                step()
            assert caught.value.code == "time_stamp_unavailable"
    assert sign_first(ceremony.base, ceremony.worker, tsa)


def test_a_tsa_that_was_never_there_refuses_before_the_key_is_used(ceremony: Ceremony) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/tsa"
        tsa = TimeStampAuthority(url, [], exchange=Exchange(deadline=0.5))
        with pytest.raises(TimeStampUnavailable):
            sign_first(ceremony.base, ceremony.worker, tsa)


def test_a_tsa_with_a_wrong_clock_is_refused(ceremony: Ceremony) -> None:
    tsa = time_stamps(ceremony.pki)
    assert tsa.token_size
    with ceremony.pki.fault("tsa", "skewed"), pytest.raises(ClockSkew):
        sign_first(ceremony.base, ceremony.worker, tsa)


@pytest.mark.parametrize("junk", [b"", b"%PDF-1.7\n", b"\x00" * 5000, sample_pdf()[0] + b"\n"])
def test_a_file_that_was_not_prepared_is_refused(ceremony: Ceremony, junk: bytes) -> None:
    with pytest.raises(SigningRefused) as caught:
        sign_first(junk, ceremony.worker, ceremony.tsa)
    assert caught.value.code == "document_not_prepared"
    if not junk.startswith(b"%PDF-1.7\n%"):
        with pytest.raises(SigningRefused):
            prepare(junk, fields())


def test_what_cannot_be_prepared(ceremony: Ceremony) -> None:
    with pytest.raises(SigningRefused):
        prepare(ceremony.base, fields())  # twice
    locked = BytesIO()
    with pikepdf.open(BytesIO(sample_pdf()[0])) as document:
        document.save(locked, encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(SigningRefused):
        prepare(locked.getvalue(), fields())
    worker, employer = fields()
    with pytest.raises(PlaceRefused) as caught:
        prepare(sample_pdf()[0], [worker, dataclasses.replace(employer, zone=Box(4, 0, 0, 1, 1))])
    assert caught.value.code == "place_overlaps"
    outside = FieldSpec("worker", "x", Box(4, 0.5, 0.5, 0.6, 0.1))
    with pytest.raises(PlaceRefused):
        prepare(sample_pdf()[0], [outside])
    with pytest.raises(ValueError, match="named differently"):
        prepare(sample_pdf()[0], [worker, worker])


def test_a_name_that_no_font_can_draw_is_refused(ceremony: Ceremony) -> None:
    party = dataclasses.replace(ceremony.worker, mark=Seal("\U000e0041有限公司"))
    with pytest.raises(MarkRefused) as caught:
        sign_first(ceremony.base, party, ceremony.tsa)
    assert caught.value.code == "mark_character_missing"
    assert "\U000e0041" in caught.value.message("zh")
