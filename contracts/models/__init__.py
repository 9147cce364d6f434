"""Tables of templates and contracts."""

from contracts.models.batches import Batch, BatchRow, RememberedMapping
from contracts.models.contracts import Contract, PaperRequest, Reminder
from contracts.models.documents import Change, LaterDocument, Suspension, Termination
from contracts.models.templates import Template, TemplateVersion

__all__ = [
    "Batch",
    "BatchRow",
    "Change",
    "Contract",
    "LaterDocument",
    "PaperRequest",
    "RememberedMapping",
    "Reminder",
    "Suspension",
    "Template",
    "TemplateVersion",
    "Termination",
]
