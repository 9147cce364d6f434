"""What contracts tell the rest of the house."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class ContractEffective:
    """Both parties have signed and the signed document passed the acceptance rule.

    `signed_at` is the time-stamp authority's time of the last signature (UTC). Published in the transaction
    in which the contract becomes effective. `signed_elsewhere`: on another platform, and imported.
    """

    contract_id: UUID
    tenant: UUID
    facts_digest: str
    document_digest: str
    signed_at: datetime
    signed_elsewhere: bool = False


@dataclass(frozen=True)
class ContractChanged:
    """The agreement on a change is signed and passed the acceptance rule.

    `document_digest` is the agreement's; `signed_at` the time-stamp authority's time of its last signature.
    Published in the transaction in which the change is completed.
    """

    contract_id: UUID
    tenant: UUID
    document_digest: str
    signed_at: datetime


@dataclass(frozen=True)
class ContractEnded:
    """The certificate of the ending is signed and passed the acceptance rule: the contract has ended.

    `document_digest` is the certificate's; `signed_at` the time-stamp authority's time of its last signature.
    Published in the transaction in which the contract ends.
    """

    contract_id: UUID
    tenant: UUID
    document_digest: str
    signed_at: datetime


@dataclass(frozen=True)
class SuspensionSigned:
    """The document of a suspension or resumption is signed and passed the acceptance rule.

    `document_digest` is the document's; `signed_at` the time-stamp authority's time of its last signature.
    Published in the transaction in which it is completed.
    """

    contract_id: UUID
    tenant: UUID
    document_digest: str
    signed_at: datetime


@dataclass(frozen=True)
class EndingDecided:
    """An employer has decided that a contract ends. Published in the transaction that opens the ending: who
    refuses undoes it.

    `reason` is a code of the table end_reason; `actor` is who decided, as the audit log knows them.
    """

    termination_id: UUID
    contract_id: UUID
    tenant: UUID
    reason: str
    actor: str
