import pytest

from core.canonical import canonical_json, sha256_hex


def test_canonical_json_orders_names_by_utf16_units_and_drops_white_space() -> None:
    # RFC 8785, 3.2.3: U+1F600 sorts before U+FB33, because its first UTF-16 unit is D83D
    value = {"\ufb33": 1, "\U0001f600": 2, "€": 3, "1": True, "a": [None, "\n/ö"]}
    assert canonical_json(value).decode() == '{"1":true,"a":[null,"\\n/ö"],"€":3,"\U0001f600":2,"\ufb33":1}'


def test_equal_values_have_one_digest_whatever_their_order() -> None:
    left, right = {"a": 1, "b": {"c": "乙", "d": 2}}, {"b": {"d": 2, "c": "乙"}, "a": 1}
    assert sha256_hex(canonical_json(left)) == sha256_hex(canonical_json(right))


@pytest.mark.parametrize(
    "value", [{"a": "\ud800"}, {"a": float("nan")}, {"a": 2**53}, {"a": {1, 2}}, {1: "a"}]
)
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical_json(value)


def test_sha256_is_lower_case_hex() -> None:
    # FIPS 180-2, appendix B.1
    assert sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
