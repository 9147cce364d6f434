"""What is wrong with a filing record, all at once: the platform asks before it files, the province again.

Structure is the schema's business (`filing_bridge.schemas`); here stand the fields that must be there, codes,
numbers and dates.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from core import codes
from core.codes.fields import CODE_FIELDS
from core.numbers import NumberError, check_id_document, check_phone, check_uscc
from core.periods import birthday
from filing_bridge.correction import PERSON, WEIGHTS, Item, corrected, weight_of
from filing_bridge.fields import When
from filing_bridge.mapping import (
    BY_TARGET,
    ENDINGS,
    SHANGHAI,
    SUSPENSIONS,
    Document,
    FilingType,
    layout_of,
    value_at,
)
from filing_bridge.profiles import Profile, deadline, has_hukou, opens_on
from filing_bridge.protocol.errors import RejectItem
from filing_bridge.review import REVIEW_CODES
from filing_bridge.schemas import violations

_NUMBER_FIELDS: Mapping[str, Callable[[str], str]] = {
    "/employer/uscc": check_uscc,
    "/employer/host_uscc": check_uscc,
    "/employer/contact_phone": check_phone,
    "/submitter_phone": check_phone,
}
_MAINLAND = ("01", "02", "03")
_TITLES = {target: field.zh for target, field in BY_TARGET.items()}

_Condition = Callable[[Document], bool]
_CONDITIONS: Mapping[When, _Condition] = {
    When.ALWAYS: lambda record: True,
    When.OPTIONAL: lambda record: False,
    When.RENEWAL: lambda record: record["filing_type"] == FilingType.RENEWAL,
    When.TRANSFER: lambda record: record["filing_type"] == FilingType.TRANSFER,
    When.RESUMPTION: lambda record: record["filing_type"] == FilingType.RESUMPTION,
    When.LATE: lambda record: record["filing_type"] == FilingType.LATE_HIRE,
    When.FIXED_TERM: lambda record: record["contract"]["term_type"] == "1",
    When.TASK: lambda record: record["contract"]["term_type"] == "3",
    When.AGENCY: lambda record: record["employer"]["is_dispatch_agency"],
    When.DISPATCH: lambda record: record["contract"]["employment_form"] == "3",
    When.CONSTRUCTION: lambda record: bool({"project_name", "project_no"} & record["employer"].keys()),
    When.APPROVED_HOURS: lambda record: record["contract"]["worktime_system"] in ("2", "3"),
    When.COMPREHENSIVE_HOURS: lambda record: record["contract"]["worktime_system"] == "2",
    When.NOT_MAINLAND: lambda record: record["worker"]["id_type"] not in _MAINLAND,
    When.FOREIGNER: lambda record: record["worker"]["id_type"] == "08",
    When.MATERIAL: lambda record: record["correction"]["weight"] == "material",
}


def check_record(record: Document, profile: Profile, *, today: date) -> tuple[RejectItem, ...]:
    """Every fault of a record that follows its schema, ordered by field; empty when good."""
    found = [
        *_missing(record, profile),
        *_codes(record, profile),
        *_numbers(record),
        *_future(record, today),
        *_DATES.get(record["filing_type"], _dates)(record, profile),
        *_residence(record, profile),
    ]
    return tuple(sorted(found, key=lambda item: (item.field, item.code)))


def check_corrected(
    record: Document, items: Sequence[Item], profile: Profile, *, now: datetime
) -> tuple[RejectItem, ...]:
    """What would be wrong with an accepted record once corrected that is not wrong with it now.

    Both are judged as if filed at `now`: a first day of work that has come may be put right, whenever the
    filing was made. What only the act of filing can be blamed for is left out.
    """
    after, before = (
        _faults({**each, "submitted_at": now.isoformat(timespec="seconds")}, profile, now)
        for each in (corrected(record, items), record)
    )
    return tuple(item for item in after if item not in before and item.field.count("/") > 1)


def _faults(record: Document, profile: Profile, now: datetime) -> tuple[RejectItem, ...]:
    broken = violations(layout_of(record["filing_type"]).schema, record)
    if broken:
        malformed = REVIEW_CODES["field_malformed"].item()
        return tuple(replace(malformed, field=each.pointer) for each in broken)
    return check_record(record, profile, today=now.astimezone(SHANGHAI).date())


def submitted_on(record: Document) -> date:
    """The local day of filing."""
    return datetime.fromisoformat(record["submitted_at"]).astimezone(SHANGHAI).date()


def _missing(record: Document, profile: Profile) -> Iterator[RejectItem]:
    wanted = [
        field.target for field in layout_of(record["filing_type"]).fields if _CONDITIONS[field.when](record)
    ]
    kind = FilingType(record["filing_type"])
    wanted += profile.required.get(kind, ())
    timed = kind in profile.deadlines
    if timed and profile.late_reason_required and submitted_on(record) > deadline(record, kind, profile):
        wanted.append("/late_reason")
    if profile.routes and "hukou_type" in record["worker"] and has_hukou(record):
        wanted.append("/worker/hukou_code")
    for pointer in dict.fromkeys(wanted):
        if value_at(record, pointer) in (None, ""):
            yield RejectItem(
                pointer, "field_missing", f"缺少“{_TITLES[pointer]}”。", "请补填这一项后重新报送。"
            )


def _codes(record: Document, profile: Profile) -> Iterator[RejectItem]:
    for pointer, table in CODE_FIELDS.items():
        code = value_at(record, pointer)
        if code is None:
            continue
        if not codes.known(table, code):
            yield RejectItem(
                pointer, "code_unknown", f"“{_TITLES[pointer]}”的代码不存在。", "请从代码表中选择。"
            )
        elif not _has_local_code(profile, table, code):
            yield RejectItem(
                pointer,
                "code_not_mapped",
                f"“{_TITLES[pointer]}”在本地没有对应的代码，系统不作猜测。",
                "请向备案机构确认应填的代码，由平台运维人员补入辖区配置后自动继续。",
            )


def _has_local_code(profile: Profile, table: str, code: str) -> bool:
    try:
        profile.local_code(table, code)
    except KeyError:
        return False
    return True


def _residence(record: Document, profile: Profile) -> Iterator[RejectItem]:
    division = value_at(record, "/worker/resid_code")
    if profile.resident and division and not division.startswith(profile.covers):
        yield RejectItem(
            "/worker/resid_code",
            "residence_elsewhere",
            "劳动者的现居住地址不在本地，备案系统不受理。",
            "请核实劳动者在本地的居住地址；合同已签署的，先办理信息变更。",
        )


def _numbers(record: Document) -> Iterator[RejectItem]:
    worker = record["worker"]
    for pointer, check in _NUMBER_FIELDS.items():
        try:
            if (number := value_at(record, pointer)) is not None:
                check(number)
        except NumberError as error:
            yield RejectItem(pointer, error.code, error.row.zh, error.row.remedy_zh)
    try:
        document = check_id_document(worker["id_type"], worker["id_no"])
    except NumberError as error:
        if error.code != "id_type_unknown":  # said already, of the field itself
            yield RejectItem("/worker/id_no", error.code, error.row.zh, error.row.remedy_zh)
        return
    if "birth_date" not in worker:  # on file with the hire
        return
    if document.birth_date and document.birth_date.isoformat() != worker["birth_date"]:
        yield RejectItem(
            "/worker/birth_date", "birth_date_differs", "出生日期与证件号码不一致。", "请核对证件。"
        )
    if document.sex and document.sex != worker["sex"]:
        yield RejectItem("/worker/sex", "sex_differs", "性别与证件号码不一致。", "请核对证件。")


def _future(record: Document, today: date) -> Iterator[RejectItem]:
    if submitted_on(record) > today:
        yield RejectItem(
            "/submitted_at", "submitted_in_future", "申报时间晚于今天。", "请校准申报系统的时钟。"
        )


def _change_dates(record: Document, profile: Profile) -> Iterator[RejectItem]:
    day, contract = record["change"]["effective_on"], record["contract"]
    if not contract["start"] <= day <= contract.get("end", day):
        yield RejectItem(
            "/change/effective_on", "change_outside_term", "变更生效日期不在合同期限内。", "请核对日期。"
        )
    if submitted_on(record) < opens_on(record, FilingType.CHANGE, profile):
        yield RejectItem(
            "/change/effective_on", "too_early", "尚未到可以备案的日期。", "请在变更生效之日起报送。"
        )


def _suspension_dates(record: Document, profile: Profile) -> Iterator[RejectItem]:
    said, contract = record["suspension"], record["contract"]
    day, kind = said["effective_on"], FilingType(record["filing_type"])
    if not contract["employment_start"] <= day <= contract.get("end", day):
        yield RejectItem(
            "/suspension/effective_on",
            "suspension_outside_term",
            "中止（恢复）日期不在合同期限内。",
            "请核对日期。",
        )
    if kind is FilingType.RESUMPTION and day <= said.get("since", day):
        yield RejectItem(
            "/suspension/since", "resumed_before", "恢复日期不晚于中止起始日期。", "请核对两个日期。"
        )
    if submitted_on(record) < opens_on(record, kind, profile):
        yield RejectItem(
            "/suspension/effective_on", "too_early", "尚未到可以备案的日期。", "请在中止（恢复）之日起报送。"
        )


def _ending_dates(record: Document, profile: Profile) -> Iterator[RejectItem]:
    kind, ends = FilingType(record["filing_type"]), record["ending"]["date"]
    if ends < record["contract"]["employment_start"]:
        yield RejectItem(
            "/ending/date", "end_before_start", "解除（终止）日期早于用工之日。", "请核对解除（终止）日期。"
        )
    if submitted_on(record) < opens_on(record, kind, profile):
        yield RejectItem(
            "/ending/date", "too_early", "尚未到可以备案的日期。", "请在解除（终止）之日起报送。"
        )
    if (record["ending"]["kind"] == "1") != (kind is FilingType.RESCISSION):
        yield RejectItem(
            "/filing_type",
            "filing_type_differs",
            "备案类型与解除、终止不一致。",
            "解除按解除备案，终止按终止备案。",
        )


def _dates(record: Document, profile: Profile) -> Iterator[RejectItem]:
    contract, kind = record["contract"], FilingType(record["filing_type"])
    start, born = contract["employment_start"], date.fromisoformat(record["worker"]["birth_date"])
    if "end" in contract and contract["end"] < contract["start"]:
        yield RejectItem(
            "/contract/end", "end_before_start", "合同终止日期早于起始日期。", "请核对合同期限。"
        )
    if (contract["term_type"] == "2") and "end" in contract:
        yield RejectItem(
            "/contract/end", "end_forbidden", "无固定期限合同不应有终止日期。", "请删除终止日期。"
        )
    if date.fromisoformat(start) < birthday(born, 16):
        yield RejectItem(
            "/worker/birth_date",
            "under_sixteen",
            "用工之日劳动者未满十六周岁。",
            "不得招用未满十六周岁的人。",
        )
    if submitted_on(record) < opens_on(record, kind, profile):
        yield RejectItem(
            "/contract/employment_start", "too_early", "尚未到可以备案的日期。", "请在用工之日起报送。"
        )
    if kind is FilingType.LATE_HIRE and submitted_on(record) <= deadline(record, kind, profile):
        yield RejectItem(
            "/filing_type", "not_late", "未逾期，不应作为补办备案。", "请按录用（新签）备案报送。"
        )
    if kind is FilingType.HIRE and submitted_on(record) > deadline(record, kind, profile):
        yield RejectItem(
            "/filing_type", "late_hire", "已超过备案期限。", "请按补办录用备案报送并说明逾期原因。"
        )
    oldest = profile.max_days_back
    if oldest is not None and (submitted_on(record) - date.fromisoformat(start)).days > oldest:
        yield RejectItem(
            "/contract/employment_start",
            "too_far_back",
            "用工之日距今过久，不能在线补办。",
            "请到备案机构窗口办理。",
        )


def _correction(record: Document, profile: Profile) -> Iterator[RejectItem]:
    """The fields are ones that are corrected, the class is theirs, and the jurisdiction takes it online."""
    said = record["correction"]
    fields = [item["field"] for item in said["items"]]
    foreign = [field for field in fields if field not in WEIGHTS or fields.count(field) > 1]
    for field in dict.fromkeys(foreign):
        yield replace(REVIEW_CODES["correction_not_of_field"].item(), field=field)
    if set(fields) >= PERSON:
        yield REVIEW_CODES["correction_of_person"].item()
    elif not foreign and weight_of(fields) != said["weight"]:
        yield REVIEW_CODES["correction_weight_differs"].item()
    if said["weight"] not in profile.corrections:
        yield REVIEW_CODES["correction_not_online"].item()


# The dates of contracts are checked where no other document is filed.
_DATES: Mapping[str, Callable[[Document, Profile], Iterator[RejectItem]]] = {
    FilingType.CHANGE: _change_dates,
    **dict.fromkeys(SUSPENSIONS, _suspension_dates),
    FilingType.CORRECTION: _correction,
    **dict.fromkeys(ENDINGS, _ending_dates),
}
