"""Everything that keeps an employer's own template from being published, at once."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from contracts.checks import Finding, Severity, check_wording
from contracts.document.blanks import OPEN_BLANK
from contracts.document.expand import CannotExpand, expand
from contracts.document.samples import sample_facts
from contracts.document.template import check_template, missing_items, printed_texts
from contracts.document.uploaded import is_uploaded, page_words
from contracts.document.wording import in_words
from core.errors import Fault

SHAPE: Final = ("template_malformed", "template_unfinished")  # until these are mended nothing else is seen
# The editor shows blanks by their names; one that it does not know has stayed among the words.
UNKNOWN_BLANK: Final = re.compile(r"【[^】]*】")


def template_faults(template: Mapping[str, Any]) -> list[Fault]:
    """All faults: of shape and blanks, statutory items left out or hidden by conditions, forbidden words.

    `Fault.field` is a JSON pointer into the template. An empty list means that it may be published.
    """
    faults = check_template(template)
    if any(fault.code in SHAPE for fault in faults):
        return faults
    faults += _wording(template)
    if not faults:
        faults += _samples(template)
    return list(dict.fromkeys(faults))


def _wording(template: Mapping[str, Any]) -> Iterator[Fault]:
    for pointer, text in printed_texts(template):
        for waiting in OPEN_BLANK.finditer(text):
            label = waiting["label"] or "空格"
            yield Fault(
                pointer,
                "template_open_blank",
                f"“{label}”处要填什么，还没有确定。",
                f"What is to be filled in at {label} is not settled yet.",
                "请用“插入空格”选择内容替换它，或者改成文字。",
                "Replace it with a choice under “Insert a blank”, or with words.",
            )
        for unknown in UNKNOWN_BLANK.findall(OPEN_BLANK.sub("", text)):
            yield Fault(
                pointer,
                "template_bad_blank",
                f"没有“{unknown}”这个空格。",
                f"There is no blank {unknown}.",
                "请用“插入空格”选择，或者改用其他括号。",
                "Choose one under “Insert a blank”, or use other brackets.",
            )
        yield from _forbidden(pointer, in_words(text))
    for pointer, words in page_words(template) if is_uploaded(template) else ():
        yield from _forbidden(pointer, words)


def _forbidden(pointer: str, words: str) -> Iterator[Fault]:
    errors = (each for each in check_wording(pointer, words) if each.severity is Severity.ERROR)
    return map(_fault, errors)


def _samples(template: Mapping[str, Any]) -> Iterator[Fault]:
    """What is missing when the template is filled in, for each employment form and type of term it allows."""
    for form in template["applies_to"]["employment_forms"]:
        for term in template["applies_to"]["term_types"]:
            try:
                document = expand(template, sample_facts(template, form=form, term=term))
            except CannotExpand as error:
                yield from error.faults
            else:
                yield from missing_items(template, document)


def _fault(finding: Finding) -> Fault:
    return Fault(finding.field, finding.rule_id, finding.zh, finding.en, finding.remedy_zh, finding.remedy_en)
