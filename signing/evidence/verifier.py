"""Verifies an evidence package offline, with nothing but the package and a trust root. Framework-free.

Whatever the file is, the verifier answers with a list of checks in words; it never raises for bad content.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.x509 import Certificate, load_pem_x509_certificates

from signing.evidence import merkle
from signing.evidence.format import Block, event_leaf
from signing.evidence.package import CERTIFICATES, CONTRACT, FORMAT, LOG, MANIFEST, MANIFEST_STAMP
from signing.evidence.timestamps import TokenCheck, check_token
from signing.pades.validate import validate

MAX_PACKAGE: Final = 200 * 1024 * 1024
MAX_FILES: Final = 500
MAX_RATIO: Final = 200


@dataclass(frozen=True)
class Check:
    """One thing that was checked, in words, and how it came out."""

    id: str
    ok: bool
    zh: str
    en: str
    detail: str = ""


@dataclass(frozen=True)
class Report:
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """True only when there was something to check and every check passed."""
        return bool(self.checks) and all(check.ok for check in self.checks)


Files = Mapping[str, bytes]
Step = Callable[[Files, Sequence[Certificate], datetime | None], Iterator[Check]]


class PackageFaultError(Exception):
    """The ZIP itself cannot be trusted enough to read on."""


def verify_package(
    data: bytes,
    *,
    roots: Sequence[Certificate],
    at: datetime | None = None,
    further: Sequence[Step] = (),
) -> Report:
    """Check a package against `roots`, as of `at` (default now). `further` adds checks on the files."""
    try:
        files = read_package(data)
    except PackageFaultError as fault:
        return Report((Check("package", False, "证据包结构完整", "The package is well-formed", str(fault)),))
    checks = [Check("package", True, "证据包结构完整", "The package is well-formed")]
    for step in (_manifest, _manifest_stamp, _document, _log, *further):
        checks.extend(_guarded(step, files, roots, at))
    return Report(tuple(checks))


def read_package(data: bytes) -> dict[str, bytes]:
    """The files of the ZIP by path; raises `PackageFaultError` for bombs, duplicates and odd paths."""
    if len(data) > MAX_PACKAGE:
        raise PackageFaultError("larger than 200 MiB")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if len(names) > MAX_FILES or len(set(names)) != len(names):
                raise PackageFaultError("too many or repeated entries")
            for entry in entries:
                if entry.file_size > MAX_RATIO * max(entry.compress_size, 1) or entry.file_size > MAX_PACKAGE:
                    raise PackageFaultError(f"{entry.filename}: suspicious size")
                if entry.filename.startswith("/") or ".." in entry.filename.split("/"):
                    raise PackageFaultError("odd path")
            if archive.testzip() is not None:
                raise PackageFaultError("damaged entry")
            return {name: archive.read(name) for name in names}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise PackageFaultError(f"not a readable ZIP ({type(error).__name__})") from error


def _guarded(step: Step, files: Files, roots: Sequence[Certificate], at: datetime | None) -> list[Check]:
    name = getattr(step, "__name__", "further").strip("_")
    try:
        return list(step(files, roots, at))
    except Exception as error:  # noqa: BLE001  (hostile content: any exception means the check failed)
        return [
            Check(
                name,
                False,
                f"检查“{name}”无法完成",
                f"Check “{name}” could not be completed",
                type(error).__name__,
            )
        ]


def _manifest(files: Files, roots: Sequence[Certificate], at: datetime | None) -> Iterator[Check]:
    manifest = json.loads(files[MANIFEST])
    listed = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    present = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    unlisted = sorted(set(present) - set(listed) - {MANIFEST, MANIFEST_STAMP})
    missing = sorted(set(listed) - set(present))
    changed = sorted(path for path in set(listed) & set(present) if listed[path] != present[path])
    yield Check("format", manifest["format"] == FORMAT, "清单格式正确", "The manifest has the known format")
    yield Check(
        "files",
        not (unlisted or missing or changed),
        "每个文件都在清单中，且与清单的摘要一致",
        "Every file is listed, and each has the digest the manifest gives",
        ", ".join([*unlisted, *missing, *changed]),
    )


def _manifest_stamp(files: Files, roots: Sequence[Certificate], at: datetime | None) -> Iterator[Check]:
    stamp = _token(files, files[MANIFEST_STAMP], hashlib.sha256(files[MANIFEST]).digest(), roots)
    yield Check(
        "manifest_stamp",
        stamp.ok,
        "清单带有可信时间戳",
        "The manifest carries a trusted time-stamp",
        stamp.at.isoformat() if stamp.at else stamp.problem,
    )


def _document(files: Files, roots: Sequence[Certificate], at: datetime | None) -> Iterator[Check]:
    verdict = validate(files[CONTRACT], roots, at=at)
    yield Check(
        "document",
        verdict.ok,
        "合同上的全部电子签名和时间戳有效，签署后未被改动",
        "All signatures and time-stamps in the document are valid, and nothing was changed after signing",
        "; ".join(problem.zh for problem in verdict.problems),
    )
    for signature in verdict.signatures:
        yield Check(
            "signature",
            signature.ok,
            f"签名人：{signature.signer.common_name}，时间戳时间：{signature.at}",
            f"Signed by {signature.signer.common_name}, time-stamped {signature.at}",
        )


def _log(files: Files, roots: Sequence[Certificate], at: datetime | None) -> Iterator[Check]:
    log = json.loads(files[LOG])
    blocks = {entry["number"]: Block(**entry) for entry in log["blocks"]}
    yield Check(
        "log_inclusion",
        bool(log["events"]) and all(_included(entry, blocks) for entry in log["events"]),
        f"日志中的 {len(log['events'])} 条记录均未改动",
        f"None of the {len(log['events'])} log entries was altered",
    )
    stamps = {entry["block"]: bytes.fromhex(entry["token"]) for entry in log["stamps"]}
    yield Check(
        "log_chain",
        _lead_to_stamps(blocks, stamps),
        "每个日志区块都由带时间戳的区块锁定，没有缺失",
        "Every block of the log is fixed by a time-stamped one, with none missing",
    )
    tokens = [
        _token(files, token, bytes.fromhex(blocks[number].hash), roots) for number, token in stamps.items()
    ]
    yield Check(
        "log_stamp",
        bool(tokens) and all(token.ok for token in tokens),
        "日志带有可信时间戳",
        "The log carries trusted time-stamps",
        ", ".join(token.at.isoformat() if token.at else token.problem for token in tokens),
    )
    digest = hashlib.sha256(files[CONTRACT]).hexdigest()
    named = any(entry["event"]["detail"].get("document_digest") == digest for entry in log["events"])
    yield Check("log_names_document", named, "日志记录的正是这份文件", "The log speaks of this very document")


def _token(files: Files, token: bytes, digest: bytes, roots: Sequence[Certificate]) -> TokenCheck:
    others = [
        certificate
        for path, content in files.items()
        if path.startswith(CERTIFICATES)
        for certificate in load_pem_x509_certificates(content)
    ]
    return check_token(token, digest, roots=roots, others=others)


def _included(entry: Mapping[str, Any], blocks: Mapping[int, Block]) -> bool:
    block = blocks[entry["block"]]
    proof = [bytes.fromhex(node) for node in entry["proof"]]
    try:
        found = merkle.root_from_proof(event_leaf(entry["event"]), entry["position"], block.count, proof)
    except ValueError:  # a proof of another length, for another place
        return False
    return found.hex() == block.root


def _lead_to_stamps(blocks: Mapping[int, Block], stamps: Collection[int]) -> bool:
    """A block is stamped itself, or the next one, which must be there, names its hash."""
    return bool(blocks) and all(
        number in stamps or (number + 1 in blocks and blocks[number + 1].previous == block.hash)
        for number, block in blocks.items()
    )
