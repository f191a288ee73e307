"""The forms about contacts and costs."""

from datetime import datetime
from decimal import Decimal

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.commands.investment import InvestmentFacts
from guanxi.customers.forms.base import RecordForm
from guanxi.customers.forms.credit import Amount
from guanxi.customers.models import Investment
from guanxi.customers.policies import INVESTMENT
from guanxi.customers.rules.investment import (
    LONGEST_NOTE,
    LONGEST_PLACE,
    Aim,
    ContactMode,
)
from guanxi.foundation.actor import Actor, Level

# Beside what everybody sees of a contact or cost, and so says of a new one.
_GUARDED = ("place", "amount", "note")


class Moment(forms.DateTimeField):
    """A day and time, typed with the browser's own calendar."""

    widget = forms.DateTimeInput(
        attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
    )


class CostForm(RecordForm):
    """What was spent on a customer, what for, and when."""

    aim = forms.ChoiceField(
        label=pgettext_lazy("cost", "For"),
        choices=Aim.choices,
        widget=forms.RadioSelect,
    )
    amount = Amount(label=pgettext_lazy("cost", "Expense"))
    happened_at = Moment(label=pgettext_lazy("contact", "When"))
    note = forms.CharField(
        label=pgettext_lazy("contact", "About"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, data: QueryDict | None, *, viewer: Actor, investment: Investment
    ) -> None:
        names = self.base_fields
        facts = {name: getattr(investment, name) for name in names}
        super().__init__(data, initial=facts)
        for name in _GUARDED:
            if name in names and INVESTMENT.level(viewer, name) < Level.WRITE:
                del self.fields[name]

    def facts(self) -> InvestmentFacts:
        """Return what is said of the contact or cost."""
        clean = self.cleaned_data
        facts: InvestmentFacts = {name: clean[name] for name in self.fields}  # type: ignore[assignment]  # -- by name
        facts["aim"] = Aim(clean["aim"])
        return facts


class ContactForm(CostForm):
    """When, where and how somebody was in contact with a customer, and what it cost."""

    mode = forms.ChoiceField(
        label=pgettext_lazy("contact", "Mode"), choices=ContactMode.choices
    )
    place = forms.CharField(
        label=pgettext_lazy("contact", "Place"),
        max_length=LONGEST_PLACE,
        required=False,
    )
    amount = Amount(
        label=pgettext_lazy("cost", "Expense"),
        required=False,
        help_text=_("Travel, meals, gifts: empty if it cost nothing."),
    )

    field_order = ("mode", "happened_at", "place", "aim", "amount", "note")

    def facts(self) -> InvestmentFacts:
        """Return what is said of the contact."""
        facts = super().facts()
        facts["mode"] = ContactMode(self.cleaned_data["mode"])
        if "amount" in self.fields:
            facts["amount"] = self.cleaned_data["amount"] or Decimal(0)
        return facts


def form_for(
    data: QueryDict | None, *, viewer: Actor, investment: Investment
) -> CostForm:
    """Return the form of a contact, or of a cost without one."""
    kind = ContactForm if investment.is_contact else CostForm
    return kind(data, viewer=viewer, investment=investment)


def new_investment(*, is_contact: bool, at: datetime) -> Investment:
    """Return what a form starts with; it is not stored."""
    mode = ContactMode.PHONE if is_contact else ""
    aim = Aim.SERVICE if is_contact else Aim.RETENTION
    made = Investment(aim=aim, mode=mode, happened_at=at)
    made.amount = None  # type: ignore[assignment]  # -- not typed yet
    return made
