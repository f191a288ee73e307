"""The form that asks for a copy of all that is held about a person."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guanxi.customers.forms.base import RecordForm
from guanxi.customers.rules.erasure import IdentityCheck


class SubjectExportForm(RecordForm):
    """How we made sure that it is the person who asks."""

    identity = forms.ChoiceField(
        label=_("How the identity was checked"), choices=IdentityCheck.choices
    )

    def chosen(self) -> IdentityCheck:
        """Return how it was checked."""
        return IdentityCheck(self.cleaned_data["identity"])
