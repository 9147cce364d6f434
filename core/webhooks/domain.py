"""What a delivery can be, and when it is tried again. No framework here."""

import hashlib
import hmac
from datetime import timedelta
from enum import StrEnum

from core.transitions import TransitionTable


class DeliveryState(StrEnum):
    """Whether one endpoint has confirmed one event."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


DELIVERY_TRANSITIONS: TransitionTable = {
    DeliveryState.PENDING: frozenset({DeliveryState.DELIVERED, DeliveryState.GIVEN_UP}),
    DeliveryState.DELIVERED: frozenset({DeliveryState.PENDING}),  # replayed by a person
    DeliveryState.GIVEN_UP: frozenset({DeliveryState.PENDING}),
}

RETRY_BASE = 10.0
RETRY_CEILING = timedelta(hours=4).total_seconds()
KEEP_TRYING = timedelta(days=4)  # three are promised; a receiver that is down over a weekend gets a fourth
CALL_SECONDS = 10.0
RUN_SECONDS = 30.0  # one endpoint may keep a worker this long before others get their turn
MAX_ENDPOINTS = 20


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """`t=<seconds>,v1=<hex>`: HMAC-SHA256 over "<seconds>.<body>", so that an old call cannot be replayed."""
    mac = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={mac}"
