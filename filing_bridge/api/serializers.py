"""Shapes of requests and answers about filings."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core import clock
from core.api import StrictSerializer
from filing_bridge.domain import STATE_WORDS, FilingState, level_of
from filing_bridge.follow_up import FOLLOWING
from filing_bridge.models import Filing, FilingAttempt, Receipt
from filing_bridge.reasons import words


class StateWordsSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    zh = serializers.CharField()
    en = serializers.CharField()


class FaultSerializer(StateWordsSerializer):
    field = serializers.CharField()
    remedy_zh = serializers.CharField()
    remedy_en = serializers.CharField()


class DeadlineSerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    days_left = serializers.IntegerField()
    level = serializers.CharField()


class FilingSerializer(serializers.ModelSerializer[Filing]):
    contract = serializers.UUIDField(source="contract_id")
    state_words = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    deadline = serializers.SerializerMethodField()
    next_try_at = serializers.DateTimeField(source="due_at")

    class Meta:
        model = Filing
        fields: tuple[str, ...] = (
            "id",
            "contract",
            "contract_no",
            "event",
            "version",
            "filing_type",
            "jurisdiction",
            "province",
            "state",
            "state_words",
            "reason",
            "deadline",
            "receipt_no",
            "decided_at",
            "first_attempt_at",
            "next_try_at",
            "attempts",
            "created_at",
        )

    @extend_schema_field(StateWordsSerializer)
    def get_state_words(self, filing: Filing) -> dict[str, str]:
        zh, en = STATE_WORDS[FilingState(filing.state)]
        return {"code": filing.state, "zh": zh, "en": en}

    @extend_schema_field(StateWordsSerializer(allow_null=True))
    def get_reason(self, filing: Filing) -> dict[str, str] | None:
        if not filing.last_error:
            return None
        zh, en = words(filing.last_error)
        return {"code": filing.last_error, "zh": zh, "en": en}

    @extend_schema_field(DeadlineSerializer)
    def get_deadline(self, filing: Filing) -> dict[str, object]:
        today = clock.today()
        return {
            "date": filing.deadline,
            "days_left": (filing.deadline - today).days,
            "level": level_of(filing.state, filing.deadline, today),
        }


class FilingAttemptSerializer(serializers.ModelSerializer[FilingAttempt]):
    outcome = serializers.CharField(source="result.outcome", default=None, allow_null=True)
    http_status = serializers.IntegerField(source="result.http_status", default=None, allow_null=True)
    code = serializers.CharField(source="result.code", default="")
    ended_at = serializers.DateTimeField(source="result.ended_at", default=None, allow_null=True)

    class Meta:
        model = FilingAttempt
        fields = ("interface", "started_at", "ended_at", "outcome", "http_status", "code")


class FilingDetailSerializer(FilingSerializer):
    faults = FaultSerializer(many=True)
    calls = serializers.SerializerMethodField()
    form_state = serializers.CharField(source="form.state", default=None, allow_null=True)
    void = serializers.CharField(
        source="void.outcome",
        default=None,
        allow_null=True,
        help_text="What became of the wish to withdraw it.",
    )

    class Meta(FilingSerializer.Meta):
        fields = (
            *FilingSerializer.Meta.fields,
            "idempotency_key",
            "record_digest",
            "document_digest",
            "faults",
            "calls",
            "form_state",
            "void",
        )

    @extend_schema_field(FilingAttemptSerializer(many=True))
    def get_calls(self, filing: Filing) -> list[dict[str, Any]]:
        latest = filing.calls.select_related("result").order_by("-started_at", "-id")[:50]
        return list(FilingAttemptSerializer(latest, many=True).data)


class ReceiptSerializer(serializers.ModelSerializer[Receipt]):
    """`jws` is the province's answer exactly as it came; `body` is what it says."""

    jws = serializers.CharField()
    body = serializers.DictField()

    class Meta:
        model = Receipt
        fields = ("kind", "state", "receipt_no", "at", "body", "jws")


class DateShownSerializer(serializers.Serializer[Any]):
    pointer = serializers.CharField()
    zh = serializers.CharField()
    en = serializers.CharField()
    date = serializers.DateField()
    words_zh = serializers.CharField()
    words_en = serializers.CharField()
    days_ago = serializers.IntegerField(help_text="Negative for a day to come.")


class ConfirmationSerializer(serializers.Serializer[Any]):
    filing_type = serializers.CharField()
    dates = DateShownSerializer(many=True)
    warnings = StateWordsSerializer(many=True)
    digest = serializers.CharField(help_text="Names exactly these dates; sent back to confirm them.")


class ConfirmFilingSerializer(StrictSerializer):
    digest = serializers.RegexField("^[0-9a-f]{64}$")


class CorrectionSerializer(StrictSerializer):
    changes = serializers.DictField(
        child=serializers.CharField(max_length=200, allow_blank=True),
        help_text="JSON pointer into the record: new value.",
    )
    reason = serializers.CharField(max_length=200)


class FollowUpSerializer(serializers.Serializer[Any]):
    """What of an accepted filing the declaration of insurance, benefit and subsidies needs."""

    event = serializers.CharField()
    insurance = serializers.ChoiceField(sorted({each.insurance for each in FOLLOWING.values()}))
    steps = serializers.ListField(
        child=serializers.ChoiceField(["insurance", "subsidy", "unemployment_benefit"])
    )
    month = serializers.CharField(allow_null=True, help_text="YYYY-MM from which it holds.")
    employer_uscc = serializers.CharField(allow_null=True)
    worker_name = serializers.CharField(allow_null=True)
    worker_id_type = serializers.CharField(allow_null=True)
    worker_id_no = serializers.CharField(allow_null=True)
    employment_form = serializers.CharField(allow_null=True)
    wage_amount = serializers.CharField(allow_null=True, help_text="Of the contract, in yuan.")
    wage_unit = serializers.CharField(allow_null=True)
    insured = serializers.ListField(
        child=serializers.ChoiceField(["pension", "unemployment", "medical", "injury"])
    )
    end_reason = serializers.CharField(allow_null=True)
    local_reason = serializers.CharField(
        allow_null=True, help_text="The jurisdiction's own code; null where a person has to ask."
    )
    involuntary = serializers.BooleanField(allow_null=True)


class RepeatSerializer(StrictSerializer):
    late_reason = serializers.CharField(max_length=200, required=False)
    remark = serializers.CharField(max_length=200, required=False)
    prev_filing_no = serializers.CharField(max_length=50, required=False)
