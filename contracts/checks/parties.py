"""Who the parties are: numbers, codes, age, permits."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from contracts.checks.model import Case, Find, Hit
from contracts.facts import field_title
from core import codes
from core.codes.fields import CODE_FIELDS
from core.numbers import IdDocument, NumberError, check_id_document, check_phone, check_uscc
from core.periods import birthday

MAINLAND_DOCUMENTS: Final = ("01", "02", "03")
FOREIGN_PASSPORT: Final = "08"


def _id_document(case: Case) -> IdDocument | None:
    try:
        return check_id_document(case.get("/worker/id_type"), case.get("/worker/id_no"))
    except NumberError:
        return None


def _id_number(case: Case) -> Iterator[Hit]:
    try:
        check_id_document(case.get("/worker/id_type"), case.get("/worker/id_no"))
    except NumberError as error:
        if error.code != "id_type_unknown":  # RCODE says so already
            yield Hit("/worker/id_no", {"zh": error.row.zh, "en": error.row.en})


def _birth_date(case: Case) -> Iterator[Hit]:
    document = _id_document(case)
    if document and document.birth_date and document.birth_date != case.day("/worker/birth_date"):
        yield Hit("/worker/birth_date")


def _sex(case: Case) -> Iterator[Hit]:
    document = _id_document(case)
    if document and document.sex and document.sex != case.get("/worker/sex"):
        yield Hit("/worker/sex")


def _nationality(case: Case) -> Iterator[Hit]:
    if case.get("/worker/id_type") not in MAINLAND_DOCUMENTS and not case.get("/worker/nationality"):
        yield Hit("/worker/nationality")


def _uscc(case: Case) -> Iterator[Hit]:
    for pointer in ("/employer/uscc", "/contract/dispatch/host_uscc", "/contract/transfer/from_uscc"):
        try:
            check_uscc(case.get(pointer) or case.get("/employer/uscc"))
        except NumberError as error:
            if case.get(pointer):
                yield Hit(pointer, {"zh": error.row.zh, "en": error.row.en})


def _phone(case: Case) -> Iterator[Hit]:
    try:
        check_phone(case.get("/employer/contact_phone"))
    except NumberError as error:
        yield Hit("/employer/contact_phone", {"zh": error.row.zh, "en": error.row.en})


def _codes(case: Case) -> Iterator[Hit]:
    for pointer, table in CODE_FIELDS.items():
        code = case.get(pointer)
        if code is not None and not codes.known(table, code):
            yield Hit(pointer, {"name": field_title(pointer), "code": code, "table": table})


def _papers_divisions(case: Case) -> Iterator[Hit]:
    for pointer in ("/worker/hukou_code", "/worker/resid_code"):
        code = case.get(pointer)
        if code is not None and not codes.known("division", code):
            yield Hit(pointer, {"code": code})


def _age_reached(case: Case, years: int) -> bool:
    born: date | None = case.day("/worker/birth_date")
    return born is not None and case.employment_start >= birthday(born, years)


def _under_sixteen(case: Case) -> Iterator[Hit]:
    if not _age_reached(case, 16):
        yield Hit("/worker/birth_date")


def _minor_in_danger(case: Case) -> Iterator[Hit]:
    if _age_reached(case, 16) and not _age_reached(case, 18) and case.get("/contract/hazardous_work"):
        yield Hit("/contract/hazardous_work")


def _minor(case: Case) -> Iterator[Hit]:
    if _age_reached(case, 16) and not _age_reached(case, 18):
        yield Hit("/worker/birth_date")


def _permit_missing(case: Case) -> Iterator[Hit]:
    if case.get("/worker/id_type") == FOREIGN_PASSPORT:
        for name in ("work_permit_no", "work_permit_valid_to"):
            if not case.get(f"/worker/{name}"):
                yield Hit(f"/worker/{name}", {"name": field_title(f"/worker/{name}")})


def _permit_expired(case: Case) -> Iterator[Hit]:
    valid_to = case.day("/worker/work_permit_valid_to")
    if valid_to is not None and valid_to < case.employment_start:
        yield Hit("/worker/work_permit_valid_to")


def _permit_too_short(case: Case) -> Iterator[Hit]:
    valid_to, end = case.day("/worker/work_permit_valid_to"), case.day("/contract/end")
    if valid_to is not None and valid_to >= case.employment_start and (end is None or end > valid_to):
        yield Hit("/worker/work_permit_valid_to", {"day": valid_to})


FIND: Final[Mapping[str, Find[Case]]] = {
    "RID1": _id_number,
    "RID2": _birth_date,
    "RID3": _sex,
    "RID4": _nationality,
    "RUSCC": _uscc,
    "RPHONE": _phone,
    "RCODE": _codes,
    "RDIV": _papers_divisions,
    "R15La": _under_sixteen,
    "R15Lb": _minor_in_danger,
    "R15Lc": _minor,
    "RFORa": _permit_missing,
    "RFORb": _permit_expired,
    "RFORc": _permit_too_short,
}
