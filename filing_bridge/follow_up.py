"""What an accepted filing is the step before: social insurance, unemployment benefit, subsidies.

The filing itself stays a filing; whoever declares the insurance gets from here what the record already says,
so that nothing is typed again. In some provinces both are one declaration: then nobody need ask. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from filing_bridge.mapping import Document, value_at
from filing_bridge.profiles import Profile
from filing_bridge.protocol import Event

INSURANCES: Final[Mapping[str, str]] = {
    "pension": "/contract/si_pension",
    "unemployment": "/contract/si_unemp",
    "medical": "/contract/si_medical",
    "injury": "/contract/si_injury",
}


@dataclass(frozen=True)
class Following:
    """What one event leads to: what becomes of the insurance, which steps are open, and from which day."""

    insurance: str
    steps: tuple[str, ...]
    day: str


FOLLOWING: Final[Mapping[Event, Following]] = {
    Event.HIRE: Following("start", ("insurance", "subsidy"), "/contract/employment_start"),
    Event.RENEWAL: Following("goes_on", ("subsidy",), "/contract/start"),
    Event.CHANGE: Following("change", ("insurance",), "/change/effective_on"),
    Event.SUSPENSION: Following("pause", ("insurance",), "/suspension/effective_on"),
    Event.RESUMPTION: Following("resume", ("insurance",), "/suspension/effective_on"),
    Event.ENDING: Following("stop", ("insurance",), "/ending/date"),
}


def follow_up(record: Document, event: Event, profile: Profile) -> dict[str, Any]:
    """What the record says of the next steps; what it does not say is None.

    `local_reason` is the jurisdiction's own code for why somebody leaves, None where a person has to ask. The
    wage is that of the contract: whether it is what contributions are paid on is for the employer to say.
    """
    following, reason = FOLLOWING[event], value_at(record, "/ending/reason")
    involuntary = bool(value_at(record, "/ending/involuntary"))
    day = value_at(record, following.day)
    return {
        "event": event.value,
        "insurance": following.insurance,
        "steps": [*following.steps, *(["unemployment_benefit"] if involuntary else [])],
        "month": day and day[:7],
        "employer_uscc": value_at(record, "/employer/uscc"),
        "worker_name": value_at(record, "/worker/name"),
        "worker_id_type": value_at(record, "/worker/id_type"),
        "worker_id_no": value_at(record, "/worker/id_no"),
        "employment_form": value_at(record, "/contract/employment_form"),
        "wage_amount": value_at(record, "/contract/wage_amount"),
        "wage_unit": value_at(record, "/contract/wage_unit"),
        "insured": [name for name, pointer in INSURANCES.items() if value_at(record, pointer)],
        "end_reason": reason,
        "local_reason": _local(profile, reason),
        "involuntary": involuntary if reason else None,
    }


def _local(profile: Profile, reason: str | None) -> str | None:
    try:
        return profile.local_code("end_reason", reason) if reason else None
    except KeyError:
        return None
