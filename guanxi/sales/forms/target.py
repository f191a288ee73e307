"""What people type about targets."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guanxi.foundation.money import minor_units
from guanxi.foundation.working_days import working_days_between
from guanxi.sales.forms.base import RecordForm
from guanxi.sales.queries.target import PlanRow, categories
from guanxi.sales.rules.target import (
    ADDING,
    CENT,
    LARGEST,
    MONEY,
    MONTHS,
    Measure,
    months_of,
    spread,
)

FIRST_YEAR, LAST_YEAR = 1990, 2100
EVENLY, BY_DAYS, AS_BEFORE = "evenly", "days", "before"


class PlanForm(forms.Form):
    """Which plan is looked at."""

    measure = forms.ChoiceField(
        label=pgettext_lazy("target", "Aim"), choices=Measure.choices
    )
    year = forms.IntegerField(
        label=_("Year"), min_value=FIRST_YEAR, max_value=LAST_YEAR
    )
    category = forms.ChoiceField(label=_("Category"), required=False)

    def __init__(self, asked: Any, *, today: date) -> None:
        usual: dict[str, Any] = {"measure": Measure.REVENUE, "year": today.year}
        given = {
            key: asked[key] for key in ("measure", "year", "category") if key in asked
        }
        super().__init__(usual | given)
        wanted = str(given.get("measure", Measure.REVENUE))
        known = categories(Measure(wanted)) if wanted in Measure.values else []
        choices = [
            ("", pgettext_lazy("category", "All")),
            *((one, one) for one in known),
        ]
        cast("forms.ChoiceField", self.fields["category"]).choices = choices
        if not known:
            self.fields["category"].widget = forms.HiddenInput()
            self.fields["category"].disabled = True

    def words(self) -> dict[str, Any]:
        """Return which plan a valid form asks for."""
        clean = self.cleaned_data
        return {
            "measure": Measure(clean["measure"]),
            "year": clean["year"],
            "category": clean["category"],
        }


class TargetForm(RecordForm):
    """The twelve months of one row, and a sum to be spread over them."""

    total = forms.DecimalField(
        label=_("Target of the year"),
        required=False,
        max_digits=16,
        decimal_places=2,
        min_value=0,
        max_value=LARGEST,
    )
    by = forms.ChoiceField(
        label=_("Spread it"),
        required=False,
        choices=[
            (BY_DAYS, _("By working days")),
            (EVENLY, _("Evenly")),
            (AS_BEFORE, _("Like the targets of the year before")),
        ],
    )
    seen = forms.DateTimeField(widget=forms.HiddenInput(), required=False)

    def __init__(self, data: Any, *, row: PlanRow, measure: Measure, year: int) -> None:
        self.measure, self.year = measure, year
        first = {
            "seen": row.set_at.isoformat() if row.set_at else "",
            "total": _typed(row.total),
        }
        months = [f"m{number + 1}" for number in range(MONTHS)]
        shown = zip(months, row.months, strict=True)
        first |= {name: _typed(one) for name, one in shown}
        super().__init__(data, initial=first)
        for name, day in zip(months, months_of(year), strict=True):
            self.fields[name] = forms.DecimalField(
                label=month_name(day),
                required=False,
                max_digits=16,
                decimal_places=0 if measure is Measure.NEW_CUSTOMERS else 2,
                widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
            )
        if measure not in ADDING:
            del self.fields["by"]
            self.fields["total"].label = _("The same every month")

    @property
    def months(self) -> list[Decimal | None]:
        """The months of a valid form."""
        return [self.cleaned_data.get(f"m{number + 1}") for number in range(MONTHS)]

    @property
    def month_fields(self) -> list[forms.BoundField]:
        """The fields of the twelve months."""
        return [self[f"m{number + 1}"] for number in range(MONTHS)]

    def spread(self, before: Sequence[Decimal | None]) -> list[Decimal] | None:
        """Return the sum of a valid form over the months; None where it cannot be."""
        total = self.cleaned_data.get("total")
        if total is None:
            self.add_error("total", _("Enter what is to be spread over the months."))
            return None
        if self.measure not in ADDING:
            return [total] * MONTHS
        weights = self._weights(before)
        if sum(weights) <= 0:
            told = _("The year before has no targets: spread it in another way.")
            self.add_error("by", told)
            return None
        return spread(total, weights, step=self._step(total))

    def _weights(self, before: Sequence[Decimal | None]) -> list[int]:
        by = self.cleaned_data.get("by") or BY_DAYS
        if by == AS_BEFORE:
            return [int((one or 0) / CENT) for one in before]
        if by == EVENLY:
            return [1] * MONTHS
        firsts = [*months_of(self.year), date(self.year + 1, 1, 1)]
        eves = [day - timedelta(days=1) for day in firsts]
        return [working_days_between(eve, last) for eve, last in pairwise(eves)]

    def _step(self, total: Decimal) -> Decimal:
        if self.measure not in MONEY or total == int(total):
            return Decimal(1)
        return Decimal(1).scaleb(-minor_units(settings.CURRENCY))


def month_name(day: date) -> str:
    """Return the month of ``day`` in short: 3月, Mar."""
    is_chinese = (get_language() or "").startswith("zh")
    return f"{day.month}月" if is_chinese else date_format(day, "M")


def _typed(value: Decimal | None) -> str:
    """Return a value as one types it, without zeros behind."""
    return "" if value is None else f"{value.normalize():f}"
