"""What is shown is enough to recognise by and never the whole."""

import pytest

from accounts import masking


@pytest.mark.parametrize(
    ("mask", "whole", "shown"),
    [
        (masking.mask_number, "370303199003070013", "370303********0013"),
        (masking.mask_number, "H12345678", "H12****78"),
        (masking.mask_number, "E1234", "E**34"),
        (masking.mask_number, "", ""),
        (masking.mask_phone, "13800000000", "138****0000"),
        (masking.mask_phone, "0533-2345678", "053****5678"),
        (masking.mask_phone, "110", "***"),
        (masking.mask_card, "6222020000000000001", "**** 0001"),
        (masking.mask_card, "", ""),
        (masking.mask_email, "tester@example.com", "t***@example.com"),
        (masking.mask_email, "", ""),
        (masking.mask_address, "山东省淄博市张店区测试街道1号", "山东省淄博市********"),
        (masking.mask_address, "", ""),
        (masking.mask_date, "1990-03-07", "1990-**-**"),
        (masking.mask_name, "测试甲", "测**"),
        (masking.mask_name, "𠮷野·买买提", "𠮷**"),
    ],
)
def test_mask(mask: object, whole: str, shown: str) -> None:
    assert callable(mask)
    assert mask(whole) == shown


@pytest.mark.parametrize("length", range(5, 21))
def test_number_is_never_shown_whole(length: int) -> None:
    number = "1234567890ABCDEFGHJK"[:length]
    shown = masking.mask_number(number)
    assert len(shown) == length
    assert shown.count("*") >= 2
