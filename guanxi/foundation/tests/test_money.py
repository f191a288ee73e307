from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.foundation.money import (
    CurrencyMismatchError,
    InvalidMoney,
    Money,
    parse_money,
    parse_number,
    total,
)


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("1234.5", "1234.5", "CNY"),
        ("￥1,234.50", "1234.50", "CNY"),
        ("1.234,50 €", "1234.50", "EUR"),
        ("1.2万", "12000", "CNY"),
        ("3亿元", "300000000", "CNY"),
        ("(1,234.50)", "-1234.50", "CNY"),
        ("-￥5", "-5", "CNY"),
        ("5-", "-5", "CNY"),
        ("1 234,50", "1234.50", "CNY"),
        ("1'234.50", "1234.50", "CNY"),
        ("1,23,456", "123456", "CNY"),
        ("1,234", "1234", "CNY"),
        ("1.234", "1.234", "CNY"),
        ("1,5", "1.5", "CNY"),
        ("USD 12", "12", "USD"),
        ("HK$100", "100", "HKD"),
        ("人民币１２.５元", "12.5", "CNY"),
    ],
)
def test_amounts_as_people_write_them(text: str, amount: str, currency: str) -> None:
    assert parse_money(text) == Money(Decimal(amount), currency)


def test_given_mark_of_the_column_then_it_decides() -> None:
    assert parse_number("1.234", ",") == Decimal(1234)
    assert parse_number("1,234", ",") == Decimal("1.234")
    assert parse_number("1,234", ".") == Decimal(1234)
    assert parse_money("¥500", "JPY").currency == "JPY"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("abc", "form"),
        ("NaN", "form"),
        ("Infinity", "form"),
        ("1e9999", "form"),
        ("1.2.3", "form"),
        ("12,34,5", "form"),
        ("1,234.567,8", "form"),
        ("1--", "form"),
        ("1" * 16, "too_large"),
        ("99999999亿", "too_large"),
    ],
)
def test_refused(text: str, code: str) -> None:
    with pytest.raises(InvalidMoney) as refusal:
        parse_money(text)

    assert refusal.value.code == code


def test_arithmetic_is_of_one_currency() -> None:
    ten, two = Money(Decimal(10), "CNY"), Money(Decimal(2), "CNY")

    assert ten + two == Money(Decimal(12), "CNY")
    assert ten - two * 3 == Money(Decimal(4), "CNY")
    assert -two < two <= two < ten
    assert ten > two >= two
    assert total([ten, two], "CNY") == Money(Decimal(12), "CNY")
    assert not total([], "CNY")
    with pytest.raises(CurrencyMismatchError):
        ten + Money(Decimal(1), "USD")


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("2.345", "CNY", "2.34"),
        ("2.355", "CNY", "2.36"),
        ("2.5", "JPY", "2"),
        ("1.0005", "KWD", "1.000"),
    ],
)
def test_half_goes_to_the_even_minor_unit(
    amount: str, currency: str, rounded: str
) -> None:
    assert str(Money(Decimal(amount), currency).rounded().amount) == rounded


@pytest.mark.parametrize("wrong", [1.5, 1, "1", Decimal("NaN")])
def test_only_finite_decimals_are_money(wrong: object) -> None:
    with pytest.raises(TypeError):
        Money(wrong, "CNY")  # type: ignore[arg-type]  # -- the type is what is tested


def test_float_does_not_multiply() -> None:
    with pytest.raises(TypeError):
        Money(Decimal(1), "CNY") * 1.1  # type: ignore[operator]  # -- the type is what is tested


@given(
    st.decimals(min_value=-(10**14), max_value=10**14, places=2), st.sampled_from(".,")
)
def test_written_with_grouping_is_read_back(amount: Decimal, mark: str) -> None:
    text = f"{amount:,.2f}"
    if mark == ",":
        text = text.translate(str.maketrans(",.", ".,"))
    assert parse_number(text) == amount


@given(st.text())
def test_any_text_is_money_or_refused(text: str) -> None:
    try:
        money = parse_money(text)
    except InvalidMoney:
        return
    assert abs(money.amount) < 10**15
