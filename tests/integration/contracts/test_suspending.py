"""Suspension and resumption over the API: who signs, what rests meanwhile, what may happen, what counts."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from contracts.domain import ContractState, DocumentState
from contracts.models import Contract, Suspension
from contracts.tasks import let_suspension_hold
from core import blobs, bus, clock, work
from core.models import AuditEvent, WorkItem
from core.principal import Role
from filing_bridge.models import Filing
from signing.domain import PartyState
from signing.events import RequestCompleted, RequestExpired, RequestRefused
from signing.models import Notice, SealApplication, SignatureRequest, SigningParty
from signing.pades.validate import read_attachment
from tests.integration.contracts.conftest import Office
from tests.support.portal import make_contract


def days(number: int) -> date:
    return clock.today() + timedelta(days=number)


def wish(**own: Any) -> dict[str, Any]:
    """An agreed suspension of thirty days from today."""
    usual = {"reason": "1", "effective_on": days(0), "until": days(29)}
    return {name: str(value) for name, value in {**usual, **own}.items() if value is not None}


@pytest.fixture
def contract(office: Office) -> Contract:
    """A contract that has been in force for some two years and a half, its probation over."""
    end = {"end": str(days(900)), "probation_end": str(days(-720))}
    return make_contract(
        office.employer, ContractState.EFFECTIVE, worker=office.worker, start=days(-900), **end
    )


def send(office: Office, contract: Contract, what: str, body: dict[str, Any], role: Role = Role.CLERK) -> Any:
    return office.as_(role).send("post", f"contracts/{contract.pk}/{what}/", body)


def out(office: Office, contract: Contract, what: str = "suspensions", **own: Any) -> Suspension:
    """One whose document waits for its signatures."""
    body = wish(**own) if what == "suspensions" else {"effective_on": str(own.get("effective_on", days(0)))}
    answer = send(office, contract, what, body)
    assert answer.status_code == 201, answer.json()
    work.run_due(work.GENERAL, limit=5)
    made = Suspension.objects.get(pk=answer.json()["id"])
    assert made.state == DocumentState.SIGNING
    return made


def signed(made: Suspension) -> Contract:
    """What signing says when the document has passed the acceptance rule; the contract as it is then."""
    digest = blobs.put(f"%PDF stands for {made.document_no}".encode())
    assert made.signature_request is not None
    with transaction.atomic():
        bus.publish(
            RequestCompleted(made.signature_request, made.subject, made.employer_id, digest, clock.now())
        )
    return Contract.objects.get(pk=made.contract_id)


def rest(office: Office, contract: Contract, since: date, back: date) -> Contract:
    """A contract that rested from one day to the day before another."""
    signed(out(office, contract, reason="3", evidence=True, effective_on=since, until=None))
    return signed(out(office, contract, "resumptions", effective_on=back))


def test_a_preview_says_who_signs_and_every_finding_and_keeps_nothing(
    office: Office, contract: Contract
) -> None:
    agreed = send(office, contract, "suspensions/preview", wish(until=None)).json()
    assert agreed["signers"] == ["worker", "employer"]
    assert [each["rule_id"] for each in agreed["findings"]] == ["RS7", "RS8"]
    detained = send(office, contract, "suspensions/preview", wish(reason="2", evidence=True)).json()
    assert (detained["signers"], detained["findings"]) == (["employer"], [])
    assert not Suspension.objects.exists()
    assert not WorkItem.objects.filter(kind="contracts.suspension").exists()


@pytest.mark.parametrize(
    ("own", "roles"), [({}, ["worker", "employer"]), ({"reason": "2", "evidence": True}, ["employer"])]
)
def test_the_document_holds_its_facts_and_is_put_before_those_who_sign(
    office: Office, contract: Contract, own: dict[str, Any], roles: list[str]
) -> None:
    made = out(office, contract, **own)
    attached = json.loads(read_attachment(blobs.get(made.prepared_digest), "suspension.json"))
    assert attached == made.facts
    assert attached["contract_digest"] == contract.signed_digest
    request = SignatureRequest.objects.get(subject=made.subject)
    assert [party.role for party in request.parties.order_by("order")] == roles


def test_rsus_once_signed_the_contract_rests_until_it_is_resumed(office: Office, contract: Contract) -> None:
    assert signed(out(office, contract, effective_on=days(-1))).state == ContractState.SUSPENDED
    back = signed(out(office, contract, "resumptions"))
    assert (back.state, back.terms) == (ContractState.EFFECTIVE, contract.terms)
    listed = office.as_(Role.CLERK).send("get", f"suspensions/?contract={contract.pk}").json()["results"]
    assert [(each["number"], each["act"]) for each in listed] == [(2, "2"), (1, "1")]


def test_suspension_and_resumption_are_filed_each_with_its_type_and_deadline(
    office: Office, contract: Contract
) -> None:
    rest(office, contract, days(-60), days(0))
    filings = Filing.objects.filter(contract_id=contract.pk).order_by("starts_on")
    assert [(each.event, each.filing_type) for each in filings] == [
        ("suspension", "41"),
        ("resumption", "42"),
    ]
    assert [each.starts_on for each in filings] == [days(-60), days(0)]
    assert filings[1].deadline == days(30)
    words = AuditEvent.objects.filter(subject=contract.subject).values_list("action", flat=True)
    assert {"contract.suspended", "contract.resumed"} <= set(words)


def test_what_begins_later_holds_from_its_day(
    office: Office, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = out(office, contract, effective_on=days(3))
    assert signed(made).state == ContractState.EFFECTIVE
    again = send(office, contract, "suspensions", wish())
    assert (again.status_code, again.json()["code"]) == (409, "contract_suspended")
    item = WorkItem.objects.get(kind="contracts.suspension_holds")
    assert item.due_at.astimezone(clock.SHANGHAI).isoformat() == f"{days(3)}T00:00:00+08:00"
    now = clock.now() + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: now)
    for _ in range(2):  # whoever died after it does it again
        let_suspension_hold(str(contract.pk))
    assert Contract.objects.get(pk=contract.pk).state == ContractState.SUSPENDED
    assert AuditEvent.objects.filter(subject=contract.subject, action="contract.suspended").count() == 1


def test_while_it_rests_nothing_changes_or_renews_the_contract(office: Office, contract: Contract) -> None:
    signed(out(office, contract))
    change = {"terms": {"job_title": "班组长"}, "effective_on": str(days(0))}
    renewal = {"terms": {"end": str(days(2000))}}
    for what, body in (("changes", change), ("renewals/preview", renewal), ("renewals", renewal)):
        answer = send(office, contract, what, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "contract_suspended"), what
    assert Contract.objects.get(pk=contract.pk).terms == contract.terms
    assert Contract.objects.count() == 1


@pytest.mark.parametrize(
    ("reason", "more", "code"),
    [
        ("3602", {"evidence": ["agreement"]}, None),
        ("4002", {"evidence": ["notice or pay in lieu"], "pay_in_lieu": True}, "RE26"),
    ],
)
def test_while_it_rests_it_ends_only_for_reasons_that_need_no_work(
    office: Office, contract: Contract, reason: str, more: dict[str, Any], code: str | None
) -> None:
    signed(out(office, contract))
    ending = {"reason": reason, "date": str(days(0)), "protected": False, **more}
    answer = send(office, contract, "terminations", ending)
    if code is None:
        assert answer.status_code == 201, answer.json()
    else:
        assert code in {fault["code"] for fault in answer.json()["faults"]}
        assert not contract.terminations.exists()


def test_rsus_the_time_is_no_service(office: Office, contract: Contract) -> None:
    rest(office, contract, days(-400), days(0))
    ending = {
        "reason": "3601",
        "date": str(days(0)),
        "protected": False,
        "evidence": ["agreement"],
        "wages": ["6000.00"] * 12,
    }
    shown = send(office, contract, "terminations/preview", ending).json()
    assert (shown["ending"]["suspended_days"], shown["ending"]["service_years"]) == (400, 1)
    assert shown["working"]["months"] == "1.5", "five hundred days, not nine hundred"
    assert "400" in shown["working"]["lines"][0]["zh"]


def test_a_renewal_keeps_the_time_in_mind(office: Office, contract: Contract) -> None:
    rest(office, contract, days(-400), days(0))
    answer = send(office, contract, "renewals", {"terms": {"end": str(days(2000))}})
    assert answer.status_code == 201, answer.json()
    assert contract.renewals.get().terms["suspended_days"] == 400


def test_the_worker_is_told_without_the_reason(office: Office, contract: Contract) -> None:
    own = make_contract(office.employer, ContractState.EFFECTIVE, turn="employer", start=days(-900))
    SigningParty.objects.filter(request_id=own.signature_request, role="worker").update(
        state=PartyState.SIGNED, mobile="13800000000"
    )
    signed(out(office, own, reason="2", evidence=True))
    [notice] = Notice.objects.filter(template="suspended")
    assert notice.params["day"] == str(days(0))
    assert "reason" not in notice.params


@pytest.mark.parametrize(
    ("event", "state"), [(RequestRefused, DocumentState.REFUSED), (RequestExpired, DocumentState.EXPIRED)]
)
def test_a_document_that_is_not_signed_changes_nothing(
    office: Office, contract: Contract, event: Any, state: DocumentState
) -> None:
    made = out(office, contract)
    reason = {"reason": "不同意"} if event is RequestRefused else {}
    with transaction.atomic():
        bus.publish(event(made.signature_request, made.subject, made.employer_id, **reason))
    made.refresh_from_db()
    assert made.state == state
    assert Contract.objects.get(pk=contract.pk).state == ContractState.EFFECTIVE
    assert out(office, contract).number == 1


def test_nothing_follows_when_the_filing_cannot_be_written(
    office: Office, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One transaction: the contract rests and its filing exists, or neither."""
    made = out(office, contract)
    monkeypatch.setattr("filing_bridge.services.preparing._insert", lambda **columns: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        signed(made)
    made.refresh_from_db()
    assert made.state == DocumentState.SIGNING
    assert Contract.objects.get(pk=contract.pk).state == ContractState.EFFECTIVE


def test_every_breach_comes_at_once(office: Office, contract: Contract) -> None:
    answer = send(
        office, contract, "suspensions", wish(reason="2", effective_on=days(-1000), until=days(-1001))
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "suspension_faults")
    assert {fault["code"] for fault in answer.json()["faults"]} == {"RS2", "RS3", "RS4"}
    assert not Suspension.objects.exists()


def test_one_at_a_time_and_only_where_it_fits(office: Office, contract: Contract) -> None:
    early = send(office, contract, "resumptions", {"effective_on": str(days(0))})
    assert (early.status_code, early.json()["code"]) == (409, "contract_not_suspended")
    made = out(office, contract)
    again = send(office, contract, "suspensions", wish())
    assert (again.status_code, again.json()["code"]) == (409, "contract_suspension_open")
    withdrawn = office.as_(Role.CLERK).send(
        "post", f"suspensions/{made.pk}/withdraw/", {"reason": "双方改变主意"}
    )
    assert withdrawn.json()["state"] == "withdrawn"
    draft = make_contract(office.employer)
    answer = send(office, draft, "suspensions/preview", wish())
    assert answer.json()["code"] == "contract_not_in_force"


def test_a_contract_that_is_ending_is_not_suspended(office: Office, contract: Contract) -> None:
    ending = {"reason": "3602", "date": str(days(5)), "protected": False, "evidence": ["agreement"]}
    assert send(office, contract, "terminations", ending).status_code == 201
    answer = send(office, contract, "suspensions", wish())
    assert (answer.status_code, answer.json()["code"]) == (409, "contract_ends_already")
    assert not Suspension.objects.exists()


def test_the_database_keeps_them_in_turn(office: Office, contract: Contract) -> None:
    made = out(office, contract)
    signed(made)
    made.refresh_from_db()
    made.pk, made.document_no, made.signature_request = None, f"{made.document_no}-2", None
    made._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save()


def test_the_seal_is_asked_for_like_on_contracts(
    office: Office, contract: Contract, other_office: Office
) -> None:
    answer = send(office, contract, "suspensions", wish())
    body = {
        "seal": "00000000-0000-4000-8000-000000000001",
        "suspensions": [answer.json()["id"]],
        "reason": "中止",
    }
    early = office.as_(Role.CLERK).send("post", "seal-applications/", body)
    assert early.json()["code"] == "document_not_ready"
    assert other_office.as_(Role.CLERK).send("post", "seal-applications/", body).status_code == 404
    assert not SealApplication.objects.exists()


@pytest.mark.parametrize("path", ["", "document/", "withdraw/"])
def test_other_employers_suspensions_are_not_there(
    office: Office, contract: Contract, other_office: Office, path: str
) -> None:
    made = out(office, contract)
    stranger = other_office.as_(Role.CLERK)
    body = {"reason": "x"} if path == "withdraw/" else None
    assert stranger.send("post" if body else "get", f"suspensions/{made.pk}/{path}", body).status_code == 404
    assert stranger.send("get", "suspensions/").json()["results"] == []
    for what in ("suspensions", "suspensions/preview", "resumptions", "resumptions/preview"):
        assert send(other_office, contract, what, wish()).status_code == 404
    made.refresh_from_db()
    assert made.state == DocumentState.SIGNING


def test_who_may_not_send_suspends_nothing(office: Office, contract: Contract) -> None:
    assert send(office, contract, "suspensions", wish(), Role.AUDITOR).status_code == 403
    assert not Suspension.objects.exists()
    made = out(office, contract)
    auditor = office.as_(Role.AUDITOR)
    assert auditor.send("post", f"suspensions/{made.pk}/withdraw/", {"reason": "x"}).status_code == 403
    assert auditor.send("get", f"suspensions/{made.pk}/document/").status_code == 403
    assert auditor.send("get", f"suspensions/{made.pk}/").json()["state"] == "signing"


def test_the_document_is_given_out_on_record(office: Office, contract: Contract) -> None:
    made = out(office, contract)
    answer = office.as_(Role.CLERK).send("get", f"suspensions/{made.pk}/document/")
    assert answer.content == blobs.get(made.prepared_digest)
    assert AuditEvent.objects.filter(action="suspension.viewed", subject=made.subject).exists()
