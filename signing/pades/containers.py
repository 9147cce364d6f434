"""The few bytes of a signed file that no signature covers must have exactly one form.

A byte range leaves out the hole that holds the signature itself. Padding, the case of hexadecimal digits and
the outer fields of a CMS structure could be changed there without breaking any digest, so each is pinned down
here. Anything else raises ContainerAltered.
"""

from collections.abc import Set

from asn1crypto import cms
from cryptography import x509
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from signing.keys import der
from signing.keys.cms import ID_SIGNED_DATA, ID_TST_INFO

# Encodings of the algorithms that we accept. Digests may carry NULL parameters or none (RFC 5754 §2).
_DIGEST_OIDS = tuple(f"2.16.840.1.101.3.4.2.{number}" for number in (1, 2, 3))
_ECDSA_OIDS = tuple(f"1.2.840.10045.4.3.{number}" for number in (2, 3, 4))
_RSA_OIDS = tuple(f"1.2.840.113549.1.1.{number}" for number in (1, 11, 12, 13))
DIGESTS = frozenset(
    der.sequence(der.oid(oid), parameters) for oid in _DIGEST_OIDS for parameters in (b"", der.NULL)
)
SIGNATURES = frozenset(
    {der.sequence(der.oid(oid)) for oid in _ECDSA_OIDS}
    | {der.sequence(der.oid(oid), der.NULL) for oid in _RSA_OIDS}
)


class ContainerAltered(ValueError):  # noqa: N818  (a finding, not a malfunction)
    """A byte range, hole or CMS structure that we would not have written."""


def check_hole(data: bytes, signature: EmbeddedPdfSignature) -> int:
    """The byte range runs from the start around one hole, the hole holds the contents and nothing else.

    Returns where the signed part ends.
    """
    start, before, after, length = (int(number) for number in signature.byte_range)
    end = after + length
    if start != 0 or not 0 < before < after <= end <= len(data):
        raise ContainerAltered("byte range")
    contents: bytes = signature.pkcs7_content
    if data[before:after] != b"<" + contents.hex().upper().encode() + b">":
        raise ContainerAltered("the hole holds something else than the signature")
    if any(contents[_der_size(contents) :]):
        raise ContainerAltered("padding")
    return end


def check_algorithms(signed_data: cms.SignedData) -> None:
    """One signer, algorithms that we accept, the digest named the same everywhere."""
    (signer,) = signed_data["signer_infos"]
    digest = signer["digest_algorithm"].dump()
    if digest not in DIGESTS or signer["signature_algorithm"].dump() not in SIGNATURES:
        raise ContainerAltered("algorithm")
    if signed_data["digest_algorithms"].dump() != der.tlv(der.SET, digest):
        raise ContainerAltered("digest algorithms")


def check_time_stamp_token(signature: EmbeddedPdfSignature, known_certificates: Set[bytes]) -> None:
    """The last time-stamp covers all but its own token. Pin down what its TSA did not sign.

    The token is built anew from the parts that are signed, or checked elsewhere, and must come out the same.
    `known_certificates` (DER) are those in the DSS, which the time-stamp covers: the token may carry these
    and its signer's, whose hash is among the signed attributes.
    """
    signed_data = signature.signed_data
    (signer,) = signed_data["signer_infos"]
    certificate = x509.load_der_x509_certificate(signature.signer_cert.dump())
    own = signature.signer_cert.dump()
    carried = [one.chosen.dump() for one in signed_data["certificates"]]
    if len(set(carried)) != len(carried) or not set(carried) <= known_certificates | {own}:
        raise ContainerAltered("certificates")
    content = bytes(signed_data["encap_content_info"]["content"])
    rebuilt = der.sequence(
        ID_SIGNED_DATA,
        der.explicit(
            0,
            der.sequence(
                der.integer(3),
                der.tlv(der.SET, signer["digest_algorithm"].dump()),
                der.sequence(ID_TST_INFO, der.explicit(0, der.octets(content))),
                der.explicit(0, *carried),
                der.tlv(
                    der.SET,
                    der.sequence(
                        der.integer(1),
                        der.sequence(
                            certificate.issuer.public_bytes(), der.integer(certificate.serial_number)
                        ),
                        signer["digest_algorithm"].dump(),
                        der.tlv(0xA0, signer["signed_attrs"].contents),
                        signer["signature_algorithm"].dump(),
                        der.octets(signer["signature"].native),
                    ),
                ),
            ),
        ),
    )
    if rebuilt != signature.pkcs7_content[: _der_size(signature.pkcs7_content)]:
        raise ContainerAltered("the time-stamp token")


def _der_size(der: bytes) -> int:
    """Length of the first element, tag and length octets included."""
    if der[1] < 0x80:
        return 2 + der[1]
    octets = der[1] & 0x7F
    return 2 + octets + int.from_bytes(der[2 : 2 + octets], "big")
