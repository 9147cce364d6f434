"""The line in which a contract stands: what it renews, what has changed it, what renews it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.web.words import Badge, Words
from contracts import selectors
from contracts.lineage import RENEWAL
from contracts.models import Change, Contract, LaterDocument
from contracts.web.change_words import change_badge
from core.principal import Principal
from filing_bridge.web.words import contract_badge


@dataclass(frozen=True)
class Link:
    """A contract or a change: what it is, from when it holds, its page; `here` is the one being read."""

    what: Words
    number: str
    since: date
    state: Badge
    address: str
    here: bool = False


def line_shown(principal: Principal, contract: Contract) -> list[Link]:
    """The contracts and changes of one employment, in their order; empty where there is no more
    than this contract, or it came to nothing."""
    line = selectors.lineage_of(contract)
    changes = list(selectors.changes_of(principal).filter(contract__in=line).order_by("number", "opened_at"))
    if (len(line) == 1 and not changes) or contract not in line:
        return []
    documents: list[Contract | LaterDocument] = [*line, *changes]
    return list(_links(contract, line, changes, selectors.turns_of(documents)))


def _links(
    contract: Contract, line: Sequence[Contract], changes: Sequence[Change], turns: dict[UUID, str]
) -> Iterator[Link]:
    for each in line:
        yield Link(
            what=_("续订") if each.terms["sign_kind"] == RENEWAL else _("首次签订"),
            number=each.contract_no,
            since=date.fromisoformat(each.terms["start"]),
            state=contract_badge(each.state, turns.get(each.pk)),
            address=reverse("portal:contract", args=[each.pk]),
            here=each.pk == contract.pk,
        )
        for change in changes:
            if change.contract_id == each.pk:
                yield Link(
                    what=_("变更"),
                    number=change.agreement_no,
                    since=change.effective_on,
                    state=change_badge(change, turns.get(change.pk)),
                    address=reverse("portal:change", args=[change.pk]),
                )
