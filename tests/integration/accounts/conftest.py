"""Fixtures of the accounts tests."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.cache import cache

from accounts.models import Employer
from core import work
from core.principal import Role
from tests.support import accounts as make
from tests.support.accounts import Client


@pytest.fixture(autouse=True)
def no_throttle_left_over() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def employer(db: None) -> Employer:
    return make.make_employer()


@pytest.fixture
def owner(employer: Employer) -> Client:
    return make.client_of(make.make_member(employer, Role.OWNER))


@pytest.fixture
def operator(db: None) -> Client:
    return make.client_of(make.make_operator())


@pytest.fixture
def visitor(db: None) -> Client:
    return Client()


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables that an act could change: what a refusal must leave alone.

    Counted tries and the time a key was last used are not among them: they change on purpose.
    """
    left_out = {"AttemptWindow", "TotpState", "RememberedAnswer", "Session"}
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name not in ("last_used_at", "last_login")}
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in apps.get_models()
        if model.__name__ not in left_out and model._meta.app_label in {"accounts", "core", "account", "mfa"}
    }


def deliver_mail() -> list[Any]:
    """Run the due work; the mails that went out."""
    while work.run_due(work.GENERAL, limit=10):
        pass
    return mail.outbox


def token_in(message: Any) -> str:
    """The invitation's token in a mail."""
    found = re.search(r"/account/invitation/([\w-]+)/", message.body)
    assert found
    return found[1]
