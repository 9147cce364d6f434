"""Correction slips for accepted filings, where only the counter can change what is on file."""

import copy
from collections.abc import Mapping
from uuid import UUID

from core import audit, clock
from core.errors import Refused
from core.principal import Permission, Principal
from filing_bridge.correction import render_slip, weight_of
from filing_bridge.domain import FilingState
from filing_bridge.mapping import value_at
from filing_bridge.models import Filing
from filing_bridge.profiles import profile_for
from filing_bridge.record_check import check_record
from filing_bridge.schemas import violations
from filing_bridge.selectors import filing_of, latest_receipt


def correction_slip(
    *, principal: Principal, filing_id: UUID, changes: Mapping[str, str], reason: str
) -> tuple[str, bytes]:
    """Receipt number and PDF of the slip for these changes (pointer into the record → new value).

    The filing stays as it is. Writes down who asked for what kind of correction, never the values. Raises
    `not_found`, `not_permitted`, `correction_not_possible`, `correction_of_person`.
    """
    filing = filing_of(principal, filing_id)
    principal.require(Permission.FILE)
    principal.require(Permission.VIEW_PII)
    receipt = latest_receipt(filing)
    if filing.state != FilingState.ACCEPTED or receipt is None or not changes:
        raise Refused("correction_not_possible")
    try:
        weight = weight_of(changes)
    except KeyError as error:
        raise Refused("correction_not_possible") from error
    except ValueError as error:
        raise Refused("correction_of_person") from error
    if _same_or_wrong(filing, changes):
        raise Refused("correction_not_possible")
    slip = render_slip(filing.record, receipt.body, changes, reason, at=clock.now())
    audit.record(
        "filing.correction_slip",
        subject=filing.subject,
        actor=principal.actor,
        tenant=filing.tenant,
        detail={"fields": sorted(changes), "weight": weight.value},
    )
    return filing.receipt_no, slip.pdf


def _same_or_wrong(filing: Filing, changes: Mapping[str, str]) -> bool:
    """Whether a new value is the old one, or would itself be refused."""
    if any(str(value_at(filing.record, pointer)) == new for pointer, new in changes.items()):
        return True
    corrected = copy.deepcopy(filing.record)
    for pointer, new in changes.items():
        _, section, field = pointer.split("/")
        corrected[section][field] = new
    wrong = {each.pointer for each in violations("filing-record-1", corrected)}
    if not wrong:
        profile = profile_for(filing.jurisdiction)
        wrong = {each.field for each in check_record(corrected, profile, today=clock.today())}
    return bool(wrong & changes.keys())
