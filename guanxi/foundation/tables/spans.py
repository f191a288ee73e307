"""Spans of days that move with today: ``thismonth``, ``30d``, ``next7d``."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guanxi.foundation.tables.where import BadFilter
from guanxi.foundation.words import Words

Days = tuple[date, date]
EVER = "ever"
LONGEST = 36_500  # a hundred years, so that no day leaves the calendar
_COUNTED = re.compile(r"(next)?([1-9]\d{0,4})d", re.ASCII)


def span(text: str, today: date) -> Days:
    """
    Return the first and the last day of a span, both within it.

    :raises BadFilter: for a span that does not exist.
    """
    if text in NAMED:
        return NAMED[text][1](today)
    ahead, days = _counted(text)
    if ahead:
        return today, today + timedelta(days=days - 1)
    return today - timedelta(days=days - 1), today


def span_or_ever(text: str, today: date) -> Days | None:
    """
    Return a span as `span` does, or None for all days there are.

    :raises BadFilter: for a span that does not exist.
    """
    return None if text == EVER else span(text, today)


def span_label(text: str) -> str:
    """Return a span in words."""
    if text == EVER:
        return str(_("at any time"))
    if text in NAMED:
        return str(NAMED[text][0])
    ahead, days = _counted(text)
    if ahead:
        words = ngettext("the next %(n)d day", "the next %(n)d days", days)
    else:
        words = ngettext("the last %(n)d day", "the last %(n)d days", days)
    return words % {"n": days}


def _counted(text: str) -> tuple[bool, int]:
    found = _COUNTED.fullmatch(text)
    if found is None or int(found[2]) > LONGEST:
        raise BadFilter(_("“%(text)s” is not a span of time.") % {"text": text[:20]})
    return bool(found[1]), int(found[2])


def _today(today: date) -> Days:
    return today, today


def _yesterday(today: date) -> Days:
    before = today - timedelta(days=1)
    return before, before


def _week(today: date) -> Days:
    first = today - timedelta(days=today.weekday())
    return first, first + timedelta(days=6)


def _last_week(today: date) -> Days:
    return _week(today - timedelta(days=7))


def _month(today: date) -> Days:
    first = today.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _last_month(today: date) -> Days:
    return _month(today.replace(day=1) - timedelta(days=1))


def _quarter(today: date) -> Days:
    first = today.replace(month=today.month - (today.month - 1) % 3, day=1)
    return first, _month(first + timedelta(days=70))[1]


def _year(today: date) -> Days:
    return today.replace(month=1, day=1), today.replace(month=12, day=31)


def _last_year(today: date) -> Days:
    return _year(today.replace(year=today.year - 1, day=1))


NAMED: Mapping[str, tuple[Words, Callable[[date], Days]]] = {
    "today": (gettext_lazy("today"), _today),
    "yesterday": (gettext_lazy("yesterday"), _yesterday),
    "thisweek": (gettext_lazy("this week"), _week),
    "lastweek": (gettext_lazy("last week"), _last_week),
    "thismonth": (gettext_lazy("this month"), _month),
    "lastmonth": (gettext_lazy("last month"), _last_month),
    "thisquarter": (gettext_lazy("this quarter"), _quarter),
    "thisyear": (gettext_lazy("this year"), _year),
    "lastyear": (gettext_lazy("last year"), _last_year),
}
