"""A contract of the employer's as a template: its upload, and what its writer is told of the file."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.web.forms import blame
from accounts.web.pages import Visit, for_acting
from contracts.document.blanks import OPEN_BLANK
from contracts.document.wording import in_words
from contracts.models import Template
from contracts.services.uploads import MOST_TITLE, upload_template
from contracts.uploads.limits import MAX_BYTES
from core.errors import Refused
from core.principal import Permission

# What the writer is told of an uploaded file, by the codes of contracts/uploads/; places follow a colon.
NOTES: Mapping[str, str | Promise] = {
    "attachments": _("文件里的附件没有保留。"),
    "fonts": _("文件里有字体没有嵌入，在不同电脑上看起来可能不一样。最好嵌入字体后重新导出、上传。"),
    "forms": _("文件里的表单已变成普通内容，不能再填写；需要填写的地方请在下面放文字。"),
    "layers": _("文件里的图层已合并，请核对每一页显示的内容。"),
    "media": _("文件里的音视频没有保留。"),
    "scripts": _("文件里的脚本和自动动作没有保留。"),
    "title": _("合同标题用您填的模板名称，文件里的标题没有读入："),
    "revisions": _("文件里有没接受的修订，已按接受修订后的文字读入，请核对这些段落："),
    "hidden": _("隐藏的文字没有读入："),
    "boxes": _("文本框里的字没有读入，需要的请补写："),
    "pictures": _("图片没有读入，在这些段落里或者段落之后："),
    "objects": _("嵌入的表格、图表等对象没有读入，在这些段落里或者段落之后："),
    "formulas": _("公式没有读入，在这些段落里："),
    "footnotes": _("脚注和尾注没有读入，在这些段落里："),
    "comments": _("批注没有读入，在这些段落里："),
    "headers": _("页眉、页脚没有读入，合同用平台的页眉和页码："),
    "chunks": _("插入的其他文档没有读入，在这些段落之后："),
    "links": _("超链接只保留了文字。"),
    "tables": _("这些表格有合并的单元格或者列太多，已逐行改成段落："),
    "ticks": _("方框（□）不会自动勾选，请改成确定的内容，或者按条件出现的段落："),
    "signing": _("文件末尾签字盖章的地方改用平台的签署栏，没有读入："),
}


class UploadForm(forms.Form):
    """The file and what the template is called."""

    title = forms.CharField(
        label=_("模板名称"),
        required=False,
        max_length=MOST_TITLE,
        help_text=_("也是合同的标题。Word 文件里有标题的，可以不填。"),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    file = forms.FileField(
        label=_("合同文件（Word 或 PDF）"),
        help_text=_("Word 为 .docx 格式；PDF 最多 40 页，没有签过名。最多 10 MB，不设密码。"),
        widget=forms.FileInput(
            {
                "class": "form-control",
                "accept": "application/pdf,.pdf,.docx,"
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            }
        ),
    )


@dataclass(frozen=True)
class Told:
    """`notes`: words, and words near each place. `suggested`: the words before a blank, what it was taken
    for, how often. `open`: how many blanks are still to be settled."""

    notes: list[tuple[str, list[str]]]
    suggested: list[tuple[str, str, int]]
    open: int


@for_acting
def upload(visit: Visit) -> HttpResponse:
    """Take a file in; what was made of it is told on the editor's page."""
    visit.principal.require(Permission.DRAFT)
    form = UploadForm(visit.request.POST or None, visit.request.FILES or None)
    if visit.posted and form.is_valid():
        try:
            template = upload_template(
                principal=visit.principal,
                title=form.cleaned_data["title"],
                data=form.cleaned_data["file"].read(MAX_BYTES + 1),
            )
        except Refused as refused:
            blame(form, refused)
        else:
            return redirect("templates:edit", template.pk)
    return visit.show("template_upload.html", form=form)


def told_of(template: Template) -> Told | None:
    """What the writer of a draft has to check of the file that it was made of; None when that is nothing."""
    report = template.report or {}
    found = report.get("notes", {})
    notes = [(str(words), found[code]) for code, words in NOTES.items() if code in found]
    counted = Counter((label, in_words(code)) for label, code in report.get("suggested", ()))
    suggested = [(label, name, times) for (label, name), times in counted.items()]
    still_open = len(OPEN_BLANK.findall(json.dumps(template.draft, ensure_ascii=False)))
    return Told(notes, suggested, still_open) if notes or suggested else None
