"""The authorities outside, as the settings name them: one long-lived client each per process."""

from functools import cache
from pathlib import Path

from cryptography import x509
from django.conf import settings

from signing.keys.authority import CertificateAuthority
from signing.keys.revocation import RevocationSource
from signing.keys.timestamp import TimeStampAuthority


def time_stamp_authority() -> TimeStampAuthority:
    """The configured RFC 3161 authority."""
    return _tsa(settings.TSA_URL, tuple(settings.TSA_ISSUERS))


def certificate_authority() -> CertificateAuthority:
    """The configured CA."""
    token = settings.CA_TOKEN or (Path(settings.PKI_DIR) / "token").read_text(encoding="utf-8").strip()
    return _ca(settings.CA_URL, token, settings.TRUST_ROOTS[0])


@cache
def revocation_source() -> RevocationSource:
    """OCSP and CRL, wherever the certificates say they are."""
    return RevocationSource()


def trust_roots() -> tuple[x509.Certificate, ...]:
    """The roots that the acceptance rule believes in."""
    return tuple(certificate_at(path) for path in settings.TRUST_ROOTS)


@cache
def _tsa(url: str, issuers: tuple[str, ...]) -> TimeStampAuthority:
    return TimeStampAuthority(url, [certificate_at(path) for path in issuers])


@cache
def _ca(url: str, token: str, root: str) -> CertificateAuthority:
    return CertificateAuthority(url, token, root=certificate_at(root))


@cache
def certificate_at(path: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(Path(path).read_bytes())
