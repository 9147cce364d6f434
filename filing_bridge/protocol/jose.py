"""Signatures of the protocol: compact JWS (RFC 7515) with ES256, attached or detached.

Signing takes a callable, because keys live in other processes; verifying takes public keys or trust anchors.
`typ` says what a signature is for, so that one can never stand in for another (RFC 8725 section 3.11).
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import verification
from cryptography.x509.oid import NameOID
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from core.canonical import canonical_json
from filing_bridge.protocol.errors import ProtocolError

ALGORITHM = "ES256"
MAX_PAYLOAD = 64 * 1024
MAX_HEADER = 24 * 1024
MAX_CHAIN = 4

Sign = Callable[[bytes], bytes]
"""Takes the JWS signing input; returns the raw 64-byte ES256 signature (RFC 7518 section 3.4)."""


class Purpose(StrEnum):
    """Values of the `typ` header."""

    MESSAGE = "qb-message+jws"
    RECORD = "qb-record+jws"
    ANSWER = "qb-answer+jws"


@dataclass(frozen=True)
class Signer:
    """A key with a name: `kid` is the key's RFC 7638 thumbprint."""

    kid: str
    sign: Sign


@dataclass(frozen=True)
class EmployerIdentity:
    """Whose certificate signed a record."""

    name: str
    uscc: str
    certificate: bytes


@dataclass(frozen=True)
class Verified:
    """A payload and the name of the key that signed it."""

    payload: dict[str, Any]
    kid: str


class _Registry(jws.JWSRegistry):
    max_header_length = MAX_HEADER
    max_payload_length = MAX_PAYLOAD


_REGISTRY = _Registry(algorithms=[ALGORITHM])


def es256(key: ec.EllipticCurvePrivateKey) -> Sign:
    """Sign with a P-256 key held in this process."""
    return lambda data: raw_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))


def raw_signature(der: bytes) -> bytes:
    """An ECDSA signature as most keys give it (DER), in the raw form of JWS: r and s, 32 bytes each."""
    r, s = decode_dss_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def public_jwk(key: ec.EllipticCurvePublicKey) -> dict[str, Any]:
    """The JWK of a P-256 public key, named by its RFC 7638 thumbprint."""
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    imported = ECKey.import_key(pem)
    return {**imported.as_dict(private=False), "kid": imported.thumbprint(), "alg": ALGORITHM, "use": "sig"}


def key_set(jwks: Mapping[str, Any]) -> KeySet:
    """Public keys from a JWK set (RFC 7517). Raises `ValueError` when it is not one of P-256 keys."""
    try:
        keys = [ECKey.import_key(dict(jwk)) for jwk in jwks["keys"]]
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise ValueError("not a JWK set of P-256 keys") from error
    if any(key.kid is None or key.is_private for key in keys):
        raise ValueError("every key needs a kid and must be public")
    return KeySet(list(keys))


def sign_payload(payload: Mapping[str, Any], purpose: Purpose, signer: Signer) -> str:
    """A compact JWS over the canonical JSON of `payload`."""
    header = {"alg": ALGORITHM, "kid": signer.kid, "typ": purpose.value}
    signing_input = f"{_b64(canonical_json(header))}.{_b64(canonical_json(payload))}"
    return f"{signing_input}.{_b64(signer.sign(signing_input.encode()))}"


def verify_payload(token: str, purpose: Purpose, keys: KeySet) -> Verified:
    """The payload of a compact JWS, once its signature, key and purpose have been checked.

    Raises `ProtocolError`: `malformed_message`, `unknown_sender` (no such key) or `signature_invalid`.
    """
    header = _header(token, purpose)
    if header.get("kid") not in {key.kid for key in keys.keys}:
        raise ProtocolError("unknown_sender")
    try:
        payload = jws.deserialize_compact(token, keys, [ALGORITHM], registry=_REGISTRY).payload
    except (JoseError, ValueError) as error:
        raise ProtocolError("signature_invalid") from error
    try:
        parsed = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("malformed_message", "the payload is not JSON") from error
    if not isinstance(parsed, dict) or not _canonical(parsed, payload):
        raise ProtocolError("malformed_message", "the payload is not an object in RFC 8785 form")
    return Verified(parsed, header["kid"])


def sign_record(record: Mapping[str, Any], chain: Sequence[bytes], sign: Sign) -> str:
    """The employer's detached JWS over the canonical record; `chain` is in DER, the signer's first."""
    x5c = [base64.b64encode(certificate).decode() for certificate in chain]
    header = _b64(canonical_json({"alg": ALGORITHM, "typ": Purpose.RECORD.value, "x5c": x5c}))
    signature = sign(f"{header}.{_b64(canonical_json(record))}".encode())
    return f"{header}..{_b64(signature)}"


def verify_record(
    token: str, record: Mapping[str, Any], anchors: Sequence[x509.Certificate], *, at: datetime
) -> EmployerIdentity:
    """Whose key signed this record: the path of the certificate in the header leads to an anchor at `at`.

    Revocation is not asked here. Raises `ProtocolError`: `employer_signature_invalid`,
    `employer_certificate_untrusted`, or `employer_mismatch` when the certificate names another unified
    social credit code than the record.
    """
    try:
        header = _header(token, Purpose.RECORD)
        leaf, *intermediates = _chain(header)
        key = ECKey.import_key(
            leaf.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )
        jws.deserialize_compact(token, key, [ALGORITHM], registry=_REGISTRY, payload=canonical_json(record))
    except (JoseError, ProtocolError, ValueError) as error:
        raise ProtocolError("employer_signature_invalid") from error
    _check_path(leaf, intermediates, anchors, at)
    identity = EmployerIdentity(
        _subject(leaf, NameOID.ORGANIZATION_NAME), certificate_uscc(leaf), leaf.public_bytes(Encoding.DER)
    )
    if identity.uscc != record["employer"]["uscc"]:
        raise ProtocolError("employer_mismatch")
    return identity


def certificate_uscc(certificate: x509.Certificate) -> str:
    """The unified social credit code in a subject: organizationIdentifier, else serialNumber; or empty.

    organizationIdentifier may carry the prefix `NTRCN-` of ETSI EN 319 412-1 section 5.1.4.
    """
    return _subject(certificate, NameOID.ORGANIZATION_IDENTIFIER).removeprefix("NTRCN-") or _subject(
        certificate, NameOID.SERIAL_NUMBER
    )


def _check_path(
    leaf: x509.Certificate,
    intermediates: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    at: datetime,
) -> None:
    end_entity = verification.ExtensionPolicy.permit_all().require_present(
        x509.KeyUsage, verification.Criticality.AGNOSTIC, _signs
    )
    builder = (
        verification.PolicyBuilder()
        .store(verification.Store(list(anchors)))
        .time(at)
        .max_chain_depth(MAX_CHAIN)
        .extension_policies(ca_policy=verification.ExtensionPolicy.webpki_defaults_ca(), ee_policy=end_entity)
    )
    try:
        builder.build_client_verifier().verify(leaf, list(intermediates))
    except (verification.VerificationError, ValueError) as error:
        raise ProtocolError("employer_certificate_untrusted", str(error)[:200]) from error


def _signs(_policy: object, _certificate: object, usage: x509.KeyUsage | None) -> None:
    if usage is None or not (usage.digital_signature or usage.content_commitment):
        raise ValueError("the certificate is not for signatures")


def _header(token: str, purpose: Purpose) -> dict[str, Any]:
    if not re.fullmatch(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+", token):
        raise ProtocolError("malformed_message", "not a compact JWS")
    try:
        header = json.loads(_unb64(token.partition(".")[0]))
    except (ValueError, RecursionError) as error:
        raise ProtocolError("malformed_message", "the header cannot be read") from error
    if not isinstance(header, dict) or header.get("alg") != ALGORITHM or header.get("typ") != purpose.value:
        raise ProtocolError("malformed_message", f"alg must be {ALGORITHM} and typ {purpose.value}")
    return header


def _chain(header: Mapping[str, Any]) -> list[x509.Certificate]:
    x5c = header.get("x5c")
    if not isinstance(x5c, list) or not 1 <= len(x5c) <= MAX_CHAIN:
        raise ValueError("x5c is missing or too long")
    return [x509.load_der_x509_certificate(base64.b64decode(each, validate=True)) for each in x5c]


def _subject(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    values = certificate.subject.get_attributes_for_oid(oid)
    return str(values[0].value) if values else ""


def _canonical(parsed: Mapping[str, Any], payload: bytes) -> bool:
    try:
        return canonical_json(parsed) == payload
    except (ValueError, RecursionError):
        return False


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
