"""Checks an RFC 3161 token that stands by itself, against a trust root and the certificates at hand.

Whether the authority's certificate was revoked cannot be seen from such a token; the time-stamps inside
signed documents carry that proof, and the verifier says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, tsp
from cryptography.x509 import BasicConstraints, Certificate

from signing.keys.timestamp import verified_signer

MAX_CHAIN = 4


@dataclass(frozen=True)
class TokenCheck:
    """How a token came out. `at` is the time it states (UTC-aware), None when it is not believed."""

    at: datetime | None
    problem: str = ""

    @property
    def ok(self) -> bool:
        return self.at is not None


def check_token(
    token: bytes, digest: bytes, *, roots: Sequence[Certificate], others: Sequence[Certificate] = ()
) -> TokenCheck:
    """Check a DER token over a SHA-256 `digest`: imprint, signature, purpose, chain up to one of `roots`.

    Every certificate of the chain must be valid at the time that the token states. `others` may help to build
    the chain and are not trusted. Never raises for bad content.
    """
    try:
        info = cms.ContentInfo.load(token, strict=True)
        signed_data = info["content"]
        content = signed_data["encap_content_info"]["content"]
        stated = content.parsed
        if not isinstance(stated, tsp.TSTInfo):
            return TokenCheck(None, "not a time-stamp token")
        imprint = stated["message_imprint"]
        if imprint["hash_algorithm"]["algorithm"].native != "sha256":
            return TokenCheck(None, "another digest algorithm")
        if imprint["hashed_message"].native != digest:
            return TokenCheck(None, "stamps other content")
        signer = verified_signer(signed_data, bytes(content))
        at: datetime = stated["gen_time"].native
    except Exception as error:  # noqa: BLE001  (hostile content: whatever goes wrong, it is not believed)
        return TokenCheck(None, f"not a good token ({type(error).__name__})")
    if not _leads_to_root(signer, at, roots, others):
        return TokenCheck(None, "the authority is not trusted")
    return TokenCheck(at)


def _leads_to_root(
    certificate: Certificate, at: datetime, roots: Sequence[Certificate], others: Sequence[Certificate]
) -> bool:
    current = certificate
    for _ in range(MAX_CHAIN):
        if not current.not_valid_before_utc <= at <= current.not_valid_after_utc:
            return False
        if current in roots:
            return True
        issuer = next((c for c in (*roots, *others) if _issued(c, current)), None)
        if issuer is None:
            return False
        current = issuer
    return False


def _issued(issuer: Certificate, subject: Certificate) -> bool:
    try:
        constraints = issuer.extensions.get_extension_for_class(BasicConstraints).value
        subject.verify_directly_issued_by(issuer)
    except Exception:  # noqa: BLE001  (a strange certificate is simply not an issuer)
        return False
    return constraints.ca and issuer != subject
