"""Changes that an ending has overtaken since they were opened: not put before the parties, not sealed."""

from collections.abc import Iterable
from dataclasses import replace

from contracts import selectors
from contracts.changes import checks
from contracts.domain import IN_FORCE
from contracts.models import Change
from contracts.services.drafting import refuse_faults
from contracts.services.sending import fault_of
from core import clock
from core.errors import CATALOGUE, Fault


def faults_of(changes: Iterable[Change]) -> dict[Change, Fault]:
    """The changes whose contract has ended, or ends by what is decided before they hold, and why; two queries
    at most. The province refuses them."""
    wanted = list(changes)
    days = selectors.ending_days(each.contract_id for each in wanted)
    found = {}
    for change in wanted:
        if change.contract.state not in IN_FORCE:
            row = CATALOGUE.rows["contract_not_in_force"]
            found[change] = Fault("/contract", row.code, row.zh, row.en, row.remedy_zh, row.remedy_en)
            continue
        case = checks.Case(change.facts, clock.today(), ends_on=days.get(change.contract_id))
        for finding in checks.outlived(case):
            found[change] = fault_of(finding)
    return found


def refuse_overtaken(changes: Iterable[Change]) -> None:
    """Before the seal goes on agreements. Refuses `changes_overtaken`, with a fault for each that is."""
    refuse_faults(
        "changes_overtaken",
        (
            replace(fault, zh=f"{change.agreement_no}：{fault.zh}", en=f"{change.agreement_no}: {fault.en}")
            for change, fault in faults_of(changes).items()
        ),
    )
