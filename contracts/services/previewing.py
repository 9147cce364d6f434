"""The document of a contract as it stands: what was prepared or signed, or what a draft would become."""

import json
from functools import lru_cache

from contracts.document.expand import CannotExpand
from contracts.facts import canonical_facts
from contracts.models import Contract, TemplateVersion
from contracts.services.drafting import facts_of_draft
from contracts.services.rendering import rendered_contract
from core import blobs, clock
from core.errors import Refused

KEPT = 8  # drafts, in memory: somebody leafs through the pages of one


def pdf_of(contract: Contract) -> bytes:
    """The PDF; takes a third of a second for a draft, a file's read otherwise.

    Refuses `document_not_ready` between sending and rendering, and `facts_faulty`, with every fault, a draft
    whose blanks are not filled.
    """
    digest = contract.signed_digest or contract.prepared_digest
    if digest:
        return blobs.get(digest)
    if contract.facts is not None:
        raise Refused("document_not_ready")
    facts = canonical_facts(facts_of_draft(contract))
    try:
        return _rendered(contract.template_id, facts)
    except CannotExpand as error:
        raise Refused("facts_faulty", faults=error.faults, params={"count": len(error.faults)}) from error


@lru_cache(maxsize=KEPT)
def _rendered(template_id: int, facts: bytes) -> bytes:
    template = TemplateVersion.objects.get(pk=template_id)
    return rendered_contract(template.content, json.loads(facts), at=clock.now()).pdf
