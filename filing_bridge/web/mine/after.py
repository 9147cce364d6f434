"""What a worker is told once a contract has ended: the certificate, rights, and what to do until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.web.words import Words
from contracts.domain import DocumentState
from contracts.endings.checks import FILED_WITHIN
from contracts.models import Contract, Termination
from contracts.web.endings import by_reason
from core import clock
from core.periods import birthday

# 失业保险金申领发放办法 Art. 6: registered within sixty days of the ending.
REGISTERED_WITHIN = timedelta(days=60)


@dataclass(frozen=True)
class Step:
    """Something to do or to wait for. `until` is the last day, if there is one; `late` when it has passed."""

    title: Words
    text: str
    until: date | None = None
    done_on: date | None = None

    @property
    def late(self) -> bool:
        return self.until is not None and self.done_on is None and self.until < clock.today()


@dataclass(frozen=True)
class After:
    """The ending of a contract as its worker sees it."""

    ending: Termination
    reason: str
    years: int
    months: int
    compensation: str
    contact: str
    phone: str
    steps: list[Step]


def after(contract: Contract) -> After | None:
    """What follows the ending of a contract; None while it has not ended."""
    ending = Termination.objects.filter(contract=contract, state=DocumentState.COMPLETED).first()
    if ending is None:
        return None
    said, employer = ending.facts["ending"], ending.facts["employer"]
    return After(
        ending=ending,
        reason=by_reason(ending.facts),
        years=said["service_years"],
        months=said["service_months"],
        compensation=said.get("compensation", ""),
        contact=employer["contact_name"],
        phone=employer["contact_phone"],
        steps=list(_steps(ending)),
    )


def _steps(ending: Termination) -> Iterator[Step]:
    said, day = ending.facts["ending"], ending.ends_on
    if amount := said.get("compensation"):
        yield Step(
            _("经济补偿"),
            gettext("证明书写明 %(amount)s 元，单位应当在办结工作交接时支付。") % {"amount": amount},
        )
    if said["involuntary"]:
        yield Step(
            _("失业登记和失业保险金"),
            gettext(
                "不是本人意愿离职，失业保险缴满一年的，可以领失业保险金。"
                "带证明书和身份证件到街道或者社保经办机构，也可以在网上办理，越早越好。"
            ),
            day + REGISTERED_WITHIN,
        )
    else:
        yield Step(
            _("失业登记"),
            gettext(
                "本人原因离职的一般不能领失业保险金，但可以办失业登记，享受就业服务。以前的缴费年限以后继续累计。"
            ),
        )
    within = day + FILED_WITHIN
    yield Step(
        _("档案转移"),
        gettext("由单位办理，您不用付费。没有档案在单位的不需要办。"),
        within,
        ending.file_moved_on,
    )
    yield Step(
        _("社会保险关系转移"),
        gettext("由单位办理减员。到新单位或者以个人身份参保时接续，缴费年限合并计算。"),
        within,
        ending.insurance_moved_on,
    )
    yield Step(
        _("对离职有异议"),
        gettext(
            "对原因、经济补偿或者欠发工资有异议的，先和单位协商，也可以向劳动监察投诉，"
            "或者在一年内申请劳动仲裁。仲裁不收费。证明书和合同可以作为证据。"
        ),
        birthday(day, 1),
    )
