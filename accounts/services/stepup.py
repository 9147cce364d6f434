"""One-time passwords (RFC 6238): enrolment, and the proof asked for before weighty acts.

The secrets are allauth's own `Authenticator` rows, so the log-in pages and the API share them. Two things are
ours, because allauth keeps them in a cache: the lockout, and the rule that a code is accepted once.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare

from accounts.models import TotpState, User
from accounts.services import attempts
from core import audit, clock
from core.errors import Refused
from core.principal import Principal

FRESH = timedelta(minutes=5)


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app needs; shown once, to the person only."""

    secret: str
    otpauth_url: str


def require_strong(
    principal: Principal, code: str | None, *, session_proved_at: datetime | None = None
) -> None:
    """Ask for a second factor now: a TOTP code, or one given in the web session within five minutes.

    Commits the count of a wrong try and the use of a right one. Raises `totp_not_enrolled`, `totp_required`,
    `totp_wrong` and, after five wrong tries, `too_many_attempts` for a quarter of an hour.
    """
    if session_proved_at is not None and timedelta(0) <= clock.now() - session_proved_at <= FRESH:
        return
    check_code(user_id=principal.user_id, code=code)


def check_code(*, user_id: int, code: str | None) -> None:
    """Accept a TOTP code of this person, once. Commits and raises as `require_strong` says."""
    if not has_totp(user_id):
        raise Refused("totp_not_enrolled")
    if not code:
        raise Refused("totp_required")
    with _counted(user_id):
        _accept(user_id, code, {Authenticator.Type.TOTP})


def accept_any_code(*, user_id: int, code: str) -> Authenticator:
    """Accept a TOTP code or a recovery code, once, as the log-in pages do; returns what accepted it.

    Commits and raises as `require_strong` says.
    """
    with _counted(user_id):
        return _accept(user_id, code, {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES})


def check_first_code(*, user_id: int, secret: str, code: str) -> None:
    """Accept the code that proves a secret which is not enrolled yet; it is thereby used.

    Commits and raises as `require_strong` says.
    """
    with _counted(user_id):
        step = _step_of(secret, code)
        if step is None or not _use(user_id, step):
            raise Refused("totp_wrong")


def has_totp(user_id: int) -> bool:
    """Whether the person has enrolled an authenticator app."""
    return bool(Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).exists())


def begin_totp(*, principal: Principal) -> Enrolment:
    """Propose a secret. It counts for nothing until `confirm_totp`; a new proposal replaces the old one.

    Commits the proposal. Raises `totp_already_enrolled`.
    """
    if has_totp(principal.user_id):
        raise Refused("totp_already_enrolled")
    secret = generate_totp_secret()
    TotpState.objects.update_or_create(user_id=principal.user_id, defaults={"proposed_secret": secret})
    user = User.objects.get(pk=principal.user_id)
    return Enrolment(secret=secret, otpauth_url=get_adapter().build_totp_url(user, secret))


def confirm_totp(*, principal: Principal, code: str) -> None:
    """Enrol the proposed secret, proved by its first code (which is thereby used).

    Commits the authenticator, its audit event and the count of a wrong try. Raises `totp_not_begun`,
    `totp_already_enrolled`, `totp_wrong`, `too_many_attempts`.
    """
    user_id = principal.user_id
    if has_totp(user_id):
        raise Refused("totp_already_enrolled")
    state = TotpState.objects.filter(user_id=user_id).first()
    if state is None or state.proposed_secret is None:
        raise Refused("totp_not_begun")
    check_first_code(user_id=user_id, secret=state.proposed_secret, code=code)
    with transaction.atomic():
        try:
            TOTP.activate(User.objects.get(pk=user_id), state.proposed_secret)
        except IntegrityError as error:  # confirmed twice at the same moment
            raise Refused("totp_already_enrolled") from error
        TotpState.objects.filter(user_id=user_id).update(proposed_secret=None)
        audit.record("totp.enrolled", subject=principal.actor, actor=principal.actor)


@contextmanager
def _counted(user_id: int) -> Iterator[None]:
    """Count a try before it is judged; forget the tries when it was right."""
    attempts.take(attempts.SECOND_FACTOR, str(user_id))
    yield
    attempts.forgive(attempts.SECOND_FACTOR, str(user_id))


def _accept(user_id: int, code: str, kinds: Collection[str]) -> Authenticator:
    for enrolled in Authenticator.objects.filter(user_id=user_id, type__in=kinds):
        if enrolled.type == Authenticator.Type.TOTP:
            step = _step_of(decrypt(enrolled.data["secret"]), code)
            accepted = step is not None and _use(user_id, step)
        else:
            accepted = enrolled.wrap().validate_code(code)
        if accepted:
            enrolled.record_usage()
            return enrolled
    raise Refused("totp_wrong")


def _step_of(secret: str, code: str) -> int | None:
    """The time step (30 s each) within the tolerance whose code this is."""
    for step in yield_hotp_counters_from_time():
        if constant_time_compare(format_hotp_value(hotp_value(secret, step)), code):
            return int(step)
    return None


def _use(user_id: int, step: int) -> bool:
    """Take a time step, if neither it nor a later one was taken before."""
    TotpState.objects.get_or_create(user_id=user_id)
    return bool(TotpState.objects.filter(user_id=user_id, last_step__lt=step).update(last_step=step))
