"""What the platform and the employers hold about a person, and who has looked at it in full."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.masking import mask_name, mask_number, mask_phone
from accounts.models import Employer, User, Worker
from accounts.particulars import WORKER_FIELDS, particulars_of
from accounts.web.words import Words, by_language
from contracts.models import Change, Termination
from contracts.selectors import contracts_signed_by
from core.models import AuditEvent
from filing_bridge.models import Correction, Filing
from signing.domain import ConsentKind
from signing.models import Consent, Person
from signing.selectors import parties_of
from signing.services.texts import Text, current_texts

MOST_LOOKS = 100

# Acts by which somebody sees personal data unmasked, each written down before it is allowed.
LOOKS: Mapping[str, Words] = {
    "contract.viewed": _("查看或下载合同全文"),
    "termination.viewed": _("查看或下载证明书"),
    "change.viewed": _("查看或下载变更协议"),
    "worker.revealed": _("查看您的完整登记信息"),
    "filing.record_viewed": _("查看备案内容"),
    "filing.form_viewed": _("下载登记表"),
    "filing.slip_printed": _("打印备案单"),
    "correction.viewed": _("查看更正内容"),
}


@dataclass(frozen=True)
class Held:
    """What one employer has on its roster, by name."""

    employer: str
    kinds: list[str]


@dataclass(frozen=True)
class Look:
    at: datetime
    employer: str
    who: str
    what: Words


@dataclass(frozen=True)
class Accepted:
    at: datetime
    title: str
    version: int


@dataclass(frozen=True)
class DataAbout:
    """Everything that the statement says. Numbers are masked: the page may be read over a shoulder."""

    name: str
    id_no: str
    mobile: str
    proved_at: datetime
    held: list[Held]
    looks: list[Look]
    accepted: list[Accepted]


def data_about(person: Person) -> DataAbout:
    """The statement for a person, in a constant number of queries."""
    parties = parties_of(person)
    latest = parties.latest("request__created_at")
    rosters = Worker.objects.filter(id_no_index=person.id_no_index).select_related("employer")
    consents = Consent.objects.filter(session__party__in=parties).order_by("-at")
    texts = current_texts()
    return DataAbout(
        name=latest.name,
        id_no=mask_number(latest.id_no),
        mobile=mask_phone(person.mobile),
        proved_at=person.proved_at,
        held=[Held(row.employer.name, list(_kinds(row))) for row in rosters],
        looks=_looks(person, rosters),
        accepted=[
            Accepted(each.at, _title(texts[ConsentKind(each.kind)]), each.version)
            for each in consents[:MOST_LOOKS]
        ],
    )


def _title(text: Text) -> str:
    return by_language(text.title_zh, text.title_en)


def _kinds(worker: Worker) -> Iterable[str]:
    for name, value in particulars_of(worker).items():
        if value:
            yield by_language(WORKER_FIELDS[name].zh, WORKER_FIELDS[name].en)


def _looks(person: Person, rosters: Iterable[Worker]) -> list[Look]:
    contracts = list(contracts_signed_by(person).values_list("pk", flat=True))
    filings = Filing.objects.filter(contract_id__in=contracts).values_list("pk", flat=True)
    endings = Termination.objects.filter(contract_id__in=contracts).values_list("pk", flat=True)
    changes = Change.objects.filter(contract_id__in=contracts).values_list("pk", flat=True)
    subjects = [f"contract:{pk}" for pk in contracts] + [f"filing:{pk}" for pk in filings]
    corrections = Correction.objects.filter(contract_id__in=contracts).values_list("pk", flat=True)
    subjects += [f"termination:{pk}" for pk in endings] + [f"change:{pk}" for pk in changes]
    subjects += [f"correction:{pk}" for pk in corrections]
    subjects += [worker.subject for worker in rosters]
    events = AuditEvent.objects.filter(subject__in=subjects, action__in=list(LOOKS))
    latest = list(events.order_by("-at", "-id")[:MOST_LOOKS])
    users = {event.actor.removeprefix("user:") for event in latest if event.actor.startswith("user:")}
    names = {
        f"user:{pk}": mask_name(name)
        for pk, name in User.objects.filter(pk__in=users).values_list("pk", "name")
    }
    tenants = {event.tenant for event in latest if event.tenant}
    employers = dict(Employer.objects.filter(pk__in=tenants).values_list("pk", "name"))
    return [
        Look(
            event.at,
            employers[event.tenant] if event.tenant else "",
            names.get(event.actor, ""),
            LOOKS[event.action],
        )
        for event in latest
    ]
