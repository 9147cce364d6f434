"""What the scripts of the template editors say."""

from django.utils.translation import gettext_lazy as _

from accounts.web.words import by_language
from core.codes import describe

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
    "forms": _("用工形式"),
    "terms": _("合同期限"),
}


def words() -> dict[str, str]:
    """In the reader's language."""
    return {name: str(text) for name, text in _WORDS.items()}


_FIELD_WORDS = {
    "signature": _("员工签名"),
    "seal": _("单位公章"),
    "signature_date": _("签名日期"),
    "seal_date": _("盖章日期"),
    "seam": _("骑缝章"),
    "date": _("合同里的日期"),
    "text": _("文字"),
    "page": _("第 {page} 页"),
    "field_at": _("{name}，第 {page} 页，距左 {x} 毫米，距上 {y} 毫米"),
    "nothing": _("点页面上的一处签章或文字，在这里修改；从上面的按钮添加。"),
    "none_placed": _("还没有放签章和文字。"),
    "left": _("距左（毫米）"),
    "top": _("距上（毫米）"),
    "wide": _("宽（毫米）"),
    "high": _("高（毫米）"),
    "on_page": _("页"),
    "content": _("填写的内容"),
    "choose_date": _("填写的日期"),
    "insert": _("插入空格"),
    "size": _("字号（磅）"),
    "everywhere": _("复制到所有页"),
    "remove": _("删除"),
    "copied": _("已复制到其余各页"),
    "seam_note": _("盖在所有页的右边缘，这里只定高低。"),
    "date_note": _("这里填合同里的日期。签字、盖章当天的日期，请用“签名日期”“盖章日期”。"),
    "day_note": _("签名或者盖章时自动写上当天的日期，字和框一样高。"),
    "found": _("找到 {count} 处"),
    "not_found": _("没有找到这些字"),
    "put_here": _("放到第 {page} 页的第 {number} 处"),
    "anchor_first": _("请先选一处签章或文字，再按文字定位"),
    "basics": _("名称和适用范围"),
    "confirm_covers": _("请核对：文件写明了下列法定内容"),
    "on_pages": _("签章和文字"),
}
_SHARED = (
    "saved", "saving", "unsaved", "moved", "unfit", "faults", "no_faults", "title", "title_en", "summary",
    "summary_en", "locked", "worker_first", "employer_first", "order", "signing", "forms", "terms",
)  # fmt: skip


def applicable() -> dict[str, list[list[str]]]:
    """The employment forms and types of term that a template may be for: codes and words."""
    language = by_language("zh", "en")
    tables = {"forms": "employment_form", "terms": "term_type"}
    return {
        name: [[code, describe(table, code, language)] for code in ("1", "2", "3")]
        for name, table in tables.items()
    }


def field_words() -> dict[str, str]:
    """What the editor of an uploaded document says."""
    return {
        name: str(text) for name, text in ({name: _WORDS[name] for name in _SHARED} | _FIELD_WORDS).items()
    }
