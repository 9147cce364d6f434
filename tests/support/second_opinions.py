"""Put a signed PDF before four verifiers that are not ours: pdfsig (NSS), qpdf, and OpenSSL twice.

    results = check(pdf_path, root_pem)

Each tool's verdict is a row; a missing tool raises ToolMissing, for a check that cannot run must not look
passed. They are second opinions: poppler calls every shadow attack valid, so the acceptance rule stays the
judge. From the command line: `python -m tests.support.second_opinions FILE.pdf ROOT.pem`; exit code 1 if one
of them objects.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import cms, pem
from asn1crypto import x509 as asn1_x509

PACKAGES = {"pdfsig": "poppler-utils", "certutil": "libnss3-tools", "qpdf": "qpdf", "openssl": "openssl"}
TST_INFO = "1.2.840.113549.1.9.16.1.4"
SIGNED = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


class ToolMissing(RuntimeError):  # noqa: N818  (names what is missing)
    """A verifier is not installed; says which package has it."""


@dataclass(frozen=True)
class Opinion:
    """What one tool says of the file or of one signature in it."""

    tool: str
    subject: str
    accepted: bool
    output: str


@dataclass(frozen=True)
class _Signature:
    """The signed bytes and the DER container of one signature or document time-stamp."""

    content: bytes
    container: bytes
    is_time_stamp: bool


def check(pdf: Path, root_pem: Path) -> list[Opinion]:
    """Ask all four about every signature and time-stamp in the file. Raises ToolMissing."""
    for tool, package in PACKAGES.items():
        if shutil.which(tool) is None:
            raise ToolMissing(f"{tool} is not installed (Debian package {package})")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        signatures = list(_signatures(pdf.read_bytes()))
        return [
            _pdfsig(work, pdf, root_pem, sum(not s.is_time_stamp for s in signatures)),
            _run(
                "qpdf --check",
                pdf.name,
                lambda out: "No syntax or stream encoding errors" in out,
                "qpdf",
                "--check",
                pdf,
            ),
            *(opinion for i, one in enumerate(signatures, 1) for opinion in _openssl(work, root_pem, i, one)),
        ]


def _signatures(data: bytes) -> Iterator[_Signature]:
    for match in SIGNED.finditer(data):
        start, before, after, length = (int(number) for number in match.groups())
        padded = bytes.fromhex(data[before + 1 : after - 1].decode())
        container = cms.ContentInfo.load(padded)
        content_type = container["content"]["encap_content_info"]["content_type"].dotted
        content = data[start : start + before] + data[after : after + length]
        yield _Signature(content, container.dump(), content_type == TST_INFO)


def _pdfsig(work: Path, pdf: Path, root_pem: Path, expected: int) -> Opinion:
    database = work / "nss"
    database.mkdir()
    name = f"sql:{database}"
    _must("certutil", "-N", "-d", name, "--empty-password")
    _must("certutil", "-A", "-d", name, "-n", "root", "-t", "CT,C,C", "-i", root_pem)

    def accepted(out: str) -> bool:
        valid = out.count("Signature Validation: Signature is Valid.")
        trusted = out.count("Certificate Validation: Certificate is Trusted.")
        # the document time-stamp, which it cannot check, must be seen to cover everything
        return valid == trusted == expected and "Total document signed" in out

    return _run("pdfsig", f"{expected} signatures", accepted, "pdfsig", "-nssdir", name, "-no-ocsp", pdf)


def _openssl(work: Path, root_pem: Path, number: int, signature: _Signature) -> Iterator[Opinion]:
    signed_data = cms.ContentInfo.load(signature.container)["content"]
    content, container = work / f"{number}.bin", work / f"{number}.der"
    content.write_bytes(signature.content)
    container.write_bytes(signature.container)
    if signature.is_time_stamp:
        yield _time_stamp(work, root_pem, f"document time-stamp {number}", content, signature.container)
        return
    yield _run(
        "openssl cms -verify", f"signature {number}", lambda out: "CAdES Verification successful" in out,
        "openssl", "cms", "-verify", "-inform", "DER", "-in", container, "-content", content, "-binary",
        "-CAfile", root_pem, "-purpose", "any", "-cades", "-out", "/dev/null",
    )  # fmt: skip
    (signer,) = signed_data["signer_infos"]
    value = work / f"{number}.sig"
    value.write_bytes(signer["signature"].native)
    tokens = [
        token.dump()
        for attribute in signer["unsigned_attrs"]
        if attribute["type"].native == "signature_time_stamp_token"
        for token in attribute["values"]
    ]
    if not tokens:
        yield Opinion("openssl ts -verify", f"time-stamp of signature {number}", False, "there is none")
    for token in tokens:
        yield _time_stamp(work, root_pem, f"time-stamp of signature {number}", value, token)


def _time_stamp(work: Path, root_pem: Path, subject: str, data: Path, token: bytes) -> Opinion:
    path, certificates = work / "token.der", work / "tsa.pem"
    path.write_bytes(token)
    carried = cms.ContentInfo.load(token)["content"]["certificates"]
    certificates.write_bytes(b"".join(_pem(choice.chosen) for choice in carried))
    return _run(
        "openssl ts -verify", subject, lambda out: "Verification: OK" in out,
        "openssl", "ts", "-verify", "-data", data, "-in", path, "-token_in", "-CAfile", root_pem,
        "-untrusted", certificates,
    )  # fmt: skip


def _pem(certificate: asn1_x509.Certificate) -> bytes:
    return bytes(pem.armor("CERTIFICATE", certificate.dump()))


def _run(tool: str, subject: str, accepted: Callable[[str], bool], *command: str | Path) -> Opinion:
    done = _call(*command)
    output = done.stdout + done.stderr
    return Opinion(tool, subject, done.returncode == 0 and accepted(output), output)


def _must(*command: str | Path) -> None:
    done = _call(*command)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")


def _call(*command: str | Path) -> subprocess.CompletedProcess[str]:
    arguments = [str(part) for part in command]
    return subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)


def main(arguments: list[str]) -> int:
    """Print a line for each opinion; 1 if any tool objects."""
    opinions = check(Path(arguments[0]), Path(arguments[1]))
    for opinion in opinions:
        sys.stdout.write(
            f"{'accepts' if opinion.accepted else 'REFUSES'}  {opinion.tool}  {opinion.subject}\n"
        )
        if not opinion.accepted:
            sys.stdout.write(opinion.output)
    return 0 if all(opinion.accepted for opinion in opinions) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
