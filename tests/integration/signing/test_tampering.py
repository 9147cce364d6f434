"""Whatever is done to a completed file, the acceptance rule refuses it and says why."""

import random
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields as pyhanko_fields

from signing.keys.cms import certificate_der
from signing.pades import Completion, Verdict, archive, prepare, sign_first, sign_next, validate
from tests.support.ceremony import Ceremony, fields, seams
from tests.support.sample_pdf import sample_pdf

SEED = 20261121
Change = Callable[[IncrementalPdfFileWriter], None]


def hole(pdf: bytes) -> tuple[int, int]:
    """Start and end of the last time-stamp's hexadecimal digits, with their brackets."""
    *_, last = re.finditer(rb"/ByteRange \[0 (\d+) (\d+) \d+\]", pdf)
    return int(last.group(1)), int(last.group(2))


def codes(verdict: Verdict) -> set[str]:
    return {problem.code for problem in verdict.problems}


def appended(pdf: bytes, change: Change) -> bytes:
    """The file with one more incremental revision."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    change(writer)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def assert_refused(pdf: bytes, ceremony: Ceremony) -> Verdict:
    verdict = validate(pdf, ceremony.roots)
    assert not verdict.ok
    assert verdict.problems
    assert all(problem.zh and problem.en for problem in verdict.problems)
    return verdict


def test_a_flipped_byte_anywhere_is_refused(ceremony: Ceremony) -> None:
    chance = random.Random(SEED)
    print("seed", SEED)  # noqa: T201  (the seed, to run it again)
    good = ceremony.final
    accepted = []
    for _ in range(120):
        position, bit = chance.randrange(len(good)), 1 << chance.randrange(8)
        bad = bytearray(good)
        bad[position] ^= bit
        if validate(bytes(bad), ceremony.roots).ok:
            accepted.append((position, bit))
    assert accepted == []


def test_a_changed_byte_where_no_digest_reaches_is_refused(any_ceremony: Ceremony) -> None:
    """The hole of the last time-stamp: its digits, their case, the padding and the brackets."""
    good = any_ceremony.final
    start, end = hole(good)
    chance = random.Random(SEED)
    print("seed", SEED)  # noqa: T201  (the seed, to run it again)
    positions = {start, start + 1, end - 1, end - 2, *(chance.randrange(start, end) for _ in range(40))}
    accepted = []
    for position in sorted(positions):
        for replacement in (good[position] ^ 0x01, good[position] ^ 0x20):
            bad = bytearray(good)
            bad[position] = replacement
            if validate(bytes(bad), any_ceremony.roots).ok:
                accepted.append((position, replacement))
    assert accepted == []


def test_the_unsigned_fields_of_the_last_token_have_one_form(ceremony: Ceremony) -> None:
    """Versions and certificates inside a time-stamp token are covered by no signature at all."""
    good = ceremony.final
    start, end = hole(good)
    token = bytes.fromhex(good[start + 1 : end - 1].decode())
    issuing = certificate_der(ceremony.tsa.chain[1])
    version = token.index(b"\x02\x01\x03") + 2
    last_of_certificate = token.index(issuing) + len(issuing) - 1
    for position in (version, last_of_certificate):
        changed = bytearray(token)
        changed[position] ^= 0x07  # version 3 becomes 4, and the CA's signature another
        bad = good[: start + 1] + changed.hex().upper().encode() + good[end - 1 :]
        assert codes(assert_refused(bad, ceremony)) == {"container_altered"}, position


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_every_changed_byte_where_no_digest_reaches_is_refused(ceremony: Ceremony) -> None:
    good = ceremony.final
    start, end = hole(good)
    for position in range(start, end):
        for replacement in {good[position] ^ 0x01, good[position] ^ 0x20} | set(b"0fF ") - {good[position]}:
            bad = bytearray(good)
            bad[position] = replacement
            assert not validate(bytes(bad), ceremony.roots).ok, (position, replacement)


@pytest.mark.parametrize("addition", [b"\n", b" ", b"%", b"\n%%EOF\n", b"trailer"])
def test_bytes_after_the_end_are_refused(ceremony: Ceremony, addition: bytes) -> None:
    assert codes(assert_refused(ceremony.final + addition, ceremony)) <= {"archive_missing", "unreadable"}


@pytest.mark.parametrize("stage", ["base", "first", "second"])
def test_an_unfinished_file_is_refused(ceremony: Ceremony, stage: str) -> None:
    expected = {"base": "not_signed", "first": "field_not_signed", "second": "archive_missing"}
    assert codes(assert_refused(getattr(ceremony, stage), ceremony)) == {expected[stage]}


def test_a_file_cut_short_is_refused(ceremony: Ceremony) -> None:
    for share in (0.01, 0.3, 0.6, 0.9, 0.999):
        assert_refused(ceremony.final[: int(share * len(ceremony.final))], ceremony)


def test_somebody_elses_root_is_not_trusted(ceremony: Ceremony, rsa_ceremony: Ceremony) -> None:
    assert codes(assert_refused(ceremony.final, rsa_ceremony)) == {"archive_invalid"}
    assert not validate(ceremony.final, []).ok


# What is done to the file after the employer's signature, before the archive time-stamp.


def _refill_seam(writer: IncrementalPdfFileWriter) -> None:
    for reference in writer.root["/AcroForm"]["/Fields"]:
        field = reference.get_object()
        if field["/T"] == "seam_1":
            other = generic.StreamObject(
                {pdf_name("/Subtype"): pdf_name("/Form"), pdf_name("/BBox"): field["/Rect"]},
                stream_data=b"0 0 99 99 re f",
            )
            field["/AP"] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(other)})
            writer.update_container(field)


def _change_page(writer: IncrementalPdfFileWriter) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 300 300 re f"))
    writer.update_container(page)


def _add_annotation(writer: IncrementalPdfFileWriter) -> None:
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(generic.NumberObject(n) for n in (50, 50, 300, 300)),
            pdf_name("/Contents"): generic.pdf_string("月工资 99999 元"),
        }
    )
    writer.register_annotation(writer.find_page_for_modification(0)[0], writer.add_object(note))


def _replace_attachment(writer: IncrementalPdfFileWriter) -> None:
    specification = writer.root["/AF"][0].get_object()
    specification["/EF"]["/F"] = writer.add_object(generic.StreamObject(stream_data=b'{"wage": 1}'))
    writer.update_container(specification)


def _remove_evidence(writer: IncrementalPdfFileWriter) -> None:
    store = writer.root["/DSS"]
    store["/OCSPs"] = generic.ArrayObject()
    writer.update_container(store)


def _open_action(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/OpenAction"] = generic.DictionaryObject({pdf_name("/S"): pdf_name("/JavaScript")})
    writer.update_root()


def _hidden_layer(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/OCProperties"] = generic.DictionaryObject()
    writer.update_root()


def _another_field(writer: IncrementalPdfFileWriter) -> None:
    pyhanko_fields.append_signature_field(writer, pyhanko_fields.SigFieldSpec("intruder", box=(9, 9, 99, 99)))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_refill_seam, "changed_after_signing"),
        (_change_page, "changed_after_signing"),
        (_add_annotation, "changed_after_signing"),
        (_replace_attachment, "changed_after_signing"),
        (_remove_evidence, "archive_invalid"),
        (_open_action, "active_content"),
        (_hidden_layer, "active_content"),
        (_another_field, "field_not_signed"),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else "",
)
def test_a_change_after_the_last_signature_is_refused(ceremony: Ceremony, change: Change, code: str) -> None:
    """Even when an honest archive time-stamp covers the change."""
    changed = archive(appended(ceremony.second, change), ceremony.tsa)
    assert code in codes(assert_refused(changed, ceremony))


@pytest.mark.parametrize("change", [_change_page, _add_annotation, _replace_attachment])
def test_a_change_between_the_signatures_is_refused(ceremony: Ceremony, change: Change) -> None:
    """The employer signs, in good faith or bad, what the worker did not."""
    changed = sign_next(
        appended(ceremony.first, change), ceremony.employer, ceremony.tsa, ceremony.completion
    )
    verdict = assert_refused(archive(changed, ceremony.tsa), ceremony)
    assert ("changed_after_signing", "worker") in {(p.code, p.field) for p in verdict.problems}


def test_a_seam_filled_before_the_employer_signs_is_only_form_filling(ceremony: Ceremony) -> None:
    """What the worker's certification allows, so that the employer's own revision may do it."""
    changed = sign_next(
        appended(ceremony.first, _refill_seam), ceremony.employer, ceremony.tsa, ceremony.completion
    )
    assert validate(archive(changed, ceremony.tsa), ceremony.roots).ok


# Controls of the protection itself: documents made by someone who leaves one of them out.


def test_without_the_lock_the_file_is_refused(ceremony: Ceremony, monkeypatch: pytest.MonkeyPatch) -> None:
    from signing.pades import apply

    monkeypatch.setattr(apply, "LOCKING", None)
    base = prepare(sample_pdf()[0], fields(), seams(4))

    def unlocked(writer: IncrementalPdfFileWriter) -> None:
        field = writer.root["/AcroForm"]["/Fields"][1].get_object()
        del field["/Lock"]
        writer.update_container(field)

    first = sign_first(appended(base, unlocked), ceremony.worker, ceremony.tsa)
    done = archive(sign_next(first, ceremony.employer, ceremony.tsa, ceremony.completion), ceremony.tsa)
    assert codes(assert_refused(done, ceremony)) == {"not_locked"}


def test_without_the_certification_the_file_is_refused(
    ceremony: Ceremony, monkeypatch: pytest.MonkeyPatch
) -> None:
    from signing.pades import apply

    monkeypatch.setattr(apply, "CERTIFYING", None)
    first = sign_first(ceremony.base, ceremony.worker, ceremony.tsa)
    done = archive(sign_next(first, ceremony.employer, ceremony.tsa, ceremony.completion), ceremony.tsa)
    assert codes(assert_refused(done, ceremony)) == {"not_certified"}


def test_without_the_workers_revocation_data_the_file_is_refused(ceremony: Ceremony) -> None:
    completion = Completion(ceremony.completion.evidence[1:], ceremony.completion.seam)
    done = archive(sign_next(ceremony.first, ceremony.employer, ceremony.tsa, completion), ceremony.tsa)
    verdict = assert_refused(done, ceremony)
    assert {(p.code, p.field) for p in verdict.problems} >= {("certificate_untrusted", "worker")}


def test_a_revoked_signer_is_refused_even_if_somebody_embeds_the_answer(ceremony: Ceremony) -> None:
    """The adapter refuses already; this is a completer that does not use it."""
    import dataclasses

    from signing.keys.authority import WorkerSubject
    from signing.keys.http import Exchange
    from signing.keys.revocation import Evidence
    from tests.support.pki import authority

    key = authority(ceremony.pki).issue_worker(WorkerSubject("测试丙", "w-0003"))
    party = dataclasses.replace(ceremony.worker, key=key)
    good = ceremony.revocation.evidence((key.certificate, *key.chain), fresh=True)
    first = sign_first(ceremony.base, party, ceremony.tsa)
    ceremony.pki.revoke(key.certificate.serial_number)

    answers: list[bytes] = []

    class Recording(Exchange):
        def post(self, url: str, body: bytes, headers: dict[str, str]) -> bytes:
            answers.append(super().post(url, body, headers))
            return answers[-1]

    from signing.keys.errors import CertificateRevoked
    from signing.keys.revocation import RevocationSource

    with pytest.raises(CertificateRevoked):
        RevocationSource(exchange=Recording()).evidence((key.certificate, *key.chain), fresh=True)
    revoked = Evidence(good.certificates, tuple(answers), good.crls)
    completion = Completion([revoked, *ceremony.completion.evidence[1:]], ceremony.completion.seam)
    done = archive(sign_next(first, ceremony.employer, ceremony.tsa, completion), ceremony.tsa)
    verdict = assert_refused(done, ceremony)
    assert ("certificate_untrusted", "worker") in {(p.code, p.field) for p in verdict.problems}
