"""Shapes of requests and answers of a signing session, and of seals."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from core.api import StrictSerializer
from signing.domain import CODE_DIGITS, SealKind
from signing.models import Seal
from signing.pades.geometry import Box
from signing.pades.marks import MAX_LINES, MAX_NAME, MAX_POINTS
from signing.pages import WIDTHS
from signing.services.steps import Handwriting

MAX_PAGES = 1_000
MAX_DWELL_MS = 24 * 3600 * 1000


def digest_field() -> serializers.RegexField:
    return serializers.RegexField(r"^[0-9a-f]{64}\Z")


def code_field() -> serializers.RegexField:
    return serializers.RegexField(rf"^[0-9]{{{CODE_DIGITS}}}\Z")


class ExchangeSerializer(StrictSerializer):
    token = serializers.CharField(max_length=100)


class IdentitySerializer(StrictSerializer):
    """`page_width`: in which width (pixels) pictures of pages will be wanted; they are made meanwhile."""

    name = serializers.CharField(max_length=50)
    id_no = serializers.CharField(max_length=30)
    page_width = serializers.ChoiceField(WIDTHS, required=False)


class CodeSerializer(StrictSerializer):
    code = code_field()


class ConsentSerializer(StrictSerializer):
    kind = serializers.CharField(max_length=20)
    version = serializers.IntegerField(min_value=1, max_value=9_999)


class WidthSerializer(StrictSerializer):
    """Of a page's image, in pixels."""

    width = serializers.IntegerField(default=WIDTHS[0])


class WordsSerializer(serializers.Serializer[Any]):
    """Of a page, for reading in large letters or aloud."""

    paragraphs = serializers.ListField(child=serializers.CharField())


class DocumentLinkSerializer(serializers.Serializer[Any]):
    """`url`: an address on this site that answers with the PDF as an attachment."""

    url = serializers.CharField()


class ReadSerializer(StrictSerializer):
    """`dwell_ms`: milliseconds on each page, page 1 first; as many entries as the document has pages."""

    document_sha256 = digest_field()
    dwell_ms = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=MAX_DWELL_MS),
        min_length=1,
        max_length=MAX_PAGES,
    )


class BoxSerializer(StrictSerializer):
    """A place on the displayed page, in fractions 0..1 of it; origin top left."""

    page = serializers.IntegerField(min_value=1, max_value=MAX_PAGES)
    x = serializers.FloatField()
    y = serializers.FloatField()
    w = serializers.FloatField()
    h = serializers.FloatField()


class CanvasSerializer(StrictSerializer):
    """The pad: its size in the unit of the strokes, and how it was held (kept for the record only)."""

    w = serializers.FloatField(min_value=1, max_value=20_000)
    h = serializers.FloatField(min_value=1, max_value=20_000)
    dpr = serializers.FloatField(min_value=0.1, max_value=10, required=False)
    turned = serializers.BooleanField(required=False)


class PlaceSerializer(StrictSerializer):
    """Either `strokes` with `canvas`, or a name. A stroke is a list of points [x, y, t?, pressure?]."""

    document_sha256 = digest_field()
    box = BoxSerializer()
    strokes = serializers.ListField(
        child=serializers.ListField(
            child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=4),
            min_length=1,
            max_length=MAX_POINTS,
        ),
        max_length=MAX_LINES,
        required=False,
    )
    canvas = CanvasSerializer(required=False)
    typed_name = serializers.CharField(max_length=MAX_NAME, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("strokes" in attrs) != ("canvas" in attrs):
            missing = "canvas" if "strokes" in attrs else "strokes"
            raise serializers.ValidationError(
                {missing: self.fields[missing].error_messages["required"]}, "required"
            )
        return attrs

    @property
    def chosen_box(self) -> Box:
        return Box(**self.validated_data["box"])

    @property
    def handwriting(self) -> Handwriting | None:
        given = self.validated_data
        if "strokes" not in given:
            return None
        return Handwriting(given["strokes"], given["canvas"]["w"], given["canvas"]["h"])


class DocumentSerializer(StrictSerializer):
    document_sha256 = digest_field()


class ConfirmSerializer(StrictSerializer):
    document_sha256 = digest_field()
    code = code_field()


class RefuseSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=200)


class SessionSecretSerializer(serializers.Serializer[Any]):
    session = serializers.CharField()
    expires_at = serializers.DateTimeField()
    takes_over = serializers.BooleanField()


class StepsSerializer(serializers.Serializer[Any]):
    identity = serializers.BooleanField()
    consents = serializers.BooleanField()
    read = serializers.BooleanField()
    place = serializers.BooleanField()


class BoxAnswerSerializer(serializers.Serializer[Any]):
    page = serializers.IntegerField()
    x = serializers.FloatField()
    y = serializers.FloatField()
    w = serializers.FloatField()
    h = serializers.FloatField()


class FrameSerializer(serializers.Serializer[Any]):
    """A page's crop box in points and its turn in degrees, clockwise."""

    left = serializers.FloatField()
    bottom = serializers.FloatField()
    right = serializers.FloatField()
    top = serializers.FloatField()
    rotate = serializers.IntegerField()


class PersonalSerializer(serializers.Serializer[Any]):
    """What a session tells its owner once the phone is proved."""

    name = serializers.CharField()
    role = serializers.CharField()
    document_sha256 = serializers.CharField()
    pages = serializers.IntegerField()
    frames = FrameSerializer(many=True)
    place = BoxAnswerSerializer()
    zone = BoxAnswerSerializer(allow_null=True)
    keep_clear = BoxAnswerSerializer(many=True)
    typed_names = serializers.BooleanField()


class SigningSessionSerializer(serializers.Serializer[Any]):
    sender = serializers.CharField()
    title = serializers.CharField()
    sent_to = serializers.CharField()
    expires_at = serializers.DateTimeField()
    state = serializers.CharField()
    party = serializers.CharField()
    turn = serializers.BooleanField()
    identity = serializers.ChoiceField(["none", "checking", "failed", "code", "done"])
    steps = StepsSerializer()
    personal = PersonalSerializer(allow_null=True)


class TextSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    version = serializers.IntegerField()
    required = serializers.BooleanField()  # type: ignore[assignment]  # a field of that name, not the option
    accepted = serializers.BooleanField()
    title = serializers.CharField()
    title_en = serializers.CharField()
    body = serializers.CharField()
    body_en = serializers.CharField()
    sha256 = serializers.CharField()


class SentCodeSerializer(serializers.Serializer[Any]):
    sent_to = serializers.CharField()
    expires_at = serializers.DateTimeField()
    codes_left = serializers.IntegerField()


class SentLinkSerializer(serializers.Serializer[Any]):
    sent_to = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()
    message_en = serializers.CharField()
    remedy = serializers.CharField()
    remedy_en = serializers.CharField()


class SigningStatusSerializer(serializers.Serializer[Any]):
    """`state`: of the party; `request`: of the whole; `problem`: why the signature is not made yet."""

    state = serializers.CharField()
    request = serializers.CharField()
    job = serializers.CharField(allow_null=True)
    attempts = serializers.IntegerField()
    problem = ProblemSerializer(allow_null=True)
    document_sha256 = serializers.CharField()
    signed_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)


class NewSealSerializer(StrictSerializer):
    """`holder`: the user who answers for the seal; by default whoever makes it."""

    kind = serializers.ChoiceField([kind.value for kind in SealKind])
    label = serializers.CharField(max_length=60)  # type: ignore[assignment]  # a field, not the option
    code13 = serializers.RegexField(r"^[0-9]{13}\Z", required=False)
    diameter_mm = serializers.DecimalField(4, 1, min_value=Decimal(30), max_value=Decimal(45), required=False)
    holder = serializers.IntegerField(min_value=1, required=False)
    batch_limit = serializers.IntegerField(min_value=1, required=False)
    daily_limit = serializers.IntegerField(min_value=1, required=False)


class SealSerializer(serializers.ModelSerializer[Seal]):
    class Meta:
        model = Seal
        fields = (
            "id", "kind", "label", "name", "purpose_text", "code13", "diameter_mm", "holder", "state",
            "batch_limit", "daily_limit", "created_at",
        )  # fmt: skip


class SealUseSerializer(serializers.Serializer[Any]):
    application = serializers.UUIDField(source="application_id")
    requested_by = serializers.CharField(source="application.requested_by")
    decided_by = serializers.CharField(source="application.decided_by")
    reason = serializers.CharField(source="application.reason")
    subject = serializers.CharField(source="party.request.subject")
    document_digest = serializers.CharField()
    signed_digest = serializers.CharField(source="job.signed_digest", default="")
    state = serializers.CharField(source="job.state", default="")
    skipped = serializers.BooleanField()
