"""Fixtures of tests that sign: the authorities of the test PKI, folders of their own, no memory of rates."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from core import bus
from signing.events import RequestCompleted, RequestExpired, RequestRefused, SignatureApplied
from tests.support.pki import RunningPki


@pytest.fixture
def own_folders(settings: Any, tmp_path: Path) -> None:
    """Outbox and signer's keys of this test alone; rate limits start anew."""
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.SIGNER_KEYS_DIR = tmp_path / "signer"
    cache.clear()


@pytest.fixture
def authorities(settings: Any, pki: RunningPki) -> RunningPki:
    """CA, TSA, OCSP and CRL of the running test PKI."""
    settings.PKI_DIR = pki.directory
    settings.CA_URL = f"{pki.base_url}/issue"
    settings.TSA_URL = pki.tsa_url
    settings.TRUST_ROOTS = [str(pki.directory / "root.pem")]
    settings.TSA_ISSUERS = [str(pki.directory / "issuing.pem"), str(pki.directory / "root.pem")]
    return pki


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What signing tells the rest of the house, which in this test has nobody else in it."""
    events: list[object] = []
    for kind in (SignatureApplied, RequestCompleted, RequestRefused, RequestExpired):
        monkeypatch.setitem(bus._handlers, kind, [events.append])
    return events
