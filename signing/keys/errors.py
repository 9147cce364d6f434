"""What can go wrong with the authorities outside, as refusals with words for the person who waits."""

from pathlib import Path
from typing import ClassVar

from core.errors import CATALOGUE, Refused

CATALOGUE.load(Path(__file__).with_name("errors.toml"))


class OutsideRefused(Refused):
    """Base of the refusals below. `reason` is for the operator's log; the code's words are for the user."""

    CODE: ClassVar[str]

    def __init__(self, reason: str) -> None:
        super().__init__(self.CODE)
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.CODE}: {self.reason}"


class TimeStampUnavailable(OutsideRefused):
    """No trustworthy time-stamp was had in time. Nothing was signed; it can be tried again."""

    CODE = "time_stamp_unavailable"


class ClockSkew(OutsideRefused):
    """The token's time is too far from our clock. Nothing was signed."""

    CODE = "clock_skew"


class CertificateUnavailable(OutsideRefused):
    """The CA did not answer. Whether it issued does not matter: the next try makes a new key."""

    CODE = "certificate_unavailable"


class CertificateRefused(OutsideRefused):
    """The CA answered no."""

    CODE = "certificate_refused"


class RevocationUnavailable(OutsideRefused):
    """Neither OCSP nor CRL gave a usable answer."""

    CODE = "revocation_unavailable"


class CertificateRevoked(OutsideRefused):
    """The authority says that a certificate in the chain is revoked."""

    CODE = "certificate_revoked"
