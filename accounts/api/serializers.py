"""The shapes of requests and answers. Forms of many fields are built from the tables in `particulars`."""

from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import masking
from accounts.domain import MEMBER_ROLES, ChangeState, EmployerState, RevealReason
from accounts.particulars import EMPLOYER_FIELDS, REGISTRATION_FIELDS, WORKER_FIELDS, Field
from core.api import StrictSerializer
from core.principal import Permission, Role

# Named here so that the API's description can name them too (ENUM_NAME_OVERRIDES).
ROLES = [role.value for role in MEMBER_ROLES]
ALL_ROLES = [role.value for role in Role]
SCOPES = [permission.value for permission in Permission]
CHANGE_STATES = [state.value for state in ChangeState]
EMPLOYER_STATES = [state.value for state in EmployerState]


class Masked(serializers.CharField):
    """Text that leaves masked."""

    def __init__(self, mask: Callable[[str], str], **options: Any) -> None:
        super().__init__(**options)
        self.mask = mask

    def to_representation(self, value: Any) -> str:
        return self.mask(str(value))


def _entry(field: Field) -> serializers.CharField:
    # What is missing or too long is told by the service together with everything else, not by the serializer.
    shape = {"type": "string", "maxLength": field.limit, "description": field.zh}
    entry = extend_schema_field(shape)(type("Entry", (serializers.CharField,), {}))
    return entry(required=field.required, allow_blank=True, trim_whitespace=False)  # type: ignore[no-any-return]  # the table holds field classes


def _form(name: str, fields: Mapping[str, Field], **more: serializers.Field[Any, Any, Any, Any]) -> Any:
    entries = {key: _entry(field) for key, field in fields.items()}
    about = {"__module__": __name__, "__doc__": "All fields are text unless said otherwise."}
    return type(name, (StrictSerializer,), {**about, **entries, **more})


def _profile(name: str, fields: Mapping[str, Field]) -> Any:
    return _form(
        name,
        fields,
        headcount=serializers.IntegerField(
            required=False, allow_null=True, min_value=0, max_value=10_000_000
        ),
        is_dispatch_agency=serializers.BooleanField(required=False),
    )


EmployerProfileSerializer = _profile("EmployerProfileSerializer", EMPLOYER_FIELDS)
EmployerRegistrationSerializer = _profile("EmployerRegistrationSerializer", REGISTRATION_FIELDS)
WorkerParticularsSerializer = _form("WorkerParticularsSerializer", WORKER_FIELDS)


class EmployerSerializer(serializers.Serializer[Any]):
    """An employer as its members and the operators see it."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(EMPLOYER_STATES)
    name = serializers.CharField()
    uscc = serializers.CharField()
    si_no = serializers.CharField()
    type = serializers.CharField()
    economic_type = serializers.CharField()
    affiliation = serializers.CharField()
    industry = serializers.CharField()
    competent_dept = serializers.CharField()
    reg_address = serializers.CharField()
    biz_address = serializers.CharField()
    legal_rep_name = serializers.CharField()
    legal_rep_id_type = serializers.CharField()
    legal_rep_id_no = Masked(masking.mask_number)
    contact_name = serializers.CharField()
    contact_phone = Masked(masking.mask_phone)
    headcount = serializers.IntegerField(allow_null=True)
    is_dispatch_agency = serializers.BooleanField()
    dispatch_license_no = serializers.CharField()
    typed_names = serializers.BooleanField()
    stroke_data = serializers.BooleanField()
    requires_mfa = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class SigningChoicesSerializer(StrictSerializer):
    """`typed_names`: a typed name may stand for a written one; `stroke_data`: ask whether to keep it."""

    typed_names = serializers.BooleanField()
    stroke_data = serializers.BooleanField()


class RegisteredEmployerSerializer(serializers.Serializer[Any]):
    """All that a visitor learns of a registration."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(EMPLOYER_STATES)


class InvitationRequestSerializer(StrictSerializer):
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(ROLES)


class InvitationSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(ROLES)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)


class AcceptanceSerializer(StrictSerializer):
    token = serializers.CharField(max_length=100)
    name = serializers.CharField(max_length=50)
    password = serializers.CharField(max_length=200, trim_whitespace=False)
    totp = serializers.CharField(max_length=6, required=False)


class MfaPolicySerializer(StrictSerializer):
    required = serializers.BooleanField()  # type: ignore[assignment]  # a field, not the option


class ProfileChangeSerializer(serializers.Serializer[Any]):
    """A change of an approved profile as operators see it: the new values, in the clear."""

    id = serializers.UUIDField()
    employer = serializers.UUIDField(source="employer_id")
    employer_name = serializers.CharField(source="employer.name")
    changes = serializers.DictField(child=serializers.CharField())
    state = serializers.ChoiceField(CHANGE_STATES)
    requested_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField()


class ChangeRefusalSerializer(StrictSerializer):
    note = serializers.CharField(max_length=200)


class MemberSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    user = serializers.IntegerField(source="user_id")
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.name")
    role = serializers.ChoiceField(ROLES)
    active = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class RoleChangeSerializer(StrictSerializer):
    role = serializers.ChoiceField(ROLES)


class LogInSerializer(StrictSerializer):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=200, trim_whitespace=False)
    totp = serializers.CharField(max_length=6, required=False)
    employer = serializers.UUIDField(required=False)


class SessionSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(allow_null=True, help_text="Shown once: null in a repeated answer.")
    key = serializers.UUIDField()
    expires_at = serializers.DateTimeField()
    employer = serializers.UUIDField(allow_null=True)
    role = serializers.ChoiceField(ALL_ROLES)
    permissions = serializers.ListField(child=serializers.ChoiceField(SCOPES))


class ApiKeyRequestSerializer(StrictSerializer):
    name = serializers.CharField(max_length=50)
    scopes = serializers.ListField(child=serializers.ChoiceField(SCOPES), allow_empty=False)
    expires_at = serializers.DateTimeField()
    totp = serializers.CharField(max_length=6, required=False)


class ApiKeySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    person = serializers.EmailField(source="user.email")
    is_session = serializers.BooleanField()
    scopes = serializers.ListField(child=serializers.ChoiceField(SCOPES))
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)


class NewApiKeySerializer(ApiKeySerializer):
    token = serializers.CharField(allow_null=True, help_text="Shown once: null in a repeated answer.")


class TotpBegunSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField()
    otpauth_url = serializers.CharField()


class TotpConfirmedSerializer(serializers.Serializer[Any]):
    enrolled = serializers.BooleanField()


class TotpCodeSerializer(StrictSerializer):
    totp = serializers.CharField(max_length=6)


class WorkerSerializer(serializers.Serializer[Any]):
    """A row of the roster, masked. The name is whole only for who may see personal data."""

    id = serializers.UUIDField()
    name = serializers.SerializerMethodField()
    id_type = serializers.CharField()
    id_no = Masked(masking.mask_number)
    sex = serializers.CharField()
    birth_date = Masked(masking.mask_date)
    nationality = serializers.CharField()
    hukou_type = serializers.CharField()
    hukou_code = serializers.CharField()
    hukou_address = Masked(masking.mask_address)
    resid_code = serializers.CharField()
    resid_address = Masked(masking.mask_address)
    mobile = Masked(masking.mask_phone)
    email = Masked(masking.mask_email)
    education = serializers.CharField()
    person_category = serializers.CharField()
    work_permit_valid_to = serializers.DateField(allow_null=True)
    bank_card = Masked(masking.mask_card)
    created_at = serializers.DateTimeField()

    def get_name(self, worker: Any) -> str:
        return masking.shown_name(self.context["principal"], worker.name)


class WorkerRevealedSerializer(serializers.Serializer[Any]):
    """The whole record."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    id_type = serializers.CharField()
    id_no = serializers.CharField()
    sex = serializers.CharField()
    birth_date = serializers.CharField()
    ethnicity = serializers.CharField()
    nationality = serializers.CharField()
    hukou_type = serializers.CharField()
    hukou_code = serializers.CharField()
    hukou_address = serializers.CharField()
    resid_code = serializers.CharField()
    resid_address = serializers.CharField()
    mobile = serializers.CharField()
    postcode = serializers.CharField()
    email = serializers.CharField()
    education = serializers.CharField()
    person_category = serializers.CharField()
    employment_cert_no = serializers.CharField()
    work_permit_no = serializers.CharField()
    work_permit_valid_to = serializers.DateField(allow_null=True)
    bank_card = serializers.CharField()
    bank_name = serializers.CharField()


class RevealRequestSerializer(StrictSerializer):
    reason = serializers.ChoiceField([reason.value for reason in RevealReason])


class WorkerSearchSerializer(StrictSerializer):
    """Personal data never stand in an address, so one searches by POST."""

    name = serializers.CharField(max_length=50, required=False)
    id_no = serializers.CharField(max_length=40, required=False)
    mobile = serializers.CharField(max_length=20, required=False)
