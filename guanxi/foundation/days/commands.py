"""Name days off and make-up workdays, and take them back."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.arranged import rearrange
from guanxi.foundation.commands import command
from guanxi.foundation.days.events import DayOffSet, SpecialDayRemoved, WorkdaySet
from guanxi.foundation.errors import NotVisible, Refused
from guanxi.foundation.events import publish
from guanxi.foundation.models import SpecialDay
from guanxi.foundation.models.special_day import LONGEST_DAY_NAME

MOST_DAYS = 31


class BadDays(Refused):
    """A span of days that cannot be, or one without a name."""

    code = "bad_days"


@command(needs="special_day.edit")
def set_special_days(
    by: Actor,
    first_on: date,
    last_on: date,
    *,
    is_working: bool,
    name: str,
    at: datetime,
) -> Sequence[SpecialDay]:
    """
    Let people work, or not, on each day from ``first_on`` to ``last_on``.

    What was said of these days before no longer holds.

    :raises BadDays: without a name, or for more than a month.
    """
    plain = " ".join(name.split())
    if not 0 < len(plain) <= LONGEST_DAY_NAME:
        raise BadDays(_("Enter a name, at most 40 characters."), field="name")
    count = (last_on - first_on).days + 1
    if not 1 <= count <= MOST_DAYS:
        told = _("The last day comes after the first, at most 31 days in all.")
        raise BadDays(told, field="last_on")
    days = [first_on + timedelta(days=number) for number in range(count)]
    _current().filter(day__in=days).update(removed_at=at)
    made = SpecialDay.objects.bulk_create(
        [
            SpecialDay(day=day, is_working=is_working, name=plain, set_at=at)
            for day in days
        ]
    )
    _tell(made, at)
    rearrange()
    return made


@command(needs="special_day.edit")
def remove_special_day(by: Actor, pk: int, *, at: datetime) -> SpecialDay:
    """
    Let a day be again what the calendar says.

    :raises NotVisible: if there is no such day.
    """
    found = _current().select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotVisible
    found.removed_at = at
    found.save(update_fields=["removed_at"])
    publish(SpecialDayRemoved(**_told([found]), at=at))
    rearrange()
    return found


@command(needs="special_day.edit")
def restore_special_day(by: Actor, pk: int, *, at: datetime) -> SpecialDay:
    """
    Take the removal of a day back.

    :raises NotVisible: if no such day was removed.
    :raises BadDays: if something else was said of the day meanwhile.
    """
    gone = SpecialDay.objects.select_for_update().filter(removed_at__isnull=False)
    found = gone.filter(pk=pk).first()
    if found is None:
        raise NotVisible
    if _current().filter(day=found.day).exists():
        raise BadDays(_("Something else was entered for this day meanwhile."))
    found.removed_at = None
    found.save(update_fields=["removed_at"])
    _tell([found], at)
    rearrange()
    return found


def _current() -> QuerySet[SpecialDay]:
    return SpecialDay.objects.filter(removed_at__isnull=True)


def _tell(days: Sequence[SpecialDay], at: datetime) -> None:
    event = WorkdaySet if days[0].is_working else DayOffSet
    publish(event(**_told(days), at=at))


def _told(days: Sequence[SpecialDay]) -> dict[str, Any]:
    first, last = days[0], days[-1]
    return {
        "day_id": first.pk,
        "first_on": first.day.isoformat(),
        "last_on": last.day.isoformat(),
        "name": first.name,
    }
