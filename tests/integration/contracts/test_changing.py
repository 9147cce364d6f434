"""Changes over the API: each term with its old and new value, signed by both, holding from its day."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from contracts.domain import ContractState, DocumentState
from contracts.models import Change, Contract
from contracts.tasks import let_change_hold
from core import blobs, bus, clock, work
from core.models import AuditEvent, WorkItem
from core.principal import Role
from filing_bridge.models import Filing
from signing.events import RequestCompleted, RequestExpired, RequestRefused
from signing.models import SealApplication, SignatureRequest
from signing.pades.validate import read_attachment
from tests.integration.contracts.conftest import Office
from tests.support.portal import make_contract

NO_PROBATION = ("probation_months", "probation_start", "probation_end", "probation_wage")


def change(**terms: Any) -> dict[str, Any]:
    """A new post from today; `on` sets another day."""
    day = terms.pop("on", clock.today())
    return {"terms": terms or {"job_title": "班组长"}, "effective_on": day.isoformat()}


@pytest.fixture
def contract(office: Office) -> Contract:
    """A contract that has been in force for two years and a half and ends in as much."""
    start = clock.today() - timedelta(days=900)
    contract = make_contract(
        office.employer,
        ContractState.EFFECTIVE,
        worker=office.worker,
        start=start,
        end=(clock.today() + timedelta(days=900)).isoformat(),
    )
    terms = {name: value for name, value in contract.terms.items() if name not in NO_PROBATION}
    Contract.objects.filter(pk=contract.pk).update(terms=terms, facts={**contract.facts, "contract": terms})
    return Contract.objects.get(pk=contract.pk)


def opened(office: Office, contract: Contract, **terms: Any) -> Change:
    answer = office.as_(Role.CLERK).send("post", f"contracts/{contract.pk}/changes/", change(**terms))
    assert answer.status_code == 201, answer.json()
    return Change.objects.get(pk=answer.json()["id"])


def out(office: Office, contract: Contract, **terms: Any) -> Change:
    """A change whose agreement waits for its signatures."""
    made = opened(office, contract, **terms)
    work.run_due(work.GENERAL, limit=5)
    made.refresh_from_db()
    assert made.state == DocumentState.SIGNING
    return made


def signed(made: Change) -> None:
    """What signing says when the agreement has passed the acceptance rule."""
    digest = blobs.put(f"%PDF stands for {made.agreement_no}".encode())
    assert made.signature_request is not None
    with transaction.atomic():
        bus.publish(
            RequestCompleted(made.signature_request, made.subject, made.employer_id, digest, clock.now())
        )


def faults(office: Office, contract: Contract, **terms: Any) -> set[str]:
    """The rules that a change would break, as errors."""
    answer = office.as_(Role.CLERK).send("post", f"contracts/{contract.pk}/changes/", change(**terms))
    assert (answer.status_code, answer.json()["code"]) == (422, "change_faults"), answer.json()
    assert not Change.objects.exists()
    return {fault["code"] for fault in answer.json()["faults"]}


def test_a_proposal_names_each_term_with_its_old_and_new_value_and_keeps_nothing(
    office: Office, contract: Contract
) -> None:
    insurance = {**contract.terms["insurance"], "maternity": False}
    wish = change(wage_amount="6200.00", wage_items=None, insurance=insurance)
    answer = office.as_(Role.CLERK).send("post", f"contracts/{contract.pk}/changes/preview/", wish)
    shown = answer.json()
    assert answer.status_code == 200, shown
    assert [each["field"] for each in shown["items"]] == [
        "/contract/insurance/maternity",
        "/contract/wage_amount",
        "/contract/wage_items",
    ]
    assert shown["items"][1] == {"field": "/contract/wage_amount", "old": "5200.00", "new": "6200.00"}
    assert "new" not in shown["items"][2]
    assert shown["findings"] == []
    assert not Change.objects.exists()
    assert not WorkItem.objects.filter(kind="contracts.agreement").exists()


def test_the_agreement_holds_its_facts_and_is_put_before_worker_and_employer(
    office: Office, contract: Contract
) -> None:
    wish = {**change(), "reason": "岗位调整"}
    answer = office.as_(Role.CLERK).send("post", f"contracts/{contract.pk}/changes/", wish)
    work.run_due(work.GENERAL, limit=5)
    made = Change.objects.get(pk=answer.json()["id"])
    attached = json.loads(read_attachment(blobs.get(made.prepared_digest), "change.json"))
    assert attached == made.facts
    assert attached["change"]["contract_digest"] == contract.signed_digest
    assert attached["change"]["reason"] == "岗位调整"
    request = SignatureRequest.objects.get(subject=made.subject)
    assert [party.role for party in request.parties.order_by("order")] == ["worker", "employer"]


def test_when_both_have_signed_the_contract_says_so_and_the_old_versions_stay(
    office: Office, contract: Contract
) -> None:
    first = out(office, contract)
    signed(first)
    later = Contract.objects.get(pk=contract.pk)
    assert (later.terms["job_title"], later.state) == ("班组长", ContractState.EFFECTIVE)
    assert later.facts == contract.facts, "what was signed never changes"
    second = out(office, contract, job_title="车间主任", wage_amount="8000.00", wage_items=None)
    assert (second.number, second.facts["change"]["items"][0]["old"]) == (2, "班组长")
    first.refresh_from_db()
    assert second.facts["change"]["previous_digest"] == first.signed_digest
    signed(second)
    assert Contract.objects.get(pk=contract.pk).terms["job_title"] == "车间主任"
    clerk = office.as_(Role.CLERK)
    listed = clerk.send("get", f"changes/?contract={contract.pk}").json()["results"]
    assert [(each["number"], each["state"]) for each in listed] == [(2, "completed"), (1, "completed")]
    shown = clerk.send("get", f"contracts/{contract.pk}/lineage/").json()["contracts"][0]
    assert [each["number"] for each in shown["changes"]] == [1, 2]
    words = AuditEvent.objects.filter(subject__in=[contract.subject, first.subject])
    assert {"contract.changed", "change.completed"} <= set(words.values_list("action", flat=True))


def test_a_filing_of_its_own_is_due_when_something_that_is_filed_has_changed(
    office: Office, contract: Contract
) -> None:
    made = out(office, contract)
    signed(made)
    made.refresh_from_db()
    filing = Filing.objects.get(contract_id=contract.pk)
    assert (filing.event, filing.filing_type) == ("change", "31")
    assert filing.document_digest == made.signed_digest
    assert (filing.starts_on, filing.deadline) == (clock.today(), clock.today() + timedelta(days=30))
    signed(out(office, contract, pay_day=10))
    assert Filing.objects.filter(contract_id=contract.pk).count() == 1, "the pay day is not filed"
    signed(out(office, contract, job_title="车间主任"))
    assert Filing.objects.filter(contract_id=contract.pk, event="change", version=1).count() == 2


def test_a_change_to_come_holds_from_its_day(
    office: Office, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = clock.today() + timedelta(days=3)
    signed(out(office, contract, on=day, job_title="班组长"))
    assert Contract.objects.get(pk=contract.pk).terms["job_title"] == contract.terms["job_title"]
    item = WorkItem.objects.get(kind="contracts.change_holds")
    assert item.due_at.astimezone(clock.SHANGHAI).isoformat() == f"{day}T00:00:00+08:00"
    now = clock.now() + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: now)
    for _ in range(2):  # whoever died after it does it again
        let_change_hold(str(contract.pk))
    assert Contract.objects.get(pk=contract.pk).terms["job_title"] == "班组长"
    assert AuditEvent.objects.filter(subject=contract.subject, action="contract.changed").count() == 1


def test_a_longer_term_moves_the_end_by_which_contracts_are_listed(
    office: Office, contract: Contract
) -> None:
    assert contract.ends_on is not None
    end = contract.ends_on + timedelta(days=100)
    signed(out(office, contract, end=end.isoformat()))
    assert Contract.objects.get(pk=contract.pk).ends_on == end
    shown = office.as_(Role.CLERK).send("get", f"contracts/{contract.pk}/lineage/").json()
    assert shown["standing"]["fixed_terms"] == 2, "in Shandong every extension counts"


def test_what_ends_after_a_change_ends_as_changed(office: Office, contract: Contract) -> None:
    signed(out(office, contract))
    wish = {"reason": "3602", "date": str(clock.today()), "protected": False, "evidence": ["agreement"]}
    answer = office.as_(Role.CLERK).send("post", f"contracts/{contract.pk}/terminations/", wish)
    assert answer.status_code == 201, answer.json()
    assert contract.terminations.get().facts["contract"]["job_title"] == "班组长"


def test_nothing_follows_when_the_filing_cannot_be_written(
    office: Office, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One transaction: the change holds and its filing exists, or neither."""
    made = out(office, contract)
    monkeypatch.setattr("filing_bridge.services.preparing._insert", lambda **columns: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        signed(made)
    made.refresh_from_db()
    assert made.state == DocumentState.SIGNING
    assert Contract.objects.get(pk=contract.pk).terms == contract.terms


@pytest.mark.parametrize(
    ("event", "state"), [(RequestRefused, DocumentState.REFUSED), (RequestExpired, DocumentState.EXPIRED)]
)
def test_an_agreement_that_is_not_signed_changes_nothing(
    office: Office, contract: Contract, event: Any, state: DocumentState
) -> None:
    made = out(office, contract)
    reason = {"reason": "不同意"} if event is RequestRefused else {}
    with transaction.atomic():
        bus.publish(event(made.signature_request, made.subject, made.employer_id, **reason))
    made.refresh_from_db()
    assert made.state == state
    assert Contract.objects.get(pk=contract.pk).terms == contract.terms
    assert opened(office, contract).number == 1


def test_every_breach_of_a_rule_comes_at_once(office: Office, contract: Contract) -> None:
    before = clock.today() - timedelta(days=1000)
    found = faults(office, contract, on=before, employment_start="2020-01-01", worktime_system="3")
    assert found == {"RC3", "RC4", "R36Lb"}, "the last one is a rule of contracts, newly broken"
    assert faults(office, contract, job_title=contract.terms["job_title"]) == {"RC1"}


def test_an_extension_does_not_hide_a_third_fixed_term(office: Office, contract: Contract) -> None:
    terms = {**contract.terms, "consecutive_fixed_terms": 1}
    Contract.objects.filter(pk=contract.pk).update(terms=terms, facts={**contract.facts, "contract": terms})
    later = (clock.today() + timedelta(days=1000)).isoformat()
    assert faults(office, contract, end=later) == {"RC14a"}
    assert opened(office, contract, term_type="2", end=None).state == DocumentState.PLANNED


def test_one_change_at_a_time_and_only_while_in_force(office: Office, contract: Contract) -> None:
    clerk = office.as_(Role.CLERK)
    made = opened(office, contract)
    again = clerk.send("post", f"contracts/{contract.pk}/changes/", change())
    assert (again.status_code, again.json()["code"]) == (409, "contract_changes_already")
    withdrawn = clerk.send("post", f"changes/{made.pk}/withdraw/", {"reason": "双方改变主意"})
    assert withdrawn.json()["state"] == "withdrawn"
    draft = make_contract(office.employer)
    early = clerk.send("post", f"contracts/{draft.pk}/changes/preview/", change())
    assert early.json()["code"] == "contract_not_in_force"


def test_an_agreement_taken_back_while_it_is_out_cannot_be_signed(office: Office, contract: Contract) -> None:
    made = out(office, contract)
    answer = office.as_(Role.CLERK).send("post", f"changes/{made.pk}/withdraw/", {"reason": "x"})
    assert answer.status_code == 200
    assert SignatureRequest.objects.get(subject=made.subject).state == "withdrawn"


def test_malformed_terms_come_back_with_every_fault(office: Office, contract: Contract) -> None:
    wish = change(wage_amount="viel", nonsense=1, insurance="alle")
    answer = office.as_(Role.CLERK).send("post", f"contracts/{contract.pk}/changes/", wish)
    assert answer.json()["code"] == "facts_faulty"
    fields = {fault["field"] for fault in answer.json()["faults"]}
    assert {"/contract/wage_amount", "/contract/nonsense", "/contract/insurance"} <= fields


def test_the_seal_is_asked_for_on_agreements_like_on_contracts(
    office: Office, contract: Contract, other_office: Office
) -> None:
    made = opened(office, contract)
    wish = {"seal": "00000000-0000-4000-8000-000000000001", "changes": [str(made.pk)], "reason": "变更协议"}
    early = office.as_(Role.CLERK).send("post", "seal-applications/", wish)
    assert early.json()["code"] == "document_not_ready"
    assert other_office.as_(Role.CLERK).send("post", "seal-applications/", wish).status_code == 404
    assert not SealApplication.objects.exists()


@pytest.mark.parametrize("path", ["", "document/", "withdraw/"])
def test_other_employers_changes_are_not_there(
    office: Office, contract: Contract, other_office: Office, path: str
) -> None:
    made = out(office, contract)
    stranger = other_office.as_(Role.CLERK)
    body = {"reason": "x"} if path == "withdraw/" else None
    assert stranger.send("post" if body else "get", f"changes/{made.pk}/{path}", body).status_code == 404
    assert stranger.send("get", "changes/").json()["results"] == []
    for what in ("changes/", "changes/preview/"):
        assert stranger.send("post", f"contracts/{contract.pk}/{what}", change()).status_code == 404
    made.refresh_from_db()
    assert made.state == DocumentState.SIGNING


def test_who_may_not_send_changes_nothing(office: Office, contract: Contract) -> None:
    auditor = office.as_(Role.AUDITOR)
    assert auditor.send("post", f"contracts/{contract.pk}/changes/", change()).status_code == 403
    made = out(office, contract)
    assert auditor.send("post", f"changes/{made.pk}/withdraw/", {"reason": "x"}).status_code == 403
    assert auditor.send("get", f"changes/{made.pk}/document/").status_code == 403
    assert auditor.send("get", f"changes/{made.pk}/").json()["state"] == "signing"


def test_the_agreement_is_given_out_on_record(office: Office, contract: Contract) -> None:
    made = out(office, contract)
    answer = office.as_(Role.CLERK).send("get", f"changes/{made.pk}/document/")
    assert answer.content == blobs.get(made.prepared_digest)
    assert AuditEvent.objects.filter(action="change.viewed", subject=made.subject).exists()
