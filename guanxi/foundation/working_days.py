"""
The working days of China: weekends, public holidays, and the days worked to make up for them.

The State Council tells them year by year, in November for the next one; chinesecalendar
has them from 2004 on. A year that it does not know yet has its weekends and no holidays,
which `is_known` tells.
"""

from datetime import date, timedelta

from chinese_calendar import constants
from chinese_calendar import is_workday as _is_told_workday

_DAY = timedelta(days=1)
_FIRST_YEAR: int = min(constants.holidays).year
_LAST_YEAR: int = max(constants.holidays).year
_SATURDAY = 5


def is_known(day: date) -> bool:
    """Tell whether the holidays of the year of ``day`` are known."""
    return _FIRST_YEAR <= day.year <= _LAST_YEAR


def is_working_day(day: date) -> bool:
    """Tell whether people work on ``day``, as far as is known."""
    if is_known(day):
        return bool(_is_told_workday(day))
    return day.weekday() < _SATURDAY


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
