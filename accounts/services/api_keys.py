"""Bearer keys: `qb_<prefix>_<secret>`. The prefix finds the row, the secret is compared by its hash."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.crypto import constant_time_compare

from accounts import selectors
from accounts.domain import LONGEST_KEY_LIFE
from accounts.models import ApiKey, Membership, User
from accounts.services import stepup
from core import audit, clock
from core.errors import Refused
from core.principal import Permission, Principal

MARK = "qb"
PREFIX_BYTES = 6
SECRET_BYTES = 32


def create_api_key(
    *, principal: Principal, name: str, scopes: Iterable[Permission], expires_at: datetime, code: str | None
) -> tuple[ApiKey, str]:
    """Make a key for the acting person; returns the row and the bearer token, which is not kept.

    Whoever has an authenticator app must give a code. Commits the row and its audit event. Raises
    `scope_not_held` (a key never has more than the one who makes it), `key_life_too_long` and what
    `stepup.require_strong` raises.
    """
    wanted = frozenset(scopes)
    beyond = wanted - principal.permissions
    if beyond:
        raise Refused("scope_not_held", params={"scopes": ", ".join(sorted(beyond))})
    if not clock.now() < expires_at <= clock.now() + LONGEST_KEY_LIFE:
        raise Refused("key_life_too_long", params={"days": LONGEST_KEY_LIFE.days})
    if stepup.has_totp(principal.user_id):
        stepup.require_strong(principal, code)
    membership = None
    if principal.employer_id is not None:
        membership = Membership.objects.get(user_id=principal.user_id, employer_id=principal.employer_id)
    return issue(
        user=User.objects.get(pk=principal.user_id),
        membership=membership,
        name=name,
        scopes=wanted,
        expires_at=expires_at,
    )


def issue(
    *,
    user: User,
    membership: Membership | None,
    name: str,
    scopes: Iterable[Permission],
    expires_at: datetime,
    is_session: bool = False,
) -> tuple[ApiKey, str]:
    """Write a key for a membership, or for an operator when there is none, with its audit event."""
    prefix, secret = secrets.token_hex(PREFIX_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    key = ApiKey.objects.create(
        user=user,
        membership=membership,
        name=name,
        is_session=is_session,
        prefix=prefix,
        secret_hash=hash_of(secret),
        scopes=sorted(scopes),
        expires_at=expires_at,
    )
    audit.record(
        "session.opened" if is_session else "api_key.created",
        subject=f"api_key:{key.pk}",
        actor=f"user:{user.pk}",
        tenant=membership.employer_id if membership else None,
        detail={"scopes": list(key.scopes)},
    )
    return key, f"{MARK}_{prefix}_{secret}"


def revoke_api_key(*, principal: Principal, key_id: UUID) -> ApiKey:
    """End a key at once: one's own, or with `manage_members` anybody's of the employer. Can be repeated.

    Commits the revocation and its audit event; raises `not_found`.
    """
    key = selectors.api_key_of(principal, key_id)
    now = clock.now()
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        key.revoked_at = now
        audit.record(
            "api_key.revoked",
            subject=f"api_key:{key.pk}",
            actor=principal.actor,
            tenant=principal.employer_id,
        )
    return key


def end_sessions(*, user_id: int) -> None:
    """Revoke every session key of a person, after a change of password. Commits the revocations."""
    ApiKey.objects.filter(user_id=user_id, is_session=True, revoked_at=None).update(revoked_at=clock.now())


def hash_of(secret: str) -> str:
    """SHA-256 in hexadecimal: enough for 256 random bits, which nobody can guess through."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_live_key(token: str) -> ApiKey | None:
    """The key that a bearer token opens, unless wrong, expired, revoked, or its person was taken away."""
    mark, _, rest = token.partition("_")
    prefix, _, secret = rest.partition("_")
    if mark != MARK or not secret:
        return None
    key = (
        ApiKey.objects.select_related("user", "membership__employer")
        .filter(prefix=prefix, revoked_at=None)
        .first()
    )
    if key is None or not constant_time_compare(key.secret_hash, hash_of(secret)):
        return None
    if key.expires_at <= clock.now() or not key.user.is_active:
        return None
    if key.membership is None:
        return key if key.user.is_operator else None
    return key if key.membership.active else None
