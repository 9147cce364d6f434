"""REST addresses of employers, members, keys and log-ins. The workers' are in `workers.py`."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import models, selectors
from accounts.adapter import address_of
from accounts.api import serializers as shapes
from accounts.services import api_keys, employers, members, sessions, stepup
from core import blobs, papers
from core.api import ShownOnce, remembered
from core.errors import Refused
from core.principal import Permission, Principal, Role


def principal_of(request: Request) -> Principal:
    """Who sent the request."""
    principal = request.auth
    assert isinstance(principal, Principal)
    return principal


def given(shape: Any, request: Request, **options: Any) -> Any:
    """The body, checked against its shape."""
    serializer = shape(data=request.data, **options)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


class EmployersView(APIView):
    """Registration by anybody."""

    authentication_classes = ()
    permission_classes = ()
    throttle_scope = "register"

    @extend_schema(
        operation_id="register_employer",
        request=shapes.EmployerRegistrationSerializer,
        responses={201: shapes.RegisteredEmployerSerializer},
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Register an employer; its first owner is invited by mail."""
        profile = given(shapes.EmployerRegistrationSerializer, request, partial=True)
        owner_email = profile.pop("owner_email", "")
        employer = employers.register_employer(profile=profile, owner_email=owner_email)
        return Response(shapes.RegisteredEmployerSerializer(employer).data, 201)


class MyEmployerView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="get_my_employer", responses=shapes.EmployerSerializer)
    def get(self, request: Request) -> Response:
        """The employer acted for."""
        return Response(shapes.EmployerSerializer(selectors.employer_of(principal_of(request))).data)

    @extend_schema(
        operation_id="edit_my_employer",
        request=shapes.EmployerProfileSerializer,
        responses=shapes.EmployerSerializer,
    )
    def patch(self, request: Request) -> Response:
        """Edit the profile while nobody has decided on it."""
        changes = given(shapes.EmployerProfileSerializer, request, partial=True)
        employer = employers.update_profile(principal=principal_of(request), changes=changes)
        return Response(shapes.EmployerSerializer(employer).data)


class SigningChoicesView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="choose_signing",
        request=shapes.SigningChoicesSerializer,
        responses=shapes.EmployerSerializer,
    )
    def patch(self, request: Request) -> Response:
        """How the employer's people sign, in contracts sent from now on."""
        choices = given(shapes.SigningChoicesSerializer, request, partial=True)
        employer = employers.choose_signing(principal=principal_of(request), choices=choices)
        return Response(shapes.EmployerSerializer(employer).data)


class MfaPolicyView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="set_mfa_policy", request=shapes.MfaPolicySerializer, responses=shapes.EmployerSerializer
    )
    def put(self, request: Request) -> Response:
        """Whether every member needs a second factor to do more than look at lists."""
        required = given(shapes.MfaPolicySerializer, request)["required"]
        employer = employers.require_mfa(principal=principal_of(request), required=required)
        return Response(shapes.EmployerSerializer(employer).data)


class OperatorEmployersView(ListAPIView[models.Employer]):
    """All employers, for operators."""

    throttle_scope = "member"
    serializer_class = shapes.EmployerSerializer
    filterset_fields = ("state", "uscc")
    queryset = models.Employer.objects.none()

    def get_queryset(self) -> QuerySet[models.Employer]:
        return selectors.all_employers(principal_of(self.request))


class DecideEmployerView(APIView):
    throttle_scope = "member"
    decide = staticmethod(employers.approve_employer)

    @extend_schema(request=None, responses=shapes.EmployerSerializer)
    @remembered
    def post(self, request: Request, employer_id: UUID) -> Response:
        """Decide on a registration."""
        employer = self.decide(principal=principal_of(request), employer_id=employer_id)
        return Response(shapes.EmployerSerializer(employer).data)


class LicenceView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="get_employer_licence", responses={(200, "*/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, employer_id: UUID) -> HttpResponse:
        """The paper that was handed in with the registration: a PDF, PNG or JPEG."""
        employer = selectors.all_employers(principal_of(request)).filter(pk=employer_id).first()
        if employer is None or not employer.licence:
            raise Refused("not_found")
        data = blobs.get(employer.licence)
        kind, ending = papers.kind_of(data)
        answer = HttpResponse(data, content_type=kind)
        answer["Content-Disposition"] = f'attachment; filename="licence.{ending}"'
        return answer


class MembersView(ListAPIView[models.Membership]):
    """The members of the employer."""

    throttle_scope = "member"
    serializer_class = shapes.MemberSerializer
    filterset_fields = ("role", "active")
    queryset = models.Membership.objects.none()

    def get_queryset(self) -> QuerySet[models.Membership]:
        return selectors.members_of(principal_of(self.request))


class MemberRoleView(APIView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="change_role", request=shapes.RoleChangeSerializer, responses=shapes.MemberSerializer
    )
    @remembered
    def post(self, request: Request, membership_id: UUID) -> Response:
        """Give a member another role."""
        role = Role(given(shapes.RoleChangeSerializer, request)["role"])
        membership = members.change_role(
            principal=principal_of(request), membership_id=membership_id, role=role
        )
        return Response(shapes.MemberSerializer(membership).data)


class RemoveMemberView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="remove_member", request=None, responses=shapes.MemberSerializer)
    @remembered
    def post(self, request: Request, membership_id: UUID) -> Response:
        """Take a member's place away; all keys of it are dead at once."""
        membership = members.remove_member(principal=principal_of(request), membership_id=membership_id)
        return Response(shapes.MemberSerializer(membership).data)


class InvitationsView(GenericAPIView[models.Invitation]):
    throttle_scope = "member"
    serializer_class = shapes.InvitationSerializer
    queryset = models.Invitation.objects.none()

    @extend_schema(operation_id="list_invitations", responses=shapes.InvitationSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The invitations into the employer, answered or not."""
        page = self.paginate_queryset(selectors.invitations_of(principal_of(request)))
        return self.get_paginated_response(shapes.InvitationSerializer(page, many=True).data)

    @extend_schema(
        operation_id="invite_member",
        request=shapes.InvitationRequestSerializer,
        responses={201: shapes.InvitationSerializer},
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Invite an address to become a member; the token goes to that address only."""
        body = given(shapes.InvitationRequestSerializer, request)
        invitation = members.invite_member(
            principal=principal_of(request), email=body["email"], role=Role(body["role"])
        )
        return Response(shapes.InvitationSerializer(invitation).data, 201)


class AcceptInvitationView(APIView):
    authentication_classes = ()
    permission_classes = ()
    throttle_scope = "code"

    @extend_schema(
        operation_id="accept_invitation",
        request=shapes.AcceptanceSerializer,
        responses={201: shapes.MemberSerializer},
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Take the offered place: a new person chooses a password, a known one gives it."""
        body = given(shapes.AcceptanceSerializer, request)
        membership = members.accept_invitation(
            token=body["token"],
            name=body["name"],
            password=body["password"],
            code=body.get("totp"),
            address=address_of(request),
        )
        return Response(shapes.MemberSerializer(membership).data, 201)


class SessionsView(APIView):
    authentication_classes = ()
    permission_classes = ()
    throttle_scope = "code"

    @extend_schema(
        operation_id="open_session", request=shapes.LogInSerializer, responses={201: shapes.SessionSerializer}
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Log in; the answer holds a key that lasts a working day."""
        body = given(shapes.LogInSerializer, request)
        key, token = sessions.open_session(
            email=body["email"],
            password=body["password"],
            code=body.get("totp"),
            employer_id=body.get("employer"),
            address=address_of(request),
        )
        session = {
            "token": token,
            "key": key.pk,
            "expires_at": key.expires_at,
            "employer": key.membership.employer_id if key.membership else None,
            "role": key.membership.role if key.membership else Role.OPERATOR,
            "permissions": key.scopes,
        }
        return ShownOnce(shapes.SessionSerializer(session).data, 201)


class ApiKeysView(GenericAPIView[models.ApiKey]):
    throttle_scope = "member"
    serializer_class = shapes.ApiKeySerializer
    queryset = models.ApiKey.objects.none()

    @extend_schema(operation_id="list_api_keys", responses=shapes.ApiKeySerializer(many=True))
    def get(self, request: Request) -> Response:
        """One's own keys; for owners everybody's."""
        page = self.paginate_queryset(selectors.api_keys_of(principal_of(request)))
        return self.get_paginated_response(shapes.ApiKeySerializer(page, many=True).data)

    @extend_schema(
        operation_id="create_api_key",
        request=shapes.ApiKeyRequestSerializer,
        responses={201: shapes.NewApiKeySerializer},
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Make a key with some of one's own permissions; it is shown once."""
        body = given(shapes.ApiKeyRequestSerializer, request)
        key, token = api_keys.create_api_key(
            principal=principal_of(request),
            name=body["name"],
            scopes=map(Permission, body["scopes"]),
            expires_at=body["expires_at"],
            code=body.get("totp"),
        )
        return ShownOnce({**shapes.ApiKeySerializer(key).data, "token": token}, 201)


class RevokeApiKeyView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="revoke_api_key", request=None, responses=shapes.ApiKeySerializer)
    @remembered
    def post(self, request: Request, key_id: UUID) -> Response:
        """End a key at once."""
        key = api_keys.revoke_api_key(principal=principal_of(request), key_id=key_id)
        return Response(shapes.ApiKeySerializer(key).data)


class TotpView(APIView):
    throttle_scope = "code"

    @extend_schema(operation_id="begin_totp", request=None, responses={201: shapes.TotpBegunSerializer})
    @remembered
    def post(self, request: Request) -> Response:
        """Begin to enrol an authenticator app."""
        enrolment = stepup.begin_totp(principal=principal_of(request))
        return Response(shapes.TotpBegunSerializer(enrolment).data, 201)


class ConfirmTotpView(APIView):
    throttle_scope = "code"

    @extend_schema(
        operation_id="confirm_totp",
        request=shapes.TotpCodeSerializer,
        responses=shapes.TotpConfirmedSerializer,
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Finish the enrolment with the first code."""
        stepup.confirm_totp(
            principal=principal_of(request), code=given(shapes.TotpCodeSerializer, request)["totp"]
        )
        return Response({"enrolled": True})
