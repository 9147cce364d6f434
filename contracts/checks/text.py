"""The wording: mandatory clauses, blanks left open, and phrases that the law does not allow."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from contracts.checks.model import Case, Find, Hit
from contracts.document.template import STATUTORY_ITEMS, missing_items

# Within one sentence these make a phrase lawful: it is forbidden or denied there.
_DENIED: Final = re.compile(r"不得|禁止|严禁|不要求|不收取|不缴纳任何|无权|不约定")


@dataclass(frozen=True)
class Phrase:
    """A pattern that no sentence may hold, unless the sentence denies it or fits `lawful`."""

    pattern: re.Pattern[str]
    lawful: re.Pattern[str] | None = None


DEPOSIT: Final = Phrase(
    re.compile(
        r"押金|保证金|抵押(金|物)|风险金|担保人|扣押.{0,6}(身份证|证件)|(保管|留存|上交).{0,8}(身份证|证件)"
    )
)
DAMAGES: Final = Phrase(
    re.compile(r"违约金|赔偿金?.{0,4}人民币"),
    re.compile(r"服务期|培训|竞业限制|甲方(应当|须|应)?(向乙方)?支付"),
)
WAIVER: Final = Phrase(
    re.compile(
        r"(自愿|同意|承诺).{0,8}(放弃|不(参加|缴纳|办理|购买)).{0,10}(社会?保险?|社保|公积金|加班)"
        r"|(社保|社会保险).{0,12}(自理|折算|以现金|已包含在工资)"
        r"|(工伤|伤亡|意外).{0,10}(概不负责|一概不|自行承担|自负|不承担)"
        r"|放弃.{0,10}(加班费|经济补偿|仲裁|诉讼)"
    )
)
END_CONDITION: Final = Phrase(
    re.compile(
        r"(结婚|怀孕|生育|生病|患病).{0,10}(视为|自动|即).{0,6}(辞职|离职|解除|终止)|(末位|绩效.{0,4}最后).{0,10}(终止|解除|淘汰)"
    )
)


def _open_blanks(case: Case) -> Iterator[Hit]:
    for fault in case.expansion[1]:
        yield Hit(fault.field, {"zh": fault.zh, "en": fault.en})


def _missing_clauses(case: Case) -> Iterator[Hit]:
    document, _ = case.expansion
    if document is not None and case.context.template is not None:
        items = {f"clause_missing_{item.code}": item for item in STATUTORY_ITEMS}
        for fault in missing_items(case.context.template, document):
            item = items[fault.code]
            yield Hit("/template", {"zh": item.zh, "en": item.en})


def _phrases(phrase: Phrase) -> Find[Case]:
    def find(case: Case) -> Iterator[Hit]:
        for line in case.lines:
            breaches = _breaches_of_template if line.of_template else _breaches
            for words in breaches(phrase, line.text):
                yield Hit(line.field, {"phrase": words})

    return find


def _breaches(phrase: Phrase, text: str) -> tuple[str, ...]:
    """The words of each sentence that may not stand there."""
    found: list[str] = []
    if not phrase.pattern.search(text):
        return ()
    for sentence in re.split(r"[。；;\n]", text):
        words = phrase.pattern.search(sentence)
        lawful = phrase.lawful is not None and phrase.lawful.search(sentence)
        if words and not lawful and not _DENIED.search(sentence):
            found.append(words.group())
    return tuple(found)


# Bulk sheets ask about the same wording thousands of times. What facts have filled in is not remembered.
_breaches_of_template: Final = lru_cache(maxsize=4096)(_breaches)


PHRASES: Final[Mapping[str, Phrase]] = {"R09": DEPOSIT, "R25": DAMAGES, "R26": WAIVER, "R44": END_CONDITION}

FIND: Final[Mapping[str, Find[Case]]] = {
    "R17.0": _open_blanks,
    "R17": _missing_clauses,
    **{rule: _phrases(phrase) for rule, phrase in PHRASES.items()},
}


def hits_in(rule: str, field: str, text: str) -> Iterator[Hit]:
    """What the rule, one of PHRASES, forbids of the words of a template."""
    for words in _breaches_of_template(PHRASES[rule], text):
        yield Hit(field, {"phrase": words})
