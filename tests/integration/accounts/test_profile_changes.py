"""An approved profile changes by request, with a paper, by an operator's decision."""

from io import BytesIO

import pytest
from PIL import Image

from accounts import selectors
from accounts.events import EmployerApproved
from accounts.models import Employer, ProfileChange
from accounts.services import notifications, profile_changes
from core import blobs, bus
from core.errors import Refused
from core.models import AuditEvent
from core.principal import Principal, Role
from tests.integration.accounts.conftest import deliver_mail, everything
from tests.support import accounts as make
from tests.support.accounts import Client


def licence() -> bytes:
    target = BytesIO()
    Image.new("RGB", (60, 40), "white").save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def chief(employer: Employer) -> Principal:
    return make.make_principal(employer, Role.OWNER)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    events: list[object] = []
    monkeypatch.setitem(bus._handlers, EmployerApproved, [events.append])
    return events


def ask(chief: Principal, **wanted: object) -> ProfileChange:
    return profile_changes.ask_for_change(principal=chief, wanted=wanted, evidence=licence())


def test_a06_an_operator_looks_at_the_paper_and_approves(
    chief: Principal, employer: Employer, operator: Client, heard: list[object]
) -> None:
    change = ask(chief, name="新名称（淄博）有限公司", contact_phone="0533-7654321", uscc=employer.uscc)
    employer.refresh_from_db()
    assert employer.name == make.PROFILE["name"]
    assert change.changes == {"name": "新名称（淄博）有限公司", "contact_phone": "0533-7654321"}

    (row,) = operator.send("get", "operator/profile-changes/?state=requested").json()["results"]
    assert row["changes"] == change.changes
    paper = operator.send("get", f"operator/profile-changes/{change.pk}/evidence/")
    assert (paper.content, paper["Content-Type"]) == (licence(), "image/png")
    assert "attachment" in paper["Content-Disposition"]
    assert operator.send("post", f"operator/profile-changes/{change.pk}/approve/").status_code == 200

    employer.refresh_from_db()
    assert (employer.name, employer.contact_phone) == ("新名称（淄博）有限公司", "0533-7654321")
    assert heard == [EmployerApproved(employer.pk, employer.name, employer.uscc)]
    events = AuditEvent.objects.filter(subject=change.subject).order_by("at")
    assert [event.action for event in events] == ["profile_change.requested", "profile_change.approved"]
    assert all("0533" not in str(event.detail) for event in events)
    assert "已通过" in deliver_mail()[-1].subject


def test_a_refusal_leaves_the_profile_and_tells_why(
    chief: Principal, employer: Employer, operator: Client, heard: list[object]
) -> None:
    change = ask(chief, name="新名称有限公司")
    before = Employer.objects.filter(pk=employer.pk).values().get()
    address = f"operator/profile-changes/{change.pk}"
    assert (
        operator.send("post", f"{address}/refuse/", {"note": "营业执照看不清"}).json()["state"] == "refused"
    )
    assert operator.send("post", f"{address}/approve/").json()["code"] == "state_conflict"
    assert Employer.objects.filter(pk=employer.pk).values().get() == before
    assert selectors.profile_changes_of(chief).get().note == "营业执照看不清"
    assert heard == []
    assert ask(chief, name="另一名称有限公司").state == "requested"


def test_what_cannot_be_asked_for(chief: Principal, employer: Employer) -> None:
    pending = make.make_principal(make.make_employer(state="pending"), Role.OWNER)
    clerk = make.make_principal(employer, Role.CLERK)
    before = everything()
    with pytest.raises(Refused, match="profile_change_empty"):
        ask(chief, name=employer.name)
    with pytest.raises(Refused, match="employer_faulty"):
        ask(chief, uscc="123", contact_phone="x")
    with pytest.raises(Refused, match="profile_not_approved"):
        ask(pending, name="新名称有限公司")
    with pytest.raises(Refused, match="not_permitted"):
        ask(clerk, name="新名称有限公司")
    for paper in (b"", b"MZ", b"%PDF-1.4 broken", b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(Refused, match="evidence_faulty"):
            profile_changes.ask_for_change(principal=chief, wanted={"name": "新名称有限公司"}, evidence=paper)
    assert everything() == before
    ask(chief, name="新名称有限公司")
    with pytest.raises(Refused, match="profile_change_open"):
        ask(chief, name="另一名称有限公司")
    assert ProfileChange.objects.count() == 1


def test_members_do_not_decide_and_others_do_not_see(
    chief: Principal, employer: Employer, owner: Client
) -> None:
    change = ask(chief, name="新名称有限公司")
    other = make.make_principal(make.make_employer(), Role.OWNER)
    before = everything()
    assert owner.send("get", "operator/profile-changes/").status_code == 403
    assert owner.send("get", f"operator/profile-changes/{change.pk}/evidence/").status_code == 403
    assert owner.send("post", f"operator/profile-changes/{change.pk}/approve/").status_code == 403
    assert not selectors.profile_changes_of(other)
    with pytest.raises(Refused, match="not_found"):
        selectors.profile_change_of(other, change.pk)
    assert everything() == before
    assert blobs.get(change.evidence) == licence()


def test_a_code_that_somebody_else_has_is_refused_at_the_decision(
    chief: Principal, operator: Client, heard: list[object]
) -> None:
    taken = make.make_employer()
    change = ask(chief, uscc=taken.uscc)
    answer = operator.send("post", f"operator/profile-changes/{change.pk}/approve/")
    assert answer.json()["code"] == "employer_already_registered"
    change.refresh_from_db()
    assert (change.state, heard) == ("requested", [])


def test_a_switched_off_topic_is_not_mailed(chief: Principal, operator: Client, heard: list[object]) -> None:
    notifications.choose(principal=chief, wanted=[])
    assert notifications.silenced(chief) == set(notifications.topics_for(Role.OWNER))
    assert "profile_decided" in notifications.silenced(chief)
    change = ask(chief, name="新名称有限公司")
    operator.send("post", f"operator/profile-changes/{change.pk}/approve/")
    assert deliver_mail() == []
    notifications.choose(principal=chief, wanted=notifications.topics_for(Role.OWNER))
    assert notifications.silenced(chief) == set()
