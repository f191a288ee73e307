"""What people type about payments, refunds, limits and instalments."""

from decimal import Decimal
from typing import TypedDict

from django import forms
from django.utils.translation import gettext_lazy as _

from guanxi.sales.forms.base import Amount, RecordForm
from guanxi.sales.rules.order import Method


class InstalmentTerms(TypedDict):
    """An amount, the number of its parts, and what is paid at once."""

    amount: Decimal
    count: int
    down_payment: Decimal


class PaymentForm(RecordForm):
    """Money that came in."""

    amount = Amount(label=_("Amount"))
    method = forms.ChoiceField(label=_("Method"), choices=Method.choices)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class RefundForm(RecordForm):
    """Money given back."""

    amount = Amount(label=_("Amount"))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class BeyondForm(RecordForm):
    """Why an order is released beyond the credit limit."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It stands on the order, with your name in its history."),
    )


class InstalmentForm(RecordForm):
    """An offer to pay in parts."""

    amount = Amount(label=_("Amount"))
    down_payment = Amount(label=_("Down payment"), required=False)
    count = forms.IntegerField(
        label=_("Instalments"), min_value=1, max_value=60, initial=3
    )

    def terms(self) -> "InstalmentTerms":
        """Return what query and command take."""
        clean = self.cleaned_data
        return {
            "amount": clean["amount"],
            "count": clean["count"],
            "down_payment": clean["down_payment"] or Decimal(0),
        }
