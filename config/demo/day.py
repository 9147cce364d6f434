"""What an HR department finds on its desk in the morning, on top of the main job: for `make run`.

Everything is done over the public API, except that the stand-in province is asked, through its own
administration, to return one filing.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.request import Request, urlopen

from config.demo import driver
from config.demo.api import until
from config.demo.driver import Employer, Job, Phones
from config.demo.system import System

TO_SIGN = 2  # sent, and open for somebody who follows the printed links
ENDS_IN = timedelta(days=80)  # the shortest of the terms: it shows among what runs out
LONG_TRIAL = {"probation_months": 7}  # the law allows six months at most (劳动合同法 Art. 19)
RETURNED = {
    "field": "/contract/occupation_code",
    "code": "occupation_implausible",
    "text": "职业工种与岗位名称不一致。",
    "remedy": "请核对岗位名称和职业分类代码后重新报送。",
}


@dataclass(frozen=True)
class Desk:
    """The workers of the day, each for one situation."""

    to_sign: list[Job]
    refused: Job
    withdrawn: Job
    asked_to_seal: list[Job]
    signed: Job
    draft: Job
    faulty_draft: Job
    returned: Job
    leaving: Job
    short: Job

    @classmethod
    def of(cls, jobs: list[Job]) -> "Desk":
        """Deal the jobs out; there must be `PEOPLE` of them."""
        rest = iter(jobs)
        return cls(
            to_sign=[next(rest) for _ in range(TO_SIGN)],
            refused=next(rest),
            withdrawn=next(rest),
            asked_to_seal=[next(rest) for _ in range(3)],
            signed=next(rest),
            draft=next(rest),
            faulty_draft=next(rest),
            returned=next(rest),
            leaving=next(rest),
            short=next(rest),
        )


PEOPLE = TO_SIGN + 11  # that many jobs does `Desk.of` take


def lay_out(system: System, employer: Employer, phones: Phones, desk: Desk) -> None:
    """Bring every job into its situation."""
    clerk = employer.clerk.api
    desk.faulty_draft.terms |= LONG_TRIAL
    desk.short.terms["end"] = (date.fromisoformat(desk.short.terms["start"]) + ENDS_IN).isoformat()
    in_force = (desk.leaving, desk.short)
    for job in (desk.draft, desk.faulty_draft):
        driver.draft(employer, job)
    to_seal = (*desk.asked_to_seal, desk.signed, desk.returned, *in_force)
    sent = [*desk.to_sign, desk.refused, desk.withdrawn, *to_seal]
    for job in sent:
        driver.draft_and_send(employer, job)
    for job in sent:
        driver.wait_for_contract(employer, "signing", job)
    driver.refuse_as_worker(system.base_url, phones, desk.refused, "工资与面试时说的不一致")
    clerk.post(f"contracts/{desk.withdrawn.contract_id}/withdraw/", {"reason": "入职日期有变，将重新发送"})
    for job in to_seal:
        driver.sign_as_worker(system.base_url, phones, job)
    driver.ask_for_seal(employer, desk.asked_to_seal)
    driver.seal_all(employer, in_force)
    for job in in_force:
        driver.wait_for_contract(employer, "effective", job)
        driver.wait_for_filing(employer, job)  # before the province is told to return the next one
    driver.open_ending(employer, desk.leaving)
    _have_returned(system, employer, desk.returned)


def _have_returned(system: System, employer: Employer, job: Job) -> None:
    """One filing comes back from an officer's desk, with a reason."""
    _administer(system, "PUT", "settings", {"decide": "review"})
    driver.seal_all(employer, [job])
    key = until(lambda: _under_review(system), within=driver.WAIT, what="a filing under review")
    _administer(system, "POST", "decisions", {"key": key, "state": "returned", "items": [RETURNED]})
    _administer(system, "PUT", "settings", {"decide": "instant"})


def _under_review(system: System) -> str | None:
    filings = _administer(system, "GET", "filings")["filings"]
    return next((filing["key"] for filing in filings if filing["state"] == "under_review"), None)


def _administer(system: System, method: str, what: str, body: dict[str, Any] | None = None) -> Any:
    token = (system.province_dir / "admin-token").read_text(encoding="utf-8")
    request = Request(  # noqa: S310  (our own stand-in, on loopback)
        f"{system.province_url}/admin/{what}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}"},
    )
    with urlopen(request, timeout=60) as answer:  # noqa: S310  (as above)
        return json.load(answer)
