"""How amounts are written: full figures in tables, 万 and 亿 (K and M) in pictures."""

from decimal import ROUND_HALF_EVEN, Decimal

from django.utils.translation import get_language

from guanxi.foundation.money import minor_units

SIGNS = {
    "CNY": "¥",
    "USD": "US$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "JP¥",
    "HKD": "HK$",
    "TWD": "NT$",
}
CHINESE_UNITS = ((Decimal(10**8), "亿"), (Decimal(10**4), "万"))
ENGLISH_UNITS = ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "K"))
FIVE_DIGITS = Decimal(10**4)
TWO_DIGITS = Decimal(100)
MINUS = "\N{MINUS SIGN}"


def amount(value: Decimal, currency: str = "CNY") -> str:
    """Return ``¥1,234.00``: sign, thousands, the currency's decimals; U+2212 for minus."""
    sign = SIGNS.get(currency, f"{currency}\N{NO-BREAK SPACE}")
    return f"{MINUS if value < 0 else ''}{sign}{abs(value):,.{minor_units(currency)}f}"


def short_amount(value: Decimal, currency: str = "CNY") -> str:
    """Return ``¥376万``: sign and figure, for pictures and sums nobody checks."""
    sign = SIGNS.get(currency, f"{currency}\N{NO-BREAK SPACE}")
    return f"{MINUS if value < 0 else ''}{sign}{short(abs(value))}"


def grouped(value: int) -> str:
    """Return a count with its thousands separated: ``128,400``."""
    return f"{value:,}"


def short(value: Decimal | int) -> str:
    """
    Return a number of five or more digits in 万 and 亿, or K, M and B in English.

    One decimal while the part before the unit is below 100: 1.2万, 376万, 1.5亿.
    """
    number = round(Decimal(value))
    size = Decimal(abs(number))
    minus = MINUS if number < 0 else ""
    if size < FIVE_DIGITS:
        return f"{minus}{size:,}"
    chinese = (get_language() or "").startswith("zh")
    units = CHINESE_UNITS if chinese else ENGLISH_UNITS
    scale, _unit = next((s, u) for s, u in units if size >= s)
    size = _legible(size / scale) * scale  # now 9,999.9万 has become 1亿
    scale, unit = next((s, u) for s, u in units if size >= s)
    figure = f"{_legible(size / scale):,}".removesuffix(".0")
    return f"{minus}{figure}{unit}"


def _legible(part: Decimal) -> Decimal:
    step = Decimal("0.1") if part < TWO_DIGITS else Decimal(1)
    return part.quantize(step, ROUND_HALF_EVEN)
