"""Mails to members about what waits for them. Each may switch a topic off; none holds personal data."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string

from accounts.domain import TOPIC_ROLES, Topic
from accounts.models import Membership, Silence
from accounts.services import mail
from core import audit
from core.principal import Principal, Role


def topics_for(role: Role) -> list[Topic]:
    """The topics that are offered to a role."""
    return [topic for topic in Topic if role in TOPIC_ROLES[topic]]


def silenced(principal: Principal) -> set[str]:
    """The topics that the acting member does not want to be told of."""
    mine = Silence.objects.filter(
        membership__user_id=principal.user_id, membership__employer_id=principal.tenant
    )
    return set(mine.values_list("topic", flat=True))


@transaction.atomic
def choose(*, principal: Principal, wanted: Collection[Topic]) -> None:
    """Tell the acting member of exactly these topics from now on. Commits the choice and its audit event."""
    membership = Membership.objects.get(user_id=principal.user_id, employer_id=principal.tenant)
    off = [topic for topic in topics_for(principal.role) if topic not in wanted]
    membership.silences.all().delete()
    Silence.objects.bulk_create(Silence(membership=membership, topic=topic) for topic in off)
    audit.record(
        "member.notifications_chosen",
        subject=f"member:{membership.pk}",
        actor=principal.actor,
        tenant=principal.tenant,
        detail={"silenced": [topic.value for topic in off]},
    )


def tell(
    topic: Topic, *, tenant: UUID, params: Mapping[str, object], only: Collection[int] | None = None
) -> None:
    """Mail the members whose role the topic concerns, or only these users of them. Call in a transaction.

    `params` fill the template `mail/<topic>.txt`, whose first line is the subject.
    """
    members = Membership.objects.filter(
        employer_id=tenant, active=True, user__is_active=True, role__in=TOPIC_ROLES[topic]
    ).exclude(silences__topic=topic)
    if only is not None:
        members = members.filter(user_id__in=only)
    words = render_to_string(f"mail/{topic}.txt", {**params, "link": settings.PUBLIC_URL})
    subject, _, body = words.partition("\n")
    for address in members.values_list("user__email", flat=True):
        mail.post(to=address, subject=subject, body=body.strip())
