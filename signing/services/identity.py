"""Proving who holds the phone: name and number as in the document, real-name provider, text message."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F

from core import clock, work
from core.audit import Detail
from core.errors import Refused
from core.numbers import NumberError, check_id_document
from signing.domain import IDENTITY_TRIES, CheckState, Purpose
from signing.identity.realname import RealNameUnavailable, real_name_provider
from signing.models import IdentityCheck, SigningParty, SigningSession
from signing.services import codes, pages
from signing.services.people import contact_of, keep_person
from signing.services.requests import identity_indexes
from signing.services.sessions import check_reachable, identify
from signing.services.trail import move, note

ASK_AGAIN_AFTER = timedelta(seconds=5)
ACTOR = "system:identity"


def claim_identity(
    *, session: SigningSession, name: str, id_no: str, page_width: int | None = None
) -> IdentityCheck:
    """Compare name and number with the party's and have the real-name provider asked.

    Commits a running check with its due work; the code follows by text message when the answer is yes. Every
    claim is counted, since the provider is paid for each; but a number that cannot exist is `invalid_input`.
    Refuses `identity_known`, `identity_checking`, `identity_locked`, what `check_reachable` says, and
    `identity_mismatch`, which does not say which of the two is wrong; that refusal commits its count, so call
    this outside `atomic`.
    """
    party = session.party
    check_reachable(party.request)
    if session.identified_at is not None:
        raise Refused("identity_known")
    if session.checks.filter(state=CheckState.CHECKING).exists():
        raise Refused("identity_checking")
    try:
        check_id_document(party.id_type, id_no)
    except NumberError as error:
        raise Refused("invalid_input", faults=[error.fault_at("/id_no")]) from error
    counted = SigningParty.objects.filter(pk=party.pk, identity_tries__lt=IDENTITY_TRIES)
    if not counted.update(identity_tries=F("identity_tries") + 1):
        raise Refused("identity_locked")
    if identity_indexes(name, id_no) != (party.name_index, party.id_no_index):
        _record(session, "identity.mismatch")
        left = max(0, IDENTITY_TRIES - party.identity_tries - 1)
        raise Refused("identity_mismatch", params={"left": left})
    with transaction.atomic():
        check = IdentityCheck.objects.create(
            session=session, provider=real_name_provider().name, created_at=clock.now()
        )
        _record(session, "identity.claimed")
        work.enqueue("signing.identify", str(check.pk))
        if page_width is not None:
            pages.order_page_images(party.request, page_width)
    return check


def ask_provider(check_id: str) -> None:
    """Put one check to the real-name provider, and send the identity code when it passes."""
    check = IdentityCheck.objects.select_related("session__party__request").get(pk=check_id)
    session = check.session
    if check.state != CheckState.CHECKING:
        return
    if session.expires_at <= clock.now():
        _answer(check, CheckState.FAILED, reference="")
        return
    party = session.party
    try:
        answer = real_name_provider().check(
            name=party.name,
            id_type=party.id_type,
            id_no=party.id_no,
            mobile=contact_of(party).mobile,
            check_id=str(check.pk),
        )
    except RealNameUnavailable as error:
        raise work.Later(clock.now() + ASK_AGAIN_AFTER) from error
    with transaction.atomic():
        _answer(check, CheckState.PASSED if answer.passed else CheckState.FAILED, answer.reference)
        if answer.passed:
            try:
                codes.send_code(session, Purpose.IDENTITY)
            except Refused as refused:  # quotas: the person sees why when asking for a code
                _record(session, "code.withheld", {"code": refused.code})


def resend_identity_code(*, session: SigningSession) -> codes.SentCode:
    """Send another identity code. Refuses `step_missing` before the real-name check has passed."""
    check_reachable(session.party.request)
    if session.identified_at is not None:
        raise Refused("identity_known")
    if not session.checks.filter(state=CheckState.PASSED).exists():
        raise Refused("step_missing", params={"step_zh": "身份核验", "step_en": "identity"})
    return codes.send_code(session, Purpose.IDENTITY)


def prove_phone(*, session: SigningSession, code: str) -> None:
    """The code from the message proves the phone; the session is identified and becomes the only one.

    Refuses as `codes.try_code`; a wrong try stays counted, so call this outside `atomic`.
    """
    right = codes.try_code(session, Purpose.IDENTITY, code)
    with transaction.atomic():
        codes.use_code(right)
        identify(session)
        keep_person(session)


def _answer(check: IdentityCheck, new: CheckState, reference: str) -> None:
    session = check.session
    request = session.party.request
    move(
        check,
        new,
        f"identity.{new}",
        request=request,
        actor=ACTOR,
        detail={
            "party": str(session.party_id),
            "session": str(session.pk),
            "provider": check.provider,
            "reference": reference,
        },
        reference=reference,
        answered_at=clock.now(),
    )


def _record(session: SigningSession, action: str, detail: Detail | None = None) -> None:
    who: Detail = {"party": str(session.party_id), "session": str(session.pk)}
    note(session.party.request, action, actor=session.party.actor, detail={**who, **(detail or {})})
