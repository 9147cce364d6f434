"""The verifier on input made to hurt it: it answers no, soon, and without using much memory."""

import random
import re
import resource
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest

from signing.pades import AttachmentMissing, read_attachment, validate
from signing.pades.validate import MAX_SIZE
from tests.support.ceremony import Ceremony
from tests.support.sample_pdf import sample_pdf

SEED = 20261121


def bomb() -> bytes:
    """A page tree in an object stream that unpacks to a gigabyte."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 2**20) for _ in range(1024)) + packer.flush()
    parts = [b"%PDF-1.7\n"]
    at = len(parts[0])
    parts.append(
        b"1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream\nendobj\n"
        % (len(packed), packed)
    )
    xref = at + len(parts[1])
    rows = bytes((0, 0, 0, 0, 0)) + bytes((1, 0, 0, at, 0)) + bytes((2, 0, 0, 1, 0))
    parts.append(
        b"2 0 obj\n<</Type/XRef/Size 3/W[1 3 1]/Root 2 0 R/Length %d>>stream\n%s\nendstream\nendobj\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(rows), rows, xref)
    )
    return b"".join(parts)


def deep() -> bytes:
    """Arrays within arrays."""
    return (
        b"%PDF-1.7\n1 0 obj\n"
        + b"[" * 100_000
        + b"\nendobj\ntrailer<</Root 1 0 R/Size 2>>\nstartxref\n9\n%%EOF\n"
    )


def circle() -> bytes:
    """A cross-reference table that names itself as the one before."""
    body = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n"
    return body + (
        b"xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n"
        b"trailer\n<</Size 2/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(body), len(body))
    )


@pytest.mark.parametrize("make", [bomb, deep, circle, lambda: b"", lambda: b"%PDF-", lambda: b"\x00" * 10**6])
def test_hostile_bytes_are_refused_soon(ceremony: Ceremony, make: Callable[[], bytes]) -> None:
    data = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    verdict = validate(data, ceremony.roots)
    assert not verdict.ok
    assert verdict.problems
    assert time.process_time() - began < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600 * 1024
    with pytest.raises(AttachmentMissing):
        read_attachment(data, "contract.json")


def test_a_file_that_is_too_large_is_not_read(ceremony: Ceremony) -> None:
    verdict = validate(bytes(MAX_SIZE + 1), ceremony.roots)
    assert [problem.code for problem in verdict.problems] == ["too_large"]


def test_spliced_and_shuffled_files_are_refused(ceremony: Ceremony) -> None:
    chance = random.Random(SEED)
    print("seed", SEED)  # noqa: T201  (the seed, to run it again)
    good = ceremony.final
    for _ in range(40):
        start, end = sorted(chance.sample(range(len(good)), 2))
        piece = good[start : min(end, start + chance.choice((1, 10, 1000, 30_000)))]
        for bad in (good[:start] + good[start + len(piece) :], good[:start] + piece + good[start:]):
            assert not validate(bad, ceremony.roots).ok


def test_byte_ranges_that_lie_are_refused(ceremony: Ceremony) -> None:
    good = ceremony.final
    (*_, last) = re.finditer(rb"/ByteRange (\[[\d ]+\])", good)
    before, after, length = (int(n) for n in last.group(1).strip(b"[]").split()[1:])
    for numbers in (
        (0, before, after, length - 1),
        (0, before - 1, after, length),
        (0, before, after + 2, length - 2),
        (1, before, after, length),
        (0, before + after + length, after + length, 0),
        (0, 10**9, 10**9, 10**9),
    ):
        claimed = (b"[%d %d %d %d]" % numbers).ljust(len(last.group(1)))
        if len(claimed) > len(last.group(1)):
            continue
        assert not validate(good[: last.start(1)] + claimed + good[last.end(1) :], ceremony.roots).ok


def test_an_attachment_must_be_the_only_one_of_its_name() -> None:
    with pikepdf.open(BytesIO(sample_pdf()[0])) as document:
        document.Root.AF.append(document.make_indirect(pikepdf.Dictionary(document.Root.AF[0])))  # type: ignore[arg-type]  # a dictionary, as pikepdf types cannot say
        output = BytesIO()
        document.save(output)
    with pytest.raises(AttachmentMissing):
        read_attachment(output.getvalue(), "contract.json")
    with pytest.raises(AttachmentMissing):
        read_attachment(sample_pdf()[0], "other.json")
    with pytest.raises(AttachmentMissing):
        read_attachment(sample_pdf()[0], "contract.json", limit=10)


def test_the_verifier_needs_no_framework() -> None:
    """The province and the evidence verifier import it by itself."""
    script = (
        "import sys, signing.pades, signing.keys.authority, signing.testpki.app;"
        "sys.exit(any(name.split('.')[0] in ('django', 'rest_framework') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=60, check=False).returncode == 0


def test_no_name_reaches_the_log(ceremony: Ceremony, caplog: pytest.LogCaptureFixture) -> None:
    validate(ceremony.final, [])
    assert "测试甲" not in caplog.text
