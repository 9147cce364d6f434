"""Files of a package that come out of a signed PDF: certificates, revocation data, time-stamp tokens.

They are inside the PDF already; loose copies let a court's expert look at them with common tools.
"""

from collections.abc import Iterator
from io import BytesIO

import pikepdf
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signing.evidence.package import CERTIFICATES, Part

SIGNATURE_TIME_STAMP = "signature_time_stamp_token"


def proof_parts(pdf: bytes) -> Iterator[Part]:
    """The DSS and the time-stamps of an accepted document."""
    with pikepdf.open(BytesIO(pdf)) as document:
        store = document.Root.DSS
        for number, stream in enumerate(store.get("/Certs", []), start=1):
            certificate = x509.load_der_x509_certificate(stream.read_bytes())
            yield Part(
                f"{CERTIFICATES}{number:02}.pem",
                certificate.public_bytes(Encoding.PEM),
                "合同验证所用证书",
                "Certificate used to verify the document",
            )
        for key, folder, zh, en in (
            ("/OCSPs", "ocsp", "证书状态应答（OCSP）", "Certificate status response (OCSP)"),
            ("/CRLs", "crl", "证书吊销列表（CRL）", "Certificate revocation list (CRL)"),
        ):
            for number, stream in enumerate(store.get(key, []), start=1):
                yield Part(f"revocation/{folder}-{number:02}.der", stream.read_bytes(), zh, en)
        for field in document.Root.AcroForm.Fields:
            if "/V" in field and "/Contents" in field.V:
                token = _token(bytes(field.V.Contents))
                yield Part(
                    f"timestamps/{field.T}.tst", token, "可信时间戳", "Trusted time-stamp token (RFC 3161)"
                )


def _token(contents: bytes) -> bytes:
    """The time-stamp of a signature, or the document time-stamp itself; zero padding is dropped."""
    info = cms.ContentInfo.load(contents)
    signed_data = info["content"]
    if signed_data["encap_content_info"]["content_type"].native == "tst_info":
        return bytes(info.dump())
    for attribute in signed_data["signer_infos"][0]["unsigned_attrs"]:
        if attribute["type"].native == SIGNATURE_TIME_STAMP:
            return bytes(attribute["values"][0].dump())
    raise ValueError("a signature without a time-stamp")
