"""On-site mode: a sheet of QR codes, one for each worker who comes to the signing table."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.web.listing import kept
from accounts.web.lists import Bulk
from accounts.web.pages import Visit
from contracts.document.qr import drawn
from contracts.models import Contract
from contracts.services import reaching
from core.principal import Permission


@dataclass(frozen=True)
class Code:
    """A QR code on the sheet: `path` draws its dark squares on a square of `size` units."""

    worker: str
    number: str
    path: str
    size: int
    until: datetime


def _print(visit: Visit, picked: QuerySet[Contract]) -> HttpResponse:
    """Ask, then show the sheet. The codes are on this page and nowhere else."""
    if "confirmed" not in visit.request.POST:
        return visit.ask(
            _("现场签署二维码"),
            _(
                "为选中的合同打印签署二维码，每人一个，12 小时内有效，此前打印的作废。"
                "劳动者扫码后仍须填写姓名、证件号码和本人手机收到的验证码。请当面交给本人。"
            ),
            action=_("生成二维码"),
            back=reverse("portal:contracts") + "?show=worker",
            kept=kept(visit),
        )
    printed = reaching.print_codes(
        principal=visit.principal, contract_ids=list(picked.values_list("pk", flat=True))
    )
    codes = [
        Code(contract.worker.name, contract.contract_no, *drawn(link.url), link.expires_at)
        for contract, link in printed
    ]
    return visit.show("onsite.html", codes=codes)


PRINT: Bulk[Contract] = Bulk("onsite", _("现场签署二维码"), Permission.SEND, _print)
