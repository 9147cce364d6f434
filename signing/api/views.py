"""REST endpoints of a signing session: what a person's phone talks to."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language_from_request
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from core.api import remembered
from signing.api import answers, reading
from signing.api import serializers as shapes
from signing.api.authentication import HasSession, SessionAuthentication
from signing.api.throttling import PartyThrottle
from signing.domain import REQUIRED_CONSENTS, Language
from signing.models import SigningSession
from signing.pages import WIDTHS
from signing.services import confirming, downloads, identity, pages, people, sessions, steps
from signing.services.companions import companion_of

MAX_AGENT = 300


def language_of(request: Request) -> str:
    """The language in which the person reads the pages."""
    return Language.EN if get_language_from_request(request) == "en" else Language.ZH


class SessionView(APIView):
    """Base of everything that needs a session's secret."""

    authentication_classes = (SessionAuthentication,)
    permission_classes = (HasSession,)
    throttle_classes = (PartyThrottle,)
    throttle_scope = "code"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST":
            people.keep_language(self.session(), language_of(request))

    def session(self) -> SigningSession:
        session: SigningSession = self.request.auth.session  # type: ignore[union-attr]  # this view admits signing sessions only
        return session


class ExchangeView(APIView):
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (PartyThrottle,)
    throttle_scope = "link"

    @extend_schema(
        operation_id="sign_exchange",
        request=shapes.ExchangeSerializer,
        responses={201: shapes.SessionSecretSerializer},
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Turn the token of a link into a session of this device. The secret is told once."""
        given = _valid(shapes.ExchangeSerializer(data=request.data))
        exchanged = sessions.exchange_link(
            token=given["token"],
            address=BaseThrottle().get_ident(request) or "",
            agent=request.headers.get("User-Agent", "")[:MAX_AGENT],
            language=language_of(request),
        )
        answer = {
            "session": exchanged.secret,
            "expires_at": exchanged.session.expires_at,
            "takes_over": exchanged.takes_over,
        }
        return Response(shapes.SessionSecretSerializer(answer).data, 201)


class StateView(SessionView):
    throttle_scope = "member"

    @extend_schema(operation_id="sign_session", responses=shapes.SigningSessionSerializer)
    def get(self, request: Request) -> Response:
        """Who sent what, until when, what is done. Nothing personal before the phone is proved."""
        return Response(shapes.SigningSessionSerializer(answers.session_answer(self.session())).data)


class IdentityView(SessionView):
    @extend_schema(
        operation_id="sign_identity",
        request=shapes.IdentitySerializer,
        responses={202: shapes.SigningSessionSerializer},
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Name and number of the identity document; the code follows by text message when they hold."""
        given = _valid(shapes.IdentitySerializer(data=request.data))
        identity.claim_identity(session=self.session(), **given)
        return Response(shapes.SigningSessionSerializer(answers.session_answer(self.session())).data, 202)


class IdentityCodeView(SessionView):
    @extend_schema(
        operation_id="sign_identity_code",
        request=shapes.CodeSerializer,
        responses=shapes.SigningSessionSerializer,
    )
    @remembered
    def post(self, request: Request) -> Response:
        """The code from the message proves the phone."""
        given = _valid(shapes.CodeSerializer(data=request.data))
        identity.prove_phone(session=self.session(), code=given["code"])
        session = self.session()
        session.refresh_from_db()
        return Response(shapes.SigningSessionSerializer(answers.session_answer(session)).data)


class ResendView(SessionView):
    @extend_schema(
        operation_id="sign_identity_resend", request=None, responses={202: shapes.SentCodeSerializer}
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Send another identity code; the one before is void."""
        sent = identity.resend_identity_code(session=self.session())
        return Response(shapes.SentCodeSerializer(sent).data, 202)


class ConsentsView(SessionView):
    throttle_scope = "member"

    @extend_schema(operation_id="sign_texts", responses=shapes.TextSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The texts to be read and accepted, in their newest versions."""
        accepted = set(self.session().consents.values_list("kind", "version"))
        rows = [
            {
                "kind": text.kind,
                "version": text.version,
                "required": text.kind in REQUIRED_CONSENTS,
                "accepted": (text.kind, text.version) in accepted,
                "title": text.title_zh,
                "title_en": text.title_en,
                "body": text.body_zh,
                "body_en": text.body_en,
                "sha256": text.digest,
            }
            for text in steps.offered_texts(self.session()).values()
        ]
        return Response(shapes.TextSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="sign_consent", request=shapes.ConsentSerializer, responses={201: shapes.StepsSerializer}
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Accept one text."""
        given = _valid(shapes.ConsentSerializer(data=request.data))
        steps.accept_text(session=self.session(), kind=given["kind"], version=given["version"])
        return _steps_answer(self.session())


class DocumentView(SessionView):
    throttle_scope = "member"

    @extend_schema(operation_id="sign_document", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponse:
        """The newest revision. Its SHA-256 is in the header `Digest-SHA-256`."""
        handed = downloads.hand_out(self.session())
        answer = HttpResponse(handed.pdf, content_type="application/pdf")
        answer["Content-Disposition"] = 'attachment; filename="document.pdf"'
        answer["Digest-SHA-256"] = handed.digest
        return answer


class DocumentLinkView(SessionView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="sign_document_link", request=None, responses={201: shapes.DocumentLinkSerializer}
    )
    @remembered
    def post(self, request: Request) -> Response:
        """A plain link to the PDF, for browsers that cannot save what a script fetched. Good for minutes."""
        url = reverse("signing:document", args=[downloads.ticket_for(self.session())])
        return Response(shapes.DocumentLinkSerializer({"url": url}).data, 201)


class PageView(SessionView):
    throttle_scope = "member"

    @extend_schema(
        operation_id="sign_page",
        parameters=[OpenApiParameter("width", int, enum=WIDTHS, default=WIDTHS[0])],
        responses={(200, "image/webp"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, page: int) -> HttpResponse:
        """A page of the newest revision as an image. 409 `page_not_ready` while it is being made."""
        session = self.session()
        digest = steps.readable_document(session)
        given = _valid(shapes.WidthSerializer(data=request.query_params.dict()))
        answer = HttpResponse(
            pages.page_image(session.party.request, page, given["width"]), content_type="image/webp"
        )
        answer["Digest-SHA-256"] = digest
        answer["Cache-Control"] = "no-store"  # phones are lent and sold
        return answer


class WordsView(SessionView):
    throttle_scope = "member"

    @extend_schema(operation_id="sign_page_words", responses=shapes.WordsSerializer)
    def get(self, request: Request, page: int) -> Response:
        """The words of a page of the newest revision, from the very file that is signed."""
        session = self.session()
        steps.readable_document(session)
        words = {"paragraphs": pages.page_words(session.party.request, page)}
        return Response(shapes.WordsSerializer(words).data, headers={"Cache-Control": "no-store"})


class CompanionView(SessionView):
    throttle_scope = "member"

    @extend_schema(operation_id="sign_companion", responses=reading.CompanionSerializer)
    def get(self, request: Request) -> Response:
        """Gist, words and contact. No sections: take the words of the pages (`pages/{page}/words/`)."""
        session = self.session()
        steps.readable_document(session)
        shape = reading.CompanionSerializer(companion_of(session.party.request))
        return Response(shape.data, headers={"Cache-Control": "no-store"})


class TypedNameView(SessionView):
    throttle_scope = "member"

    @extend_schema(operation_id="sign_typed_name", responses=reading.TypedNameSerializer)
    def get(self, request: Request) -> Response:
        """The signature that typing one's name makes, as it will stand in the document."""
        width, height, path = steps.typed_name(self.session())
        shape = reading.TypedNameSerializer({"width": width, "height": height, "path": path})
        return Response(shape.data, headers={"Cache-Control": "no-store"})


class ReadView(SessionView):
    @extend_schema(
        operation_id="sign_read", request=shapes.ReadSerializer, responses={201: shapes.StepsSerializer}
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Every page was shown, each for so long."""
        given = _valid(shapes.ReadSerializer(data=request.data))
        steps.record_reading(
            session=self.session(), document_digest=given["document_sha256"], dwell=given["dwell_ms"]
        )
        return _steps_answer(self.session())


class PlaceView(SessionView):
    @extend_schema(
        operation_id="sign_place", request=shapes.PlaceSerializer, responses={201: shapes.StepsSerializer}
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Where the signature goes and what it looks like. The newest placement counts."""
        wish = shapes.PlaceSerializer(data=request.data)
        given = _valid(wish)
        steps.place_signature(
            session=self.session(),
            document_digest=given["document_sha256"],
            box=wish.chosen_box,
            handwriting=wish.handwriting,
            typed_name=given.get("typed_name", ""),
        )
        return _steps_answer(self.session())


class CodeView(SessionView):
    @extend_schema(
        operation_id="sign_code",
        request=shapes.DocumentSerializer,
        responses={202: shapes.SentCodeSerializer},
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Send the code that confirms exactly this document; the one before is void."""
        given = _valid(shapes.DocumentSerializer(data=request.data))
        sent = confirming.request_sign_code(session=self.session(), document_digest=given["document_sha256"])
        return Response(shapes.SentCodeSerializer(sent).data, 202)


class ConfirmView(SessionView):
    @extend_schema(
        operation_id="sign_confirm",
        request=shapes.ConfirmSerializer,
        responses={202: shapes.SigningStatusSerializer},
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Sign. 202: the will is on durable record and the signature is being made; see the status."""
        given = _valid(shapes.ConfirmSerializer(data=request.data))
        session = self.session()
        confirming.confirm_signature(
            session=session, document_digest=given["document_sha256"], code=given["code"]
        )
        return Response(shapes.SigningStatusSerializer(answers.status_answer(session.party_id)).data, 202)


class StatusView(SessionView):
    throttle_scope = "member"

    @extend_schema(operation_id="sign_status", responses=shapes.SigningStatusSerializer)
    def get(self, request: Request) -> Response:
        """How far the signature is, and if it is not made, why."""
        return Response(shapes.SigningStatusSerializer(answers.status_answer(self.session().party_id)).data)


class RefuseView(SessionView):
    @extend_schema(
        operation_id="sign_refuse", request=shapes.RefuseSerializer, responses=shapes.SigningStatusSerializer
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Refuse to sign, with a reason that the sender is told."""
        given = _valid(shapes.RefuseSerializer(data=request.data))
        session = self.session()
        confirming.refuse_to_sign(session=session, reason=given["reason"])
        return Response(shapes.SigningStatusSerializer(answers.status_answer(session.party_id)).data)


def _steps_answer(session: SigningSession) -> Response:
    done = steps.steps_done(session, session.party.request.current_digest)
    return Response(shapes.StepsSerializer(done).data, 201)


def _valid(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    validated: dict[str, Any] = serializer.validated_data
    return validated
