"""The sheet to be filled in, its upload, and what the columns of somebody's own sheet hold."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from accounts.web.export import MEDIA_TYPE
from accounts.web.forms import blame, words_of
from accounts.web.pages import Visit, for_acting, for_members
from accounts.web.words import by_language
from contracts import selectors
from contracts.bulk.columns import plan_for
from contracts.bulk.reader import MAX_BYTES
from contracts.bulk.sheets import template_workbook
from contracts.domain import BatchState
from contracts.models import Batch
from contracts.services.batches.uploading import map_columns, upload_batch
from contracts.web.batch_words import heading_of, title_of
from core import clock
from core.errors import Refused
from core.principal import Permission

SAMPLES = 3
USUAL = "general"  # the template that most contracts are made from


class UploadForm(forms.Form):
    """`template` is the slug of a published template."""

    template = forms.CharField(max_length=60, widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("填好的 Excel 文件"),
        help_text=_("只收 .xlsx，最多 5,000 行、10 MB。人事系统导出的名单也可以，下一步再对应各列。"),
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".xlsx"}),
    )


@for_acting
def upload(visit: Visit) -> HttpResponse:
    """Choose the template, take its sheet along, bring it back filled in. `?revises=` replaces a batch."""
    visit.principal.require(Permission.DRAFT)
    templates = selectors.current_templates(visit.principal)
    revised = _revised(visit)
    slugs = [each.slug for each in templates]
    usual = USUAL if USUAL in slugs else slugs[0]
    chosen = visit.request.POST.get("template") or (revised.template.slug if revised else usual)
    form = UploadForm(visit.request.POST or None, visit.request.FILES or None, initial={"template": chosen})
    if visit.posted and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = upload_batch(
                principal=visit.principal,
                template_slug=form.cleaned_data["template"],
                file_name=file.name or "",
                data=file.read(MAX_BYTES + 1),
                revises=revised.pk if revised else None,
            )
        except Refused as refused:
            blame(form, refused)
        else:
            return redirect("batches:batch", batch.pk)
    return visit.show(
        "batch_upload.html",
        form=form,
        chosen=chosen,
        revised=revised,
        templates=[(each.slug, title_of(each)) for each in templates],
    )


@for_members
def sheet(visit: Visit, slug: str) -> HttpResponse:
    """The Excel file of a template, to be filled in."""
    visit.principal.require(Permission.DRAFT)
    template = selectors.template_version(visit.principal, slug)
    title = template.content["title"]["zh"]
    data = template_workbook(plan_for(template.content), title=title, today=clock.today())
    return workbook_answer(data, f"{title}-{translated('批量发送模板')}.xlsx")


@for_acting
def columns(visit: Visit, batch_id: UUID) -> HttpResponse:
    """Say of each column of the file what it holds."""
    visit.principal.require(Permission.DRAFT)
    visit.principal.require(Permission.VIEW_PII)
    batch = selectors.batch_of(visit.principal, batch_id)
    if batch.state not in (BatchState.MAPPING, BatchState.READY):
        return redirect("batches:batch", batch.pk)
    mapping = dict(batch.mapping)
    faults: list[str] = []
    if visit.posted:
        # A key that is chosen for two columns keeps the first; the service tells what is missing then.
        mapping = {}
        for number in range(len(batch.headings)):
            if key := visit.request.POST.get(f"column-{number}", ""):
                mapping.setdefault(key, number)
        try:
            map_columns(principal=visit.principal, batch_id=batch.pk, mapping=mapping)
        except Refused as refused:
            faults = [words_of(fault) for fault in refused.faults] or [
                refused.message(by_language("zh", "en"))
            ]
        else:
            return redirect("batches:batch", batch.pk)
    return visit.show("batch_columns.html", batch=batch, faults=faults, **_matching(batch, mapping))


def workbook_answer(data: bytes, name: str) -> HttpResponse:
    """A workbook as a download."""
    answer = HttpResponse(data, content_type=MEDIA_TYPE)
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _revised(visit: Visit) -> Batch | None:
    wanted = visit.request.GET.get("revises")
    if not wanted:
        return None
    try:
        return selectors.batch_of(visit.principal, UUID(wanted))
    except ValueError as error:
        raise Refused("not_found") from error


def _matching(batch: Batch, mapping: dict[str, int]) -> dict[str, Any]:
    """Each heading of the file with some of its cells and the key it has now, and what may be chosen."""
    meant = {number: key for key, number in mapping.items()}
    samples = [row.cells for row in selectors.rows_of(batch)[:SAMPLES]]
    plan = plan_for(batch.template.content)
    headings = [
        (
            number,
            heading or translated("（无标题）"),
            list(dict.fromkeys(cells[number] for cells in samples if number < len(cells) and cells[number])),
            meant.get(number, ""),
        )
        for number, heading in enumerate(batch.headings)
    ]
    return {
        "headings": [each for each in headings if each[1] or each[2]],
        "options": [(key, heading_of(column), column.required) for key, column in plan.columns.items()],
    }
