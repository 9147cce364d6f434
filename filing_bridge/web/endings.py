"""The page of one ending: what was decided, its certificate, and the clocks that run afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.masking import shown_name
from accounts.web.pages import Visit, for_members
from accounts.web.words import Badge, Tone, Words, by_language
from contracts import selectors as contracts
from contracts.domain import STANDING_TERMINATION, DocumentState
from contracts.endings.checks import FILED_WITHIN
from contracts.models import Termination
from contracts.web.ending_acts import DUTIES
from contracts.web.ending_tables import clock_badge
from contracts.web.ending_words import INITIATORS, ending_badge, evidence_words
from contracts.web.endings import by_reason
from core import clock
from core.principal import Permission
from filing_bridge import selectors as filings
from filing_bridge.protocol import Event
from filing_bridge.web.acts import Act
from filing_bridge.web.details import Line, filing_shown, parties_shown
from filing_bridge.web.words import code_words

T = DocumentState
OPEN = (T.PLANNED, T.SIGNING)


@dataclass(frozen=True)
class Due:
    """One of the things to do within fifteen days: until when, or when it was done."""

    title: Words
    state: Badge
    until: date
    done_on: date | None
    address: str


@for_members
def ending_page(visit: Visit, termination_id: UUID) -> HttpResponse:
    """One ending."""
    ending = contracts.termination_of(visit.principal, termination_id)
    contract = contracts.contract_of(visit.principal, ending.contract_id)
    worker = shown_name(visit.principal, contract.worker.name)
    turn = contracts.turns_of([ending]).get(ending.pk)
    of_ending = filings.filings_of(visit.principal).filter(contract_id=contract.pk, event=Event.ENDING)
    versions = list(of_ending.select_related("form").order_by("-version"))
    return visit.show(
        "ending.html",
        ending=ending,
        contract=contract,
        worker=worker,
        void=ending.state not in STANDING_TERMINATION,
        at_once=ending.ends_on <= clock.today(),
        state=ending_badge(ending.state, turn),
        lines=[line for line in _lines(ending) if line[1]],
        working=[by_language(line["zh"], line["en"]) for line in (ending.working or {}).get("lines", [])],
        parties=parties_shown(visit.principal, ending.signature_request),
        acts=list(_acts(visit, ending, turn)),
        dues=_dues(visit, ending),
        filings=[filing_shown(each, worker) for each in versions],
        may_open=visit.may(Permission.VIEW_PII),
        may_file=visit.may(Permission.FILE),
    )


def _lines(ending: Termination) -> Iterator[Line]:
    said: dict[str, Any] = ending.facts["ending"]
    yield _("原因"), by_reason(ending.facts)
    yield _("提出方"), INITIATORS[said["initiator"]]
    yield _("解除或者终止日期"), ending.ends_on.isoformat()
    yield (
        _("本单位工作年限"),
        gettext("%(years)s 年零 %(months)s 个月")
        % {
            "years": said["service_years"],
            "months": said["service_months"],
        },
    )
    yield _("通知日期"), said.get("notice_date", "")
    yield _("通知工会的日期"), said.get("union_notice_date", "")
    yield _("裁员报告编号"), said.get("layoff_report_no", "")
    yield _("留存的材料"), gettext("、").join(evidence_words(each) for each in said["evidence"])
    yield _("经济补偿（元）"), said.get("compensation", "")
    if transfer := said.get("transfer"):
        yield _("调入单位"), transfer["to_name"]
    yield _("工作交接"), said.get("handover", "")
    yield _("档案转移"), code_words("archive_mode", said.get("archive_mode", ""))
    yield _("档案接收机构"), said.get("archive_to", "")


def _acts(visit: Visit, ending: Termination, turn: str | None) -> Iterator[Act]:
    if turn == "employer" and visit.may(Permission.SEAL_REQUEST):
        yield Act(_("申请用印"), reverse("endings:seal", args=[ending.pk]), "rubber-stamp", main=True)
    if ending.prepared_digest and visit.may(Permission.VIEW_PII):
        yield Act(_("下载证明书"), reverse("endings:document", args=[ending.pk]), "download")
    if ending.state in OPEN and visit.may(Permission.SEND):
        yield Act(_("撤回"), reverse("endings:withdraw", args=[ending.pk]), "x")


def _dues(visit: Visit, ending: Termination) -> list[Due]:
    """File and insurance; the filing has its own deadline by the province's profile."""
    if ending.state != T.COMPLETED:
        return []
    until = ending.ends_on + FILED_WITHIN
    dues = []
    for name, (duty, title) in DUTIES.items():
        done_on: date | None = getattr(ending, duty.value)
        address = reverse("endings:hand_over", args=[ending.pk, name]) if visit.may(Permission.SEND) else ""
        state = clock_badge(until, done=done_on is not None) or Badge(_("已办理"), Tone.GOOD)
        dues.append(Due(title, state, until, done_on, address))
    return dues
