"""The page on which a person confirms the dates of a filing that cannot be undone."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.web.pages import Visit, for_acting
from filing_bridge.confirmation import DateShown
from filing_bridge.selectors import filing_of
from filing_bridge.services.confirming import confirm_filing, confirmation_of


@for_acting
def confirm(visit: Visit, filing_id: UUID) -> HttpResponse:
    """Every date in words with its age, and what looks odd; POST confirms exactly what was shown."""
    filing = filing_of(visit.principal, filing_id)
    if visit.posted:
        confirm_filing(
            principal=visit.principal, filing_id=filing_id, digest=visit.request.POST.get("digest", "")
        )
        return visit.done(_("日期已确认，备案将自动报送。"), "portal:contract", filing.contract_id)
    asked = confirmation_of(visit.principal, filing_id)
    return visit.show(
        "filing_confirm.html",
        filing=filing,
        dates=[(each, _age(each)) for each in asked.dates],
        warnings=asked.warnings,
        digest=asked.digest,
    )


def _age(shown: DateShown) -> str:
    days = shown.days_ago
    if days == 0:
        return str(_("今天"))
    if days > 0:
        return str(_("%(days)s 天前")) % {"days": days}
    return str(_("%(days)s 天后")) % {"days": -days}
