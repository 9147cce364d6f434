"""REST endpoints beside the way to the signature: not me, the link once more, the copy on paper."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import remembered
from signing.api import answers
from signing.api import serializers as shapes
from signing.api.views import SessionView
from signing.services import downloads, links, steps
from signing.services.codes import masked_mobile


class StrangerView(SessionView):
    @extend_schema(operation_id="sign_stranger", request=None, responses=shapes.SigningStatusSerializer)
    @remembered
    def post(self, request: Request) -> Response:
        """“That is not me”: the link is void from now on, and the sender is told."""
        session = self.session()
        links.disown_party(session=session)
        return Response(shapes.SigningStatusSerializer(answers.status_answer(session.party_id)).data)


class OwnLinkView(SessionView):
    @extend_schema(operation_id="sign_own_link", request=None, responses={202: shapes.SentLinkSerializer})
    @remembered
    def post(self, request: Request) -> Response:
        """Send the link once more to the person's own phone, to go on later or elsewhere."""
        session = self.session()
        steps.require_steps(session, "identity")
        links.send_own_link(session.party, actor=session.party.actor)
        return Response(shapes.SentLinkSerializer({"sent_to": masked_mobile(session.party)}).data, 202)


class PaperView(SessionView):
    @extend_schema(operation_id="sign_paper", request=None, responses={202: shapes.SigningStatusSerializer})
    @remembered
    def post(self, request: Request) -> Response:
        """Ask the sender for a copy on paper, which is free (指引 Art. 13)."""
        session = self.session()
        downloads.ask_for_paper(session=session)
        return Response(shapes.SigningStatusSerializer(answers.status_answer(session.party_id)).data, 202)
