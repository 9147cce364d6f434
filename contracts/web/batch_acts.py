"""What can be done with a batch as a whole; what sends or stops something is asked first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.web.pages import Visit, for_acting
from accounts.web.words import Words
from contracts import selectors
from contracts.models import Batch
from contracts.services.batches import sending
from core.errors import Refused


@dataclass(frozen=True)
class Act:
    """`text` may name {good} and {faulty}, the numbers of rows; without a text nothing is asked."""

    run: Callable[[Visit, Batch], Batch]
    title: Words
    text: Words
    done: Words
    danger: bool = False


def _confirm(visit: Visit, batch: Batch) -> Batch:
    return sending.confirm_batch(principal=visit.principal, batch_id=batch.pk, skip_faulty=True)


ACTS: Mapping[str, Act] = {
    "send": Act(
        _confirm,
        _("发送合同"),
        _("将发送 {good} 份合同；{faulty} 行有错误，不发送。发送后，劳动者会收到短信。"),
        _("已开始发送。可以关闭页面，发送不会中断。"),
    ),
    "pause": Act(
        lambda visit, batch: sending.pause_batch(principal=visit.principal, batch_id=batch.pk),
        _("暂停发送"),
        "",
        _("已暂停。"),
    ),
    "resume": Act(
        lambda visit, batch: sending.resume_batch(principal=visit.principal, batch_id=batch.pk),
        _("继续发送"),
        "",
        _("已继续发送。"),
    ),
    "retry": Act(
        lambda visit, batch: sending.retry_failed(principal=visit.principal, batch_id=batch.pk),
        _("重试失败的行"),
        "",
        _("正在重试失败的行。"),
    ),
    "cancel": Act(
        lambda visit, batch: sending.cancel_batch(principal=visit.principal, batch_id=batch.pk),
        _("取消这一批"),
        _("还没有发送的 {good} 行不再发送。已经发出的合同不受影响，需要时请逐份撤回。"),
        _("已取消。"),
        danger=True,
    ),
}


@for_acting
def act(visit: Visit, batch_id: UUID, name: str) -> HttpResponse:
    """Ask, then do it."""
    wanted = ACTS.get(name)
    if wanted is None:
        raise Refused("not_found")
    batch = selectors.batch_of(visit.principal, batch_id)
    if not visit.posted or (wanted.text and "confirmed" not in visit.request.POST):
        tally = selectors.tallies_of([batch])[batch.pk]
        return visit.ask(
            wanted.title,
            str(wanted.text).format(good=tally.good, faulty=tally.faulty),
            action=wanted.title,
            back=reverse("batches:batch", args=[batch.pk]),
            danger=wanted.danger,
        )
    wanted.run(visit, batch)
    return visit.done(wanted.done, "batches:batch", batch.pk)
