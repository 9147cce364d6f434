"""Whether a certificate stood at a given time: offline, from the validation data in the file.

A signature proves itself in two steps. Its time-stamp says when it existed; the validation data say that its
certificate was good at some moment from then on, but before the archive time-stamp that covers both. Which
moment that is, depends on when the data were collected, so each that the data allow is tried, latest first.
(ETSI EN 319 102-1 §5.6.2 slides the control time in the same manner. pyHanko's own sliding starts at the wall
clock and stops at nextUpdate instead of thisUpdate, so that a sound file fails once a short-lived certificate
has expired; its validation at one given moment is what is used here.)
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, crl, ocsp, x509
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate, AdESPassed, AdESSubIndic
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko.sign.validation.ades import ades_basic_validation, ades_timestamp_validation
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureStatus
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    DisallowWeakAlgorithmsPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

MAX_ITEMS = 300  # certificates, responses and lists in one DSS
MAX_MOMENTS = 6

REVOKED = frozenset(
    {AdESFailure.REVOKED, AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE}
)
UNTRUSTED = REVOKED | {
    AdESFailure.NOT_YET_VALID,
    AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE,
    AdESIndeterminate.CHAIN_CONSTRAINTS_FAILURE,
    AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND,
    AdESIndeterminate.EXPIRED,
    AdESIndeterminate.NOT_YET_VALID,
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE,
    AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED,
    AdESIndeterminate.REVOCATION_OUT_OF_BOUNDS_NO_POE,
    AdESIndeterminate.NO_POE,
    AdESIndeterminate.TRY_LATER,
}


@dataclass(frozen=True)
class Finding:
    """What came of it. `ok` needs both: the AdES indication and pyHanko's own bottom line.

    `valid_until`: when the first certificate of the chain expires, if a chain was found.
    """

    indication: AdESSubIndic
    ok: bool
    valid_until: datetime | None

    @property
    def name(self) -> str:
        """As ETSI EN 319 102-1 spells it."""
        return str(self.indication.standard_name)

    @property
    def settled(self) -> bool:
        """No earlier moment need be asked: it was good, or revocation is known."""
        return self.ok or self.indication in REVOKED


NOTHING_KNOWN = Finding(AdESIndeterminate.OUT_OF_BOUNDS_NO_POE, ok=False, valid_until=None)


class ValidationData:
    """The DSS as of one archive time-stamp, and the trust roots.

    Revocation must be known for every certificate but the roots; weak algorithms are refused; nothing is
    fetched.
    """

    def __init__(self, store: DocumentSecurityStore, roots: Sequence[x509.Certificate]) -> None:
        if len(store.certs) + len(store.ocsps) + len(store.crls) > MAX_ITEMS:
            raise ValueError("too much validation data")
        responses = (one.get_object().read_data(DecodePurpose.OCSP_RESPONSE) for one in store.ocsps)
        lists = (one.get_object().read_data(DecodePurpose.CRL) for one in store.crls)
        self.certificates = list(store.load_certs())
        self._ocsps = [
            container
            for der in responses
            for container in OCSPContainer.load_multi(ocsp.OCSPResponse.load(der))
        ]
        self._crls = [CRLContainer(crl_data=crl.CertificateList.load(der)) for der in lists]
        rule = RevocationCheckingRule.CRL_OR_OCSP_REQUIRED
        self._spec = SignatureValidationSpec(
            cert_validation_policy=CertValidationPolicySpec(
                trust_manager=SimpleTrustManager.build(trust_roots=roots),
                revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy(rule, rule)),
                algorithm_usage_policy=DisallowWeakAlgorithmsPolicy(),
            ),
            revinfo_gathering_policy=RevocationInfoGatheringSpec(
                RevinfoOnlineFetchingRule.LOCAL_ONLY,
                certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH,
            ),
            local_knowledge=LocalKnowledge(
                known_ocsps=self._ocsps, known_crls=self._crls, known_certs=self.certificates
            ),
            # A signer's certificate must be meant for commitments.
            key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
        )

    async def judge_time_stamp(
        self, token: cms.SignedData, imprint: Callable[[str], bytes], upper: datetime
    ) -> Finding:
        """Whether a time-stamp token held by `upper`: the time of the archive that covers it, or its own.

        `imprint` gives the digest of what was stamped, for the name of a digest algorithm.
        """
        signer = extract_certs_for_validation(token).signer_cert
        lower = token["encap_content_info"]["content"].parsed["gen_time"].native
        finding = NOTHING_KNOWN
        for moment in self._moments(signer, lower, upper):
            result = await ades_timestamp_validation(token, self._spec, imprint, timing_info=_as_of(moment))
            status = result.api_status
            sound = status is not None and status.intact and status.valid and status.trusted
            finding = _finding(result.ades_subindic, status, sound)
            if finding.settled:
                break
        return finding

    async def judge_signature(
        self, signed_data: cms.SignedData, digest: bytes, lower: datetime, upper: datetime
    ) -> Finding:
        """Whether a signature over a document with `digest`, made before `lower`, held by `upper`."""
        signer = extract_certs_for_validation(signed_data).signer_cert
        finding = NOTHING_KNOWN
        for moment in self._moments(signer, lower, upper):
            timing = _as_of(moment)
            result = await ades_basic_validation(
                signed_data, self._spec, timing_info=timing, raw_digest=digest
            )
            status = result.api_status
            finding = _finding(result.ades_subindic, status, status is not None and status.bottom_line)
            if finding.settled:
                break
        return finding

    def _moments(self, certificate: x509.Certificate, lower: datetime, upper: datetime) -> Iterator[datetime]:
        """When the data can speak for the certificate, between `lower` and both `upper` and its expiry."""
        last = min(upper, certificate.not_valid_after)
        issued = [
            *(one.issuance_date for one in self._ocsps if _is_about(one, certificate)),
            *(one.issuance_date for one in self._crls if one.crl_data.issuer == certificate.issuer),
        ]
        # An answer given just before the signature holds for a while after it.
        moments = {max(lower, moment) for moment in issued if moment is not None}
        possible = sorted({moment for moment in moments | {upper} if lower <= moment <= last}, reverse=True)
        yield from possible[:MAX_MOMENTS]


def _finding(indication: AdESSubIndic, status: SignatureStatus | None, sound: bool) -> Finding:
    path = status.validation_path if status is not None else None
    certificates = list(path.iter_certs(include_root=True)) if path is not None else []
    valid_until = min((one.not_valid_after for one in certificates), default=None)
    return Finding(indication, sound and indication is AdESPassed.OK, valid_until)


def _is_about(answer: OCSPContainer, certificate: x509.Certificate) -> bool:
    single = answer.extract_single_response()
    return single is not None and single["cert_id"]["serial_number"].native == certificate.serial_number


def _as_of(moment: datetime) -> ValidationTimingInfo:
    return ValidationTimingInfo(moment, moment, point_in_time_validation=True)
