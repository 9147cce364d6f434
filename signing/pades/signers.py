"""Whose certificates a file under signature carries, before it can be judged."""

from collections.abc import Sequence
from io import BytesIO

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.pades.document import LIMITS
from signing.pades.errors import SigningRefused


def signer_chains(pdf: bytes, roots: Sequence[x509.Certificate]) -> list[tuple[x509.Certificate, ...]]:
    """For every party's signature, oldest first: the signer's certificate, those above it, and its root.

    A claim and nothing more: it tells the next signer whose validation data to fetch, and what `validate`
    says of the completed file decides. Raises SigningRefused("document_not_prepared") for a file that cannot
    be read or a chain that does not lead to one of `roots`.
    """
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=True, decode_limits=LIMITS)
        return [
            _chain(
                x509.load_der_x509_certificate(signature.signer_cert.dump()),
                [*_carried(signature.other_embedded_certs), *roots],
                roots,
            )
            for signature in reader.embedded_regular_signatures
        ]
    except Exception as error:  # hostile input fails in any way it likes
        raise SigningRefused("document_not_prepared") from error


def _carried(certificates: Sequence[object]) -> list[x509.Certificate]:
    return [x509.load_der_x509_certificate(each.dump()) for each in certificates]  # type: ignore[attr-defined]  # asn1crypto has no types


def _chain(
    leaf: x509.Certificate, others: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    chain = [leaf]
    while chain[-1] not in roots:
        above = next(each for each in others if each not in chain and _issued(each, chain[-1]))
        chain.append(above)
    return tuple(chain)


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
