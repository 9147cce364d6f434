"""What a person confirms before a filing that cannot be undone: dates in words, their age, what looks odd.

In Shanghai the most frequent mistake is a wrong date, and an accepted entry is changed only at the counter
with a correction slip (修改单). Pure functions over the contract's facts; nothing here blocks a filing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from core.canonical import canonical_json, sha256_hex
from core.periods import birthday
from filing_bridge.mapping import Document, FilingType, value_at

_DIGITS: Final = "〇一二三四五六七八九"
_WEEKDAYS: Final = "一二三四五六日"
# What is dated, in the order in which it is read out.
_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "/contract/employment_start": ("用工之日", "First day of work"),
    "/contract/start": ("合同起始日期", "Contract begins"),
    "/contract/end": ("合同终止日期", "Contract ends"),
    "/contract/probation_end": ("试用期终止日期", "Probation ends"),
    "/change/effective_on": ("变更生效日期", "The change holds from"),
    "/suspension/effective_on": ("中止（恢复）日期", "The contract rests, or goes on, from"),
    "/ending/date": ("解除（终止）日期", "Last day of the employment"),
    "/sign_date": ("签订日期", "Signed"),
}


@dataclass(frozen=True)
class DateShown:
    """A date as a figure and in words; `days_ago` is negative for a day to come."""

    pointer: str
    zh: str
    en: str
    date: date
    words_zh: str
    words_en: str
    days_ago: int


@dataclass(frozen=True)
class Warning:
    """Something that is allowed but often a mistake."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Confirmation:
    """`digest` names exactly these dates under this filing type: it is what a person confirms."""

    filing_type: FilingType
    dates: tuple[DateShown, ...]
    warnings: tuple[Warning, ...]
    digest: str


def confirmation(facts: Document, *, sign_date: date, kind: FilingType, today: date) -> Confirmation:
    """What there is to confirm about the filing of a contract, of its change, suspension or ending."""
    days = _days(facts, sign_date)
    return Confirmation(
        filing_type=kind,
        dates=tuple(_shown(pointer, day, today) for pointer, day in days.items()),
        warnings=tuple(_warnings(days, facts, today)),
        digest=sha256_hex(
            canonical_json([kind.value, {name: day.isoformat() for name, day in days.items()}])
        ),
    )


def words_zh(day: date) -> str:
    """二〇二六年十一月三日，星期二."""
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_numeral(day.month)}月{_numeral(day.day)}日，星期{_WEEKDAYS[day.weekday()]}"


def _numeral(number: int) -> str:
    """A number from 1 to 31 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def _days(facts: Document, sign_date: date) -> dict[str, date]:
    found = {pointer: value_at(facts, pointer) for pointer in _NAMES}
    return {pointer: date.fromisoformat(value) for pointer, value in found.items() if value is not None} | {
        "/sign_date": sign_date
    }


def _shown(pointer: str, day: date, today: date) -> DateShown:
    zh, en = _NAMES[pointer]
    return DateShown(
        pointer, zh, en, day, words_zh(day), f"{day:%A}, {day.day} {day:%B %Y}", (today - day).days
    )


_Dates = Mapping[str, date]
# Code, words, and when it is said, of the dates, the worker's birthday and today.
_Rules = tuple[tuple[str, str, str, Callable[[_Dates, date, date], bool]], ...]
_RULES: Final[_Rules] = (
    (
        "start_to_come",
        "用工之日在今天之后，备案后不能撤回，请确认劳动者确定到岗。",
        "The first day of work is still to come; once accepted, nothing is undone.",
        lambda d, born, today: d["/contract/employment_start"] > today,
    ),
    (
        "start_long_ago",
        "用工之日距今已超过三十天，请核对年份和月份。",
        "The first day of work was more than thirty days ago; check year and month.",
        lambda d, born, today: (today - d["/contract/employment_start"]).days > 30,
    ),
    (
        "starts_differ",
        "用工之日与合同起始日期不是同一天，请核对。",
        "The first day of work is not the day on which the contract begins.",
        lambda d, born, today: d["/contract/employment_start"] != d["/contract/start"],
    ),
    (
        "signed_after_a_month",
        "签订日期晚于用工之日一个月以上，依法可能须支付二倍工资。",
        "Signed more than a month after work began: double pay may be due (Art. 82).",
        lambda d, born, today: d["/sign_date"] > d["/contract/employment_start"] + timedelta(days=31),
    ),
    (
        "starts_on_weekend",
        "用工之日是周末，请核对。",
        "The first day of work is at the weekend.",
        lambda d, born, today: d["/contract/employment_start"].isoweekday() > 5,
    ),
    (
        "term_unusual",
        "合同期限不足三十天或超过十年，请核对终止年份。",
        "The term is under thirty days or over ten years; check the year.",
        lambda d, born, today: (
            "/contract/end" in d and not 30 <= (d["/contract/end"] - d["/contract/start"]).days <= 3653
        ),
    ),
    (
        "past_sixty",
        "劳动者在用工之日已满六十周岁，请核对是否已享受养老保险待遇。",
        "The worker is sixty or older on the first day; check whether a pension is drawn.",
        lambda d, born, today: d["/contract/employment_start"] >= birthday(born, 60),
    ),
)

_ENDING_RULES: Final[_Rules] = (
    (
        "end_to_come",
        "解除（终止）日期在今天之后，备案后不能撤回，请确认劳动者确定离职。",
        "The last day is still to come; once accepted, nothing is undone.",
        lambda d, born, today: d["/ending/date"] > today,
    ),
    (
        "end_long_ago",
        "解除（终止）日期距今已超过十五天，请核对年份和月份。",
        "The last day was more than fifteen days ago; check year and month.",
        lambda d, born, today: (today - d["/ending/date"]).days > 15,
    ),
    (
        "end_after_term",
        "解除（终止）日期晚于合同终止日期，请核对。",
        "The last day lies beyond the term of the contract.",
        lambda d, born, today: d["/ending/date"] > d.get("/contract/end", d["/ending/date"]),
    ),
)


_CHANGE_RULES: Final[_Rules] = (
    (
        "change_to_come",
        "变更生效日期在今天之后，备案后不能撤回，请确认。",
        "The change does not hold yet; once accepted, nothing is undone.",
        lambda d, born, today: d["/change/effective_on"] > today,
    ),
    (
        "change_long_ago",
        "变更生效日期距今已超过三十天，请核对年份和月份。",
        "The change has held for more than thirty days; check year and month.",
        lambda d, born, today: (today - d["/change/effective_on"]).days > 30,
    ),
)
_SUSPENSION_RULES: Final[_Rules] = (
    (
        "suspension_to_come",
        "中止（恢复）日期在今天之后，备案后不能撤回，请确认。",
        "The day is still to come; once accepted, nothing is undone.",
        lambda d, born, today: d["/suspension/effective_on"] > today,
    ),
    (
        "suspension_long_ago",
        "中止（恢复）日期距今已超过三十天，请核对年份和月份。",
        "The day was more than thirty days ago; check year and month.",
        lambda d, born, today: (today - d["/suspension/effective_on"]).days > 30,
    ),
)
# The rules for what is dated so; those of contracts for the rest.
_OF_DATE: Final = {
    "/change/effective_on": _CHANGE_RULES,
    "/suspension/effective_on": _SUSPENSION_RULES,
    "/ending/date": _ENDING_RULES,
}


def _warnings(days: _Dates, facts: Document, today: date) -> Iterator[Warning]:
    born = date.fromisoformat(value_at(facts, "/worker/birth_date"))
    for code, zh, en, odd in next((rules for day, rules in _OF_DATE.items() if day in days), _RULES):
        if odd(days, born, today):
            yield Warning(code, zh, en)
