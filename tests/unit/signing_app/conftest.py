from tests.support.pki import pki
from tests.support.signing_fixtures import authorities, own_folders

__all__ = ["authorities", "own_folders", "pki"]
