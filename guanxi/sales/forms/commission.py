"""What people type about commissions."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.identity.queries import assignable_users, teams
from guanxi.sales.commands.commission import PlanTerms
from guanxi.sales.forms.base import Amount, Day, RecordForm, plain
from guanxi.sales.models import CommissionPlan, CommissionShare, Order
from guanxi.sales.rules.commission import (
    LARGEST_RATE,
    MOST_SHARES,
    MOST_TIERS,
    Basis,
    RateTier,
    TierBy,
)

LONGEST_NAME = 80
_NUMBER = {"step": "any", "inputmode": "decimal"}


class MonthForm(RecordForm):
    """Of which month statements are drawn up."""

    month = forms.DateField(
        label=_("Month"),
        input_formats=["%Y-%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
    )


class AdjustForm(RecordForm):
    """An amount that is added by hand, and why."""

    amount = Amount(label=_("Amount (below zero to take away)"))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class PlanForm(RecordForm):
    """The terms of a commission plan."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    basis = forms.ChoiceField(label=_("What earns it"), choices=Basis.choices)
    tier_by = forms.ChoiceField(
        label=_("Tiers are measured by"), choices=TierBy.choices
    )
    is_stepped = forms.ChoiceField(
        label=_("A higher rate is for"),
        choices=[
            ("1", _("what lies within its tier")),
            ("", _("all of it, as soon as the tier is reached")),
        ],
        required=False,
    )
    starts_on = Day(label=_("From"))
    ends_on = Day(label=_("Until"), required=False)
    users: "forms.ModelMultipleChoiceField[Any]" = forms.ModelMultipleChoiceField(
        label=_("For these people"), queryset=None, required=False
    )
    teams: "forms.ModelMultipleChoiceField[Any]" = forms.ModelMultipleChoiceField(
        label=_("For these teams and those below"), queryset=None, required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(
        self,
        data: Any,
        *,
        viewer: Actor,
        plan: CommissionPlan | None = None,
        members: Any = (),
    ) -> None:
        first = _terms_of(plan, members) if plan else {"is_stepped": "1"}
        super().__init__(data, initial=first)
        self._offer("users", assignable_users(viewer))
        self._offer("teams", teams(viewer))
        for number in range(MOST_TIERS):
            self.fields[f"start{number}"] = forms.DecimalField(
                label=_("From (amount, or % of the target)"),
                required=False,
                min_value=0,
                max_digits=14,
                decimal_places=2,
                widget=forms.NumberInput(attrs=_NUMBER),
            )
            self.fields[f"rate{number}"] = forms.DecimalField(
                label=_("Rate in percent"),
                required=False,
                min_value=0,
                max_value=LARGEST_RATE,
                decimal_places=4,
                widget=forms.NumberInput(attrs=_NUMBER),
            )

    def _offer(self, name: str, rows: "QuerySet[Any]") -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = rows

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """All fields but those of the tiers."""
        return [self[name] for name in self.base_fields]

    @property
    def tier_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The two fields of each tier."""
        return [
            (self[f"start{number}"], self[f"rate{number}"])
            for number in range(MOST_TIERS)
        ]

    def terms(self) -> PlanTerms:
        """Return what a valid form says; empty tiers are left out."""
        clean = self.cleaned_data
        pairs = [
            (clean.get(f"start{number}"), clean.get(f"rate{number}"))
            for number in range(MOST_TIERS)
        ]
        return PlanTerms(
            name=clean["name"],
            basis=Basis(clean["basis"]),
            tier_by=TierBy(clean["tier_by"]),
            is_stepped=bool(clean["is_stepped"]),
            tiers=[
                RateTier(start or Decimal(0), rate)
                for start, rate in pairs
                if rate is not None
            ],
            starts_on=clean["starts_on"],
            ends_on=clean["ends_on"],
            users=list(clean["users"]),
            teams=list(clean["teams"]),
        )


class SharesForm(RecordForm):
    """Which colleagues share in the commission of an order."""

    def __init__(
        self, data: Any, *, viewer: Actor, order: Order, shares: Any = ()
    ) -> None:
        known: list[CommissionShare] = list(shares)
        super().__init__(data)
        people = assignable_users(viewer).exclude(pk=order.owner_id or 0)
        for number in range(MOST_SHARES):
            kept = known[number] if number < len(known) else None
            self.fields[f"user{number}"] = forms.ModelChoiceField(
                label=_("Colleague"),
                queryset=people,
                required=False,
                initial=kept.user_id if kept else None,
            )
            self.fields[f"percent{number}"] = forms.DecimalField(
                label=pgettext_lazy("commission", "Share in percent"),
                required=False,
                min_value=0,
                max_value=100,
                max_digits=5,
                decimal_places=2,
                initial=plain(kept.percent) if kept else None,
                widget=forms.NumberInput(attrs=_NUMBER),
            )

    def clean(self) -> dict[str, Any]:
        """Ask for both of a pair, and for each colleague once."""
        clean = super().clean() or {}
        people = []
        for number in range(MOST_SHARES):
            user, percent = clean.get(f"user{number}"), clean.get(f"percent{number}")
            if (user is None) != (percent is None):
                field = f"percent{number}" if user else f"user{number}"
                self.add_error(field, _("Name the colleague and the share."))
            if user in people:
                self.add_error(f"user{number}", _("This colleague stands here twice."))
            people += [user] if user else []
        return clean

    def shares(self) -> dict[Any, Decimal]:
        """Return the shares of a valid form."""
        clean = self.cleaned_data
        pairs = [
            (clean.get(f"user{number}"), clean.get(f"percent{number}"))
            for number in range(MOST_SHARES)
        ]
        return {
            user: percent for user, percent in pairs if user and percent is not None
        }


def _terms_of(plan: CommissionPlan, members: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": plan.name,
        "basis": plan.basis,
        "tier_by": plan.tier_by,
        "is_stepped": "1" if plan.is_stepped else "",
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "users": [one.user_id for one in members if one.user_id],
        "teams": [one.team_id for one in members if one.team_id],
        "version": plan.version,
    }
    for number, one in enumerate(plan.steps):
        found[f"start{number}"] = f"{one.start.normalize():f}"
        found[f"rate{number}"] = f"{one.rate.normalize():f}"
    return found
