"""Corrections of accepted filings, over the protocol: by two persons, once, and nothing is overwritten."""

import base64
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError

from core import blobs, clock
from core.models import AuditEvent
from core.principal import Role
from filing_bridge.models import Correction, Filing
from filing_bridge.profiles import profile_for
from filing_bridge.protocol import State
from filing_bridge.sandbox.faults import Kind
from filing_bridge.selectors import record_in_force
from filing_bridge.services import correcting
from filing_bridge.sheets import sheets
from filing_bridge.sheets.workbook import read_rows
from tests.support.filing_province import FilingProvince, bury_the_dead, die_at, hurry, pump, settle
from tests.support.papers import picture
from tests.support.principals import client_of, principal

pytestmark = pytest.mark.django_db

MINOR = {"/worker/education": "21"}


@pytest.fixture
def accepted(province: FilingProvince) -> Filing:
    return again_after(province.file())


def again_after(filing: Filing) -> Filing:
    pump()
    filing.refresh_from_db()
    return filing


def member(province: FilingProvince, number: int = 1, role: Role = Role.CLERK) -> Any:
    return client_of(replace(principal(province.tenant, role), user_id=number))


def post(api: Any, path: str, body: object = None) -> Any:
    key = {"Idempotency-Key": uuid.uuid4().hex}
    return api.post(f"/api/v1/{path}", body or {}, format="json", headers=key)


def propose(province: FilingProvince, filing: Filing, changes: dict[str, str], **more: str) -> Any:
    body = {"changes": changes, "reason": "录入笔误", **more}
    return post(member(province), f"filings/{filing.pk}/corrections/", body)


def evidence() -> str:
    return base64.b64encode(picture()).decode()


def corrected(
    province: FilingProvince, filing: Filing, changes: dict[str, str], **more: str
) -> tuple[Correction, Filing]:
    """Proposed by the first member, confirmed by the second: the correction and its filing."""
    answer = propose(province, filing, changes, **more)
    assert answer.status_code == 201, answer.data
    done = post(member(province, 2), f"corrections/{answer.data['id']}/confirm/")
    assert done.status_code == 202, done.data
    correction = Correction.objects.get(pk=answer.data["id"])
    assert correction.made is not None
    return correction, correction.made


def later_end(filing: Filing) -> dict[str, str]:
    end = filing.starts_on + timedelta(days=1459)
    return {"/contract/end": end.isoformat()}


def test_d05_a_minor_correction_is_filed_and_holds_and_what_was_filed_stays(
    province: FilingProvince, accepted: Filing
) -> None:
    before = dict(accepted.record)
    _, made = corrected(province, accepted, MINOR)
    assert (made.event, made.filing_type, made.version, made.contract_id) == (
        "correction",
        "61",
        1,
        accepted.contract_id,
    )
    assert again_after(made).state == "accepted"
    assert made.record["prev_filing_no"] == accepted.receipt_no
    assert made.record["correction"]["items"] == [
        {"field": "/worker/education", "old": before["worker"]["education"], "new": "21"}
    ]
    accepted.refresh_from_db()
    assert (accepted.state, accepted.record) == ("accepted", before)
    assert record_in_force(accepted)["worker"]["education"] == "21"
    assert province.effects() == [accepted.idempotency_key, made.idempotency_key]
    base = province.store.filing(accepted.idempotency_key)
    assert base is not None
    assert [each["worker"]["education"] for each in province.store.versions(base)] == [
        before["worker"]["education"],
        "21",
    ]
    assert base.record == before, "the ledger keeps what was filed"


def test_the_record_the_sheet_and_the_next_correction_start_from_what_holds(
    province: FilingProvince, accepted: Filing
) -> None:
    corrected(province, accepted, MINOR)
    pump()
    api = member(province)
    assert api.get(f"/api/v1/filings/{accepted.pk}/record/").json()["worker"]["education"] == "21"
    answer = api.post("/api/v1/filings/sheet/", {"filings": [str(accepted.pk)]}, format="json")
    assert answer.status_code == 200, answer.data
    profile = profile_for("370303")
    [row] = read_rows(sheets()[profile.sheet], answer.content, profile)
    assert row.values["/worker/education"] == "21"
    _, second = corrected(province, accepted, {"/worker/education": "11"})
    assert again_after(second).record["correction"]["items"][0]["old"] == "21"
    assert second.state == "accepted"


def test_c06_the_same_person_never_decides_and_the_row_would_not_take_it(
    province: FilingProvince, accepted: Filing
) -> None:
    proposed = propose(province, accepted, MINOR).data["id"]
    for act in ("confirm", "decline"):
        answer = post(
            member(province), f"corrections/{proposed}/{act}/", {"note": "x"} if act == "decline" else None
        )
        assert (answer.status_code, answer.data["code"]) == (403, "second_person_needed")
    correction = Correction.objects.get(pk=proposed)
    with pytest.raises(IntegrityError):
        Correction.objects.filter(pk=proposed).update(
            state="declined", decided_by=correction.proposed_by, decided_at=clock.now()
        )


def test_c06_who_did_what_is_on_record_without_the_values(province: FilingProvince, accepted: Filing) -> None:
    correction, _made = corrected(province, accepted, later_end(accepted), evidence=evidence())
    events = AuditEvent.objects.filter(subject=correction.subject).order_by("at")
    assert [(each.action, each.actor) for each in events] == [
        ("correction.proposed", "user:1"),
        ("correction.confirmed", "user:2"),
    ]
    assert events[0].detail["fields"] == ["/contract/end"]
    new = later_end(accepted)["/contract/end"]
    assert new not in str([each.detail for each in events])
    shown = member(province, 2).get(f"/api/v1/corrections/{correction.pk}/").json()
    assert shown["items"][0]["new"] == new
    assert AuditEvent.objects.filter(action="correction.viewed", actor="user:2").exists()
    masked = member(province, 3, Role.AUDITOR).get(f"/api/v1/corrections/{correction.pk}/").json()
    assert masked["items"][0]["new"] is None


def test_a_material_correction_takes_evidence_and_people_at_the_province(
    province: FilingProvince, accepted: Filing
) -> None:
    changes = later_end(accepted)
    assert propose(province, accepted, changes).data["code"] == "correction_needs_evidence"
    spoiled = base64.b64encode(b"GIF89a").decode()
    assert propose(province, accepted, changes, evidence=spoiled).data["code"] == "evidence_faulty"
    correction, made = corrected(province, accepted, changes, evidence=evidence())
    assert again_after(made).state == "under_review", "no machine decides about it"
    assert record_in_force(accepted)["contract"]["end"] != changes["/contract/end"]
    province.decide(made, State.ACCEPTED)
    hurry()
    assert again_after(made).state == "accepted"
    assert record_in_force(accepted)["contract"]["end"] == changes["/contract/end"]
    base = province.store.filing(accepted.idempotency_key)
    assert base is not None
    assert base.period.ends == changes["/contract/end"]
    assert blobs.get(correction.evidence) == picture()


def test_a_correction_that_the_province_rejects_changes_nothing_and_may_be_asked_anew(
    province: FilingProvince, accepted: Filing
) -> None:
    _, made = corrected(province, accepted, later_end(accepted), evidence=evidence())
    pump()
    province.decide(made, State.REJECTED)
    hurry()
    assert again_after(made).state == "rejected"
    assert record_in_force(accepted) == accepted.record
    retry = post(member(province), f"filings/{made.pk}/retry/")
    assert retry.data["code"] == "filing_not_to_be_repeated"
    assert propose(province, accepted, MINOR).status_code == 201


def test_one_correction_at_a_time(province: FilingProvince, accepted: Filing) -> None:
    proposed = propose(province, accepted, MINOR)
    assert propose(province, accepted, MINOR).data["code"] == "correction_under_way"
    assert post(member(province, 2), f"corrections/{proposed.data['id']}/withdraw/").data["code"] == (
        "not_your_correction"
    )
    assert post(member(province), f"corrections/{proposed.data['id']}/withdraw/").status_code == 200
    declined = propose(province, accepted, MINOR).data["id"]
    assert (
        post(member(province, 2), f"corrections/{declined}/decline/", {"note": "原件无误"}).status_code == 200
    )
    assert post(member(province, 2), f"corrections/{declined}/confirm/").data["code"] == "state_conflict"
    _, made = corrected(province, accepted, later_end(accepted), evidence=evidence())
    pump()
    assert propose(province, accepted, MINOR).data["code"] == "correction_under_way"
    assert Filing.objects.filter(event="correction").count() == 1, made


@pytest.mark.parametrize(
    ("changes", "code", "places"),
    [
        ({"/worker/name": "测试乙", "/worker/id_no": "110105194912310021"}, "correction_of_person", None),
        ({"/contract/wage_unit": "day", "/x": "1"}, "correction_faulty", {"/contract/wage_unit", "/x"}),
        (
            {"/worker/education": "77", "/contract/end": "明天"},
            "correction_faulty",
            {"/contract/end"},
        ),
        ({"/contract/end": ""}, "correction_faulty", {"/contract/end"}),
        ({"/worker/birth_date": "1991-01-01"}, "correction_faulty", {"/worker/birth_date"}),
    ],
)
def test_bad_corrections_are_refused_with_every_fault_and_change_nothing(
    province: FilingProvince, accepted: Filing, changes: dict[str, str], code: str, places: set[str] | None
) -> None:
    answer = propose(province, accepted, changes, evidence=evidence())
    assert (answer.status_code, answer.data["code"]) == (422, code)
    if places is not None:
        assert {fault["field"] for fault in answer.data["faults"]} == places
    assert not Correction.objects.exists()


def test_a12_where_nothing_is_undone_only_the_counter_corrects(
    province: FilingProvince, accepted: Filing
) -> None:
    Filing.objects.filter(pk=accepted.pk).update(jurisdiction="310115")
    assert propose(province, accepted, MINOR).data["code"] == "correction_at_counter_only"
    slip = member(province).post(
        f"/api/v1/filings/{accepted.pk}/correction-slip/",
        {"changes": MINOR, "reason": "录入笔误"},
        format="json",
    )
    assert slip.status_code == 200
    assert not Correction.objects.exists()


def test_another_employer_and_a_role_that_may_not_file_are_kept_out(
    province: FilingProvince, accepted: Filing
) -> None:
    stranger = client_of(principal(uuid.uuid4()))
    body = {"changes": MINOR, "reason": "x"}
    assert post(stranger, f"filings/{accepted.pk}/corrections/", body).data["code"] == "not_found"
    auditor = member(province, 3, Role.AUDITOR)
    assert post(auditor, f"filings/{accepted.pk}/corrections/", body).data["code"] == "not_permitted"
    proposed = propose(province, accepted, MINOR).data["id"]
    assert post(stranger, f"corrections/{proposed}/confirm/").data["code"] == "not_found"
    assert post(auditor, f"corrections/{proposed}/confirm/").data["code"] == "not_permitted"


def test_what_changed_meanwhile_is_not_corrected_blindly(province: FilingProvince, accepted: Filing) -> None:
    """Two proposals cannot stand at once; should one have slipped by, the second person is told."""
    proposed = propose(province, accepted, MINOR).data["id"]
    correction = Correction.objects.get(pk=proposed)
    correction.facts["correction"]["items"][0]["old"] = "90"
    Correction.objects.filter(pk=proposed).update(facts=correction.facts)
    assert post(member(province, 2), f"corrections/{proposed}/confirm/").data["code"] == "correction_outdated"
    assert not Filing.objects.filter(event="correction").exists()


def test_two_who_confirm_at_once_make_one_filing(province: FilingProvince, accepted: Filing) -> None:
    proposed = propose(province, accepted, MINOR).data["id"]
    second = replace(principal(province.tenant), user_id=2)
    stale = Correction.objects.select_related("filing").get(pk=proposed)
    correcting.confirm_correction(principal=second, correction_id=proposed)
    with mock.patch.object(correcting, "_refuse_another_under_way"):
        answer = post(member(province, 3), f"corrections/{stale.pk}/confirm/")
    assert answer.data["code"] == "state_conflict"
    assert Filing.objects.filter(event="correction").count() == 1


def test_a_later_filing_waits_for_the_correction_and_then_follows_the_hire(
    province: FilingProvince, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("filing_bridge.subscribers.ending_facts_of", lambda _: {"ending": {"reason": ""}})
    real = __import__("filing_bridge.tasks", fromlist=["facts_behind"]).facts_behind
    monkeypatch.setattr(
        "filing_bridge.tasks.facts_behind", lambda filing: province.later.get(filing.pk) or real(filing)
    )
    facts = province.facts(clock.today() - timedelta(days=10))
    hire = again_after(province.file(facts))
    job = {"/contract/job_title": "质检员"}
    _, made = corrected(province, hire, job)
    ending = province.end(hire, facts)
    assert ending.state == "waiting"
    settle()
    ending.refresh_from_db()
    made.refresh_from_db()
    assert (made.state, ending.state) == ("accepted", "accepted")
    assert ending.record["prev_filing_no"] == hire.receipt_no
    assert province.effects() == [each.idempotency_key for each in (hire, made, ending)]


@pytest.mark.parametrize(
    ("last_act", "after"),
    [
        ("filing_bridge.services.delivery.claim", True),  # committed, not pushed
        ("filing_bridge.client.exchange", True),  # pushed, answer not recorded
        ("filing_bridge.services.results._keep", True),  # answer half recorded, not committed
    ],
)
def test_a_process_that_dies_in_the_middle_leaves_one_effect(
    province: FilingProvince, accepted: Filing, last_act: str, after: bool
) -> None:
    _, made = corrected(province, accepted, MINOR)
    die_at(last_act, after=after)
    made.refresh_from_db()
    assert made.state == "sent"
    bury_the_dead()
    settle()
    made.refresh_from_db()
    assert made.state == "accepted"
    assert province.effects() == [accepted.idempotency_key, made.idempotency_key]


@pytest.mark.parametrize("kind", [Kind.LOST_REPLY, Kind.CUT, Kind.ERROR_AFTER, Kind.FORGED, Kind.HTML])
def test_no_answer_is_unknown_and_asked_for(province: FilingProvince, accepted: Filing, kind: Kind) -> None:
    _, made = corrected(province, accepted, MINOR)
    province.plan(kind, on=frozenset({"submit"}))
    assert again_after(made).state == "unknown"
    assert record_in_force(accepted) == accepted.record
    settle()
    made.refresh_from_db()
    assert made.state == "accepted"
    assert province.effects().count(made.idempotency_key) == 1
