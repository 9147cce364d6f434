"""Logging in over the API. The pages log in through allauth, with the same counters and the same codes."""

from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import authenticate

from accounts import selectors
from accounts.domain import SESSION_LIFE
from accounts.models import ApiKey, Membership, User
from accounts.services import api_keys, attempts, stepup
from core import clock
from core.errors import Fault, Refused
from core.principal import Permission


def open_session(
    *, email: str, password: str, code: str | None, employer_id: UUID | None, address: str
) -> tuple[ApiKey, str]:
    """Log in as a member of one employer or as an operator; returns a key that lasts a working day.

    Commits the key, its audit event and the counts of wrong tries. Raises what `check_credentials` raises,
    `employer_choice_needed` (several employers, none named) and `no_membership`.
    """
    user = check_credentials(email=email, password=password, code=code, address=address)
    membership = _membership(user, employer_id)
    scopes: frozenset[Permission]
    if membership is None:
        scopes = selectors.operator_principal(user).permissions
    else:
        scopes = selectors.member_principal(membership).permissions
    return api_keys.issue(
        user=user,
        membership=membership,
        name="log-in",
        scopes=scopes,
        expires_at=clock.now() + SESSION_LIFE,
        is_session=True,
    )


def check_credentials(*, email: str, password: str, code: str | None, address: str) -> User:
    """The person with this address, password and, where there is a second factor, this code.

    An unknown address gets the same answer, after the same work, and the same lockout as a wrong password.
    Commits the counts of wrong tries. Raises `login_failed`, `totp_required`, `totp_not_enrolled` (a person
    with passkeys only logs in on the page), `totp_wrong` and `too_many_attempts`.
    """
    account = email.strip().lower()
    attempts.take(attempts.PASSWORD_FROM_ADDRESS, address)
    attempts.take(attempts.PASSWORD_OF_ACCOUNT, account)
    user = authenticate(email=account, password=password)
    if not isinstance(user, User):
        raise Refused("login_failed")
    if is_mfa_enabled(user):
        stepup.check_code(user_id=user.pk, code=code)
    attempts.forgive(attempts.PASSWORD_OF_ACCOUNT, account)
    attempts.give_back(attempts.PASSWORD_FROM_ADDRESS, address)
    return user


def _membership(user: User, employer_id: UUID | None) -> Membership | None:
    places = Membership.objects.filter(user=user, active=True).select_related("employer")
    if employer_id is not None:
        membership = places.filter(employer_id=employer_id).first()
        if membership is None:
            raise Refused("no_membership")
        return membership
    if user.is_operator:
        return None
    mine = list(places.order_by("created_at"))
    if not mine:
        raise Refused("no_membership")
    if len(mine) > 1:
        choices = (
            Fault(
                "/employer",
                "choice",
                f"{m.employer.name}：{m.employer_id}",
                f"{m.employer.name}: {m.employer_id}",
            )
            for m in mine
        )
        raise Refused("employer_choice_needed", faults=choices)
    return mine[0]
