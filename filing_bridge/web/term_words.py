"""The terms of a contract in a reader's words: their names, their values, and what a change makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.web.words import Words, by_language
from contracts.facts import Facts, field_title, schema_at
from core.codes.fields import CODE_FIELDS
from filing_bridge.web.terms import INSURANCES, MONEY, SECTIONS
from filing_bridge.web.words import code_words

_TERMS = {f"/contract/{term.name.replace('.', '/')}": term for _heading, terms in SECTIONS for term in terms}
_INSURANCE = "/contract/insurance/"
LABELS: Mapping[str, Words] = {
    **{pointer: term.label for pointer, term in _TERMS.items()},
    **{f"{_INSURANCE}{name}": words for name, words in INSURANCES.items()},
    "/contract/wage_items": _("工资构成（元）"),
}


@dataclass(frozen=True)
class TermChanged:
    """One term, as it was and as it will be."""

    label: Words
    old: str
    new: str


def terms_changed(facts: Facts) -> list[TermChanged]:
    """What facts of a change say of each term."""
    return [
        TermChanged(
            label_of(item["field"]),
            words_of(item["field"], item.get("old")),
            words_of(item["field"], item.get("new")),
        )
        for item in facts["change"]["items"]
    ]


def label_of(pointer: str) -> Words:
    """The name of a term, by its JSON pointer in the facts."""
    plain = pointer.rpartition("/")[2].replace("_", " ").capitalize()
    return LABELS.get(pointer) or by_language(field_title(pointer), plain)


def words_of(pointer: str, value: object) -> str:
    """The value of a term; None where nothing is agreed."""
    if value is None:
        return gettext("未约定")
    if isinstance(value, bool):
        insured = pointer.startswith(_INSURANCE)
        yes, no = (_("参加"), _("不参加")) if insured else (_("是"), _("否"))
        return str(yes if value else no)
    if isinstance(value, list):
        return gettext("；").join(_item(each) for each in value)
    term = _TERMS.get(pointer)
    if term is not None and term.choices:
        return str(term.choices.get(str(value), value))
    if pointer in CODE_FIELDS:
        return code_words(CODE_FIELDS[pointer], str(value))
    if (schema_at(pointer.split("/")[1:]) or {}).get("pattern") == MONEY:
        return f"{Decimal(str(value)):,}"
    return str(value)


def words_in(terms: Facts, name: str) -> str:
    """The value that a field of the form of terms has in the terms in force."""
    section, _dot, part = name.partition(".")
    value: Any = terms.get(section)
    if name == "insurance":
        return gettext("、").join(str(INSURANCES[each]) for each, has in (value or {}).items() if has)
    if part:
        value = (value or {}).get(part)
    return words_of(f"/contract/{name.replace('.', '/')}", value)


def _item(item: Mapping[str, str]) -> str:
    return f"{item['name']} {Decimal(item['amount']):,}"
