"""What all pages of the portal share: a member asks, a refusal is told in words, nothing is cached."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from rest_framework.exceptions import NotFound

from accounts.web.acting import Acting, acting
from core.errors import Refused
from core.principal import Principal
from filing_bridge.web.words import by_language

P = ParamSpec("P")


@dataclass(frozen=True)
class Visit:
    """One request by a member of an employer."""

    request: HttpRequest
    who: Acting

    @property
    def principal(self) -> Principal:
        return self.who.principal

    def show(self, template: str, **content: Any) -> HttpResponse:
        """The page, in the frame of the portal."""
        return render(
            self.request, f"portal/{template}", {**content, "who": self.who, "stand_in": stand_in()}
        )


def for_members(page: Callable[Concatenate[Visit, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that reads, for logged-in members only; others are sent to the log-in page."""

    @wraps(page)
    def view(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        who = None
        try:
            who = acting(request)
            return page(Visit(request, who), *args, **kwargs)
        except (Refused, NotFound) as error:
            # The paging, which is the API's, says "not found" to a place in a list that cannot be read.
            refused = error if isinstance(error, Refused) else Refused("not_found")
            row = refused.row
            content = {
                "message": refused.message(by_language("zh", "en")),
                "remedy": by_language(row.remedy_zh, row.remedy_en),
                "who": who,
                "stand_in": stand_in(),
            }
            return render(request, "portal/refused.html", content, status=row.status)

    return require_GET(never_cache(login_required(view)))


def stand_in() -> bool:
    """Whether certificates are test certificates, which every page then says."""
    return bool(settings.CERTIFICATE_AUTHORITY == "test")
