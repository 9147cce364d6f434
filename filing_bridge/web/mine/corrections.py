"""我的信息: what a person asks the employers to correct on their rosters."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import WishState
from accounts.models import RosterWish, Worker
from accounts.services.wishes import ask_for_correction
from accounts.web.words import Words, by_language
from core.codes import table
from core.errors import Refused
from filing_bridge.web.mine.pages import for_person, in_words, show
from filing_bridge.web.words import code_words
from signing.models import Person

MOST = 20
STATES: dict[str, Words] = {
    WishState.ASKED: gettext_lazy("等待单位处理"),
    WishState.GRANTED: gettext_lazy("已更正"),
    WishState.DECLINED: gettext_lazy("单位没有同意"),
}


@dataclass(frozen=True)
class Registered:
    """What one employer has registered, and what became of the wishes there."""

    employer: str
    education: Words
    wishes: list[tuple[RosterWish, Words]]


@for_person("GET", "POST")
def corrections(request: HttpRequest, person: Person) -> HttpResponse:
    """Ask all employers that have the person on their roster; each decides for itself."""
    rosters = Worker.objects.filter(id_no_index=person.id_no_index).select_related("employer")
    wanted = {name: request.POST.get(name, "").strip() for name in ("education", "resid_address")}
    content: dict[str, Any] = {
        "registered": list(_registered(rosters)),
        "educations": [(row.code, by_language(row.zh, row.en)) for row in table("education").values()],
        "wanted": wanted,
    }
    if request.method == "GET":
        return show(request, "corrections.html", **content)
    try:
        _ask(list(rosters), wanted, person.subject)
    except Refused as refused:
        return show(request, "corrections.html", error=in_words(refused), **content)
    messages.success(request, _("已提交给单位。单位核对材料后处理，结果在本页查看。"))
    return redirect("mine:corrections")


def _ask(rosters: list[Worker], wanted: dict[str, str], actor: str) -> None:
    """At least one employer has to be asked; what another has right already, or is still to decide, stays."""
    asked, refusals = 0, []
    for worker in rosters:
        try:
            ask_for_correction(worker, wanted, actor=actor)
            asked += 1
        except Refused as refused:
            refusals.append(refused)
    if not asked:
        raise refusals[0] if refusals else Refused("wish_empty")


def _registered(rosters: Any) -> Iterator[Registered]:
    for worker in rosters.prefetch_related("wishes"):
        latest = sorted(worker.wishes.all(), key=lambda wish: wish.asked_at, reverse=True)[:MOST]
        yield Registered(
            worker.employer.name,
            code_words("education", worker.education),
            [(wish, STATES[wish.state]) for wish in latest],
        )
