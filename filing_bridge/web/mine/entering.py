"""Into 我的合同 by phone and code, out of it, and on to another phone."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.adapter import address_of
from accounts.services.attempts import Limit, take
from core.errors import Refused
from core.numbers import NumberError, check_mobile
from filing_bridge.web.mine.pages import (
    VISIT,
    current_visit,
    for_person,
    in_words,
    keep,
    language_read,
    leave,
    page,
    show,
)
from signing.domain import VisitState
from signing.models import Person
from signing.services import changing, visits
from signing.services.people import ending

# Codes asked for from one network address: a dormitory shares one.
CODES_FROM_ADDRESS = Limit("visit-address", 60, timedelta(hours=1))
CHANGE = "phone"  # the cookie with the secret of a change of phone
MAX_AGENT = 300


@page("GET", "POST")
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for the phone; send it a code."""
    mobile = request.POST.get("mobile", "").strip()
    if request.method == "GET":
        return show(request, "enter.html")
    try:
        begun = visits.begin_visit(
            mobile=_checked(mobile, request),
            address=address_of(request),
            agent=request.headers.get("User-Agent", "")[:MAX_AGENT],
            language=language_read(),
        )
    except Refused as refused:
        return show(request, "enter.html", error=in_words(refused), mobile=mobile)
    return keep(redirect("mine:code"), VISIT, begun.secret)


@page("GET", "POST")
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code, or send another one."""
    visit = current_visit(request)
    if visit.state != VisitState.CODE:
        return redirect("mine:number" if visit.state == VisitState.NUMBER else "mine:contracts")
    content: dict[str, Any] = {"sent_to": ending(visit.mobile)}
    if request.method == "GET":
        return show(request, "code.html", **content)
    try:
        if "again" in request.POST:
            visits.resend_code(visit)
            messages.success(request, _("验证码已重新发送。"))
            return redirect("mine:code")
        visits.prove_phone(visit, _digits(request))
    except Refused as refused:
        return show(request, "code.html", error=in_words(refused), **content)
    return redirect("mine:code")


@page("GET", "POST")
def number(request: HttpRequest) -> HttpResponse:
    """Ask for the identity number where the phone alone does not say who it is."""
    visit = current_visit(request)
    if visit.state != VisitState.NUMBER:
        return redirect("mine:code")
    if request.method == "GET":
        return show(request, "number.html")
    try:
        visits.prove_number(visit, request.POST.get("id_no", ""))
    except Refused as refused:
        if refused.code != "number_mismatch":
            raise Refused("visit_over") from refused
        return show(request, "number.html", error=in_words(refused))
    return redirect("mine:contracts")


@page("POST")
def go(request: HttpRequest) -> HttpResponse:
    """Log out."""
    visit = current_visit(request)
    if visit.state == VisitState.OPEN:
        visits.end_visit(visit)
    messages.success(request, _("您已退出登录。"))
    return leave(redirect("mine:enter"))


@for_person("POST")
def language(request: HttpRequest, person: Person) -> HttpResponse:
    """In which language the messages to the person are."""
    chosen = request.POST.get("language")
    if chosen in ("zh", "en"):
        visits.write_in(person, chosen)
        messages.success(request, _("短信语言已更改。"))
    return redirect("mine:data")


@page("GET", "POST")
def phone(request: HttpRequest) -> HttpResponse:
    """A new phone: name, number, and the phone itself. No visit is needed: the old phone may be lost."""
    given: dict[str, Any] = {name: request.POST.get(name, "").strip() for name in ("name", "id_no", "mobile")}
    if request.method == "GET":
        return show(request, "phone.html")
    try:
        if not given["name"] or not given["id_no"]:
            return show(request, "phone.html", error=_("请填写姓名和证件号码。"), **given)
        secret = changing.begin_change(
            name=given["name"],
            id_no=given["id_no"],
            mobile=_checked(given["mobile"], request),
            language=language_read(),
        )
    except Refused as refused:
        return show(request, "phone.html", error=in_words(refused), **given)
    return keep(redirect("mine:phone_code"), CHANGE, secret)


@page("GET", "POST")
def phone_code(request: HttpRequest) -> HttpResponse:
    """The code that proves the new phone; the answer of the check comes there by message."""
    change = changing.change_of(request.COOKIES.get(CHANGE, ""))
    content: dict[str, Any] = {"sent_to": ending(change.mobile)}
    if request.method == "GET":
        return show(request, "phone_code.html", **content)
    try:
        if "again" in request.POST:
            changing.resend_code(change)
            messages.success(request, _("验证码已重新发送。"))
            return redirect("mine:phone_code")
        changing.confirm_change(change, _digits(request))
    except Refused as refused:
        return show(request, "phone_code.html", error=in_words(refused), **content)
    return redirect("mine:phone_done")


@page("GET")
def phone_done(request: HttpRequest) -> HttpResponse:
    """What happens next; the same for everybody."""
    return show(request, "phone_done.html")


def _checked(mobile: str, request: HttpRequest) -> str:
    try:
        checked = check_mobile(mobile)
    except NumberError as error:
        raise Refused("invalid_input", faults=[error.fault_at("/mobile")]) from error
    take(CODES_FROM_ADDRESS, address_of(request))
    return checked


def _digits(request: HttpRequest) -> str:
    return "".join(filter(str.isdigit, request.POST.get("code", "")))
