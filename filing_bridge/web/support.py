"""Asking for help: what whoever helps needs to know of the situation, and nothing about people.

The file names states, codes and times; whose contract it is, the helper learns from who sends it.
"""

import json
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpResponse
from django.utils.translation import get_language

from accounts.web.pages import Visit, for_members, stand_in
from contracts import selectors as contracts
from contracts.models import Contract
from core import clock
from core.errors import Refused
from filing_bridge import selectors
from filing_bridge.models import Filing

MOST_EVENTS = 50
LONGEST_AGENT = 200


@for_members
def support(visit: Visit) -> HttpResponse:
    """What the file says, before anybody sends it; `?contract=` adds one contract."""
    contract = _meant(visit)
    return visit.show(
        "support.html", said=_in_json(situation(visit, contract)), contract=contract, query=visit.request.GET
    )


@for_members
def bundle(visit: Visit) -> HttpResponse:
    """The same as a file."""
    answer = HttpResponse(_in_json(situation(visit, _meant(visit))), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="qianbei-support.json"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def situation(visit: Visit, contract: Contract | None) -> dict[str, Any]:
    """What is up: the product, the member's view of it, the filings by state, and one contract's steps."""
    filings = selectors.filings_of(visit.principal)
    return {
        "made_at": clock.now().isoformat(timespec="seconds"),
        "version": _version(),
        "test_certificates": stand_in(),
        "language": get_language(),
        "browser": visit.request.headers.get("User-Agent", "")[:LONGEST_AGENT],
        "role": visit.principal.role.value,
        "employer": str(visit.principal.tenant),
        "filings_by_state": _counted(filings, "state"),
        "filings_by_reason": _counted(filings.exclude(last_error=""), "last_error"),
        "outages": [
            {"province": each.province, "since": each.since.isoformat(timespec="seconds")}
            for each in selectors.outages_of(visit.principal, clock.today())
        ],
        "contract": _told(visit, contract, filings.filter(contract_id=contract.pk)) if contract else None,
    }


def _told(visit: Visit, contract: Contract, filings: Iterable[Filing]) -> dict[str, Any]:
    events = contracts.timeline_of(visit.principal, contract.pk).order_by("-at", "-id")[:MOST_EVENTS]
    return {
        "id": str(contract.pk),
        "state": contract.state,
        "template": contract.template.slug,
        "jurisdiction": contract.jurisdiction_code,
        "events": [
            {"at": each.at.isoformat(timespec="seconds"), "action": each.action}
            for each in list(events)[::-1]
        ],
        "filings": [
            {
                "id": str(each.pk),
                "event": each.event,
                "version": each.version,
                "state": each.state,
                "reason": each.last_error,
                "attempts": each.attempts,
                "faults": sorted({f"{fault['field']} {fault['code']}" for fault in each.faults}),
            }
            for each in filings
        ],
    }


def _counted(filings: Any, column: str) -> dict[str, int]:
    rows = filings.order_by().values_list(column).annotate(number=Count("pk"))
    return dict(sorted(rows))


def _meant(visit: Visit) -> Contract | None:
    key = visit.request.GET.get("contract")
    if not key:
        return None
    try:
        return contracts.contract_of(visit.principal, UUID(key))
    except ValueError as error:
        raise Refused("not_found") from error


def _in_json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


def _version() -> str:
    try:
        return version("qianbei")
    except PackageNotFoundError:  # run from a checkout
        return "unpackaged"
