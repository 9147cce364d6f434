"""Say whether a certificate is revoked: OCSP responses (RFC 6960) and the issuing CA's CRL (RFC 5280 §5)."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from signing.testpki.material import Material
from signing.testpki.register import Register

VALIDITY = timedelta(days=1)


def ocsp_response(pki: Material, register: Register, request_der: bytes) -> bytes:
    """Answer one OCSP request; the nonce is echoed."""
    try:
        request = ocsp.load_der_ocsp_request(request_der)
        serial = request.serial_number
    except ValueError:
        return _refusal(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    now = datetime.now(UTC).replace(microsecond=0)
    algorithm = request.hash_algorithm
    if not isinstance(algorithm, hashes.SHA1 | hashes.SHA256):
        return _refusal(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    ours = _issuer_hashes(pki.issuing.certificate, type(algorithm))
    if (request.issuer_name_hash, request.issuer_key_hash) != ours:
        return _refusal(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    revoked = register.revoked_at(serial)
    if revoked is not None:
        state = ocsp.OCSPCertStatus.REVOKED
    elif register.knows(serial):
        state = ocsp.OCSPCertStatus.GOOD
    else:
        state = ocsp.OCSPCertStatus.UNKNOWN
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response_by_hash(
            issuer_name_hash=request.issuer_name_hash,
            issuer_key_hash=request.issuer_key_hash,
            serial_number=serial,
            algorithm=algorithm,
            cert_status=state,
            this_update=now,
            next_update=now + VALIDITY,
            revocation_time=revoked,
            revocation_reason=x509.ReasonFlags.key_compromise if revoked else None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, pki.ocsp.certificate)
        .certificates([pki.ocsp.certificate])
    )
    for extension in request.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            builder = builder.add_extension(extension.value, critical=False)
    response = builder.sign(pki.ocsp.private_key, hashes.SHA256())
    return response.public_bytes(serialization.Encoding.DER)


def issuing_crl(pki: Material, register: Register) -> bytes:
    """The issuing CA's CRL as of now."""
    now = datetime.now(UTC).replace(microsecond=0)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(pki.issuing.certificate.subject)
        .last_update(now)
        .next_update(now + VALIDITY)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(pki.issuing.private_key.public_key()),
            critical=False,
        )
    )
    for serial, at in sorted(register.revocations().items()):
        revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
        builder = builder.add_revoked_certificate(
            revoked.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False).build()
        )
    return builder.sign(pki.issuing.private_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@lru_cache(maxsize=8)
def _issuer_hashes(issuer: x509.Certificate, algorithm: type[hashes.HashAlgorithm]) -> tuple[bytes, bytes]:
    """Digests of the issuer's name and of its public key bits (RFC 6960 §4.1.1)."""
    parsed = asn1_x509.Certificate.load(issuer.public_bytes(serialization.Encoding.DER))
    key_bits = bytes(parsed.public_key["public_key"])
    return _digest(algorithm, issuer.subject.public_bytes()), _digest(algorithm, key_bits)


def _digest(algorithm: type[hashes.HashAlgorithm], data: bytes) -> bytes:
    digest = hashes.Hash(algorithm())
    digest.update(data)
    return digest.finalize()


def _refusal(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(serialization.Encoding.DER)
