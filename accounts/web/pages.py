"""What all pages of the employers' portal share. How a page is added:

1. A view in the `web` package of the app that owns the thing (in `filing_bridge.web` when it is composed
   of several apps'), that takes a `Visit`: `@for_members` if it only reads, `@for_acting` if it also acts.
2. It calls selectors and services with `visit.principal`; a `Refused` is told in words by the frame, or
   beside the fields of a form by `forms.blame`.
3. It answers with `visit.show("name.html", …)`, whose template extends `portal/shell.html` and fills the
   blocks `title` and `content`; forms are `{% include "portal/form.html" %}`, icons `portal/icon.html`.
4. What was done is told by `visit.done(_("…"), "route", …)`, which goes on to a page that reads. Whatever
   cannot be undone is asked first: GET shows the question (`visit.ask`), POST does it. There are no modals.
5. A list is a `lists.Table` and its view `listing.listed(TABLE)`; nothing else makes lists.
6. The address goes into the app's `web/urls.py`, with `menu.add(menu.Entry(…))` when it is on the menu, and
   into the table of `tests/integration/test_routes.py`, which fails on an address it does not know.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from rest_framework.exceptions import NotFound

from accounts.web.acting import Acting, acting
from accounts.web.handbook import task_on
from accounts.web.menu import menu_of
from accounts.web.words import Words, by_language
from core.errors import Refused
from core.principal import Permission, Principal

P = ParamSpec("P")
Page = Callable[Concatenate["Visit", P], HttpResponse]


@dataclass(frozen=True)
class Visit:
    """One request by a member of an employer."""

    request: HttpRequest
    who: Acting

    @property
    def principal(self) -> Principal:
        return self.who.principal

    @property
    def posted(self) -> bool:
        """Whether the member acts, rather than looks."""
        return self.request.method == "POST"

    def may(self, permission: Permission) -> bool:
        """Whether to offer what needs the permission; services refuse it in any case."""
        return permission in self.principal.permissions

    def show(self, page: str, *, status: int = 200, **content: Any) -> HttpResponse:
        """The page, in the frame of the portal."""
        frame = _frame(self.request, self.who)
        return render(self.request, f"portal/{page}", {**content, **frame}, status=status)

    def ask(
        self,
        title: Words,
        text: Words,
        *,
        action: Words,
        back: str,
        form: BaseForm | None = None,
        kept: Iterable[tuple[str, Any]] = (),
        danger: bool = False,
    ) -> HttpResponse:
        """The question before an act: what it will do, what it needs to know, and the way `back`.

        The answer is posted to the same address, with `confirmed` and the pairs of `kept`.
        """
        return self.show(
            "confirm.html",
            title=title,
            text=text,
            action=action,
            back=back,
            form=form,
            kept=kept,
            danger=danger,
        )

    def done(self, words: Words, to: str, *args: Any) -> HttpResponse:
        """Say what was done on the page that comes next: a route, or an address of ours."""
        messages.success(self.request, str(words))
        return redirect(to, *args)


def for_members(page: Page[P]) -> Callable[..., HttpResponse]:
    """A view that reads, for logged-in members only; others are sent to the log-in page."""
    return require_GET(_for_members(page))


def for_acting(page: Page[P]) -> Callable[..., HttpResponse]:
    """A view that shows on GET and acts on POST, for logged-in members only."""
    return require_http_methods(["GET", "POST"])(_for_members(page))


def _for_members(page: Page[P]) -> Callable[..., HttpResponse]:
    @wraps(page)
    def view(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        who = None
        try:
            who = acting(request)
            return page(Visit(request, who), *args, **kwargs)
        except (Refused, NotFound) as error:
            # The paging, which is the API's, says "not found" to a place in a list that cannot be read.
            refused = error if isinstance(error, Refused) else Refused("not_found")
            return _refusal(request, who, refused)

    return never_cache(login_required(view))


def _refusal(request: HttpRequest, who: Acting | None, refused: Refused) -> HttpResponse:
    row = refused.row
    content = {
        "message": refused.message(by_language("zh", "en")),
        "remedy": by_language(row.remedy_zh, row.remedy_en),
        "may_ask": refused.code == "not_permitted" and who is not None,
        "faults": [
            (by_language(fault.zh, fault.en), by_language(fault.remedy_zh, fault.remedy_en))
            for fault in refused.faults
        ],
        **_frame(request, who),
    }
    return render(request, "portal/refused.html", content, status=row.status)


def _frame(request: HttpRequest, who: Acting | None) -> dict[str, Any]:
    """What the frame around every page needs."""
    return {
        "who": who,
        "menu": menu_of(who.principal, request.path) if who else [],
        "stand_in": stand_in(),
        "help_task": task_on(request.resolver_match.view_name) if request.resolver_match else "",
    }


def stand_in() -> bool:
    """Whether certificates are test certificates, which every page then says."""
    return bool(settings.CERTIFICATE_AUTHORITY == "test")
