"""Signing of messages, in the signer process. Every call needs one of its own, and none lives longer than the
province takes it: so messages are signed when their time has come, not in advance.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

import structlog
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.db.models import F

from core import blobs, clock
from core.errors import Refused
from core.work import Later, backoff, enqueue
from filing_bridge import protocol
from filing_bridge.domain import TIMING, TO_SUBMIT, FilingState
from filing_bridge.models import Filing, Void
from filing_bridge.selectors import untried_first, wanting_a_message
from filing_bridge.services import breaker
from filing_bridge.services.claims import anything_due
from filing_bridge.services.preparing import RENEW
from filing_bridge.services.states import DELIVERY, move
from signing.services import keyroom

DELIVER = "filing.deliver"
PROBE_TIME = timedelta(seconds=2)
log = structlog.get_logger()


def sign_messages(province: str) -> None:
    """Sign what is due for one province, and come back when more is.

    Raises `Later` when there is more to come. While the breaker is open nothing is signed: it would be stale.
    """
    allowed = breaker.pause(province)
    if allowed.until is not None:
        raise Later(allowed.until)
    if allowed.limit == 1 and anything_due(province):  # the probe is signed already
        enqueue(DELIVER, province)
        raise Later(clock.now() + PROBE_TIME)
    wanting = wanting_a_message(province)
    now_due = wanting.filter(due_at__lte=clock.now())
    due = list((untried_first(now_due) if allowed.limit == 1 else now_due)[: allowed.limit])
    if due:
        signer = platform_signer()
        for filing in due:
            _sign_one(filing, signer)
        enqueue(DELIVER, province)
    following = wanting.order_by("due_at").first()
    if following is not None:
        raise Later(max(following.due_at, clock.now()))


def platform_signer() -> protocol.Signer:
    """The platform's key for messages. Signer process only."""
    key = keyroom.open_platform_key()
    return protocol.Signer(protocol.public_jwk(key.public_key())["kid"], protocol.es256(key))


def _sign_one(filing: Filing, signer: protocol.Signer) -> None:
    """One filing's next message. A filing that cannot be signed must not hold up the others."""
    try:
        if filing.state in TO_SUBMIT:
            _sign_submission(filing, signer)
        elif filing.takes_back:
            _sign_void(filing, signer)
        else:
            _sign_question(filing, signer)
    except Refused as refused:
        if refused.code == "state_conflict":  # it moved on while we looked
            return
        if refused.code == "authorisation_expired":
            enqueue(RENEW, str(filing.pk))
        _put_off(filing, refused.code)
    except Exception as error:
        log.error("filing.sign_failed", filing=str(filing.pk), exc_info=error)
        _put_off(filing, type(error).__name__, poison=True)


def _sign_submission(filing: Filing, signer: protocol.Signer) -> None:
    if protocol.record_digest(filing.record) != filing.record_digest:
        raise ValueError("the record is not the one that was authorised")
    signature = filing.employer_signature or _employer_signature(
        filing, filing.record, filing.record_digest, filing.authorisation
    )
    body = protocol.submission(
        filing.record,
        version=filing.version,
        employer_signature=signature,
        document_size=len(blobs.get(filing.document_digest)),
    )
    if body["idempotency_key"] != filing.idempotency_key:
        raise ValueError("the record belongs to another idempotency key")
    message = _sign(protocol.Interface.SUBMIT, body, signer)
    move(
        filing,
        FilingState.READY,
        actor=DELIVERY,
        detail={"message": message},
        only_if={"message": "", "record_digest": filing.record_digest},
        message=message,
        message_at=clock.now(),
        employer_signature=signature,
    )


def _employer_signature(filing: Filing, record: dict[str, object], digest: str, authorisation: str) -> str:
    key = keyroom.open_organisation_key(
        authorisation, tenant=filing.tenant, document_sha256=digest, subject=filing.subject
    )
    # The root is what the province trusts already.
    chain = [each.public_bytes(Encoding.DER) for each in (key.certificate, *key.chain[:-1])]
    return protocol.sign_record(record, chain, lambda data: protocol.raw_signature(key.sign(data)))


def _sign_question(filing: Filing, signer: protocol.Signer) -> None:
    body = {"idempotency_key": filing.idempotency_key}
    _lay_ready(filing, _sign(protocol.Interface.QUERY, body, signer))


def _sign_void(filing: Filing, signer: protocol.Signer) -> None:
    """The wish to withdraw, which asks where the filing stands as well."""
    void = filing.void
    if protocol.record_digest(void.record) != void.record_digest:
        raise ValueError("the withdrawal is not the one that was authorised")
    signature = void.employer_signature or _employer_signature(
        filing, void.record, void.record_digest, void.authorisation
    )
    Void.objects.filter(pk=void.pk).update(employer_signature=signature)
    body = protocol.void(void.record, employer_signature=signature)
    _lay_ready(filing, _sign(protocol.Interface.VOID, body, signer))


def _lay_ready(filing: Filing, message: str) -> None:
    """Unless it moved on or was asked back meanwhile: then it wants another message."""
    still = Filing.objects.filter(
        pk=filing.pk, state=filing.state, to_void=filing.to_void, message="", lease__isnull=True
    )
    still.update(message=message, message_at=clock.now())


def _sign(interface: protocol.Interface, body: Mapping[str, object], signer: protocol.Signer) -> str:
    token = protocol.sign_message(
        interface, body, system_code=settings.PLATFORM_SYSTEM_CODE, now=clock.now(), signer=signer
    )
    return blobs.put(token.encode())


def _put_off(filing: Filing, code: str, *, poison: bool = False) -> None:
    """Try later. What our own code cannot handle, again and again, is held for a person."""
    tries = filing.attempts + 1
    wait = backoff(tries, base=TIMING.retry_base, ceiling=TIMING.retry_ceiling)
    mine = Filing.objects.filter(pk=filing.pk, state=filing.state, lease__isnull=True)
    mine.update(attempts=F("attempts") + 1, due_at=clock.now() + wait, last_error=code[:60])
    if poison and tries >= TIMING.hold_after:
        with suppress(Refused):
            move(filing, FilingState.HELD, actor=DELIVERY, detail={"code": code[:60]}, attempts=0)
