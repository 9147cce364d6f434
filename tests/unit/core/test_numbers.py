"""Numbers against published examples, hand-made faults and, where it is right, python-stdnum."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
import stdnum.cn.ric
import stdnum.cn.uscc
import stdnum.luhn

from core import numbers
from core.numbers import NumberError

SEED = 20261121


def refused(code: str, check: Any, *arguments: str) -> None:
    with pytest.raises(NumberError) as caught:
        check(*arguments)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("number", "born", "sex", "area"),
    [
        ("11010519491231002X", date(1949, 12, 31), "2", "110105"),
        ("370303199003070013", date(1990, 3, 7), "1", "370303"),
        ("310115198511120020", date(1985, 11, 12), "2", "310115"),
        ("320205200002290034", date(2000, 2, 29), "1", "320205"),
    ],
)
def test_citizen_numbers(number: str, born: date, sex: str, area: str) -> None:
    assert numbers.parse_citizen_number(number) == numbers.CitizenNumber(number, born, sex, area)


def test_citizen_number_is_normalised() -> None:
    for written in (
        "１１０１０５１９４９１２３１００２ｘ",
        " 110105 19491231 002x",
        "11010519491231002X\n\u200b",
    ):
        assert numbers.parse_citizen_number(written).number == "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110105194912310021", "citizen_number_checksum"),
        ("370303199003070031", "citizen_number_checksum"),
        ("37030319900307001", "citizen_number_form"),
        ("3703031990030700133", "citizen_number_form"),
        ("X70303199003070013", "citizen_number_form"),
        ("", "citizen_number_form"),
        ("٣٧٠٣٠٣١٩٩٠٠٣٠٧٠٠١٣", "citizen_number_form"),
        ("610104620927690", "citizen_number_old"),
        ("810000199408230021", "citizen_number_is_residence_permit"),
    ],
)
def test_citizen_numbers_refused(number: str, code: str) -> None:
    refused(code, numbers.parse_citizen_number, number)


@pytest.mark.parametrize("digits", ["19900230", "19900431", "19001301", "00000101", "20010229"])
def test_a_birth_date_that_does_not_exist(digits: str) -> None:
    first17 = f"370303{digits}001"
    number = first17 + numbers.citizen_check_character(first17)
    refused("citizen_number_birth_date", numbers.parse_citizen_number, number)


def test_unknown_area_is_accepted() -> None:
    """Abolished divisions live on in identity numbers."""
    first17 = "37990019900307001"
    assert numbers.parse_citizen_number(first17 + numbers.citizen_check_character(first17)).area == "379900"


def test_every_single_wrong_digit_and_every_swap_is_found() -> None:
    """What MOD 11-2 promises, except where the changed date is refused first."""
    number = "370303199003070013"
    for place in range(18):
        for digit in "0123456789X":
            if digit != number[place]:
                with pytest.raises(NumberError):
                    numbers.parse_citizen_number(number[:place] + digit + number[place + 1 :])
    for place in range(17):
        if number[place] != number[place + 1]:
            swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            with pytest.raises(NumberError):
                numbers.parse_citizen_number(swapped)


def test_old_number_is_upgraded_for_imports() -> None:
    assert numbers.upgrade_citizen_number("610104620927690").number == "610104196209276908"
    assert numbers.upgrade_citizen_number("370303199003070013").number == "370303199003070013"
    refused("citizen_number_birth_date", numbers.upgrade_citizen_number, "610104629927690")


@pytest.mark.parametrize("number", ["810000199408230021", "820000198801010014", "830000199201300022"])
def test_residence_permits(number: str) -> None:
    document = numbers.check_id_document("16", number)
    assert document.number == number
    assert document.birth_date == date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def test_residence_permits_refused() -> None:
    refused("residence_permit_form", numbers.check_id_document, "16", "370303199003070013")
    refused("citizen_number_form", numbers.check_id_document, "16", "8100001994")
    refused("citizen_number_checksum", numbers.check_id_document, "16", "810000199408230022")


def test_permanent_residence_cards() -> None:
    new = numbers.check_id_document("07", "911124198108030024")
    assert (new.birth_date, new.sex) == (date(1981, 8, 3), None)
    assert numbers.check_id_document("07", "usa110081080300").number == "USA110081080300"
    refused("permanent_residence_checksum", numbers.check_id_document, "07", "911124198108030025")
    refused("permanent_residence_form", numbers.check_id_document, "07", "811124198108030024")
    refused("permanent_residence_form", numbers.check_id_document, "07", "US1110081080300")
    first17 = "91112419811308002"
    refused(
        "permanent_residence_birth_date",
        numbers.check_id_document,
        "07",
        first17 + numbers.citizen_check_character(first17),
    )


@pytest.mark.parametrize(
    ("id_type", "good", "bad", "code"),
    [
        (
            "04",
            ["H12345678", "h1234567801"],
            ["A12345678", "H1234567", "H123456789"],
            "travel_permit_hk_macao_form",
        ),
        ("05", ["M12345678"], ["M１２"], "travel_permit_hk_macao_form"),
        (
            "06",
            ["12345678", "1234567890", "1234567890A"],
            ["123456789", "12345678A"],
            "travel_permit_taiwan_form",
        ),
        ("08", ["AB12345", "123456789"], ["A1", "AB-12345", "A" * 21], "foreign_passport_form"),
        ("17", ["E12345678", "EA1234567"], ["12345678", "EAB123456"], "chinese_passport_form"),
        ("02", ["军字第1234567号"], ["1", "军" * 21, "ab;drop"], "document_number_form"),
    ],
)
def test_other_documents(id_type: str, good: list[str], bad: list[str], code: str) -> None:
    for number in good:
        assert numbers.check_id_document(id_type, number).number == numbers.normalise(number)
    for number in bad:
        refused(code, numbers.check_id_document, id_type, number)


def test_unknown_kind_of_document() -> None:
    refused("id_type_unknown", numbers.check_id_document, "42", "370303199003070013")


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43",
        "11370300004224722N",
        "91370300MA3T0009X0",  # check digit 0, which some validators refuse
        "91370303MA3TE5T03M",
        "91310115MA1K2C3D6A",
        "52320205MJ5A7B8C5Y",
    ],
)
def test_unified_social_credit_codes(code: str) -> None:
    assert numbers.check_uscc(code.lower()) == code
    assert stdnum.cn.uscc.is_valid(code)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("91370303MA3TE5T03N", "uscc_checksum"),
        ("91370300MA3T0009XX", "uscc_checksum"),
        ("91370303MA3TE5T03", "uscc_form"),
        ("91370303MA3TE5TO3M", "uscc_form"),
        ("91370303MA3TE5T03M1", "uscc_form"),
        ("", "uscc_form"),
    ],
)
def test_unified_social_credit_codes_refused(code: str, fault: str) -> None:
    refused(fault, numbers.check_uscc, code)


def test_against_stdnum_where_it_is_right() -> None:
    """stdnum agrees on citizens' numbers of known areas, on USCCs and on Luhn; it knows no permits.

    Born after 1985: stdnum refuses areas that its table did not have in the year of birth.
    """
    rng = random.Random(SEED)
    for _ in range(500):
        born = date(1985, 1, 1) + timedelta(days=rng.randrange(9000))
        first17 = f"370303{born:%Y%m%d}{rng.randrange(1000):03}"
        number = first17 + rng.choice("0123456789X")
        assert _accepts(numbers.parse_citizen_number, number) == stdnum.cn.ric.is_valid(number), (
            SEED,
            number,
        )
        first = "91370303" + "".join(rng.choice(numbers.USCC_ALPHABET) for _ in range(9))
        code = first + rng.choice(numbers.USCC_ALPHABET)
        right = first + numbers.uscc_check_character(first)
        assert stdnum.cn.uscc.is_valid(right), (SEED, right)
        assert _accepts(numbers.check_uscc, code) == stdnum.cn.uscc.is_valid(code), (SEED, code)
        card = "62" + "".join(rng.choice("0123456789") for _ in range(rng.randrange(11, 18)))
        assert _accepts(numbers.check_bank_card, card) == stdnum.luhn.is_valid(card), (SEED, card)


def _accepts(check: Any, text: str) -> bool:
    try:
        check(text)
    except NumberError:
        return False
    return True


def test_organisation_codes() -> None:
    assert numbers.check_organisation_code("00422472-2") == "004224722"
    assert numbers.check_organisation_code("d2143569x") == "D2143569X"
    refused("organisation_code_checksum", numbers.check_organisation_code, "D21435691")
    refused("organisation_code_form", numbers.check_organisation_code, "D214356")


def test_organisation_code_whose_remainder_is_eleven_ends_in_zero() -> None:
    assert numbers.check_organisation_code("000000000") == "000000000"


def test_telephones() -> None:
    assert numbers.check_mobile("+86 138-0000-0000") == "13800000000"
    for wrong in ("12800000000", "1380000000", "0533-2345678"):
        refused("mobile_form", numbers.check_mobile, wrong)
    assert numbers.check_phone("０５３３－２３４５６７８") == "0533-2345678"
    assert numbers.check_phone("010-12345678-801") == "010-12345678-801"
    assert numbers.check_phone("13800000000") == "13800000000"
    refused("phone_form", numbers.check_phone, "2345678")


def test_bank_cards() -> None:
    assert numbers.check_bank_card("4111 1111 1111 1111") == "4111111111111111"
    refused("bank_card_checksum", numbers.check_bank_card, "4111111111111112")
    refused("bank_card_form", numbers.check_bank_card, "411111111111")


def test_postcodes() -> None:
    assert numbers.check_postcode("255000") == "255000"
    refused("postcode_form", numbers.check_postcode, "25500")


def test_every_fault_has_words_in_both_languages_and_a_remedy() -> None:
    for row in numbers.FAULTS.values():
        assert all((row.zh, row.en, row.remedy_zh, row.remedy_en)), row.code
    fault = NumberError("uscc_form").fault_at("/employer/uscc")
    assert fault.field == "/employer/uscc"
    assert fault.code == "uscc_form"
