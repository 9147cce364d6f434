"""What a worker asks to have corrected: shown on the worker's page, decided on a page of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.domain import WishState
from accounts.masking import shown_name
from accounts.models import RosterWish, Worker
from accounts.particulars import WORKER_FIELDS
from accounts.services.wishes import decline_wish, grant_wish
from accounts.web.pages import Visit, for_acting
from accounts.web.words import Words, by_language
from contracts import selectors as contracts
from core.errors import Refused
from core.principal import Permission
from filing_bridge.domain import FilingState
from filing_bridge.selectors import filings_of
from filing_bridge.web.words import code_words


@dataclass(frozen=True)
class WishShown:
    """An open wish: field by field what stands there now and what is wanted."""

    id: UUID
    asked_at: datetime
    lines: Sequence[tuple[Words, Words, Words]]


def asking(workers: QuerySet[Worker]) -> QuerySet[Worker]:
    """Those who wait for a correction."""
    return workers.filter(Exists(RosterWish.objects.filter(worker=OuterRef("pk"), state=WishState.ASKED)))


def open_wish(visit: Visit, worker: Worker) -> WishShown | None:
    """The wish of a worker that waits; its values are for those who may see personal data."""
    wish = selectors.roster_wishes_of(visit.principal).filter(worker=worker, state=WishState.ASKED).first()
    return _shown(visit, wish) if wish else None


class DecisionForm(forms.Form):
    """Yes or no; a no says why."""

    granted = forms.ChoiceField(
        label=_("处理结果"),
        choices=[("yes", _("同意，更新员工信息")), ("no", _("不同意"))],
        widget=forms.RadioSelect(),
    )
    note = forms.CharField(
        label=_("不同意的原因"), max_length=200, required=False, help_text=_("员工会在“我的信息”中看到。")
    )

    def clean(self) -> dict[str, str]:
        """Whoever declines says why."""
        given: dict[str, str] = super().clean() or {}
        if given.get("granted") == "no" and not given.get("note"):
            self.add_error("note", _("请填写不同意的原因。"))
        return given


@for_acting
def decide(visit: Visit, roster_wish_id: UUID) -> HttpResponse:
    """Look at what is wanted, compare it with the paper, decide."""
    visit.principal.require(Permission.DRAFT)
    visit.principal.require(Permission.VIEW_PII)
    wish = selectors.roster_wish_of(visit.principal, roster_wish_id)
    if wish.state != WishState.ASKED:
        raise Refused("state_conflict")
    form = DecisionForm(visit.request.POST or None)
    if visit.posted and form.is_valid():
        if form.cleaned_data["granted"] == "yes":
            grant_wish(principal=visit.principal, wish_id=wish.pk)
            filed = _filed(visit, wish.worker_id)
            words = _FILED if filed else _("已更新员工信息。已签的合同不受影响。")
            return visit.done(words, "portal:worker", wish.worker_id)
        decline_wish(principal=visit.principal, wish_id=wish.pk, note=form.cleaned_data["note"])
        return visit.done(_("已告知员工不同意的原因。"), "portal:worker", wish.worker_id)
    return visit.show(
        "roster_wish.html",
        worker=wish.worker,
        name=shown_name(visit.principal, wish.worker.name),
        wish=_shown(visit, wish),
        form=form,
    )


_FILED = _(
    "已更新员工信息。已通过的备案仍是原来的内容，需要更正的请向备案机构办理一般更正；以后的备案按新信息报送。"
)


def _shown(visit: Visit, wish: RosterWish) -> WishShown:
    may = visit.may(Permission.VIEW_PII)
    lines = [
        (
            by_language(WORKER_FIELDS[name].zh, WORKER_FIELDS[name].en.capitalize()),
            _value(name, getattr(wish.worker, name)) if may else "***",
            _value(name, value) if may else "***",
        )
        for name, value in wish.changes.items()
    ]
    return WishShown(wish.pk, wish.asked_at, lines)


def _value(name: str, value: str) -> Words:
    table = WORKER_FIELDS[name].codes
    return code_words(table, value) if table else value


def _filed(visit: Visit, worker_id: UUID) -> bool:
    own = contracts.contracts_of(visit.principal).filter(worker_id=worker_id).values("pk")
    return filings_of(visit.principal).filter(contract_id__in=own, state=FilingState.ACCEPTED).exists()
