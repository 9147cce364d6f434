"""Runs the main job over the public API: as operator, as the employer's people, and as the workers.

What arrives on a worker's phone is read from the stand-in SMS outbox, as the worker would read the phone.
"""

import base64
import hashlib
import hmac
import json
import re
import struct
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar

from config.demo import people
from config.demo.api import Api, Problem, until

T = TypeVar("T")
R = TypeVar("R")
PASSWORD = "synthetic-Demo-2026"  # noqa: S105  (of invented people in a throw-away database)
TOTP_STEP = 30
CHINA = timezone(timedelta(hours=8))
WAIT = 1_800  # seconds for one stage of one contract, which may queue behind thousands


class Phones:
    """The text messages that the stand-in SMS provider wrote down, by receiver."""

    def __init__(self, outbox: Path) -> None:
        self._file = outbox / "sms.jsonl"
        self._position = 0
        self._messages: dict[str, list[str]] = {}
        self._lock = threading.Lock()

    def messages(self, mobile: str) -> list[str]:
        """All messages to this number so far, oldest first."""
        with self._lock:
            if self._file.exists():
                with self._file.open("rb") as file:
                    file.seek(self._position)
                    for line in file:
                        if not line.endswith(b"\n"):
                            break  # still being written
                        self._position += len(line)
                        message = json.loads(line)
                        self._messages.setdefault(message["to"], []).append(message["text"])
            return list(self._messages.get(mobile, ()))

    def set_aside(self, mobile: str) -> None:
        """What came to this number so far is no longer looked at."""
        self.messages(mobile)
        with self._lock:
            self._messages[mobile] = []

    def wait(self, mobile: str, pattern: str, already: int = 0) -> str:
        """The first group of `pattern` in the newest message after the first `already` matching ones."""

        def look() -> str | None:
            found = [m.group(1) for text in self.messages(mobile) if (m := re.search(pattern, text))]
            return found[-1] if len(found) > already else None

        return until(look, within=WAIT, what="a text message")


def totp(secret: str, at: float) -> str:
    """RFC 6238 code, as an authenticator app shows it."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at // TOTP_STEP)), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@dataclass
class Person:
    """Somebody with a log-in: what they know and carry."""

    email: str
    api: Api
    totp_secret: str = ""
    last_step: int = 0

    def code(self) -> str:
        """A one-time password: each is accepted once, so it may take half a minute until the next."""
        while time.time() // TOTP_STEP <= self.last_step:
            time.sleep(0.2)
        self.last_step = int(time.time() // TOTP_STEP)
        return totp(self.totp_secret, time.time())


@dataclass
class Employer:
    owner: Person
    clerk: Person
    keeper: Person
    auditor: Person
    seal: str


@dataclass
class Job:
    """One contract on its way."""

    number: int
    worker: dict[str, Any]
    template: str
    terms: dict[str, Any]
    worker_id: str = ""
    contract_id: str = ""
    filing_id: str = ""
    receipt_no: str = ""
    acknowledged: bool = False
    effective: bool = False
    accepted: bool = False
    changed: bool = False
    renewed: bool = False
    terminated: bool = False


def register_employer(base_url: str, operator_key: str, outbox: Path) -> Employer:
    """An employer from registration to approval, with an owner, a clerk and a seal keeper, and a seal."""
    visitor, operator = Api(base_url), Api(base_url, operator_key)
    registered = visitor.post("employers/", {**people.EMPLOYER, "owner_email": "owner@example.test"})
    owner = accept_invitation(base_url, outbox, "owner@example.test", "测试负责人")
    operator.post(f"operator/employers/{registered['id']}/approve/")
    members = {}
    for role, name in (("clerk", "测试专员"), ("seal_keeper", "测试印章员"), ("auditor", "测试审计员")):
        email = f"{role.replace('_', '-')}@example.test"
        owner.api.post("members/invitations/", {"email": email, "role": role})
        members[role] = accept_invitation(base_url, outbox, email, name)
    keeper = members["seal_keeper"]
    keeper.totp_secret = keeper.api.post("me/totp/")["secret"]
    keeper.api.post("me/totp/confirm/", {"totp": keeper.code()})
    (holder,) = owner.api.get("members/", role="seal_keeper")["results"]
    seal = owner.api.post("seals/", {"kind": "official", "label": "公章", "holder": holder["user"]})
    return Employer(owner, members["clerk"], keeper, members["auditor"], seal["id"])


def accept_invitation(base_url: str, outbox: Path, email: str, name: str) -> Person:
    """Take the token out of the mail, set a password, log in."""
    token = until(lambda: _token_in_mail(outbox, email), within=60, what="an invitation by mail")
    visitor = Api(base_url)
    visitor.post("invitations/accept/", {"token": token, "name": name, "password": PASSWORD})
    session = visitor.post("sessions/", {"email": email, "password": PASSWORD})
    return Person(email, Api(base_url, session["token"]))


def _token_in_mail(outbox: Path, email: str) -> str | None:
    for file in sorted((outbox / "mail").glob("*"), reverse=True):
        # A file may hold several mails: Django names it by the second and an address in memory.
        _before, addressed, mail = file.read_text(encoding="utf-8", errors="replace").rpartition(
            f"To: {email}\n"
        )
        if addressed and (found := re.search(r"/invitation/([A-Za-z0-9_-]{43})/", mail)):
            return found.group(1)
    return None


def draft(employer: Employer, job: Job) -> None:
    """The clerk enters the worker once and drafts from the template."""
    clerk = employer.clerk.api
    job.worker_id = clerk.post("workers/", job.worker)["id"]
    contract = clerk.post(
        "contracts/",
        {
            "worker": job.worker_id,
            "template": job.template,
            "jurisdiction_code": people.JURISDICTION,
            "terms": job.terms,
        },
    )
    job.contract_id = contract["id"]


def draft_and_send(employer: Employer, job: Job) -> None:
    """`draft`, and off it goes."""
    draft(employer, job)
    employer.clerk.api.post(f"contracts/{job.contract_id}/send/")


def sign_as_worker(base_url: str, phones: Phones, job: Job) -> None:
    """The worker on the phone: link, identity, notices, reading, placing, code, confirmation."""
    mobile = job.worker["mobile"]
    phone = identify_as_worker(base_url, phones, job)
    for text in phone.get("sign/consents/"):
        phone.post("sign/consents/", {"kind": text["kind"], "version": text["version"]})
    document = phone.download("sign/document/")
    digest = hashlib.sha256(document).hexdigest()
    personal = phone.get("sign/session/")["personal"]
    phone.post("sign/read/", {"document_sha256": digest, "dwell_ms": [4_000] * personal["pages"]})
    phone.post(
        "sign/place/", {"document_sha256": digest, "box": personal["place"], **handwriting(job.number)}
    )
    phone.post("sign/code/", {"document_sha256": digest})
    code = phones.wait(mobile, r"】签署验证码(\d{6})")
    phone.post("sign/confirm/", {"document_sha256": digest, "code": code})
    job.acknowledged = True
    until(lambda: _signed(phone), within=WAIT, what="the worker's signature")


def identify_as_worker(base_url: str, phones: Phones, job: Job) -> Api:
    """The link from the text message, name, number and code: a session of the worker's phone."""
    mobile = job.worker["mobile"]
    token = phones.wait(mobile, r"/sign/#([A-Za-z0-9_-]{43})")
    phone = Api(base_url, Api(base_url).post("sign/exchange/", {"token": token})["session"])
    phone.post("sign/identity/", {"name": job.worker["name"], "id_no": job.worker["id_no"]})
    phone.post("sign/identity/code/", {"code": phones.wait(mobile, r"】验证码(\d{6})")})
    return phone


def refuse_as_worker(base_url: str, phones: Phones, job: Job, reason: str) -> None:
    """The worker proves who they are, and does not sign."""
    identify_as_worker(base_url, phones, job).post("sign/refuse/", {"reason": reason})


def _signed(phone: Api) -> bool | None:
    return True if phone.get("sign/status/")["state"] == "signed" else None


def handwriting(number: int) -> dict[str, Any]:
    """A scribble that differs from worker to worker: three strokes of [x, y, milliseconds, pressure]."""
    lines = []
    for line in range(3):
        points = []
        for step in range(24):
            x = 40 + 220 * line + 8 * step
            y = 120 + 60 * ((step * (3 + (number + line) % 5)) % 17) / 17
            points.append([x, y, line * 500 + step * 16, 0.5])
        lines.append(points)
    return {"strokes": lines, "canvas": {"w": 720, "h": 300, "dpr": 2, "turned": False}}


def seal_all(employer: Employer, jobs: Iterable[Job]) -> None:
    """The clerk applies for the seal; another person approves once, with a one-time password."""
    _approve(employer, ask_for_seal(employer, jobs))


def ask_for_seal(employer: Employer, jobs: Iterable[Job]) -> str:
    """The clerk's application; its id."""
    return _apply(employer, contracts=[job.contract_id for job in jobs], reason="新员工劳动合同")


def _apply(employer: Employer, **wish: Any) -> str:
    return str(employer.clerk.api.post("seal-applications/", {"seal": employer.seal, **wish})["id"])


def _approve(employer: Employer, application: str) -> None:
    employer.keeper.api.post(f"seal-applications/{application}/approve/", {"code": employer.keeper.code()})


def change(employer: Employer, base_url: str, phones: Phones, job: Job) -> None:
    """Promoted with better pay from today: agreement, two signatures, filing of the change."""
    clerk = employer.clerk.api
    phones.set_aside(job.worker["mobile"])
    terms = {"job_title": "班组长", "wage_amount": "6200.00"}
    wish = {"terms": terms, "effective_on": datetime.now(CHINA).date().isoformat()}
    _see_that_it_is_lawful(clerk.post(f"contracts/{job.contract_id}/changes/preview/", wish))
    made = clerk.post(f"contracts/{job.contract_id}/changes/", wish)
    sign_as_worker(base_url, phones, job)
    _approve(employer, _apply(employer, changes=[made["id"]], reason="劳动合同变更协议书"))
    _wait_until_filed(employer, job.contract_id, "effective", "change")
    job.changed = clerk.get(f"contracts/{job.contract_id}/")["summary"]["job_title"] == terms["job_title"]


def renew(employer: Employer, base_url: str, phones: Phones, job: Job) -> None:
    """The term ends soon: the next contract follows it, is signed by both and filed as a renewal."""
    clerk = employer.clerk.api
    phones.set_aside(job.worker["mobile"])
    wish = {"terms": {"end": people.FIXED["end"]}}
    _see_that_it_is_lawful(clerk.post(f"contracts/{job.contract_id}/renewals/preview/", wish))
    made = clerk.post(f"contracts/{job.contract_id}/renewals/", wish)["id"]
    clerk.post(f"contracts/{made}/send/")
    sign_as_worker(base_url, phones, job)
    _approve(employer, _apply(employer, contracts=[made], reason="续订劳动合同"))
    _wait_until_filed(employer, made, "effective", "renewal")
    job.renewed = True


def _see_that_it_is_lawful(proposal: dict[str, Any]) -> None:
    if any(finding["severity"] == "error" for finding in proposal["findings"]):
        raise RuntimeError(f"the demonstration breaks a rule: {proposal['findings']}")


def _wait_until_filed(employer: Employer, contract_id: str, state: str, event: str) -> None:
    """Until the contract is in `state` and the province has accepted the filing of the event."""
    clerk = employer.clerk.api

    def look() -> bool | None:
        contract = clerk.get(f"contracts/{contract_id}/")
        filings = clerk.get("filings/", contract=contract_id, event=event)["results"]
        filed = [filing["receipt_no"] for filing in filings if filing["state"] == "accepted"]
        return True if contract["state"] == state and filed else None

    until(look, within=WAIT, what=f"a contract that is {state}, and its accepted {event}", pause=0.3)


def terminate(employer: Employer, base_url: str, phones: Phones, job: Job) -> None:
    """The worker wishes to leave today and both agree: certificate, two signatures, filing of the ending."""
    phones.set_aside(job.worker["mobile"])
    termination = open_ending(employer, job)
    sign_as_worker(base_url, phones, job)
    _approve(employer, _apply(employer, terminations=[termination], reason="解除劳动合同证明书"))
    _wait_until_filed(employer, job.contract_id, "ended", "ending")
    job.terminated = True


def open_ending(employer: Employer, job: Job) -> str:
    """The worker wishes to leave today and the employer agrees; the ending's id. Nothing is signed yet."""
    clerk = employer.clerk.api
    today = datetime.now(CHINA).date().isoformat()
    wish = {"reason": "3602", "date": today, "protected": False, "evidence": ["agreement"]}
    _see_that_it_is_lawful(clerk.post(f"contracts/{job.contract_id}/terminations/preview/", wish))
    return str(clerk.post(f"contracts/{job.contract_id}/terminations/", wish)["id"])


def wait_for_contract(employer: Employer, state: str, job: Job) -> None:
    """Until the contract is in `state`."""

    def look() -> bool | None:
        contract = employer.clerk.api.get(f"contracts/{job.contract_id}/")
        return True if contract["state"] == state else None

    until(look, within=WAIT, what=f"a contract in state {state}", pause=0.3)
    job.effective = state == "effective"


def wait_for_filing(employer: Employer, job: Job) -> None:
    """Until the province has accepted the filing of the contract."""

    def look() -> bool | None:
        (filing,) = employer.clerk.api.get("filings/", contract=job.contract_id)["results"]
        job.filing_id, job.receipt_no = filing["id"], filing["receipt_no"]
        return True if filing["state"] == "accepted" else None

    until(look, within=WAIT, what="an accepted filing", pause=0.3)
    job.accepted = True


def wait_for_evidence(employer: Employer, job: Job) -> None:
    """Until the evidence package, which needs the filing form with both seals, can be had."""

    def look() -> bool | None:
        try:
            employer.clerk.api.download(f"contracts/{job.contract_id}/evidence/")
        except Problem as problem:
            if problem.code != "evidence_not_ready":
                raise
            return None
        return True

    until(look, within=WAIT, what="an evidence package", pause=0.5)


def in_parallel(
    work: Callable[[T], R], items: Iterable[T], threads: int, done: Callable[[], None]
) -> list[R]:
    """Do `work` for every item, several at a time; `done` is called after each. Errors are raised."""

    def one(item: T) -> R:
        result = work(item)
        done()
        return result

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, items))
