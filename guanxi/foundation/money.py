"""Money: an exact amount with its currency, and reading it from text. Never a float."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.invalid import Invalid

_NO_PLACES = [
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
]
_THREE_PLACES = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]
# ISO 4217: places behind the point, where it is not two.
MINOR_UNITS = dict.fromkeys(_NO_PLACES, 0) | dict.fromkeys(_THREE_PLACES, 3)
# Fifteen digits before the point are beyond any balance sheet, and sum exactly in
# PostgreSQL's numeric and in JavaScript's integers.
LARGEST = Decimal(10) ** 15

DecimalMark = Literal[".", ","]

_SIGNS = {
    "HK$": "HKD", "NT$": "TWD", "US$": "USD", "A$": "AUD", "C$": "CAD", "S$": "SGD",
    "RMB": "CNY", "CNY": "CNY", "人民币": "CNY", "元": "CNY", "¥": "CNY", "块": "CNY",
    "$": "USD", "美元": "USD", "港元": "HKD", "港币": "HKD", "日元": "JPY", "円": "JPY",
    "€": "EUR", "欧元": "EUR", "£": "GBP", "英镑": "GBP", "₩": "KRW", "韩元": "KRW",
}  # fmt: skip
_CODES = (
    "AED|AUD|BRL|CAD|CHF|CNH|CZK|DKK|EUR|GBP|HKD|IDR|ILS|INR|JPY|KRW|KWD|MOP|MXN|MYR|"
    "NOK|NZD|PHP|PLN|RUB|SAR|SEK|SGD|THB|TRY|TWD|UAH|USD|VND|ZAR"
)
_BY_LENGTH = sorted(_SIGNS, key=len, reverse=True)
_SIGN = "|".join([*map(re.escape, _BY_LENGTH), rf"\b(?:{_CODES})\b"])
_CURRENCY = re.compile(_SIGN, re.IGNORECASE)
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,12})?")
_NUMBER = re.compile(r"([0-9][0-9.,]*|[.,][0-9]+)([万萬亿億千]?)")
_MULTIPLES = {"": 1, "千": 10**3, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_BLANKS_AND_QUOTES = re.compile(r"[\s'\u2019_]+")
_GROUPED = {
    mark: re.compile(
        rf"[0-9]{{1,3}}(?:{re.escape(mark)}[0-9]{{2,3}})*{re.escape(mark)}[0-9]{{3}}"
    )
    for mark in ",."
}


class InvalidMoney(Invalid):
    """The text is no amount of money."""


class CurrencyMismatchError(TypeError):
    """Amounts of two currencies were to be added or compared: a mistake in the code."""


@dataclass(frozen=True, slots=True)
class Money:
    """
    An exact ``amount`` of ``currency`` (ISO 4217 code).

    Only amounts of one currency add and compare. Multiples are exact until `rounded`.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise TypeError(f"A finite Decimal is needed, not {self.amount!r}.")

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        if not isinstance(factor, Decimal | int):
            raise TypeError(f"Money is multiplied by Decimal or int, not {factor!r}.")
        return Money(self.amount * factor, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def rounded(self) -> Money:
        """Return the amount in whole minor units, a half going to the even one."""
        unit = Decimal(1).scaleb(-minor_units(self.currency))
        return Money(self.amount.quantize(unit, ROUND_HALF_EVEN), self.currency)

    def _same(self, other: Money) -> Decimal:
        if self.currency != other.currency:
            raise CurrencyMismatchError(f"{self.currency} against {other.currency}")
        return other.amount


def minor_units(currency: str) -> int:
    """Return how many places behind the point ``currency`` has."""
    return MINOR_UNITS.get(currency, 2)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Return the sum of ``amounts``, all of ``currency``; nothing sums to zero."""
    return sum(amounts, start=Money(Decimal(0), currency))


def parse_money(
    text: str, currency: str = "CNY", decimal: DecimalMark | None = None
) -> Money:
    """
    Return the amount in ``text``: ``￥1,234.50``, ``1.234,50 €``, ``1.2万``, ``(5.00)``.

    A currency written in the text wins over ``currency``; ¥ is the yen only if
    ``currency`` is JPY. ``decimal`` is the mark of the whole column, if known.

    :raises InvalidMoney: see `parse_number`.
    """
    plain = _half_width(text)
    written = _CURRENCY.search(plain)
    if not written:
        return Money(parse_number(plain, decimal), currency)
    sign = written[0].upper()
    code = _SIGNS.get(sign, sign)
    if sign == "¥" and currency == "JPY":
        code = "JPY"
    return Money(parse_number(_CURRENCY.sub("", plain), decimal), code)


def parse_number(text: str, decimal: DecimalMark | None = None) -> Decimal:
    """
    Return the number in ``text``, with thousands separators, 万 and 亿 understood.

    Without ``decimal``: of two kinds of mark the last is the decimal one; a mark that
    repeats, or a lone comma before exactly three digits, separates thousands.
    Parentheses or a minus behind make the number negative, as in accounts.

    :raises InvalidMoney: ``empty``, ``form`` or ``too_large``.
    """
    if _PLAIN_NUMBER.fullmatch(text) and decimal != ",":
        return Decimal(text)
    plain = _BLANKS_AND_QUOTES.sub("", _half_width(text))
    if not plain:
        raise InvalidMoney(_("Enter a number."), code="empty")
    is_negative, unsigned = _without_sign(plain)
    match = _NUMBER.fullmatch(unsigned)
    digits = _with_point(match[1], decimal) if match else ""
    if not match or digits.count(".") > 1:
        raise InvalidMoney(
            _("This is not a number. Write it like 1234.50."), code="form"
        )
    number = Decimal(digits) * _MULTIPLES[match[2]]
    if number >= LARGEST:
        raise InvalidMoney(_("This number is too large."), code="too_large")
    return -number if is_negative else number


def _half_width(text: str) -> str:
    """Return ``text`` with full-width digits and signs (￥，（）) in plain form."""
    if text.isascii():
        return text.strip()
    plain = (
        unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("。", ".")
    )
    return plain.strip(" \t\r\n\ufeff\u200b")


def _without_sign(plain: str) -> tuple[bool, str]:
    """Return whether the number is negative, and the number without its sign."""
    if plain.startswith("(") and plain.endswith(")"):
        return True, plain[1:-1]
    for cut in (plain.removeprefix("-"), plain.removesuffix("-")):
        if cut != plain:
            return True, cut
    return False, plain.removeprefix("+")


def _with_point(number: str, decimal: DecimalMark | None) -> str:
    """Return ``number`` with a decimal point only; wrong grouping stays wrong."""
    mark = decimal or _decimal_mark(number)
    grouping = "." if mark == "," else ","
    whole, found, fraction = number.partition(mark)
    if grouping in whole and not _GROUPED[grouping].fullmatch(whole):
        return ".."
    if grouping in fraction:
        return ".."
    return whole.replace(grouping, "") + (f".{fraction}" if found else "")


def _decimal_mark(number: str) -> DecimalMark:
    """Return the mark that separates the fraction, judged by this number alone."""
    comma, point = number.rfind(","), number.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    if number.count(".") > 1:
        return ","
    if number.count(",") == 1 and len(number) - comma - 1 != 3:
        return ","
    return "."
