"""Help in the portal: the handbook, questions, notices, and every refusal with its remedy, to be searched."""

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from accounts.web import handbook, menu
from accounts.web.pages import Visit, for_members
from accounts.web.words import by_language
from core.errors import CATALOGUE

MOST = 300


@for_members
def start(visit: Visit) -> HttpResponse:
    """Notices, the handbook and the answered questions on one page, which prints as a booklet."""
    return visit.show(
        "help.html", notices=handbook.notices_shown(), tasks=handbook.tasks(), questions=handbook.questions()
    )


@for_members
def errors(visit: Visit) -> HttpResponse:
    """The catalogue of refusals; every word typed must occur in the code, the words or the remedy."""
    wanted = visit.request.GET.get("q", "").strip()[:60]
    words = wanted.casefold().split()
    found = [
        (row.code, row.status, by_language(row.zh, row.en), by_language(row.remedy_zh, row.remedy_en))
        for row in sorted(CATALOGUE.rows.values(), key=lambda row: row.code)
        if all(word in _text(row).casefold() for word in words)
    ]
    return visit.show("errors.html", wanted=wanted, found=found[:MOST], count=len(found))


def _text(row: object) -> str:
    return " ".join(str(value) for value in vars(row).values())


app_name = "help"
urlpatterns = [path("", start, name="start"), path("errors/", errors, name="errors")]

menu.add(menu.Entry(95, _("帮助"), "help:start", "help"))
