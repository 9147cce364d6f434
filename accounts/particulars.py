"""The fields of an employer's profile and of a worker's record: one table each, and one way to check them.

Everything wrong is told at once. What is stored is the normalised form. Sources of the rules: domain notes
on the filing record, parts B and C; numbers as in `core.numbers`; codes as in `core.codes`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.writing import character_faults
from core import clock, codes, numbers
from core.crypto import blind_index
from core.errors import Fault, Refused
from core.names import normalise_name
from core.numbers import NumberError

MAINLAND_CARD = "01"
OLDEST_YEARS = 130
EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"


@dataclass(frozen=True)
class Field:
    """One line of a form. `rule` returns the stored form or raises `NumberError`.

    `codes` names a code table; `pattern` is a form that must be kept.
    """

    zh: str
    en: str
    limit: int
    required: bool = False
    rule: Callable[[str], str] | None = None
    codes: str | None = None
    pattern: str | None = None
    name: bool = False
    day: bool = False


EMPLOYER_FIELDS: Mapping[str, Field] = {
    "name": Field("单位名称", "name", 100, required=True),
    "uscc": Field(
        "统一社会信用代码", "unified social credit code", 18, required=True, rule=numbers.check_uscc
    ),
    "si_no": Field("社会保险登记码", "social insurance registration number", 30),
    "type": Field("单位类型", "type of unit", 3, required=True, codes="employer_type"),
    "economic_type": Field("经济类型", "economic type", 3, required=True, codes="economic_type"),
    "affiliation": Field("隶属关系", "affiliation", 2, codes="affiliation"),
    "industry": Field("行业", "industry", 5, required=True, codes="industry"),
    "competent_dept": Field("主管部门", "competent department", 100),
    "reg_address": Field("注册地址", "registered address", 200, required=True),
    "biz_address": Field("经营地址", "business address", 200, required=True),
    "legal_rep_name": Field("法定代表人（主要负责人）", "legal representative", 50, required=True, name=True),
    "legal_rep_id_type": Field("法定代表人证件类型", "representative's document", 2, codes="id_type"),
    "legal_rep_id_no": Field("法定代表人证件号码", "representative's document number", 20),
    "contact_name": Field("单位联系人", "contact person", 50, required=True, name=True),
    "contact_phone": Field("单位联系电话", "contact telephone", 20, required=True, rule=numbers.check_phone),
    "dispatch_license_no": Field("劳务派遣经营许可证编号", "dispatch licence number", 50),
}

REGISTRATION_FIELDS: Mapping[str, Field] = {
    **EMPLOYER_FIELDS,
    "owner_email": Field("管理员邮箱", "owner's e-mail address", 254, required=True, pattern=EMAIL),
}

WORKER_FIELDS: Mapping[str, Field] = {
    "name": Field("姓名", "name", 50, required=True, name=True),
    "id_type": Field("证件类型", "kind of identity document", 2, required=True, codes="id_type"),
    "id_no": Field("证件号码", "identity number", 20, required=True),
    "sex": Field("性别", "sex", 1, required=True, codes="sex"),
    "birth_date": Field("出生日期", "date of birth", 10, required=True, day=True),
    "ethnicity": Field("民族", "ethnicity", 2, codes="ethnicity"),
    "nationality": Field("国籍（地区）", "nationality", 3, pattern="[A-Z]{3}"),
    "hukou_type": Field("户口性质", "kind of household registration", 2, required=True, codes="hukou_type"),
    "hukou_code": Field("户籍区划", "division of household registration", 6, pattern="[0-9]{6}"),
    "hukou_address": Field("户籍地址", "address of household registration", 200, required=True),
    "resid_code": Field("现居住地区划", "division of residence", 6, pattern="[0-9]{6}"),
    "resid_address": Field("现居住地址", "address of residence", 200, required=True),
    "mobile": Field("手机号码", "mobile number", 11, required=True, rule=numbers.check_mobile),
    "postcode": Field("邮政编码", "postcode", 6, rule=numbers.check_postcode),
    "email": Field("电子邮箱", "e-mail address", 100, pattern=EMAIL),
    "education": Field("文化程度", "education", 2, required=True, codes="education"),
    "person_category": Field("人员类别", "category of person", 2, codes="person_category"),
    "employment_cert_no": Field("就业登记证号", "employment certificate number", 30),
    "work_permit_no": Field("工作许可证号", "work permit number", 30),
    "work_permit_valid_to": Field("工作许可有效期", "end of the work permit", 10, day=True),
    "bank_card": Field("银行卡号", "bank card number", 19, rule=numbers.check_bank_card),
    "bank_name": Field("开户行", "bank", 100),
}


def employer_columns(
    profile: Mapping[str, Any], fields: Mapping[str, Field] = EMPLOYER_FIELDS
) -> dict[str, Any]:
    """The columns of a profile and of what else `fields` asks for; raises `employer_faulty`: all faults."""
    columns, faults = _check(fields, profile)
    columns["headcount"] = profile.get("headcount")
    columns["is_dispatch_agency"] = bool(profile.get("is_dispatch_agency"))
    if columns["is_dispatch_agency"] and not columns["dispatch_license_no"]:
        faults.append(_fault("dispatch_license_no", "required", EMPLOYER_FIELDS["dispatch_license_no"]))
    if columns["legal_rep_id_no"] and not columns["legal_rep_id_type"]:
        faults.append(_fault("legal_rep_id_type", "required", EMPLOYER_FIELDS["legal_rep_id_type"]))
    faults.extend(_document_faults("legal_rep_id_type", "legal_rep_id_no", columns))
    _refuse("employer_faulty", faults)
    return columns


def profile_of(employer: object) -> dict[str, Any]:
    """A stored profile in the form in which it is given."""
    names = (*EMPLOYER_FIELDS, "headcount", "is_dispatch_agency")
    return {name: getattr(employer, name) for name in names}


def worker_columns(particulars: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a worker, blind indexes included; raises `worker_faulty` with every fault.

    Birth date and sex are taken from the identity number where it tells them; given too, they must agree.
    """
    given = dict(particulars)
    faults: list[Fault] = list(_document_faults("id_type", "id_no", given))
    if not faults:
        faults.extend(_fill_from_document(given))
    columns, rest = _check(WORKER_FIELDS, given)
    # A faulty number cannot tell what it should: what it would tell is not missed beside it.
    told = {fault.field for fault in faults} | ({"/sex", "/birth_date"} if faults else set())
    faults.extend(fault for fault in rest if fault.field not in told)
    foreign = "/id_type" not in told and columns["id_type"] not in ("", MAINLAND_CARD)
    if foreign and not columns["nationality"]:
        faults.append(_fault("nationality", "required", WORKER_FIELDS["nationality"]))
    if columns["birth_date"] and not _plausible(columns["birth_date"]):
        faults.append(_fault("birth_date", "birth_date_implausible"))
    _refuse("worker_faulty", faults)
    permit_end = columns["work_permit_valid_to"]
    return {
        **columns,
        "work_permit_valid_to": date.fromisoformat(permit_end) if permit_end else None,
        "id_no_index": blind_index("id_no", columns["id_no"]),
        "mobile_index": blind_index("mobile", columns["mobile"]),
        "mobile_end_index": blind_index("mobile_end", columns["mobile"][-4:]),
    }


def particulars_of(worker: object) -> dict[str, Any]:
    """A stored worker in the form in which it is given."""
    values = {name: getattr(worker, name) for name in WORKER_FIELDS}
    if values["work_permit_valid_to"] is not None:
        values["work_permit_valid_to"] = values["work_permit_valid_to"].isoformat()
    return values


def _check(fields: Mapping[str, Field], given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    columns: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, field in fields.items():
        text = str(given.get(name) or "").strip()
        columns[name] = text
        if not text:
            if field.required:
                faults.append(_fault(name, "required", field))
            continue
        try:
            columns[name] = _stored(field, text)
        except NumberError as error:
            faults.append(error.fault_at(f"/{name}"))
            continue
        faults.extend(_text_faults(name, field, columns[name]))
    return columns, faults


def _stored(field: Field, text: str) -> str:
    if field.name:
        return normalise_name(text)
    return field.rule(text) if field.rule else text


def _text_faults(name: str, field: Field, text: str) -> Iterator[Fault]:
    if len(text) > field.limit:
        yield _fault(name, "max_length", field)
    elif field.day and not _is_day(text):
        yield _fault(name, "date_form")
    elif field.codes and not codes.known(field.codes, text):
        yield _fault(name, "code_unknown", field)
    elif field.pattern and not re.fullmatch(field.pattern, text):
        yield _fault(name, "form_wrong", field)
    elif not (field.rule or field.day or field.codes or field.pattern):
        yield from character_faults(f"/{name}", field.zh, field.en, text, is_name=field.name)


def _document_faults(type_name: str, number_name: str, given: dict[str, Any]) -> Iterator[Fault]:
    """Check a document's number by its kind, and put its stored form back."""
    id_type, number = str(given.get(type_name) or ""), str(given.get(number_name) or "")
    if not number or not id_type:
        return
    try:
        given[number_name] = numbers.check_id_document(id_type, number).number
    except NumberError as error:
        yield error.fault_at(f"/{type_name if error.code == 'id_type_unknown' else number_name}")


def _fill_from_document(given: dict[str, Any]) -> Iterator[Fault]:
    if not given.get("id_type") or not given.get("id_no"):
        return
    document = numbers.check_id_document(given["id_type"], given["id_no"])
    told = {"sex": document.sex, "birth_date": document.birth_date and document.birth_date.isoformat()}
    for name, value in told.items():
        if value and given.get(name) and given[name] != value:
            yield _fault(name, f"{name}_differs")
        elif value:
            given[name] = value


def _fault(name: str, code: str, field: Field | None = None) -> Fault:
    labels = {"zh": field.zh, "en": field.en, "limit": field.limit} if field else {}
    zh, en, remedy_zh, remedy_en = (words.format(**labels) for words in WORDS[code])
    return Fault(f"/{name}", code, zh, en, remedy_zh, remedy_en)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _plausible(birth_date: str) -> bool:
    if not _is_day(birth_date):
        return True  # told already as a fault of form
    born, today = date.fromisoformat(birth_date), clock.today()
    return born <= today and today.year - born.year <= OLDEST_YEARS


def _refuse(code: str, faults: list[Fault]) -> None:
    if faults:
        raise Refused(code, faults=faults, params={"count": len(faults)})


WORDS: Mapping[str, tuple[str, str, str, str]] = {
    "required": ("请填写{zh}。", "The {en} is missing.", "此项必填。", "This field is required."),
    "max_length": (
        "{zh}最多{limit}个字。",
        "The {en} has at most {limit} characters.",
        "请缩短内容。",
        "Shorten it.",
    ),
    "code_unknown": (
        "{zh}不在代码表中。",
        "This is no code of the table for {en}.",
        "请从列表中选择。",
        "Choose from the list.",
    ),
    "form_wrong": (
        "{zh}格式不正确。",
        "The {en} is not in the right form.",
        "请核对后重新填写。",
        "Check it and enter it again.",
    ),
    "date_form": (
        "日期应写成 2026-11-03 的形式，并且存在。",
        "A date is written like 2026-11-03 and must exist.",
        "请核对年、月、日。",
        "Check year, month and day.",
    ),
    "birth_date_implausible": (
        "出生日期不合理。",
        "The date of birth cannot be right.",
        "请对照证件原件核对。",
        "Compare it with the document.",
    ),
    "birth_date_differs": (
        "出生日期与证件号码不一致。",
        "The date of birth does not agree with the identity number.",
        "请对照证件核对；也可以不填，由证件号码得出。",
        "Compare both with the document, or leave it out: the number tells it.",
    ),
    "sex_differs": (
        "性别与证件号码不一致。",
        "The sex does not agree with the identity number.",
        "请对照证件核对；也可以不填，由证件号码得出。",
        "Compare both with the document, or leave it out: the number tells it.",
    ),
}
