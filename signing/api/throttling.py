"""Rate limits by whom a request is about: many signers share one address at a signing table."""

from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from core.canonical import sha256_hex
from signing.api.authentication import SigningCaller


class PartyThrottle(ScopedRateThrottle):
    """Counts per party, over all its sessions; before there is a session, per link."""

    def get_cache_key(self, request: Request, view: APIView) -> str:
        if isinstance(request.auth, SigningCaller):
            ident = str(request.auth.session.party_id)
        else:
            ident = sha256_hex(request.body)
        return str(self.cache_format % {"scope": self.scope, "ident": ident})
