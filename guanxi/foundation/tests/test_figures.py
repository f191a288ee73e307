"""How amounts are written."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from guanxi.foundation import figures


@pytest.mark.parametrize(
    ("value", "currency", "written"),
    [
        ("1234", "CNY", "¥1,234.00"),
        ("-320.5", "CNY", "−¥320.50"),
        ("1234", "JPY", "JP¥1,234"),
        ("0.1", "CHF", "CHF\N{NO-BREAK SPACE}0.10"),
        ("1234", "RWF", "RWF\N{NO-BREAK SPACE}1,234"),
    ],
)
def test_amounts_have_sign_thousands_and_the_places_of_their_currency(
    value: str, currency: str, written: str
) -> None:
    assert figures.amount(Decimal(value), currency) == written


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (0, "0", "0"),
        (9_999, "9,999", "9,999"),
        (10_000, "1万", "10K"),
        (12_345, "1.2万", "12.3K"),
        (-12_345, "−1.2万", "−12.3K"),
        (3_760_000, "376万", "3.8M"),
        (123_456_789, "1.2亿", "123M"),
        (999_960, "100万", "1M"),
        (99_996_000, "1亿", "100M"),
        (99_994_000, "9,999万", "100M"),
        (-99_999_999, "−1亿", "−100M"),
        (1_500_000_000_000, "15,000亿", "1,500B"),
    ],
)
def test_five_digits_and_more_are_shortened(
    value: int, chinese: str, english: str
) -> None:
    with override("zh-hans"):
        assert figures.short(value) == chinese
    with override("en"):
        assert figures.short(value) == english
