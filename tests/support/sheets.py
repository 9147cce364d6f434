"""Bulk sheets of synthetic people, as a clerk would fill them in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from contracts.bulk.columns import plan_for
from contracts.bulk.sheets import NOTE_KEY, NOTE_TITLE, example_cells
from contracts.document.template import load_template
from core import clock
from tests.support.accounts import id_no

# What an employer's own list calls its columns, and what they hold.
OWN_HEADINGS = {
    "姓 名": "worker.name", "身份证号码": "worker.id_no", "手机": "worker.mobile",
    "户口性质": "worker.hukou_type",
    "户籍地址": "worker.hukou_address", "家庭住址": "worker.resid_address", "学历": "worker.education",
    "部门": "", "签订情况": "contract.sign_kind", "合同期限类型": "contract.term_type",
    "合同开始日期": "contract.start", "合同结束日期": "contract.end", "岗位": "contract.job_title",
    "职业（工种）代码": "contract.occupation_code", "工作地点区划": "contract.work_place_code",
    "工作地点": "contract.work_place_address", "月工资": "contract.wage_amount",
    "工资单位": "contract.wage_unit", "养老保险": "contract.insurance.pension",
    "失业保险": "contract.insurance.unemployment", "医疗保险": "contract.insurance.medical",
    "工伤": "contract.insurance.injury",
}  # fmt: skip


def person(serial: int, **cells: str) -> dict[str, str]:
    """The cells of one person's row, all in order; own ones by key, with `__` for the dot."""
    own = {
        **_example(clock.today()),
        "worker.name": "测试" + "".join("零一二三四五六七八九"[int(digit)] for digit in str(serial)),
        "worker.id_no": id_no(serial, born=f"19{70 + serial // 1000 % 30}0307"),
        "worker.mobile": f"138{serial:08}",
        "contract.start": clock.today().isoformat(),
        "contract.employment_start": "",
    }
    return own | {key.replace("__", "."): text for key, text in cells.items()}


@cache
def _example(today: date) -> dict[str, str]:
    return dict(example_cells(plan_for(load_template("general")), today))


def sheet_of(rows: Iterable[Mapping[str, Any]], *, slug: str = "general") -> bytes:
    """A workbook in the form of the template's own: titles, keys, then these rows from row 3 on."""
    columns = plan_for(load_template(slug)).columns
    return raw_sheet(
        [
            [NOTE_TITLE, *(column.zh for column in columns.values())],
            [NOTE_KEY, *columns],
            *(["", *(row.get(key, "") for key in columns)] for row in rows),
        ]
    )


def raw_sheet(lines: Iterable[Sequence[Any]]) -> bytes:
    """A workbook of these lines; numbers and dates stay what they are."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in lines:
        sheet.append(list(line))
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def own_sheet(*rows: Mapping[str, str]) -> bytes:
    """An employer's own list, with a title above and headings of its own."""
    return raw_sheet(
        [
            ["2026年新员工名单"],
            list(OWN_HEADINGS),
            *([row.get(key, "制造部") for key in OWN_HEADINGS.values()] for row in rows),
        ]
    )
