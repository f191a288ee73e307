"""A year as a calendar shows it: months, weeks, and what each day is."""

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.foundation.models import SpecialDay
from guanxi.foundation.policies import require
from guanxi.foundation.working_days import is_working_day, told_name

FIRST_YEAR, LAST_YEAR = 2000, 2100
WEEKDAYS = [
    pgettext_lazy("weekday", "Mo"),
    pgettext_lazy("weekday", "Tu"),
    pgettext_lazy("weekday", "We"),
    pgettext_lazy("weekday", "Th"),
    pgettext_lazy("weekday", "Fr"),
    pgettext_lazy("weekday", "Sa"),
    pgettext_lazy("weekday", "Su"),
]
_WEEKS = Calendar()
_SATURDAY = 5


@dataclass(frozen=True)
class ShownDay:
    """
    One day of the calendar.

    ``state`` is ``work``, ``rest``, ``holiday`` or ``makeup``: a free day of the week
    that is worked, or the other way round. ``is_own`` where the house has said so.
    """

    day: date
    state: str
    words: str
    is_own: bool


@dataclass(frozen=True)
class Month:
    """A month with its weeks from Monday on; None where a day is of another month."""

    first_on: date
    weeks: Sequence[Sequence[ShownDay | None]]


def special_days_of(viewer: Actor, year: int) -> Sequence[SpecialDay]:
    """Return what the house has said of days of ``year``, in their order."""
    require(viewer, "special_day.read")
    rows = SpecialDay.objects.filter(day__year=year, removed_at__isnull=True)
    return list(rows.order_by("day"))


def months_of(year: int, own: Sequence[SpecialDay]) -> Sequence[Month]:
    """Return the twelve months of ``year``."""
    named = {one.day: one.name for one in own}
    return [_month(date(year, number, 1), named) for number in range(1, 13)]


def working_days_of(months: Sequence[Month]) -> int:
    """Return on how many days of ``months`` people work."""
    days = [one for month in months for week in month.weeks for one in week if one]
    return sum(one.state in ("work", "makeup") for one in days)


def _month(first_on: date, named: dict[date, str]) -> Month:
    weeks = _WEEKS.monthdatescalendar(first_on.year, first_on.month)
    return Month(
        first_on,
        [
            [
                _shown(day, named) if day.month == first_on.month else None
                for day in week
            ]
            for week in weeks
        ],
    )


def _shown(day: date, named: dict[date, str]) -> ShownDay:
    works, is_weekday = is_working_day(day), day.weekday() < _SATURDAY
    if works:
        state = "work" if is_weekday else "makeup"
    else:
        state = "holiday" if is_weekday or told_name(day) or day in named else "rest"
    name = named.get(day) or told_name(day)
    return ShownDay(day, state, _words(day, name, works=works), day in named)


def _words(day: date, name: str, *, works: bool) -> str:
    """Return what the day is, for whoever points at it or hears it read."""
    told = _("%(day)s: work") if works else _("%(day)s: off")
    words = told % {"day": date_format(day, "DATE_FORMAT")}
    return f"{words} · {name}" if name else words
