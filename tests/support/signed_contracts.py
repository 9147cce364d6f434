"""Contracts of random synthetic people, rendered and signed by both parties with real keys of the test PKI.

authorities = Authorities(pki)
facts = random_facts(random.Random(7))
contract = sign_contract(authorities, facts)
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from cryptography import x509

from contracts.changes.agreement import render_agreement
from contracts.changes.facts import SIGNERS
from contracts.document.engine import Rendered
from contracts.document.render import render
from contracts.document.template import load_template
from contracts.endings.certificate import render_certificate
from contracts.endings.facts import signers_of
from contracts.suspensions import facts as suspensions
from contracts.suspensions.document import render_suspension
from core.numbers import USCC_ALPHABET, citizen_check_character, uscc_check_character
from core.periods import last_day
from signing.keys.authority import CertificateAuthority, OrganisationSubject, WorkerSubject
from signing.keys.revocation import RevocationSource
from signing.keys.signing_key import SigningKey
from signing.keys.timestamp import TimeStampAuthority
from signing.pades.apply import Party, sign_first, sign_next
from signing.pades.complete import Completion, archive
from signing.pades.geometry import box_from_points
from signing.pades.marks import Mark, Seal, TypedName
from signing.pades.prepare import FieldSpec, prepare
from signing.pades.validate import validate
from tests.support.contract_facts import sample_facts
from tests.support.pki import RunningPki

SLUGS = ("general", "part-time", "dispatch", "construction")
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass
class Authorities:
    """The outside authorities, and the organisation keys that they have certified so far."""

    pki: RunningPki
    _organisations: dict[tuple[str, str], SigningKey] = field(default_factory=dict)

    @cached_property
    def root(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.pki.root_pem)

    @cached_property
    def ca(self) -> CertificateAuthority:
        return CertificateAuthority(f"{self.pki.base_url}/issue", self.pki.token, root=self.root)

    @cached_property
    def tsa(self) -> TimeStampAuthority:
        issuing = x509.load_pem_x509_certificate((self.pki.directory / "issuing.pem").read_bytes())
        return TimeStampAuthority(self.pki.tsa_url, [issuing, self.root])

    @cached_property
    def revocation(self) -> RevocationSource:
        return RevocationSource()

    def organisation(self, name: str, uscc: str) -> SigningKey:
        """The organisation's key, the same one each time."""
        if (name, uscc) not in self._organisations:
            self._organisations[name, uscc] = self.ca.issue_organisation(OrganisationSubject(name, uscc))
        return self._organisations[name, uscc]

    def chain(self, key: SigningKey) -> tuple[x509.Certificate, ...]:
        return (key.certificate, *key.chain)


@dataclass(frozen=True)
class SignedFile:
    """A completed contract: the PDF, what it says, and the time in the last party's token."""

    pdf: bytes
    facts: dict[str, Any]
    signed_at: datetime


def random_facts(
    chance: random.Random, slug: str | None = None, **sections: dict[str, Any]
) -> dict[str, Any]:
    """Valid and lawful facts: an invented worker of an invented employer, work beginning these days.

    `employer=`, `worker=` and `contract=` change single facts; None removes one.
    """
    slug = slug or chance.choice(SLUGS)
    today = datetime.now(SHANGHAI).date()
    start = today - timedelta(days=chance.randrange(3))
    worker = {**random_worker(chance), **sections.get("worker", {})}
    employer = {"uscc": random_uscc(chance), **sections.get("employer", {})}
    contract: dict[str, Any] = {"start": start.isoformat(), "employment_start": start.isoformat()}
    usual = sample_facts(slug)["contract"]
    if "end" in usual:
        contract["end"] = last_day(start, 36).isoformat()
    if "probation_months" in usual:
        contract["probation_start"] = start.isoformat()
        contract["probation_end"] = last_day(start, usual["probation_months"]).isoformat()
    if "dispatch" in usual:
        ends = last_day(start, 6).isoformat()
        contract["dispatch"] = {**usual["dispatch"], "start": start.isoformat(), "end": ends}
    contract |= sections.get("contract", {})
    facts = sample_facts(slug, worker=worker, employer=employer, contract=contract)
    facts["contract_no"] = f"HT-{start.year}-{chance.randrange(10**9):09d}"
    return facts


def sign_certificate(
    authorities: Authorities, facts: dict[str, Any], *, roles: tuple[str, ...] | None = None
) -> SignedFile:
    """Render the certificate of an ending and have it signed, by those who should unless told otherwise."""
    rendered = render_certificate(facts, at=datetime.now(UTC))
    return _sign(authorities, facts, rendered, roles or signers_of(facts))


def sign_agreement(authorities: Authorities, facts: dict[str, Any]) -> SignedFile:
    """Render the agreement on a change and have it signed by both."""
    return _sign(authorities, facts, render_agreement(facts, at=datetime.now(UTC)), SIGNERS)


def sign_suspension(
    authorities: Authorities, facts: dict[str, Any], *, roles: tuple[str, ...] | None = None
) -> SignedFile:
    """Render a suspension or resumption and have it signed, by those who should unless told otherwise."""
    rendered = render_suspension(facts, at=datetime.now(UTC))
    return _sign(authorities, facts, rendered, roles or suspensions.signers_of(facts))


def _sign(
    authorities: Authorities, facts: dict[str, Any], rendered: Rendered, roles: tuple[str, ...]
) -> SignedFile:
    employer = facts["employer"]
    boxes = {
        each.key: box_from_points(
            each.page, each.x, each.y, each.w, each.h, rendered.page_sizes[each.page - 1]
        )
        for each in rendered.anchors
    }
    anchors = {"worker": "worker_signature", "employer": "employer_seal"}
    seal, tsa = Seal(employer["name"], "劳动合同专用章"), authorities.tsa
    keys = {"employer": authorities.organisation(employer["name"], employer["uscc"])}
    if "worker" in roles:
        keys["worker"] = authorities.ca.issue_worker(WorkerSubject(facts["worker"]["name"], "test"))
    marks: dict[str, Mark] = {"worker": TypedName(facts["worker"]["name"]), "employer": seal}
    evidence = [authorities.revocation.evidence(authorities.chain(keys[role])) for role in roles]
    evidence.append(authorities.revocation.evidence(tsa.chain))
    boxed = {role: boxes[anchors[role]] for role in roles}
    pdf = prepare(rendered.pdf, [FieldSpec(role, role, boxed[role], boxed[role]) for role in roles])
    for number, role in enumerate(roles):
        completion = Completion(evidence) if number == len(roles) - 1 else None
        party = Party(role, keys[role], marks[role])
        pdf = (sign_next if number else sign_first)(pdf, party, tsa, completion)
    pdf = archive(pdf, tsa)
    verdict = validate(pdf, [authorities.root])
    assert verdict.ok, verdict.problems
    times = [each.at for each in verdict.signatures if each.at is not None]
    return SignedFile(pdf, facts, max(times))


def random_worker(chance: random.Random) -> dict[str, Any]:
    """A person who does not exist: only the checksum makes the number look real."""
    born = date(1970, 1, 1) + timedelta(days=chance.randrange(12_000))
    first17 = f"370303{born:%Y%m%d}{chance.randrange(1000):03d}"
    return {
        "name": "测试" + "".join(chance.choice("子丑寅卯辰巳午未申酉戌亥甲乙丙丁") for _ in range(2)),
        "id_no": first17 + citizen_check_character(first17),
        "sex": "1" if int(first17[16]) % 2 else "2",
        "birth_date": born.isoformat(),
        "mobile": f"138{chance.randrange(10**8):08d}",
    }


def random_uscc(chance: random.Random) -> str:
    """The code of a company in Zhangdian that nobody registered."""
    first17 = "91370303" + "".join(chance.choice(USCC_ALPHABET) for _ in range(9))
    return first17 + uscc_check_character(first17)


def sign_contract(
    authorities: Authorities,
    facts: dict[str, Any],
    *,
    worker_name: str | None = None,
    employer_key: SigningKey | None = None,
    rendered: Rendered | None = None,
) -> SignedFile:
    """Render the contract and take it through worker, employer and archive.

    `worker_name` and `employer_key` let somebody else sign than the facts name; `rendered` is the document
    where it is not made of one of our templates.
    """
    employer = facts["employer"]
    employer_key = employer_key or authorities.organisation(employer["name"], employer["uscc"])
    worker_key = authorities.ca.issue_worker(WorkerSubject(worker_name or facts["worker"]["name"], "test"))
    rendered = rendered or render(load_template(facts["template"]["slug"]), facts, at=datetime.now(UTC))
    boxes = {
        each.key: box_from_points(
            each.page, each.x, each.y, each.w, each.h, rendered.page_sizes[each.page - 1]
        )
        for each in rendered.anchors
    }
    prepared = prepare(
        rendered.pdf,
        [
            FieldSpec("worker", "乙方（劳动者）签名", boxes["worker_signature"]),
            FieldSpec("employer", "甲方（用人单位）盖章", boxes["employer_seal"], boxes["employer_seal"]),
        ],
        seams=[box for key, box in boxes.items() if key.startswith("seam_")],
    )
    tsa = authorities.tsa
    once = sign_first(prepared, Party("worker", worker_key, TypedName(facts["worker"]["name"])), tsa)
    seal = Seal(employer["name"], "劳动合同专用章")
    evidence = [
        authorities.revocation.evidence(authorities.chain(worker_key), fresh=True),
        authorities.revocation.evidence(authorities.chain(employer_key)),
        authorities.revocation.evidence(tsa.chain),
    ]
    twice = sign_next(once, Party("employer", employer_key, seal), tsa, Completion(evidence, seal))
    pdf = archive(twice, tsa)
    verdict = validate(pdf, [authorities.root])
    assert verdict.ok, verdict.problems
    times = [each.at for each in verdict.signatures if each.at is not None]
    return SignedFile(pdf, facts, max(times))
