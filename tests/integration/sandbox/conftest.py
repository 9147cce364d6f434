import random
from collections.abc import Iterator

import pytest

from tests.support.pki import pki, running_pki
from tests.support.sandbox import Platform, RunningSandbox, authorities, platform, sandbox
from tests.support.signed_contracts import Authorities, SignedFile, random_facts, sign_contract

__all__ = ["authorities", "pki", "platform", "sandbox"]


@pytest.fixture(scope="session")
def contract(authorities: Authorities) -> SignedFile:
    """A signed contract that no test files with success: for what must be refused."""
    return sign_contract(authorities, random_facts(random.Random(20261103), "general"))


@pytest.fixture
def stranger(sandbox: RunningSandbox, authorities: Authorities, platform: Platform) -> Platform:
    """Another platform, registered for another province."""
    made = Platform(
        sandbox, authorities, platform.chance, system_code="STRANGER-TEST", token="stranger-token"
    )
    made.register(jurisdictions=["31"])
    return made


@pytest.fixture(scope="session")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authorities]:
    """Authorities that the stand-in has never heard of."""
    with running_pki(tmp_path_factory.mktemp("foreign") / "pki") as running:
        yield Authorities(running)


@pytest.fixture(scope="session")
def foreign_contract(foreign: Authorities) -> SignedFile:
    """A contract that is good under another trust root."""
    return sign_contract(foreign, random_facts(random.Random(20261104), "general"))
