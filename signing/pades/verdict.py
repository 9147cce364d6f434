"""What validation says: frozen values, and a sentence for each problem in Chinese and English."""

from dataclasses import dataclass, field
from datetime import datetime

TEST_MARK = "TEST NOT EVIDENCE"

# code: (Chinese, English)
SENTENCES = {
    "too_large": ("文件过大，无法校验。", "The file is too large to be checked."),
    "unreadable": ("文件已损坏或不是有效的 PDF。", "The file is damaged or not a valid PDF."),
    "encrypted": ("文件已加密，无法校验。", "The file is encrypted."),
    "active_content": (
        "文件含有脚本、可隐藏图层等活动内容。",
        "The file contains scripts, layers that can be hidden, or other active content.",
    ),
    "not_signed": ("文件没有签名。", "The file has no signature."),
    "too_many_signatures": ("签名数量过多。", "The file has too many signatures."),
    "field_not_signed": ("还有签名位置没有签署。", "A signature field is not signed yet."),
    "not_certified": (
        "第一个签名没有限定后续修改范围。",
        "The first signature does not certify the document.",
    ),
    "not_locked": ("最后一个签名没有锁定文件。", "The last signature does not lock the document."),
    "wrong_format": ("签名格式不是 PAdES。", "A signature is not in the PAdES format."),
    "container_altered": ("签名数据被改动。", "The signature data were altered."),
    "changed_after_signing": (
        "签署之后文件内容被改动。",
        "The document was changed after it was signed.",
    ),
    "signature_invalid": ("签名无效。", "A signature is invalid."),
    "certificate_untrusted": (
        "签名证书不受信任、已过期或已吊销。",
        "A signing certificate is not trusted, or was expired or revoked.",
    ),
    "time_stamp_missing": ("签名没有可信时间戳。", "A signature has no trusted time-stamp."),
    "archive_missing": (
        "缺少覆盖整个文件的归档时间戳。",
        "There is no archive time-stamp over the whole file.",
    ),
    "archive_invalid": ("归档时间戳无效。", "The archive time-stamp is invalid."),
    "archive_expired": (
        "归档时间戳的证书已过期，需要续期。",
        "The certificate of the archive time-stamp has expired; it should have been renewed.",
    ),
}


@dataclass(frozen=True)
class Problem:
    """One reason why the document is not accepted. `detail` is for the operator."""

    code: str
    field: str | None = None
    detail: str = ""

    @property
    def zh(self) -> str:
        return SENTENCES[self.code][0]

    @property
    def en(self) -> str:
        return SENTENCES[self.code][1]


@dataclass(frozen=True)
class Subject:
    """Whom a certificate names. `organisation_id` is organizationIdentifier, NTRCN-<USCC> for an employer."""

    common_name: str
    organisation: str
    organisation_id: str
    serial_number: str
    distinguished_name: str

    @property
    def is_test(self) -> bool:
        """Issued by the stand-in authorities: not evidence."""
        return TEST_MARK in self.distinguished_name


@dataclass(frozen=True)
class SignatureReport:
    """One party's signature.

    `at` is the TSA's time, `certificate` is DER, `indication` that of ETSI EN 319 102-1. `whole_revision`: it
    covers everything that was in the file when it was made.
    """

    field: str
    signer: Subject
    certificate: bytes
    issuer: str
    at: datetime | None
    whole_revision: bool
    indication: str
    ok: bool


@dataclass(frozen=True)
class ArchiveReport:
    """The last document time-stamp, over the whole file. `valid_until`: renew before."""

    authority: Subject
    certificate: bytes
    at: datetime
    valid_until: datetime


@dataclass(frozen=True)
class Verdict:
    """The answer. `ok` only when there is no problem at all. `sha256` (hex) is of the file judged."""

    sha256: str
    problems: tuple[Problem, ...] = ()
    signatures: tuple[SignatureReport, ...] = ()
    archive: ArchiveReport | None = None
    ok: bool = field(init=False)

    def __post_init__(self) -> None:
        whole = not self.problems and bool(self.signatures) and self.archive is not None
        object.__setattr__(self, "ok", whole and all(signature.ok for signature in self.signatures))
