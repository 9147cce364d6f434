from tests.support.pki import pki
from tests.support.sandbox import authorities

__all__ = ["authorities", "pki"]
