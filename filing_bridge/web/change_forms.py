"""The form of a change: the terms in force beside the new ones, as far as an agreement may change them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.web.forms import DayInput
from accounts.web.words import Words
from contracts.changes.checks import FIXED_FACTS
from contracts.facts import Facts, schema_at
from contracts.models import TemplateVersion
from contracts.services.changing import Wish
from core import clock
from filing_bridge.web.term_words import words_in
from filing_bridge.web.terms import Term, TermsForm, flat

WAGE_ITEM = re.compile(
    r"(?P<name>\S.*?)[\s：:]+(?P<amount>[0-9][0-9,，]*(?:\.[0-9]{1,2})?)(?:\s+(?P<note>\S.*))?"
)
WAGE_ITEMS = Term("wage_items", _("工资构成（元）"))


class WageItemsField(forms.CharField):
    """What a wage is made of, one part a line: its name, its amount, and a remark if there is one."""

    widget = forms.Textarea({"rows": 4, "spellcheck": "false"})

    def to_python(self, value: Any) -> str:
        """With the ends of lines as the facts have them; browsers send others."""
        return "\n".join(str(super().to_python(value)).splitlines())

    def clean(self, value: Any) -> list[dict[str, str]]:
        """The parts, as the facts hold them."""
        lines = [line.strip() for line in super().clean(value).splitlines()]
        return [self._part(line) for line in lines if line]

    def _part(self, line: str) -> dict[str, str]:
        found = WAGE_ITEM.fullmatch(line)
        if found is None:
            raise forms.ValidationError(gettext("“%(text)s”不是“项目 金额”。") % {"text": line[:20]})
        part = {name: text for name, text in found.groupdict().items() if text}
        return {**part, "amount": f"{Decimal(re.sub('[,，]', '', part['amount'])):.2f}"}


@dataclass(frozen=True)
class Row:
    """A field with what is agreed now in words."""

    field: forms.BoundField
    was: str
    changed: bool


class ChangeForm(TermsForm):
    """What both want to change in the terms `before`. `wish()` is what the service takes."""

    effective_on = forms.DateField(
        label=_("变更生效日期"), widget=DayInput(), help_text=_("从这一天起按新的约定执行")
    )
    reason = forms.CharField(
        label=_("变更原因"),
        max_length=200,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("写进协议，例如“因工作需要，双方协商一致调整岗位”。可不填"),
    )

    def __init__(self, template: TemplateVersion, before: Facts, data: QueryDict | None = None) -> None:
        self.before = before
        self.in_force = flat(before)
        self.posted = data or QueryDict()
        super().__init__(template, data, initial=_initial(before))
        if "wage_items" in before:
            self.fields["wage_items"] = WageItemsField(
                label=str(WAGE_ITEMS.label), required=False, help_text=_("每行一项：名称、金额")
            )
            pay = next(terms for _heading, terms in self.shown if "wage_amount" in {t.name for t in terms})
            pay.append(WAGE_ITEMS)

    def asks(self, term: Term) -> bool:
        """What a change may change: what the template has, and whatever is agreed besides."""
        if term.name == "probation_wage":
            return bool(self.before.get("probation_end", "") >= clock.today().isoformat())
        return term.name not in FIXED_FACTS and (super().asks(term) or term.name in self.in_force)

    def rows(self) -> Iterator[tuple[Words, list[Row]]]:
        """The headings, with each field beside what is agreed now."""
        changed = self.changed_data if self.is_bound else []
        for heading, fields in self.sections():
            yield (
                heading,
                [Row(field, words_in(self.before, field.name), field.name in changed) for field in fields],
            )

    def about(self) -> list[forms.BoundField]:
        """The fields about the change as a whole."""
        return [self["effective_on"], self["reason"]]

    def wish(self) -> Wish:
        """What differs from the terms in force."""
        section = self.terms()
        names = dict.fromkeys(term.name.partition(".")[0] for _heading, terms in self.shown for term in terms)
        after = {name: self._after(name, section.get(name)) for name in names}
        return Wish(
            {name: value for name, value in after.items() if value != self.before.get(name)},
            self.cleaned_data["effective_on"],
            self.cleaned_data["reason"],
        )

    def typed(self) -> QueryDict:
        """What was typed over the terms in force, to be carried on: `refilled` is its inverse."""
        kept = QueryDict(mutable=True)
        for name in dict.fromkeys([*self.changed_data, "effective_on"]):
            kept.setlist(name, self.posted.getlist(name) or [""])
        return kept

    def _after(self, name: str, typed: Any) -> Any:
        """A term as it will be. Parts of it for which there is no field stay as they are."""
        was: Any = self.before.get(name)
        if name == "insurance":
            insured = {**was, **typed}
            return {each: has for each, has in insured.items() if has or each in was}
        if isinstance(was, dict) or isinstance(typed, dict):
            rest = {part: value for part, value in (was or {}).items() if f"{name}.{part}" not in self.fields}
            return {**rest, **(typed or {})} or None
        if isinstance(was, bool):
            return bool(typed)
        return typed or None


def refilled(before: Facts, typed: QueryDict) -> QueryDict:
    """The whole form as it would be posted: the terms in force, with what was typed over them."""
    whole = QueryDict(mutable=True)
    for name, value in _initial(before).items():
        values = value if isinstance(value, list) else [value]
        texts = ["on" if each is True else str(each) for each in values if each not in ("", False)]
        whole.setlist(name, texts)
    for name, texts in typed.lists():
        whole.setlist(name, [text for text in texts if text])
    return whole


def _initial(before: Facts) -> dict[str, Any]:
    """What the form begins with: days as days, so that Django can tell whether they were changed."""
    terms = {name: _value(name, value) for name, value in flat(before).items()}
    items = [
        " ".join(item[part] for part in ("name", "amount", "note") if part in item)
        for item in before.get("wage_items", ())
    ]
    return {**terms, "wage_items": "\n".join(items), "effective_on": clock.today()}


def _value(name: str, value: Any) -> Any:
    is_day = (schema_at(["contract", *name.split(".")]) or {}).get("format") == "date"
    return date.fromisoformat(value) if is_day else value
