"""Drafts, statutory checks, freezing, rendering, withdrawal: over the API."""

import json
from typing import Any

import pytest

from accounts.domain import EmployerState
from accounts.models import Employer, Worker
from contracts.domain import ContractState
from contracts.models import Contract, TemplateVersion
from contracts.services.publishing import publish_own_templates
from core import blobs, work
from core.models import AuditEvent, WorkItem
from core.principal import Role
from signing.models import Notice, SignatureRequest
from signing.pades.validate import read_attachment
from signing.services.companions import companion_of
from tests.integration.contracts.conftest import Office, terms


def sent(office: Office, **own: Any) -> Contract:
    """A contract that was sent and rendered."""
    contract_id = office.draft(**own).json()["id"]
    assert office.as_(Role.CLERK).send("post", f"contracts/{contract_id}/send/").status_code == 202
    work.run_due(work.GENERAL, limit=1)
    return Contract.objects.get(pk=contract_id)


def test_our_templates_are_published_once_and_never_change(office: Office) -> None:
    assert {t.slug for t in TemplateVersion.objects.all()} == {
        "general",
        "part-time",
        "dispatch",
        "construction",
    }
    assert publish_own_templates() == []


def test_a_changed_text_under_a_published_number_is_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contracts.services import publishing

    def changed(slug: str) -> Any:
        content = json.loads(json.dumps(TemplateVersion.objects.get(slug=slug).content))
        content["title"]["zh"] += "（改）"
        return content

    monkeypatch.setattr(publishing, "load_template", changed)
    with pytest.raises(ValueError, match="raise its number"):
        publish_own_templates()


def test_facts_are_put_together_from_where_each_was_entered(office: Office) -> None:
    contract = sent(office)
    facts = contract.facts
    assert facts["employer"]["uscc"] == office.employer.uscc
    assert facts["worker"]["id_no"] == office.worker.id_no
    assert facts["contract"] == terms()
    assert facts["template"]["digest"] == contract.template.digest


def test_a_sent_contract_is_rendered_with_its_facts_inside_and_its_worker_invited(office: Office) -> None:
    contract = sent(office)
    assert contract.state == ContractState.SIGNING
    attached = json.loads(read_attachment(blobs.get(contract.prepared_digest), "contract.json"))
    assert attached == contract.facts
    request = SignatureRequest.objects.get(subject=contract.subject)
    assert request.current_digest == contract.prepared_digest
    assert [party.role for party in request.parties.order_by("order")] == ["worker", "employer"]
    assert Notice.objects.get().template == "invitation"


def test_what_is_edited_after_sending_does_not_reach_the_contract(office: Office) -> None:
    contract = sent(office)
    Worker.objects.filter(pk=office.worker.pk).update(name="改名")
    Employer.objects.filter(pk=office.employer.pk).update(name="改名公司")
    assert Contract.objects.get(pk=contract.pk).facts == contract.facts
    shown = office.as_(Role.CLERK).send("get", f"contracts/{contract.pk}/facts/").json()
    assert shown == contract.facts


def test_rendering_again_after_a_crash_makes_the_same_document(office: Office) -> None:
    contract = sent(office)
    from contracts.tasks import render_contract

    Contract.objects.filter(pk=contract.pk).update(state=ContractState.RENDERING, signature_request=None)
    SignatureRequest.objects.filter(subject=contract.subject).update(state="withdrawn")
    render_contract(str(contract.pk))
    assert Contract.objects.get(pk=contract.pk).prepared_digest == contract.prepared_digest


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"end": "2020-01-01"}, "R12"),
        ({"end": None}, "R12a"),
        ({"probation_months": 7, "probation_start": "2026-01-01", "probation_end": "2026-07-31"}, "R19"),
        ({"employment_kind": "999"}, ""),
        ({"hours_per_week": "60"}, "R36L"),
    ],
)
def test_breaches_of_the_law_stop_the_sending_with_source_and_remedy(
    office: Office, wrong: dict[str, Any], rule: str
) -> None:
    contract_id = office.draft(**wrong).json()["id"]
    refused = office.as_(Role.CLERK).send("post", f"contracts/{contract_id}/send/")
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, "statutory_faults")
    assert any(fault["code"].startswith(rule) for fault in problem["faults"]), problem["faults"]
    assert all(fault["message"] and fault["message_en"] and fault["remedy"] for fault in problem["faults"])
    assert Contract.objects.get(pk=contract_id).state == ContractState.DRAFT
    assert not WorkItem.objects.filter(kind="contracts.render").exists()


def test_all_faults_come_at_once(office: Office) -> None:
    contract_id = office.draft(end="2020-01-01", hours_per_week="60", wage_amount="0.01").json()["id"]
    findings = office.as_(Role.CLERK).send("get", f"contracts/{contract_id}/findings/").json()["findings"]
    assert {"/contract/end", "/contract/hours_per_week"} <= {finding["field"] for finding in findings}


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"wage_amount": "5200"}, "/contract/wage_amount"),
        ({"colour": "red"}, "/contract/colour"),
        ({"job_title": "工\u0000"}, "/contract/job_title"),
        ({"job_title": "\U0003ffff"}, "/contract/job_title"),
        ({"term_type": "9"}, "/contract/term_type"),
    ],
)
def test_malformed_terms_are_refused_and_leave_nothing(
    office: Office, wrong: dict[str, Any], pointer: str
) -> None:
    refused = office.draft(**wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, "facts_faulty")
    assert pointer in {fault["field"] for fault in refused.json()["faults"]}
    assert not Contract.objects.exists()


def test_an_employer_that_is_not_approved_cannot_send(office: Office) -> None:
    contract_id = office.draft().json()["id"]
    Employer.objects.update(state=EmployerState.PENDING)
    refused = office.as_(Role.CLERK).send("post", f"contracts/{contract_id}/send/")
    assert refused.json()["code"] == "employer_not_approved"
    assert Contract.objects.get(pk=contract_id).state == ContractState.DRAFT


def test_a_contract_is_sent_once(office: Office) -> None:
    contract = sent(office)
    again = office.as_(Role.CLERK).send("post", f"contracts/{contract.pk}/send/")
    assert (again.status_code, again.json()["code"]) == (409, "state_conflict")


def test_withdrawing_ends_the_signature_request_and_is_final(office: Office) -> None:
    contract = sent(office)
    clerk = office.as_(Role.CLERK)
    done = clerk.send("post", f"contracts/{contract.pk}/withdraw/", {"reason": "岗位调整"})
    assert done.json()["state"] == "withdrawn"
    assert SignatureRequest.objects.get(subject=contract.subject).state == "withdrawn"
    again = clerk.send("post", f"contracts/{contract.pk}/withdraw/", {"reason": "再次"})
    assert again.status_code == 409


def test_a_number_is_used_once_per_employer(office: Office, other_office: Office) -> None:
    wish = {
        "worker": str(office.worker.pk), "template": "general", "jurisdiction_code": "370303",
        "contract_no": "HT-2026-0001", "terms": terms(),
    }  # fmt: skip
    clerk = office.as_(Role.CLERK)
    assert clerk.send("post", "contracts/", wish).status_code == 201
    assert clerk.send("post", "contracts/", wish).json()["code"] == "contract_no_taken"
    elsewhere = {**wish, "worker": str(other_office.worker.pk)}
    assert other_office.as_(Role.CLERK).send("post", "contracts/", elsewhere).status_code == 201


def test_another_employers_worker_and_contract_do_not_exist_for_us(
    office: Office, other_office: Office
) -> None:
    contract = sent(office)
    stranger = other_office.as_(Role.OWNER)
    for path in ("", "findings/", "document/", "facts/", "timeline/", "evidence/"):
        assert stranger.send("get", f"contracts/{contract.pk}/{path}").status_code == 404, path
    for path in ("send/", "withdraw/"):
        refused = stranger.send("post", f"contracts/{contract.pk}/{path}", {"reason": "x"})
        assert refused.status_code == 404, path
    assert Contract.objects.get(pk=contract.pk).state == ContractState.SIGNING
    other_office.worker = office.worker
    assert other_office.draft().status_code == 404


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SEAL_KEEPER])
def test_roles_that_may_not_draft_cannot(office: Office, role: Role) -> None:
    refused = office.as_(role).send(
        "post", "contracts/",
        {
            "worker": str(office.worker.pk), "template": "general",
            "jurisdiction_code": "370303", "terms": terms(),
        },
    )  # fmt: skip
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    assert not Contract.objects.exists()


def test_looking_at_a_contract_in_full_is_on_record(office: Office) -> None:
    contract = sent(office)
    office.as_(Role.CLERK).send("get", f"contracts/{contract.pk}/document/")
    assert AuditEvent.objects.get(action="contract.viewed").detail == {"what": "document"}
    refused = office.as_(Role.AUDITOR).send("get", f"contracts/{contract.pk}/document/")
    assert refused.status_code == 403


def test_the_list_filters_and_asks_a_constant_number_of_questions(
    office: Office, django_assert_max_num_queries: Any
) -> None:
    for _ in range(6):
        office.draft()
    clerk = office.as_(Role.CLERK)
    with django_assert_max_num_queries(8):
        page = clerk.send("get", "contracts/?state=draft").json()
    assert len(page["results"]) == 6
    assert clerk.send("get", "contracts/?state=effective").json()["results"] == []


def test_a_repeated_wish_makes_one_contract(office: Office) -> None:
    wish = {
        "worker": str(office.worker.pk), "template": "general",
        "jurisdiction_code": "370303", "terms": terms(),
    }  # fmt: skip
    clerk = office.as_(Role.CLERK)
    first = clerk.send("post", "contracts/", wish, Idempotency_Key="same")
    second = clerk.send("post", "contracts/", wish, Idempotency_Key="same")
    assert first.json() == second.json()
    assert Contract.objects.count() == 1


def test_the_signer_gets_gist_words_and_contact_from_the_same_facts(office: Office) -> None:
    contract = sent(office)
    request = SignatureRequest.objects.get(subject=contract.subject)
    told = companion_of(request)
    assert told.contact_phone == contract.facts["employer"]["contact_phone"]
    assert told.summary[0]["value"] == contract.facts["employer"]["name"]
    assert told.sections[-1]["last"] == len(request.frames)
    assert (request.typed_names, request.stroke_data) == (True, True)


def test_the_employer_s_choices_and_the_template_s_lock_reach_the_signer(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    Employer.objects.filter(pk=office.employer.pk).update(typed_names=False, stroke_data=False)
    contract_id = office.draft().json()["id"]
    office.as_(Role.CLERK).send("post", f"contracts/{contract_id}/send/")
    given = TemplateVersion.from_db

    def locked(*args: Any, **options: Any) -> Any:
        version = given(*args, **options)
        version.content["signing"]["locked"] = True
        return version

    monkeypatch.setattr(TemplateVersion, "from_db", locked)
    work.run_due(work.GENERAL, limit=1)
    request = SignatureRequest.objects.get()
    worker = request.parties.get(role="worker")
    assert (request.typed_names, request.stroke_data) == (False, False)
    assert worker.zone == worker.place


@pytest.mark.parametrize(
    ("role", "name"),
    [(Role.CLERK, "whole"), (Role.OWNER, "whole"), (Role.AUDITOR, "first"), (Role.SEAL_KEEPER, "first")],
)
def test_names_are_masked_for_who_may_not_see_personal_data(office: Office, role: Role, name: str) -> None:
    contract = office.draft().json()
    expected = {"whole": office.worker.name, "first": f"{office.worker.name[0]}**"}[name]
    client = office.as_(role)
    assert client.send("get", f"contracts/{contract['id']}/").json()["worker_name"] == expected
    assert client.send("get", "contracts/").json()["results"][0]["worker_name"] == expected
