"""The stand-in PKI as a real process, for every test that needs certificates, time-stamps or revocation.

Import the fixture into a conftest: `from tests.support.pki import pki`.
"""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from cryptography import x509

from signing.keys.authority import CertificateAuthority
from signing.keys.http import Exchange
from signing.keys.signing_key import KeyAlgorithm
from signing.keys.timestamp import TimeStampAuthority
from signing.testpki.material import create


@dataclass(frozen=True)
class RunningPki:
    """Addresses and secrets of a PKI process that answers."""

    directory: Path
    base_url: str

    @property
    def token(self) -> str:
        return (self.directory / "token").read_text(encoding="utf-8").strip()

    @property
    def root_pem(self) -> bytes:
        return (self.directory / "root.pem").read_bytes()

    @property
    def tsa_url(self) -> str:
        return f"{self.base_url}/tsa"

    def post(self, path: str, body: dict[str, str | None]) -> bytes:
        """POST JSON with the bearer token; raises urllib's HTTPError on a refusal."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = Request(self.base_url + path, json.dumps(body).encode(), headers)
        with urlopen(request, timeout=30) as response:
            return bytes(response.read())

    def revoke(self, serial: int) -> None:
        self.post("/revoke", {"serial": f"{serial:x}"})

    @contextmanager
    def fault(self, service: str, kind: str) -> Iterator[None]:
        """Let `service` (issue, tsa, ocsp, crl) be down, slow, garbage or skewed within the block."""
        self.post("/faults", {service: kind})
        try:
            yield
        finally:
            self.post("/faults", {service: None})


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_pki(directory: Path, algorithm: KeyAlgorithm = KeyAlgorithm.P256) -> Iterator[RunningPki]:
    """Serve the PKI in `directory` (made now if absent) in a process of its own, and stop it afterwards."""
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    if not (directory / "pki.json").exists():
        create(directory, base_url=base_url, algorithm=algorithm)
    options = ["--port", str(port), "--base-url", base_url]
    command = [sys.executable, "-m", "signing.testpki", "serve", str(directory), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("ready:"), "the test PKI did not start"
            yield RunningPki(directory, base_url)
        finally:
            process.terminate()


def authority(pki: RunningPki, *, deadline: float = 8.0) -> CertificateAuthority:
    """A client of its CA."""
    root = x509.load_pem_x509_certificate(pki.root_pem)
    exchange = Exchange(deadline=deadline)
    return CertificateAuthority(f"{pki.base_url}/issue", pki.token, root=root, exchange=exchange)


def time_stamps(pki: RunningPki, *, deadline: float = 8.0) -> TimeStampAuthority:
    """A client of its TSA."""
    issuers = [
        x509.load_pem_x509_certificate((pki.directory / name).read_bytes())
        for name in ("issuing.pem", "root.pem")
    ]
    return TimeStampAuthority(pki.tsa_url, issuers, exchange=Exchange(deadline=deadline))


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPki]:
    """A P-256 PKI, one process for the whole session."""
    with running_pki(tmp_path_factory.mktemp("pki") / "p256") as running:
        yield running


@pytest.fixture(scope="session")
def rsa_pki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPki]:
    """The same with RSA-2048 throughout."""
    with running_pki(tmp_path_factory.mktemp("pki") / "rsa", KeyAlgorithm.RSA2048) as running:
        yield running
