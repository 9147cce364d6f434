"""The list of contract templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.web.lists import ALL, Cell, Column, Opening, Tab, Table
from accounts.web.words import Badge, Tone, by_language
from contracts import selectors
from contracts.models import Template
from core.principal import Permission, Principal


@dataclass(frozen=True)
class TemplateRow:
    """A template with its newest version; `uses` counts the employer's contracts of all its versions."""

    id: UUID
    title: str
    summary: str
    own: bool
    number: int  # 0: nothing is published yet
    published_at: datetime | None
    draft: bool
    uses: int


def rows(principal: Principal, page: Sequence[Template]) -> list[TemplateRow]:
    """A page of templates: two queries, however many there are."""
    language = by_language("zh", "en")
    versions = list(
        selectors.versions_of(principal)
        .filter(slug__in=[template.slug for template in page])
        .order_by("number")
        .values_list("pk", "slug", "number", "published_at", f"content__summary__{language}")
    )
    uses = selectors.uses_of(principal, [key for key, *_rest in versions])
    newest = {slug: (number, at, summary) for _key, slug, number, at, summary in versions}
    used: dict[str, int] = {}
    for key, slug, *_rest in versions:
        used[slug] = used.get(slug, 0) + uses.get(key, 0)
    found = []
    for template in page:
        number, at, summary = newest.get(template.slug, (0, None, ""))
        title = by_language(template.title_zh, template.title_en)
        own = template.employer_id is not None
        found.append(
            TemplateRow(
                template.pk,
                title,
                summary,
                own,
                number,
                at,
                template.draft is not None,
                used.get(template.slug, 0),
            )
        )
    return found


def _title(row: TemplateRow) -> Cell:
    return Cell(
        row.title,
        link=reverse("templates:template", args=[row.id]),
        note=row.summary,
        picture=reverse("templates:page", args=[row.id, row.number, 1]) + "?small=1" if row.number else "",
    )


def _owner(row: TemplateRow) -> Cell:
    return Cell(_("本单位"), tone=Tone.BUSY) if row.own else Cell(_("平台提供"), tone=Tone.PLAIN)


def _version(row: TemplateRow) -> Cell:
    draft = Badge(_("有草稿"), Tone.WARN) if row.draft else None
    words = gettext("第 %(number)s 版") % {"number": row.number} if row.number else gettext("未发布")
    return Cell(words, warning=draft)


def _published(row: TemplateRow) -> Cell:
    return Cell(timezone.localtime(row.published_at).date().isoformat() if row.published_at else "")


def _uses(row: TemplateRow) -> Cell:
    return Cell(gettext("%(number)s 份") % {"number": row.uses} if row.uses else "")


def _search(found: QuerySet[Template], text: str) -> QuerySet[Template]:
    return found.filter(Q(title_zh__icontains=text) | Q(title_en__icontains=text))


TEMPLATES: Table[Template, TemplateRow] = Table(
    name="templates",
    title=_("模板"),
    columns=(
        Column("title", _("模板名称"), _title, sort="title_zh", kind="name"),
        Column("owner", _("来源"), _owner),
        Column("version", _("版本"), _version),
        Column("changed", _("发布日期"), _published, sort="changed_at", kind="date"),
        Column("uses", _("已用于合同"), _uses),
    ),
    found=selectors.templates_of,
    rows=rows,
    key=lambda row: row.id,
    order="title_zh",
    openings=(Opening(_("上传合同文件"), "templates:upload", "upload", Permission.DRAFT),),
    tabs=(
        ALL,
        Tab("own", _("本单位"), lambda found: found.filter(employer__isnull=False)),
        Tab("ours", _("平台提供"), lambda found: found.filter(employer__isnull=True)),
    ),
    search=_search,
    hint=_("可输入模板名称的一部分"),
    empty=_("还没有模板"),
    empty_text=_(
        "平台发布的合同模板会显示在这里，可以复制后改成本单位的；也可以上传本单位的 Word 或 PDF 合同。"
    ),
)
