"""What a whole dashboard is asked for: its days, what they are compared with, where."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.analytics.asked import Cut, cuts_of
from guanxi.analytics.exploring import cube
from guanxi.analytics.rules import months_until
from guanxi.foundation.actor import Actor

A_YEAR = 12  # months


class Span(TextChoices):
    """The days a dashboard looks at, up to those of the latest analysis."""

    YEAR_LONG = "months12", _("Last 12 months")
    MONTH = "month", _("This month")
    LAST_MONTH = "last_month", _("Last month")
    QUARTER = "quarter", _("This quarter")
    YEAR = "year", _("This year")
    LAST_YEAR = "last_year", _("Last year")
    OWN = "own", _("Days of my choice")


class Against(TextChoices):
    """What the figures are compared with."""

    BEFORE = "before", pgettext_lazy("compare", "The span before")
    YEAR = "year", pgettext_lazy("compare", "The same days a year before")
    NOTHING = "nothing", pgettext_lazy("compare", "Nothing")


@dataclass(frozen=True)
class Days:
    """All days from ``first`` to ``last``."""

    first: date
    last: date

    def months_earlier(self, count: int) -> "Days":
        """Return the days of the same dates ``count`` months before."""
        first = earlier(self.first, count)
        # The end of a month is compared with the end of the other.
        if (self.last + timedelta(days=1)).day == 1:
            return Days(first, earlier(self.last + timedelta(days=1), count) - _A_DAY)
        return Days(first, earlier(self.last, count))

    def right_before(self) -> "Days":
        """Return as many days, which end the day before these begin."""
        length = self.last - self.first
        return Days(self.first - length - _A_DAY, self.first - _A_DAY)


_A_DAY = timedelta(days=1)
_MONTHS = {
    Span.YEAR_LONG: A_YEAR,
    Span.MONTH: 1,
    Span.LAST_MONTH: 1,
    Span.QUARTER: 3,
    Span.YEAR: A_YEAR,
    Span.LAST_YEAR: A_YEAR,
}


def earlier(day: date, months: int) -> date:
    """Return the same date ``months`` before; the last of a month that is shorter."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def moved_on(key: Any, before: date, now: date, unit: str) -> Any:
    """
    Return the span of time that stands where ``key`` stood.

    ``key`` is the first day of a ``unit`` counted from ``before``; the answer is that of
    the span as far from ``now``.
    """
    if unit in {"year", "quarter", "month"}:
        return earlier(key, (before.year - now.year) * 12 + before.month - now.month)
    day = key + (now - before)
    return day - timedelta(days=day.weekday()) if unit == "week" else day


def days_of(span: Span, today: date) -> Days:
    """Return the days of a named span as of ``today``."""
    month = today.replace(day=1)
    year = month.replace(month=1)
    firsts = {
        Span.MONTH: month,
        Span.QUARTER: month.replace(month=month.month - (month.month - 1) % 3),
        Span.YEAR: year,
    }
    if span is Span.LAST_MONTH:
        return Days(earlier(month, 1), month - _A_DAY)
    if span is Span.LAST_YEAR:
        return Days(earlier(year, A_YEAR), year - _A_DAY)
    return Days(firsts.get(span) or months_until(today, A_YEAR)[0], today)


def compared_of(span: Span, against: Against, days: Days) -> Days | None:
    """Return the days that ``days``, those of ``span``, are compared with; None for none."""
    if against is Against.NOTHING:
        return None
    if against is Against.YEAR:
        return days.months_earlier(A_YEAR)
    if span is Span.OWN:
        return days.right_before()
    return days.months_earlier(_MONTHS[span])


class SpanForm(forms.Form):
    """The days of a dashboard, and what they are compared with."""

    span = forms.ChoiceField(label=_("Days"), choices=Span.choices)
    first_on = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last_on = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    against = forms.ChoiceField(label=_("Compare with"), choices=Against.choices)

    def __init__(self, asked: QueryDict, *, viewer: Actor, today: date) -> None:
        usual: dict[str, Any] = {
            "span": Span.YEAR_LONG,
            "against": Against.BEFORE,
            "first_on": "",
            "last_on": "",
        }
        super().__init__(usual | {key: asked[key] for key in usual if key in asked})
        self.today = today
        self.words = asked.getlist("where")
        self.cuts: list[Cut] = cuts_of(
            self.words, cube().dimensions_for(viewer), viewer
        )

    def clean(self) -> dict[str, Any]:
        """Check that days of one's own are there and in their order."""
        values = super().clean() or {}
        if values.get("span") != Span.OWN:
            return values
        first, last = values.get("first_on"), values.get("last_on")
        if not (first and last):
            self.add_error("first_on", _("Choose the first and the last day."))
        elif first > last:
            self.add_error("last_on", _("The last day is before the first."))
        return values

    @property
    def days(self) -> Days:
        """The days that a valid form asks for."""
        data = self.cleaned_data
        if data["span"] == Span.OWN:
            return Days(data["first_on"], data["last_on"])
        return days_of(Span(data["span"]), self.today)

    @property
    def compared(self) -> Days | None:
        """The days that a valid form compares with."""
        data = self.cleaned_data
        return compared_of(Span(data["span"]), Against(data["against"]), self.days)
