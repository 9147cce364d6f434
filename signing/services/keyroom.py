"""The keyroom: no key without an authorisation that names signer, document, purpose and expiry.

Any process may write an authorisation (`authorise`); only the signer process, which alone is given
SIGNER_PASSPHRASE and SIGNER_KEYS_DIR, can turn one into a key, and it believes nothing but what it verifies
itself.
"""

import base64
import binascii
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction

from core import audit, clock, work
from core.canonical import canonical_json, sha256_hex
from core.errors import Refused
from signing.keys.authority import OrganisationSubject, WorkerSubject
from signing.keys.errors import CertificateUnavailable
from signing.keys.signing_key import SigningKey
from signing.models import OrganisationKey, UsedNonce
from signing.services import keystore, outside

ASK_AGAIN_AFTER = timedelta(seconds=30)
RENEW_BEFORE = timedelta(days=30)
DOMAIN = b"qianbei authorisation 1\0"


@dataclass(frozen=True)
class Claims:
    """What an authorisation says. `expires` counts microseconds since the epoch."""

    signer: str
    document_sha256: str
    subject: str
    expires: int
    nonce: str


def authorise(*, signer: str, document_sha256: str, subject: str, valid_for: timedelta) -> str:
    """Authorise one signature: by `signer`, over this document, for `subject`, until `valid_for` has passed.

    `signer` is `party:<uuid>` or `organisation:<tenant uuid>`; `subject` is what the signature is for
    (`kind:identifier`). Touches neither database nor network.
    """
    claims = Claims(
        signer, document_sha256, subject, clock.micros(clock.now() + valid_for), secrets.token_urlsafe(24)
    )
    body = canonical_json(asdict(claims))
    return f"{base64.urlsafe_b64encode(body).decode()}.{_mac(body)}"


def verify(authorisation: str, *, signer: str, document_sha256: str, subject: str) -> Claims:
    """Believe an authorisation only if we wrote it, it is for exactly this, and it has not expired.

    Raises `authorisation_invalid` or `authorisation_expired`.
    """
    claims = _read(authorisation)
    if (claims.signer, claims.document_sha256, claims.subject) != (signer, document_sha256, subject):
        raise Refused("authorisation_invalid")
    if claims.expires <= clock.micros(clock.now()):
        raise Refused("authorisation_expired")
    return claims


def issue_person_key(
    authorisation: str, *, party_id: UUID, name: str, reference: str, document_sha256: str, subject: str
) -> SigningKey:
    """A new key with a one-shot certificate for a person, to be dropped after this signature.

    `reference` distinguishes namesakes in the certificate; it is not the identity number. Raises the
    refusals of `verify`, `authorisation_replayed`, `certificate_unavailable` and `certificate_refused`.
    """
    _spend(
        verify(authorisation, signer=f"party:{party_id}", document_sha256=document_sha256, subject=subject)
    )
    _require_signer_process()
    return outside.certificate_authority().issue_worker(WorkerSubject(name, reference))


def open_organisation_key(
    authorisation: str, *, tenant: UUID, document_sha256: str, subject: str
) -> SigningKey:
    """An organisation's key; it is made and certified at its first use.

    Raises the refusals of `verify`, `authorisation_replayed`, `organisation_not_enrolled`,
    `certificate_unavailable` and `certificate_refused`.
    """
    signer = f"organisation:{tenant}"
    _spend(verify(authorisation, signer=signer, document_sha256=document_sha256, subject=subject))
    return organisation_key(tenant)


def enrol_organisation_key(*, tenant: UUID, legal_name: str, uscc: str, actor: str) -> None:
    """Record to whom an organisation's certificate is to be issued, and have the signer fetch it soon.

    The same name and code again change nothing; others start a new generation with a new key.
    """
    with transaction.atomic():
        row, created = OrganisationKey.objects.get_or_create(
            tenant=tenant, defaults={"legal_name": legal_name, "uscc": uscc}
        )
        if not created:
            if (row.legal_name, row.uscc) == (legal_name, uscc):
                return
            row.legal_name, row.uscc, row.generation = legal_name, uscc, row.generation + 1
            row.save()
        audit.record(
            "organisation.enrolled", subject=f"organisation:{tenant}", actor=actor, tenant=tenant,
            detail={"uscc": uscc, "generation": row.generation},
        )  # fmt: skip
        work.enqueue("signing.enrol", str(tenant))


def fetch_organisation_key(tenant_id: str) -> None:
    """Have an organisation's key and certificate ready before the first signature waits for it."""
    try:
        organisation_key(UUID(tenant_id))
    except CertificateUnavailable as error:
        raise work.Later(clock.now() + ASK_AGAIN_AFTER) from error


def organisation_key(tenant: UUID) -> SigningKey:
    """The present generation's key, from the signer's folder or newly certified. Signer process only.

    A certificate that is about to expire is not used any more: the next generation begins.
    """
    _require_signer_process()
    row = OrganisationKey.objects.filter(tenant=tenant).first()
    if row is None:
        raise Refused("organisation_not_enrolled")
    label = f"organisations/{tenant}-{row.generation}"
    key = keystore.load_certified(label)
    if key is not None and key.certificate.not_valid_after_utc - clock.now() < RENEW_BEFORE:
        present = OrganisationKey.objects.filter(tenant=tenant, generation=row.generation)
        present.update(generation=row.generation + 1)
        label = f"organisations/{tenant}-{row.generation + 1}"
        key = keystore.load_certified(label)
    if key is None:
        subject = OrganisationSubject(row.legal_name, row.uscc)
        key = keystore.keep_certified(label, outside.certificate_authority().issue_organisation(subject))
    ends = key.certificate.not_valid_after_utc
    if row.not_after != ends:
        OrganisationKey.objects.filter(tenant=tenant).update(not_after=ends, warned_days=None)
    return key


def open_platform_key() -> EllipticCurvePrivateKey:
    """The platform's P-256 key for JWS (ES256), made at first use. Signer process only."""
    _require_signer_process()
    return keystore.platform_key()


def platform_jwks() -> dict[str, Any]:
    """The public JWK set (RFC 7517) by which others verify what the platform signs. Signer process only."""
    _require_signer_process()
    return keystore.jwks(keystore.platform_key().public_key())


def _require_signer_process() -> None:
    if not settings.SIGNER_PASSPHRASE:
        raise ImproperlyConfigured("only the signer process, which has SIGNER_PASSPHRASE, opens keys")


def _mac(body: bytes) -> str:
    return hmac.new(settings.AUTHORISATION_KEY.encode(), DOMAIN + body, sha256).hexdigest()


def _read(authorisation: str) -> Claims:
    encoded, _, mac = authorisation.partition(".")
    try:
        body = base64.urlsafe_b64decode(encoded)
        if not hmac.compare_digest(_mac(body).encode(), mac.encode()):
            raise Refused("authorisation_invalid")
        return Claims(**json.loads(body))
    except (binascii.Error, ValueError, TypeError) as error:
        raise Refused("authorisation_invalid") from error


def _spend(claims: Claims) -> None:
    """Use the nonce. The very same authorisation may come again (a retry); another with its nonce may not."""
    digest = sha256_hex(canonical_json(asdict(claims)))
    try:
        with transaction.atomic():
            UsedNonce.objects.create(nonce=claims.nonce, claims_digest=digest, used_at=clock.now())
    except IntegrityError as error:
        if not UsedNonce.objects.filter(nonce=claims.nonce, claims_digest=digest).exists():
            raise Refused("authorisation_replayed") from error
