"""When dashboards are sent."""

from datetime import date, datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from guanxi.foundation.working_days import is_working_day

_A_DAY = timedelta(days=1)
# Longer than any holiday: before it lies a day on which it was due.
_LOOK_BACK = 45


class Rhythm(TextChoices):
    """How often a dashboard is sent."""

    WORKING_DAY = "working_day", _("Every working day")
    WEEK = "week", _("Every Monday")
    MONTH = "month", _("On the first of every month")


class FileForm(TextChoices):
    """What kind of file goes with a letter."""

    XLSX = "xlsx", "Excel"
    PDF = "pdf", "PDF"


def is_due_on(rhythm: Rhythm, day: date) -> bool:
    """Tell whether something is sent on ``day``."""
    if rhythm is Rhythm.WEEK:
        return day.weekday() == 0
    if rhythm is Rhythm.MONTH:
        return day.day == 1
    return is_working_day(day)


def latest_due(rhythm: Rhythm, hour: int, at: datetime) -> date:
    """
    Return the latest day for which something is due by ``at``, a time of the house.

    Where the house stood still at the hour, it is due once it runs again, and only once.
    """
    day = at.date() if at.hour >= hour else at.date() - _A_DAY
    days = (day - _A_DAY * number for number in range(_LOOK_BACK))
    return next(one for one in days if is_due_on(rhythm, one))
