# ruff: noqa: RUF001 -- full-width characters are what is tested
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.foundation.phones import (
    InvalidPhone,
    mask_phone,
    parse_phone,
    search_digits,
    search_forms,
    show_phone,
)


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 138-0013-8000",
        "0086 13800138000",
        "86-13800138000",
        "013800138000",
        "１３８００１３８０００",
        "13800138000.0",
        "tel:+8613800138000",
        "\u202d+86 138 0013 8000\u202c",
    ],
)
def test_chinese_mobile(text: str) -> None:
    phone = parse_phone(text)

    assert (phone.e164, phone.kind) == ("+8613800138000", "mobile")
    assert phone.shown == "138 0013 8000"


@pytest.mark.parametrize(
    ("text", "e164", "extension"),
    [
        ("010-88886666", "+861088886666", ""),
        ("(010)8888-6666", "+861088886666", ""),
        ("（０１０）８８８８６６６６", "+861088886666", ""),
        ("86-10-88886666", "+861088886666", ""),
        ("+86 (0)10 8888 6666", "+861088886666", ""),
        ("010-88886666转801", "+861088886666", "801"),
        ("010-88886666 ext. 801", "+861088886666", "801"),
        ("010-88886666-801", "+861088886666", "801"),
        ("021 6666 7777 分机 12", "+862166667777", "12"),
        ("0571-8765-4321", "+8657187654321", ""),
        ("0312-2234567-8", "+863122234567", "8"),
    ],
)
def test_chinese_landline(text: str, e164: str, extension: str) -> None:
    phone = parse_phone(text)

    assert (phone.e164, phone.extension) == (e164, extension)
    assert phone.kind == "landline"


@pytest.mark.parametrize(
    ("text", "e164", "shown"),
    [
        ("400-800-1234", "+864008001234", "400-800-1234"),
        ("4008001234转2", "+864008001234", "400-800-1234-2"),
        ("800 810 1234", "+868008101234", "800-810-1234"),
        ("95588", "+8695588", "95588"),
    ],
)
def test_chinese_service_number(text: str, e164: str, shown: str) -> None:
    phone = parse_phone(text)

    assert (phone.e164, phone.kind, phone.shown) == (e164, "service", shown)


@pytest.mark.parametrize(
    ("text", "e164", "shown"),
    [
        ("+1 650-253-0000", "+16502530000", "+1 650-253-0000"),
        ("0044 20 7946 0958", "+442079460958", "+44 20 7946 0958"),
        ("+852 2123 4567", "+85221234567", "+852 2123 4567"),
    ],
)
def test_number_of_another_country(text: str, e164: str, shown: str) -> None:
    phone = parse_phone(text)

    assert (phone.e164, phone.kind, phone.shown) == (e164, "international", shown)


def test_given_another_region_when_no_country_code_then_number_is_of_that_region() -> (
    None
):
    assert parse_phone("650 253 0000", region="US").e164 == "+16502530000"
    assert parse_phone("+86 13800138000", region="US").kind == "mobile"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("abc", "unknown"),
        ("110", "unknown"),
        ("12345678901", "unknown"),
        ("1-800-FLOWERS", "unknown"),
        ("9" * 60, "unknown"),
        ("88886666", "area_code"),
        ("1.38001E+10", "damaged"),
        ("13800138000/13900139000", "several"),
        ("13800138000、010-88886666", "several"),
    ],
)
def test_refusals_say_what_is_wrong(text: str, code: str) -> None:
    with pytest.raises(InvalidPhone) as refusal:
        parse_phone(text)

    assert refusal.value.code == code


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        phone = parse_phone(text)
    except InvalidPhone:
        return
    assert parse_phone(phone.e164).e164 == phone.e164


@given(
    st.from_regex(
        r"(\+861[3-9][0-9]{9}|\+8610[2-9][0-9]{7}|\+86755[2-9][0-9]{6})", fullmatch=True
    )
)
def test_shown_number_is_read_as_the_same_number(e164: str) -> None:
    assert parse_phone(show_phone(e164)).e164 == e164
    assert parse_phone(e164).shown == show_phone(e164)


@pytest.mark.parametrize(
    ("e164", "masked"),
    [
        ("+8613800138000", "138****8000"),
        ("+861088886666", "010-******66"),
        ("+8657187654321", "0571-******21"),
        ("+864008001234", "400-*****34"),
        ("+16502530000", "+1 ********00"),
        ("+85221234567", "+852 ******67"),
        ("+8695588", "*****"),
        ("", ""),
    ],
)
def test_mask(e164: str, masked: str) -> None:
    assert mask_phone(e164) == masked


def test_number_is_found_as_it_is_dialed() -> None:
    assert search_forms(parse_phone("+86 138 0013 8000")) == ("13800138000",)
    assert search_forms(parse_phone("010-88886666-801")) == (
        "01088886666",
        "01088886666801",
    )
    assert search_digits("+86 138 0013") == "1380013"
    assert search_digits("+86 138") == "138"
    assert search_digits("+86 13") == "8613"
    assert search_digits("0044 20 7946 0958") == "442079460958"
    assert search_digits("00004") == "00004"
