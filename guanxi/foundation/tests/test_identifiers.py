"""Numbers that others gave out: right ones in any spelling, and what is wrong with wrong ones."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.foundation.identifiers import (
    BadIdentifier,
    ResidentId,
    cover_identifiers,
    mask_bank_card,
    mask_identifier,
    parse_bank_card,
    parse_credit_code,
    parse_resident_id,
    plain_identifier,
    seems_resident_id,
)

RESIDENT = "11010519491231002X"
CODE = "91350100M000100Y43"  # the example of GB 32100-2015


def wide(text: str) -> str:
    """Return ``text`` in full-width signs, as Chinese keyboards write it."""
    return "".join(chr(ord(sign) + 0xFEE0) if sign != " " else sign for sign in text)


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002X",
        " 110105 19491231 002x ",
        wide("11010519491231002x"),
        "110105-19491231-002X",
        "110105\u300019491231\u200b002X",
    ],
)
def test_given_any_spelling_when_parsed_then_it_is_the_number_and_its_birthday(
    text: str,
) -> None:
    assert parse_resident_id(text) == ResidentId(RESIDENT, date(1949, 12, 31))


def test_given_old_number_when_parsed_then_it_has_its_new_signs() -> None:
    assert parse_resident_id("110105491231002").number == RESIDENT


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("110105194912310021", "resident_id_check"),
        ("11010519491231002", "resident_id_length"),
        ("1101051949123100200", "resident_id_length"),
        ("110105194912310O2X", "resident_id_signs"),
        ("110105194902310025", "resident_id_birthday"),
        ("", "resident_id_length"),
    ],
)
def test_given_no_resident_id_when_parsed_then_it_says_what_is_wrong(
    text: str, code: str
) -> None:
    with pytest.raises(BadIdentifier) as refused:
        parse_resident_id(text)
    assert refused.value.code == code


@given(at=st.integers(0, 16), digit=st.sampled_from("0123456789"))
def test_given_one_wrong_digit_when_parsed_then_it_is_no_resident_id(
    at: int, digit: str
) -> None:
    if digit == RESIDENT[at]:
        return
    with pytest.raises(BadIdentifier):
        parse_resident_id(RESIDENT[:at] + digit + RESIDENT[at + 1 :])


@given(at=st.integers(0, 15))
def test_given_two_digits_changed_over_when_parsed_then_it_is_no_resident_id(
    at: int,
) -> None:
    one, other = RESIDENT[at], RESIDENT[at + 1]
    if one == other:
        return
    with pytest.raises(BadIdentifier):
        parse_resident_id(RESIDENT[:at] + other + one + RESIDENT[at + 2 :])


def test_what_is_as_long_as_a_resident_id_seems_one() -> None:
    assert seems_resident_id("1101051949123100")
    assert seems_resident_id("110105 19491231 002x")
    assert not seems_resident_id("E12345678")
    assert not seems_resident_id("12345678")


@pytest.mark.parametrize("text", [CODE, "9135 0100 m000 100y 43", wide(CODE)])
def test_given_credit_code_when_parsed_then_it_is_plain(text: str) -> None:
    assert parse_credit_code(text) == CODE


@pytest.mark.parametrize(
    ("text", "code", "sign"),
    [
        ("91350100M000100Y4", "credit_code_length", ""),
        ("91350100M000100Y44", "credit_code_check", ""),
        ("91350100MO00100Y43", "credit_code_signs", "O"),
        ("9135010MM000100Y43", "credit_code_signs", ""),
    ],
)
def test_given_no_credit_code_when_parsed_then_it_says_what_is_wrong(
    text: str, code: str, sign: str
) -> None:
    with pytest.raises(BadIdentifier) as refused:
        parse_credit_code(text)
    assert refused.value.code == code
    assert refused.value.params.get("sign", "") == sign


def test_given_bank_card_when_parsed_then_its_digits_fit_together() -> None:
    assert parse_bank_card("6222 0212 3456 7890 128") == "6222021234567890128"
    assert parse_bank_card(wide("4111 1111 1111 1111")) == "4111111111111111"
    for text, code in (
        ("6222021234567890129", "bank_card_check"),
        ("62220212345", "bank_card_length"),
        ("62220212345678901280", "bank_card_length"),
        ("6222O21234567890128", "bank_card_signs"),
    ):
        with pytest.raises(BadIdentifier) as refused:
            parse_bank_card(text)
        assert refused.value.code == code


def test_no_sentence_repeats_what_was_typed_of_a_number_kept_sealed() -> None:
    wrong = "110105194912310021", "11010519491231", "6222021234567890129"
    for text in wrong:
        for parse in (parse_resident_id, parse_bank_card):
            with pytest.raises(BadIdentifier) as refused:
                parse(text)
            assert text not in str(refused.value)


def test_masks_leave_little() -> None:
    assert mask_identifier(RESIDENT) == "110*************2X"
    assert mask_identifier("E1234") == "*****"
    assert mask_bank_card("6222021234567890128") == "***************0128"
    assert mask_bank_card("1234") == "****"


def test_what_looks_like_a_number_to_seal_is_covered_and_nothing_else() -> None:
    assert cover_identifiers("11010519491231002x") == "110*************2X"
    assert cover_identifiers("6222 0212 3456 7890 128") == "***************0128"
    for text in ("张伟", "13800138000", "20240506123456789", "SO-2024-0417"):
        assert cover_identifiers(text) == text


def test_blanks_and_strokes_of_any_kind_are_no_part_of_a_number() -> None:
    assert plain_identifier(" ab\uff0d12 \u2013\u00a034\t") == "AB1234"
