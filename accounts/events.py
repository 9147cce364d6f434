"""What accounts tell the rest of the house."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class EmployerApproved:
    """An operator let an employer send contracts. Published in the transaction of the approval."""

    tenant: UUID
    name: str
    uscc: str
