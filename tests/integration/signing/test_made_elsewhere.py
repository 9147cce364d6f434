"""B16: documents signed on other platforms pass without our form, but not without unbroken signatures."""

from datetime import UTC, datetime

import pytest
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signing.pades.validate import validate
from tests.integration.signing.test_tampering import appended, codes
from tests.support.contract_facts import sample_facts
from tests.support.pki import RunningPki
from tests.support.signed_contracts import Authorities
from tests.support.signed_elsewhere import sign_elsewhere


@pytest.fixture(scope="module")
def authorities(pki: RunningPki) -> Authorities:
    return Authorities(pki)


@pytest.fixture(scope="module")
def document(authorities: Authorities) -> bytes:
    return sign_elsewhere(authorities, sample_facts("general")).pdf


def test_b16_what_is_neither_certified_nor_locked_passes_only_as_made_elsewhere(
    authorities: Authorities, document: bytes
) -> None:
    assert validate(document, [authorities.root], made_elsewhere=True).ok
    assert codes(validate(document, [authorities.root])) == {"not_certified"}


def test_b16_nothing_may_be_added_after_the_last_signature(authorities: Authorities, document: bytes) -> None:
    def mark(writer: IncrementalPdfFileWriter) -> None:
        writer.root[pdf_name("/Marked")] = pdf_name("/Yes")
        writer.update_root()

    verdict = validate(appended(document, mark), [authorities.root], made_elsewhere=True)
    assert not verdict.ok
    assert "archive_missing" in codes(verdict)


def test_b16_a_flipped_byte_is_refused(authorities: Authorities, document: bytes) -> None:
    for position in range(200, len(document), len(document) // 40):
        bad = bytearray(document)
        bad[position] ^= 1
        assert not validate(bytes(bad), [authorities.root], made_elsewhere=True).ok, position


def test_b16_it_is_judged_under_the_trust_list_that_is_given(
    authorities: Authorities, rsa_pki: RunningPki, document: bytes
) -> None:
    stranger = Authorities(rsa_pki)
    verdict = validate(document, [stranger.root], at=datetime.now(UTC), made_elsewhere=True)
    assert not verdict.ok
