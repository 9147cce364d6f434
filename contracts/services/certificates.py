"""How long employers' certificates still hold, and the warnings before they end.

A certificate with less than thirty days left is renewed by the signer at its next use; the warning has it
renewed without waiting for one.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from accounts.domain import Topic
from accounts.services.notifications import tell
from core import audit, clock, work
from signing.models import OrganisationKey

WARNINGS = (90, 30, 7)
SYSTEM = "system:certificates"


def days_left(key: OrganisationKey | None) -> int | None:
    """Whole days until the certificate ends; None while there is none."""
    return (key.not_after - clock.now()).days if key and key.not_after else None


def level_of(key: OrganisationKey | None) -> int | None:
    """The nearest warning that is due: 90, 30 or 7 days; None for none."""
    left = days_left(key)
    return None if left is None else min((days for days in WARNINGS if left < days), default=None)


def warn_of_expiry() -> None:
    """Mail owners and seal keepers once at each of the three marks, and have the signer renew at the second.

    Commits, for each certificate, the mark with its audit event and mails.
    """
    last = clock.now() + timedelta(days=max(WARNINGS))
    for key in OrganisationKey.objects.filter(not_after__lt=last)[:500]:
        level = level_of(key)
        if level is None or (key.warned_days is not None and key.warned_days <= level):
            continue
        unwarned = Q(warned_days=None) | Q(warned_days__gt=level)
        with transaction.atomic():
            mine = OrganisationKey.objects.filter(unwarned, pk=key.pk, not_after=key.not_after)
            if not mine.update(warned_days=level):
                continue
            subject = f"organisation:{key.tenant}"
            audit.record(
                "certificate.expiring",
                subject=subject,
                actor=SYSTEM,
                tenant=key.tenant,
                detail={"days": level},
            )
            assert key.not_after is not None  # the filter above
            until = key.not_after.astimezone(clock.SHANGHAI).date().isoformat()
            tell(Topic.CERTIFICATE_EXPIRING, tenant=key.tenant, params={"days": level, "until": until})
            if level <= 30:
                work.enqueue("signing.enrol", str(key.tenant))
