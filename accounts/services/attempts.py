"""Lockout: a try is counted before it is judged, by one conditional update, so that parallel tries count too.

Counters stand in the database: a restart or an emptied cache gives nobody new tries.
"""

import math
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F

from accounts.models import AttemptWindow
from core import clock, work
from core.crypto import blind_index
from core.errors import Refused


@dataclass(frozen=True)
class Limit:
    """At most `tries` in any one `window`; the window opens with the first try."""

    kind: str
    tries: int
    window: timedelta

    def key(self, whose: str) -> str:
        """Where the tries of `whose` (an address, an account) are counted."""
        return blind_index(f"attempts:{self.kind}", whose)


QUARTER = timedelta(minutes=15)
PASSWORD_OF_ACCOUNT = Limit("password-account", 5, QUARTER)
PASSWORD_FROM_ADDRESS = Limit("password-address", 20, QUARTER)
SECOND_FACTOR = Limit("second-factor", 5, QUARTER)
VERIFICATION_FROM_ADDRESS = Limit("verification-address", 30, QUARTER)
REGISTRATION_FROM_ADDRESS = Limit("registration-address", 10, timedelta(hours=1))


def take(limit: Limit, whose: str) -> None:
    """Count one try. Commits the count; raises `too_many_attempts` when none is left in this window."""
    now = clock.now()
    window = AttemptWindow.objects.filter(key=limit.key(whose))
    window.filter(opened_at__lte=now - limit.window).update(opened_at=now, tries=0)
    AttemptWindow.objects.get_or_create(key=limit.key(whose), defaults={"opened_at": now, "tries": 0})
    if not window.filter(tries__lt=limit.tries).update(tries=F("tries") + 1):
        opened_at = window.values_list("opened_at", flat=True).get()
        left = math.ceil((opened_at + limit.window - now).total_seconds())
        raise Refused("too_many_attempts", retry_after=max(1, left))


def locked(limit: Limit, whose: str) -> bool:
    """Whether no try is left in the present window."""
    opened = clock.now() - limit.window
    spent = AttemptWindow.objects.filter(key=limit.key(whose), opened_at__gt=opened, tries__gte=limit.tries)
    return spent.exists()


def forgive(limit: Limit, whose: str) -> None:
    """Forget all tries, after a right answer by the one whom they are counted for."""
    AttemptWindow.objects.filter(key=limit.key(whose)).update(tries=0)


def give_back(limit: Limit, whose: str) -> None:
    """Return one try: a right answer uses none, but must not wipe out the wrong ones made beside it."""
    AttemptWindow.objects.filter(key=limit.key(whose), tries__gt=0).update(tries=F("tries") - 1)


@work.periodic("accounts.forget_attempts", every=timedelta(hours=6))
def forget_old_windows() -> None:
    """Drop windows that closed long ago, so that guessed addresses do not pile up."""
    AttemptWindow.objects.filter(opened_at__lt=clock.now() - timedelta(days=1)).delete()
