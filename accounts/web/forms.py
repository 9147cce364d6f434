"""Forms of the portal: a refusal of a service is told beside the fields it is about."""

from django import forms

from accounts.web.words import by_language
from core.errors import Fault, Refused


class DayInput(forms.DateInput):
    """A day, in the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def blame(form: forms.BaseForm, refused: Refused) -> None:
    """Put every fault beside its field; what concerns none of the form's fields stands above them all.

    A fault names its field by a JSON pointer (`/contract/wage_amount`); see `field_of`.
    """
    language = by_language("zh", "en")
    if not refused.faults:
        remedy = by_language(refused.row.remedy_zh, refused.row.remedy_en)
        form.add_error(None, f"{refused.message(language)} {remedy}")
    for fault in refused.faults:
        form.add_error(field_of(form, fault.field), words_of(fault))


def field_of(form: forms.BaseForm, pointer: str) -> str | None:
    """The form's field that a JSON pointer means, if it has one."""
    steps = pointer.strip("/").split("/")
    ends = (".".join(steps[start:]) for start in range(len(steps)))
    return next((name for name in ends if name in form.fields), None)


def words_of(fault: Fault) -> str:
    """A fault and its remedy, in the reader's language."""
    return f"{by_language(fault.zh, fault.en)} {by_language(fault.remedy_zh, fault.remedy_en)}".strip()
