"""Who may sit at the desk: two invented officers with passwords made on first start, and their sessions."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Request

from filing_bridge.sandbox.province import write_secret

NAMES: Final = ("经办员甲", "复核员乙")
COOKIE: Final = "desk"


def open_officers(folder: Path) -> Mapping[str, str]:
    """Names and passwords, from `officers.json` in the folder; made there on first start."""
    file = folder / "officers.json"
    if not file.exists():
        made = {name: secrets.token_urlsafe(9) for name in NAMES}
        write_secret(file, json.dumps(made, ensure_ascii=False).encode())
    officers: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return officers


@dataclass
class Sessions:
    """Sessions live as long as the process; a restart logs everybody out."""

    officers: Mapping[str, str]
    _names: dict[str, str] = field(default_factory=dict)

    def open(self, name: str, password: str) -> str:
        """The token of a new session. Raises `Forbidden`."""
        known = self.officers.get(name, "")
        if not known or not hmac.compare_digest(known.encode(), password.encode()):
            raise Forbidden
        token = secrets.token_urlsafe(32)
        self._names[token] = name
        return token

    def officer(self, request: Request) -> str | None:
        """Who asks; None for nobody."""
        return self._names.get(request.cookies.get(COOKIE, ""))

    def close(self, request: Request) -> None:
        """Forget the session."""
        self._names.pop(request.cookies.get(COOKIE, ""), None)

    def form_token(self, request: Request) -> str:
        """What a form of this session carries, and no other site can know."""
        session = request.cookies.get(COOKIE, "")
        return hashlib.sha256(f"form:{session}".encode()).hexdigest()

    def check_form(self, request: Request) -> None:
        """Refuse a form that this session did not show. Raises `Forbidden`."""
        if not hmac.compare_digest(request.form.get("token", ""), self.form_token(request)):
            raise Forbidden
