"""Slips on paper: printed by members for an accepted filing, checked by anybody who holds one."""

import hmac
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from contracts.selectors import facts_of
from core import audit
from core.crypto import blind_index
from core.errors import Refused
from core.principal import Permission, Principal
from filing_bridge.domain import FilingState
from filing_bridge.mapping import FilingType
from filing_bridge.models import Filing, Receipt
from filing_bridge.paper_slips import Check, render_slip, slips_for
from filing_bridge.profiles import Slip, profile_for
from filing_bridge.protocol import Kind
from filing_bridge.selectors import filing_of
from signing.domain import VERIFY_ALPHABET, VERIFY_LENGTH


def slips_of(filing: Filing) -> tuple[Slip, ...]:
    """What can be printed about a filing; nothing before it is accepted."""
    if filing.state != FilingState.ACCEPTED:
        return ()
    profile = profile_for(filing.jurisdiction)
    facts = facts_of(filing.contract_id) if profile.slip else {}
    return slips_for(facts, FilingType(filing.filing_type), profile)


def open_slip(*, principal: Principal, filing_id: UUID, number: int) -> tuple[Filing, bytes]:
    """Slip `number` (from 1) of an accepted filing as PDF, after writing down who took it.

    Needs `view_pii`; refuses `not_found` and `slip_not_there`.
    """
    filing = filing_of(principal, filing_id)
    principal.require(Permission.VIEW_PII)
    slips = slips_of(filing)
    if not 0 < number <= len(slips) or filing.decided_at is None:
        raise Refused("slip_not_there")
    receipt = acceptance_of(filing)
    slip = render_slip(
        slips[number - 1],
        filing.record,
        facts_of(filing.contract_id),
        receipt.body,
        check_of(filing),
        at=filing.decided_at,
    )
    audit.record("filing.slip_printed", subject=filing.subject, actor=principal.actor, tenant=filing.tenant)
    return filing, slip.pdf


def acceptance_of(filing: Filing) -> Receipt:
    """The verified answer by which the filing was accepted."""
    accepting = Receipt.objects.filter(filing=filing, kind=Kind.DECISION, state=FilingState.ACCEPTED)
    return accepting.latest("at")


def check_of(filing: Filing) -> Check:
    """How a filing with a receipt number is checked by somebody who holds paper about it."""
    code = _code(filing)
    grouped = "-".join(code[start : start + 4] for start in range(0, len(code), 4))
    address = reverse("checking:slip", args=[filing.receipt_no, code])
    page = reverse("checking:start")
    return Check(settings.PUBLIC_URL + address, settings.PUBLIC_URL + page, grouped)


def checked_filing(receipt_no: str, code: str) -> Filing:
    """The filing that a slip is about; the code proves that it came from here. Raises `slip_unknown`."""
    for filing in Filing.objects.filter(receipt_no=receipt_no).exclude(receipt_no=""):
        if hmac.compare_digest(_code(filing), code):
            return filing
    raise Refused("slip_unknown")


def _code(filing: Filing) -> str:
    """Eighty bits that nobody can compute without our key: no column, and the same for every print."""
    number = int(blind_index("slip", f"{filing.province}:{filing.receipt_no}")[:20], 16)
    letters = []
    for _ in range(VERIFY_LENGTH):
        number, digit = divmod(number, len(VERIFY_ALPHABET))
        letters.append(VERIFY_ALPHABET[digit])
    return "".join(letters)
