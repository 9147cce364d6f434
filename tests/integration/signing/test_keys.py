"""Keys and the clients of the outside authorities, against the stand-in PKI over HTTP."""

import socket
import threading
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from signing.keys.authority import CertificateAuthority, OrganisationSubject, WorkerSubject
from signing.keys.errors import (
    CertificateRefused,
    CertificateRevoked,
    CertificateUnavailable,
    ClockSkew,
    RevocationUnavailable,
    TimeStampUnavailable,
)
from signing.keys.http import Exchange
from signing.keys.revocation import Evidence, RevocationSource
from signing.keys.signing_key import KeyAlgorithm, SigningKey, generate_private_key
from signing.keys.timestamp import TimeStampAuthority
from tests.support.pki import RunningPki, authority, time_stamps

WORKER = WorkerSubject("测试甲", "w-0001")
EMPLOYER = OrganisationSubject("示例制造（淄博）有限公司", "91370303MA3TE5T03M")


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_a_key_at_rest_is_encrypted_and_signs_again_after_loading(
    pki: RunningPki, algorithm: KeyAlgorithm
) -> None:
    key = authority(pki).issue_organisation(EMPLOYER, algorithm)
    pem = key.to_pem(b"a long random secret")
    assert b"ENCRYPTED PRIVATE KEY" in pem
    loaded = SigningKey.from_pem(pem, b"a long random secret")
    assert loaded.algorithm is algorithm
    assert loaded.chain == key.chain
    signature = loaded.sign(b"data")
    public = key.certificate.public_key()
    if isinstance(public, ec.EllipticCurvePublicKey):
        public.verify(signature, b"data", ec.ECDSA(hashes.SHA256()))
    else:
        assert isinstance(public, rsa.RSAPublicKey)
        public.verify(signature, b"data", padding.PKCS1v15(), hashes.SHA256())
    with pytest.raises(ValueError, match=r"."):
        SigningKey.from_pem(pem, b"wrong")
    with pytest.raises(ValueError, match="passphrase"):
        key.to_pem(b"")


def test_a_certificate_of_another_key_is_refused(pki: RunningPki) -> None:
    key = authority(pki).issue_worker(WORKER)
    with pytest.raises(ValueError, match="does not belong"):
        SigningKey(generate_private_key(KeyAlgorithm.P256), key.certificate, key.chain)


def test_an_organisation_certificate_names_the_employer(pki: RunningPki) -> None:
    subject = authority(pki).issue_organisation(EMPLOYER).certificate.subject
    values = {attribute.oid: attribute.value for attribute in subject}
    assert values[NameOID.ORGANIZATION_NAME] == EMPLOYER.name
    assert values[NameOID.ORGANIZATION_IDENTIFIER] == "NTRCN-91370303MA3TE5T03M"


@pytest.mark.parametrize("fault", ["down", "slow", "garbage"])
def test_a_ca_that_does_not_answer_is_unavailable(pki: RunningPki, fault: str) -> None:
    with pki.fault("issue", fault), pytest.raises(CertificateUnavailable) as caught:
        authority(pki, deadline=0.5).issue_worker(WORKER)
    assert caught.value.code == "certificate_unavailable"


def test_a_ca_that_says_no_refuses(pki: RunningPki) -> None:
    root = x509.load_pem_x509_certificate(pki.root_pem)
    with pytest.raises(CertificateRefused, match="401"):
        CertificateAuthority(f"{pki.base_url}/issue", "wrong", root=root).issue_worker(WORKER)


def test_a_chain_to_another_root_is_not_accepted(pki: RunningPki, rsa_pki: RunningPki) -> None:
    other = x509.load_pem_x509_certificate(rsa_pki.root_pem)
    with pytest.raises(CertificateUnavailable, match="configured root"):
        CertificateAuthority(f"{pki.base_url}/issue", pki.token, root=other).issue_worker(WORKER)


def test_a_time_stamp_covers_our_digest_and_is_of_now(pki: RunningPki) -> None:
    tsa = time_stamps(pki)
    stamp = tsa.stamp(b"contract")
    token = cms.ContentInfo.load(stamp.token, strict=True)
    info = token["content"]["encap_content_info"]["content"].parsed
    assert info["message_imprint"]["hashed_message"].native == sha256(b"contract").digest()
    assert abs(stamp.at - datetime.now(UTC)) < timedelta(seconds=5)
    assert len(stamp.token) <= tsa.token_size
    assert tsa.chain[0].subject.rfc4514_string().count("TSA") == 1
    assert tsa.chain[-1] == x509.load_pem_x509_certificate(pki.root_pem)


@pytest.mark.parametrize("fault", ["down", "slow", "garbage"])
def test_without_a_time_stamp_there_is_a_typed_refusal(pki: RunningPki, fault: str) -> None:
    tsa = time_stamps(pki, deadline=0.5)
    with pki.fault("tsa", fault), pytest.raises(TimeStampUnavailable) as caught:
        tsa.stamp(b"contract")
    assert caught.value.code == "time_stamp_unavailable"
    assert "时间戳" in caught.value.message("zh")
    assert tsa.stamp(b"contract").token


def test_a_tsa_whose_clock_differs_is_not_believed(pki: RunningPki) -> None:
    tsa = time_stamps(pki)
    with pki.fault("tsa", "skewed"), pytest.raises(ClockSkew) as caught:
        tsa.stamp(b"contract")
    assert caught.value.code == "clock_skew"


@pytest.mark.parametrize(("seconds", "refused"), [(4, False), (6, True), (-4, False), (-6, True)])
def test_the_clocks_may_differ_by_five_seconds(pki: RunningPki, seconds: int, refused: bool) -> None:
    root = x509.load_pem_x509_certificate(pki.root_pem)
    clock = TimeStampAuthority(
        pki.tsa_url, [root], now=lambda: datetime.now(UTC) + timedelta(seconds=seconds)
    )
    if refused:
        with pytest.raises(ClockSkew):
            clock.stamp(b"contract")
    else:
        assert clock.stamp(b"contract")


def test_a_token_for_other_data_or_an_older_request_is_not_believed(pki: RunningPki) -> None:
    """A server that replays a good answer to another question."""
    replayed: list[bytes] = []

    class Replaying(Exchange):
        def post(self, url: str, body: bytes, headers: dict[str, str]) -> bytes:
            if not replayed:
                replayed.append(super().post(url, body, headers))
            return replayed[0]

    tsa = TimeStampAuthority(pki.tsa_url, [], exchange=Replaying())
    tsa.stamp(b"contract")
    with pytest.raises(TimeStampUnavailable, match="imprint"):
        tsa.stamp(b"another contract")
    with pytest.raises(TimeStampUnavailable, match="nonce"):
        tsa.stamp(b"contract")


def test_every_flipped_bit_of_the_signed_part_of_a_token_is_noticed(pki: RunningPki) -> None:
    """Certificates inside the token are judged by the acceptance rule; what the TSA signed, on arrival."""

    class Flipping(Exchange):
        position = 0

        def post(self, url: str, body: bytes, headers: dict[str, str]) -> bytes:
            answer = bytearray(super().post(url, body, headers))
            response = tsp.TimeStampResp.load(bytes(answer))
            content = bytes(response["time_stamp_token"]["content"]["encap_content_info"]["content"])
            flipped = answer.index(content) + self.position % len(content)
            answer[flipped] ^= 1 << self.position % 8
            return bytes(answer)

    exchange = Flipping()
    tsa = TimeStampAuthority(pki.tsa_url, [], exchange=exchange)
    for exchange.position in range(150):
        with pytest.raises((TimeStampUnavailable, ClockSkew)):
            tsa.stamp(b"contract")


def test_a_server_that_hangs_up_or_listens_only_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/tsa"
        began = datetime.now(UTC)
        with Exchange(deadline=0.4) as exchange, pytest.raises(TimeStampUnavailable):
            TimeStampAuthority(url, [], exchange=exchange).stamp(b"x")
        assert datetime.now(UTC) - began < timedelta(seconds=3)


def test_one_lost_answer_is_tried_again(pki: RunningPki) -> None:
    with Exchange(deadline=10) as exchange:
        tsa = TimeStampAuthority(pki.tsa_url, [], exchange=exchange)
        pki.post("/faults", {"tsa": "down"})
        timer = threading.Timer(0.05, pki.post, ("/faults", {"tsa": None}))
        timer.start()
        assert tsa.stamp(b"contract").token
        timer.join()


def test_evidence_holds_ocsp_for_the_leaf_and_the_roots_crl_for_its_issuer(pki: RunningPki) -> None:
    key = authority(pki).issue_worker(WORKER)
    evidence = RevocationSource().evidence((key.certificate, *key.chain), fresh=True)
    answer = ocsp.load_der_ocsp_response(evidence.ocsps[0])
    assert answer.serial_number == key.certificate.serial_number
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert len(evidence.crls) == 1
    assert len(evidence.certificates) == 4  # the chain of three, and the responder's
    assert Evidence.load(evidence.dump()) == evidence


def test_cached_evidence_outlives_the_responder_but_fresh_evidence_asks(pki: RunningPki) -> None:
    key = authority(pki).issue_organisation(EMPLOYER)
    chain = (key.certificate, *key.chain)
    source = RevocationSource(exchange=Exchange(deadline=0.5))
    first = source.evidence(chain)
    with pki.fault("ocsp", "down"), pki.fault("crl", "down"):
        assert source.evidence(chain) == first
        with pytest.raises(RevocationUnavailable) as caught:
            source.evidence(chain, fresh=True)
    assert caught.value.code == "revocation_unavailable"


def test_cached_evidence_is_asked_for_again_after_an_hour(pki: RunningPki) -> None:
    key = authority(pki).issue_organisation(EMPLOYER)
    chain = (key.certificate, *key.chain)
    clock = [datetime.now(UTC)]
    source = RevocationSource(now=lambda: clock[0])
    first = source.evidence(chain)
    clock[0] += timedelta(minutes=59)
    assert source.evidence(chain) == first
    clock[0] += timedelta(minutes=2)
    assert source.evidence(chain) != first


@pytest.mark.parametrize("ocsp_fault", [None, "down"])
def test_a_revoked_certificate_is_refused_by_ocsp_and_by_crl(pki: RunningPki, ocsp_fault: str | None) -> None:
    key = authority(pki).issue_worker(WORKER)
    pki.revoke(key.certificate.serial_number)
    pki.post("/faults", {"ocsp": ocsp_fault})
    try:
        with pytest.raises(CertificateRevoked) as caught:
            RevocationSource().evidence((key.certificate, *key.chain), fresh=True)
    finally:
        pki.post("/faults", {"ocsp": None})
    assert caught.value.code == "certificate_revoked"


def test_a_crl_of_somebody_else_proves_nothing(pki: RunningPki) -> None:
    key = authority(pki).issue_worker(WORKER)

    class Crossed(Exchange):
        def get(self, url: str) -> bytes:
            return super().get(url.replace("/issuing.crl", "/root.crl"))

    with pki.fault("ocsp", "down"), pytest.raises(RevocationUnavailable, match="not a CRL of the issuer"):
        RevocationSource(exchange=Crossed(deadline=1)).evidence((key.certificate, *key.chain))
