from tests.support.pki import pki
from tests.support.signing_fixtures import authorities, heard, own_folders

__all__ = ["authorities", "heard", "own_folders", "pki"]
