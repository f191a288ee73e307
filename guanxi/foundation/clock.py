"""The clock, and dates written in the ways people and spreadsheets write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.invalid import Invalid

DateKey = Literal["ymd", "compact", "dmy", "mdy", "month_name", "excel"]

# Excel counts 1900-02-29, which never was; from March 1900 on this day is its zero.
EXCEL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 -- spreadsheets know no time zone
# 1927-05-18 to 2119: years, ages and most counts of things are not taken for dates.
EXCEL_RANGE = range(10_000, 80_000)
YEARS = range(1800, 2200)
# A two-digit year up to this many years ahead belongs to this century.
CENTURY_TURN = 50
# A column is of a format if nearly all its values are; the rest are typing mistakes.
ENOUGH = 0.8

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb mrz", "mar", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez"), 1
    )
    for name in names.split()
}  # fmt: skip
_TIME = re.compile(
    r"[T\s]*(上午|下午|am|pm)?\s*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:[.,](\d{1,9}))?)?秒?分?"
    r"\s*(am|pm)?\s*(z|utc|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_YMD = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_THREE = re.compile(r"(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})")
_NAMED = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[\s.\-/]*([a-z]{3})[a-z]*[\s.,\-/]*(\d{4}|\d{2})",
    re.IGNORECASE,
)
_NAMED_FIRST = re.compile(
    r"([a-z]{3})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.IGNORECASE
)
_SERIAL = re.compile(r"(\d{5})(\.\d+)?")
_WEEKDAY = re.compile(
    r"^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)|\s*(?:星期|周)[一二三四五六日天]\s*",
    re.IGNORECASE,
)


class InvalidDate(Invalid):
    """The text is no date of the format of its column."""


@dataclass(frozen=True, slots=True)
class DateFormat:
    """
    How the dates of a column are written.

    ``key`` names the order; ``share`` of the sample (0 to 1) reads in it; it is
    ``ambiguous`` if day and month may as well stand the other way round.
    """

    key: DateKey
    share: float = 1.0
    ambiguous: bool = False


def now() -> datetime:
    """Return this instant, aware, in UTC. Only doors call it; laws take ``at``."""
    return datetime.now(UTC)


def today(tz: tzinfo) -> date:
    """Return the day it is in ``tz``."""
    return datetime.now(tz).date()


def detect_date_format(samples: Sequence[str]) -> list[DateFormat]:
    """
    Return the formats in which nearly all ``samples`` are dates, best first.

    Empty samples do not count. An empty list means: this is no column of dates.
    """
    filled = [text for text in samples if text.strip()]
    if not filled:
        return []
    shares = {key: _share(filled, key) for key in _READERS}
    tied = shares["dmy"] == shares["mdy"] >= ENOUGH
    likely = [key for key in _READERS if shares[key] >= ENOUGH]
    likely.sort(key=lambda key: (-shares[key], key == "dmy" and _is_american(filled)))
    return [
        DateFormat(key, shares[key], ambiguous=tied and key in ("dmy", "mdy"))
        for key in likely
    ]


def parse_date(text: str, key: DateKey = "ymd") -> date:
    """
    Return the day written in ``text``; a time of day behind it is left out.

    :raises InvalidDate: ``form`` (another format) or ``no_such_day`` (30 February).
    """
    if len(text) == 10 and key == "ymd" and text[4] == "-":
        try:
            return date.fromisoformat(text)
        except ValueError:
            return _moment(text, key).date()
    if len(text) == 8 and key == "compact" and text.isdecimal():
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            return _moment(text, key).date()
    return _moment(text, key).date()


def parse_moment(text: str, key: DateKey, tz: tzinfo) -> datetime:
    """
    Return the aware instant written in ``text``, in ``tz`` unless it names an offset.

    A day alone is its first moment.

    :raises InvalidDate: as `parse_date` does, and ``no_such_time`` (25:00).
    """
    if len(text) in (16, 19) and key == "ymd" and text[4] == "-" and text.isascii():
        try:
            return _placed(datetime.fromisoformat(text), tz)
        except ValueError:
            pass  # another way of writing it, or no such moment: told below
    return _placed(_moment(text, key), tz)


def _placed(moment: datetime, tz: tzinfo) -> datetime:
    """Return ``moment`` as it is if it names an offset, else in ``tz``."""
    return moment if moment.tzinfo else moment.replace(tzinfo=tz)


def _share(filled: Sequence[str], key: DateKey) -> float:
    """Return which part of the texts reads as ``key``."""
    good = 0
    for text in filled:
        try:
            day = _moment(text, key)
        except InvalidDate:
            continue
        good += day.year in YEARS
    return good / len(filled)


def _is_american(filled: Sequence[str]) -> bool:
    """Return whether an undecided column looks American: slashes, not dots or dashes."""
    return all("/" in text for text in filled)


def _moment(text: str, key: DateKey) -> datetime:
    """
    Return the day and time in ``text``, naive unless an offset is written.

    :raises InvalidDate: if the text is not of the format, or there is no such day.
    """
    plain = text.strip()
    if not plain.isascii():
        plain = _WEEKDAY.sub(" ", unicodedata.normalize("NFKC", plain)).strip()
    elif plain[:1].isalpha():
        plain = _WEEKDAY.sub("", plain)
    try:
        moment = _READERS[key](plain)
    except (ValueError, OverflowError) as error:
        if isinstance(error, InvalidDate):
            raise
        raise InvalidDate(
            _("There is no such day: %(text)s."), code="no_such_day", text=plain
        ) from error
    if moment is None:
        raise InvalidDate(
            _("This is not a date of the chosen format: %(text)s."),
            code="form",
            text=plain[:40],
        )
    return moment


def _read_ymd(plain: str) -> datetime | None:
    match = _YMD.match(plain)
    if not match:
        return None
    year, month, day = map(int, match.groups())
    return _with_time(datetime(year, month, day), plain[match.end() :])  # noqa: DTZ001 -- zone is the column's


def _read_compact(plain: str) -> datetime | None:
    match = _COMPACT.match(plain)
    if not match:
        return None
    year, month, day = map(int, match.groups())
    rest = plain[match.end() :]
    if re.fullmatch(r"\d{6}|\d{4}", rest):
        rest = f" {rest[:2]}:{rest[2:4]}:{rest[4:] or '00'}"
    return _with_time(datetime(year, month, day), rest)  # noqa: DTZ001 -- zone is the column's


def _read_dmy(plain: str) -> datetime | None:
    match = _THREE.match(plain)
    if not match:
        return None
    return _dated(match[3], match[2], match[1], plain[match.end() :])


def _read_mdy(plain: str) -> datetime | None:
    match = _THREE.match(plain)
    if not match:
        return None
    return _dated(match[3], match[1], match[2], plain[match.end() :])


def _read_month_name(plain: str) -> datetime | None:
    match = _NAMED.match(plain)
    if match:
        day, name, year = match.groups()
    else:
        match = _NAMED_FIRST.match(plain)
        if not match:
            return None
        name, day, year = match.groups()
    month = _MONTHS.get(name.lower())
    return _dated(year, str(month), day, plain[match.end() :]) if month else None


def _read_excel(plain: str) -> datetime | None:
    match = _SERIAL.fullmatch(plain)
    if not match or int(match[1]) not in EXCEL_RANGE:
        return None
    moment = EXCEL_ZERO + timedelta(days=float(plain))
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0)


_READERS: dict[DateKey, Callable[[str], datetime | None]] = {
    "ymd": _read_ymd,
    "compact": _read_compact,
    "dmy": _read_dmy,
    "mdy": _read_mdy,
    "month_name": _read_month_name,
    "excel": _read_excel,
}


def _dated(year: str, month: str, day: str, rest: str) -> datetime | None:
    """Return the moment; a two-digit year is of the century around this day."""
    full_year = int(year)
    if len(year) == 2:
        this_year = now().year
        full_year += this_year - this_year % 100
        if full_year > this_year + CENTURY_TURN:
            full_year -= 100
    return _with_time(datetime(full_year, int(month), int(day)), rest)  # noqa: DTZ001 -- zone is the column's


def _with_time(day: datetime, rest: str) -> datetime | None:
    """
    Return ``day`` at the time in ``rest``, or None if something else stands there.

    :raises InvalidDate: ``no_such_time``.
    """
    if not rest.strip():
        return day
    match = _TIME.fullmatch(rest)
    if not match:
        return None
    half = (match[1] or match[6] or "").lower()
    hour = int(match[2])
    if half in ("下午", "pm") and hour < 12:
        hour += 12
    elif half in ("上午", "am") and hour == 12:
        hour = 0
    microsecond = int((match[5] or "")[:6].ljust(6, "0"))
    try:
        clock = time(
            hour, int(match[3]), int(match[4] or 0), microsecond, _offset(match[7])
        )
    except ValueError as error:
        raise InvalidDate(
            _("There is no such time of day: %(text)s."),
            code="no_such_time",
            text=rest.strip(),
        ) from error
    return datetime.combine(day.date(), clock)


def _offset(written: str | None) -> tzinfo | None:
    """Return the zone of ``Z`` or ``+08:00``, or None."""
    if not written:
        return None
    if written[0] not in "+-":
        return UTC
    return datetime.strptime(written, "%z").tzinfo
