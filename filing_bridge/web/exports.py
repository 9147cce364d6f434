"""What can be taken to the counter from the list of filings."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.web.lists import Bulk
from accounts.web.pages import Visit
from core.principal import Permission
from filing_bridge.models import Filing
from filing_bridge.services.counter import counter_package
from filing_bridge.services.sheets import export_sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _sheet(visit: Visit, picked: QuerySet[Filing]) -> HttpResponse:
    return _file(export_sheet(principal=visit.principal, filing_ids=_ids(picked)), XLSX, "filings.xlsx")


def _package(visit: Visit, picked: QuerySet[Filing]) -> HttpResponse:
    made = counter_package(principal=visit.principal, filing_ids=_ids(picked))
    return _file(made, "application/zip", "counter.zip")


def _ids(picked: QuerySet[Filing]) -> list[Any]:
    return list(picked.order_by().values_list("pk", flat=True))


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


SHEET = Bulk("sheet", _("导出备案机构表格"), Permission.VIEW_PII, _sheet)
PACKAGE = Bulk("package", _("窗口办理材料包"), Permission.VIEW_PII, _package)
