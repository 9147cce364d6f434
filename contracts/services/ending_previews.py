"""The certificate of an ending as it would be, before anything is decided. Nothing is kept."""

from uuid import UUID

from contracts.endings.certificate import render_certificate
from contracts.endings.facts import Wish
from contracts.services import terminating
from core import clock
from core.errors import Refused
from core.principal import Permission, Principal
from signing.pages import page_images

WIDTH = 720  # pixels
UNNUMBERED = "（签发时编号）"


def certificate_picture(*, principal: Principal, contract_id: UUID, wish: Wish, page: int) -> bytes:
    """A page (from 1) of the certificate as WebP; a few tenths of a second. Needs `send` and `view_pii`.

    Refuses what `propose` refuses, and `not_found` for a page that is not there.
    """
    principal.require(Permission.SEND)
    principal.require(Permission.VIEW_PII)
    proposal = terminating.propose(principal=principal, contract_id=contract_id, wish=wish)
    rendered = render_certificate({**proposal.facts, "certificate_no": UNNUMBERED}, at=clock.now())
    try:
        (picture,) = page_images(rendered.pdf, WIDTH, [page])
    except ValueError as error:
        raise Refused("not_found") from error
    return picture.webp
