"""What people set before an analysis runs."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AnalysisForm(forms.Form):
    """The day as of which to look."""

    as_of = forms.DateField(
        label=_("As of the end of"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "Orders after this day are not looked at. For past data choose its last day."
        ),
    )
