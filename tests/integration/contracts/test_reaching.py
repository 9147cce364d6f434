"""The employer reaches the worker: notices and their delivery, reminders, the right phone, paper copies."""

from typing import Any

import pytest

from contracts.domain import ContractState
from contracts.models import Contract, PaperRequest
from contracts.services.reaching import ask_for_paper
from core import work
from core.models import AuditEvent
from core.principal import Role
from tests.integration.contracts.conftest import Office
from tests.support.portal import make_contract
from tests.support.signing import Phone, newest, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
LINK = r"/sign/#([\w-]{43})"


@pytest.fixture
def sent(office: Office) -> Contract:
    """A contract whose invitation has reached the worker's phone."""
    contract_id = office.draft().json()["id"]
    assert office.as_(Role.CLERK).send("post", f"contracts/{contract_id}/send/").status_code == 202
    run(work.GENERAL)
    return Contract.objects.get(pk=contract_id)


def post(office: Office, path: str, body: Any = None, role: Role = Role.CLERK) -> Any:
    return office.as_(role).send("post", path, body or {})


def test_the_employer_sees_every_message_and_its_delivery(office: Office, sent: Contract) -> None:
    answer = office.as_(Role.AUDITOR).send("get", f"contracts/{sent.pk}/notices/").json()
    assert answer["downloaded_at"] is None
    (notice,) = answer["notices"]
    assert (notice["template"], notice["language"], notice["state"]) == ("invitation", "zh", "sent")
    assert notice["sent_to"] == "*******0000"
    assert "params" not in notice


def test_a_reminder_on_demand(office: Office, sent: Contract) -> None:
    old = newest(LINK)
    answer = post(office, f"contracts/{sent.pk}/remind/")
    assert answer.status_code == 202
    run(work.GENERAL)
    assert newest(LINK) != old
    assert [n["template"] for n in answer.json()["notices"]] == ["invitation", "reminder"]
    assert post(office, f"contracts/{sent.pk}/remind/").status_code == 202
    refused = post(office, f"contracts/{sent.pk}/remind/")
    assert (refused.status_code, refused.json()["code"]) == (429, "reminders_spent")


@pytest.mark.parametrize("path", ["remind", "send-anew"])
def test_reaching_needs_the_right_to_send_and_ones_own_contract(
    office: Office, other_office: Office, sent: Contract, path: str
) -> None:
    clerk, auditor = other_office.as_(Role.CLERK), office.as_(Role.AUDITOR)
    events = AuditEvent.objects.count()
    assert auditor.send("post", f"contracts/{sent.pk}/{path}/", {}).status_code == 403
    assert clerk.send("post", f"contracts/{sent.pk}/{path}/", {}).status_code == 404
    assert clerk.send("get", f"contracts/{sent.pk}/notices/").status_code == 404
    assert AuditEvent.objects.count() == events


def test_a_stranger_reports_and_the_employer_corrects_and_sends_again(office: Office, sent: Contract) -> None:
    assert Phone().open_link().post("stranger").status == 200
    shown = office.as_(Role.CLERK).send("get", f"contracts/{sent.pk}/").json()
    assert shown["wrong_person_at"] is not None
    assert post(office, f"contracts/{sent.pk}/remind/").json()["code"] == "party_disowned"
    refused = post(office, f"contracts/{sent.pk}/send-anew/", {"mobile": "12345"})
    assert refused.json()["faults"][0]["field"] == "/mobile"
    assert post(office, f"contracts/{sent.pk}/send-anew/", {"mobile": "13900000001"}).status_code == 202
    run(work.GENERAL)
    assert Phone(mobile="13900000001").open_link().get("session").body["sent_to"] == "*******0001"
    sent.refresh_from_db()
    assert sent.wrong_person_at is None


def test_a_copy_on_paper_is_one_wish_however_often_it_is_asked_for(
    office: Office, other_office: Office
) -> None:
    contract = make_contract(office.employer, ContractState.EFFECTIVE)
    wish = ask_for_paper(contract, actor="party:1")
    assert ask_for_paper(contract, actor="party:1") == wish
    listed = office.as_(Role.AUDITOR).send("get", "paper-requests/?state=asked").json()["results"]
    assert [row["contract_no"] for row in listed] == [contract.contract_no]
    assert post(other_office, f"paper-requests/{wish.pk}/given/").status_code == 404
    assert post(office, f"paper-requests/{wish.pk}/given/").json()["state"] == "given"
    assert post(office, f"paper-requests/{wish.pk}/given/").json()["code"] == "state_conflict"
    assert ask_for_paper(contract, actor="party:1") != wish
    assert PaperRequest.objects.count() == 2
    assert other_office.as_(Role.CLERK).send("get", "paper-requests/").json()["results"] == []


def test_a_contract_that_is_not_in_force_has_no_paper(office: Office) -> None:
    contract = make_contract(office.employer, ContractState.SIGNING, turn="worker")
    with pytest.raises(Exception, match="paper_not_yet"):
        ask_for_paper(contract, actor="party:1")
    assert not PaperRequest.objects.exists()
