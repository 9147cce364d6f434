"""What a worker is told of contracts, signatures and filings, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from cryptography import x509
from cryptography.x509.oid import NameOID
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from accounts.web.words import Badge, Tone, Words, by_language
from contracts.domain import ContractState, DocumentState
from contracts.models import Contract
from contracts.suspensions.document import summary
from contracts.suspensions.facts import SUSPEND
from core import blobs, clock
from filing_bridge.domain import FilingState
from filing_bridge.models import Correction, Filing
from filing_bridge.protocol import Event
from filing_bridge.web.correction_words import ItemShown, items_shown
from filing_bridge.web.term_words import TermChanged, terms_changed
from signing.domain import PartyState
from signing.models import Person, SignatureRequest
from signing.pades.validate import validate
from signing.pades.verdict import SignatureReport, Verdict
from signing.selectors import parties_of
from signing.services import outside

VERDICT_LIFETIME = 600  # s: revocation and expiry are looked at anew after that

TO_SIGN = Badge(_("待您签署"), Tone.WARN)
BEING_SIGNED = Badge(_("正在生成签名"), Tone.BUSY)
TO_SEAL = Badge(_("您已签，待单位盖章"), Tone.BUSY)
STATES: Mapping[str, Badge] = {
    ContractState.EFFECTIVE: Badge(_("已生效"), Tone.GOOD),
    ContractState.SUSPENDED: Badge(_("中止中"), Tone.WARN),
    ContractState.REFUSED: Badge(_("您已拒签"), Tone.PLAIN),
    ContractState.WITHDRAWN: Badge(_("单位已撤回"), Tone.PLAIN),
    ContractState.EXPIRED: Badge(_("过期未签"), Tone.PLAIN),
    ContractState.ENDED: Badge(_("已解除或终止"), Tone.PLAIN),
}
TURNS: Mapping[str, Badge] = {
    PartyState.WAITING: TO_SIGN,
    PartyState.INVITED: TO_SIGN,
    PartyState.CONFIRMED: BEING_SIGNED,
    PartyState.SIGNED: TO_SEAL,
}
FILED: Mapping[str, Badge] = {
    FilingState.ACCEPTED: Badge(_("备案成功"), Tone.GOOD),
    FilingState.RETURNED: Badge(_("备案退回，单位正在补正"), Tone.WARN),
    FilingState.REJECTED: Badge(_("备案未受理，单位正在处理"), Tone.WARN),
    FilingState.VOIDED: Badge(_("备案已由单位撤回"), Tone.WARN),
}
FILING = Badge(_("备案办理中"), Tone.BUSY)
ROLES: Mapping[str, Words] = {"worker": _("劳动者（本人）"), "employer": _("用人单位")}


@dataclass(frozen=True)
class OwnContract:
    """A line of the list."""

    id: UUID
    title: str
    employer: str
    number: str
    state: Badge
    filing: Badge | None
    at: datetime


@dataclass(frozen=True)
class Signed:
    """One signature in words. Instants are the time-stamp authority's."""

    role: Words
    name: str
    at: datetime | None
    issuer: str
    serial: str
    valid_from: datetime
    valid_to: datetime
    ok: bool
    is_test: bool


@dataclass(frozen=True)
class Standing:
    """Whether a signed file still stands, judged at this very moment or a few minutes ago."""

    ok: bool
    problems: list[str]
    signatures: list[Signed]
    authority: str
    stamped_at: datetime | None
    verify_code: str


def own_contracts(person: Person, contracts: Sequence[Contract]) -> list[OwnContract]:
    """Lines for these contracts, in two queries however many they are."""
    requests = [each.signature_request for each in contracts if each.signature_request]
    turns = dict(parties_of(person).filter(request_id__in=requests).values_list("request_id", "state"))
    filings = latest_filings(contracts)
    return [
        OwnContract(
            id=contract.pk,
            title=title_of(contract),
            employer=contract.employer.name,
            number=contract.contract_no,
            state=state_of(contract, turns[contract.signature_request] if contract.signature_request else ""),
            filing=filing_badge(filings.get(contract.pk)),
            at=contract.effective_at or contract.sent_at or contract.created_at,
        )
        for contract in contracts
    ]


def latest_filings(contracts: Sequence[Contract]) -> dict[UUID, Filing]:
    """The newest filing of each contract: that of its ending, once there is one; corrections aside."""
    found = Filing.objects.filter(contract_id__in=[contract.pk for contract in contracts])
    found = found.exclude(event=Event.CORRECTION)
    columns = found.only(
        "contract_id", "event", "filing_type", "state", "version", "receipt_no", "decided_at"
    )
    return {filing.contract_id: filing for filing in columns.order_by("created_at")}


def state_of(contract: Contract, turn: str) -> Badge:
    """Where a contract stands for the worker, whose own part in it is at `turn`."""
    return STATES.get(contract.state) or TURNS.get(turn, TO_SEAL)


def filing_badge(filing: Filing | None) -> Badge | None:
    """Where the filing stands, as far as it is the worker's business."""
    return FILED.get(filing.state, FILING) if filing else None


def title_of(contract: Contract) -> str:
    """The template's title in the reader's language."""
    title = contract.template.content["title"]
    return by_language(title["zh"], title["en"])


def signed_as(contract: Contract) -> str:
    """The name under which the employer signed, where it has another one now (劳动合同法 Art. 33)."""
    name: str = contract.facts["employer"]["name"] if contract.facts else contract.employer.name
    return "" if name == contract.employer.name else name


@dataclass(frozen=True)
class Changed:
    """A change of a contract, term by term."""

    id: UUID
    number: str
    effective_on: date
    holds: bool
    reason: str
    terms: list[TermChanged]


def changes_in(contract: Contract) -> list[Changed]:
    """The changes of a contract that both have signed, the newest first."""
    signed = contract.changes.filter(state=DocumentState.COMPLETED).order_by("-number")
    today = clock.today()
    return [
        Changed(
            change.pk,
            change.agreement_no,
            change.effective_on,
            change.effective_on <= today,
            change.facts["change"].get("reason", ""),
            terms_changed(change.facts),
        )
        for change in signed
    ]


@dataclass(frozen=True)
class Suspended:
    """A suspension or resumption of a contract, in words of both languages."""

    id: UUID
    rests: bool
    effective_on: date
    holds: bool
    lines: list[dict[str, str]]


def suspensions_in(contract: Contract) -> list[Suspended]:
    """The signed suspensions and resumptions of a contract, the newest first."""
    signed = contract.suspensions.filter(state=DocumentState.COMPLETED).order_by("-number")
    today = clock.today()
    return [
        Suspended(
            each.pk,
            each.act == SUSPEND,
            each.effective_on,
            each.effective_on <= today,
            summary(each.facts)[1:],
        )
        for each in signed
    ]


@dataclass(frozen=True)
class Corrected:
    """An accepted correction of what is on file: the worker's own data, in full."""

    at: datetime | None
    items: list[ItemShown]
    reason: str
    receipt_no: str


def corrections_in(contract: Contract) -> list[Corrected]:
    """What was corrected in the filings of a contract, the newest first."""
    found = Correction.objects.filter(contract_id=contract.pk, made__state=FilingState.ACCEPTED)
    return [
        Corrected(
            each.made.decided_at if each.made else None,
            items_shown(each.facts["correction"]["items"]),
            each.facts["correction"]["reason"],
            each.made.receipt_no if each.made else "",
        )
        for each in found.select_related("made").order_by("-made__decided_at")
    ]


def standing_of(request: SignatureRequest) -> Standing:
    """Judge a completed file by the acceptance rule, and tell its signatures."""
    key = f"verdict:{request.current_digest}"
    verdict: Verdict | None = cache.get(key)
    if verdict is None:
        verdict = validate(blobs.get(request.current_digest), outside.trust_roots())
        cache.set(key, verdict, VERDICT_LIFETIME)
    roles = dict(request.parties.values_list("field_name", "role"))
    return Standing(
        ok=verdict.ok,
        problems=[by_language(each.zh, each.en) for each in verdict.problems],
        signatures=[_signed(each, roles.get(each.field, "")) for each in verdict.signatures],
        authority=verdict.archive.authority.common_name if verdict.archive else "",
        stamped_at=verdict.archive.at if verdict.archive else None,
        verify_code=request.verify_code_in_groups,
    )


def _signed(report: SignatureReport, role: str) -> Signed:
    certificate = x509.load_der_x509_certificate(report.certificate)
    return Signed(
        role=ROLES.get(role, role),
        name=report.signer.common_name,
        at=report.at,
        issuer=_common_name(certificate.issuer),
        serial=f"{certificate.serial_number:X}"[-12:],
        valid_from=certificate.not_valid_before_utc,
        valid_to=certificate.not_valid_after_utc,
        ok=report.ok,
        is_test=report.signer.is_test,
    )


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()
