"""The roster's pages: one worker, a new one, and changes."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.masking import (
    mask_address,
    mask_card,
    mask_date,
    mask_email,
    mask_number,
    mask_phone,
    shown_name,
)
from accounts.models import Worker
from accounts.particulars import WORKER_FIELDS, Field
from accounts.services import workers
from accounts.web.forms import DayInput, blame
from accounts.web.pages import Visit, for_acting, for_members
from accounts.web.words import Words, by_language
from contracts import selectors as contracts
from core.codes import table
from core.errors import Refused
from core.principal import Permission
from filing_bridge.web import rows
from filing_bridge.web.wishes import open_wish
from filing_bridge.web.words import code_words

SECTIONS: tuple[tuple[Words, tuple[str, ...]], ...] = (
    (_("身份"), ("name", "id_type", "id_no", "mobile")),
    (_("户籍和住址"), ("hukou_type", "hukou_address", "resid_address", "education")),
    (
        _("其他（可不填）"),
        (
            "sex",
            "birth_date",
            "nationality",
            "ethnicity",
            "hukou_code",
            "resid_code",
            "postcode",
            "email",
            "person_category",
            "employment_cert_no",
            "work_permit_no",
            "work_permit_valid_to",
            "bank_card",
            "bank_name",
        ),
    ),
)
# How what is encrypted is shown. A form never shows it: an empty field leaves it as it is.
MASKS = {
    "id_no": mask_number,
    "mobile": mask_phone,
    "birth_date": mask_date,
    "ethnicity": lambda _code: "**",
    "hukou_address": mask_address,
    "resid_address": mask_address,
    "email": mask_email,
    "employment_cert_no": mask_number,
    "work_permit_no": mask_number,
    "bank_card": mask_card,
}
TOLD = frozenset({"sex", "birth_date"})  # by the identity number, if it is a citizen's


class WorkerForm(forms.Form):
    """A field for every particular; the service judges them, all at once."""

    def __init__(self, *args: object, of: Worker | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # whatever a form takes
        self.of = of
        for name, field in WORKER_FIELDS.items():
            self.fields[name] = self._field(name, field)

    def sections(self) -> Iterable[tuple[Words, list[forms.BoundField], bool]]:
        """Headings with their fields; the last may stay closed unless something in it is wrong."""
        for heading, names in SECTIONS:
            fields = [self[name] for name in names]
            yield heading, fields, heading is SECTIONS[-1][0] and not any(field.errors for field in fields)

    def changes(self) -> dict[str, str]:
        """What was filled in; of an encrypted field that stayed empty nothing is said."""
        given: Mapping[str, object] = self.cleaned_data
        texts = {
            name: value.isoformat() if hasattr(value, "isoformat") else str(value or "")
            for name, value in given.items()
        }
        if self.of is None:
            return texts
        return {name: text for name, text in texts.items() if text or name not in MASKS}

    def _field(self, name: str, field: Field) -> forms.Field:
        kept = getattr(self.of, name, "") if self.of else ""
        hidden = bool(kept) and name in MASKS
        common: dict[str, object] = {
            "label": by_language(field.zh, field.en[:1].upper() + field.en[1:]),
            "required": field.required and name not in TOLD and not hidden,
            "initial": "" if hidden else kept,
            "help_text": _("现为 %(value)s，不修改请留空。") % {"value": MASKS[name](kept)} if hidden else "",
        }
        if field.codes:
            choices = [(code, by_language(row.zh, row.en)) for code, row in table(field.codes).items()]
            if not self.of and name == "id_type":
                common["initial"] = "01"
            first = [] if common["required"] and common["initial"] else [("", "—")]
            return forms.ChoiceField(choices=first + choices, **common)  # type: ignore[arg-type]
        if field.day:
            return forms.DateField(widget=DayInput(), **common)  # type: ignore[arg-type]
        widget = forms.TextInput({"autocomplete": "off", **KEYBOARDS.get(name, {})})
        return forms.CharField(max_length=field.limit, widget=widget, **common)  # type: ignore[arg-type]


KEYBOARDS = {"mobile": {"inputmode": "tel"}, "bank_card": {"inputmode": "numeric"}}


@for_acting
def new_worker(visit: Visit) -> HttpResponse:
    """Put somebody on the roster; `next` says where to go on with them."""
    visit.principal.require(Permission.DRAFT)
    form = WorkerForm(visit.request.POST or None)
    going_on = visit.request.GET.get("next", "")
    if visit.posted and form.is_valid():
        try:
            worker = workers.create_worker(principal=visit.principal, particulars_given=form.changes())
        except Refused as refused:
            blame(form, refused)
        else:
            if going_on and url_has_allowed_host_and_scheme(going_on, allowed_hosts=None):
                joint = "&" if "?" in going_on else "?"
                return redirect(f"{going_on}{joint}worker={worker.pk}")
            return visit.done(_("已添加到名册。"), "portal:worker", worker.pk)
    return visit.show("worker_form.html", form=form, title=_("添加员工"), back=reverse("portal:workers"))


@for_acting
def edit_worker(visit: Visit, worker_id: UUID) -> HttpResponse:
    """Change particulars. What is encrypted is not shown; contracts that were sent do not follow."""
    visit.principal.require(Permission.DRAFT)
    worker = selectors.worker_of(visit.principal, worker_id)
    form = WorkerForm(visit.request.POST or None, of=worker)
    if visit.posted and form.is_valid():
        try:
            workers.update_worker(principal=visit.principal, worker_id=worker.pk, changes=form.changes())
        except Refused as refused:
            blame(form, refused)
        else:
            return visit.done(_("已保存。已发出的合同不受影响。"), "portal:worker", worker.pk)
    return visit.show(
        "worker_form.html",
        form=form,
        title=_("修改员工信息"),
        back=reverse("portal:worker", args=[worker.pk]),
    )


@for_members
def worker_page(visit: Visit, worker_id: UUID) -> HttpResponse:
    """One worker, masked, with all their contracts."""
    worker = selectors.worker_of(visit.principal, worker_id)
    of_worker = rows.light_contracts(contracts.contracts_of(visit.principal).filter(worker_id=worker.pk))
    return visit.show(
        "worker.html",
        worker=worker,
        name=shown_name(visit.principal, worker.name),
        lines=list(_lines(worker)),
        contracts=rows.contract_rows(visit.principal, list(of_worker.order_by("-created_at", "-pk")[:50])),
        wish=open_wish(visit, worker),
        may_draft=visit.may(Permission.DRAFT),
    )


def _lines(worker: Worker) -> Iterable[tuple[Words, Words]]:
    for name, field in WORKER_FIELDS.items():
        value = getattr(worker, name)
        if not value or name == "name":
            continue
        if name in MASKS:
            value = MASKS[name](value)
        elif field.codes:
            value = code_words(field.codes, value)
        yield by_language(field.zh, field.en[:1].upper() + field.en[1:]), value
