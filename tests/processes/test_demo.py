"""The main job on real processes, and what it leaves: documents that others can check."""

import hashlib
import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from config.demo.people import SPECIAL
from core.canonical import canonical_json
from filing_bridge.evidence_checks import CHECKS
from signing.evidence.package import CERTIFICATES, MANIFEST_STAMP
from signing.evidence.timestamps import check_token
from signing.evidence.verifier import Report, verify_package
from signing.pades.validate import read_attachment, validate
from tests.processes.conftest import Demo
from tests.support import second_opinions

pytestmark = [
    pytest.mark.processes,
    pytest.mark.needs("rare_font"),
    pytest.mark.timeout(900),
]
ROOT = Path(__file__).resolve().parents[2]
SEED = 20261121


def roots(demo: Demo) -> list[x509.Certificate]:
    return [x509.load_pem_x509_certificate(demo.read("trust/root.pem"))]


def verify(demo: Demo, package: bytes) -> Report:
    return verify_package(package, roots=roots(demo), further=CHECKS)


def repacked(package: bytes, change: str, content: bytes | None) -> bytes:
    """The package with one file replaced, or left out when `content` is None."""
    source, target = zipfile.ZipFile(io.BytesIO(package)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            data = content if name == change else source.read(name)
            if data is not None:
                archive.writestr(name, data)
    return target.getvalue()


def test_every_contract_goes_from_template_to_accepted_filing(demo: Demo) -> None:
    summary = demo.json("summary.json")
    assert demo.code == 0
    assert (summary["contracts"], summary["effective"], summary["accepted"]) == (len(SPECIAL),) * 3
    assert (summary["changed"], summary["renewed"], summary["terminated"]) == (1, 1, 1)
    assert summary["contracts_per_second"] > 0


def test_the_processes_are_gone_afterwards(demo: Demo) -> None:
    left = subprocess.run(["pgrep", "-f", str(demo.folder)], capture_output=True, text=True)
    assert left.stdout == ""


def test_the_facts_travel_inside_the_signed_contract(demo: Demo) -> None:
    pdf = demo.read("contract.pdf")
    verdict = validate(pdf, roots(demo))
    assert verdict.ok, verdict.problems
    assert [each.field for each in verdict.signatures] == ["worker", "employer"]
    assert read_attachment(pdf, "contract.json") == demo.read("contract.json")


def test_record_and_receipt_are_about_the_signed_contract(demo: Demo) -> None:
    record, receipt, facts = demo.json("filing.json"), demo.json("receipt.json"), demo.json("contract.json")
    assert record["contract_digest"]["value"] == validate(demo.read("contract.pdf"), roots(demo)).sha256
    assert record["worker"]["name"] == facts["worker"]["name"] == "𠮷野·买买提"
    assert receipt["jws"].count(".") == 2


@pytest.mark.needs("pdfsig", "certutil", "qpdf", "openssl")
def test_four_other_tools_accept_the_contract(demo: Demo) -> None:
    opinions = second_opinions.check(demo.folder / "contract.pdf", demo.folder / "trust" / "root.pem")
    assert [each for each in opinions if not each.accepted] == []
    assert {each.tool.split()[0] for each in opinions} == {"pdfsig", "qpdf", "openssl"}


def test_the_filing_form_carries_the_seals_of_employer_and_agency(demo: Demo) -> None:
    verdict = validate(demo.read("filing-form.pdf"), roots(demo))
    assert verdict.ok, verdict.problems
    assert [each.field for each in verdict.signatures] == ["employer", "agency"]


def test_the_evidence_package_verifies_on_another_machine(demo: Demo, tmp_path: Path) -> None:
    """A process that has the package, the root and no network: any connection fails the command."""
    command = [
        "unshare", "--user", "--net", sys.executable, str(ROOT / "manage.py"), "verify_evidence",
        str(demo.folder / "evidence.zip"), "--root", str(demo.folder / "trust" / "root.pem"),
    ]  # fmt: skip
    for day in ([], ["--at", "2034-01-01"]):
        done = subprocess.run([*command, *day], capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "结论：可信" in done.stdout


def test_the_evidence_package_names_every_check_in_words(demo: Demo) -> None:
    report = verify(demo, demo.read("evidence.zip"))
    assert report.ok, [check for check in report.checks if not check.ok]
    assert {"files", "manifest_stamp", "document", "log_inclusion", "log_chain", "log_stamp", "record",
            "receipt", "form", "facts"} <= {check.id for check in report.checks}  # fmt: skip


def test_any_change_to_any_file_of_the_package_is_found(demo: Demo) -> None:
    package = demo.read("evidence.zip")
    rng = random.Random(SEED)
    names = zipfile.ZipFile(io.BytesIO(package)).namelist()
    for name in names:
        assert not verify(demo, repacked(package, name, None)).ok, name
        if name == MANIFEST_STAMP:
            continue  # a token has unsigned bytes, spare certificates, that say nothing: see below
        data = bytearray(zipfile.ZipFile(io.BytesIO(package)).read(name))
        place = rng.randrange(len(data))
        data[place] ^= 1 << rng.randrange(8)
        assert not verify(demo, repacked(package, name, bytes(data))).ok, (SEED, name, place)


def test_a_changed_time_stamp_over_the_manifest_never_says_another_time_or_content(demo: Demo) -> None:
    archive = zipfile.ZipFile(io.BytesIO(demo.read("evidence.zip")))
    token, digest = archive.read(MANIFEST_STAMP), hashlib.sha256(archive.read("manifest.json")).digest()
    others = [
        x509.load_pem_x509_certificate(archive.read(name))
        for name in archive.namelist()
        if name.startswith(CERTIFICATES)
    ]
    stated = check_token(token, digest, roots=roots(demo), others=others).at
    assert stated is not None
    rng = random.Random(SEED)
    for _ in range(300):
        changed = bytearray(token)
        changed[rng.randrange(len(token))] ^= 1 << rng.randrange(8)
        assert check_token(bytes(changed), digest, roots=roots(demo), others=others).at in (None, stated)
    assert not check_token(token, hashlib.sha256(b"another").digest(), roots=roots(demo), others=others).ok


def test_a_package_with_a_file_too_many_is_refused(demo: Demo) -> None:
    target = io.BytesIO(demo.read("evidence.zip"))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("stowaway.txt", "x")
    assert not verify(demo, target.getvalue()).ok


def log_forgeries(log: dict[str, list[dict[str, object]]]) -> Iterator[tuple[str, dict[str, object]]]:
    """The log with an event edited or moved, a block or a stamp left out."""
    edited = json.loads(json.dumps(log))
    edited["events"][0]["event"]["actor"] = "user:999"
    yield "log_inclusion", edited
    moved = json.loads(json.dumps(log))
    moved["events"][0]["position"] += 1
    yield "log_inclusion", moved
    shortened = json.loads(json.dumps(log))
    shortened["blocks"] = shortened["blocks"][:-1]
    yield "log", shortened
    unstamped = json.loads(json.dumps(log))
    unstamped["stamps"] = unstamped["stamps"][:-1]
    yield "log_chain", unstamped


def test_a_rewritten_log_is_found_even_when_the_manifest_is_rewritten_too(demo: Demo) -> None:
    package = demo.read("evidence.zip")
    log = json.loads(zipfile.ZipFile(io.BytesIO(package)).read("log.json"))
    for check, forged in log_forgeries(log):
        report = verify(demo, repacked(package, "log.json", canonical_json(forged)))
        assert check in {each.id for each in report.checks if not each.ok}


def test_another_root_is_not_trusted(demo: Demo, tmp_path: Path) -> None:
    from signing.testpki.material import create

    create(tmp_path / "pki", base_url="http://127.0.0.1:1")
    other = x509.load_pem_x509_certificate((tmp_path / "pki" / "root.pem").read_bytes())
    report = verify_package(demo.read("evidence.zip"), roots=[other], further=CHECKS)
    failed = {check.id for check in report.checks if not check.ok}
    assert {"document", "manifest_stamp", "log_stamp"} <= failed
