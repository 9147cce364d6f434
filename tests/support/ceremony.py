"""A whole signing ceremony with synthetic parties against a running test PKI, stage by stage."""

from dataclasses import dataclass
from functools import cached_property

from cryptography import x509

from signing.keys.authority import OrganisationSubject, WorkerSubject
from signing.keys.revocation import Evidence, RevocationSource
from signing.keys.signing_key import KeyAlgorithm, SigningKey
from signing.keys.timestamp import TimeStampAuthority
from signing.pades import (
    Box,
    Completion,
    FieldSpec,
    Party,
    Seal,
    Strokes,
    archive,
    box_from_points,
    prepare,
    sign_first,
    sign_next,
)
from tests.support.pki import RunningPki, authority, time_stamps
from tests.support.sample_pdf import Anchor, sample_pdf

A4 = (595.276, 841.89)
SEAL = Seal("示例制造（淄博）有限公司", "合同专用章", "3703030012345")
STROKES = Strokes(
    (((10, 50), (30, 20), (60, 80), (90, 10)), ((100, 60), (140, 60)), ((150, 20), (151, 22))), 300, 120
)


def box_of(anchor: Anchor) -> Box:
    return box_from_points(anchor.page, anchor.x, anchor.y, anchor.w, anchor.h, A4)


def fields(clauses: int = 40) -> tuple[FieldSpec, FieldSpec]:
    """Worker first, employer second; the employer's zone is the upper right quarter of the last page."""
    worker, employer = sample_pdf(clauses)[1]
    zone = Box(employer.page, 0.5, 0.0, 0.45, 0.4) if clauses == 40 else None
    return (
        FieldSpec("worker", "劳动者签名 / Worker's signature", box_of(worker)),
        FieldSpec("employer", "用人单位盖章 / Employer's seal", box_of(employer), zone),
    )


def seams(pages: int) -> list[Box]:
    """A 42 mm seal cut over the right edges of all pages."""
    whole = 42 / 25.4 * 72
    width = whole / pages
    return [
        box_from_points(page, A4[0] - width, (A4[1] - whole) / 2, width, whole, A4)
        for page in range(1, pages + 1)
    ]


@dataclass(frozen=True)
class Ceremony:
    """Everything that a signing needs; each stage is made once."""

    pki: RunningPki
    algorithm: KeyAlgorithm = KeyAlgorithm.P256

    @cached_property
    def tsa(self) -> TimeStampAuthority:
        return time_stamps(self.pki)

    @cached_property
    def revocation(self) -> RevocationSource:
        return RevocationSource()

    @cached_property
    def roots(self) -> list[x509.Certificate]:
        return [x509.load_pem_x509_certificate(self.pki.root_pem)]

    @cached_property
    def worker_key(self) -> SigningKey:
        return authority(self.pki).issue_worker(WorkerSubject("测试甲", "w-0001"), self.algorithm)

    @cached_property
    def employer_key(self) -> SigningKey:
        subject = OrganisationSubject("示例制造（淄博）有限公司", "91370303MA3TE5T03M")
        return authority(self.pki).issue_organisation(subject, self.algorithm)

    @cached_property
    def worker(self) -> Party:
        return Party("worker", self.worker_key, STROKES)

    @cached_property
    def employer(self) -> Party:
        return Party("employer", self.employer_key, SEAL)

    def evidence(self, *keys: SigningKey) -> list[Evidence]:
        """Of these keys (fresh for the first) and of the TSA."""
        chains = [(key.certificate, *key.chain) for key in keys]
        collected = [self.revocation.evidence(chain, fresh=i == 0) for i, chain in enumerate(chains)]
        return [*collected, self.revocation.evidence(self.tsa.chain)]

    @cached_property
    def completion(self) -> Completion:
        return Completion(self.evidence(self.worker_key, self.employer_key), SEAL)

    @cached_property
    def base(self) -> bytes:
        """Prepared, not signed."""
        return prepare(sample_pdf()[0], fields(), seams(4))

    @cached_property
    def first(self) -> bytes:
        """Signed by the worker."""
        return sign_first(self.base, self.worker, self.tsa)

    @cached_property
    def second(self) -> bytes:
        """And sealed by the employer."""
        return sign_next(self.first, self.employer, self.tsa, self.completion)

    @cached_property
    def final(self) -> bytes:
        """And archived: B-LTA."""
        return archive(self.second, self.tsa)
