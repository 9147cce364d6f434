"""Reasons for which a contract ends, by statute: the code tables end_reason and end_circumstance as rules."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from core import codes

RESCISSION, ENDING = "1", "2"
EMPLOYER, WORKER, BOTH, EVENT = "1", "2", "3", "9"
BY_AGENCY: Final = "9002"


@dataclass(frozen=True)
class Reason:
    """One reason, the circumstance included where the statute decides by it.

    `involuntary` and `compensation` are what the law attaches to it (失业保险, 劳动合同法 Art. 46); they are
    None while a circumstance is needed and not given. `notice`: days before the ending; `or_pay`: a month's
    pay may stand in for the notice (Art. 40). `barred`: not for protected people (Arts. 42, 45).
    `while_suspended`: whether it may be given while the contract rests.
    """

    code: str
    circumstance: str
    zh: str
    en: str
    basis: str
    kind: str
    initiator: str
    involuntary: bool | None
    compensation: bool | None
    evidence: tuple[str, ...]
    notice: int
    or_pay: bool
    union: bool
    barred: bool
    both_sign: bool
    while_suspended: bool

    @property
    def settled(self) -> bool:
        """Whether the consequences are known."""
        return self.compensation is not None

    def within(self, *articles: str) -> bool:
        """Whether the reason is one of these articles of the Labour Contract Law, by the code's beginning."""
        return self.code.startswith(articles)


@cache
def reason_of(code: str, circumstance: str = "") -> Reason | None:
    """The reason with this code and circumstance; None when the tables do not have it."""
    row = codes.table("end_reason").get(code)
    if row is None:
        return None
    case = codes.table("end_circumstance").get(circumstance) if circumstance else None
    if circumstance and (case is None or case.columns["reason"] != code):
        return None
    told = {**row.columns, **(case.columns if case else {})}
    days, _, or_pay = row.columns["notice"].partition(" ")
    return Reason(
        code=code,
        circumstance=circumstance,
        zh=f"{row.zh}：{case.zh}" if case else row.zh,
        en=f"{row.en}: {case.en}" if case else row.en,
        basis=row.columns["basis"],
        kind=row.columns["kind"],
        initiator=row.columns["initiator"],
        involuntary=_YES_NO.get(told["involuntary"]),
        compensation=_YES_NO.get(told["compensation"]),
        evidence=tuple(each for each in row.columns["evidence"].split("; ") if each),
        notice=int(days or 0),
        or_pay=bool(or_pay),
        union=row.columns["union"] == "yes",
        barred=row.columns["barred"] == "yes",
        both_sign=row.columns["signers"] == "both",
        while_suspended=row.columns.get("suspended") != "no",
    )


def circumstances_of(code: str) -> tuple[codes.Code, ...]:
    """The circumstances between which the statute tells, for a reason that needs one."""
    return tuple(row for row in codes.table("end_circumstance").values() if row.columns["reason"] == code)


_YES_NO: Final = {"yes": True, "no": False}
