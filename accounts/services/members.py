"""Who belongs to an employer, in which role."""

import hashlib
import secrets
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from accounts import selectors
from accounts.domain import INVITATION_LIFE
from accounts.models import Employer, Invitation, Membership, User
from accounts.services import mail
from accounts.services.sessions import check_credentials
from core import audit, clock
from core.errors import Refused
from core.principal import Permission, Principal, Role

TOKEN_BYTES = 32


def invite_member(*, principal: Principal, email: str, role: Role) -> Invitation:
    """Offer a place to an address; whether it has a log-in already is not told.

    Commits the invitation, its audit event and the due mail. Raises `already_member`.
    """
    principal.require(Permission.MANAGE_MEMBERS)
    if selectors.members_of(principal).filter(user__email=email.lower(), active=True).exists():
        raise Refused("already_member")
    employer = selectors.employer_of(principal)
    return offer_place(employer=employer, email=email, role=role, actor=principal.actor, by=principal.user_id)


@transaction.atomic
def offer_place(
    *, employer: Employer, email: str, role: Role, actor: str, by: int | None = None
) -> Invitation:
    """Write an invitation with its audit event and its due mail; the token leaves in that mail only."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        employer=employer,
        email=email.lower(),
        role=role,
        token_hash=hash_of(token),
        invited_by_id=by,
        expires_at=clock.now() + INVITATION_LIFE,
    )
    audit.record(
        "invitation.sent",
        subject=f"invitation:{invitation.pk}",
        actor=actor,
        tenant=employer.pk,
        detail={"role": role},
    )
    mail.post(to=invitation.email, **_letter(invitation, token))
    return invitation


@transaction.atomic
def withdraw_invitation(*, principal: Principal, invitation_id: UUID) -> None:
    """Make an unanswered invitation worthless at once. Can be repeated. Raises `not_found`."""
    principal.require(Permission.MANAGE_MEMBERS)
    offers = selectors.invitations_of(principal).filter(pk=invitation_id, accepted_at=None)
    if not offers.exists():
        raise Refused("not_found")
    if offers.filter(expires_at__gt=clock.now()).update(expires_at=clock.now()):
        audit.record(
            "invitation.withdrawn",
            subject=f"invitation:{invitation_id}",
            actor=principal.actor,
            tenant=principal.tenant,
        )


def _letter(invitation: Invitation, token: str) -> dict[str, str]:
    link = settings.PUBLIC_URL + reverse("accounts:invitation", args=[token])
    words = render_to_string("mail/invitation.txt", {"invitation": invitation, "token": token, "link": link})
    subject, _, body = words.partition("\n")
    return {"subject": subject, "body": body.strip()}


def open_invitation(token: str) -> Invitation:
    """The invitation that a token opens; raises `invitation_invalid` when unknown, answered or expired."""
    invitation = (
        Invitation.objects.select_related("employer")
        .filter(token_hash=hash_of(token), accepted_at=None, expires_at__gt=clock.now())
        .first()
    )
    if invitation is None:
        raise Refused("invitation_invalid")
    return invitation


def accept_invitation(*, token: str, name: str, password: str, code: str | None, address: str) -> Membership:
    """Take the offered place. The token proves the e-mail address; who has a log-in proves that too.

    A new person chooses the password; for a known one it is checked as at log-in, counters and all.
    Commits log-in, membership, audit event. Raises `invitation_invalid`, `password_too_weak`,
    `already_member` and what `check_credentials` raises.
    """
    invitation = open_invitation(token)
    known = User.objects.filter(email=invitation.email).exists()
    if known:
        check_credentials(email=invitation.email, password=password, code=code, address=address)
    with transaction.atomic():
        taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=clock.now())
        if not taken:
            raise Refused("invitation_invalid")
        user = (
            User.objects.get(email=invitation.email)
            if known
            else create_login(email=invitation.email, name=name, password=password)
        )
        membership = _join(user, invitation)
        audit.record(
            "member.joined",
            subject=f"member:{membership.pk}",
            actor=f"user:{user.pk}",
            tenant=invitation.employer_id,
            detail={"role": invitation.role, "invitation": str(invitation.pk)},
        )
    return membership


def create_login(*, email: str, name: str, password: str | None) -> User:
    """A person whose address is proved; without a password the log-in page's reset sets the first one."""
    if password is not None:
        try:
            validate_password(password, User(email=email, name=name))
        except ValidationError as error:
            raise Refused("password_too_weak") from error
    user = User.objects.create_user(email, password, name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@transaction.atomic
def change_role(*, principal: Principal, membership_id: UUID, role: Role) -> Membership:
    """Give a member another role; keys keep only what the new role allows.

    Commits role and audit event. Raises `not_found` and `last_owner`.
    """
    principal.require(Permission.MANAGE_MEMBERS)
    membership = _locked_member(principal, membership_id)
    if role != Role.OWNER:
        _keep_an_owner(membership)
    old, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    audit.record(
        "member.role_changed",
        subject=f"member:{membership.pk}",
        actor=principal.actor,
        tenant=principal.tenant,
        detail={"old": old, "new": role},
    )
    return membership


@transaction.atomic
def remove_member(*, principal: Principal, membership_id: UUID) -> Membership:
    """Take a member's place away: every key of it is dead at once. Commits it with its audit event.

    Raises `not_found` and `last_owner`.
    """
    principal.require(Permission.MANAGE_MEMBERS)
    membership = _locked_member(principal, membership_id)
    _keep_an_owner(membership)
    membership.active = False
    membership.save(update_fields=["active"])
    audit.record(
        "member.removed",
        subject=f"member:{membership.pk}",
        actor=principal.actor,
        tenant=principal.tenant,
    )
    return membership


def hash_of(token: str) -> str:
    """SHA-256 in hexadecimal of an invitation's token (256 random bits)."""
    return hashlib.sha256(token.encode()).hexdigest()


def _join(user: User, invitation: Invitation) -> Membership:
    membership, new = Membership.objects.get_or_create(
        user=user, employer_id=invitation.employer_id, defaults={"role": invitation.role}
    )
    if new:
        return membership
    if membership.active:
        raise Refused("already_member")
    membership.active, membership.role = True, invitation.role
    membership.save(update_fields=["active", "role"])
    return membership


def _locked_member(principal: Principal, membership_id: UUID) -> Membership:
    """The member, with the employer's row locked: two owners cannot remove each other at the same time.

    SQLite ignores the lock and needs none: its writing transactions exclude each other.
    """
    Employer.objects.select_for_update().get(pk=principal.tenant)
    membership = selectors.member_of(principal, membership_id)
    if not membership.active:
        raise Refused("not_found")
    return membership


def _keep_an_owner(membership: Membership) -> None:
    others = Membership.objects.filter(
        employer_id=membership.employer_id, role=Role.OWNER, active=True
    ).exclude(pk=membership.pk)
    if membership.role == Role.OWNER and not others.exists():
        raise Refused("last_owner")
