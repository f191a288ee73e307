# ruff: noqa: RUF001 -- full-width characters are what is tested
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.foundation.emails import Email
from guanxi.foundation.invalid import Invalid
from guanxi.foundation.money import Money
from guanxi.foundation.phones import parse_phone
from guanxi.foundation.sheets.values import (
    Kind,
    Value,
    ValueOptions,
    convert,
    plain_word,
)

KINDS: tuple[Kind, ...] = (
    "text", "phone", "email", "date", "moment", "money", "number", "integer", "choice", "boolean",
)  # fmt: skip
OPTIONS = ValueOptions(choices={plain_word("Key Account"): "key", "普通": "normal"})


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", " 张伟 ", "张伟"),
        ("text", "a\x07b", "ab"),
        ("text", "", None),
        ("phone", "138 0013 8000", parse_phone("13800138000")),
        ("email", "Z@QQ.com", Email("Z@qq.com", "z@qq.com")),
        ("date", "2024/1/2", date(2024, 1, 2)),
        ("moment", "2024-01-02 03:04", datetime(2024, 1, 2, 3, 4, tzinfo=UTC)),
        ("money", "￥1,234.50", Money(Decimal("1234.50"), "CNY")),
        ("money", "1.2E+05", Money(Decimal(120000), "CNY")),
        ("number", "12.5%", Decimal("0.125")),
        ("number", "１２％", Decimal("0.12")),
        ("number", "1,234.5", Decimal("1234.5")),
        ("integer", "1,234", 1234),
        ("integer", "12.0", 12),
        ("choice", "key  ACCOUNT", "key"),
        ("boolean", "是", True),
        ("boolean", "No", False),
        ("boolean", " ", None),
    ],
)
def test_cells_become_values(kind: Kind, text: str, value: Value) -> None:
    assert convert(kind, text, OPTIONS) == value


def test_given_how_the_file_is_written_then_it_decides() -> None:
    german = ValueOptions(date_key="dmy", decimal=",", currency="EUR")

    assert convert("money", "1.234,50", german) == Money(Decimal("1234.50"), "EUR")
    assert convert("number", "1.234", german) == Decimal(1234)
    assert convert("date", "02.01.2024", german) == date(2024, 1, 2)
    excel = ValueOptions(date_key="excel")
    assert convert("date", "45293", excel) == date(2024, 1, 2)


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("text", "张\ufffd", "encoding"),
        ("text", "x" * 10_001, "too_long"),
        ("phone", "abc", "unknown"),
        ("email", "abc", "form"),
        ("date", "2024-02-30", "no_such_day"),
        ("number", "abc", "form"),
        ("number", "%", "empty"),
        ("integer", "1.5", "not_whole"),
        ("choice", "vip", "choice"),
        ("boolean", "perhaps", "boolean"),
    ],
)
def test_refused_with_a_reason(kind: Kind, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        convert(kind, text, OPTIONS)

    assert refusal.value.code == code


@given(st.sampled_from(KINDS), st.text())
def test_any_cell_is_a_value_or_refused(kind: Kind, text: str) -> None:
    try:
        value = convert(kind, text, OPTIONS)
    except Invalid:
        return
    assert (value is None) == (not text.strip())


@pytest.mark.parametrize(("text", "told"), [("vip", "key account"), ("贵宾", "普通")])
def test_given_no_choice_then_the_choices_are_told_in_the_letters_of_the_file(
    text: str, told: str
) -> None:
    words = {"key account": "key", "重点": "key", "normal": "normal", "普通": "normal"}
    with pytest.raises(Invalid, match=told) as refusal:
        convert("choice", text, ValueOptions(choices=words))
    assert len(str(refusal.value.params["choices"]).split(" / ")) == 2
