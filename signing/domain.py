"""Signature requests, sessions, jobs and seals as tables and pure rules. No framework here."""

from datetime import timedelta
from enum import StrEnum

from core.transitions import TransitionTable


class RequestState(StrEnum):
    """Where a document stands between the first invitation and the accepted final file."""

    OPEN = "open"
    SIGNED = "signed"  # every party has signed; the acceptance rule has not spoken yet
    COMPLETED = "completed"
    QUARANTINED = "quarantined"  # the acceptance rule said no: a person must look
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class PartyState(StrEnum):
    WAITING = "waiting"
    INVITED = "invited"  # it is this party's turn
    CONFIRMED = "confirmed"  # the will is on record; a signing job is under way
    SIGNED = "signed"
    REFUSED = "refused"


class PartyKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"


class SessionState(StrEnum):
    PENDING = "pending"  # another session is open: this one takes over when its owner proves the phone
    OPEN = "open"
    TAKEN_OVER = "taken_over"
    ENDED = "ended"


class CheckState(StrEnum):
    """The answer of the real-name provider."""

    CHECKING = "checking"
    PASSED = "passed"
    FAILED = "failed"


class VisitState(StrEnum):
    """Somebody's way to all that they have signed."""

    CODE = "code"  # a code was sent to the phone
    NUMBER = "number"  # the phone alone does not say who it is: the identity number is asked for
    OPEN = "open"
    ENDED = "ended"


class ChangeState(StrEnum):
    """A person's way to another phone."""

    CODE = "code"
    CHECKING = "checking"
    DONE = "done"
    FAILED = "failed"


class LinkKind(StrEnum):
    """How a link reaches its person. One of each kind is valid at a time."""

    MESSAGE = "message"
    PRINTED = "printed"  # a QR code at a signing table; it lives for a working day


class Purpose(StrEnum):
    """What a one-time code proves."""

    IDENTITY = "identity"
    SIGN = "sign"


class CodeState(StrEnum):
    LIVE = "live"
    USED = "used"
    DEAD = "dead"


class JobState(StrEnum):
    QUEUED = "queued"
    SIGNING = "signing"
    SIGNED = "signed"
    FAILED = "failed"
    VOID = "void"  # the request was withdrawn before the signature was made


class SealKind(StrEnum):
    """The usual seals of an organisation (domain notes §5.1)."""

    OFFICIAL = "official"  # 公章
    CONTRACT = "contract"  # 合同专用章
    PERSONNEL = "personnel"  # 劳动合同专用章、人事专用章


class SealState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class ApplicationState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    USED = "used"


class NoticeState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    ARRIVED = "arrived"  # as the gateway reports
    LOST = "lost"  # as the gateway reports: switched off, out of service
    FAILED = "failed"
    DROPPED = "dropped"  # what it says was no longer true when it could have been sent


class Channel(StrEnum):
    """How a message goes: also to the e-mail address, where a person has given one."""

    SMS = "sms"
    MAIL = "mail"


class Language(StrEnum):
    """What a person reads; also the folder of the message templates."""

    ZH = "zh"
    EN = "en"


class ConsentKind(StrEnum):
    """Texts that a person accepts, each a recorded act of its own."""

    PROCESS_NOTICE = "process_notice"  # 电子劳动合同订立指引 Art. 6
    ELECTRONIC_FORM = "electronic_form"  # 电子签名法 Art. 3
    PRIVACY = "privacy"  # 个人信息保护法 Art. 17
    STROKE_DATA = "stroke_data"  # separate consent; without it only the drawn line is kept


REQUIRED_CONSENTS = (ConsentKind.PROCESS_NOTICE, ConsentKind.ELECTRONIC_FORM, ConsentKind.PRIVACY)

R, Y, J = RequestState, PartyState, JobState

REQUEST_TRANSITIONS: TransitionTable = {
    R.OPEN: frozenset({R.SIGNED, R.REFUSED, R.WITHDRAWN, R.EXPIRED}),
    R.SIGNED: frozenset({R.COMPLETED, R.QUARANTINED}),
    R.QUARANTINED: frozenset({R.COMPLETED}),
}
PARTY_TRANSITIONS: TransitionTable = {
    Y.WAITING: frozenset({Y.INVITED}),
    Y.INVITED: frozenset({Y.CONFIRMED, Y.REFUSED}),
    Y.CONFIRMED: frozenset({Y.SIGNED, Y.INVITED}),
}
SESSION_TRANSITIONS: TransitionTable = {
    SessionState.PENDING: frozenset({SessionState.OPEN, SessionState.ENDED}),
    SessionState.OPEN: frozenset({SessionState.TAKEN_OVER, SessionState.ENDED}),
}
CHECK_TRANSITIONS: TransitionTable = {
    CheckState.CHECKING: frozenset({CheckState.PASSED, CheckState.FAILED}),
}
VISIT_TRANSITIONS: TransitionTable = {
    VisitState.CODE: frozenset({VisitState.NUMBER, VisitState.OPEN}),
    VisitState.NUMBER: frozenset({VisitState.OPEN, VisitState.ENDED}),
    VisitState.OPEN: frozenset({VisitState.ENDED}),
}
CHANGE_TRANSITIONS: TransitionTable = {
    ChangeState.CODE: frozenset({ChangeState.CHECKING}),
    ChangeState.CHECKING: frozenset({ChangeState.DONE, ChangeState.FAILED}),
}
CODE_TRANSITIONS: TransitionTable = {CodeState.LIVE: frozenset({CodeState.USED, CodeState.DEAD})}
# A dead signer's job is claimed again: signing → signing, under a new lease.
JOB_TRANSITIONS: TransitionTable = {
    J.QUEUED: frozenset({J.SIGNING, J.FAILED, J.VOID}),
    J.SIGNING: frozenset({J.SIGNING, J.QUEUED, J.SIGNED, J.FAILED, J.VOID}),
}
SEAL_TRANSITIONS: TransitionTable = {
    SealState.ACTIVE: frozenset({SealState.SUSPENDED}),
    SealState.SUSPENDED: frozenset({SealState.ACTIVE}),
}
APPLICATION_TRANSITIONS: TransitionTable = {
    ApplicationState.REQUESTED: frozenset({ApplicationState.APPROVED, ApplicationState.REFUSED}),
    ApplicationState.APPROVED: frozenset({ApplicationState.USED}),
}
NOTICE_TRANSITIONS: TransitionTable = {
    NoticeState.QUEUED: frozenset({NoticeState.SENT, NoticeState.FAILED, NoticeState.DROPPED}),
    NoticeState.SENT: frozenset({NoticeState.ARRIVED, NoticeState.LOST}),
}

VERIFY_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
VERIFY_LENGTH = 16

LIVE_JOB = (JobState.QUEUED, JobState.SIGNING)

# Guessing: at most 15 wrong tries for a purpose in the whole life of a request, of a million codes: 1.5e-5.
CODE_DIGITS = 6
CODE_LIFETIME = timedelta(minutes=10)
CODE_RESEND_AFTER = timedelta(seconds=60)
CODES_PER_INVITATION = 3
TRIES_PER_CODE = 5
TRIES_PER_PURPOSE = 15

# Outside of any request a phone has so many codes and wrong tries a day, whether anybody knows it or not.
PHONE_WINDOW = timedelta(days=1)
CODES_PER_PHONE = 10
TRIES_PER_PHONE = 15
NUMBER_TRIES = 5
VISIT_LIFETIME = timedelta(hours=2)
# Operators give a number to somebody else after ninety days at the earliest: a phone that was not proved for
# so long does not say who holds it.
PHONE_TRUSTED_FOR = timedelta(days=90)

IDENTITY_TRIES = 10  # claims of a name and number per invitation
SESSION_LIFETIME = timedelta(hours=12)
SESSIONS_PER_LINK = 20
# Messages on demand: enough to find a lost one, too few to pester.
REMINDERS_PER_DAY = 2
LINKS_PER_DAY = 3
REMIND_AFTER = timedelta(days=3)
REMIND_HOURS = range(9, 20)  # of the day in China: nobody is woken by a reminder

PRINTED_LINK_LIFETIME = timedelta(hours=12)

AUTHORISATION_OF_PERSON = timedelta(minutes=30)
AUTHORISATION_OF_ORGANISATION = timedelta(hours=12)
