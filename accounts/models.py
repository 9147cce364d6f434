"""People and organisations: log-ins, employers and their members, API keys, the roster of workers.

Identity numbers, mobile numbers, addresses, bank cards and the like are encrypted field by field; where one
must be found by equality it has a blind index beside it. Names stay readable, since rosters are searched by
them.
"""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q

from accounts.domain import (
    CHANGE_TRANSITIONS,
    EMPLOYER_TRANSITIONS,
    MEMBER_ROLES,
    WISH_TRANSITIONS,
    ChangeState,
    EmployerState,
    WishState,
)
from core.crypto import EncryptedJSONField, EncryptedTextField
from core.transitions import TransitionTable

ROLE_CHOICES = [(role.value, role.value) for role in MEMBER_ROLES]


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """A person who can log in; the e-mail address is the user name."""
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person with a log-in: a member of employers, or an operator of the platform."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=50, blank=True)
    is_operator = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []


class Employer(models.Model):
    """A tenant. The attributes bear the names of the contract facts' `employer` section.

    How its people sign: whether a typed name may stand for a written one (`typed_names`), and whether they
    are asked to have the speed and pressure of their writing kept (`stroke_data`).
    """

    TRANSITIONS: ClassVar[TransitionTable] = EMPLOYER_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in EmployerState], default=EmployerState.PENDING
    )
    name = models.CharField(max_length=100)
    uscc = models.CharField(max_length=18)
    si_no = models.CharField(max_length=30, blank=True)
    type = models.CharField(max_length=3)
    economic_type = models.CharField(max_length=3)
    affiliation = models.CharField(max_length=2, blank=True)
    industry = models.CharField(max_length=5)
    competent_dept = models.CharField(max_length=100, blank=True)
    reg_address = models.CharField(max_length=200)
    biz_address = models.CharField(max_length=200)
    legal_rep_name = models.CharField(max_length=50)
    legal_rep_id_type = models.CharField(max_length=2, blank=True)
    legal_rep_id_no = EncryptedTextField(default="")
    contact_name = models.CharField(max_length=50)
    contact_phone = EncryptedTextField()
    headcount = models.PositiveIntegerField(null=True)
    requires_mfa = models.BooleanField(default=False)
    is_dispatch_agency = models.BooleanField(default=False)
    dispatch_license_no = models.CharField(max_length=50, blank=True)
    # Digest of the paper that was handed in with the registration; empty for one made over the API.
    licence = models.CharField(max_length=64, default="")
    typed_names = models.BooleanField(default=True)
    stroke_data = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in EmployerState]), name="employer_state_known"
            ),
            # A rejected registration must not block the right one.
            models.UniqueConstraint(
                fields=["uscc"], condition=~Q(state=EmployerState.REJECTED), name="employer_uscc_once"
            ),
            models.CheckConstraint(
                condition=Q(is_dispatch_agency=False) | ~Q(dispatch_license_no=""),
                name="employer_dispatch_has_license",
            ),
        )
        indexes = (models.Index(fields=["state", "-created_at"]),)

    @property
    def subject(self) -> str:
        """The name under which the audit log knows this employer."""
        return f"employer:{self.pk}"


class ProfileChange(models.Model):
    """A change of an approved profile that an owner asks for and an operator decides on.

    `changes` holds the new values by field name, `evidence` the digest of the paper that shows them (a
    business licence, a notice of registration).
    """

    TRANSITIONS: ClassVar[TransitionTable] = CHANGE_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="changes")
    changes = EncryptedJSONField()
    evidence = models.CharField(max_length=64)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in ChangeState], default=ChangeState.REQUESTED
    )
    requested_by = models.CharField(max_length=80)
    requested_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, null=True)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in ChangeState]), name="profile_change_state_known"
            ),
            models.UniqueConstraint(
                fields=["employer"], condition=Q(state=ChangeState.REQUESTED), name="profile_change_one_open"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="profile_change_two_people",
            ),
        )
        indexes = (models.Index(fields=["employer", "-requested_at"]),)

    @property
    def subject(self) -> str:
        """The name under which the audit log knows the change."""
        return f"profile_change:{self.pk}"


class Membership(models.Model):
    """A person's place in an employer. Taking it away leaves the row, so that the log stays readable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=ROLE_CHOICES)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "employer"], name="membership_once"),
            models.CheckConstraint(
                condition=Q(role__in=[r.value for r in MEMBER_ROLES]), name="membership_role_known"
            ),
        )


class RoleRequest(models.Model):
    """Another role that a member asks for and an owner decides on. `note` says what it is needed for."""

    TRANSITIONS: ClassVar[TransitionTable] = CHANGE_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="role_requests")
    role = models.CharField(max_length=12, choices=ROLE_CHOICES)
    note = models.CharField(max_length=200)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in ChangeState], default=ChangeState.REQUESTED
    )
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in ChangeState]), name="role_request_state_known"
            ),
            models.CheckConstraint(
                condition=Q(role__in=[r.value for r in MEMBER_ROLES]), name="role_request_role_known"
            ),
            models.UniqueConstraint(
                fields=["membership"], condition=Q(state=ChangeState.REQUESTED), name="role_request_one_open"
            ),
        )

    @property
    def subject(self) -> str:
        """The name under which the audit log knows the request."""
        return f"role_request:{self.pk}"


class Notice(models.Model):
    """Something that the platform tells every member: on the first page and with the help, for a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    title_zh = models.CharField(max_length=60)
    title_en = models.CharField(max_length=120)
    text_zh = models.CharField(max_length=1000)
    text_en = models.CharField(max_length=2000)
    shown_from = models.DateTimeField()
    shown_until = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(shown_until__gt=F("shown_from")), name="notice_has_a_time"),
        )
        indexes = (models.Index(fields=["shown_until"]),)

    @property
    def subject(self) -> str:
        """The name under which the audit log knows the notice."""
        return f"notice:{self.pk}"


class Silence(models.Model):
    """A topic that a member does not want to be told of by mail. No row: the member is told."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="silences")
    topic = models.CharField(max_length=30)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["membership", "topic"], name="silence_once"),)


class Invitation(models.Model):
    """An offer of a place in an employer, answered with a token that only the invited address receives.

    The token is stored hashed; the token itself is in the mail only.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=12, choices=ROLE_CHOICES)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(role__in=[r.value for r in MEMBER_ROLES]), name="invitation_role_known"
            ),
        )
        indexes = (models.Index(fields=["employer", "-created_at"]),)


class ApiKey(models.Model):
    """A bearer key: 256 random bits, of which only the SHA-256 is kept, found by a public prefix.

    It acts for a membership, or for an operator when there is none; `scopes` narrow what the role may do.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_keys")
    membership = models.ForeignKey(Membership, null=True, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=50)
    is_session = models.BooleanField(default=False)
    prefix = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    scopes = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["membership", "-created_at"]),)


class Worker(models.Model):
    """A row of an employer's roster. The attributes bear the names of the facts' `worker` section."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="workers")
    name = models.CharField(max_length=50)
    id_type = models.CharField(max_length=2)
    id_no = EncryptedTextField()
    id_no_index = models.CharField(max_length=64)
    sex = models.CharField(max_length=1)
    birth_date = EncryptedTextField()
    ethnicity = EncryptedTextField(default="")
    nationality = models.CharField(max_length=3, blank=True)
    hukou_type = models.CharField(max_length=2)
    hukou_code = models.CharField(max_length=6, blank=True)
    hukou_address = EncryptedTextField()
    resid_code = models.CharField(max_length=6, blank=True)
    resid_address = EncryptedTextField()
    mobile = EncryptedTextField()
    mobile_index = models.CharField(max_length=64)
    mobile_end_index = models.CharField(max_length=64)  # of the last four digits
    postcode = models.CharField(max_length=6, blank=True)
    email = EncryptedTextField(default="")
    education = models.CharField(max_length=2)
    person_category = models.CharField(max_length=2, blank=True)
    employment_cert_no = EncryptedTextField(default="")
    work_permit_no = EncryptedTextField(default="")
    work_permit_valid_to = models.DateField(null=True)
    bank_card = EncryptedTextField(default="")
    bank_name = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["employer", "id_no_index"], name="worker_once_per_employer"),
        )
        indexes = (
            # The lists' orders and searches; the key decides between equals, as in their paging.
            models.Index(fields=["employer", "-created_at", "-id"], name="worker_newest"),
            models.Index(fields=["employer", "name", "id"], name="worker_in_order"),
            models.Index(
                fields=["employer", "name"],
                name="worker_by_name",
                opclasses=["uuid_ops", "varchar_pattern_ops"],
            ),
            models.Index(
                fields=["employer", "work_permit_valid_to"],
                name="worker_by_permit",
                condition=models.Q(work_permit_valid_to__isnull=False),
            ),
            models.Index(fields=["employer", "mobile_index"]),
            models.Index(fields=["employer", "mobile_end_index"], name="worker_by_mobile_end"),
        )

    @property
    def subject(self) -> str:
        """The name under which the audit log knows this worker."""
        return f"worker:{self.pk}"


class RosterWish(models.Model):
    """What a worker asks an employer to correct on the roster: field → the value wanted."""

    TRANSITIONS: ClassVar[TransitionTable] = WISH_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="wishes")
    changes = EncryptedJSONField()
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in WishState], default=WishState.ASKED
    )
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, default="")  # why it was declined

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in WishState]), name="roster_wish_state_known"
            ),
            models.UniqueConstraint(
                fields=["worker"], condition=Q(state=WishState.ASKED), name="roster_wish_one_open"
            ),
        )


class SavedView(models.Model):
    """A member's own filters of one of the portal's lists, as the query of its address.

    The query holds no personal data in clear: what was searched for is encrypted in it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="views")
    listed = models.CharField(max_length=30)
    title = models.CharField(max_length=30)
    query = models.CharField(max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["membership", "listed", "title"], name="saved_view_once"),
        )


class OutgoingMail(models.Model):
    """A mail that waits to be sent; the row goes when it is out."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    recipient = EncryptedTextField()
    subject = EncryptedTextField()
    body = EncryptedTextField()
    created_at = models.DateTimeField(auto_now_add=True)


class AttemptWindow(models.Model):
    """Tries at a secret (a password, a code) in the present window. The key is a blind index."""

    key = models.CharField(max_length=64, primary_key=True)
    opened_at = models.DateTimeField()
    tries = models.PositiveIntegerField()


class TotpState(models.Model):
    """What a person's one-time passwords need besides the secret that allauth keeps.

    `last_step` is the newest time step whose code was accepted: none at or before it is accepted again
    (RFC 6238 section 5.2). `proposed_secret` waits for the first code that confirms it.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="totp")
    last_step = models.BigIntegerField(default=0)
    proposed_secret = EncryptedTextField(null=True)
