"""The keyroom gives no key without an authorisation that fits: signer, document, purpose, time, nonce."""

import base64
import json
import random
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from cryptography.x509.oid import NameOID
from joserfc.jwk import ECKey

from core import clock
from core.canonical import canonical_json
from core.errors import Refused
from signing.models import UsedNonce
from signing.services import keyroom
from tests.support.signing import LEGAL_NAME, USCC

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
TENANT = UUID("11111111-1111-4111-8111-111111111111")
CLAIMS = {"signer": f"organisation:{TENANT}", "document_sha256": "a" * 64, "subject": "filing:1"}


def authorisation(**changes: str) -> str:
    return keyroom.authorise(**{**CLAIMS, **changes}, valid_for=timedelta(minutes=5))


def test_an_authorisation_says_exactly_what_was_asked() -> None:
    claims = keyroom.verify(authorisation(), **CLAIMS)
    assert {
        "signer": claims.signer,
        "document_sha256": claims.document_sha256,
        "subject": claims.subject,
    } == CLAIMS


@pytest.mark.parametrize(
    "changes",
    [
        {"signer": "organisation:22222222-2222-4222-8222-222222222222"},
        {"document_sha256": "b" * 64},
        {"subject": "filing:2"},
    ],
    ids=["signer", "document", "purpose"],
)
def test_for_anything_else_it_is_worth_nothing(changes: dict[str, str]) -> None:
    with pytest.raises(Refused, match="authorisation_invalid"):
        keyroom.verify(authorisation(), **{**CLAIMS, **changes})


def test_it_expires() -> None:
    token = authorisation()
    with (
        time_machine.travel(clock.now() + timedelta(minutes=5, seconds=1), tick=False),
        pytest.raises(Refused, match="authorisation_expired"),
    ):
        keyroom.verify(token, **CLAIMS)


def test_no_change_of_any_character_is_believed() -> None:
    token = authorisation()
    chance = random.Random(20261121)
    for _ in range(300):
        place = chance.randrange(len(token))
        other = chance.choice([c for c in "abcdefABCDEF0123456789+-_=." if c != token[place]])
        forged = token[:place] + other + token[place + 1 :]
        if (
            base64_bytes(forged) == base64_bytes(token)
            and forged.partition(".")[2] == token.partition(".")[2]
        ):
            continue  # only another spelling of the very same bytes
        with pytest.raises(Refused, match="authorisation_invalid"):
            keyroom.verify(forged, **CLAIMS)


def base64_bytes(token: str) -> bytes | None:
    try:
        return base64.urlsafe_b64decode(token.partition(".")[0])
    except ValueError:
        return None


def test_claims_written_without_the_key_are_not_believed() -> None:
    body = canonical_json({**CLAIMS, "expires": 4_000_000_000_000_000, "nonce": "n" * 32})
    forged = f"{base64.urlsafe_b64encode(body).decode()}.{'0' * 64}"
    with pytest.raises(Refused, match="authorisation_invalid"):
        keyroom.verify(forged, **CLAIMS)


def test_another_key_writes_nothing_that_is_believed(settings: Any) -> None:
    token = authorisation()
    settings.AUTHORISATION_KEY = "another key"
    with pytest.raises(Refused, match="authorisation_invalid"):
        keyroom.verify(token, **CLAIMS)


@pytest.mark.usefixtures("authorities")
def test_a_retry_may_come_again_but_a_nonce_serves_one_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    keyroom.enrol_organisation_key(tenant=TENANT, legal_name=LEGAL_NAME, uscc=USCC, actor="user:1")
    opened: dict[str, Any] = {"tenant": TENANT, "document_sha256": "a" * 64, "subject": "filing:1"}
    token = authorisation()
    first = keyroom.open_organisation_key(token, **opened)
    assert keyroom.open_organisation_key(token, **opened) is first
    assert UsedNonce.objects.count() == 1
    nonce = keyroom.verify(token, **CLAIMS).nonce
    monkeypatch.setattr("secrets.token_urlsafe", lambda length: nonce)
    with pytest.raises(Refused, match="authorisation_replayed"):
        keyroom.open_organisation_key(authorisation(subject="filing:2"), **{**opened, "subject": "filing:2"})


@pytest.mark.usefixtures("authorities")
def test_an_organisation_signs_with_its_own_name_and_code(settings: Any) -> None:
    keyroom.enrol_organisation_key(tenant=TENANT, legal_name=LEGAL_NAME, uscc=USCC, actor="user:1")
    opened: dict[str, Any] = {"tenant": TENANT, "document_sha256": "a" * 64, "subject": "filing:1"}
    key = keyroom.open_organisation_key(authorisation(), **opened)
    subject = key.certificate.subject
    assert subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == LEGAL_NAME
    assert subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER)[0].value == f"NTRCN-{USCC}"
    (path,) = Path(settings.SIGNER_KEYS_DIR).glob("organisations/*.pem")
    assert b"ENCRYPTED PRIVATE KEY" in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.usefixtures("authorities")
def test_a_new_generation_has_a_new_key() -> None:
    opened: dict[str, Any] = {"tenant": TENANT, "document_sha256": "a" * 64, "subject": "filing:1"}
    keys = []
    for name in (LEGAL_NAME, "新名称（淄博）有限公司"):
        keyroom.enrol_organisation_key(tenant=TENANT, legal_name=name, uscc=USCC, actor="user:1")
        keys.append(keyroom.open_organisation_key(authorisation(), **opened))
    assert keys[0].certificate.public_key() != keys[1].certificate.public_key()


@pytest.mark.usefixtures("authorities")
def test_a_certificate_about_to_expire_is_replaced() -> None:
    keyroom.enrol_organisation_key(tenant=TENANT, legal_name=LEGAL_NAME, uscc=USCC, actor="user:1")
    old = keyroom.organisation_key(TENANT)
    assert keyroom.organisation_key(TENANT) is old
    with time_machine.travel(old.certificate.not_valid_after_utc - timedelta(days=29), tick=False):
        new = keyroom.organisation_key(TENANT)
    assert new.certificate.serial_number != old.certificate.serial_number
    assert keyroom.organisation_key(TENANT).certificate == new.certificate


@pytest.mark.usefixtures("authorities")
def test_a_person_gets_a_key_for_one_signature_without_the_number_in_it() -> None:
    party = uuid4()
    token = authorisation(signer=f"party:{party}", subject="job:1")
    opened: dict[str, Any] = {
        "party_id": party,
        "name": "测试甲",
        "reference": "ref",
        "document_sha256": "a" * 64,
    }
    keys = [keyroom.issue_person_key(token, **opened, subject="job:1") for _ in range(2)]
    assert keys[0].certificate.serial_number != keys[1].certificate.serial_number
    lives = keys[0].certificate.not_valid_after_utc - keys[0].certificate.not_valid_before_utc
    assert lives <= timedelta(days=2)


def test_the_platforms_key_is_made_once_and_published() -> None:
    key = keyroom.open_platform_key()
    assert keyroom.open_platform_key() is key
    (jwk,) = keyroom.platform_jwks()["keys"]
    assert "d" not in jwk
    assert (jwk["alg"], jwk["use"], jwk["crv"]) == ("ES256", "sig", "P-256")
    assert jwk["kid"] == ECKey.import_key(jwk).thumbprint()
    assert json.dumps(jwk)


@pytest.mark.parametrize(
    "open_key",
    [keyroom.open_platform_key, keyroom.platform_jwks, lambda: keyroom.organisation_key(TENANT)],
)
def test_without_the_passphrase_nothing_opens(settings: Any, open_key: Callable[[], object]) -> None:
    settings.SIGNER_PASSPHRASE = ""
    with pytest.raises(Exception, match="only the signer process"):
        open_key()
