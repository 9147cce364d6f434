from tests.support.pki import pki
from tests.support.sandbox import authorities, platform, sandbox

__all__ = ["authorities", "pki", "platform", "sandbox"]
