"""A prepared document out for signature, and a worker's phone that goes through it over the API."""

import json
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.apps import apps
from django.conf import settings
from django.db import connection
from rest_framework.test import APIClient

from core import blobs, clock, work
from core.principal import ROLE_PERMISSIONS, Principal, Role
from signing.domain import PartyKind, SealKind
from signing.models import Seal, SignatureRequest
from signing.pades.geometry import Box, box_from_points
from signing.pades.prepare import FieldSpec, prepare
from signing.services import applications, keyroom, seals
from signing.services.companions import Companion
from signing.services.requests import PartySpec, open_request
from tests.support.sample_pdf import sample_pdf

T = TypeVar("T")
COUNTERS = ("tries", "identity_tries", "acted_at", "attempts", "exchanges")
A4 = (595.28, 841.89)
NAME, ID_NO, MOBILE = "买买提·吐尔逊", "370303199003070013", "13800000000"
LEGAL_NAME, USCC = "示例制造（淄博）有限公司", "91370303MA3TE5T03M"
STROKES = [
    [[40 + 8 * n, 60 + (n * 7) % 40, 16 * n, 0.5] for n in range(20)],
    [[300, 40], [420, 140], [300, 140]],
]
CANVAS = {"w": 720, "h": 300, "dpr": 2, "turned": False}


@lru_cache(maxsize=2)
def prepared(seam: bool = False) -> tuple[bytes, dict[str, Box]]:
    """A document of four pages with empty fields `worker` and `employer`, and where they are."""
    pdf, anchors = sample_pdf()
    boxes = {a.key: box_from_points(a.page, a.x, a.y, a.w, a.h, A4) for a in anchors}
    seams = [Box(page, 0.93, 0.42, 0.07, 0.14) for page in (1, 2, 3, 4)] if seam else []
    fields = [
        FieldSpec("worker", "劳动者签名", boxes["worker"]),
        FieldSpec("employer", "单位盖章", boxes["employer"]),
    ]
    return prepare(pdf, fields, seams), boxes


def companion() -> Companion:
    """What a sender says of the document, here of two sections on its four pages."""
    wage = {"text": "5,200.00", "filled": True}
    rows = [{"label": "岗位名称", "runs": [{"text": "装配工", "filled": True}]}]
    cells = [[{"text": "基本工资", "filled": False}], [wage]]
    article = [{"text": "甲方按月支付工资，每月", "filled": False}, wage, {"text": " 元。", "filled": False}]
    return Companion(
        "测试人事",
        "0533-0000000",
        [
            {"label": "岗位", "value": "装配工", "label_en": "Post", "value_en": "Fitter"},
            {
                "label": "工资",
                "value": "5,200.00 元/月",
                "label_en": "Pay",
                "value_en": "CNY 5,200.00 per month",
            },
        ],
        [
            {
                "heading": "一、岗位",
                "heading_en": "Post",
                "first": 1,
                "last": 2,
                "blocks": [{"kind": "heading", "text": "第一条"}, {"kind": "fields", "rows": rows}],
            },
            {
                "heading": "二、报酬",
                "heading_en": "Pay",
                "first": 2,
                "last": 4,
                "blocks": [
                    {"kind": "paragraph", "runs": article},
                    {"kind": "table", "head": ["工资项目", "金额（元）"], "rows": [cells]},
                ],
            },
        ],
    )


def party_specs(
    places: dict[str, Box] | None = None,
    /,
    *,
    name: str = NAME,
    id_no: str = ID_NO,
    mobile: str = MOBILE,
    email: str = "",
) -> list[PartySpec]:
    boxes = places or prepared()[1]
    return [
        PartySpec(
            "worker",
            PartyKind.PERSON,
            name,
            "01",
            id_no,
            "worker",
            boxes["worker"],
            mobile=mobile,
            email=email,
        ),
        PartySpec(
            "employer", PartyKind.ORGANISATION, LEGAL_NAME, "uscc", USCC, "employer", boxes["employer"]
        ),
    ]


def make_request(
    tenant: UUID | None = None,
    *,
    seam: bool = False,
    expires_in: timedelta = timedelta(days=7),
    **person: str,
) -> SignatureRequest:
    """An open request: the worker is invited, the employer waits."""
    pdf, _ = prepared(seam)
    return open_request(
        tenant=tenant or uuid4(),
        subject=f"contract:{uuid4()}",
        title="签署测试文本",
        document_digest=blobs.put(pdf),
        parties=party_specs(**person),
        expires_at=clock.now() + expires_in,
        actor="user:1",
        companion=companion(),
    )


def member(tenant: UUID, role: Role, user_id: int) -> Principal:
    return Principal(user_id, role, ROLE_PERMISSIONS[role], tenant)


def make_seal(tenant: UUID) -> Seal:
    """An enrolled organisation's official seal."""
    keyroom.enrol_organisation_key(tenant=tenant, legal_name=LEGAL_NAME, uscc=USCC, actor="user:1")
    owner = member(tenant, Role.OWNER, 1)
    return seals.create_seal(principal=owner, kind=SealKind.OFFICIAL, label="公章", holder="user:3")


def approve_seal(tenant: UUID, seal: Seal, *requests: SignatureRequest) -> applications.Outcome:
    """Asked for by a clerk, approved by the keeper."""
    application = applications.apply_for_seal(
        principal=member(tenant, Role.CLERK, 2),
        seal_id=seal.pk,
        request_ids=[request.pk for request in requests],
        reason="新员工劳动合同",
    )
    return applications.approve_applications(
        principal=member(tenant, Role.SEAL_KEEPER, 3),
        application_ids=[application.pk],
        step_up_proof="totp:test",
    )


def run(channel: str) -> int:
    """Do everything that is due on a channel; returns how many items ran."""
    ran = 0
    while done := work.run_due(channel, limit=20):
        ran += done
    return ran


def messages(mobile: str = MOBILE) -> list[str]:
    """What the phone has received, oldest first, once the outbox is emptied."""
    run(work.GENERAL)
    path = Path(settings.OUTBOX_DIR) / "sms.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [row["text"] for row in map(json.loads, lines) if row["to"] == mobile]


def newest(pattern: str, mobile: str = MOBILE) -> str:
    """The first group of `pattern` in the newest message that has it, waiting for others who deliver it."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        for text in reversed(messages(mobile)):
            if found := re.search(pattern, text):
                return found[1]
        time.sleep(0.02)
    raise AssertionError(f"no message with {pattern}")


@dataclass
class Answer:
    status: int
    body: Any

    @property
    def code(self) -> str:
        """Of a refusal."""
        return str(self.body["code"])


@dataclass
class Phone:
    """A device with, once it has exchanged a link, a session. Every POST has a key of its own."""

    mobile: str = MOBILE
    secret: str = ""
    name: str = NAME
    id_no: str = ID_NO
    client: APIClient = field(default_factory=APIClient)

    def post(self, path: str, body: dict[str, Any] | None = None, *, key: str | None = None) -> Answer:
        headers = {"Idempotency-Key": key or uuid4().hex}
        if self.secret:
            headers["Authorization"] = f"Bearer {self.secret}"
        response = self.client.post(f"/api/v1/sign/{path}/", body or {}, format="json", headers=headers)
        return Answer(response.status_code, json.loads(response.content or b"null"))

    def get(self, path: str) -> Answer:
        response = self.fetch(path)
        return Answer(response.status_code, json.loads(response.content))

    def document(self) -> bytes:
        """The PDF, whose digest must be what the header says."""
        response = self.fetch("document")
        assert response.status_code == 200, response.content
        assert response["Digest-SHA-256"] == sha256(response.content).hexdigest()
        return bytes(response.content)

    def fetch(self, path: str, **query: Any) -> Any:
        bearer = {"Authorization": f"Bearer {self.secret}"}
        return self.client.get(f"/api/v1/sign/{path}/", query, headers=bearer)

    def open_link(self, token: str | None = None) -> "Phone":
        answer = self.post("exchange", {"token": token or newest(r"/sign/#([\w-]{43})", self.mobile)})
        assert answer.status == 201, answer
        self.secret = answer.body["session"]
        return self

    def claim(self) -> "Phone":
        """Name and number, and the real-name provider's answer."""
        answer = self.post("identity", {"name": self.name, "id_no": self.id_no})
        assert answer.status == 202, answer
        run(work.GENERAL)
        return self

    def identify(self) -> "Phone":
        self.claim()
        answer = self.post("identity/code", {"code": newest(r"】验证码(\d{6})", self.mobile)})
        assert answer.status == 200, answer
        return self

    def accept(self, *, strokes: bool = True) -> "Phone":
        for text in self.get("consents").body:
            if text["required"] or strokes:
                given = self.post("consents", {"kind": text["kind"], "version": text["version"]})
                assert given.status == 201, given
        return self

    @property
    def digest(self) -> str:
        return str(self.get("session").body["personal"]["document_sha256"])

    def read(self) -> "Phone":
        pages = self.get("session").body["personal"]["pages"]
        answer = self.post("read", {"document_sha256": self.digest, "dwell_ms": [3000] * pages})
        assert answer.status == 201, answer
        return self

    def place(self, **changes: Any) -> Answer:
        body = {
            "document_sha256": self.digest,
            "box": asdict(prepared()[1]["worker"]),
            "strokes": STROKES,
            "canvas": CANVAS,
        }
        body |= changes
        return self.post("place", {name: value for name, value in body.items() if value is not None})

    def prepare_to_sign(self) -> "Phone":
        """Everything up to the signature's place."""
        self.open_link().identify().accept().read()
        placed = self.place()
        assert placed.status == 201, placed
        return self

    def ask_code(self) -> str:
        """The code that confirms the present document."""
        answer = self.post("code", {"document_sha256": self.digest})
        assert answer.status == 202, answer
        return newest(r"】签署验证码(\d{6})", self.mobile)

    def confirm(self, code: str | None = None) -> Answer:
        digest = self.digest
        return self.post("confirm", {"document_sha256": digest, "code": code or self.ask_code()})


def snapshot() -> dict[str, list[Any]]:
    """Everything in the tables of signing but counters of tries: what a refusal must leave as it was."""
    kept = {}
    for model in apps.get_app_config("signing").get_models():
        columns = [f.attname for f in model._meta.concrete_fields if f.name not in COUNTERS]
        kept[model.__name__] = sorted(map(repr, model._default_manager.values_list(*columns)))
    return kept


def refused(answer: Answer, code: str, before: dict[str, list[Any]]) -> None:
    """The answer is this refusal, in both languages and with a remedy, and nothing has changed."""
    assert answer.status >= 400, answer
    assert answer.code == code, answer
    assert all(answer.body[part] for part in ("title", "title_en", "remedy", "remedy_en"))
    assert snapshot() == before


def at_once(count: int, act: Callable[[int], T]) -> list[T]:
    """Run `act(0)` … `act(count - 1)` in threads that start at the same moment."""
    gate = threading.Barrier(count)

    def one(number: int) -> T:
        gate.wait(30)
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
