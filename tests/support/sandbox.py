"""The stand-in province as a real process, and a platform that files with it.

Import the fixtures into a conftest: `from tests.support.sandbox import authorities, platform, sandbox`.
"""

import base64
import json
import random
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc.jwk import KeySet

from config.demo.processes import Process, Program, free_port, says
from filing_bridge import protocol
from filing_bridge.mapping import Envelope, SignedContract, filing_type_for, to_filing_record
from filing_bridge.profiles import profile_for
from filing_bridge.protocol import Answer, Interface
from filing_bridge.protocol.jose import Purpose, sign_payload
from signing.keys.signing_key import SigningKey
from tests.support.pki import RunningPki
from tests.support.signed_contracts import Authorities, SignedFile, random_facts, sign_contract

SYSTEM_CODE = "TEST-SANDBOX"


@dataclass
class RunningSandbox:
    """A stand-in that answers at `url`; it can be killed and started again on the same port."""

    folder: Path
    process: Process
    url: str
    client: httpx2.Client

    @cached_property
    def keys(self) -> KeySet:
        """The province's public keys, as they came with the registration."""
        return protocol.key_set(json.loads((self.folder / "province.jwks.json").read_text(encoding="utf-8")))

    def admin(self, method: str, path: str, body: object = None) -> Any:
        """A call of the admin surface; raises for a refusal."""
        token = (self.folder / "admin-token").read_text(encoding="utf-8")
        headers = {"Authorization": f"Bearer {token}"}
        content = None if body is None else json.dumps(body).encode()
        answer = self.client.request(method, f"{self.url}/admin/{path}", headers=headers, content=content)
        answer.raise_for_status()
        return answer.json()

    def ledger(self) -> list[dict[str, Any]]:
        """Every effect, in order."""
        effects: list[dict[str, Any]] = self.admin("GET", "ledger")["effects"]
        return effects

    def settings(self, **wanted: object) -> None:
        self.admin("PUT", "settings", wanted)

    @contextmanager
    def fault(self, kind: str, **more: object) -> Iterator[None]:
        """Let the stand-in misbehave within the block; by default on every interface, until it ends."""
        self.admin("PUT", "faults", {"plan": [{"kind": kind, "times": None, **more}]})
        try:
            yield
        finally:
            self.admin("DELETE", "faults")

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()

    def start(self) -> None:
        self.process.start()


def wait_until(happened: Callable[[], bool], *, within: float = 30.0) -> None:
    """Look again and again until it has happened."""
    ends = time.monotonic() + within
    while not happened():
        assert time.monotonic() < ends, f"it did not happen within {within} s"
        time.sleep(0.02)


@contextmanager
def running_sandbox(folder: Path, pki: RunningPki, *options: str) -> Iterator[RunningSandbox]:
    """Serve the stand-in in `folder` in a process of its own; `options` as on its command line."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    command = (
        *(sys.executable, "-m", "filing_bridge.sandbox", "serve", "--dir", str(folder), "--port", str(port)),
        *("--pki-dir", str(pki.directory), "--pki-url", pki.base_url, *options),
    )
    process = Process(Program("sandbox", command, says("ready:")), folder)
    process.start()
    with httpx2.Client(trust_env=False, timeout=60) as client:
        try:
            yield RunningSandbox(folder, process, f"http://127.0.0.1:{port}", client)
        finally:
            process.stop()


@dataclass(frozen=True)
class Reply:
    """What came back for one item: its status, and a verified answer or a problem document."""

    status: int
    answer: Answer | None = None
    problem: Mapping[str, Any] = field(default_factory=dict)
    token: str = ""

    @property
    def code(self) -> str:
        """The code of a signed refusal or of a problem; empty for anything else."""
        if self.answer is None:
            return str(self.problem["code"])
        return str(self.answer.body.get("code", ""))

    @property
    def state(self) -> str | None:
        return self.answer.state if self.answer is not None else None

    @property
    def items(self) -> set[tuple[str, str]]:
        """Field and code of everything that was found wrong."""
        return {(item.field, item.code) for item in self.answer.reject_items} if self.answer else set()


@dataclass(frozen=True)
class Draft:
    """A filing about to be sent. Change a part with `dataclasses.replace` to send something wrong."""

    record: dict[str, Any]
    pdf: bytes
    employer_signature: str
    version: int = 1

    @property
    def body(self) -> dict[str, Any]:
        return protocol.submission(
            self.record,
            version=self.version,
            employer_signature=self.employer_signature,
            document_size=len(self.pdf),
        )

    @property
    def key(self) -> str:
        return str(self.body["idempotency_key"])

    @property
    def digest(self) -> str:
        return protocol.record_digest(self.record)


@dataclass
class Platform:
    """A platform that is registered with the stand-in, with its key and its way of asking."""

    sandbox: RunningSandbox
    authorities: Authorities
    chance: random.Random
    system_code: str = "QIANBEI-TEST"
    token: str = "test-platform-token"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def signer(self) -> protocol.Signer:
        return protocol.Signer(protocol.public_jwk(self.key.public_key())["kid"], protocol.es256(self.key))

    def register(self, jurisdictions: Sequence[str] = ("37",)) -> None:
        jwks = {"keys": [protocol.public_jwk(self.key.public_key())]}
        self.sandbox.admin(
            "PUT",
            "senders",
            {
                "system_code": self.system_code,
                "token": self.token,
                "jwks": jwks,
                "jurisdictions": list(jurisdictions),
            },
        )

    def contract(self, slug: str | None = None, **sections: dict[str, Any]) -> SignedFile:
        """A new signed contract of random people."""
        return sign_contract(self.authorities, random_facts(self.chance, slug, **sections))

    def draft(self, contract: SignedFile | None = None, **envelope: Any) -> Draft:
        """A correct filing of a contract; `envelope` changes what the act of filing adds."""
        contract = contract or self.contract()
        facts = contract.facts
        late = envelope.get("late_reason") is not None
        record = to_filing_record(
            facts,
            SignedContract(sha256(contract.pdf).hexdigest(), contract.signed_at),
            filing_type_for(facts, late=late),
            Envelope(
                **{
                    "filing_id": str(UUID(int=self.chance.getrandbits(128), version=4)),
                    "submitter_name": "测试人事",
                    "submitter_phone": "0533-2345678",
                    "submitted_at": datetime.now(UTC),
                    **envelope,
                }
            ),
            omit=profile_for(facts["jurisdiction_code"]).omit,
        )
        return self.seal_record(record, contract.pdf)

    def seal_record(self, record: dict[str, Any], pdf: bytes, key: SigningKey | None = None) -> Draft:
        """The employer's signature over a record, right or wrong."""
        employer = record["employer"]
        key = key or self.authorities.organisation(employer["name"], employer["uscc"])
        return Draft(record, pdf, employer_signature(record, key))

    def next_version(self, draft: Draft) -> Draft:
        """The same contract, filed again after it was returned."""
        record = {**draft.record, "filing_id": str(UUID(int=self.chance.getrandbits(128), version=4))}
        return replace(self.seal_record(record, draft.pdf), version=draft.version + 1)

    def message(self, interface: Interface, body: Mapping[str, Any], *, now: datetime | None = None) -> str:
        return protocol.sign_message(
            interface,
            body,
            system_code=self.system_code,
            now=now or datetime.now(UTC),
            signer=self.signer,
        )

    def submission(self, body: Mapping[str, Any]) -> str:
        """A signed submission."""
        return self.message(Interface.SUBMIT, body)

    def item(self, draft: Draft) -> dict[str, str]:
        return {"message": self.submission(draft.body), "pdf": base64.b64encode(draft.pdf).decode()}

    def post(self, path: str, body: object, *, token: str | None = None, **more: Any) -> httpx2.Response:
        headers = {
            "Authorization": f"Bearer {token or self.token}",
            "Content-Type": "application/json",
        }
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.sandbox.client.post(self.sandbox.url + path, content=content, headers=headers, **more)

    def submit(self, *drafts: Draft) -> list[Reply]:
        """Send a batch; every answer is verified."""
        response = self.post("/v1/filings", {"items": [self.item(draft) for draft in drafts]})
        assert response.status_code == 200, response.text
        return [
            self.open(result, draft) for result, draft in zip(response.json()["results"], drafts, strict=True)
        ]

    def file(self, draft: Draft) -> Reply:
        """Send one filing."""
        [reply] = self.submit(draft)
        return reply

    def file_unchecked(self, body: Mapping[str, Any], *, pdf: bytes = b"%PDF-1.7") -> Reply:
        """Send a submission that may break its schema, which a platform would not sign."""
        head = {
            "interface_code": Interface.SUBMIT.value,
            "system_code": self.system_code,
            "serial_no": secrets.token_hex(16),
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "version": protocol.messages.VERSION,
        }
        message = sign_payload({"head": head, "body": body}, Purpose.MESSAGE, self.signer)
        items = [{"message": message, "pdf": base64.b64encode(pdf).decode()}]
        [result] = self.post("/v1/filings", {"items": items}).json()["results"]
        digest = protocol.record_digest(body["record"])
        return self._reply(result["status"], result, body["idempotency_key"], digest)

    def query(self, draft: Draft) -> Reply:
        """Ask where a filing stands."""
        message = self.message(Interface.QUERY, {"idempotency_key": draft.key})
        response = self.post("/v1/filings/query", {"message": message})
        document = response.json()
        result = document if response.status_code == 200 else {"problem": document}
        return self._reply(response.status_code, result, draft.key, draft.digest)

    def open(self, result: Mapping[str, Any], draft: Draft) -> Reply:
        """What one result of a batch says."""
        return self._reply(result["status"], result, draft.key, draft.digest)

    def _reply(self, status: int, result: Mapping[str, Any], key: str, digest: str) -> Reply:
        if "answer" not in result:
            return Reply(status, problem=result["problem"])
        answer = protocol.open_answer(
            result["answer"],
            self.sandbox.keys,
            system_code=SYSTEM_CODE,
            idempotency_key=key,
            record_digest=digest,
        )
        return Reply(status, answer, token=result["answer"])


def employer_signature(record: Mapping[str, Any], key: SigningKey) -> str:
    """The detached signature over a record by an organisation's key."""
    chain = [each.public_bytes(Encoding.DER) for each in (key.certificate, *key.chain[:-1])]
    return protocol.sign_record(record, chain, lambda data: protocol.raw_signature(key.sign(data)))


@pytest.fixture(scope="session")
def authorities(pki: RunningPki) -> Authorities:
    """One certificate authority, time-stamp authority and revocation source for the session."""
    return Authorities(pki)


@pytest.fixture(scope="session")
def sandbox(pki: RunningPki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """One stand-in, deciding at once, for the session."""
    with running_sandbox(tmp_path_factory.mktemp("sandbox"), pki) as running:
        yield running


@pytest.fixture
def platform(sandbox: RunningSandbox, authorities: Authorities, request: pytest.FixtureRequest) -> Platform:
    """A newly registered platform; what is random about its filings follows from the seed it prints."""
    seed = secrets.randbits(32)
    print(f"seed {seed}")  # noqa: T201  (shown when the test fails)
    made = Platform(sandbox, authorities, random.Random(seed))
    made.register()
    return made
