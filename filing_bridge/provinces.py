"""The provincial systems this installation files with, as they were registered.

`settings.PROVINCES` maps the beginning of the division codes that a system covers (empty: all) to its
address, its system code and the file with its public keys. The keys are pinned here: they came with the
registration, and are never fetched from the peer they are to check.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from joserfc.jwk import KeySet

from filing_bridge.protocol import key_set

EVERYWHERE = "all"


@dataclass(frozen=True)
class Province:
    """One registered system. `code` is what filings, breakers and due work are keyed by."""

    code: str
    url: str
    system_code: str
    token: str
    keys: KeySet


def province_code(jurisdiction: str) -> str:
    """The code of the system that takes filings of a division: the longest beginning that is registered.

    Empty when nobody does.
    """
    fitting = [covers for covers in settings.PROVINCES if jurisdiction.startswith(covers)]
    return (max(fitting, key=len) or EVERYWHERE) if fitting else ""


def province(code: str) -> Province:
    """A registered system by its code. Raises `LookupError`, or `OSError` while its key file is not there."""
    entry = settings.PROVINCES["" if code == EVERYWHERE else code]
    return Province(
        code=code,
        url=entry["url"].rstrip("/"),
        system_code=entry["system_code"],
        token=entry.get("token", settings.PROVINCE_TOKEN),
        keys=_keys(entry["keys"]),
    )


@cache
def _keys(path: str) -> KeySet:
    return key_set(json.loads(Path(path).read_text(encoding="utf-8")))
