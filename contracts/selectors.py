"""Reads. Each takes the principal, so that nobody sees another employer's contracts."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from contracts.models import Contract, TemplateVersion
from core.errors import Refused
from core.models import AuditEvent
from core.principal import Permission, Principal


def current_templates() -> list[TemplateVersion]:
    """The newest published version of every template, by slug."""
    newest: dict[str, TemplateVersion] = {}
    for version in TemplateVersion.objects.order_by("slug", "number"):
        newest[version.slug] = version
    return list(newest.values())


def template_version(slug: str, number: int | None = None) -> TemplateVersion:
    """A published version, by default the newest; raises `template_unknown`."""
    found = TemplateVersion.objects.filter(slug=slug, **({"number": number} if number else {}))
    version = found.order_by("-number").first()
    if version is None:
        raise Refused("template_unknown")
    return version


def contracts_of(principal: Principal) -> QuerySet[Contract]:
    """All contracts of the principal's employer."""
    principal.require(Permission.READ)
    return Contract.objects.filter(employer_id=principal.tenant).select_related("worker", "template")


def contract_of(principal: Principal, contract_id: UUID) -> Contract:
    """One of them; anybody else's is `not_found`."""
    contract = contracts_of(principal).filter(pk=contract_id).first()
    if contract is None:
        raise Refused("not_found")
    return contract


def timeline_of(principal: Principal, contract_id: UUID) -> QuerySet[AuditEvent]:
    """The audit events of a contract and of its signing, oldest first."""
    contract = contract_of(principal, contract_id)
    return AuditEvent.objects.filter(subject=contract.subject).order_by("at", "id")


def facts_of(contract_id: UUID) -> dict[str, Any]:
    """The frozen facts of a contract that was sent. For the platform's own processes, not for people."""
    facts: dict[str, Any] = Contract.objects.values_list("facts", flat=True).get(pk=contract_id)
    return facts
