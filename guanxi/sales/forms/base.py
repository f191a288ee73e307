"""What the forms of sales share."""

from decimal import Decimal

from django import forms

from guanxi.foundation.errors import Refused
from guanxi.foundation.words import Words


class Day(forms.DateField):
    """A day, typed with the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Amount(forms.DecimalField):
    """An amount of money with two decimals."""

    def __init__(self, *, label: Words, required: bool = True) -> None:
        super().__init__(
            label=label,
            required=required,
            max_digits=14,
            decimal_places=2,
            widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
        )


class RecordForm(forms.Form):
    """A form whose command may refuse what was typed."""

    def add_refusal(self, refusal: Refused) -> None:
        """Show a refusal at its field, or above the form if it has none here."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, refusal.message)


def plain(number: Decimal) -> str:
    """Return a number as one types it: two decimals unless it has more."""
    short = number.quantize(Decimal("0.01"))
    return f"{short if short == number else number:f}"
