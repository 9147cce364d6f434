"""Tables of signing. The sealed audit log has its own module, `signing.evidence.models`."""

from signing.evidence.models import LogBlock, LogLeaf, LogStamp
from signing.models.jobs import OrganisationKey, SigningJob, UsedNonce
from signing.models.notices import Notice
from signing.models.pages import InspectedPage, PageImage
from signing.models.people import Person, PhoneChange, PhoneWindow, Visit
from signing.models.requests import SignatureRequest, SigningParty
from signing.models.seals import Seal, SealApplication, SealGrant, SealUse
from signing.models.sessions import (
    CodeBudget,
    Consent,
    IdentityCheck,
    OneTimeCode,
    Placement,
    Reading,
    SigningLink,
    SigningSession,
)

__all__ = [
    "CodeBudget",
    "Consent",
    "IdentityCheck",
    "InspectedPage",
    "LogBlock",
    "LogLeaf",
    "LogStamp",
    "Notice",
    "OneTimeCode",
    "OrganisationKey",
    "PageImage",
    "Person",
    "PhoneChange",
    "PhoneWindow",
    "Placement",
    "Reading",
    "Seal",
    "SealApplication",
    "SealGrant",
    "SealUse",
    "SignatureRequest",
    "SigningJob",
    "SigningLink",
    "SigningParty",
    "SigningSession",
    "UsedNonce",
    "Visit",
]
