"""Statutory checks of an ending: a table of rules (`rules.toml`) over its facts, pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Final

from contracts.checks.model import Find, Finding, Hit, findings, read_rules
from contracts.endings.compensation import LAW_IN_FORCE
from contracts.endings.facts import PART_TIME, reason_in, starts_service
from contracts.endings.reasons import BY_AGENCY, EMPLOYER, Reason, circumstances_of, reason_of
from contracts.facts import Facts
from core.numbers import NumberError, check_uscc
from core.periods import birthday

FIXED, TASK = "1", "3"
TASK_DONE: Final = "440603"
TRANSFERRED: Final = "9001"
FILED_WITHIN: Final = timedelta(days=15)


@dataclass(frozen=True)
class Case:
    """Facts of an ending that are valid against their schema, with what only the employer's side knows.

    `protected` is None where nobody asked; `owed` is the amount by law, None when none was computed.
    `suspended`: whether the contract rests.
    """

    facts: Facts
    today: date
    protected: bool | None = None
    owed: Decimal | None = None
    wages_given: int | None = None
    suspended: bool = False

    @cached_property
    def reason(self) -> Reason | None:
        return reason_in(self.facts)

    @property
    def ends(self) -> date:
        return date.fromisoformat(self.facts["ending"]["date"])

    def day(self, section: str, name: str) -> date | None:
        value = self.facts[section].get(name)
        return None if value is None else date.fromisoformat(value)

    @property
    def due(self) -> bool:
        """Whether severance pay is owed."""
        part_time = self.facts["contract"]["employment_form"] == PART_TIME
        return bool(self.reason and self.reason.compensation) and not part_time

    @property
    def starts(self) -> date:
        """From when service counts, without the days on which the contract rested."""
        rested = self.facts["ending"].get("suspended_days", 0)
        return starts_service(self.facts["contract"], rested)

    def within(self, *articles: str) -> bool:
        return self.reason is not None and self.reason.within(*articles)


def check(case: Case) -> tuple[Finding, ...]:
    """Everything the rules find, errors first, then by field."""
    return findings(RULES, case)


def _unknown(case: Case) -> Iterator[Hit]:
    code = case.facts["ending"]["reason"]
    if reason_of(code) is None or code == BY_AGENCY:
        yield Hit("/ending/reason", {"code": code})


def _circumstance(case: Case) -> Iterator[Hit]:
    code = case.facts["ending"]["reason"]
    if reason_of(code) is None or code == BY_AGENCY:
        return
    if case.reason is None or (circumstances_of(code) and not case.reason.settled):
        choices = "、".join(row.zh for row in circumstances_of(code))
        yield Hit("/ending/circumstance", {"choices": choices})


def _consequences(case: Case) -> Iterator[Hit]:
    """Kind, initiator and involuntary follow from the reason; nobody else chooses them."""
    reason, said = case.reason, case.facts["ending"]
    if reason is None:
        return
    follows = {"kind": reason.kind, "initiator": reason.initiator, "involuntary": bool(reason.involuntary)}
    yield from (Hit(f"/ending/{name}") for name, value in follows.items() if said[name] != value)


def _before_work(case: Case) -> Iterator[Hit]:
    if case.ends < date.fromisoformat(case.facts["contract"]["employment_start"]):
        yield Hit("/ending/date")


def _certificate_late(case: Case) -> Iterator[Hit]:
    if case.ends < case.today:
        yield Hit("/ending/date", {"day": case.ends + FILED_WITHIN})


def _no_notice(case: Case) -> Iterator[Hit]:
    reason = case.reason
    if reason is None or not reason.notice or (reason.or_pay and case.facts["ending"].get("pay_in_lieu")):
        return
    given = case.day("ending", "notice_date")
    if reason.initiator == EMPLOYER and (given is None or (case.ends - given).days < reason.notice):
        yield Hit("/ending/notice_date", {"days": reason.notice})


def _workers_notice(case: Case) -> Iterator[Hit]:
    reason, given = case.reason, case.day("ending", "notice_date")
    if reason is None or not reason.within("37"):
        return
    if given is None or (case.ends - given).days < reason.notice:
        yield Hit("/ending/notice_date", {"days": reason.notice})


def _not_in_probation(case: Case) -> Iterator[Hit]:
    probation = case.day("contract", "probation_end")
    said = case.day("ending", "notice_date") or case.ends
    if case.within("3702", "3901") and (probation is None or said > probation):
        yield Hit("/ending/reason")


def _suspended(case: Case) -> Iterator[Hit]:
    if case.suspended and case.reason is not None and not case.reason.while_suspended:
        yield Hit("/ending/reason")


def _transfer_unsaid(case: Case) -> Iterator[Hit]:
    if case.within(TRANSFERRED) and "transfer" not in case.facts["ending"]:
        yield Hit("/ending/transfer")


def _no_transfer(case: Case) -> Iterator[Hit]:
    if not case.within(TRANSFERRED) and "transfer" in case.facts["ending"]:
        yield Hit("/ending/transfer")


def _transfer_to(case: Case) -> Iterator[Hit]:
    said = case.facts["ending"].get("transfer")
    if said is None:
        return
    try:
        good = check_uscc(said["to_uscc"]) != case.facts["employer"]["uscc"]
    except NumberError:
        good = False
    if not good:
        yield Hit("/ending/transfer/to_uscc")


def _in_probation(case: Case) -> Iterator[Hit]:
    probation = case.day("contract", "probation_end")
    if case.within("4003", "41") and probation is not None and case.ends <= probation:
        yield Hit("/ending/reason")


def _evidence(case: Case) -> Iterator[Hit]:
    if case.reason is not None:
        missing = [each for each in case.reason.evidence if each not in case.facts["ending"]["evidence"]]
        if missing:
            words = {"missing": "; ".join(missing), "missing_zh": "、".join(EVIDENCE_ZH[m] for m in missing)}
            yield Hit("/ending/evidence", words)


def _union(case: Case) -> Iterator[Hit]:
    told = case.day("ending", "union_notice_date")
    if case.reason is not None and case.reason.union and (told is None or told > case.ends):
        yield Hit("/ending/union_notice_date")


def _layoff(case: Case) -> Iterator[Hit]:
    if case.within("41") and not case.facts["ending"].get("layoff_report_no"):
        yield Hit("/ending/layoff_report_no")


def _protected(case: Case) -> Iterator[Hit]:
    if case.protected and case.reason is not None and case.reason.barred:
        yield Hit("/ending/reason")


def _near_pension(case: Case) -> Iterator[Hit]:
    """Fifteen years of service, and old enough that the pension may be less than five years away."""
    born = date.fromisoformat(case.facts["worker"]["birth_date"])
    long = case.ends >= birthday(case.starts, 15)
    if case.reason is not None and case.reason.barred and long and case.ends >= birthday(born, 45):
        yield Hit("/ending/reason")


def _not_expired(case: Case) -> Iterator[Hit]:
    end = case.day("contract", "end")
    if case.within("4401") and (
        case.facts["contract"]["term_type"] != FIXED or end is None or case.ends < end
    ):
        yield Hit("/ending/date")


def _stayed_on(case: Case) -> Iterator[Hit]:
    end = case.day("contract", "end")
    if case.within("4401") and end is not None and case.ends > end:
        yield Hit("/ending/date", {"day": end})


def _no_task(case: Case) -> Iterator[Hit]:
    if case.facts["ending"].get("circumstance") == TASK_DONE and case.facts["contract"]["term_type"] != TASK:
        yield Hit("/ending/circumstance")


def _too_young(case: Case) -> Iterator[Hit]:
    born = date.fromisoformat(case.facts["worker"]["birth_date"])
    if case.within("4402") and case.ends < birthday(born, 50):
        yield Hit("/ending/reason")


def _wages_missing(case: Case) -> Iterator[Hit]:
    if case.due and case.wages_given is not None:
        wanted = 12 if case.ends >= birthday(case.starts, 1) - timedelta(days=1) else 1
        if case.wages_given < wanted:
            yield Hit("/wages", {"wanted": wanted, "given": case.wages_given})


def _amount_missing(case: Case) -> Iterator[Hit]:
    if case.due and "compensation" not in case.facts["ending"]:
        yield Hit("/ending/compensation")


def _below(case: Case) -> Iterator[Hit]:
    said = case.facts["ending"].get("compensation")
    if case.owed is not None and said is not None and Decimal(said) < case.owed:
        yield Hit("/ending/compensation", {"owed": f"{case.owed:,}"})


def _too_little(case: Case) -> Iterator[Hit]:
    if not case.within("3601"):
        yield from _below(case)


def _agreed_less(case: Case) -> Iterator[Hit]:
    if case.within("3601"):
        yield from _below(case)


def _old_service(case: Case) -> Iterator[Hit]:
    if case.due and starts_service(case.facts["contract"]) < LAW_IN_FORCE:
        yield Hit("/ending/service_years")


EVIDENCE_ZH: Final[Mapping[str, str]] = {
    "agreement": "解除协议",
    "resignation letter": "辞职书",
    "notice": "书面通知",
    "worker's notice": "劳动者的解除通知",
    "rules": "规章制度",
    "facts": "事实材料",
    "union notice": "通知工会的材料",
    "proof of service": "送达证明",
    "notice or pay in lieu": "三十日通知或者代通知金的凭证",
    "layoff plan": "裁员方案",
    "union opinion": "工会或者职工意见",
    "report receipt": "裁员报告回执",
    "renewal offer record": "征求续订意见的记录",
    "pension notice": "养老待遇核定通知",
    "certificate": "死亡或者宣告失踪的证明",
    "ruling": "破产裁定",
    "decision": "吊销、关闭、撤销或者解散的决定",
    "tripartite agreement": "三方协议",
    "inspection reply": "劳动监察协查回函",
}

_FIND: Final[Mapping[str, Find[Case]]] = {
    "RE1": _unknown,
    "RE2": _circumstance,
    "RE3": _consequences,
    "RE4": _before_work,
    "RE5": _evidence,
    "RE21": _in_probation,
    "RE26": _suspended,
    "RE90a": _transfer_unsaid,
    "RE90b": _no_transfer,
    "RE90c": _transfer_to,
    "RE37a": _workers_notice,
    "RE37b": _not_in_probation,
    "RE40": _no_notice,
    "RE41": _layoff,
    "RE42a": _protected,
    "RE42b": _near_pension,
    "RE43": _union,
    "RE44a": _not_expired,
    "RE44b": _stayed_on,
    "RE44c": _too_young,
    "RE44d": _no_task,
    "RE46a": _wages_missing,
    "RE46b": _amount_missing,
    "RE46c": _too_little,
    "RE46d": _agreed_less,
    "RE50": _certificate_late,
    "RE97": _old_service,
}
RULES: Final = read_rules(Path(__file__).with_name("rules.toml"), _FIND)
