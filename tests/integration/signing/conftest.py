from tests.support.pki import pki, rsa_pki

__all__ = ["pki", "rsa_pki"]
