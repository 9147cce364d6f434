"""Pictures of pages: for whom, made once and in the background; and the plain link to the PDF."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from PIL import Image

from core import clock, work
from core.models import WorkItem
from signing.models import PageImage
from tests.support.signing import Phone, make_request, newest, refused, run, snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders", "heard")]


@pytest.fixture
def reader() -> Phone:
    """A phone that may see the document."""
    make_request()
    return Phone().open_link().identify().accept()


def page(phone: Phone, number: int, width: int = 720) -> Any:
    return phone.fetch(f"pages/{number}", width=width)


def test_a_page_is_made_in_the_background_and_kept(reader: Phone) -> None:
    first = page(reader, 2)
    assert first.status_code == 409
    assert first.json()["code"] == "page_not_ready"
    assert first["Retry-After"] == "1"
    assert not PageImage.objects.exists()
    run(work.GENERAL)
    second = page(reader, 2)
    assert second.status_code == 200
    assert second["Content-Type"] == "image/webp"
    assert second["Cache-Control"] == "no-store"
    assert second["Digest-SHA-256"] == reader.digest
    with Image.open(BytesIO(second.content)) as picture:
        assert picture.format == "WEBP"
        assert picture.width == 720
    assert PageImage.objects.count() == 4
    assert page(reader, 4).status_code == 200
    assert not WorkItem.objects.filter(kind="signing.pages").exists()


def test_pages_are_ready_when_the_reader_comes_in() -> None:
    make_request()
    phone = Phone().open_link()
    claim = {"name": phone.name, "id_no": phone.id_no, "page_width": 1080}
    assert phone.post("identity", {**claim, "name": "测试乙"}).status == 422
    run(work.GENERAL)
    assert not PageImage.objects.exists()
    assert phone.post("identity", {**claim, "page_width": 999}).status == 400
    assert phone.post("identity", claim).status == 202
    run(work.GENERAL)
    assert page(phone, 1, 1080).json()["code"] == "step_missing"
    phone.post("identity/code", {"code": newest(r"】验证码(\d{6})", phone.mobile)})
    assert page(phone.accept(), 4, 1080).status_code == 200


def test_nothing_is_drawn_for_a_document_that_nobody_looks_at(reader: Phone) -> None:
    reader.read()
    run(work.GENERAL)
    assert not PageImage.objects.exists()


def test_work_that_was_interrupted_goes_on_where_it_stood(reader: Phone) -> None:
    page(reader, 1)
    run(work.GENERAL)
    PageImage.objects.filter(page=3).delete()
    kept = set(PageImage.objects.values_list("pk", flat=True))
    page(reader, 3)
    run(work.GENERAL)
    assert page(reader, 3).status_code == 200
    assert kept < set(PageImage.objects.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("number", "width", "status", "code"),
    [(0, 720, 404, "not_found"), (5, 720, 404, "not_found"), (1, 800, 400, "invalid_input")],
)
def test_what_is_not_there_is_refused_and_not_made(
    reader: Phone, number: int, width: int, status: int, code: str
) -> None:
    answer = page(reader, number, width)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not WorkItem.objects.filter(kind="signing.pages").exists()


STAGES: dict[str, Callable[[Phone], Phone]] = {
    "nothing proved": lambda phone: phone,
    "nothing accepted": lambda phone: phone.identify(),
}


@pytest.mark.parametrize("stage", STAGES)
def test_no_page_and_no_link_before_identity_and_notices(stage: str) -> None:
    make_request()
    phone = STAGES[stage](Phone().open_link())
    before = snapshot()
    answer = page(phone, 1)
    assert (answer.status_code, answer.json()["code"]) == (409, "step_missing")
    refused(phone.post("document/link"), "step_missing", before)


def test_a_plain_link_gives_the_pdf_for_ten_minutes(reader: Phone) -> None:
    url = reader.post("document/link").body["url"]
    answer = reader.client.get(url)
    assert answer.status_code == 200
    assert answer.content == reader.document()
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E7%AD%BE%E7%BD%B2")
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        late = reader.client.get(url)
    assert late.status_code == 410
    assert "下载链接已过期" in late.content.decode()


def test_a_forged_link_gives_nothing(reader: Phone) -> None:
    url = reader.post("document/link").body["url"]
    forged = url.replace("/file/", "/file/0")
    assert reader.client.get(forged).status_code == 410


def test_a_link_ends_with_the_session_that_asked_for_it(reader: Phone) -> None:
    url = reader.post("document/link").body["url"]
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        Phone().open_link().identify()
        assert reader.client.get(url).status_code == 401
