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

    Faults name fields of the facts (`contract.wage_amount`); the last part is the form's name.
    """
    language = by_language("zh", "en")
    if not refused.faults:
        remedy = by_language(refused.row.remedy_zh, refused.row.remedy_en)
        form.add_error(None, f"{refused.message(language)} {remedy}")
    for fault in refused.faults:
        name = fault.field.rpartition(".")[2]
        form.add_error(name if name in form.fields else None, words_of(fault))


def words_of(fault: Fault) -> str:
    """A fault and its remedy, in the reader's language."""
    return f"{by_language(fault.zh, fault.en)} {by_language(fault.remedy_zh, fault.remedy_en)}".strip()
