"""The stand-in PKI, judged by OpenSSL over HTTP."""

import shutil
import subprocess
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from signing.keys.signing_key import KeyAlgorithm, generate_private_key
from signing.testpki.material import create
from tests.support.pki import RunningPki, running_pki

WORKER = {NameOID.COMMON_NAME: "测试甲", NameOID.SERIAL_NUMBER: "w-1"}
ORGANISATION = {
    NameOID.COMMON_NAME: "示例制造（淄博）有限公司",
    NameOID.ORGANIZATION_NAME: "示例制造（淄博）有限公司",
    NameOID.ORGANIZATION_IDENTIFIER: "NTRCN-91370303MA3TE5T03M",
}


def csr(subject: dict[x509.ObjectIdentifier, str]) -> str:
    key = generate_private_key(KeyAlgorithm.P256)
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in subject.items()])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode()


def issue(pki: RunningPki, profile: str, subject: dict[x509.ObjectIdentifier, str]) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(pki.post("/issue", {"profile": profile, "csr": csr(subject)}))


def openssl(*arguments: str | Path) -> str:
    done = subprocess.run(
        ["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=30, check=False
    )
    return done.stdout + done.stderr


def query(pki: RunningPki, path: str, body: bytes) -> bytes:
    with urlopen(Request(pki.base_url + path, body), timeout=30) as response:
        return bytes(response.read())


@pytest.mark.needs("openssl")
@pytest.mark.parametrize("fixture", ["pki", "rsa_pki"])
def test_openssl_accepts_the_time_stamp(fixture: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    pki: RunningPki = request.getfixturevalue(fixture)
    data, asked, answered = tmp_path / "data", tmp_path / "q.tsq", tmp_path / "r.tsr"
    data.write_bytes(b"contract")
    openssl("ts", "-query", "-data", data, "-sha256", "-cert", "-out", asked)
    answered.write_bytes(query(pki, "/tsa", asked.read_bytes()))
    trust = ("-CAfile", pki.directory / "root.pem", "-untrusted", pki.directory / "issuing.pem")
    assert "Verification: OK" in openssl("ts", "-verify", "-queryfile", asked, "-in", answered, *trust)
    data.write_bytes(b"Contract")
    assert "FAILED" in openssl("ts", "-verify", "-data", data, "-in", answered, *trust)


@pytest.mark.needs("openssl")
@pytest.mark.parametrize(
    ("options", "failure"),
    [
        (("-sha1",), "unrecognized or unsupported algorithm"),
        (("-sha256", "-tspolicy", "1.2.3.4"), "policy is not supported"),
    ],
)
def test_the_tsa_says_why_it_rejects(
    pki: RunningPki, tmp_path: Path, options: tuple[str, ...], failure: str
) -> None:
    data, asked, answered = tmp_path / "data", tmp_path / "q.tsq", tmp_path / "r.tsr"
    data.write_bytes(b"contract")
    openssl("ts", "-query", "-data", data, *options, "-out", asked)
    answered.write_bytes(query(pki, "/tsa", asked.read_bytes()))
    shown = openssl("ts", "-reply", "-in", answered, "-text")
    assert "Status: Rejected" in shown
    assert failure in shown


def test_a_worker_certificate_lives_a_day_and_says_that_it_is_a_test(pki: RunningPki) -> None:
    leaf, issuing, root = issue(pki, "worker-oneshot", WORKER)
    assert leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "测试甲"
    assert "测试 TEST NOT EVIDENCE" in leaf.subject.rfc4514_string()
    assert (leaf.not_valid_after_utc - leaf.not_valid_before_utc).total_seconds() < 25 * 3600
    leaf.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)


def test_an_organisation_certificate_carries_name_and_credit_code(pki: RunningPki) -> None:
    leaf = issue(pki, "organisation", ORGANISATION)[0]
    subject = {attribute.oid: attribute.value for attribute in leaf.subject}
    assert subject[NameOID.ORGANIZATION_NAME] == "示例制造（淄博）有限公司"
    assert subject[NameOID.ORGANIZATION_IDENTIFIER] == "NTRCN-91370303MA3TE5T03M"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"profile": "worker-oneshot", "csr": "nonsense"}, 422),
        ({"profile": "nobody", "csr": csr(WORKER)}, 422),
        ({"profile": "organisation", "csr": csr(WORKER)}, 422),
        ({"profile": "worker-oneshot"}, 400),
    ],
)
def test_what_the_ca_refuses(pki: RunningPki, body: dict[str, str | None], status: int) -> None:
    with pytest.raises(HTTPError) as caught:
        pki.post("/issue", body)
    with caught.value as answer:
        assert answer.code == status


def test_issuing_needs_the_token(pki: RunningPki) -> None:
    with pytest.raises(HTTPError) as caught:
        query(pki, "/issue", b"{}")
    with caught.value as answer:
        assert answer.code == 401


@pytest.mark.needs("openssl")
def test_revocation_shows_in_ocsp_and_crl(pki: RunningPki, tmp_path: Path) -> None:
    leaf = issue(pki, "worker-oneshot", WORKER)[0]
    path = tmp_path / "leaf.pem"
    path.write_bytes(leaf.public_bytes(serialization.Encoding.PEM))

    def ocsp(*digest: str) -> str:
        return openssl(
            "ocsp", *digest, "-issuer", pki.directory / "issuing.pem", "-cert", path,
            "-url", f"{pki.base_url}/ocsp", "-CAfile", pki.directory / "root.pem",
        )  # fmt: skip

    assert "leaf.pem: good" in ocsp()
    assert "leaf.pem: good" in ocsp("-sha256")
    pki.revoke(leaf.serial_number)
    assert "leaf.pem: revoked" in ocsp()
    with urlopen(f"{pki.base_url}/crl/issuing.crl", timeout=30) as response:
        crl = x509.load_der_x509_crl(response.read())
    assert crl.get_revoked_certificate_by_serial_number(leaf.serial_number) is not None


def test_the_server_runs_without_the_root_key_and_remembers_over_a_restart(tmp_path: Path) -> None:
    with running_pki(tmp_path / "pki") as pki:
        leaf = issue(pki, "worker-oneshot", WORKER)[0]
        pki.revoke(leaf.serial_number)
    shutil.rmtree(tmp_path / "pki" / "offline")
    with running_pki(tmp_path / "pki") as pki:
        with urlopen(f"{pki.base_url}/crl/issuing.crl", timeout=30) as response:
            crl = x509.load_der_x509_crl(response.read())
        assert crl.get_revoked_certificate_by_serial_number(leaf.serial_number) is not None
        assert issue(pki, "worker-oneshot", WORKER)


def test_faults_are_switched_on_and_off(pki: RunningPki) -> None:
    with pki.fault("tsa", "down"), pytest.raises(HTTPError) as caught:
        query(pki, "/tsa", b"")
    with caught.value as answer:
        assert answer.code == 503
    with pki.fault("ocsp", "garbage"):
        assert query(pki, "/ocsp", b"") == b"\x30\x03garbage"
    assert query(pki, "/tsa", b"") != b""


def test_a_pki_is_made_only_once(pki: RunningPki) -> None:
    before = (pki.directory / "root.pem").read_bytes()
    with pytest.raises(FileExistsError):
        create(pki.directory)
    assert (pki.directory / "root.pem").read_bytes() == before
