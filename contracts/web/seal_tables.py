"""The lists of seals, of their use, and of applications for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.web.lists import ALL, Bulk, Cell, Column, Filter, Opening, Tab, Table
from accounts.web.pages import Visit
from accounts.web.words import Words
from contracts.models import Contract
from contracts.web.seal_words import APPLICATION_STATES, JOB_STATES, KINDS, SEAL_STATES, names_of, reason_of
from core.principal import Permission, Principal
from signing import selectors
from signing.domain import LIVE_JOB, ApplicationState, JobState
from signing.models import Seal, SealApplication, SealUse, SigningJob

PICKED = "sealing"  # the session's key for the applications that a keeper is looking at


@dataclass(frozen=True)
class SealRow:
    seal: Seal
    holder: str
    others: int


@dataclass(frozen=True)
class ApplicationRow:
    """An application with how far it has got."""

    application: SealApplication
    applicant: str
    decider: str
    documents: int
    sealed: int
    failed: int


@dataclass(frozen=True)
class UseRow:
    job: SigningJob
    contract: Contract | None
    applicant: str
    decider: str


def _day(row_day: object) -> str:
    return timezone.localtime(row_day).strftime("%Y-%m-%d %H:%M") if row_day else ""  # type: ignore[arg-type]  # a datetime column


def _seal_rows(principal: Principal, page: Sequence[Seal]) -> list[SealRow]:
    names = names_of(seal.holder for seal in page)
    live = dict(selectors.live_grants().filter(seal__in=page).values_list("seal").annotate(Count("pk")))
    return [SealRow(seal, names.get(seal.holder, ""), live.get(seal.pk, 0)) for seal in page]


def _applications(principal: Principal) -> QuerySet[SealApplication]:
    principal.require(Permission.READ)
    return SealApplication.objects.filter(tenant=principal.tenant).select_related("seal")


def application_rows(principal: Principal, page: Sequence[SealApplication]) -> list[ApplicationRow]:
    """A page of applications with their people and counts: two queries."""
    counts = {
        pk: (documents, sealed, failed)
        for pk, documents, sealed, failed in SealUse.objects.filter(application__in=page)
        .values_list("application")
        .annotate(
            documents=Count("pk"),
            sealed=Count("pk", filter=Q(job__state=JobState.SIGNED)),
            failed=Count("pk", filter=Q(job__state=JobState.FAILED)),
        )
    }
    names = names_of(actor for each in page for actor in (each.requested_by, each.decided_by))
    return [
        ApplicationRow(
            each, names.get(each.requested_by, ""), names.get(each.decided_by or "", ""), *counts[each.pk]
        )
        for each in page
    ]


def _uses(principal: Principal) -> QuerySet[SigningJob]:
    principal.require(Permission.READ)
    return SigningJob.objects.filter(seal_use__application__tenant=principal.tenant).select_related(
        "seal_use__application__seal", "party__request"
    )


def _use_rows(principal: Principal, page: Sequence[SigningJob]) -> list[UseRow]:
    contracts = contracts_behind(principal, {job.party.request_id for job in page})
    applications = [_application_of(job) for job in page]
    names = names_of(actor for each in applications for actor in (each.requested_by, each.decided_by))
    return [
        UseRow(
            job,
            contracts.get(job.party.request_id),
            names.get(application.requested_by, ""),
            names.get(application.decided_by or "", ""),
        )
        for job, application in zip(page, applications, strict=True)
    ]


def contracts_behind(principal: Principal, requests: set[UUID]) -> dict[UUID, Contract]:
    """The contracts that these signature requests belong to, by request: one query."""
    found = Contract.objects.filter(employer_id=principal.tenant, signature_request__in=requests)
    light = found.only("contract_no", "signature_request")
    return {each.signature_request: each for each in light if each.signature_request}


def _application_of(job: SigningJob) -> SealApplication:
    assert job.seal_use is not None  # `_uses` finds no others
    return job.seal_use.application


def _seal_options(principal: Principal) -> list[tuple[str, Words]]:
    return [(str(pk), label) for pk, label in selectors.seals_of(principal).values_list("pk", "label")]


def _in_state(states: Sequence[str], rows: QuerySet[SealApplication]) -> QuerySet[SealApplication]:
    return rows.filter(state__in=states)


def _with_failures(rows: QuerySet[SealApplication]) -> QuerySet[SealApplication]:
    failed = SealUse.objects.filter(job__state=JobState.FAILED).values("application")
    return rows.filter(pk__in=failed)


def _decide(visit: Visit, picked: QuerySet[SealApplication]) -> object:
    """Look at the picked applications together; deciding on them is the next page's."""
    visit.request.session[PICKED] = [str(pk) for pk in picked.values_list("pk", flat=True)]
    return redirect("seals:decide")


SEALS: Table[Seal, SealRow] = Table(
    name="seals",
    title=_("印章"),
    columns=(
        Column(
            "label",
            _("印章名称"),
            lambda row: Cell(
                row.seal.label,
                link=reverse("seals:seal", args=[row.seal.pk]),
                note=_("上传的印章图片") if row.seal.picture else "",
            ),
            sort="label",
        ),
        Column("kind", _("种类"), lambda row: Cell(KINDS[row.seal.kind])),
        Column("holder", _("保管人"), lambda row: Cell(row.holder), kind="name"),
        Column("others", _("其他获授权人"), lambda row: Cell(str(row.others)), kind="number"),
        Column(
            "limits",
            _("每次 / 每天限额"),
            lambda row: Cell(f"{row.seal.batch_limit or '—'} / {row.seal.daily_limit or '—'}"),
        ),
        Column(
            "state",
            _("状态"),
            lambda row: Cell(SEAL_STATES[row.seal.state].words, tone=SEAL_STATES[row.seal.state].tone),
        ),
    ),
    found=selectors.seals_of,
    rows=_seal_rows,
    key=lambda row: row.seal.pk,
    order="label",
    openings=(
        Opening(_("新建印章"), "seals:new", "plus", Permission.MANAGE_PROFILE),
        Opening(_("用印记录"), "seals:uses", "history", Permission.READ),
    ),
    empty=_("还没有印章"),
    empty_text=_("合同双方签署前，先由单位负责人新建印章并指定保管人。"),
)

APPLICATIONS: Table[SealApplication, ApplicationRow] = Table(
    name="sealing",
    title=_("盖章"),
    columns=(
        Column(
            "reason",
            _("用印事由"),
            lambda row: Cell(
                row.application.reason, link=reverse("seals:application", args=[row.application.pk])
            ),
        ),
        Column("seal", _("印章"), lambda row: Cell(row.application.seal.label)),
        Column("documents", _("份数"), lambda row: Cell(str(row.documents)), kind="number"),
        Column("applicant", _("申请人"), lambda row: Cell(row.applicant), kind="name"),
        Column(
            "requested",
            _("申请时间"),
            lambda row: Cell(_day(row.application.requested_at)),
            sort="requested_at",
            kind="date",
        ),
        Column("decider", _("审批人"), lambda row: Cell(row.decider), kind="name"),
        Column(
            "state",
            _("状态"),
            lambda row: Cell(
                APPLICATION_STATES[row.application.state].words,
                tone=APPLICATION_STATES[row.application.state].tone,
                note=_("{count} 份失败").format(count=row.failed) if row.failed else "",
            ),
        ),
    ),
    found=_applications,
    rows=application_rows,
    key=lambda row: row.application.pk,
    order="-requested_at",
    tabs=(
        Tab("waiting", _("待审批"), partial(_in_state, [ApplicationState.REQUESTED])),
        Tab("running", _("盖章中"), partial(_in_state, [ApplicationState.APPROVED])),
        Tab("failed", _("有失败"), _with_failures),
        Tab("done", _("已完成"), partial(_in_state, [ApplicationState.USED])),
        Tab("refused", _("已退回"), partial(_in_state, [ApplicationState.REFUSED])),
        ALL,
    ),
    filters=(Filter("seal", _("印章"), lambda rows, seal: rows.filter(seal=UUID(seal)), _seal_options),),
    bulk=(Bulk("decide", _("审批并盖章"), Permission.SEAL_APPROVE, _decide),),
    openings=(
        Opening(_("处理全部待审批"), "seals:decide_all", "rubber-stamp", Permission.SEAL_APPROVE),
        Opening(_("今天的进度"), "seals:progress", "chart-bar", Permission.READ),
    ),
    empty=_("没有待审批的用印申请"),
    empty_text=_("在“合同”里勾选待盖章的合同并申请用印，申请会出现在这里，由另一个人审批。"),
)

USES: Table[SigningJob, UseRow] = Table(
    name="seal-uses",
    title=_("用印记录"),
    columns=(
        Column(
            "contract",
            _("合同编号"),
            lambda row: (
                Cell(row.contract.contract_no, link=reverse("portal:contract", args=[row.contract.pk]))
                if row.contract
                else Cell(row.job.party.request.title)
            ),
            kind="number",
        ),
        Column("seal", _("印章"), lambda row: Cell(_application_of(row.job).seal.label)),
        Column("applicant", _("申请人"), lambda row: Cell(row.applicant), kind="name"),
        Column("decider", _("审批人"), lambda row: Cell(row.decider), kind="name"),
        Column("at", _("时间"), lambda row: Cell(_day(row.job.created_at)), sort="created_at", kind="date"),
        Column(
            "state",
            _("结果"),
            lambda row: Cell(
                JOB_STATES[row.job.state].words,
                tone=JOB_STATES[row.job.state].tone,
                note=reason_of(row.job.error_code) if row.job.error_code else "",
            ),
        ),
        Column(
            "digest", _("文件摘要"), lambda row: Cell((row.job.signed_digest or row.job.document_digest)[:16])
        ),
    ),
    found=_uses,
    rows=_use_rows,
    key=lambda row: row.job.pk,
    order="-created_at",
    tabs=(
        ALL,
        Tab("signed", _("已盖章"), lambda jobs: jobs.filter(state=JobState.SIGNED)),
        Tab("live", _("盖章中"), lambda jobs: jobs.filter(state__in=LIVE_JOB)),
        Tab("failed", _("失败"), lambda jobs: jobs.filter(state=JobState.FAILED)),
    ),
    filters=(
        Filter(
            "seal",
            _("印章"),
            lambda jobs, seal: jobs.filter(seal_use__application__seal=UUID(seal)),
            _seal_options,
        ),
        Filter("from", _("从"), lambda jobs, day: jobs.filter(created_at__date__gte=day)),
        Filter("to", _("到"), lambda jobs, day: jobs.filter(created_at__date__lte=day)),
    ),
    empty=_("还没有用印记录"),
    empty_text=_("每次盖章都会在这里留下一条记录：谁申请、谁审批、哪份文件。"),
)
