"""REST endpoints of the evidence package of a contract."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contracts.selectors import contract_of
from contracts.services.viewing import open_in_full
from core.api import principal_of, remembered
from filing_bridge.services import evidence


class EvidenceView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="get_evidence", responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, contract_id: UUID) -> HttpResponse:
        """The newest evidence package. `manage.py verify_evidence` checks it offline."""
        principal = principal_of(request)
        package = evidence.evidence_of(contract_of(principal, contract_id))
        contract = open_in_full(principal=principal, contract_id=contract_id, what="evidence")
        answer = HttpResponse(package, content_type="application/zip")
        answer["Content-Disposition"] = f'attachment; filename="{contract.contract_no}-evidence.zip"'
        return answer

    @extend_schema(operation_id="build_evidence", request=None, responses={202: None})
    @remembered
    def post(self, request: Request, contract_id: UUID) -> Response:
        """Build the package anew, with what has come since."""
        contract = open_in_full(principal=principal_of(request), contract_id=contract_id, what="evidence")
        evidence.request_evidence(contract)
        return Response(None, 202)
