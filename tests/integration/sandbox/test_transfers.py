"""A transfer within the city at the province: one employer ends, another takes over, and both must fit."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.support.contract_facts import sample_ending
from tests.support.sandbox import Platform, Reply
from tests.support.signed_contracts import SHANGHAI, SignedFile, random_uscc, sign_certificate

pytestmark = pytest.mark.processes


WHO = ("name", "id_no", "sex", "birth_date", "mobile")


class Moving:
    """A worker whose employment with one employer ends today for one with another, of the same city."""

    def __init__(self, platform: Platform) -> None:
        self.platform, self.to = platform, random_uscc(platform.chance)
        self.today: date = datetime.now(SHANGHAI).date()
        start = dict.fromkeys(("start", "employment_start"), (self.today - timedelta(days=5)).isoformat())
        probation = dict.fromkeys(("probation_months", "probation_start", "probation_end", "probation_wage"))
        self.old: SignedFile = platform.contract("general", contract={**start, **probation})
        self.hired = platform.file(platform.draft(self.old))
        assert self.hired.answer is not None, (self.hired.code, self.hired.items)

    def end(self, **transfer: str) -> Reply:
        """The old employer's ending, filed."""
        said = {"to_name": "示例调入有限公司", "to_uscc": self.to, **transfer}
        facts = sample_ending(
            self.old.facts,
            reason="9001",
            ends_on=self.today - timedelta(days=1),
            evidence=("tripartite agreement",),
            transfer=said,
        )
        self.certificate: dict[str, Any] = facts
        signed = sign_certificate(self.platform.authorities, facts)
        assert self.hired.answer is not None
        receipt = str(self.hired.answer.receipt_no)
        return self.platform.file(self.platform.draft(signed, prev_filing_no=receipt))

    def take_over(self, **said: str) -> Reply:
        """The new employer's contract, filed."""
        day = {"start": self.today.isoformat(), "employment_start": self.today.isoformat()}
        probation = dict.fromkeys(("probation_months", "probation_start", "probation_end", "probation_wage"))
        transfer = {
            "from_name": self.old.facts["employer"]["name"],
            "from_uscc": self.old.facts["employer"]["uscc"],
            "left_on": (self.today - timedelta(days=1)).isoformat(),
            "certificate_no": self.certificate["certificate_no"],
            **said,
        }
        worker = {name: self.old.facts["worker"][name] for name in WHO}
        contract = self.platform.contract(
            "general",
            employer={"uscc": self.to, "name": "示例调入有限公司"},
            worker=worker,
            contract={**day, **probation, "transfer": transfer},
        )
        draft = self.platform.draft(contract)
        self.record = draft.record
        return self.platform.file(draft)


@pytest.fixture
def moving(platform: Platform) -> Moving:
    return Moving(platform)


def test_c01_a_transfer_within_the_city_is_filed_by_both_and_linked(moving: Moving) -> None:
    ended = moving.end()
    assert ended.state == "accepted", (ended.code, ended.items)
    reply = moving.take_over()
    assert reply.state == "accepted", (reply.code, reply.items)
    assert moving.record["filing_type"] == "33"
    assert moving.record["transfer"]["certificate_no"] == moving.certificate["certificate_no"]
    assert [row["filing_type"] for row in moving.platform.sandbox.ledger()[-3:]] == ["11", "52", "33"]


@pytest.mark.parametrize(
    ("ending", "taking_over"),
    [
        ({"to_uscc": "91310115MA1K2C3D6A"}, {}),  # the worker was let go to somebody else
        ({}, {"certificate_no": "ZM-20200101-ABCDEFGH"}),
        ({}, {"left_on": "2020-01-01"}),
    ],
)
def test_a_transfer_that_the_old_employer_has_not_filed_so_is_refused(
    moving: Moving, ending: dict[str, str], taking_over: dict[str, str]
) -> None:
    assert moving.end(**ending).state == "accepted"
    reply = moving.take_over(**taking_over)
    assert (reply.code, reply.items) == (
        "record_invalid",
        {("/transfer/certificate_no", "transfer_unknown")},
    )


def test_without_an_ending_there_is_nothing_to_take_over(moving: Moving) -> None:
    moving.certificate = {"certificate_no": "ZM-20261102-ABCDEFGH"}
    assert moving.take_over().items == {("/transfer/certificate_no", "transfer_unknown")}
