"""What workers do for filings, and how often. The rows say what is due; these names are how they are rung."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from core import clock, work
from filing_bridge.domain import FilingState
from filing_bridge.models import AT_WORK, Filing
from filing_bridge.selectors import facts_behind
from filing_bridge.services import claims, delivery, escalating, forms, messages, preparing
from filing_bridge.services.mass_endings import checking, gate, making, running


@work.handler(preparing.PREPARE)
def prepare(filing_id: str) -> None:
    """Look again at a filing that waits."""
    filing = Filing.objects.only("contract_id", "event").get(pk=filing_id)
    preparing.prepare_waiting(filing.pk, facts_behind(filing))


@work.handler(preparing.RENEW)
def renew_authorisation(filing_id: str) -> None:
    """Authorise a record whose authorisation ran out before the signer came to it."""
    preparing.renew_authorisation(UUID(filing_id))


@work.handler(preparing.SIGN, channel=work.SIGNING, urgent=True)
def sign(province: str) -> None:
    """Sign the messages that are due."""
    messages.sign_messages(province)


@work.handler(messages.DELIVER, urgent=True)
def deliver(province: str) -> None:
    """Deliver what is due."""
    delivery.deliver(province)


@work.handler(forms.RENDER_FORM)
def render_form(filing_id: str) -> None:
    """Make the form of an accepted filing."""
    forms.render_form(UUID(filing_id))


@work.handler(forms.SEAL_FORM, channel=work.SIGNING)
def seal_form(filing_id: str) -> None:
    """Put the employer's seal on the form."""
    forms.seal_form(UUID(filing_id))


@work.handler(forms.SUBMIT_FORM)
def submit_form(filing_id: str) -> None:
    """Ask the agency for its seal."""
    forms.submit_form(UUID(filing_id))


@work.handler(making.CHECK, lease=timedelta(minutes=5))
def check_batch_of_endings(key: str) -> None:
    """Judge every row of a batch of endings."""
    checking.check_batch(UUID(key))


@work.handler(gate.RUN)
def open_batch_of_endings(key: str) -> None:
    """Open the endings of the next rows of a batch."""
    running.open_some(UUID(key))


@work.periodic("filing.escalate", every=timedelta(hours=1))
def escalate() -> None:
    """Tell members of filings on which the agency is late to decide."""
    escalating.tell_of_late_decisions()


@work.periodic("filing.sweep", every=timedelta(seconds=30))
def sweep() -> None:
    """Find what was missed: leases of dead workers, and due filings that nobody was rung for."""
    claims.take_back()
    with transaction.atomic():
        for province in (
            Filing.objects.filter(AT_WORK).order_by().values_list("province", flat=True).distinct()
        ):
            work.enqueue(preparing.SIGN, province)
            work.enqueue(messages.DELIVER, province)
        for pk in Filing.objects.filter(state=FilingState.WAITING, due_at__lte=clock.now()).values_list(
            "pk", flat=True
        ):
            work.enqueue(preparing.PREPARE, str(pk))
