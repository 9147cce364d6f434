"""Shapes of requests and answers about contracts."""

from typing import Any

from rest_framework import serializers

from accounts.masking import shown_name
from contracts.domain import ContractState, DocumentState
from contracts.facts import facts_schema
from contracts.models import Contract, TemplateVersion
from core.api import StrictSerializer, principal_of

STATES = [(state.value, state.value) for state in ContractState]
DOCUMENT_STATES = [(state.value, state.value) for state in DocumentState]
# Which signed-and-sent facts an answer repeats; personal data is never among them.
SUMMARY_TERMS = ("term_type", "start", "end", "employment_form", "job_title", "wage_amount", "wage_unit")


class TemplateSerializer(serializers.ModelSerializer[TemplateVersion]):
    title = serializers.SerializerMethodField()
    summary = serializers.SerializerMethodField()
    applies_to = serializers.SerializerMethodField()

    class Meta:
        model = TemplateVersion
        fields = ("slug", "number", "digest", "title", "summary", "applies_to", "published_at")

    def get_title(self, version: TemplateVersion) -> dict[str, str]:
        return dict(version.content["title"])

    def get_summary(self, version: TemplateVersion) -> dict[str, str]:
        return dict(version.content["summary"])

    def get_applies_to(self, version: TemplateVersion) -> dict[str, list[str]]:
        return dict(version.content["applies_to"])


class DraftSerializer(StrictSerializer):
    """`terms` is the section `contract` of the published facts schema; its faults come all at once."""

    worker = serializers.UUIDField()
    template = serializers.SlugField(max_length=60)
    jurisdiction_code = serializers.RegexField(r"^\d{6}$")
    contract_no = serializers.CharField(max_length=50, required=False)
    terms = serializers.DictField()

    def validate_terms(self, terms: dict[str, Any]) -> dict[str, Any]:
        # The service needs this date to sort by before the schema has been looked at.
        start = facts_schema()["$defs"]["date"]["pattern"]
        serializers.RegexField(start).run_validation(terms.get("employment_start", ""))
        return terms


class ReasonSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=200)


class ContractSerializer(serializers.ModelSerializer[Contract]):
    template = serializers.SerializerMethodField()
    worker_name = serializers.SerializerMethodField()
    summary = serializers.SerializerMethodField()

    class Meta:
        model = Contract
        fields = (
            "id",
            "contract_no",
            "state",
            "worker",
            "worker_name",
            "template",
            "jurisdiction_code",
            "employment_start",
            "summary",
            "facts_digest",
            "prepared_digest",
            "signed_digest",
            "signature_request",
            "created_at",
            "sent_at",
            "sign_before",
            "effective_at",
            "signed_elsewhere",
            "end_reason",
            "ended_on",
            "follows",
            "wrong_person_at",
        )

    def get_worker_name(self, contract: Contract) -> str:
        return shown_name(principal_of(self.context["request"]), contract.worker.name)

    def get_template(self, contract: Contract) -> dict[str, Any]:
        return {"slug": contract.template.slug, "number": contract.template.number}

    def get_summary(self, contract: Contract) -> dict[str, Any]:
        return {name: contract.terms[name] for name in SUMMARY_TERMS if name in contract.terms}


class FindingSerializer(serializers.Serializer[Any]):
    rule_id = serializers.CharField()
    severity = serializers.CharField()
    field = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field that is named "source"
    zh = serializers.CharField()
    en = serializers.CharField()
    remedy_zh = serializers.CharField()
    remedy_en = serializers.CharField()


class FindingsSerializer(serializers.Serializer[Any]):
    findings = FindingSerializer(many=True)


class TimelineSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    action = serializers.CharField()
    actor = serializers.CharField()
    detail = serializers.DictField()
