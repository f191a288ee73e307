"""What people set before an analysis runs."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from math import isfinite
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.analytics.parameters import AnalysisSettings
from guanxi.analytics.science.next_product import OfferSettings
from guanxi.analytics.science.pyramid import Measure
from guanxi.analytics.science.rfm import CutPoints
from guanxi.customers.rules import Tier
from guanxi.foundation.actor import Actor
from guanxi.identity.queries import assignable_users, teams

FOUR, THREE = "four", "three"
QUANTILE, FIXED = "quantile", "fixed"
PROFIT, AMOUNT = "profit", "amount"
BINS = 5
MEASURES = [
    (Measure.AMOUNT.value, _("Amount in the period")),
    (Measure.PROFIT.value, _("Profit in the period")),
    (Measure.RFM.value, _("RFM scores together")),
    (Measure.EXPECTED.value, _("Amount expected in 12 months (lifetime value)")),
    (Measure.SCORE.value, _("Weighted score of the grading")),
]


class AnalysisForm(forms.Form):
    """The day as of which to look."""

    as_of = forms.DateField(
        label=_("As of the end of"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "Orders after this day are not looked at. For past data choose its last day."
        ),
    )


class SettingsForm(forms.Form):
    """The thresholds of the analysis, as a manager speaks of them."""

    scheme = forms.ChoiceField(
        label=_("Pyramid"),
        choices=[
            (FOUR, _("Four tiers: vital, major, normal, small")),
            (THREE, _("Three tiers: vital, normal, small")),
        ],
        widget=forms.RadioSelect,
    )
    by = forms.ChoiceField(
        label=_("Value of a customer"),
        choices=MEASURES,
        widget=forms.RadioSelect,
        help_text=_(
            "What the pyramid ranks customers by. By profit, whose costs are not known is in"
            " the lowest tier."
        ),
    )
    vital = forms.DecimalField(
        label=_("Vital customers: the first … percent"), max_digits=5, decimal_places=2
    )
    major = forms.DecimalField(
        label=_("Major customers: up to … percent"),
        help_text=_("Only with four tiers."),
        max_digits=5,
        decimal_places=2,
    )
    normal = forms.DecimalField(
        label=_("Normal customers: up to … percent"), max_digits=5, decimal_places=2
    )
    period_days = forms.IntegerField(
        label=_("Days whose orders count for the pyramid"),
        min_value=1,
        max_value=36_500,
    )
    cuts = forms.ChoiceField(
        label=_("RFM scores"),
        choices=[
            (QUANTILE, _("By quantiles: a fifth of all customers each")),
            (FIXED, _("By fixed cut points")),
        ],
        widget=forms.RadioSelect,
    )
    recency = forms.CharField(
        label=_("Cut points of recency, days"), required=False, max_length=100
    )
    frequency = forms.CharField(
        label=_("Cut points of frequency, orders"), required=False, max_length=100
    )
    monetary = forms.CharField(
        label=_("Cut points of monetary value"),
        required=False,
        max_length=100,
        help_text=_("Four rising numbers each, with blanks between."),
    )
    loyal_days = forms.IntegerField(
        label=_("Loyal from how many purchase days on"), min_value=2, max_value=1000
    )
    lost_floor_days = forms.IntegerField(
        label=_("Nobody is lost within how many days"), min_value=0, max_value=3650
    )
    lost_factor = forms.FloatField(
        label=_("Lost when silent for how many times the own limit"),
        min_value=1,
        max_value=20,
    )

    value_rate = forms.DecimalField(
        label=_("Discount of what is to come (% a year)"),
        help_text=_("For the lifetime value: what a year's delay takes off a profit."),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
    )
    value_years = forms.IntegerField(
        label=_("Years ahead that count for the lifetime value"),
        min_value=1,
        max_value=30,
    )

    def clean(self) -> dict[str, Any]:
        """Check that the tiers climb and that fixed cut points are there."""
        values = super().clean() or {}
        ends = [values.get("vital"), values.get("major"), values.get("normal")]
        if values.get("scheme") == THREE:
            ends.pop(1)
        known = [end for end in ends if end is not None]
        if known != sorted(set(known)) or any(not 0 < end < 100 for end in known):
            self.add_error("normal", _("The percents must rise, between 0 and 100."))
        if values.get("cuts") == FIXED:
            for name in ("recency", "frequency", "monetary"):
                self._clean_cuts(name)
        return values

    def _clean_cuts(self, name: str) -> None:
        try:
            points = [float(part) for part in self.cleaned_data.get(name, "").split()]
        except ValueError:
            points = []
        are_numbers = all(map(isfinite, points))
        if len(points) != BINS - 1 or not are_numbers or points != sorted(points):
            self.add_error(name, _("Four rising numbers are needed."))
        self.cleaned_data[name] = points

    def values(self) -> dict[str, Any]:
        """Return the settings as ``AnalysisSettings`` names them."""
        data = self.cleaned_data
        keys = ["vital", "major", "normal"]
        if data["scheme"] == THREE:
            keys.remove("major")
        tiers = [{"key": key, "up_to": str(data[key])} for key in keys]
        tiers.append({"key": "small", "up_to": "100"})
        names = ("recency", "frequency", "monetary")
        fixed = {name: data[name] for name in names} if data["cuts"] == FIXED else None
        return {
            "pyramid": {
                "tiers": tiers,
                "period_days": data["period_days"],
                "by": data["by"],
            },
            "rfm": {"fixed": fixed},
            "value": {
                "rate": float(data["value_rate"]) / 100,
                "years": data["value_years"],
            },
            "state": {
                key: data[key]
                for key in ("loyal_days", "lost_floor_days", "lost_factor")
            },
        }


def initial_of(settings: AnalysisSettings) -> dict[str, Any]:
    """Return what the form shows for ``settings``."""
    ends = {tier.key: tier.up_to for tier in settings.pyramid.tiers}
    fixed = settings.rfm.fixed
    return {
        "scheme": FOUR if "major" in ends else THREE,
        "by": settings.pyramid.by.value,
        "vital": ends["vital"],
        "major": ends.get("major", Decimal(20)),
        "normal": ends["normal"],
        "period_days": settings.pyramid.period_days,
        "cuts": FIXED if fixed else QUANTILE,
        "loyal_days": settings.state.loyal_days,
        "lost_floor_days": settings.state.lost_floor_days,
        "lost_factor": settings.state.lost_factor,
        "value_rate": round(Decimal(str(100 * settings.value.rate)), 2).normalize(),
        "value_years": settings.value.years,
        **_points(fixed),
    }


def _points(fixed: CutPoints | None) -> dict[str, str]:
    if fixed is None:
        return {}
    return {
        "recency": " ".join(f"{p:g}" for p in fixed.recency),
        "frequency": " ".join(f"{p:g}" for p in fixed.frequency),
        "monetary": " ".join(f"{p:g}" for p in fixed.monetary),
    }


class KeyRuleForm(forms.Form):
    """What a key customer reaches; an empty field does not count."""

    period_days = forms.IntegerField(
        label=_("Days that count"), min_value=1, max_value=3_660
    )
    orders = forms.IntegerField(
        label=_("Orders, at least"), required=False, min_value=1, max_value=100_000
    )
    amount = forms.DecimalField(
        label=_("Amount, at least"),
        required=False,
        min_value=1,
        max_digits=15,
        decimal_places=2,
    )
    profit_rate = forms.DecimalField(
        label=_("Profit rate in percent, at least"),
        required=False,
        min_value=-100,
        max_value=100,
        max_digits=5,
        decimal_places=1,
    )

    def clean(self) -> dict[str, Any]:
        """Check that something is asked."""
        values = super().clean() or {}
        asked = (values.get(name) for name in ("orders", "amount", "profit_rate"))
        if not self.errors and all(one is None for one in asked):
            self.add_error(None, _("Ask for at least one of the three figures."))
        return values

    def values(self) -> dict[str, Any]:
        """Return the rule as ``KeySettings`` names it."""
        data = self.cleaned_data
        money = {name: data[name] for name in ("amount", "profit_rate")}
        return {
            "period_days": data["period_days"],
            "orders": data["orders"],
            **{k: None if v is None else str(v) for k, v in money.items()},
        }


class OfferForm(forms.Form):
    """When others speak for a product, in percent where it is a share."""

    suggestions = forms.IntegerField(
        label=_("Products for one customer, at most"), min_value=1, max_value=5
    )
    confidence = forms.DecimalField(
        label=_("Share of those like the customer who bought it, at least (%)"),
        min_value=Decimal("0.1"),
        max_value=100,
        max_digits=4,
        decimal_places=1,
    )
    lift = forms.DecimalField(
        label=_("That share against the share of all, at least (times)"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
    )
    least = forms.IntegerField(
        label=_("Customers who speak for it, at least"),
        min_value=1,
        max_value=1_000_000,
    )
    support = forms.DecimalField(
        label=_("Share of all buyers who have both goods, at least (%)"),
        min_value=Decimal("0.001"),
        max_value=100,
        max_digits=6,
        decimal_places=3,
    )
    again = forms.DecimalField(
        label=_("Bought again and again: share of its buyers who did (%)"),
        help_text=_(
            "Such a product is proposed to somebody who has it too, once its usual pause"
            " has passed since the last time."
        ),
        min_value=1,
        max_value=100,
        max_digits=4,
        decimal_places=1,
    )

    SHARES = ("confidence", "support", "again")

    @classmethod
    def of(cls, rule: OfferSettings, data: QueryDict | None) -> "OfferForm":
        """Return the form for ``rule``, or for what was sent."""
        shown = {
            name: round(100 * value, 3) if name in cls.SHARES else value
            for name, value in vars(rule).items()
        }
        return cls(data, initial=shown)

    def values(self) -> dict[str, Any]:
        """Return the rule as ``OfferSettings`` names it."""
        return {
            name: float(value) / 100 if name in self.SHARES else _plain(value)
            for name, value in self.cleaned_data.items()
        }


def _plain(value: int | Decimal) -> int | float:
    return value if isinstance(value, int) else float(value)


class CoreForm(forms.Form):
    """Whose profit, of which days, and how much of it is the main share."""

    first_on = forms.DateField(
        label=_("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last_on = forms.DateField(
        label=_("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    percent = forms.IntegerField(label=_("Share in %"), min_value=1, max_value=100)
    by = forms.ChoiceField(
        label=_("Measured by"),
        choices=[(PROFIT, _("Profit")), (AMOUNT, _("Amount"))],
    )

    def __init__(self, *args: Any, reads_profits: bool, **kwargs: Any) -> None:
        """Offer profits only to who may know what goods cost."""
        super().__init__(*args, **kwargs)
        if not reads_profits:
            field = cast("forms.ChoiceField", self.fields["by"])
            field.choices = [(AMOUNT, _("Amount"))]

    def clean(self) -> dict[str, Any]:
        """Check that the days are in their order."""
        values = super().clean() or {}
        first, last = values.get("first_on"), values.get("last_on")
        if first and last and first > last:
            self.add_error("last_on", _("The last day is before the first."))
        return values


class RelationsForm(forms.Form):
    """Whose relationships are counted, and of which tier."""

    whose = forms.ChoiceField(
        label=pgettext_lazy("relations", "Whose customers"), required=False
    )
    tier = forms.ChoiceField(label=_("Tier"), required=False)

    def __init__(
        self, data: QueryDict, *, viewer: Actor, readable: Collection[str]
    ) -> None:
        super().__init__(data)
        self.viewer = viewer
        people = [(f"u{one.pk}", one.name) for one in assignable_users(viewer)]
        groups = [(f"t{one.pk}", one.name) for one in teams(viewer)]
        choices(self, "whose").choices = [
            ("", _("All that I may see")),
            ("mine", _("My own")),
            (_("Teams"), groups),
            (_("Colleagues"), people),
        ]
        choices(self, "tier").choices = [("", _("All tiers")), *Tier.choices]
        # Whoever may not read a field is not told by narrowing either.
        if not {"owner", "team"} <= set(readable):
            del self.fields["whose"]
        if "tier" not in readable:
            del self.fields["tier"]

    @property
    def asked(self) -> Mapping[str, str]:
        """What was asked, for addresses; nothing if something of it was wrong."""
        return self.cleaned_data if self.is_valid() else {}

    def condition(self, *, tier_at: str = "tier") -> Q:
        """
        Return the condition on owner, team and tier; nothing wrong is asked about.

        ``tier_at`` is the path to the tier of what is narrowed.
        """
        if not self.is_valid():
            return Q()
        tier = self.cleaned_data.get("tier")
        found = Q(**{tier_at: tier}) if tier else Q()
        whose = self.cleaned_data.get("whose")
        if whose == "mine":
            return found & Q(owner_id=self.viewer.actor_id)
        if not whose:
            return found
        column = "owner_id" if whose[0] == "u" else "team_id"
        return found & Q(**{column: int(whose[1:])})


def choices(form: forms.Form, name: str) -> forms.ChoiceField:
    """Return a field of ``form`` that offers choices."""
    return cast("forms.ChoiceField", form.fields[name])
