"""Endings that the agency files itself, for an employer who cannot act (机构代办, filing type 53).

The labour inspectorate answers in writing (协查回函) that nobody of the employer can; its letter stands
where the employer's signature would. Pure: what is on file becomes the record of the ending.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from filing_bridge.protocol import Event, State
from filing_bridge.protocol.messages import record_digest
from filing_bridge.sandbox.store import Filing

FILING_TYPE: Final = "53"
REASON: Final = "9002"  # of end_reason: 单位异常 机构代办
CHANNEL: Final = "COUNTER"  # the channel of what officers enter themselves
_KEPT: Final = {
    "employer": ("name", "uscc", "type"),
    "worker": ("name", "id_type", "id_no"),
    "contract": ("term_type", "start", "end", "employment_start", "employment_form", "job_title"),
}


class NotToBeEnded(Exception):  # noqa: N818  (an answer, not a malfunction)
    """The agency cannot end this one; the words say why."""


@dataclass(frozen=True)
class Letter:
    """The inspectorate's letter: its number, and the SHA-256 (hex) of the paper."""

    number: str
    digest: str


def proxy_ending(hire: Filing, day: date, letter: Letter, *, number: int, now: datetime) -> Filing:
    """The ending of the employment that `hire` has on file, accepted at once; its answer is not signed yet.

    Raises `NotToBeEnded` when there is nothing to be ended or the day lies outside the employment.
    """
    if hire.state is not State.ACCEPTED or hire.event not in (Event.HIRE, Event.RENEWAL):
        raise NotToBeEnded("只能代办已经备案成功的录用或者续订。")
    if not hire.period.starts <= day.isoformat() <= min(hire.period.ends, now.date().isoformat()):
        raise NotToBeEnded("日期应在用工期间内，且不晚于今天。")
    record = _record(hire, day, letter)
    digest = record_digest(record)
    return replace(
        hire,
        key=sha256(f"proxy:{hire.key}".encode()).hexdigest(),
        system_code=CHANNEL,
        receipt_no=f"TEST{record['jurisdiction_code']}{now:%Y%m%d}{number:06d}",
        record_digest=digest,
        contract_digest=digest,
        contract_no=record["contract_no"],
        event=Event.ENDING.value,
        period=replace(hire.period, ends=day.isoformat()),
        record=record,
        received_at=now,
        due_at=None,
        decided_at=now,
    )


def _record(hire: Filing, day: date, letter: Letter) -> dict[str, Any]:
    before: Mapping[str, Any] = hire.record
    sections = {
        section: {name: before[section][name] for name in names if name in before[section]}
        for section, names in _KEPT.items()
    }
    return {
        "filing_type": FILING_TYPE,
        "jurisdiction_code": before["jurisdiction_code"],
        "contract_no": before["contract_no"],
        "prev_filing_no": hire.receipt_no,
        **sections,
        "ending": {"date": day.isoformat(), "reason": REASON, "initiator": "9", "involuntary": True},
        "letter": {"number": letter.number, "digest": letter.digest},
    }
