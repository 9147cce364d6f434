"""The pages of a contract as pictures, beside what is known about it."""

from uuid import UUID

from django.http import HttpResponse

from accounts.web.pages import Visit, for_members
from contracts import selectors as contracts
from contracts.models import Contract
from contracts.services.previewing import pdf_of
from contracts.services.viewing import open_in_full
from core import blobs, clock
from core.errors import Refused
from core.principal import Permission
from signing.models import PageImage
from signing.pages import page_count, page_images

WIDTH = 720
OPENED = "opened_contracts"  # the session's: which contracts' pages were opened, and when
MINUTES = 30


def open_sheets(visit: Visit, contract: Contract) -> range:
    """The numbers of a contract's pages, for those who may see them; that they were opened is on record once.

    Empty for who may not, and while there is no document.
    """
    if not visit.may(Permission.VIEW_PII):
        return range(0)
    try:
        pages = _pages_of(contract)
    except Refused:
        return range(0)
    if not _open(visit, contract.pk):
        open_in_full(principal=visit.principal, contract_id=contract.pk, what="pages")
        opened = visit.request.session.get(OPENED, {})
        visit.request.session[OPENED] = {**opened, str(contract.pk): clock.now().timestamp()}
    return range(1, pages + 1)


def _pages_of(contract: Contract) -> int:
    """How many there are. A file from another platform is not opened here: its pictures are there."""
    if contract.signed_elsewhere:
        return PageImage.objects.filter(document_digest=contract.signed_digest, width=WIDTH).count()
    return page_count(pdf_of(contract))


@for_members
def sheet(visit: Visit, contract_id: UUID, number: int) -> HttpResponse:
    """One page as WebP, while the contract is open in this session; `not_found` otherwise.

    Pictures made for the worker's phone are used. Others are drawn here: a member looks at a page now and
    then, and a fifth of a second is less than waiting for a worker process.
    """
    visit.principal.require(Permission.VIEW_PII)
    contract = contracts.contract_of(visit.principal, contract_id)
    if not _open(visit, contract.pk):
        raise Refused("not_found")
    digest = contract.signed_digest or contract.prepared_digest
    made = PageImage.objects.filter(document_digest=digest, page=number, width=WIDTH).first()
    if made is not None:
        return _picture(blobs.get(made.blob))
    if contract.signed_elsewhere:
        raise Refused("not_found")
    try:
        (picture,) = page_images(pdf_of(contract), WIDTH, [number])
    except ValueError as error:
        raise Refused("not_found") from error
    return _picture(picture.webp)


def _picture(data: bytes) -> HttpResponse:
    answer = HttpResponse(data, content_type="image/webp")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _open(visit: Visit, contract_id: UUID) -> bool:
    since = visit.request.session.get(OPENED, {}).get(str(contract_id), 0)
    return bool(clock.now().timestamp() - since < MINUTES * 60)
