"""The form of one rule of keeping."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guanxi.customers.forms.base import RecordForm
from guanxi.customers.rules.retention import LONGEST_MONTHS, SHORTEST_MONTHS


class RetentionForm(RecordForm):
    """How long, and whether the rule works."""

    months = forms.IntegerField(
        label=_("Keep for (months)"),
        min_value=SHORTEST_MONTHS,
        max_value=LONGEST_MONTHS,
    )
    is_on = forms.BooleanField(
        label=_("Carry out every night"),
        required=False,
        help_text=_("Only after it was tried with this time."),
    )
