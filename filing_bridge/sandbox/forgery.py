"""Answers that lie: what a platform must never believe. Used by faults only."""

import base64
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from filing_bridge.protocol import Signer, es256, public_jwk
from filing_bridge.protocol.jose import Purpose, sign_payload

_OPPOSITE = {"accepted": "returned", "returned": "accepted", "rejected": "accepted"}
_CONTRADICTION = {
    "field": "",
    "code": "contradictory_answer",
    "text": "测试省厅故意给出的矛盾答复。",
    "remedy": "请人工向备案机构核实。",
}


class Forger:
    """Makes false answers out of true ones. Thread-safe."""

    def __init__(self, province: Signer) -> None:
        self._province = province
        stranger = ec.generate_private_key(ec.SECP256R1())
        sign = es256(stranger)
        self._stranger = Signer(public_jwk(stranger.public_key())["kid"], sign)
        self._impostor = Signer(province.kid, sign)

    def with_stranger_key(self, token: str) -> str:
        """The same words, signed by a key that nobody registered."""
        return sign_payload(_payload(token), Purpose.ANSWER, self._stranger)

    def under_our_key_id(self, token: str) -> str:
        """The same words and key id, signed by the stranger."""
        return sign_payload(_payload(token), Purpose.ANSWER, self._impostor)

    def about_another_filing(self, token: str) -> str:
        """A genuine signature over the same words about a filing that nobody asked about."""
        payload = _payload(token)
        payload["body"]["idempotency_key"] = secrets.token_hex(32)
        return sign_payload(payload, Purpose.ANSWER, self._province)

    def contradicting(self, token: str) -> str:
        """A genuine signature over the opposite decision; what is no decision stays as it was."""
        payload = _payload(token)
        body = payload["body"]
        if body.get("state") not in _OPPOSITE:
            return token
        body["state"] = _OPPOSITE[body["state"]]
        body["reject_items"] = [] if body["state"] == "accepted" else [_CONTRADICTION]
        payload["head"]["serial_no"] = secrets.token_hex(16)
        return sign_payload(payload, Purpose.ANSWER, self._province)


def _payload(token: str) -> dict[str, Any]:
    text = token.split(".")[1]
    payload: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return payload
