"""Pages of an employer's seals: what they look like, who may use them, how much."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from accounts.selectors import members_of
from accounts.web.forms import blame
from accounts.web.pages import Visit, for_acting, for_members
from accounts.web.words import by_language
from contracts.services import certificates, sealing
from contracts.services.diagnosing import diagnose
from contracts.web.seal_forms import GrantForm, KeeperForm, LimitsForm, SealForm
from contracts.web.seal_tables import USES
from contracts.web.seal_words import DIAGNOSES, KINDS, SEAL_STATES, names_of
from core import blobs, clock, papers
from core.errors import Refused
from core.principal import Permission, Role
from signing import pictures, selectors
from signing.domain import SealKind, SealState
from signing.models import OrganisationKey, Seal
from signing.services import seals

LATEST = 8


@for_members
def seal_page(visit: Visit, seal_id: UUID) -> HttpResponse:
    """One seal: its picture, the people, the limits, the latest uses."""
    principal = visit.principal
    seal = selectors.seal_of(principal, seal_id)
    grants = list(selectors.grants_of(principal, seal_id))
    names = names_of(
        [seal.holder, *(grant.keeper for grant in grants), *(grant.granted_by for grant in grants)]
    )
    today = clock.today()
    jobs = USES.found(principal).filter(seal_use__application__seal=seal).order_by("-created_at")[:LATEST]
    return visit.show(
        "seal.html",
        seal=seal,
        kind=KINDS[seal.kind],
        state=SEAL_STATES[seal.state],
        holder=names.get(seal.holder, ""),
        grants=[
            (
                grant,
                names.get(grant.keeper, ""),
                names.get(grant.granted_by, ""),
                grant.ended_at is None and (grant.until is None or grant.until >= today),
            )
            for grant in grants
        ],
        uses=[
            [(column, column.cell(row)) for column in USES.columns]
            for row in USES.rows(principal, list(jobs))
        ],
        uses_columns=USES.columns,
        may_manage=visit.may(Permission.MANAGE_PROFILE),
        may_suspend=visit.may(Permission.MANAGE_PROFILE) or visit.may(Permission.SEAL_APPROVE),
        may_grant=visit.may(Permission.MANAGE_PROFILE)
        or (visit.may(Permission.SEAL_APPROVE) and seal.holder == principal.actor),
    )


@for_members
def certificate(visit: Visit) -> HttpResponse:
    """The employer's certificate, and how long it still holds."""
    visit.principal.require(Permission.READ)
    key = OrganisationKey.objects.filter(tenant=visit.principal.tenant).first()
    return visit.show(
        "certificate.html",
        key=key,
        level=certificates.level_of(key),
        days=certificates.days_left(key),
        warnings=certificates.WARNINGS,
        cost=by_language(*settings.CERTIFICATE_COST),
        diagnoses=[
            (each, *DIAGNOSES[each.question], each.error and by_language(each.error.zh, each.error.en))
            for each in diagnose(visit.principal)
        ],
    )


@for_members
def picture(visit: Visit, seal_id: UUID) -> HttpResponse:
    """What the seal leaves on paper, as a PNG."""
    seal = selectors.seal_of(visit.principal, seal_id)
    return HttpResponse(pictures.shown(seals.mark_of(seal)), content_type="image/png")


@for_members
def proof(visit: Visit, seal_id: UUID) -> HttpResponse:
    """The paper that shows whose an uploaded seal is."""
    seal = selectors.seal_of(visit.principal, seal_id)
    if not seal.proof:
        raise Refused("not_found")
    data = blobs.get(seal.proof)
    kind, ending = papers.kind_of(data)
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, f"proof.{ending}")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@for_acting
def new_seal(visit: Visit) -> HttpResponse:
    """Make a seal: drawn by rule, or uploaded with its proof."""
    visit.principal.require(Permission.MANAGE_PROFILE)
    form = SealForm(visit.principal, visit.request.POST or None, visit.request.FILES or None)
    if visit.posted and form.is_valid():
        given = form.cleaned_data
        try:
            seal = sealing.create_seal(
                principal=visit.principal,
                kind=SealKind(given["kind"]),
                label=given["label"],
                holder=UUID(given["holder"]),
                diameter_mm=given["diameter_mm"],
                code13=given["code13"],
                limits=form.limits(),
                upload=form.upload(),
            )
        except Refused as refused:
            blame(form, refused)
        else:
            return visit.done(_("印章已建立。"), "seals:seal", seal.pk)
    keepers = members_of(visit.principal).filter(active=True, role=Role.SEAL_KEEPER).exists()
    return visit.show("seal_new.html", form=form, keepers=keepers)


@for_acting
def change_state(visit: Visit, seal_id: UUID) -> HttpResponse:
    """Suspend a seal, or put it back into use."""
    seal = selectors.seal_of(visit.principal, seal_id)
    active = seal.state == SealState.ACTIVE
    if visit.posted:
        new = SealState.SUSPENDED if active else SealState.ACTIVE
        seals.set_seal_state(principal=visit.principal, seal_id=seal_id, state=new)
        return visit.done(_("印章已停用。") if active else _("印章已恢复使用。"), "seals:seal", seal_id)
    return visit.ask(
        _("停用印章“{label}”？").format(label=seal.label)
        if active
        else _("恢复使用印章“{label}”？").format(label=seal.label),
        _("停用后不能再申请和审批；已经批准的会继续盖完。") if active else _("恢复后可以继续申请和审批。"),
        action=_("停用") if active else _("恢复使用"),
        back=_address(seal),
        danger=active,
    )


@for_acting
def limits(visit: Visit, seal_id: UUID) -> HttpResponse:
    """How much may be done with a seal."""
    visit.principal.require(Permission.MANAGE_PROFILE)
    seal = selectors.seal_of(visit.principal, seal_id)
    now = {"batch_limit": seal.batch_limit, "daily_limit": seal.daily_limit}
    form = LimitsForm(visit.request.POST if visit.posted else None, initial=now)
    if visit.posted and form.is_valid():
        seals.set_limits(principal=visit.principal, seal_id=seal_id, limits=form.limits())
        return visit.done(_("限额已保存。"), "seals:seal", seal_id)
    return visit.ask(
        _("用印限额"),
        _("超过限额的申请和审批会被拒绝，防止一次失误盖出大量文件。"),
        action=_("保存"),
        back=_address(seal),
        form=form,
    )


@for_acting
def hand_over(visit: Visit, seal_id: UUID) -> HttpResponse:
    """Make another seal keeper answer for a seal."""
    visit.principal.require(Permission.MANAGE_PROFILE)
    seal = selectors.seal_of(visit.principal, seal_id)
    form = KeeperForm(visit.principal, visit.request.POST if visit.posted else None)
    if visit.posted and form.is_valid():
        holder = sealing.keeper(visit.principal, UUID(form.cleaned_data["holder"]))
        seals.hand_over(principal=visit.principal, seal_id=seal_id, holder=holder)
        return visit.done(_("保管人已更换。"), "seals:seal", seal_id)
    return visit.ask(
        _("更换保管人"),
        _("原保管人立即失去用印权；需要时可以再单独授权。"),
        action=_("更换"),
        back=_address(seal),
        form=form,
    )


@for_acting
def grant(visit: Visit, seal_id: UUID) -> HttpResponse:
    """Let another seal keeper use a seal, for good or until a day."""
    seal = selectors.seal_of(visit.principal, seal_id)
    seals.require_own(visit.principal, seal)
    form = GrantForm(visit.principal, visit.request.POST if visit.posted else None)
    if visit.posted and form.is_valid():
        try:
            keeper = sealing.keeper(visit.principal, UUID(form.cleaned_data["holder"]))
            seals.grant_use(
                principal=visit.principal, seal_id=seal_id, keeper=keeper, until=form.cleaned_data["until"]
            )
        except Refused as refused:
            blame(form, refused)
        else:
            return visit.done(_("已授权。"), "seals:seal", seal_id)
    return visit.ask(
        _("授权他人用印"),
        _("被授权人可以审批使用“{label}”的申请。休假、出差时可以设一个截止日。").format(label=seal.label),
        action=_("授权"),
        back=_address(seal),
        form=form,
    )


@for_acting
def end_grant(visit: Visit, seal_id: UUID, grant_id: UUID) -> HttpResponse:
    """Take a grant back."""
    seal = selectors.seal_of(visit.principal, seal_id)
    seals.require_own(visit.principal, seal)
    if visit.posted:
        seals.end_grant(principal=visit.principal, seal_id=seal_id, grant_id=grant_id)
        return visit.done(_("授权已收回。"), "seals:seal", seal_id)
    if not seal.grants.filter(pk=grant_id).exists():
        raise Refused("not_found")
    return visit.ask(
        _("收回授权？"), _("收回后立即生效。"), action=_("收回"), back=_address(seal), danger=True
    )


def _address(seal: Seal) -> str:
    return reverse("seals:seal", args=[seal.pk])
