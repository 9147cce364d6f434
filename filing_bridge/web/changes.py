"""The page of one change: each term old and new, its agreement, its filing."""

from collections.abc import Iterator
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.masking import shown_name
from accounts.web.forms import words_of
from accounts.web.pages import Visit, for_members
from contracts import selectors as contracts
from contracts.domain import OPEN_DOCUMENT, DocumentState
from contracts.models import Change
from contracts.services.overtaken import faults_of
from contracts.web.change_words import change_badge
from core import clock
from core.principal import Permission
from filing_bridge import selectors as filings
from filing_bridge.mapping import filed_items
from filing_bridge.web.acts import Act
from filing_bridge.web.details import Line, filing_shown, parties_shown, sealing_shown
from filing_bridge.web.term_words import terms_changed

D = DocumentState
VOID = (D.REFUSED, D.WITHDRAWN, D.EXPIRED)


@for_members
def change_page(visit: Visit, change_id: UUID) -> HttpResponse:
    """One change."""
    change = contracts.change_of(visit.principal, change_id)
    contract = contracts.contract_of(visit.principal, change.contract_id)
    worker = shown_name(visit.principal, contract.worker.name)
    turn = contracts.turns_of([change]).get(change.pk)
    overtaken = faults_of([change]).get(change) if change.state in OPEN_DOCUMENT else None
    sealing = sealing_shown(visit.principal, change.signature_request)
    to_seal = turn == "employer" and overtaken is None and not (sealing and sealing.under_way)
    of_change = filings.filings_of(visit.principal).filter(
        contract_id=contract.pk, document_digest=change.signed_digest
    )
    versions = list(of_change.select_related("form").order_by("-version"))
    return visit.show(
        "change.html",
        change=change,
        contract=contract,
        worker=worker,
        state=change_badge(change, turn),
        void=change.state in VOID,
        to_come=change.state == D.COMPLETED and change.effective_on > clock.today(),
        overtaken=words_of(overtaken) if overtaken else "",
        terms=terms_changed(change.facts),
        lines=[line for line in _lines(change) if line[1]],
        parties=parties_shown(visit.principal, change.signature_request),
        sealing=sealing,
        acts=list(_acts(visit, change, to_seal=to_seal, overtaken=overtaken is not None)),
        filings=[filing_shown(each, worker) for each in versions],
        filed=bool(filed_items(change.facts)),
        may_open=visit.may(Permission.VIEW_PII),
        may_file=visit.may(Permission.FILE),
    )


def _lines(change: Change) -> Iterator[Line]:
    yield _("变更生效日期"), change.effective_on.isoformat()
    yield _("变更原因"), change.facts["change"].get("reason", "")
    yield _("次数"), gettext("第 %(number)s 次变更") % {"number": change.number}


def _acts(visit: Visit, change: Change, *, to_seal: bool, overtaken: bool) -> Iterator[Act]:
    if to_seal and visit.may(Permission.SEAL_REQUEST):
        yield Act(_("申请用印"), reverse("changes:seal", args=[change.pk]), "rubber-stamp", main=True)
    if change.prepared_digest and visit.may(Permission.VIEW_PII):
        yield Act(_("下载协议"), reverse("changes:document", args=[change.pk]), "download")
    if change.state in OPEN_DOCUMENT and visit.may(Permission.SEND):
        yield Act(_("撤回"), reverse("changes:withdraw", args=[change.pk]), "x", main=overtaken)
