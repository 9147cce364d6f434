"""Synthetic employers, members and workers for tests, and clients that act for them."""

import itertools
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from rest_framework.test import APIClient

from accounts import selectors
from accounts.domain import SESSION_LIFE, EmployerState
from accounts.models import Employer, Membership, User, Worker
from accounts.services import api_keys, members, workers
from core import clock, numbers
from core.principal import Principal, Role

PASSWORD = "correct-horse-battery"
_serial = itertools.count(1)

PROFILE: dict[str, Any] = {
    "name": "示例制造（淄博）有限公司",
    "uscc": "91370303MA3TE5T03M",
    "si_no": "37030001",
    "type": "10",
    "economic_type": "173",
    "industry": "C3730",
    "reg_address": "山东省淄博市张店区示例路100号",
    "biz_address": "山东省淄博市张店区示例路100号2号厂房",
    "legal_rep_name": "示例法人",
    "contact_name": "示例人事",
    "contact_phone": "0533-2345678",
    "headcount": 318,
    "is_dispatch_agency": False,
}
WORKER: dict[str, Any] = {
    "name": "测试甲",
    "id_type": "01",
    "id_no": "370303199003070013",
    "hukou_type": "11",
    "hukou_code": "370303",
    "hukou_address": "山东省淄博市张店区测试街道1号",
    "resid_address": "山东省淄博市张店区测试小区2号楼3单元401室",
    "mobile": "13800000000",
    "education": "31",
}


def uscc(serial: int) -> str:
    """A synthetic unified social credit code with a right check character."""
    first17 = f"91370303MA{serial:07}"
    return first17 + numbers.uscc_check_character(first17)


def id_no(serial: int, *, born: str = "19900307", area: str = "370303") -> str:
    """A synthetic citizen number with a right check character."""
    first17 = f"{area}{born}{serial % 1000:03}"
    return first17 + numbers.citizen_check_character(first17)


def make_employer(**columns: Any) -> Employer:
    """An approved employer, unless told otherwise."""
    values = {**PROFILE, "uscc": uscc(next(_serial)), "state": EmployerState.APPROVED, **columns}
    return Employer.objects.create(**values)


def make_member(employer: Employer, role: Role = Role.OWNER, email: str | None = None) -> Membership:
    """A new person with a password and a place in the employer."""
    user = members.create_login(
        email=email or f"member{next(_serial)}@example.com", name="测试成员", password=PASSWORD
    )
    return Membership.objects.create(user=user, employer=employer, role=role)


def make_principal(employer: Employer, role: Role = Role.OWNER) -> Principal:
    """A new member, as services take it."""
    return selectors.member_principal(make_member(employer, role))


def make_operator() -> User:
    """A person who runs the platform."""
    user = members.create_login(email=f"operator{next(_serial)}@example.com", name="", password=PASSWORD)
    User.objects.filter(pk=user.pk).update(is_operator=True)
    user.refresh_from_db()
    return user


def make_worker(employer: Employer, **particulars: Any) -> Worker:
    """A worker on the roster; a number of its own unless one is given."""
    serial = next(_serial)
    given = {**WORKER, "id_no": id_no(serial), **particulars}
    return workers.create_worker(principal=make_principal(employer, Role.CLERK), particulars_given=given)


def client_of(who: Membership | User) -> "Client":
    """An API client with a session key of a member or an operator."""
    membership = who if isinstance(who, Membership) else None
    user = who.user if isinstance(who, Membership) else who
    principal = selectors.member_principal(membership) if membership else selectors.operator_principal(user)
    _, token = api_keys.issue(
        user=user,
        membership=membership,
        name="test",
        scopes=principal.permissions,
        expires_at=clock.now() + SESSION_LIFE,
    )
    return Client(token)


@dataclass(frozen=True)
class Client:
    """Speaks JSON, sends the bearer token, and a new Idempotency-Key with every POST."""

    token: str | None = None

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A request to an address below /api/v1/ (or a whole address), with a JSON body."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named.setdefault("Authorization", f"Bearer {self.token}")
        if method == "post":
            named.setdefault("Idempotency-Key", uuid4().hex)
        address = path if path.startswith(("/", "http")) else f"/api/v1/{path}"
        return getattr(APIClient(), method)(address, body, format="json", headers=named)
