"""The forms about why a customer stays."""

from datetime import date
from decimal import Decimal
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.commands.bond import Parts, Scores
from guanxi.customers.forms.base import Day, RecordForm
from guanxi.customers.forms.credit import Amount
from guanxi.customers.rules.bond import (
    COSTS,
    FACTORS,
    LONGEST_NAME,
    LONGEST_NOTE,
    MEANINGS,
    OPINIONS,
    SCORES,
    TOP,
    VALUES,
    AssessmentMethod,
    SwitchingItem,
)
from guanxi.foundation.words import Words


class Score(forms.DecimalField):
    """A score from 0 to 10 with one decimal at most; empty is not known."""

    def __init__(self, label: Words, help_text: Words = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            min_value=0,
            max_value=TOP,
            max_digits=3,
            decimal_places=1,
            widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
        )


def _note() -> forms.CharField:
    return forms.CharField(
        label=pgettext_lazy("bond", "Remarks"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class BondForm(RecordForm):
    """How satisfied a customer is and what binds it, how that was learned and when."""

    method = forms.ChoiceField(
        label=pgettext_lazy("assessment", "How it was learned"),
        choices=AssessmentMethod.choices,
        widget=forms.RadioSelect,
    )
    assessed_on = Day(label=pgettext_lazy("assessment", "As of"))

    def __init__(self, data: QueryDict | None, *, today: date) -> None:
        usual = {"method": AssessmentMethod.ASKED.value, "assessed_on": today}
        super().__init__(data, initial=usual)
        for name, label in OPINIONS.items():
            self.fields[name] = Score(label, _("0 to 10; empty if not known."))
        for name, label in FACTORS.items():
            self.fields[name] = Score(label, MEANINGS[name])
        self.fields["note"] = _note()

    def method_chosen(self) -> AssessmentMethod:
        """Return how it was learned."""
        return AssessmentMethod(self.cleaned_data["method"])

    def scores(self) -> Scores:
        """Return what was scored."""
        clean = self.cleaned_data
        return cast("Scores", {name: clean[name] for name in SCORES})


class SwitchingCostForm(RecordForm):
    """Something that changing to another supplier would cost a customer."""

    item = forms.ChoiceField(
        label=pgettext_lazy("switching", "Item"), choices=SwitchingItem.choices
    )
    product = forms.CharField(
        label=_("Product"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=_("Empty: whatever it buys from us."),
    )
    amount = Amount(label=pgettext_lazy("switching", "Would cost the customer"))
    note = _note()

    def item_chosen(self) -> SwitchingItem:
        """Return what it is."""
        return SwitchingItem(self.cleaned_data["item"])


class DeliveredValueForm(RecordForm):
    """What an offer gives a customer and costs it, part by part."""

    offer = forms.CharField(
        label=pgettext_lazy("delivered", "Offer"), max_length=LONGEST_NAME
    )
    supplier = forms.CharField(
        label=pgettext_lazy("delivered", "Supplier"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=_("Empty for an offer of ours; else who else offers it."),
    )
    assessed_on = Day(label=pgettext_lazy("assessment", "As of"))

    def __init__(self, data: QueryDict | None, *, today: date) -> None:
        super().__init__(data, initial={"assessed_on": today})
        for name, label in (*VALUES.items(), *COSTS.items()):
            self.fields[name] = Amount(label=label, required=False)

    def parts(self) -> Parts:
        """Return the amounts, 0 for what was left empty."""
        clean = self.cleaned_data
        names = (*VALUES, *COSTS)
        return cast("Parts", {name: clean[name] or Decimal(0) for name in names})
