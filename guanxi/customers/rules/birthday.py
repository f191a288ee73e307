"""
Birthdays by the sun and by the moon, and when the next one is.

A lunar birthday is kept as ``MM-DD``, with the year in front where it is known, and an
``L`` behind for one in a leap month: ``04-10``, ``1982-04-10L``. Months are those of
lunar-python, which computes them as the calendar office does (GB/T 33661-2017).
"""

import re
import unicodedata
from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.utils.translation import gettext_lazy as _
from lunar_python import LunarMonth, LunarYear

from guanxi.foundation.invalid import Invalid

# The ordinal of a day is its Julian day less this: JD 1721426 is 0001-01-01.
_BEFORE_ORDINALS = 1_721_425
MONTHS, LONGEST_MONTH = 12, 30
YEARS = range(1850, 2101)
LONGEST = 11
_STORED = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})(L?)", re.ASCII)
_TYPED = re.compile(
    r"(?:农历|阴历)?\s*(?:(\d{4})\s*[-/.年]\s*)?(闰)?\s*(\d{1,2}|[正一二三四五六七八九十冬腊]{1,2})"
    r"\s*[-/.月]\s*(\d{1,2}|初?[一二三四五六七八九十廿卅]{1,3})[日号]?\s*([Ll]?)"
)
_DIGITS = "一二三四五六七八九"
_MONTH_NAMES = ("正", *_DIGITS[1:], "十", "冬", "腊")
_DAY_NAMES = (
    *(f"初{digit}" for digit in (*_DIGITS, "十")),
    *(f"十{digit}" for digit in _DIGITS),
    "二十",
    *(f"廿{digit}" for digit in _DIGITS),
    "三十",
)


class InvalidLunarDay(Invalid):
    """The text is no day of the lunar calendar."""


@dataclass(frozen=True, slots=True)
class LunarDay:
    """A day of the lunar calendar that comes again; ``year`` is 0 where it is unknown."""

    month: int
    day: int
    is_leap: bool = False
    year: int = 0

    @property
    def key(self) -> str:
        """What of it comes again, as it is stored."""
        return f"{self.month:02}-{self.day:02}{'L' if self.is_leap else ''}"

    @property
    def stored(self) -> str:
        """The day as it is stored."""
        return f"{self.year}-{self.key}" if self.year else self.key

    def __str__(self) -> str:
        """Return it as people write it: 闰四月初十."""
        leap = "闰" if self.is_leap else ""
        name = f"{leap}{_MONTH_NAMES[self.month - 1]}月{_DAY_NAMES[self.day - 1]}"
        return f"{self.year}年{name}" if self.year else name


def lunar_day(stored: str) -> LunarDay:
    """Return the lunar day that ``stored`` keeps."""
    found = _STORED.fullmatch(stored)
    if found is None:
        raise ValueError(stored)
    year, month, day, leap = found.groups()
    return LunarDay(int(month), int(day), bool(leap), int(year or 0))


def parse_lunar_day(text: str) -> LunarDay:
    """
    Return the lunar day that somebody typed: 闰四月初十, 八月十五, 8-15, 1982-04-10L.

    :raises InvalidLunarDay: if it is none, or its month had no such day in its year.
    """
    found = _TYPED.fullmatch(unicodedata.normalize("NFKC", text).strip())
    month = _month(found[3]) if found else 0
    day = _day(found[4]) if found else 0
    if not found or not 1 <= month <= MONTHS or not 1 <= day <= LONGEST_MONTH:
        raise InvalidLunarDay(
            _("Write a lunar birthday like 八月十五, 闰四月初十 or 8-15."), code="form"
        )
    is_leap = bool(found[2] or found[5])
    one = LunarDay(month, day, is_leap, int(found[1] or 0))
    if one.year and not _was(one):
        raise InvalidLunarDay(
            _("There was no such day in that lunar year."), code="no_such_day"
        )
    return one


def next_lunar(one: LunarDay, today: date) -> date:
    """
    Return the first day from ``today`` on that is celebrated as ``one``.

    Where the year has no such leap month it is kept in the ordinary one, and the 30th of
    a month of 29 days on its last.
    """
    years = range(today.year - 1, today.year + 3)
    return next(day for year in years if (day := _in_year(one, year)) >= today)


def next_solar(month: int, day: int, today: date) -> date:
    """Return the first such day from ``today`` on; 29 February is else kept on the 28th."""
    years = range(today.year, today.year + 2)
    return next(one for year in years if (one := _solar(year, month, day)) >= today)


def next_birthday(birth_on: date | None, lunar: str, today: date) -> date | None:
    """Return the next birthday; who has told a lunar one celebrates it by the moon."""
    if lunar:
        return next_lunar(lunar_day(lunar), today)
    return next_solar(birth_on.month, birth_on.day, today) if birth_on else None


def all_birthdays(today: date) -> Iterator[tuple[str, date]]:
    """Yield each birthday there can be, as ``MM-DD`` or with ``L`` in front, and its next."""
    for ordinal in range(date(2024, 1, 1).toordinal(), date(2025, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        yield f"{day:%m-%d}", next_solar(day.month, day.day, today)
    for month in range(1, MONTHS + 1):
        for number in range(1, LONGEST_MONTH + 1):
            for is_leap in (False, True):
                one = LunarDay(month, number, is_leap)
                yield f"L{one.key}", next_lunar(one, today)


def _was(one: LunarDay) -> bool:
    if one.year not in YEARS:
        return False
    if one.is_leap and _leap_month(one.year) != one.month:
        return False
    _first, days = _span(one.year, -one.month if one.is_leap else one.month)
    return one.day <= days


def _in_year(one: LunarDay, year: int) -> date:
    is_leap = one.is_leap and _leap_month(year) == one.month
    first, days = _span(year, -one.month if is_leap else one.month)
    return date.fromordinal(first + min(one.day, days) - 1)


def _solar(year: int, month: int, day: int) -> date:
    is_missing = (month, day) == (2, 29) and not isleap(year)
    return date(year, month, 28 if is_missing else day)


@cache
def _leap_month(year: int) -> int:
    """Return the month that is there twice in a lunar year, 0 if none is."""
    return int(LunarYear.fromYear(year).getLeapMonth())


@cache
def _span(year: int, month: int) -> tuple[int, int]:
    """Return the ordinal of the first day of a lunar month, and how many it has."""
    found = LunarMonth.fromYm(year, month)
    return int(found.getFirstJulianDay()) - _BEFORE_ORDINALS, int(found.getDayCount())


def _month(text: str) -> int:
    if text.isdecimal():
        return int(text)
    names = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
    names |= {"一": 1, "十一": 11, "十二": 12}
    return names.get(text, 0)


def _day(text: str) -> int:
    if text.isdecimal():
        return int(text)
    names = {name: number for number, name in enumerate(_DAY_NAMES, 1)}
    names |= {f"二十{digit}": 20 + n for n, digit in enumerate(_DIGITS, 1)}
    names |= {digit: n for n, digit in enumerate((*_DIGITS, "十"), 1)}
    return names.get(text, names.get({"卅": "三十", "廿": "二十"}.get(text, ""), 0))
