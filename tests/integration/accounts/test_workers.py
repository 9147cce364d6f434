"""The roster: what is accepted, what is refused, who sees how much."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.models import Employer, Worker
from contracts.document import fonts
from core.models import AuditEvent
from core.principal import Role
from tests.support import accounts as make
from tests.support.accounts import WORKER, Client


@pytest.fixture
def clerk(employer: Employer) -> Client:
    return make.client_of(make.make_member(employer, Role.CLERK))


def faults_of(answer: Any) -> dict[str, str]:
    return {fault["field"]: fault["code"] for fault in answer.json()["faults"]}


def test_worker_is_stored_whole_and_shown_masked(employer: Employer, clerk: Client) -> None:
    answer = clerk.send("post", "workers/", WORKER)

    assert answer.status_code == 201
    shown = answer.json()
    assert shown["id_no"] == "370303********0013"
    assert shown["mobile"] == "138****0000"
    assert shown["hukou_address"] == "山东省淄博市********"
    assert shown["birth_date"] == "1990-**-**"
    assert shown["name"] == "测试甲"
    stored = Worker.objects.get()
    assert (stored.id_no, stored.mobile) == ("370303199003070013", "13800000000")
    assert (stored.birth_date, stored.sex) == ("1990-03-07", "1")  # told by the number, typed by nobody
    assert AuditEvent.objects.filter(action="worker.created", subject=f"worker:{shown['id']}").count() == 1


IDENTITIES = [
    ("01", "370303199003070013", {}),
    ("01", "11010519491231002x", {}),
    ("01", "３１０１１５１９８５１１１２００２０", {}),
    ("01", "320205200002290034", {}),
    ("16", "810000199408230021", {"nationality": "HKG"}),
    ("07", "911124198108030024", {"nationality": "USA", "sex": "2"}),
    ("08", "E12345678", {"nationality": "USA", "sex": "2", "birth_date": "1988-08-08"}),
]


@pytest.mark.parametrize(("id_type", "number", "more"), IDENTITIES)
def test_every_kind_of_document_is_taken(
    clerk: Client, id_type: str, number: str, more: dict[str, str]
) -> None:
    answer = clerk.send("post", "workers/", {**WORKER, "id_type": id_type, "id_no": number, **more})

    assert answer.status_code == 201, answer.json()
    stored = Worker.objects.get(pk=answer.json()["id"])
    assert stored.id_no.isascii()
    assert stored.id_no == stored.id_no.upper()


BAD = [
    ({"id_no": "370303199003070014"}, {"/id_no": "citizen_number_checksum"}),
    ({"id_no": "37030319900307001"}, {"/id_no": "citizen_number_form"}),
    ({"id_no": make.id_no(1, born="19900230")}, {"/id_no": "citizen_number_birth_date"}),
    ({"id_no": make.id_no(1, born="20990307")}, {"/birth_date": "birth_date_implausible"}),
    ({"id_no": "810000199408230021"}, {"/id_no": "citizen_number_is_residence_permit"}),
    ({"id_type": "55"}, {"/id_type": "id_type_unknown"}),
    (
        {"id_type": "08", "id_no": "E12345678"},
        {"/sex": "required", "/birth_date": "required", "/nationality": "required"},
    ),
    ({"sex": "2"}, {"/sex": "sex_differs"}),
    ({"birth_date": "1990-03-08"}, {"/birth_date": "birth_date_differs"}),
    ({"mobile": "12800000000"}, {"/mobile": "mobile_form"}),
    ({"bank_card": "6222020000000000001"}, {"/bank_card": "bank_card_checksum"}),
    ({"hukou_type": "77"}, {"/hukou_type": "code_unknown"}),
    ({"education": ""}, {"/education": "required"}),
    ({"hukou_code": "37"}, {"/hukou_code": "form_wrong"}),
    ({"name": "测" * 51}, {"/name": "max_length"}),
    ({"name": "测试1"}, {"/name": "name_character"}),
    ({"name": "测\ue000"}, {"/name": "name_character"}),
    ({"name": "测\U00031350"}, {"/name": "character_not_printable"}),
    ({"hukou_address": "张店区😀"}, {"/hukou_address": "character_not_printable"}),
    ({"resid_address": "张店区\x07"}, {"/resid_address": "character_not_printable"}),
    ({"work_permit_valid_to": "2027-02-30"}, {"/work_permit_valid_to": "date_form"}),
    ({"email": "nobody"}, {"/email": "form_wrong"}),
    (
        {"id_no": "1", "mobile": "2", "name": "", "hukou_type": "x"},
        {
            "/id_no": "citizen_number_form",
            "/mobile": "mobile_form",
            "/name": "required",
            "/hukou_type": "code_unknown",
        },
    ),
]


@pytest.mark.parametrize(("wrong", "faults"), BAD)
def test_all_faults_are_told_at_once_and_nothing_is_written(
    clerk: Client, wrong: dict[str, str], faults: dict[str, str]
) -> None:
    before = AuditEvent.objects.count()

    answer = clerk.send("post", "workers/", {**WORKER, **wrong})

    assert answer.status_code == 400
    assert answer.json()["code"] == "worker_faulty"
    assert faults_of(answer) == faults
    assert all(f["message"] and f["message_en"] and f["remedy"] for f in answer.json()["faults"])
    assert not Worker.objects.exists()
    assert AuditEvent.objects.count() == before
    for value in wrong.values():
        assert len(value) < 4 or value not in answer.content.decode()


def test_name_no_font_can_print_is_refused_by_place(clerk: Client, settings: Any) -> None:
    settings.PRINTABLE_CHARACTERS = "tests.integration.accounts.test_workers.all_but_one_character"

    answer = clerk.send("post", "workers/", {**WORKER, "name": "测试䶮"})

    assert faults_of(answer) == {"/name": "character_not_printable"}
    assert "第3个字（U+4DAE）" in answer.json()["faults"][0]["message"]
    assert not Worker.objects.exists()


def all_but_one_character() -> frozenset[int]:
    return fonts.printable_characters() - {ord("䶮")}


def test_the_dot_in_names_has_one_form(clerk: Client) -> None:
    answer = clerk.send("post", "workers/", {**WORKER, "name": " 买买提 • 吐尔逊"})

    assert answer.json()["name"] == "买买提·吐尔逊"


def test_unknown_field_is_refused(clerk: Client) -> None:
    answer = clerk.send("post", "workers/", {**WORKER, "salary": "5200"})

    assert faults_of(answer) == {"/salary": "unknown"}
    assert not Worker.objects.exists()


def test_same_number_is_taken_once_per_employer(employer: Employer, clerk: Client) -> None:
    assert clerk.send("post", "workers/", WORKER).status_code == 201

    again = clerk.send("post", "workers/", {**WORKER, "name": "测试乙"})
    elsewhere = make.client_of(make.make_member(make.make_employer(), Role.CLERK)).send(
        "post", "workers/", WORKER
    )

    assert (again.status_code, again.json()["code"]) == (409, "worker_exists")
    assert elsewhere.status_code == 201
    assert Worker.objects.filter(employer=employer).count() == 1


def test_repeated_post_creates_one_worker(clerk: Client) -> None:
    first = clerk.send("post", "workers/", WORKER, Idempotency_Key="one")
    second = clerk.send("post", "workers/", WORKER, Idempotency_Key="one")
    other = clerk.send("post", "workers/", {**WORKER, "name": "测试乙"}, Idempotency_Key="one")

    assert first.json() == second.json()
    assert other.json()["code"] == "idempotency_key_reused"
    assert Worker.objects.count() == 1


def test_patch_changes_what_it_names_and_logs_only_names(employer: Employer, clerk: Client) -> None:
    worker = make.make_worker(employer)

    answer = clerk.send("patch", f"workers/{worker.pk}/", {"mobile": "13900000000", "education": "21"})

    assert answer.json()["mobile"] == "139****0000"
    worker.refresh_from_db()
    assert (worker.mobile, worker.education) == ("13900000000", "21")
    event = AuditEvent.objects.get(action="worker.changed")
    assert event.detail == {"fields": ["education", "mobile", "mobile_index"]}


def test_patch_of_the_number_takes_birth_date_and_sex_along(employer: Employer, clerk: Client) -> None:
    worker = make.make_worker(employer)

    answer = clerk.send("patch", f"workers/{worker.pk}/", {"id_no": "310115198511120020"})

    assert answer.status_code == 200, answer.json()
    worker.refresh_from_db()
    assert (worker.birth_date, worker.sex) == ("1985-11-12", "2")


def test_patch_with_faults_changes_nothing(employer: Employer, clerk: Client) -> None:
    worker = make.make_worker(employer)

    answer = clerk.send("patch", f"workers/{worker.pk}/", {"mobile": "1", "education": "21"})

    assert faults_of(answer) == {"/mobile": "mobile_form"}
    worker.refresh_from_db()
    assert worker.education == "31"


def test_reveal_needs_permission_and_reason_and_is_logged(employer: Employer, clerk: Client) -> None:
    worker = make.make_worker(employer, id_no="370303199003070013")
    auditor = make.client_of(make.make_member(employer, Role.AUDITOR))

    refused = auditor.send("post", f"workers/{worker.pk}/reveal/", {"reason": "payroll"})
    unreasoned = clerk.send("post", f"workers/{worker.pk}/reveal/", {"reason": "curious"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    assert unreasoned.status_code == 400
    assert not AuditEvent.objects.filter(action="worker.revealed").exists()

    shown = clerk.send("post", f"workers/{worker.pk}/reveal/", {"reason": "payroll"})

    assert shown.json()["id_no"] == "370303199003070013"
    event = AuditEvent.objects.get(action="worker.revealed")
    assert (event.subject, event.detail) == (f"worker:{worker.pk}", {"reason": "payroll"})


def test_names_are_masked_for_who_may_not_see_personal_data(employer: Employer) -> None:
    make.make_worker(employer)
    auditor = make.client_of(make.make_member(employer, Role.AUDITOR))

    listed = auditor.send("get", "workers/").json()["results"]

    assert [row["name"] for row in listed] == ["测**"]


def test_search_finds_by_whole_number_and_piece_of_name(employer: Employer, clerk: Client) -> None:
    wanted = make.make_worker(employer, name="欧阳测试", id_no="370303199003070013", mobile="13700000001")
    make.make_worker(employer)
    make.make_worker(make.make_employer(), id_no="370303199003070013")

    for query in ({"id_no": "370303199003070013"}, {"mobile": "137 0000 0001"}, {"name": "欧阳"}):
        found = clerk.send("post", "workers/search/", query).json()
        assert [row["id"] for row in found] == [str(wanted.pk)], query


def test_other_employers_workers_are_not_found(employer: Employer, clerk: Client) -> None:
    theirs = make.make_worker(make.make_employer())
    before = Worker.objects.values().get(pk=theirs.pk)

    for identifier in (theirs.pk, uuid4()):
        answers = [
            clerk.send("get", f"workers/{identifier}/"),
            clerk.send("patch", f"workers/{identifier}/", {"education": "21"}),
            clerk.send("post", f"workers/{identifier}/reveal/", {"reason": "payroll"}),
        ]
        assert [a.status_code for a in answers] == [404, 404, 404]

    assert clerk.send("get", "workers/").json()["results"] == []
    assert Worker.objects.values().get(pk=theirs.pk) == before
    assert not AuditEvent.objects.filter(action__in=["worker.revealed", "worker.changed"]).exists()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SEAL_KEEPER])
def test_only_who_may_draft_edits_the_roster(employer: Employer, role: Role) -> None:
    worker = make.make_worker(employer)
    client = make.client_of(make.make_member(employer, role))

    created = client.send("post", "workers/", WORKER)
    changed = client.send("patch", f"workers/{worker.pk}/", {"education": "21"})

    assert {created.status_code, changed.status_code} == {403}
    assert Worker.objects.count() == 1
    worker.refresh_from_db()
    assert worker.education == "31"


def test_list_is_paged_by_key_and_filtered(employer: Employer, clerk: Client) -> None:
    made = [make.make_worker(employer, education="21" if n == 0 else "31") for n in range(5)]

    first = clerk.send("get", "workers/?page_size=3").json()
    second = clerk.send("get", first["next"]).json()
    graduates = clerk.send("get", "workers/?education=21").json()["results"]

    ids = [UUID(row["id"]) for row in first["results"] + second["results"]]
    assert ids == [worker.pk for worker in reversed(made)]
    assert [row["id"] for row in graduates] == [str(made[0].pk)]
