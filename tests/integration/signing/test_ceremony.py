"""A document signed by two parties, judged by our rule and by four tools that are not ours."""

import dataclasses
import re
import stat
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from types import NoneType

import pikepdf
import pypdfium2
import pytest

from signing.keys.authority import WorkerSubject
from signing.pades import (
    Box,
    Completion,
    FieldSpec,
    Party,
    TypedName,
    archive,
    prepare,
    read_attachment,
    sign_first,
    sign_next,
    validate,
)
from signing.pades.appearance import POINTS_PER_MM
from signing.pades.verdict import Subject
from tests.support.ceremony import SEAL, STROKES, Ceremony, fields
from tests.support.pki import authority
from tests.support.sample_pdf import sample_pdf
from tests.support.second_opinions import PACKAGES, ToolMissing, check

# What holds on to nothing else; pyHanko's own strings hold on to the document that they were read from.
PLAIN = {str, bytes, bool, datetime, NoneType, Subject}


def red_box(pdf: bytes, page: int) -> tuple[float, float, float, float]:
    """Where something red is on the displayed page: left, top, right, bottom as fractions."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    image = document[page - 1].render(scale=1.5, may_draw_forms=True).to_pil().convert("RGB")
    document.close()
    width, height = image.size
    pixels = image.load()
    found = [
        (x, y) for x in range(width) for y in range(height)
        if pixels[x, y][0] > 180 and pixels[x, y][1] < 80 and pixels[x, y][2] < 80
    ]  # fmt: skip
    xs, ys = [x for x, _ in found], [y for _, y in found]
    return min(xs) / width, min(ys) / height, max(xs) / width, max(ys) / height


def test_both_parties_signed_and_the_archive_covers_all(any_ceremony: Ceremony) -> None:
    verdict = validate(any_ceremony.final, any_ceremony.roots)
    assert verdict.problems == ()
    assert verdict.ok
    worker, employer = verdict.signatures
    assert (worker.field, worker.signer.common_name) == ("worker", "测试甲")
    assert employer.signer.organisation == "示例制造（淄博）有限公司"
    assert employer.signer.organisation_id == "NTRCN-91370303MA3TE5T03M"
    assert worker.signer.is_test
    assert employer.signer.is_test
    assert worker.whole_revision
    assert employer.whole_revision
    assert verdict.archive is not None
    assert worker.at is not None
    assert employer.at is not None
    assert worker.at < employer.at < verdict.archive.at
    assert abs(verdict.archive.at - datetime.now(UTC)) < timedelta(minutes=30)


@pytest.mark.needs("pdfsig", "certutil", "qpdf", "openssl")
def test_four_other_tools_accept_the_file(any_ceremony: Ceremony, tmp_path: Path) -> None:
    file, root = tmp_path / "contract.pdf", tmp_path / "root.pem"
    file.write_bytes(any_ceremony.final)
    root.write_bytes(any_ceremony.pki.root_pem)
    opinions = check(file, root)
    assert [opinion for opinion in opinions if not opinion.accepted] == []
    asked = [opinion.tool for opinion in opinions]
    assert asked.count("openssl cms -verify") == 2
    assert asked.count("openssl ts -verify") == 3
    assert asked.count("pdfsig") == asked.count("qpdf --check") == 1


@pytest.mark.needs("pdfsig", "certutil", "qpdf", "openssl")
def test_the_other_tools_do_refuse(ceremony: Ceremony, tmp_path: Path) -> None:
    file, root = tmp_path / "contract.pdf", tmp_path / "root.pem"
    altered = bytearray(ceremony.final)
    altered[altered.index(b"/Outlines")] ^= 1
    file.write_bytes(altered)
    root.write_bytes(ceremony.pki.root_pem)
    refusing = {opinion.tool for opinion in check(file, root) if not opinion.accepted}
    assert refusing >= {"pdfsig", "openssl cms -verify", "openssl ts -verify"}


@pytest.mark.parametrize("missing", PACKAGES)
def test_a_missing_tool_is_named(
    missing: str, ceremony: Ceremony, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tool in PACKAGES:
        if tool != missing:
            stand_in = tmp_path / tool
            stand_in.touch()
            stand_in.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match=missing):
        check(tmp_path / "contract.pdf", tmp_path / "root.pem")


@pytest.mark.parametrize("days", [2, 400, 365 * 5, 365 * 11])
def test_the_file_proves_itself_offline_years_ahead(any_ceremony: Ceremony, days: int) -> None:
    """The worker's certificate has long expired, the employer's too, and no server is asked."""
    ahead = datetime.now(UTC) + timedelta(days=days)
    verdict = validate(any_ceremony.final, any_ceremony.roots, at=ahead)
    assert verdict.problems == ()
    assert verdict.ok


def test_a_verdict_that_is_kept_keeps_nothing_of_the_document(ceremony: Ceremony) -> None:
    refused = validate(ceremony.first, ceremony.roots)
    assert refused.problems
    accepted = validate(ceremony.final, ceremony.roots)
    report, *_ = accepted.signatures
    assert accepted.archive
    for part in (*refused.problems, report, report.signer, accepted.archive):
        assert {type(value) for value in vars(part).values()} <= PLAIN, part


def test_the_archive_must_be_renewed_before_its_certificate_expires(ceremony: Ceremony) -> None:
    verdict = validate(ceremony.final, ceremony.roots, at=datetime.now(UTC) + timedelta(days=365 * 13))
    assert [problem.code for problem in verdict.problems] == ["archive_expired"]


def test_every_stage_only_appends_after_an_end_of_line(ceremony: Ceremony) -> None:
    """PDF/A-3, 6.1.9: without an end of line after %%EOF the appended object makes the file invalid."""
    stages = [ceremony.base, ceremony.first, ceremony.second, ceremony.final]
    for before, after in pairwise(stages):
        assert before.endswith(b"%%EOF\n")
        assert after.startswith(before)


def test_signing_leaves_the_metadata_alone(ceremony: Ceremony) -> None:
    """PDF/A wants Info and XMP to agree, and our clock has no business in them."""
    appended = ceremony.final[len(ceremony.base) :]
    assert b"/ModDate" not in appended
    assert b"xpacket" not in appended
    assert b"/Version" not in appended


def test_the_reserved_space_is_tight(any_ceremony: Ceremony) -> None:
    holes = re.findall(rb"/Contents <([0-9A-F]+)>", any_ceremony.final)
    assert len(holes) == 3
    for hole in holes:
        assert len(hole) - len(hole.rstrip(b"0")) < 1000
        assert len(hole) < 17_000


def test_the_facts_travel_inside(ceremony: Ceremony) -> None:
    assert read_attachment(ceremony.final, "contract.json") == read_attachment(
        sample_pdf()[0], "contract.json"
    )


def test_the_seal_is_where_it_was_dragged_and_at_its_true_size(ceremony: Ceremony) -> None:
    place = Box(4, 0.55, 0.08, 0.35, 0.3)
    party = dataclasses.replace(ceremony.employer, place=place)
    first = sign_first(prepare(sample_pdf()[0], fields()), ceremony.worker, ceremony.tsa)
    signed = sign_next(first, party, ceremony.tsa, Completion(ceremony.completion.evidence))
    left, top, right, bottom = red_box(signed, 4)
    assert (left + right) / 2 == pytest.approx(place.x + place.w / 2, abs=0.005)
    assert (top + bottom) / 2 == pytest.approx(place.y + place.h / 2, abs=0.005)
    diameter = SEAL.diameter_mm * POINTS_PER_MM
    assert (right - left) * 595.276 == pytest.approx(diameter, abs=2)
    assert (bottom - top) * 841.89 == pytest.approx(diameter, abs=2)
    assert validate(archive(signed, ceremony.tsa), ceremony.roots).ok


def test_each_page_has_its_strip_of_the_seam_seal(ceremony: Ceremony) -> None:
    strip = 42 * POINTS_PER_MM / 4 / 595.276
    for page in (1, 2, 3):
        left, top, right, bottom = red_box(ceremony.final, page)
        assert left >= 1 - strip - 0.005
        assert right > 0.99
        assert (top + bottom) / 2 == pytest.approx(0.5, abs=0.06)
    without = Completion(ceremony.completion.evidence)
    with pytest.raises(ValueError, match="cross-page seal"):
        sign_next(ceremony.first, ceremony.employer, ceremony.tsa, without)


def test_the_first_signature_may_go_to_another_page(ceremony: Ceremony) -> None:
    place = Box(2, 0.1, 0.6, 0.3, 0.08)
    moved = sign_first(ceremony.base, dataclasses.replace(ceremony.worker, place=place), ceremony.tsa)
    with pikepdf.open(BytesIO(moved)) as document:
        page = document.pages[1].obj
        widget = next(one for one in page.Annots if one.get("/T") == "worker")
        assert widget.P.objgen == page.objgen
        rect = [float(number) for number in widget.Rect]
        assert rect == pytest.approx([59.528, 269.405, 238.11, 336.756], abs=0.01)
        assert all(one.get("/T") != "worker" for one in document.pages[3].obj.Annots)
        numbers = document.Root.StructTreeRoot.ParentTree.Nums
        element = numbers[list(numbers).index(widget.StructParent) + 1]
        assert element.Pg.objgen == element.K.Pg.objgen == page.objgen
    done = archive(sign_next(moved, ceremony.employer, ceremony.tsa, ceremony.completion), ceremony.tsa)
    assert validate(done, ceremony.roots).ok


@pytest.mark.parametrize("order", [("worker",), ("employer", "worker"), ("worker", "witness", "employer")])
def test_any_number_of_parties_in_any_order(ceremony: Ceremony, order: tuple[str, ...]) -> None:
    worker, employer = fields()
    witness = FieldSpec("witness", "见证人签名 / Witness", Box(1, 0.1, 0.1, 0.2, 0.05))
    specs = {"worker": worker, "employer": employer, "witness": witness}
    witness_key = authority(ceremony.pki).issue_worker(WorkerSubject("测试乙", "w-0002"))
    parties = {
        "worker": ceremony.worker,
        "employer": ceremony.employer,
        "witness": Party("witness", witness_key, TypedName("测试乙")),
    }
    keys = [parties[name].key for name in order]
    completion = Completion(ceremony.evidence(*keys))
    pdf = prepare(sample_pdf()[0], [specs[name] for name in order])
    for name in order:
        sign = sign_first if name == order[0] else sign_next
        pdf = sign(pdf, parties[name], ceremony.tsa, completion if name == order[-1] else None)
    verdict = validate(archive(pdf, ceremony.tsa), ceremony.roots)
    assert verdict.problems == ()
    assert [signature.field for signature in verdict.signatures] == list(order)


def test_the_archive_can_be_renewed(ceremony: Ceremony) -> None:
    evidence = [ceremony.revocation.evidence(ceremony.tsa.chain, fresh=True)]
    renewed = archive(ceremony.final, ceremony.tsa, evidence)
    verdict = validate(renewed, ceremony.roots)
    assert verdict.problems == ()
    assert verdict.ok


def test_handwriting_is_drawn(ceremony: Ceremony) -> None:
    assert STROKES.lines
    before, after = (_dark(pdf) for pdf in (ceremony.base, ceremony.first))
    assert after > before + 100


def _dark(pdf: bytes) -> int:
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    image = document[3].render(scale=1, may_draw_forms=True).to_pil().convert("L")
    document.close()
    return sum(image.histogram()[:100])
