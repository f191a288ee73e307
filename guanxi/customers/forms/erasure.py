"""The form that asks to erase a customer for good."""

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guanxi.customers.commands.erasure import LONGEST_REFERENCE, Request
from guanxi.customers.forms.base import RecordForm
from guanxi.customers.rules.erasure import ErasureReason, IdentityCheck


class ErasureForm(RecordForm):
    """Why, how we know who asks, and the name typed by hand: there is no way back."""

    reason = forms.ChoiceField(
        label=pgettext_lazy("erasure", "Why"), choices=ErasureReason.choices
    )
    identity = forms.ChoiceField(
        label=_("How the identity was checked"), choices=IdentityCheck.choices
    )
    reference = forms.CharField(
        label=_("Where the request is filed"),
        max_length=LONGEST_REFERENCE,
        required=False,
        help_text=_("A number only: this is kept, so it must not name the person."),
    )
    typed = forms.CharField(
        label=_("Type the name of the customer to confirm"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        self.name = name
        super().__init__(*args, **kwargs)

    def clean_typed(self) -> str:
        """Return what was typed, if it is the name."""
        typed = str(self.cleaned_data["typed"])
        if " ".join(typed.split()) != " ".join(self.name.split()):
            told = gettext("This is not the name. Type it as it stands above.")
            raise forms.ValidationError(told)
        return typed

    def request(self) -> Request:
        """Return what is asked for."""
        clean = self.cleaned_data
        return Request(
            reason=ErasureReason(clean["reason"]),
            identity=IdentityCheck(clean["identity"]),
            reference=clean["reference"],
        )
