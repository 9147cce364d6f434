"""Members of an employer as the API sees them, without rows of accounts."""

import uuid
from types import SimpleNamespace
from typing import Any, cast

from rest_framework.test import APIClient

from core.principal import ROLE_PERMISSIONS, Principal, Role


def principal(tenant: uuid.UUID, role: Role = Role.OWNER) -> Principal:
    """A member of the employer."""
    return Principal(user_id=1, role=role, permissions=ROLE_PERMISSIONS[role], employer_id=tenant)


def client_of(who: Principal) -> APIClient:
    """A client of the REST API that is logged in as the member."""
    api = APIClient()
    person = SimpleNamespace(is_authenticated=True, pk=who.user_id)
    api.force_authenticate(user=cast(Any, person), token=cast(Any, who))
    return api
