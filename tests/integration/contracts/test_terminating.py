"""Endings over the API: proposed, opened, made on the day, signed, and what follows in one transaction."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from contracts.domain import ContractState, DocumentState
from contracts.models import Contract, Termination
from core import blobs, bus, clock, work
from core.models import AuditEvent, WorkItem
from core.principal import Role
from filing_bridge.models import Filing
from signing.events import RequestCompleted, RequestExpired, RequestRefused
from signing.models import Notice, SealApplication, SignatureRequest
from signing.pades.validate import read_attachment
from tests.integration.contracts.conftest import Office
from tests.support.portal import make_contract

PARTIES = {"agreed": ["worker", "employer"], "dismissed": ["employer"]}


def ending(**own: Any) -> dict[str, Any]:
    """An agreed ending today, by the worker's wish; None leaves something out."""
    usual = {
        "reason": "3602",
        "date": clock.today().isoformat(),
        "protected": False,
        "evidence": ["agreement"],
    }
    return {name: value for name, value in {**usual, **own}.items() if value is not None}


def dismissal() -> dict[str, Any]:
    evidence = ["rules", "facts", "union notice", "proof of service"]
    return ending(reason="3902", evidence=evidence, union_notice_date=clock.today().isoformat())


@pytest.fixture
def contract(office: Office) -> Contract:
    """A contract that has been in force for two years and a half."""
    start = clock.today() - timedelta(days=900)
    return make_contract(
        office.employer,
        ContractState.EFFECTIVE,
        worker=office.worker,
        start=start,
        end=(clock.today() + timedelta(days=900)).isoformat(),
        probation_start=start.isoformat(),
        probation_end=(start + timedelta(days=88)).isoformat(),
    )


def opened(office: Office, contract: Contract, wish: dict[str, Any] | None = None) -> Termination:
    answer = office.as_(Role.CLERK).send("post", f"contracts/{contract.pk}/terminations/", wish or ending())
    assert answer.status_code == 201, answer.json()
    return Termination.objects.get(pk=answer.json()["id"])


def on_the_day(office: Office, contract: Contract, wish: dict[str, Any] | None = None) -> Termination:
    """An ending whose certificate waits for its signatures."""
    termination = opened(office, contract, wish)
    work.run_due(work.GENERAL, limit=5)
    termination.refresh_from_db()
    assert termination.state == DocumentState.SIGNING
    return termination


def signed(termination: Termination) -> None:
    """What signing says when the certificate has passed the acceptance rule."""
    digest = blobs.put(b"%PDF stands for the signed certificate")
    assert termination.signature_request is not None
    with transaction.atomic():
        bus.publish(
            RequestCompleted(
                termination.signature_request,
                termination.subject,
                termination.employer_id,
                digest,
                clock.now(),
            )
        )


def test_a_proposal_shows_the_severance_pay_line_by_line_and_keeps_nothing(
    office: Office, contract: Contract
) -> None:
    wish = ending(reason="3601", wages=["5200.00"] * 12)
    answer = office.as_(Role.CLERK).send("post", f"contracts/{contract.pk}/terminations/preview/", wish)
    shown = answer.json()
    assert answer.status_code == 200, shown
    assert shown["findings"] == []
    assert (shown["working"]["amount"], shown["working"]["months"]) == ("13000.00", "2.5")
    assert "5,200.00 × 2.5 ＝ 13,000.00 元" in shown["working"]["lines"][-1]["zh"]
    assert "5,200.00 × 2.5 = CNY 13,000.00" in shown["working"]["lines"][-1]["en"]
    assert (shown["ending"]["service_years"], shown["ending"]["service_months"]) == (2, 5)
    assert not Termination.objects.exists()
    assert not WorkItem.objects.filter(kind="contracts.certificate").exists()


@pytest.mark.parametrize(("wish", "roles"), [(ending, PARTIES["agreed"]), (dismissal, PARTIES["dismissed"])])
def test_the_certificate_holds_its_facts_and_is_put_before_the_right_parties(
    office: Office, contract: Contract, wish: Any, roles: list[str]
) -> None:
    termination = on_the_day(office, contract, wish())
    attached = json.loads(read_attachment(blobs.get(termination.prepared_digest), "termination.json"))
    assert attached == termination.facts
    assert attached["contract_digest"] == contract.signed_digest
    request = SignatureRequest.objects.get(subject=termination.subject)
    assert [party.role for party in request.parties.order_by("order")] == roles
    assert Notice.objects.filter(template="invitation").count() == ("worker" in roles)


def test_the_certificate_is_made_on_the_day_of_the_ending_and_not_before(
    office: Office, contract: Contract
) -> None:
    day = clock.today() + timedelta(days=3)
    termination = opened(office, contract, ending(date=day.isoformat()))
    work.run_due(work.GENERAL, limit=5)
    termination.refresh_from_db()
    assert termination.state == DocumentState.PLANNED
    item = WorkItem.objects.get(kind="contracts.certificate")
    assert item.due_at.astimezone(clock.SHANGHAI).isoformat() == f"{day}T00:00:00+08:00"


def test_when_the_certificate_is_signed_the_contract_ends_and_the_filing_is_due(
    office: Office, contract: Contract
) -> None:
    termination = on_the_day(office, contract)
    signed(termination)
    contract.refresh_from_db()
    termination.refresh_from_db()
    assert (contract.state, contract.ended_on) == (ContractState.ENDED, clock.today())
    assert termination.state == DocumentState.COMPLETED
    filing = Filing.objects.get(contract_id=contract.pk)
    assert (filing.event, filing.filing_type, filing.document_digest) == (
        "ending",
        "51",
        termination.signed_digest,
    )
    assert filing.deadline == clock.today() + timedelta(days=15)
    actions = AuditEvent.objects.filter(subject__in=[contract.subject, termination.subject])
    assert {"contract.ended", "termination.completed"} <= set(actions.values_list("action", flat=True))


def test_the_worker_is_told_what_to_do_next(
    office: Office, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(
        "contracts.services.ending.tell_signers",
        lambda subject, template, params, lifetime: told.append((subject, template)),
    )
    signed(on_the_day(office, contract))
    assert told == [(contract.subject, "ended")]


def test_nothing_is_sent_to_somebody_who_has_died(
    office: Office, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contracts.services.ending.tell_signers", lambda *a, **n: pytest.fail("a message"))
    signed(on_the_day(office, contract, ending(reason="4403", evidence=["certificate"])))
    assert Contract.objects.get(pk=contract.pk).state == ContractState.ENDED


def test_nothing_follows_when_the_filing_cannot_be_written(
    office: Office, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One transaction: the contract has ended and its filing exists, or neither."""
    termination = on_the_day(office, contract)
    monkeypatch.setattr("filing_bridge.services.preparing._insert", lambda **columns: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        signed(termination)
    contract.refresh_from_db()
    termination.refresh_from_db()
    assert (contract.state, termination.state) == (ContractState.EFFECTIVE, DocumentState.SIGNING)


@pytest.mark.parametrize(
    ("event", "state"),
    [(RequestRefused, DocumentState.REFUSED), (RequestExpired, DocumentState.EXPIRED)],
)
def test_a_certificate_that_is_not_signed_lets_the_contract_go_on(
    office: Office, contract: Contract, event: Any, state: DocumentState
) -> None:
    termination = on_the_day(office, contract)
    reason = {"reason": "不同意"} if event is RequestRefused else {}
    with transaction.atomic():
        bus.publish(
            event(termination.signature_request, termination.subject, termination.employer_id, **reason)
        )
    contract.refresh_from_db()
    termination.refresh_from_db()
    assert (contract.state, termination.state) == (ContractState.EFFECTIVE, state)
    assert opened(office, contract).state == DocumentState.PLANNED


def test_c21_every_breach_of_a_rule_comes_at_once_and_leaves_nothing(
    office: Office, contract: Contract
) -> None:
    wish = ending(reason="4002", evidence=[], protected=True)
    answer = office.as_(Role.CLERK).send("post", f"contracts/{contract.pk}/terminations/", wish)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "ending_faults")
    assert {fault["code"] for fault in problem["faults"]} == {
        "RE5",
        "RE40",
        "RE42a",
        "RE43",
        "RE46a",
        "RE46b",
    }
    assert all(fault["message"] and fault["message_en"] and fault["remedy"] for fault in problem["faults"])
    assert not Termination.objects.exists()


def test_a_contract_ends_once_and_only_when_it_is_in_force(office: Office, contract: Contract) -> None:
    clerk = office.as_(Role.CLERK)
    termination = opened(office, contract)
    again = clerk.send("post", f"contracts/{contract.pk}/terminations/", ending())
    assert (again.status_code, again.json()["code"]) == (409, "contract_ends_already")
    withdrawn = clerk.send("post", f"terminations/{termination.pk}/withdraw/", {"reason": "双方改变主意"})
    assert withdrawn.json()["state"] == "withdrawn"
    signed(on_the_day(office, contract))
    late = clerk.send("post", f"contracts/{contract.pk}/terminations/", ending())
    assert (late.status_code, late.json()["code"]) == (409, "contract_not_in_force")
    draft = make_contract(office.employer)
    early = clerk.send("post", f"contracts/{draft.pk}/terminations/preview/", ending())
    assert early.json()["code"] == "contract_not_in_force"


def test_a_certificate_taken_back_while_it_is_out_cannot_be_signed(
    office: Office, contract: Contract
) -> None:
    termination = on_the_day(office, contract)
    answer = office.as_(Role.CLERK).send("post", f"terminations/{termination.pk}/withdraw/", {"reason": "x"})
    assert answer.status_code == 200
    assert SignatureRequest.objects.get(subject=termination.subject).state == "withdrawn"


def test_the_seal_is_asked_for_on_certificates_like_on_contracts(
    office: Office, contract: Contract, other_office: Office
) -> None:
    termination = opened(office, contract, dismissal())
    clerk = office.as_(Role.CLERK)
    seal = "00000000-0000-4000-8000-000000000001"
    wish = {"seal": seal, "terminations": [str(termination.pk)], "reason": "证明书"}
    early = clerk.send("post", "seal-applications/", wish)
    assert early.json()["code"] == "document_not_ready"
    theirs = other_office.as_(Role.CLERK).send("post", "seal-applications/", wish)
    assert theirs.status_code == 404
    assert not SealApplication.objects.exists()


@pytest.mark.parametrize("path", ["", "document/", "withdraw/"])
def test_other_employers_endings_are_not_there(
    office: Office, contract: Contract, other_office: Office, path: str
) -> None:
    termination = on_the_day(office, contract)
    stranger = other_office.as_(Role.CLERK)
    body = {"reason": "x"} if path == "withdraw/" else None
    method = "post" if body else "get"
    assert stranger.send(method, f"terminations/{termination.pk}/{path}", body).status_code == 404
    assert stranger.send("get", "terminations/").json()["results"] == []
    assert stranger.send("post", f"contracts/{contract.pk}/terminations/", ending()).status_code == 404
    assert (
        stranger.send("post", f"contracts/{contract.pk}/terminations/preview/", ending()).status_code == 404
    )
    termination.refresh_from_db()
    assert termination.state == DocumentState.SIGNING


def test_who_may_not_send_ends_nothing(office: Office, contract: Contract) -> None:
    auditor = office.as_(Role.AUDITOR)
    assert auditor.send("post", f"contracts/{contract.pk}/terminations/", ending()).status_code == 403
    termination = on_the_day(office, contract)
    path = f"terminations/{termination.pk}"
    assert auditor.send("post", f"{path}/withdraw/", {"reason": "x"}).status_code == 403
    assert auditor.send("get", f"{path}/document/").status_code == 403
    assert auditor.send("get", f"{path}/").json()["state"] == "signing"
    assert Termination.objects.count() == 1


def test_the_certificate_is_given_out_on_record(office: Office, contract: Contract) -> None:
    termination = on_the_day(office, contract)
    answer = office.as_(Role.CLERK).send("get", f"terminations/{termination.pk}/document/")
    assert answer.content == blobs.get(termination.prepared_digest)
    assert AuditEvent.objects.filter(action="termination.viewed", subject=termination.subject).exists()


def test_the_list_takes_as_many_queries_for_many_as_for_one(
    office: Office, contract: Contract, django_assert_max_num_queries: Any
) -> None:
    opened(office, contract)
    for _ in range(4):
        opened(office, make_contract(office.employer, ContractState.EFFECTIVE))
    clerk = office.as_(Role.CLERK)
    with django_assert_max_num_queries(8):
        assert len(clerk.send("get", "terminations/").json()["results"]) == 5
