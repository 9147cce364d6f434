"""What the page of one contract shows: the parties masked, the terms, and every version of its filing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.masking import mask_address, mask_number, mask_phone, shown_name
from accounts.web.words import Badge, Words, by_language
from contracts.models import Contract
from contracts.services.drafting import facts_of_draft
from contracts.web.seal_words import APPLICATION_STATES
from core import clock
from core.principal import Principal
from filing_bridge import selectors
from filing_bridge.domain import WITH_THE_AGENCY, FilingState, FormState
from filing_bridge.models import Filing, FilingAttempt
from filing_bridge.reasons import words as reason_words
from filing_bridge.services.correcting import may_correct
from filing_bridge.services.paper_slips import slips_of
from filing_bridge.services.preparing import CONFIRMATION
from filing_bridge.services.voiding import may_void
from filing_bridge.web.again import FaultShown, callable_again, faults_shown
from filing_bridge.web.correction_words import NAMES, VOIDS, Version, correction_badge
from filing_bridge.web.rows import FilingRow, filing_row
from filing_bridge.web.words import (
    FORM_STATES,
    INTERFACES,
    OUTCOMES,
    PARTY_STATES,
    ROLES,
    TERM_TYPES,
    WAGE_UNITS,
    code_words,
    names_of,
)
from signing.domain import ApplicationState, PartyKind
from signing.models import SealUse, SignatureRequest, SigningParty

MOST_CALLS = 20

Line = tuple[Words, Words]


@dataclass(frozen=True)
class CallShown:
    at: datetime
    interface: Words
    outcome: Words
    reason: str


@dataclass(frozen=True)
class FilingShown:
    """One version of a filing. `form` is set once there is a form, `has_form` when both seals are on it.

    `slips` are numbers and titles of what can be printed; `decision_by` is there while an officer has it, and
    `late` once that day is past.
    """

    row: FilingRow
    title: Words
    form_title: Words
    reason: str
    faults: list[FaultShown]
    calls: list[CallShown]
    decided_at: datetime | None
    decision_by: date | None
    late: bool
    form: Words
    has_form: bool
    slips: list[tuple[int, str]]
    has_receipt: bool
    has_record: bool
    to_be_confirmed: bool
    again: Words
    may_correct: bool
    may_void: bool
    void: Words
    versions: list[Version]


@dataclass(frozen=True)
class PartyShown:
    """One signer: role, name, how far, and when they signed."""

    role: Words
    name: str
    state: Badge
    signed_at: datetime | None


@dataclass(frozen=True)
class SealingShown:
    """An application for the seal: where it stands, and its page."""

    address: str
    state: Badge
    asked_at: datetime
    under_way: bool


@dataclass(frozen=True)
class ContractShown:
    employer: list[Line]
    worker: list[Line]
    terms: list[Line]


def contract_shown(principal: Principal, contract: Contract) -> ContractShown:
    """The parties as they were frozen, or as they would be now; the terms as last changed."""
    in_force = {**contract.facts, "contract": contract.terms} if contract.facts else None
    facts: dict[str, Any] = in_force or facts_of_draft(contract)
    employer, worker = facts["employer"], facts["worker"]
    return ContractShown(
        employer=_filled(
            (_("单位名称"), employer["name"]),
            (_("现在的名称"), contract.employer.name if contract.employer.name != employer["name"] else ""),
            (_("统一社会信用代码"), employer["uscc"]),
            (_("住所"), employer["reg_address"]),
            (_("法定代表人"), employer["legal_rep_name"]),
            (_("联系人"), employer["contact_name"]),
            (_("联系电话"), mask_phone(employer["contact_phone"])),
        ),
        worker=_filled(
            (_("姓名"), shown_name(principal, worker["name"])),
            (_("证件类型"), code_words("id_type", worker["id_type"])),
            (_("证件号码"), mask_number(worker["id_no"])),
            (_("手机号码"), mask_phone(worker["mobile"])),
            (_("现居住地址"), mask_address(worker["resid_address"])),
        ),
        terms=_filled(*_terms(facts["contract"])),
    )


def parties_shown(principal: Principal, request: UUID | None) -> list[PartyShown]:
    """Who signs, in order, and how far each of them is; nobody while there is no signature request."""
    if request is None:
        return []
    parties = SigningParty.objects.filter(request_id=request, request__tenant=principal.tenant)
    return [
        PartyShown(
            ROLES.get(party.role, party.role),
            party.name if party.kind == PartyKind.ORGANISATION else shown_name(principal, party.name),
            PARTY_STATES[party.state],
            party.signed_at,
        )
        for party in parties.order_by("order")
    ]


def sealing_shown(principal: Principal, request: UUID | None) -> SealingShown | None:
    """The latest application for the seal on a document; None while nobody has asked."""
    if request is None:
        return None
    uses = SealUse.objects.filter(application__tenant=principal.tenant, party__request=request)
    use = uses.select_related("application").order_by("-application__requested_at", "-pk").first()
    if use is None:
        return None
    state = use.application.state
    return SealingShown(
        address=reverse("seals:application", args=[use.application_id]),
        state=APPLICATION_STATES[state],
        asked_at=use.application.requested_at,
        under_way=state in (ApplicationState.REQUESTED, ApplicationState.APPROVED),
    )


def filing_shown(filing: Filing, worker: str, document: str = "") -> FilingShown:
    """One version of a filing with every call made for it and all that has to be mended; `document` is the
    address of the page of the change or ending that is filed."""
    form = getattr(filing, "form", None)
    title, form_title = names_of(filing)
    with_agency = filing.state in WITH_THE_AGENCY
    wish = getattr(filing, "void", None)
    calls = filing.calls.select_related("result").order_by("-started_at", "-id")[:MOST_CALLS]
    return FilingShown(
        row=filing_row(filing, worker, document),
        title=title,
        form_title=form_title,
        reason=by_language(*reason_words(filing.last_error)) if filing.last_error else "",
        faults=faults_shown(filing),
        calls=[_call(each) for each in calls],
        decided_at=filing.decided_at,
        decision_by=filing.decision_by if with_agency else None,
        late=bool(with_agency and filing.decision_by and filing.decision_by < clock.today()),
        form=FORM_STATES[form.state] if form else "",
        has_form=form is not None and form.state == FormState.AGENCY_SEALED,
        slips=[(number, by_language(slip.zh, slip.en)) for number, slip in enumerate(slips_of(filing), 1)],
        has_record=filing.record is not None,
        has_receipt=selectors.latest_receipt(filing) is not None,
        to_be_confirmed=filing.state == FilingState.WAITING and filing.last_error == CONFIRMATION,
        again=callable_again(filing),
        may_correct=may_correct(filing),
        may_void=may_void(filing),
        void=VOIDS[wish.outcome] if wish else "",
        versions=_versions(filing),
    )


def _versions(filing: Filing) -> list[Version]:
    """The corrections of a filing that went out, the latest first: what it says itself was filed first."""
    made = filing.corrections.filter(made__isnull=False).select_related("made").order_by("-proposed_at")
    return [
        Version(
            each.pk,
            each.correction_no,
            correction_badge(each),
            [NAMES[item["field"]] for item in each.facts["correction"]["items"]],
            each.made.decided_at if each.made else None,
        )
        for each in made
    ]


def _terms(terms: dict[str, Any]) -> Iterator[Line]:
    open_end = "—" if terms["term_type"] == "1" else ""
    yield _("合同期限"), TERM_TYPES[terms["term_type"]]
    yield _("合同起止"), f"{terms['start']} — {terms.get('end', open_end)}".rstrip(" —")
    yield _("用工之日"), terms["employment_start"]
    if terms.get("probation_end"):
        yield _("试用期"), f"{terms['probation_start']} — {terms['probation_end']}"
    yield _("岗位"), terms["job_title"]
    yield _("工作地点"), terms["work_place_address"]
    yield _("工资"), f"{terms['wage_amount']} {WAGE_UNITS[terms['wage_unit']]}"


def _filled(*lines: Line) -> list[Line]:
    return [line for line in lines if line[1]]


def _call(attempt: FilingAttempt) -> CallShown:
    result = getattr(attempt, "result", None)
    return CallShown(
        at=attempt.started_at,
        interface=INTERFACES[attempt.interface],
        outcome=OUTCOMES[result.outcome] if result else _("进行中或已中断"),
        reason=by_language(*reason_words(result.code)) if result and result.code else "",
    )


def verify_code_of(principal: Principal, contract: Contract) -> str:
    """The code by which anybody may ask what became of the document; none for a draft."""
    if contract.signature_request is None:
        return ""
    found = SignatureRequest.objects.filter(pk=contract.signature_request, tenant=principal.tenant).first()
    return found.verify_code_in_groups if found else ""
