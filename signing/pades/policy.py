"""How certificates and revocation are judged: offline, from the data in the file, weak algorithms refused."""

from collections.abc import Sequence

from asn1crypto import crl, ocsp, x509
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffPolicy, DiffResult, SuspiciousModification
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    DisallowWeakAlgorithmsPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer


class RememberedDifferences(DiffPolicy):
    """pyHanko's standard comparison of revisions, made once for each signed revision of one file.

    Validating n signatures otherwise repeats it n times, a third of the whole cost.
    """

    def __init__(self) -> None:
        self._seen: dict[int, DiffResult | SuspiciousModification] = {}

    def apply(
        self,
        old: HistoricalResolver,
        new: HistoricalResolver,
        field_mdp_spec: FieldMDPSpec | None = None,
        doc_mdp: MDPPerm | None = None,
    ) -> DiffResult:
        return DEFAULT_DIFF_POLICY.apply(old, new, field_mdp_spec, doc_mdp)

    def review_file(
        self,
        reader: PdfFileReader,
        base_revision: int | HistoricalResolver,
        field_mdp_spec: FieldMDPSpec | None = None,
        doc_mdp: MDPPerm | None = None,
    ) -> DiffResult | SuspiciousModification:
        number = base_revision if isinstance(base_revision, int) else base_revision.revision
        if number not in self._seen:  # a revision holds one signature, so the other arguments follow from it
            self._seen[number] = DEFAULT_DIFF_POLICY.review_file(
                reader, base_revision, field_mdp_spec, doc_mdp
            )
        return self._seen[number]


def offline_policy(
    roots: Sequence[x509.Certificate], store: DocumentSecurityStore, differences: RememberedDifferences
) -> PdfSignatureValidationSpec:
    """The policy with the validation data of `store` (the DSS).

    Revocation must be known for every certificate but the roots. Signers' certificates must be meant for
    commitments (nonRepudiation). Made anew for each signature: its parts remember what they have seen.
    """
    rule = RevocationCheckingRule.CRL_OR_OCSP_REQUIRED
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=roots),
        revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy(rule, rule)),
        algorithm_usage_policy=DisallowWeakAlgorithmsPolicy(),
    )
    gathering = RevocationInfoGatheringSpec(
        RevinfoOnlineFetchingRule.LOCAL_ONLY, certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH
    )
    return PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=policy,
            revinfo_gathering_policy=gathering,
            local_knowledge=_knowledge(store),
            key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
        ),
        diff_policy=differences,
    )


def _knowledge(store: DocumentSecurityStore) -> LocalKnowledge:
    responses = (one.get_object().read_data(DecodePurpose.OCSP_RESPONSE) for one in store.ocsps)
    lists = (one.get_object().read_data(DecodePurpose.CRL) for one in store.crls)
    return LocalKnowledge(
        known_ocsps=[
            container
            for der in responses
            for container in OCSPContainer.load_multi(ocsp.OCSPResponse.load(der))
        ],
        known_crls=[CRLContainer(crl_data=crl.CertificateList.load(der)) for der in lists],
        known_certs=list(store.load_certs()),
    )
