"""What signing tells the rest of the house. Published in the transaction of the change."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class SignatureApplied:
    """One party's signature is in the document, whose digest is now `document_digest`."""

    request_id: UUID
    subject: str
    tenant: UUID
    party_id: UUID
    role: str
    document_digest: str
    last: bool


@dataclass(frozen=True)
class RequestCompleted:
    """Everybody has signed and the final file passed the acceptance rule.

    `completed_at` is the time-stamp authority's time of the last party's signature (UTC).
    """

    request_id: UUID
    subject: str
    tenant: UUID
    document_digest: str
    completed_at: datetime


@dataclass(frozen=True)
class PartyDisowned:
    """Whoever received the link says that they are not the person who is to sign."""

    request_id: UUID
    subject: str
    tenant: UUID


@dataclass(frozen=True)
class PhoneChanged:
    """A person is reached at another phone from now on; it was proved to be theirs.

    `id_no_index` is the blind index by which rosters find them.
    """

    person_id: UUID
    id_no_index: str
    mobile: str


@dataclass(frozen=True)
class PaperWanted:
    """A person who has signed asks for a copy on paper."""

    request_id: UUID
    subject: str
    tenant: UUID
    party_id: UUID


@dataclass(frozen=True)
class RequestRefused:
    """A party will not sign."""

    request_id: UUID
    subject: str
    tenant: UUID
    reason: str


@dataclass(frozen=True)
class RequestExpired:
    """The time to sign ran out."""

    request_id: UUID
    subject: str
    tenant: UUID
