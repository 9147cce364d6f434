"""Contracts signed on other platforms: whether their signatures hold, and whose they are."""

import base64
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from core import confined
from core.errors import Refused
from signing.pades.validate import MAX_SIZE

SECONDS = 25
ORGANISATION_PREFIX = "NTRCN-"  # ETSI EN 319 412-1: a Chinese company's code in its certificate


@dataclass(frozen=True)
class ForeignSigner:
    """Whom a certificate names. `uscc` is the organisation's unified social credit code, if it names one."""

    name: str
    organisation: str
    uscc: str


@dataclass(frozen=True)
class ForeignContract:
    """What was found: `problems` are codes of `signing.pades.verdict.SENTENCES`, none when `ok`.

    `signed_at` is the time in the last signature's token; `facts` the bytes of the attached contract.json;
    `pages` the pictures of its pages (WebP).
    """

    sha256: str
    ok: bool
    problems: tuple[str, ...]
    signers: tuple[ForeignSigner, ...]
    signed_at: datetime | None
    facts: bytes | None
    pages: tuple[bytes, ...] = ()


def examine(pdf: bytes) -> ForeignContract:
    """Judge a contract signed elsewhere, without trusting a byte of it.

    Trusted are the roots of `IMPORT_TRUST_ROOTS`. Whatever ends the process early is answered
    with the problem `unreadable`. Raises `verification_busy`.
    """
    if len(pdf) > MAX_SIZE:
        return ForeignContract("", False, ("too_large",), (), None, None)
    try:
        answer = confined.run("signing.foreign", *settings.IMPORT_TRUST_ROOTS, given=pdf, seconds=SECONDS)
    except confined.BusyError as error:
        raise Refused("verification_busy", retry_after=10) from error
    if answer is None:
        return ForeignContract("", False, ("unreadable",), (), None, None)
    signed = [datetime.fromisoformat(each["at"]) for each in answer["signatures"] if each["at"]]
    return ForeignContract(
        sha256=answer["sha256"],
        ok=answer["ok"],
        problems=tuple(answer["problems"]),
        signers=tuple(
            ForeignSigner(
                each["name"], each["organisation"], each["organisation_id"].removeprefix(ORGANISATION_PREFIX)
            )
            for each in answer["signatures"]
        ),
        signed_at=max(signed, default=None),
        facts=None if answer["facts"] is None else base64.b64decode(answer["facts"]),
        pages=tuple(base64.b64decode(each) for each in answer["pages"]),
    )
