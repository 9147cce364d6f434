"""The day on which a party signs: in the document's fields for it, under that party's signature."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signing.keys.errors import TimeStampUnavailable
from signing.pades import Box, FieldSpec, archive, prepare, sign_first, sign_next, validate
from signing.pades.apply import SHANGHAI
from signing.pades.errors import PlaceRefused
from tests.integration.signing.test_tampering import appended, assert_refused
from tests.support.ceremony import A4, Ceremony, fields, seams
from tests.support.sample_pdf import sample_pdf
from tests.support.second_opinions import check

NEAR = 0.5  # points
SCALE = 8  # pixels a point
WORKERS = (Box(1, 0.6, 0.93, 0.18, 0.018), Box(2, 0.6, 0.93, 0.12, 0.03))
EMPLOYERS = (Box(3, 0.2, 0.93, 0.18, 0.018),)


def dated() -> tuple[FieldSpec, FieldSpec]:
    worker, employer = fields()
    return (
        FieldSpec(worker.name, worker.tooltip, worker.box, dates=WORKERS),
        FieldSpec(employer.name, employer.tooltip, employer.box, employer.zone, dates=EMPLOYERS),
    )


@pytest.fixture(scope="module")
def base() -> bytes:
    return prepare(sample_pdf()[0], dated(), seams(4))


@pytest.fixture(scope="module")
def first(base: bytes, ceremony: Ceremony) -> bytes:
    return sign_first(base, ceremony.worker, ceremony.tsa)


@pytest.fixture(scope="module")
def final(first: bytes, ceremony: Ceremony) -> bytes:
    signed = sign_next(first, ceremony.employer, ceremony.tsa, ceremony.completion)
    return archive(signed, ceremony.tsa)


def dates_of(pdf: bytes) -> dict[str, tuple[list[float], str]]:
    """Rectangle (points from the top left) and value of every date field."""
    with pikepdf.open(BytesIO(pdf)) as document:
        found = {}
        for field in document.Root.AcroForm.Fields:
            if str(field.T).startswith("date_"):
                left, bottom, right, top = (float(number) for number in field.Rect)
                rect = [left, A4[1] - top, right - left, top - bottom]
                found[str(field.T)] = rect, str(field.get("/V", ""))
        return found


def ink(pdf: bytes, box: Box) -> tuple[float, float, float, float]:
    """Where something dark is in and around a box (points from the top left)."""
    with pypdfium2.PdfDocument(pdf) as document:
        document.init_forms()
        image = document[box.page - 1].render(scale=SCALE, may_draw_forms=True).to_pil().convert("L")
    left, top = (box.x - 0.02) * image.width, (box.y - 0.01) * image.height
    right, bottom = (box.x + box.w + 0.02) * image.width, (box.y + box.h + 0.01) * image.height
    found = image.crop((round(left), round(top), round(right), round(bottom))).point(
        lambda v: 255 * (v < 128)
    )
    cut = found.getbbox()
    assert cut
    x, y = round(left), round(top)
    return (cut[0] + x) / SCALE, (cut[1] + y) / SCALE, (cut[2] + x) / SCALE, (cut[3] + y) / SCALE


def test_each_party_signs_with_the_day_in_its_places(final: bytes, base: bytes, ceremony: Ceremony) -> None:
    today = datetime.now(SHANGHAI)
    words = f"{today.year}年{today.month}月{today.day}日"

    found = dates_of(final)

    assert validate(final, ceremony.roots).problems == ()
    assert {value for _, value in found.values()} == {words}
    assert {value for _, value in dates_of(base).values()} == {""}
    boxes = {"date_worker_1": WORKERS[0], "date_worker_2": WORKERS[1], "date_employer_1": EMPLOYERS[0]}
    assert set(found) == set(boxes)
    for name, box in boxes.items():
        x, y, w, h = box.x * A4[0], box.y * A4[1], box.w * A4[0], box.h * A4[1]
        assert found[name][0] == pytest.approx([x, y, w, h], abs=NEAR)
        left, top, right, bottom = ink(final, box)
        assert left >= x - NEAR
        assert top >= y - NEAR
        assert right <= x + w + NEAR
        assert bottom <= y + h + NEAR
        assert max((right - left) / w, (bottom - top) / h) > 0.8  # as large as its place


@pytest.mark.needs("pdfsig", "certutil", "qpdf", "openssl")
def test_other_tools_accept_it(final: bytes, ceremony: Ceremony, tmp_path: Path) -> None:
    file, root = tmp_path / "contract.pdf", tmp_path / "root.pem"
    file.write_bytes(final)
    root.write_bytes(ceremony.pki.root_pem)

    assert [opinion for opinion in check(file, root) if not opinion.accepted] == []


def test_a_date_that_is_written_over_is_found(first: bytes, ceremony: Ceremony) -> None:
    """The worker's signature locks it: the employer's revision may fill in its own fields only."""

    def write_over(writer: IncrementalPdfFileWriter) -> None:
        for reference in writer.root["/AcroForm"]["/Fields"]:
            field = reference.get_object()
            if field["/T"] == "date_worker_1":
                other = generic.StreamObject(
                    {pdf_name("/Subtype"): pdf_name("/Form"), pdf_name("/BBox"): field["/Rect"]},
                    stream_data=b"0 0 99 99 re f",
                )
                field["/AP"] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(other)})
                writer.update_container(field)

    changed = appended(first, write_over)
    signed = sign_next(changed, ceremony.employer, ceremony.tsa, ceremony.completion)

    verdict = assert_refused(archive(signed, ceremony.tsa), ceremony)

    assert ("changed_after_signing", "worker") in {(p.code, p.field) for p in verdict.problems}


def test_nothing_is_signed_with_a_day_that_is_over(base: bytes, ceremony: Ceremony) -> None:
    """The day is drawn before the time-stamp comes; between the two midnight may pass."""

    class Yesterday:
        def __getattr__(self, name: str) -> Any:
            return getattr(ceremony.tsa, name)

        def now(self) -> datetime:
            return datetime.now(UTC) - timedelta(days=1)

    yesterday: Any = Yesterday()
    with pytest.raises(TimeStampUnavailable):
        sign_first(base, ceremony.worker, yesterday)


def test_a_date_may_not_stand_where_somebody_signs() -> None:
    worker, employer = fields()
    on_it = FieldSpec(worker.name, worker.tooltip, worker.box, dates=(worker.box,))
    with pytest.raises(PlaceRefused):
        prepare(sample_pdf()[0], (on_it, employer))


def test_fields_that_no_signature_locks_are_refused(
    base: bytes, ceremony: Ceremony, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last signature leaves the others' dates to them; whoever signs without locking its own is found."""
    from signing.pades import apply

    with monkeypatch.context() as patch:
        patch.setattr(apply, "_locking_dates", lambda mdp, *_, last: mdp)
        loose = sign_first(base, ceremony.worker, ceremony.tsa)
    signed = sign_next(loose, ceremony.employer, ceremony.tsa, ceremony.completion)

    verdict = assert_refused(archive(signed, ceremony.tsa), ceremony)

    assert [problem.code for problem in verdict.problems] == ["not_locked"]
