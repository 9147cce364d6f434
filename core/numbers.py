"""Numbers of people, organisations and things: how each is built, and what is wrong with one that is not.

Input may be full-width, spaced or lower-case; what is returned is the form to store. Structure is checked,
never existence: an unknown area prefix is accepted, because abolished divisions live on in identity numbers.
Sources: GB 11643-1999, GB 11714-1997, GB 32100-2015, ISO 7064, ISO/IEC 7812-1, and the notices
named at each rule.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from core.errors import Fault

MALE, FEMALE = "1", "2"

CITIZEN_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CITIZEN_CHECKS: Final = "10X98765432"
USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
RESIDENCE_AREAS: Final = ("810000", "820000", "830000")
_INVISIBLE: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True)
class NumberFault:
    """A stable code with words for it."""

    code: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


FAULTS: Final[Mapping[str, NumberFault]] = {
    code: NumberFault(code, **words)
    for code, words in tomllib.loads(
        Path(__file__).with_name("numbers.toml").read_text(encoding="utf-8")
    ).items()
}


class NumberError(ValueError):
    """A number that is not built as it should be. `fault_at` gives words for a form field."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.row = FAULTS[code]

    @property
    def code(self) -> str:
        return self.row.code

    def fault_at(self, field: str) -> Fault:
        """The fault for the field at a JSON pointer."""
        row = self.row
        return Fault(field, row.code, row.zh, row.en, row.remedy_zh, row.remedy_en)


@dataclass(frozen=True)
class CitizenNumber:
    """An 18-character number of GB 11643: a citizen's, or a residence permit of the same build.

    `area` is the division of first registration; it may be abolished and is not where the person lives.
    """

    number: str
    birth_date: date
    sex: str
    area: str


@dataclass(frozen=True)
class IdDocument:
    """An identity document's number; birth date and sex where the number itself tells them."""

    id_type: str
    number: str
    birth_date: date | None = None
    sex: str | None = None


def normalise(text: str) -> str:
    """The number as it is stored: half-width, upper-case, without spaces and invisible characters."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).upper()


def citizen_check_character(first17: str) -> str:
    """ISO 7064 MOD 11-2 over 17 digits, as GB 11643-1999 writes it."""
    total = sum(weight * int(digit) for weight, digit in zip(CITIZEN_WEIGHTS, first17, strict=True))
    return CITIZEN_CHECKS[total % 11]


def parse_citizen_number(text: str) -> CitizenNumber:
    """The number of a resident identity card. Raises `NumberError`."""
    number = normalise(text)
    if re.fullmatch(r"[0-9]{15}", number):
        raise NumberError("citizen_number_old")
    parsed = _parse_18(number)
    if parsed.area in RESIDENCE_AREAS:
        raise NumberError("citizen_number_is_residence_permit")
    return parsed


def parse_residence_permit(text: str) -> CitizenNumber:
    """The number of a 港澳台居民居住证 (国办发〔2018〕81号). Raises `NumberError`."""
    number = normalise(text)
    if not number.startswith(RESIDENCE_AREAS):
        raise NumberError("residence_permit_form")
    return _parse_18(number)


def upgrade_citizen_number(text: str) -> CitizenNumber:
    """For imports of old rosters only: 15 digits become 18 (GB 11643-1999); 18 stay. Raises `NumberError`."""
    number = normalise(text)
    if re.fullmatch(r"[0-9]{15}", number):
        first17 = f"{number[:6]}19{number[6:]}"
        number = first17 + citizen_check_character(first17)
    return parse_citizen_number(number)


def parse_permanent_residence(text: str) -> IdDocument:
    """The number of a foreigner's permanent residence card: of 18 digits (since 2023-12-01) or 15 characters.

    The new form is 9, two digits of the place of application, three of the country, birth date, three of
    sequence, check digit of MOD 11-2. Sex is not read from it. Raises `NumberError`.
    """
    number = normalise(text)
    if re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        return IdDocument("07", number)
    if not re.fullmatch(r"9[0-9]{16}[0-9X]", number):
        raise NumberError("permanent_residence_form")
    if citizen_check_character(number[:17]) != number[17]:
        raise NumberError("permanent_residence_checksum")
    return IdDocument("07", number, _birth_date(number[6:14], "permanent_residence_birth_date"))


def check_id_document(id_type: str, text: str) -> IdDocument:
    """The number of an identity document of a kind of code table id_type (AAC058). Raises `NumberError`."""
    rule = _ID_RULES.get(id_type)
    if rule is None:
        raise NumberError("id_type_unknown")
    return rule(id_type, text)


def _parse_18(number: str) -> CitizenNumber:
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise NumberError("citizen_number_form")
    if citizen_check_character(number[:17]) != number[17]:
        raise NumberError("citizen_number_checksum")
    born = _birth_date(number[6:14], "citizen_number_birth_date")
    return CitizenNumber(number, born, MALE if int(number[16]) % 2 else FEMALE, number[:6])


def _birth_date(digits: str, code: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        raise NumberError(code) from error


def _citizen(id_type: str, text: str) -> IdDocument:
    parsed = parse_citizen_number(text)
    return IdDocument(id_type, parsed.number, parsed.birth_date, parsed.sex)


def _residence(id_type: str, text: str) -> IdDocument:
    parsed = parse_residence_permit(text)
    return IdDocument(id_type, parsed.number, parsed.birth_date, parsed.sex)


def _permanent(_id_type: str, text: str) -> IdDocument:
    return parse_permanent_residence(text)


def _shape(pattern: str, code: str) -> Callable[[str, str], IdDocument]:
    compiled = re.compile(pattern)

    def check(id_type: str, text: str) -> IdDocument:
        number = normalise(text)
        if not compiled.fullmatch(number):
            raise NumberError(code)
        return IdDocument(id_type, number)

    return check


_HK_MACAO = _shape(r"[HM]\d{8}(\d{2})?", "travel_permit_hk_macao_form")
_ANY = _shape(r"[0-9A-Z\u4e00-\u9fff-]{5,20}", "document_number_form")

# By kind of document; kinds without a published build of their own take any plausible number.
_ID_RULES: Final[Mapping[str, Callable[[str, str], IdDocument]]] = {
    "01": _citizen,
    "04": _HK_MACAO,
    "05": _HK_MACAO,
    "06": _shape(r"\d{8}|\d{10}[A-Z]?", "travel_permit_taiwan_form"),
    "07": _permanent,
    "08": _shape(r"[0-9A-Z]{5,20}", "foreign_passport_form"),
    "16": _residence,
    "17": _shape(r"[A-Z]{1,2}\d{7,8}", "chinese_passport_form"),
} | dict.fromkeys(("02", "03", "09", "10", "11", "12", "13", "14", "15", "90", "99"), _ANY)


def check_uscc(text: str) -> str:
    """A unified social credit code (GB 32100-2015) in its stored form. Raises `NumberError`.

    The embedded organisation code is not judged by itself: codes issued since 2015 need not obey GB 11714.
    """
    code = normalise(text)
    if len(code) != 18 or any(character not in USCC_ALPHABET for character in code):
        raise NumberError("uscc_form")
    if uscc_check_character(code[:17]) != code[17]:
        raise NumberError("uscc_checksum")
    return code


def uscc_check_character(first17: str) -> str:
    """The check character of GB 32100-2015; the outer remainder makes 31 into 0."""
    total = sum(w * USCC_ALPHABET.index(c) for w, c in zip(USCC_WEIGHTS, first17, strict=True))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def check_organisation_code(text: str) -> str:
    """An organisation code (GB 11714-1997), stored without its hyphen. Raises `NumberError`."""
    code = normalise(text).replace("-", "")
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        raise NumberError("organisation_code_form")
    total = sum(w * int(c, 36) for w, c in zip(ORGANISATION_WEIGHTS, code, strict=False))
    if "0123456789X0"[11 - total % 11] != code[8]:
        raise NumberError("organisation_code_checksum")
    return code


def check_mobile(text: str) -> str:
    """A mainland mobile number in 11 digits. Raises `NumberError`."""
    number = normalise(text).replace("-", "").removeprefix("+86")
    if not re.fullmatch(r"1[3-9][0-9]{9}", number):
        raise NumberError("mobile_form")
    return number


def check_phone(text: str) -> str:
    """A mobile number, or a land line with area code and perhaps an extension. Raises `NumberError`."""
    number = normalise(text)
    if re.fullmatch(r"0[0-9]{2,3}-?[0-9]{7,8}(-[0-9]{1,6})?", number):
        return number
    try:
        return check_mobile(number)
    except NumberError as error:
        raise NumberError("phone_form") from error


def check_bank_card(text: str) -> str:
    """A bank card number: 13 to 19 digits with a Luhn check digit (ISO/IEC 7812-1). Raises `NumberError`."""
    number = normalise(text).replace("-", "")
    if not re.fullmatch(r"[0-9]{13,19}", number):
        raise NumberError("bank_card_form")
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number)))
    if sum(value - 9 if value > 9 else value for value in doubled) % 10:
        raise NumberError("bank_card_checksum")
    return number


def check_postcode(text: str) -> str:
    """A postcode of six digits. Raises `NumberError`."""
    code = normalise(text)
    if not re.fullmatch(r"[0-9]{6}", code):
        raise NumberError("postcode_form")
    return code
