"""Severance pay (经济补偿) with its working shown: 劳动合同法 Arts. 40, 47, 87; 实施条例 Arts. 20, 25, 27.

For information: local rules and service before 2008 (Art. 97) may lead to another amount; the lines say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from core.periods import last_day

CENT: Final = Decimal("0.01")
HALF: Final = Decimal("0.5")
CAP_YEARS: Final = Decimal(12)
CAP_TIMES: Final = 3
LAW_IN_FORCE: Final = date(2008, 1, 1)
MONTHS: Final = 12


class Formula(StrEnum):
    """What is owed: N months, a month more in place of notice, or twice for an unlawful ending."""

    N = "N"
    N_PLUS_1 = "N+1"
    TWO_N = "2N"


@dataclass(frozen=True)
class Pay:
    """What the worker earned: gross pay of the last months before the ending (at most twelve), oldest first.

    `local_average` is the monthly average wage of the year before, as published for the city; `minimum` the
    monthly minimum wage. Either may be unknown.
    """

    months: Sequence[Decimal]
    local_average: Decimal | None = None
    minimum: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """A step of the working, in words."""

    zh: str
    en: str


@dataclass(frozen=True)
class Compensation:
    """The amount in yuan, the months of pay it stands for, the monthly pay, and how it came about."""

    amount: Decimal
    months: Decimal
    monthly: Decimal
    lines: tuple[Line, ...]


def service(start: date, end: date) -> tuple[int, int]:
    """Full years and further full months from the first day of work to the last, both counted."""
    months = 0
    while last_day(start, months + 1) <= end:
        months += 1
    return divmod(months, 12)


def months_due(start: date, end: date) -> Decimal:
    """Months of pay for a service: one a year; one for a rest of six months or more, else half (Art. 47)."""
    years, months = service(start, end)
    if last_day(start, years * 12) == end:
        return Decimal(years)
    return years + (Decimal(1) if months >= 6 else HALF)


def compensation(
    start: date, end: date, pay: Pay, formula: Formula = Formula.N, *, suspended_days: int = 0
) -> Compensation:
    """What is owed for service from `start` to `end`, the days left out on which the contract was suspended.

    Raises `ValueError` without any pay.
    """
    if not pay.months:
        raise ValueError("the pay of the last months is needed")
    counted = min(start + timedelta(days=suspended_days), end)
    years, months = service(counted, end)
    count = months_due(counted, end)
    zh = f"，其中中止 {suspended_days} 天不计入" if suspended_days else ""
    en = f" without {suspended_days} days of suspension" if suspended_days else ""
    lines = [
        Line(
            f"工作年限：{start} 至 {end}{zh}，满 {years} 年零 {months} 个月，折算 {_number(count)} 个月工资"
            "（满一年一个月，六个月以上不满一年按一年，不满六个月按半个月）",
            f"Service: {start} to {end}{en}, {years} years {months} months; {_number(count)} months' "
            "pay (a month a year; six months and more count as a year, less as half a month)",
        )
    ]
    monthly = _monthly(pay, lines)
    capped = pay.local_average is not None and monthly > CAP_TIMES * pay.local_average
    if capped and pay.local_average is not None:
        monthly, count = _cap(pay.local_average, count, lines)
    elif pay.local_average is None:
        lines.append(
            Line(
                "未提供本地区上年度职工月平均工资，未核对三倍封顶",
                "The local average wage was not given: the cap of three times was not looked at",
            )
        )
    amount = (monthly * count).quantize(CENT, ROUND_HALF_UP)
    lines.append(
        Line(
            f"经济补偿：{monthly:,} × {_number(count)} ＝ {amount:,} 元",
            f"Severance pay: {monthly:,} × {_number(count)} = CNY {amount:,}",
        )
    )
    if start < LAW_IN_FORCE:
        lines.append(
            Line(
                "2008年1月1日前的工作年限按当时的规定分段计算（劳动合同法第九十七条），请人工核对",
                "Service before 1 January 2008 is counted by the rules of that time (Art. 97): check by hand",
            )
        )
    amount, count = _more(formula, amount, count, pay, lines)
    return Compensation(amount, count, monthly, tuple(lines))


def _monthly(pay: Pay, lines: list[Line]) -> Decimal:
    months = list(pay.months)[-MONTHS:]
    average = (sum(months, Decimal()) / len(months)).quantize(CENT, ROUND_HALF_UP)
    lines.append(
        Line(
            f"月工资：终止前 {len(months)} 个月应得工资的平均数 {average:,} 元",
            f"Monthly pay: the average of the {len(months)} months before the ending, CNY {average:,}",
        )
    )
    if pay.minimum is not None and average < pay.minimum:
        lines.append(
            Line(
                f"低于最低工资，按最低工资 {pay.minimum:,} 元计算（实施条例第二十七条）",
                f"Below the minimum wage: CNY {pay.minimum:,} instead (Regulations, Art. 27)",
            )
        )
        return pay.minimum
    return average


def _cap(local: Decimal, count: Decimal, lines: list[Line]) -> tuple[Decimal, Decimal]:
    monthly, kept = (CAP_TIMES * local).quantize(CENT), min(count, CAP_YEARS)
    lines.append(
        Line(
            f"高于本地区职工月平均工资 {local:,} 元的三倍，按三倍 {monthly:,} 元计算，年限最高十二年"
            f"（按 {_number(kept)} 个月）",
            f"Above three times the local average of CNY {local:,}: CNY {monthly:,} a month, twelve years at"
            f" most ({_number(kept)} months)",
        )
    )
    return monthly, kept


def _more(
    formula: Formula, amount: Decimal, count: Decimal, pay: Pay, lines: list[Line]
) -> tuple[Decimal, Decimal]:
    """What the formula adds to N."""
    if formula is Formula.N_PLUS_1:
        extra = pay.months[-1].quantize(CENT, ROUND_HALF_UP)
        amount, count = amount + extra, count + 1
        lines.append(
            Line(
                f"代通知金：上一个月工资 {extra:,} 元（第四十条、实施条例第二十条），合计 {amount:,} 元",
                f"In place of notice: last month's pay, CNY {extra:,} (Art. 40); together CNY {amount:,}",
            )
        )
    elif formula is Formula.TWO_N:
        amount, count = 2 * amount, 2 * count
        lines.append(
            Line(
                f"违法解除或者终止的赔偿金：二倍（第八十七条），{amount:,} 元",
                f"Damages for an unlawful ending: twice (Art. 87), CNY {amount:,}",
            )
        )
    return amount, count


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"
