"""The agreement on a change as it would be, before anything is decided. Nothing is stored."""

import json
from functools import lru_cache
from typing import Final
from uuid import UUID

from contracts.changes.agreement import render_agreement
from contracts.facts import canonical_facts
from contracts.services import changing
from contracts.services.changing import Wish
from core import clock
from core.errors import Refused
from core.principal import Permission, Principal
from signing.pages import page_count, page_images

WIDTH: Final = 720  # pixels
UNNUMBERED: Final = "（签发时编号）"
KEPT: Final = 8  # agreements, in memory: somebody leafs through the pages of one


def agreement_pages(*, principal: Principal, contract_id: UUID, wish: Wish) -> int:
    """How many pages the agreement has. Needs and refuses what `agreement_picture` does."""
    return page_count(_pdf(principal, contract_id, wish))


def agreement_picture(*, principal: Principal, contract_id: UUID, wish: Wish, page: int) -> bytes:
    """A page (from 1) of the agreement as WebP; a few tenths of a second. Needs `send` and `view_pii`.

    Refuses what `propose` refuses, and `not_found` for a page that is not there.
    """
    pdf = _pdf(principal, contract_id, wish)
    try:
        (picture,) = page_images(pdf, WIDTH, [page])
    except ValueError as error:
        raise Refused("not_found") from error
    return picture.webp


def _pdf(principal: Principal, contract_id: UUID, wish: Wish) -> bytes:
    principal.require(Permission.SEND)
    principal.require(Permission.VIEW_PII)
    facts = changing.propose(principal=principal, contract_id=contract_id, wish=wish).facts
    return _rendered(canonical_facts({**facts, "change": {**facts["change"], "agreement_no": UNNUMBERED}}))


@lru_cache(maxsize=KEPT)
def _rendered(facts: bytes) -> bytes:
    return render_agreement(json.loads(facts), at=clock.now()).pdf
