"""The few bytes of a signed file that no signature covers must have exactly one form.

A byte range leaves out the hole that holds the signature itself. Padding, the case of hexadecimal digits and
the outer fields of a CMS structure could be changed there without breaking any digest, so each is pinned down
here. Anything else raises ContainerAltered.
"""

from collections.abc import Set

from asn1crypto import cms, tsp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

DIGESTS = frozenset({"sha256", "sha384", "sha512"})
SIGNATURES = frozenset(
    {"rsassa_pkcs1v15", "sha256_rsa", "sha384_rsa", "sha512_rsa", "rsassa_pss"}
    | {"sha256_ecdsa", "sha384_ecdsa", "sha512_ecdsa"}
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
    """One signer, algorithms that we accept, named the same everywhere."""
    (signer,) = signed_data["signer_infos"]
    digest = signer["digest_algorithm"]
    if digest["algorithm"].native not in DIGESTS or digest["parameters"].native is not None:
        raise ContainerAltered("digest algorithm")
    if [one["algorithm"].native for one in signed_data["digest_algorithms"]] != [digest["algorithm"].native]:
        raise ContainerAltered("digest algorithms")
    if signer["signature_algorithm"]["algorithm"].native not in SIGNATURES:
        raise ContainerAltered("signature algorithm")


def check_time_stamp_token(signature: EmbeddedPdfSignature, known_certificates: Set[bytes]) -> None:
    """The last time-stamp covers all but its own token. Pin down what its TSA did not sign.

    `known_certificates` (DER) are those in the DSS, which the time-stamp covers: the token may carry these
    and its signer's, whose hash is among the signed attributes.
    """
    signed_data = signature.signed_data
    der: bytes = signature.pkcs7_content[: _der_size(signature.pkcs7_content)]
    content_info = cms.ContentInfo.load(der, strict=True)
    if content_info.dump(force=True) != der:
        raise ContainerAltered("not in DER")
    (signer,) = signed_data["signer_infos"]
    if signed_data["version"].native != "v3" or signer["version"].native != "v1":
        raise ContainerAltered("version")
    if not isinstance(signed_data["encap_content_info"]["content"].parsed, tsp.TSTInfo):
        raise ContainerAltered("no time-stamp inside")
    if len(signed_data["crls"]) or len(signer["unsigned_attrs"]):
        raise ContainerAltered("unsigned additions")
    signer_certificate: bytes = signature.signer_cert.dump()
    carried = [certificate.chosen.dump() for certificate in signed_data["certificates"]]
    if len(set(carried)) != len(carried) or not set(carried) <= known_certificates | {signer_certificate}:
        raise ContainerAltered("certificates")


def _der_size(der: bytes) -> int:
    """Length of the first element, tag and length octets included."""
    if der[1] < 0x80:
        return 2 + der[1]
    octets = der[1] & 0x7F
    return 2 + octets + int.from_bytes(der[2 : 2 + octets], "big")
