"""The pages of a signing session: thin shells, one address per step. The script fills them from the API.

They hold nothing about anybody: what a link scanner gets by GET is the same for every link, since the token
is in the fragment, which no server sees.
"""

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.errors import Refused
from signing.services import downloads
from signing.web.words import WORDS

# The stages that the strip at the top shows, and which of them a step belongs to.
STAGE_OF = {"landing": 0, "identity": 1, "read": 2, "pad": 3, "place": 3, "confirm": 4, "done": 5}


@require_safe
@never_cache
# Pictures of pages need the session's secret, so a script fetches them.
@csp_update({"img-src": "blob:"})  # type: ignore[arg-type]  # its stubs know views without arguments only
def step(request: HttpRequest, name: str) -> HttpResponse:
    """The shell of one step."""
    return render(request, f"worker/{name}.html", _frame(request, name))


@require_safe
@never_cache
def document(request: HttpRequest, ticket: str) -> HttpResponse:
    """The PDF, for a ticket of `/api/v1/sign/document/link/`; a page with the reason if there is none."""
    try:
        session = downloads.redeem(ticket)
        handed = downloads.hand_out(session)
    except Refused as refused:
        context = {
            **_frame(request, "problem"),
            "title": refused.message(_language()),
            "remedy": refused.row.remedy_en if _language() == "en" else refused.row.remedy_zh,
        }
        return render(request, "worker/problem.html", context, status=refused.row.status)
    answer = HttpResponse(handed.pdf, content_type="application/pdf")
    name = f"{session.party.request.title}.pdf"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


def _frame(request: HttpRequest, name: str) -> dict[str, object]:
    return {
        "step": name,
        "stage": STAGE_OF.get(name, 0),
        "large": request.COOKIES.get("large") == "1",
        "words": {key: str(text) for key, text in WORDS.items()},
    }


def _language() -> str:
    return "en" if get_language() == "en" else "zh"
