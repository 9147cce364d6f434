"""The sealing queue: applications, looking at some of the documents, one confirmation for all, progress."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.selectors import second_factors
from accounts.web.forms import blame
from accounts.web.listing import kept
from accounts.web.lists import Bulk
from accounts.web.pages import Visit, for_acting, for_members
from accounts.web.proofs import PASSKEY, TOTP, passkey_page, strongly_proved_at
from contracts.models import Contract
from contracts.services import sealing, spot_checks
from contracts.web.seal_forms import ApplyForm, CodeForm, RefusalForm
from contracts.web.seal_tables import PICKED, application_rows, contracts_behind
from contracts.web.seal_words import APPLICATION_STATES, names_of, reason_of
from core import clock
from core.errors import Refused
from core.principal import Permission, Principal
from signing import selectors
from signing.domain import LIVE_JOB, ApplicationState, JobState
from signing.models import SealApplication, SealUse
from signing.services.pages import page_image

WIDTH = 720
FAILURES_SHOWN = 50


def _apply(visit: Visit, picked: QuerySet[Contract]) -> HttpResponse:
    """Ask for the seal on the picked contracts; another person approves."""
    contracts = list(picked.values_list("pk", flat=True))
    return ask_for_seal(visit, contracts=contracts, back=reverse("portal:contracts") + "?show=seal")


def ask_for_seal(
    visit: Visit,
    *,
    contracts: Sequence[UUID] = (),
    terminations: Sequence[UUID] = (),
    changes: Sequence[UUID] = (),
    suspensions: Sequence[UUID] = (),
    back: str,
) -> HttpResponse:
    """Which seal and why, for contracts and the documents about them; then the application."""
    confirmed = "confirmed" in visit.request.POST
    form = ApplyForm(visit.principal, visit.request.POST if confirmed else None)
    if confirmed and form.is_valid():
        try:
            application = sealing.apply_for_seal(
                principal=visit.principal,
                seal_id=UUID(form.cleaned_data["seal"]),
                contract_ids=contracts,
                termination_ids=terminations,
                change_ids=changes,
                suspension_ids=suspensions,
                reason=form.cleaned_data["reason"],
            )
        except Refused as refused:
            blame(form, refused)
        else:
            return visit.done(_("已申请用印，等待印章管理员审批。"), "seals:application", application.pk)
    return visit.ask(
        _("申请用印"),
        _("为选中的 {count} 份文件申请盖章。申请由另一位印章管理员审批，批准后自动盖章。").format(
            count=len([*contracts, *terminations, *changes, *suspensions])
        ),
        action=_("提交申请"),
        back=back,
        form=form,
        kept=kept(visit),
    )


APPLY: Bulk[Contract] = Bulk("seal", _("申请用印"), Permission.SEAL_REQUEST, _apply)


@for_members
def decide_all(visit: Visit) -> HttpResponse:
    """Look at everything that waits for this member, of all seals or of one."""
    visit.principal.require(Permission.SEAL_APPROVE)
    found = _mine(visit.principal).filter(state=ApplicationState.REQUESTED)
    if seal := visit.request.GET.get("seal"):
        found = found.filter(seal=selectors.seal_of(visit.principal, _uuid(seal)))
    visit.request.session[PICKED] = [str(pk) for pk in found.values_list("pk", flat=True)]
    return redirect("seals:decide")


@for_acting
def decide(visit: Visit) -> HttpResponse:
    """Approve what is shown, all of it, after one confirmation of who decides."""
    visit.principal.require(Permission.SEAL_APPROVE)
    picked = [UUID(key) for key in visit.request.session.get(PICKED, [])]
    mine = _mine(visit.principal).filter(pk__in=picked, state=ApplicationState.REQUESTED)
    proved_at = strongly_proved_at(visit.request)
    form = CodeForm(proved_at is not None, visit.request.POST if visit.posted else None)
    if visit.posted and form.is_valid():
        try:
            outcome = sealing.approve(
                principal=visit.principal,
                application_ids=picked,
                code=form.typed,
                session_proved_at=proved_at,
            )
        except Refused as refused:
            blame(form, refused)
        else:
            del visit.request.session[PICKED]
            words = _("已批准，正在为 {jobs} 份文件盖章。").format(jobs=outcome.jobs)
            if outcome.skipped:
                words += " " + _("{count} 份已不再等待盖章，已跳过。").format(count=outcome.skipped)
            return visit.done(words, "seals:progress")
    # What somebody else has decided meanwhile is left out, and said to be.
    shown = list(mine.values_list("pk", flat=True))
    visit.request.session[PICKED] = [str(pk) for pk in shown]
    by_seal = (
        SealUse.objects.filter(application__in=shown)
        .values_list("application__seal__label", "application__seal__daily_limit")
        .annotate(asked=Count("application", distinct=True), documents=Count("pk"))
        .order_by("application__seal__label")
    )
    return visit.show(
        "sealing_decide.html",
        form=form,
        proved=proved_at is not None,
        has_code=TOTP in _factors(visit),
        has_passkey=PASSKEY in _factors(visit),
        applications=len(shown),
        documents=sum(row[3] for row in by_seal),
        by_seal=by_seal,
        left_out=len(picked) - len(shown),
        mine=selectors.usable_seals(visit.principal),
        rows=application_rows(visit.principal, list(mine.select_related("seal")[:FAILURES_SHOWN])),
    )


@for_members
def sample(visit: Visit) -> HttpResponse:
    """A few of the documents, chosen by chance, page by page."""
    picked = [UUID(key) for key in visit.request.session.get(PICKED, [])]
    uses = spot_checks.pick(principal=visit.principal, application_ids=picked)
    contracts = contracts_behind(visit.principal, {use.party.request_id for use in uses})
    return visit.show(
        "sealing_sample.html",
        documents=[
            (use, contracts.get(use.party.request_id), range(1, len(use.party.request.frames) + 1))
            for use in uses
        ],
    )


@for_members
def sheet(visit: Visit, use_id: int, number: int) -> HttpResponse:
    """A piece of the page above: the picture of a page, or the promise of one."""
    use = spot_checks.document_of(principal=visit.principal, use_id=use_id)
    try:
        page_image(use.party.request, number, WIDTH)
        ready = True
    except Refused as refused:
        if refused.code != "page_not_ready":
            raise
        ready = False
    return visit.show("sealing_sheet.html", use=use, number=number, ready=ready)


@for_members
def sheet_image(visit: Visit, use_id: int, number: int) -> HttpResponse:
    """The picture of a page."""
    use = spot_checks.document_of(principal=visit.principal, use_id=use_id)
    return HttpResponse(page_image(use.party.request, number, WIDTH), content_type="image/webp")


@for_members
def application_page(visit: Visit, application_id: UUID) -> HttpResponse:
    """One application: who asked for what, who decided, what became of every document."""
    application = selectors.application_of(visit.principal, application_id)
    uses = (
        application.uses.select_related("job", "party__request")
        .defer("party__name", "party__id_no", "party__mobile")
        .order_by("pk")
    )
    failed = list(uses.filter(job__state=JobState.FAILED)[:FAILURES_SHOWN])
    contracts = contracts_behind(visit.principal, {use.party.request_id for use in failed})
    names = names_of([application.requested_by, application.decided_by])
    usable = selectors.usable_seals(visit.principal).filter(pk=application.seal_id).exists()
    return visit.show(
        "sealing_application.html",
        application=application,
        state=APPLICATION_STATES[application.state],
        applicant=names.get(application.requested_by, ""),
        decider=names.get(application.decided_by or "", ""),
        failures=[
            (contracts.get(use.party.request_id), reason_of(use.job.error_code if use.job else ""))
            for use in failed
        ],
        repeated=application.repeated_by.first(),
        may_decide=visit.may(Permission.SEAL_APPROVE)
        and usable
        and application.requested_by != visit.principal.actor,
    )


@for_acting
def decide_one(visit: Visit, application_id: UUID) -> HttpResponse:
    """Look at one application on the page that decides."""
    visit.principal.require(Permission.SEAL_APPROVE)
    application = selectors.application_of(visit.principal, application_id)
    visit.request.session[PICKED] = [str(application.pk)]
    return redirect("seals:decide")


@for_acting
def refuse(visit: Visit, application_id: UUID) -> HttpResponse:
    """Turn an application down, and tell why."""
    visit.principal.require(Permission.SEAL_APPROVE)
    application = selectors.application_of(visit.principal, application_id)
    proved_at = strongly_proved_at(visit.request)
    if proved_at is None and _factors(visit) == {PASSKEY}:
        return passkey_page(visit.request.path)
    form = RefusalForm(proved_at is not None, visit.request.POST if visit.posted else None)
    if visit.posted and form.is_valid():
        try:
            sealing.refuse(
                principal=visit.principal,
                application_id=application_id,
                note=form.cleaned_data["note"],
                code=form.typed,
                session_proved_at=proved_at,
            )
        except Refused as refused:
            blame(form, refused)
        else:
            return visit.done(_("申请已退回。"), "seals:application", application_id)
    return visit.ask(
        _("退回这份申请？"),
        _("退回后不会盖章，合同继续等待；申请人会看到原因。"),
        action=_("退回"),
        back=reverse("seals:application", args=[application.pk]),
        form=form,
        danger=True,
    )


@for_acting
def repeat(visit: Visit, application_id: UUID) -> HttpResponse:
    """Seal again what failed."""
    visit.principal.require(Permission.SEAL_APPROVE)
    application = selectors.application_of(visit.principal, application_id)
    proved_at = strongly_proved_at(visit.request)
    if proved_at is None and _factors(visit) == {PASSKEY}:
        return passkey_page(visit.request.path)
    form = CodeForm(proved_at is not None, visit.request.POST if visit.posted else None)
    if visit.posted and form.is_valid():
        try:
            outcome = sealing.repeat_failed(
                principal=visit.principal,
                application_id=application_id,
                code=form.typed,
                session_proved_at=proved_at,
            )
        except Refused as refused:
            blame(form, refused)
        else:
            words = _("正在为 {jobs} 份文件重新盖章。").format(jobs=outcome.jobs)
            return visit.done(words, "seals:progress")
    return visit.ask(
        _("重新盖章？"),
        _("只处理失败的文件，已经盖好的不会重复。"),
        action=_("重新盖章"),
        back=reverse("seals:application", args=[application.pk]),
        form=form,
    )


@for_members
def progress(visit: Visit) -> HttpResponse:
    """How far today's sealing has got. Nothing here lives in the page: close it and come back."""
    return visit.show("sealing_progress.html", **_today(visit.principal))


@for_members
def progress_piece(visit: Visit) -> HttpResponse:
    """The part of the page above that moves."""
    return visit.show("sealing_progress_piece.html", **_today(visit.principal))


def _factors(visit: Visit) -> set[str]:
    """By what the member can confirm a weighty act; who has only a passkey gives it before the question."""
    return set(second_factors(visit.principal.user_id).values_list("type", flat=True))


def _today(principal: Principal) -> dict[str, Any]:
    principal.require(Permission.READ)
    midnight = datetime.combine(clock.today(), time(), clock.SHANGHAI)
    decided = SealApplication.objects.filter(tenant=principal.tenant, decided_at__gte=midnight).exclude(
        state=ApplicationState.REFUSED
    )
    counts = SealUse.objects.filter(application__in=decided).aggregate(
        documents=Count("pk"),
        sealed=Count("pk", filter=Q(job__state=JobState.SIGNED)),
        under_way=Count("pk", filter=Q(job__state__in=LIVE_JOB)),
        failed=Count("pk", filter=Q(job__state__in=[JobState.FAILED, JobState.VOID])),
        skipped=Count("pk", filter=Q(skipped=True)),
    )
    failed = SealUse.objects.filter(application__in=decided, job__state=JobState.FAILED)
    with_failures = decided.filter(pk__in=failed.values("application")).select_related("seal")
    return {
        **counts,
        "finished": counts["documents"] - counts["under_way"],
        "failures": application_rows(principal, list(with_failures.order_by("-decided_at")[:FAILURES_SHOWN])),
    }


def _mine(principal: Principal) -> QuerySet[SealApplication]:
    """The applications that this member could decide on."""
    found = SealApplication.objects.filter(
        tenant=principal.tenant, seal__in=selectors.usable_seals(principal)
    )
    return found.exclude(requested_by=principal.actor).order_by("requested_at", "pk")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Refused("not_found") from error
