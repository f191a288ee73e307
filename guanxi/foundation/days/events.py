"""What happened to the working days of the house."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from guanxi.foundation.events import Event
from guanxi.foundation.words import Words


@dataclass(frozen=True, kw_only=True)
class _DayEvent(Event):
    icon: ClassVar[str] = "calendar"
    kind: ClassVar[str] = "special_day"
    subject: ClassVar[str] = "day_id"

    day_id: int
    first_on: str
    last_on: str
    name: str

    def words(self) -> dict[str, object]:
        """Return what fills the sentence: the days as people write them."""
        ends = sorted({self.first_on, self.last_on})
        days = (date_format(date.fromisoformat(e), "SHORT_DATE_FORMAT") for e in ends)
        return {**vars(self), "days": " – ".join(days)}


@dataclass(frozen=True, kw_only=True)
class DayOffSet(_DayEvent):
    """People do not work on some days in a row."""

    sentence: ClassVar[Words] = _("Days off: %(days)s, %(name)s")


@dataclass(frozen=True, kw_only=True)
class WorkdaySet(_DayEvent):
    """People work on days that would be free."""

    sentence: ClassVar[Words] = _("Make-up workdays: %(days)s, %(name)s")


@dataclass(frozen=True, kw_only=True)
class SpecialDayRemoved(_DayEvent):
    """A day is again what the calendar says."""

    sentence: ClassVar[Words] = _("%(days)s (%(name)s) is as the calendar says again")
