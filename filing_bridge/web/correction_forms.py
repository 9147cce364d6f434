"""The form of a correction: the fields of the record that may be corrected, each with what it says now."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.web.forms import DayInput
from accounts.web.words import by_language
from core.codes import table
from core.codes.fields import CODE_FIELDS
from filing_bridge.correction import WEIGHTS, Weight, correctable
from filing_bridge.mapping import Document, value_at
from filing_bridge.web.correction_words import NAMES, value_words

DATES = frozenset(
    {
        "/worker/birth_date",
        "/contract/employment_start",
        "/contract/start",
        "/contract/end",
        "/ending/date",
    }
)
PAPER = {"accept": "application/pdf,image/png,image/jpeg", "class": "form-control"}


class CorrectionForm(forms.Form):
    """`changes()` is what was typed otherwise than it stands; fields bear the names of the record."""

    def __init__(self, record: Document, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._pointers = {pointer.strip("/").replace("/", "."): pointer for pointer in correctable(record)}
        for name, pointer in self._pointers.items():
            self.fields[name] = _field(pointer, value_at(record, pointer))
        self.fields["reason"] = forms.CharField(
            label=_("更正原因"), max_length=200, help_text=_("写明错在哪里、怎样发现的。")
        )
        self.fields["evidence"] = forms.FileField(
            label=_("证明材料"),
            required=False,
            widget=forms.FileInput(PAPER),
            help_text=_("更正重要项目必须提供。PDF、PNG 或 JPEG，不超过 5 MB。"),
        )

    def minor(self) -> list[forms.BoundField]:
        """The fields that an officer carries out."""
        return self._of(Weight.MINOR)

    def material(self) -> list[forms.BoundField]:
        """The fields that want evidence and a second officer."""
        return self._of(Weight.MATERIAL)

    def rest(self) -> list[forms.BoundField]:
        """Reason and evidence."""
        return [self[name] for name in ("reason", "evidence")]

    def changes(self) -> dict[str, str]:
        """Pointer into the record and new value, for what was typed otherwise. Call it on a valid form."""
        return {
            pointer: str(self.cleaned_data[name] or "")
            for name, pointer in self._pointers.items()
            if name in self.changed_data
        }

    def evidence(self) -> bytes:
        """The paper, if there is one."""
        paper = self.cleaned_data["evidence"]
        return bytes(paper.read()) if paper else b""

    def _of(self, weight: Weight) -> list[forms.BoundField]:
        return [self[name] for name, pointer in self._pointers.items() if WEIGHTS[pointer] is weight]


def _field(pointer: str, value: str | None) -> forms.Field:
    shared: dict[str, Any] = {
        "label": NAMES[pointer],
        "required": False,
        "initial": value or "",
        "help_text": gettext("现在：%(value)s") % {"value": value_words(pointer, value)},
    }
    if pointer in DATES:
        day = date.fromisoformat(value) if value else None
        return forms.DateField(widget=DayInput(), **{**shared, "initial": day})
    if pointer in CODE_FIELDS:
        rows = [(code, by_language(row.zh, row.en)) for code, row in table(CODE_FIELDS[pointer]).items()]
        return forms.ChoiceField(
            choices=rows if value else [("", "—"), *rows],
            widget=forms.Select({"class": "form-select"}),
            **shared,
        )
    return forms.CharField(max_length=200, **shared)
