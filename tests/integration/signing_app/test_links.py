"""What becomes of an invitation: reminders, the link once more, and "that is not me"."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from core import bus, clock, work
from core.models import AuditEvent
from signing.events import PaperWanted, PartyDisowned
from signing.models import Notice, Person, SigningParty
from signing.services import links, requests
from tests.support.signing import ID_NO, MOBILE, Phone, make_request, messages, newest, refused, run, snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders", "heard")]
LINK = r"/sign/#([\w-]{43})"
NEW_MOBILE = "13900000001"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What upper apps are told about links and paper."""
    events: list[object] = []
    for kind in (PartyDisowned, PaperWanted):
        monkeypatch.setitem(bus._handlers, kind, [events.append])
    return events


def at_noon(days: int) -> Any:
    noon = clock.now().astimezone(clock.SHANGHAI).replace(hour=12, minute=0)
    return time_machine.travel(noon + timedelta(days=days))


def test_a_reminder_brings_a_new_link_and_leaves_the_session_alone() -> None:
    request = make_request()
    phone = Phone().open_link().identify()
    old = newest(LINK)
    links.remind_party(request_id=request.pk, actor="user:1")
    assert "提醒" in messages()[-1]
    assert newest(LINK) != old
    assert Phone().post("exchange", {"token": old}).code == "link_replaced"
    assert phone.get("session").status == 200
    assert AuditEvent.objects.filter(action="party.reminded", actor="user:1").count() == 1


def test_two_reminders_a_day_and_no_more() -> None:
    request = make_request(expires_in=timedelta(days=14))
    for _ in range(2):
        links.remind_party(request_id=request.pk, actor="user:1")
    before = snapshot()
    with pytest.raises(Exception, match="reminders_spent"):
        links.remind_party(request_id=request.pk, actor="user:1")
    assert snapshot() == before
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1)):
        links.remind_party(request_id=request.pk, actor="user:1")


def test_who_has_signed_is_not_reminded(authorities: object) -> None:
    request = make_request()
    Phone().prepare_to_sign().confirm()
    run(work.SIGNING)
    with pytest.raises(Exception, match="nobody_to_remind"):
        links.remind_party(request_id=request.pk, actor="user:1")


def test_the_sweep_reminds_after_three_days_by_day_once() -> None:
    make_request(expires_in=timedelta(days=14))
    with at_noon(1):
        links.remind_waiting()
    assert Notice.objects.filter(template="reminder").count() == 0
    with at_noon(4):
        links.remind_waiting()
        links.remind_waiting()
    assert Notice.objects.filter(template="reminder").count() == 1


@pytest.mark.parametrize("hour", [8, 20, 3])
def test_nobody_is_woken_by_a_reminder(hour: int) -> None:
    make_request(expires_in=timedelta(days=14))
    night: datetime = clock.now().astimezone(clock.SHANGHAI).replace(hour=hour) + timedelta(days=5)
    with time_machine.travel(night):
        links.remind_waiting()
    assert not Notice.objects.filter(template="reminder").exists()


def test_that_is_not_me_voids_the_link_and_tells_the_sender(told: list[object]) -> None:
    request = make_request()
    token = newest(LINK)
    phone = Phone().open_link(token)
    assert phone.post("stranger").status == 200
    party = SigningParty.objects.get(role="worker")
    assert party.disowned_at is not None
    assert told == [PartyDisowned(request.pk, request.subject, request.tenant)]
    assert phone.get("session").code == "session_invalid"
    assert Phone().post("exchange", {"token": token}).code == "link_replaced"
    with pytest.raises(Exception, match="party_disowned"):
        links.remind_party(request_id=request.pk, actor="user:1")
    requests.reinvite_party(request_id=request.pk, party_id=party.pk, actor="user:1", mobile=NEW_MOBILE)
    party.refresh_from_db()
    assert party.disowned_at is None
    assert Phone(mobile=NEW_MOBILE).open_link().identify().get("session").body["identity"] == "done"


def test_who_has_proved_to_be_the_person_is_no_stranger(told: list[object]) -> None:
    make_request()
    phone = Phone().open_link().identify()
    before = snapshot()
    refused(phone.post("stranger"), "identity_known", before)
    other = Phone().open_link()
    assert other.post("stranger").status == 200  # a forwarded link: void, but the person goes on
    assert phone.get("session").status == 200
    assert SigningParty.objects.get(role="worker").disowned_at is None
    assert told == []


def test_the_link_once_more_goes_to_the_phone_that_was_proved() -> None:
    make_request()
    stranger = Phone().open_link()
    before = snapshot()
    refused(stranger.post("own-link"), "step_missing", before)
    phone = Phone().open_link().identify()
    for _ in range(3):
        answer = phone.post("own-link")
        assert answer.body == {"sent_to": "*******0000"}
    assert "您要的链接" in messages()[-1]
    before = snapshot()
    refused(phone.post("own-link"), "links_spent", before)


def test_paper_is_asked_for_only_when_everybody_has_signed(told: list[object]) -> None:
    request = make_request()
    phone = Phone().open_link().identify()
    before = snapshot()
    refused(phone.post("paper"), "paper_not_yet", before)
    request.state, request.completed_at = "completed", clock.now()
    request.save()
    assert phone.post("paper").status == 202
    party = request.parties.get(role="worker")
    assert told == [PaperWanted(request.pk, request.subject, request.tenant, party.pk)]


def test_the_first_download_of_the_final_file_is_kept() -> None:
    request = make_request()
    phone = Phone().open_link().identify().accept()
    phone.document()
    party = request.parties.get(role="worker")
    assert party.downloaded_at is None
    request.state, request.completed_at = "completed", clock.now()
    request.save()
    url = phone.post("document/link").body["url"]
    assert phone.client.get(url).status_code == 200
    party.refresh_from_db()
    first = party.downloaded_at
    assert first is not None
    phone.document()
    party.refresh_from_db()
    assert party.downloaded_at == first
    events = AuditEvent.objects.filter(action="document.downloaded").order_by("at")
    assert [event.detail["final"] for event in events] == [False, True, True]


def test_people_are_written_to_in_the_language_they_read() -> None:
    make_request()
    phone = Phone().open_link()
    phone.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    phone.claim()
    assert "[Qianbei] Code" in messages()[-1]
    code = newest(r"Code (\d{6})")
    assert phone.post("identity/code", {"code": code}).status == 200
    person = Person.objects.get()
    assert (person.language, person.mobile) == ("en", MOBILE)
    phone.post("own-link")
    assert messages()[-1].startswith("[Qianbei] The link you asked for")
    phone.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    phone.accept()
    make_request()
    assert "邀请您签署" in messages()[-1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_message_exists_in_both_languages_without_identity_numbers(language: str) -> None:
    from django.conf import settings

    folder = settings.ROOT / "templates" / "sms"
    names = {path.name for path in (folder / "zh").iterdir()}
    assert {path.name for path in (folder / language).iterdir()} == names
    for path in (folder / language).iterdir():
        text = path.read_text(encoding="utf-8")
        assert "id_no" not in text
        assert text.startswith("【签备】" if language == "zh" else "[Qianbei] ")
    assert ID_NO not in "".join(messages())


def test_a_printed_link_asks_for_the_same_proofs_and_lives_for_a_working_day() -> None:
    request = make_request()
    old = newest(LINK)
    (printed,) = links.print_links(request_ids=[request.pk], actor="user:1")
    token = printed.url.rpartition("#")[2]
    phone = Phone().open_link(token)
    assert phone.get("session").body["personal"] is None
    assert phone.get("session").body["sent_to"] == "*******0000"
    assert phone.fetch("document").status_code == 409
    phone.identify()
    assert Phone().post("exchange", {"token": old}).status == 201  # the message's link goes on
    with time_machine.travel(clock.now() + timedelta(hours=12, minutes=1)):
        before = snapshot()
        refused(Phone().post("exchange", {"token": token}), "printed_link_expired", before)


def test_printing_again_voids_what_was_printed_and_a_new_invitation_voids_all() -> None:
    request = make_request()
    (first,) = links.print_links(request_ids=[request.pk], actor="user:1")
    (second,) = links.print_links(request_ids=[request.pk], actor="user:1")
    tokens = [each.url.rpartition("#")[2] for each in (first, second)]
    assert Phone().post("exchange", {"token": tokens[0]}).code == "link_replaced"
    links.remind_party(request_id=request.pk, actor="user:1")
    assert Phone().post("exchange", {"token": tokens[1]}).status == 201
    party = request.parties.get(role="worker")
    requests.reinvite_party(request_id=request.pk, party_id=party.pk, actor="user:1")
    assert Phone().post("exchange", {"token": tokens[1]}).code == "link_replaced"


def test_nothing_is_printed_for_who_has_nothing_to_sign() -> None:
    request = make_request()
    request.parties.filter(role="worker").update(state="confirmed")
    before = snapshot()
    assert links.print_links(request_ids=[request.pk], actor="user:1") == []
    assert snapshot() == before
