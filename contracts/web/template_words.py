"""What the template editor's script says."""

from django.utils.translation import gettext_lazy as _

_WORDS = {
    "saved": _("已自动保存"),
    "saving": _("正在保存…"),
    "unsaved": _("网络不通，还没有保存，会自动重试"),
    "moved": _("这份草稿已在别处修改，请重新打开本页"),
    "unfit": _("内容太多或有误，无法保存，请撤销或删减"),
    "faults": _("需要修改的地方"),
    "no_faults": _("没有发现问题，可以发布"),
    "up": _("上移"),
    "down": _("下移"),
    "remove": _("删除"),
    "chapter": _("章"),
    "clause": _("条"),
    "title": _("标题"),
    "title_en": _("英文标题"),
    "summary": _("用途说明"),
    "summary_en": _("英文用途说明"),
    "numbered": _("本章各条编号"),
    "clause_heading": _("条的小标题（可不填）"),
    "covers": _("本条写明的法定内容"),
    "paragraph": _("段落"),
    "items": _("列表"),
    "fields": _("栏目"),
    "table": _("表格"),
    "item": _("一项"),
    "field": _("一栏"),
    "column": _("一列"),
    "row": _("一行"),
    "label": _("名称"),
    "wide": _("占整行"),
    "width": _("列宽"),
    "insert": _("插入空格"),
    "repeat": _("按数据重复"),
    "no_repeat": _("不重复"),
    "when": _("出现条件"),
    "add_when": _("加一个条件"),
    "present": _("已填写"),
    "absent": _("没有填写"),
    "in": _("是"),
    "not_in": _("不是"),
    "add": _("加"),
    "basics": _("名称和用途"),
    "signing": _("签署"),
    "seam": _("加盖骑缝章"),
    "locked": _("签名固定在签名栏内"),
    "worker_first": _("员工先签，单位后盖章"),
    "employer_first": _("单位先盖章，员工后签"),
    "order": _("签署顺序"),
}


def words() -> dict[str, str]:
    """In the reader's language."""
    return {name: str(text) for name, text in _WORDS.items()}
