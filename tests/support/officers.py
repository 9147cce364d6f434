"""Officers with a browser at the stand-in's desk."""

import re
from typing import Any

import httpx2

from tests.support.filing_province import FilingProvince


class Officer:
    """Somebody who has logged in, or tried to with a `password` of their own."""

    def __init__(self, province: FilingProvince, name: str, password: str | None = None) -> None:
        self.client = httpx2.Client(base_url=province.url, trust_env=False, follow_redirects=True)
        password = province.officers[name] if password is None else password
        self.entered = self.client.post("/desk/login", data={"name": name, "password": password})

    def see(self, path: str = "") -> str:
        answer = self.client.get(f"/desk{path}")
        assert answer.status_code == 200
        return str(answer.text)

    def act(self, path: str, **form: Any) -> int:
        token = re.search(r'name="token" value="([0-9a-f]{64})"', self.see())
        assert token
        answer = self.client.post(f"/desk{path}", data={"token": token[1], **form})
        return int(answer.status_code)
