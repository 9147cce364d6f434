"""The public verify page: what it says, what it does not tell, and that hostile files harm nothing."""

import io
import random
import re
import signal
import subprocess
import sys
import time
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pikepdf
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from core import blobs, clock
from signing.models import InspectedPage, SignatureRequest
from signing.pades.validate import MAX_SIZE
from signing.services import inspecting
from tests.support.pki import RunningPki
from tests.support.sample_pdf import sample_pdf
from tests.support.signed_contracts import Authorities, SignedFile, random_facts, sign_contract
from tests.support.signing import make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders", "authorities")]


@pytest.fixture(scope="module")
def signed(pki: RunningPki) -> SignedFile:
    return sign_contract(Authorities(pki), random_facts(random.Random(11), "general"))


def visitor() -> Browser:
    return Browser(headers={"Accept-Language": "zh-CN"})


def upload(browser: Browser, data: bytes, name: str = "a.pdf") -> Any:
    return browser.post(reverse("verify:verify"), {"file": SimpleUploadedFile(name, data)})


def told(answer: Any) -> str:
    """The page's words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def completed(signed: SignedFile) -> SignatureRequest:
    request = make_request()
    SignatureRequest.objects.filter(pk=request.pk).update(
        state="completed", completed_at=clock.now(), current_digest=blobs.put(signed.pdf)
    )
    request.refresh_from_db()
    return request


def test_a_signed_file_is_told_in_words(signed: SignedFile) -> None:
    browser = visitor()
    answer = upload(browser, signed.pdf)
    words = told(answer)
    assert "核验通过" in words
    assert signed.facts["employer"]["name"] in words
    assert signed.facts["worker"]["name"] in words  # the file's own certificate names the signer
    assert signed.facts["worker"]["id_no"] not in words
    assert signed.facts["worker"]["mobile"] not in words
    assert "没有与它完全相同的正本" in words
    pictures = re.findall(r'src="(/verify/[^"]+)"', answer.content.decode())
    assert len(pictures) > 1
    picture = browser.get(pictures[0])
    assert picture["Content-Type"] == "image/webp"
    assert visitor().get(pictures[0]).status_code == 404  # another browser
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        assert browser.get(pictures[0]).status_code == 404
        inspecting.forget_pages()
    assert not InspectedPage.objects.exists()


def test_our_own_file_is_recognised(signed: SignedFile) -> None:
    completed(signed)
    assert "正本与这份文件完全相同" in told(upload(visitor(), signed.pdf))


@pytest.mark.parametrize("where", [0.3, 0.6, 0.9])
def test_a_changed_byte_is_noticed(signed: SignedFile, where: float) -> None:
    place = int(len(signed.pdf) * where)
    changed = bytearray(signed.pdf)
    changed[place] ^= 1
    assert "核验未通过" in told(upload(visitor(), bytes(changed)))


def encrypted() -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(sample_pdf()[0])) as pdf:
        pdf.save(target, encryption=pikepdf.Encryption(owner="a", user="b"))
    return target.getvalue()


def bomb() -> bytes:
    """Two gigabytes of blanks as a page's content, in two megabytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 2**24) for _ in range(128)) + packer.flush()
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    page.Contents = pikepdf.Stream(pdf, packed)
    page.Contents.write(packed, filter=pikepdf.Name.FlateDecode)
    target = io.BytesIO()
    pdf.save(target, stream_decode_level=pikepdf.StreamDecodeLevel.none, recompress_flate=False)
    return target.getvalue()


def nested() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000 + b"]" * 200_000 + b"\nendobj\ntrailer<</Root 1 0 R>>"


def enormous_page() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(3, 14_400))
    pdf.add_blank_page(page_size=(14_400, 14_400))
    target = io.BytesIO()
    pdf.save(target)
    return target.getvalue()


HOSTILE = {
    "empty-ish": lambda signed: b"%PDF-",
    "no PDF": lambda signed: b"MZ\x90\0" + bytes(5000),
    "picture": lambda signed: b"\x89PNG\r\n\x1a\n" + bytes(100),
    "page of the web": lambda signed: b"<html><script>alert(1)</script></html>",
    "truncated": lambda signed: signed.pdf[: len(signed.pdf) // 2],
    "tail only": lambda signed: signed.pdf[-5000:],
    "encrypted": lambda signed: encrypted(),
    "not signed": lambda signed: sample_pdf()[0],
    "bomb": lambda signed: bomb(),
    "nested": lambda signed: nested(),
    "enormous page": lambda signed: enormous_page(),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_harm_nothing(signed: SignedFile, kind: str) -> None:
    begun = time.monotonic()
    answer = upload(visitor(), HOSTILE[kind](signed), "<b>.pdf")  # type: ignore[no-untyped-call]  # pikepdf types it half
    assert answer.status_code == 200
    assert "核验未通过" in told(answer)
    assert "alert(1)" not in answer.content.decode()
    assert time.monotonic() - begun < inspecting.SECONDS + 20


@pytest.mark.parametrize(
    ("act", "ends_with"),
    [
        ("bytearray(2**31)", "MemoryError"),
        ("open('grown', 'wb').write(b'x' * 9000)", "File too large"),
        ("[open('/dev/null') for _ in range(200)]", "Too many open files"),
    ],
)
def test_the_process_is_bounded_by_the_operating_system(act: str, ends_with: str, tmp_path: Path) -> None:
    program = f"import os; from core.confined import bound; os.chdir({str(tmp_path)!r}); bound(); {act}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert ends_with in done.stderr or done.returncode == -signal.SIGXFSZ


def test_what_takes_too_long_is_ended(signed: SignedFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspecting, "SECONDS", 0.05)
    assert "核验未通过" in told(upload(visitor(), signed.pdf))


def test_too_large_a_file_is_refused_unread() -> None:
    answer = visitor().post(
        reverse("verify:verify"), b"x", content_type="multipart/form-data; boundary=b",
        headers={"Content-Length": str(MAX_SIZE * 2)}, CONTENT_LENGTH=str(MAX_SIZE * 2),
    )  # fmt: skip
    assert answer.status_code == 413
    assert inspecting.inspect(b"%" * (MAX_SIZE + 1), keep_pages=False).problems == ("too_large",)


def test_a_code_tells_no_more_than_who_and_when(signed: SignedFile) -> None:
    request = completed(signed)
    code = request.verify_code
    typed = "-".join(code[n : n + 4] for n in range(0, 16, 4)).lower()
    words = told(visitor().post(reverse("verify:verify"), {"code": typed}))
    assert "核验通过" in words
    assert signed.facts["employer"]["name"] in words
    assert signed.facts["worker"]["name"] not in words
    assert signed.facts["worker"]["name"][0] + "**" in words
    assert "文件各页" not in words
    assert not InspectedPage.objects.exists()


def test_an_unfinished_document_is_said_to_be_one() -> None:
    request = make_request()
    words = told(visitor().post(reverse("verify:verify"), {"code": request.verify_code}))
    assert "还没有签署完成" in words
    assert "核验通过" not in words


def test_codes_are_long_random_and_not_to_be_tried_out() -> None:
    codes = {make_request().verify_code for _ in range(20)}
    assert len(codes) == 20
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{16}", code) for code in codes)
    browser = visitor()
    answers = [
        browser.post(reverse("verify:verify"), {"code": uuid4().hex[:16]}).status_code for _ in range(31)
    ]
    assert set(answers[:30]) == {404}
    assert answers[30] == 429
    assert browser.post(reverse("verify:verify"), {"code": "short"}).status_code == 429
