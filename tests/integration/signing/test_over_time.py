"""Signing and judging when days and years pass between the steps.

The authorities run in this process, so that one clock moves for all.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
import time_machine

from signing.keys.authority import CertificateAuthority, OrganisationSubject, WorkerSubject
from signing.keys.http import Exchange
from signing.keys.revocation import Evidence, RevocationSource
from signing.keys.timestamp import TimeStampAuthority
from signing.pades import Completion, Party, SigningRefused, archive, prepare, sign_first, sign_next, validate
from signing.testpki.app import TestPki
from signing.testpki.material import create, load
from tests.support.ceremony import SEAL, STROKES, fields
from tests.support.sample_pdf import sample_pdf

START = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


@dataclass
class World:
    """The authorities, and a clock that can be put forward."""

    clock: time_machine.Traveller
    ca: CertificateAuthority
    tsa: TimeStampAuthority
    revocation: RevocationSource
    app: TestPki

    def wait(self, **span: float) -> None:
        self.clock.shift(timedelta(**span))

    def employer(self) -> Party:
        subject = OrganisationSubject("示例制造（淄博）有限公司", "91370303MA3TE5T03M")
        return Party("employer", self.ca.issue_organisation(subject), SEAL)

    def worker(self) -> Party:
        return Party("worker", self.ca.issue_worker(WorkerSubject("测试甲", "w-1")), STROKES)

    def evidence(self, party: Party, *, fresh: bool = False) -> Evidence:
        return self.revocation.evidence((party.key.certificate, *party.key.chain), fresh=fresh)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with time_machine.travel(START, tick=True) as clock:
        create(tmp_path / "pki")
        material = load(tmp_path / "pki")
        app = TestPki(material)
        exchange = Exchange(transport=httpx2.WSGITransport(app))
        yield World(
            clock,
            CertificateAuthority(
                f"{material.base_url}/issue", material.token, root=material.root, exchange=exchange
            ),
            TimeStampAuthority(
                f"{material.base_url}/tsa", [material.issuing.certificate, material.root], exchange=exchange
            ),
            RevocationSource(exchange=exchange),
            app,
        )


@pytest.mark.parametrize("hours", [0, 10, 30, 24 * 20])
def test_the_employer_may_seal_days_after_the_worker_signed(world: World, hours: int) -> None:
    """The worker's certificate lives a day. What was known while it lived is what counts."""
    employer, worker = world.employer(), world.worker()
    first = sign_first(prepare(sample_pdf()[0], fields()), worker, world.tsa)
    kept = world.evidence(worker, fresh=True).dump()
    world.wait(hours=hours)
    renewed = world.revocation.renewed(Evidence.load(kept))
    assert (renewed == Evidence.load(kept)) is (hours > 24)
    completion = Completion([renewed, world.evidence(employer), world.revocation.evidence(world.tsa.chain)])
    final = archive(sign_next(first, employer, world.tsa, completion), world.tsa)
    root = [world.app.pki.root]
    assert validate(final, root).problems == ()
    world.wait(days=2)
    assert validate(final, root).problems == ()
    world.wait(days=365 * 6)
    assert validate(final, root).problems == ()


@pytest.mark.parametrize("hours", [0, 30, 24 * 20])
def test_evidence_may_go_into_the_workers_own_revision(world: World, hours: int) -> None:
    """Then nothing has to be kept beside the document, whenever the employer seals."""
    employer, worker = world.employer(), world.worker()
    tsa_evidence = world.revocation.evidence(world.tsa.chain)
    worker = dataclasses.replace(worker, evidence=[world.evidence(worker, fresh=True), tsa_evidence])
    first = sign_first(prepare(sample_pdf()[0], fields()), worker, world.tsa)
    world.wait(hours=hours)
    completion = Completion([world.evidence(employer), world.revocation.evidence(world.tsa.chain)])
    final = archive(sign_next(first, employer, world.tsa, completion), world.tsa)
    assert validate(final, [world.app.pki.root]).problems == ()
    world.wait(days=365 * 4)
    assert validate(final, [world.app.pki.root]).problems == ()


def test_what_a_responder_says_of_an_expired_certificate_proves_nothing(world: World) -> None:
    """The reason for `renewed`: asked too late, the authority answers, and the file is not accepted."""
    employer, worker = world.employer(), world.worker()
    first = sign_first(prepare(sample_pdf()[0], fields()), worker, world.tsa)
    world.wait(hours=30)
    late = [world.evidence(worker, fresh=True), world.evidence(employer)]
    completion = Completion([*late, world.revocation.evidence(world.tsa.chain)])
    final = archive(sign_next(first, employer, world.tsa, completion), world.tsa)
    verdict = validate(final, [world.app.pki.root])
    assert {(p.code, p.field) for p in verdict.problems} == {("certificate_untrusted", "worker")}


def test_an_expired_certificate_cannot_sign(world: World) -> None:
    worker = world.worker()
    base = prepare(sample_pdf()[0], fields())
    world.wait(hours=25)
    with pytest.raises(SigningRefused) as caught:
        sign_first(base, worker, world.tsa)
    assert caught.value.code == "certificate_expired"


def test_an_archive_renewed_in_time_outlives_the_first_authority(world: World) -> None:
    """After ten years another time-stamp takes over; the first one's certificate then may expire."""
    employer, worker = world.employer(), world.worker()
    first = sign_first(prepare(sample_pdf()[0], fields()), worker, world.tsa)
    completion = Completion(
        [
            world.evidence(worker, fresh=True),
            world.evidence(employer),
            world.revocation.evidence(world.tsa.chain),
        ]
    )
    final = archive(sign_next(first, employer, world.tsa, completion), world.tsa)
    world.wait(days=365 * 10)
    renewed = archive(final, world.tsa, [world.revocation.evidence(world.tsa.chain, fresh=True)])
    verdict = validate(renewed, [world.app.pki.root])
    assert verdict.problems == ()
    assert verdict.archive is not None
    assert verdict.archive.at.year == 2036


def test_a_clock_before_the_archive_is_not_believed(world: World) -> None:
    employer = world.employer()
    _, spec = fields()
    completion = Completion([world.evidence(employer), world.revocation.evidence(world.tsa.chain)])
    final = archive(sign_first(prepare(sample_pdf()[0], [spec]), employer, world.tsa, completion), world.tsa)
    root = [world.app.pki.root]
    now = datetime.now(UTC)
    assert validate(final, root, at=now - timedelta(minutes=1)).ok
    assert not validate(final, root, at=now - timedelta(minutes=10)).ok
