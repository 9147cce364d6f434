import pytest

from signing.keys.signing_key import KeyAlgorithm
from tests.support.ceremony import Ceremony
from tests.support.pki import RunningPki, pki, rsa_pki

__all__ = ["pki", "rsa_pki"]


@pytest.fixture(scope="session")
def ceremony(pki: RunningPki) -> Ceremony:
    """A signing with P-256 keys; its stages are made once and must not be changed."""
    return Ceremony(pki)


@pytest.fixture(scope="session")
def rsa_ceremony(rsa_pki: RunningPki) -> Ceremony:
    """The same with RSA-2048 throughout."""
    return Ceremony(rsa_pki, KeyAlgorithm.RSA2048)


@pytest.fixture(params=["ceremony", "rsa_ceremony"])
def any_ceremony(request: pytest.FixtureRequest) -> Ceremony:
    """Each of the two in turn."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Ceremony)
    return found
