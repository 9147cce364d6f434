"""What the pages of 我的合同 share: a visit kept in a cookie, refusals in words, nothing cached.

They are plain pages with forms: no script is needed, and the secret of a visit is out of any script's reach.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import NotFound

from accounts.web.words import by_language
from core.errors import Refused
from signing.domain import VISIT_LIFETIME, Language, VisitState
from signing.models import Person, Visit
from signing.services.visits import visit_of

P = ParamSpec("P")

VISIT = "mine"  # the cookie with a visit's secret
PATH = "/mine/"


def page(*methods: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view for these methods; a refusal becomes a page that says what to do."""

    def make(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except (Refused, NotFound) as error:
                refused = error if isinstance(error, Refused) else Refused("not_found")
                if refused.code == "visit_over":
                    messages.error(request, in_words(refused))
                    return leave(redirect("mine:enter"))
                content = {"message": _message(refused), "remedy": _remedy(refused)}
                return show(request, "refused.html", status=refused.row.status, **content)

        return require_http_methods(list(methods))(never_cache(told))

    return make


def for_person(*methods: str) -> Callable[..., Callable[..., HttpResponse]]:
    """A view for whoever has an open visit, who is handed to it; others are sent to the log-in page."""

    def make(
        view: Callable[Concatenate[HttpRequest, Person, P], HttpResponse],
    ) -> Callable[..., HttpResponse]:
        @wraps(view)
        def opened(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if VISIT not in request.COOKIES:
                return redirect("mine:enter")
            visit = current_visit(request)
            if visit.state != VisitState.OPEN or visit.person is None:
                return redirect("mine:enter")
            return view(request, visit.person, *args, **kwargs)

        return page(*methods)(opened)

    return make


def current_visit(request: HttpRequest) -> Visit:
    """The visit of this browser, at whatever stage. Refuses `visit_over`."""
    return visit_of(request.COOKIES.get(VISIT, ""))


def show(request: HttpRequest, template: str, *, status: int = 200, **content: Any) -> HttpResponse:
    """A page in the workers' frame."""
    frame = {"step": "mine", "stage": 0, "large": request.COOKIES.get("large") == "1", "words": {}}
    return render(request, f"worker/mine/{template}", {**frame, **content}, status=status)


def keep(answer: HttpResponse, cookie: str, secret: str) -> HttpResponse:
    """Let the browser keep a secret: for these pages only, out of the reach of scripts."""
    answer.set_cookie(
        cookie,
        secret,
        max_age=int(VISIT_LIFETIME.total_seconds()),
        path=PATH,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",  # a tap on the address in a message must still find the visit
    )
    return answer


def leave(answer: HttpResponse) -> HttpResponse:
    """Have the browser forget the visit."""
    answer.delete_cookie(VISIT, path=PATH, samesite="Lax")
    return answer


def in_words(refused: Refused) -> str:
    """What was refused and what to do, in the reader's language."""
    if refused.faults:
        return by_language(refused.faults[0].zh, refused.faults[0].en)
    return by_language(f"{_message(refused)}{_remedy(refused)}", f"{_message(refused)} {_remedy(refused)}")


def language_read() -> str:
    """The language of the page, as people's preference is kept."""
    return Language.EN if get_language() == "en" else Language.ZH


def _message(refused: Refused) -> str:
    return refused.message(by_language("zh", "en"))


def _remedy(refused: Refused) -> str:
    return by_language(refused.row.remedy_zh, refused.row.remedy_en)
