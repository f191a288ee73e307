"""Whose customers go to whom, which of them, and how they are spread."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.forms.base import RecordForm
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.handover import Criteria, Plan
from guanxi.customers.rules import State, Tier
from guanxi.customers.rules.handover import Spread
from guanxi.foundation.actor import Actor
from guanxi.identity.queries import assignable_users, users

if TYPE_CHECKING:
    from guanxi.identity.models import User

_ANY = ("", pgettext_lazy("customers", "All"))


class HandoverForm(RecordForm):
    """A plan; what ``viewer`` may not read of customers is not asked."""

    old_owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=_("Whose customers"), queryset=None
    )
    takers: "forms.ModelMultipleChoiceField[User]" = forms.ModelMultipleChoiceField(
        label=_("Who takes them over"),
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
    )
    spread = forms.ChoiceField(
        label=_("With several colleagues, spread"),
        choices=Spread.choices,
        initial=Spread.EQUAL,
        widget=forms.RadioSelect,
    )
    state = forms.ChoiceField(
        label=pgettext_lazy("customer", "State"),
        choices=[_ANY, *State.choices],
        required=False,
    )
    tier = forms.ChoiceField(
        label=_("Tier"), choices=[_ANY, *Tier.choices], required=False
    )
    city = forms.CharField(
        label=_("City"),
        max_length=30,
        required=False,
        help_text=_("As it stands in the record; empty for all cities."),
    )

    def __init__(self, *args: Any, viewer: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, people in (
            ("old_owner", users(viewer)),
            ("takers", assignable_users(viewer)),
        ):
            chosen = self.fields[name]
            assert isinstance(chosen, forms.ModelChoiceField)
            chosen.queryset = people
        readable = CUSTOMER.readable(viewer)
        for name in {"state", "tier", "city"} - readable:
            del self.fields[name]
        if "city" not in readable:
            self.fields["spread"].choices = [  # type: ignore[attr-defined]  # -- a ChoiceField
                (Spread.EQUAL.value, Spread.EQUAL.label)
            ]

    def criteria(self) -> Criteria:
        """Return which customers go."""
        names = ("state", "tier", "city")
        return Criteria(**{name: self.cleaned_data.get(name, "") for name in names})

    def plan(self) -> Plan:
        """Return what is to be shown before anything is done."""
        clean = self.cleaned_data
        takers = [one.pk for one in clean["takers"]]
        spread = Spread(clean["spread"])
        return Plan(clean["old_owner"].pk, takers, spread, self.criteria())
