"""A change that an ending overtakes is not opened, not sent and not sealed; one that comes before it is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.domain import DocumentState
from contracts.models import Change, Contract
from contracts.services import sealing
from core import clock, work
from core.errors import Refused
from core.models import AuditEvent
from core.principal import Role
from signing.domain import ApplicationState, PartyState, SealKind
from signing.models import Seal, SealApplication, SigningParty
from tests.integration.contracts.conftest import Office
from tests.integration.contracts.test_changing import change, contract, opened, out
from tests.support import accounts as make
from tests.support.portal import make_ending
from tests.support.principals import principal

__all__ = ["contract"]

D = DocumentState
LAST = 3  # the contract is to end in so many days
EDGES = pytest.mark.parametrize(("days", "overtaken"), [(LAST, False), (LAST + 1, True)])


def in_days(days: int) -> dict[str, object]:
    return {"on": clock.today() + timedelta(days=days), "job_title": "班组长"}


@pytest.fixture
def seal(office: Office) -> Seal:
    keeper = make.make_member(office.employer, Role.SEAL_KEEPER)
    return Seal.objects.create(
        tenant=office.employer.pk, kind=SealKind.CONTRACT, label="合同章", name=office.employer.name,
        diameter_mm="42.0", holder=f"user:{keeper.user_id}", created_at=clock.now(),
    )  # fmt: skip


def to_seal(office: Office, contract: Contract, days: int) -> Change:
    """A change that the worker has signed."""
    made = out(office, contract, **in_days(days))
    parties = SigningParty.objects.filter(request_id=made.signature_request)
    parties.filter(role="worker").update(state=PartyState.SIGNED)
    parties.filter(role="employer").update(state=PartyState.INVITED)
    return made


def asked(office: Office, made: Change, seal: Seal) -> SealApplication:
    return sealing.apply_for_seal(
        principal=principal(office.employer.pk, Role.CLERK),
        seal_id=seal.pk,
        contract_ids=[],
        change_ids=[made.pk],
        reason="变更协议",
    )


def approve(office: Office, application: SealApplication, seal: Seal) -> None:
    keeper = replace(principal(office.employer.pk, Role.SEAL_KEEPER), user_id=int(seal.holder.split(":")[1]))
    sealing.approve(
        principal=keeper,
        application_ids=[application.pk],
        session_proved_at=clock.now() - timedelta(seconds=1),
    )


@EDGES
def test_it_is_not_opened(office: Office, contract: Contract, days: int, overtaken: bool) -> None:
    make_ending(contract, D.PLANNED, days_ago=-LAST)
    answer = office.as_(Role.CLERK).send("post", f"contracts/{contract.pk}/changes/", change(**in_days(days)))
    assert answer.status_code == (422 if overtaken else 201), answer.json()
    assert Change.objects.exists() is not overtaken
    if overtaken:
        (fault,) = answer.json()["faults"]
        assert (fault["code"], fault["field"]) == ("RC7", "/change/effective_on")
        assert str(clock.today() + timedelta(days=LAST)) in fault["message"]
        assert "撤回" in fault["remedy"]


@EDGES
def test_it_is_taken_back_before_it_is_sent(
    office: Office, contract: Contract, days: int, overtaken: bool
) -> None:
    made = opened(office, contract, **in_days(days))
    make_ending(contract, D.PLANNED, days_ago=-LAST)
    work.run_due(work.GENERAL, limit=5)
    made.refresh_from_db()
    assert made.state == (D.WITHDRAWN if overtaken else D.SIGNING)
    assert ("合同已决定在" in made.close_reason) is overtaken
    assert (made.signature_request is None) is overtaken
    assert AuditEvent.objects.filter(subject=made.subject, action="change.withdrawn").exists() is overtaken


@EDGES
def test_the_seal_is_not_asked_for(
    office: Office, contract: Contract, seal: Seal, days: int, overtaken: bool
) -> None:
    made = to_seal(office, contract, days)
    make_ending(contract, D.PLANNED, days_ago=-LAST)
    wish = {"seal": str(seal.pk), "changes": [str(made.pk)], "reason": "变更协议"}
    answer = office.as_(Role.CLERK).send("post", "seal-applications/", wish)
    assert answer.status_code == (409 if overtaken else 201), answer.json()
    assert SealApplication.objects.exists() is not overtaken
    if overtaken:
        assert answer.json()["code"] == "changes_overtaken"
        (fault,) = answer.json()["faults"]
        assert made.agreement_no in fault["message"]
        assert made.agreement_no in fault["message_en"]


@EDGES
def test_the_seal_is_not_approved(
    office: Office, contract: Contract, seal: Seal, days: int, overtaken: bool
) -> None:
    made = to_seal(office, contract, days)
    application = asked(office, made, seal)
    make_ending(contract, D.PLANNED, days_ago=-LAST)
    if overtaken:
        with pytest.raises(Refused, match="changes_overtaken"):
            approve(office, application, seal)
    else:
        approve(office, application, seal)
    application.refresh_from_db()
    assert application.state == (ApplicationState.REQUESTED if overtaken else ApplicationState.APPROVED)


def test_once_the_contract_has_ended_none_is_sealed(office: Office, contract: Contract, seal: Seal) -> None:
    made = to_seal(office, contract, 0)
    make_ending(contract, D.COMPLETED)
    with pytest.raises(Refused, match="changes_overtaken") as refused:
        asked(office, made, seal)
    assert [fault.code for fault in refused.value.faults] == ["contract_not_in_force"]
    assert not SealApplication.objects.exists()


def test_what_was_taken_back_can_stay_in_an_application(
    office: Office, contract: Contract, seal: Seal
) -> None:
    """The approval skips it, as it skips contracts that were withdrawn."""
    made = to_seal(office, contract, LAST + 1)
    application = asked(office, made, seal)
    make_ending(contract, D.PLANNED, days_ago=-LAST)
    office.as_(Role.CLERK).send("post", f"changes/{made.pk}/withdraw/", {"reason": "合同将结束"})
    approve(office, application, seal)
    assert application.uses.get().skipped


def test_an_ending_that_came_to_nothing_overtakes_none(office: Office, contract: Contract) -> None:
    make_ending(contract, D.WITHDRAWN, days_ago=-LAST)
    assert opened(office, contract, **in_days(LAST + 1)).state == D.PLANNED
