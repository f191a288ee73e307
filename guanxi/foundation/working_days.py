"""
The working days of China: weekends, public holidays, and the days worked to make up for them.

The State Council tells them year by year, in November for the next one; chinesecalendar
has them from 2004 on. A year that it does not know yet has its weekends and no holidays,
which `is_known` tells. What the house itself says of a day wins (`foundation.days`).
"""

from collections.abc import Mapping
from datetime import date, timedelta

from chinese_calendar import constants
from chinese_calendar import is_workday as _is_told_workday
from django.utils.translation import get_language

from guanxi.foundation.arranged import arranged
from guanxi.foundation.models import SpecialDay

_DAY = timedelta(days=1)
_FIRST_YEAR: int = min(constants.holidays).year
_LAST_YEAR: int = max(constants.holidays).year
_SATURDAY = 5


def is_known(day: date) -> bool:
    """Tell whether the holidays of the year of ``day`` are known."""
    return _FIRST_YEAR <= day.year <= _LAST_YEAR


def is_working_day(day: date) -> bool:
    """Tell whether people work on ``day``, as far as is known."""
    own = _own_days().get(day)
    if own is not None:
        return own
    if is_known(day):
        return bool(_is_told_workday(day))
    return day.weekday() < _SATURDAY


def told_name(day: date) -> str:
    """Return which public holiday ``day`` is, or makes up for; empty for ordinary days."""
    found = constants.holidays.get(day) or constants.workdays.get(day)
    if found is None:
        return ""
    is_chinese = (get_language() or "").startswith("zh")
    return str(constants.Holiday(found).chinese if is_chinese else found)


def on_working_day(day: date) -> date:
    """Return ``day`` if people work on it, or else the next day on which they do."""
    while not is_working_day(day):
        day += _DAY
    return day


def next_working_day(day: date, count: int = 1) -> date:
    """Return the working day that is ``count`` working days after ``day``."""
    for _number in range(count):
        day = on_working_day(day + _DAY)
    return day


def working_days_between(first: date, last: date) -> int:
    """Return how many working days there are after ``first`` up to ``last``; 0 if none."""
    days = (first + _DAY * number for number in range(1, (last - first).days + 1))
    return sum(map(is_working_day, days))


@arranged
def _own_days() -> Mapping[date, bool]:
    """Return of each day the house has said something of whether people work on it."""
    rows = SpecialDay.objects.filter(removed_at__isnull=True)
    return dict(rows.values_list("day", "is_working"))
