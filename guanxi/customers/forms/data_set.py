"""The forms of the definition sheet of the customer data bank."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.commands.data_set import DataSetFacts
from guanxi.customers.forms.base import RecordForm
from guanxi.customers.forms.credit import Amount
from guanxi.customers.models import DataSet
from guanxi.customers.rules.data_set import LONGEST_NAME, LONGEST_WORDS
from guanxi.foundation.words import Words


def _words(label: Words, help_text: Words) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DataSetForm(RecordForm):
    """What a set of data is about and for, and what it costs."""

    subject = _words(
        pgettext_lazy("data set", "Subject"), _("About whom it is: which customers.")
    )
    purpose = _words(
        pgettext_lazy("data set", "Purpose"), _("What serving customers needs it for.")
    )
    decision = _words(
        pgettext_lazy("data set", "Decision need"),
        _("Which decisions of the house rest on it."),
    )
    ability = _words(
        pgettext_lazy("data set", "Ability to acquire"),
        _("How, and how well, we can get it."),
    )
    upkeep_cost = Amount(
        label=pgettext_lazy("data set", "Upkeep cost a year"), required=False
    )

    def __init__(self, data: QueryDict | None, *, said: DataSet | None) -> None:
        names = DataSetForm.base_fields
        initial = {name: getattr(said, name) for name in names} if said else None
        super().__init__(data, initial=initial)

    def facts(self) -> DataSetFacts:
        """Return what is said of the set."""
        clean = self.cleaned_data
        names = DataSetForm.base_fields
        facts: DataSetFacts = {name: clean[name] for name in names}  # type: ignore[assignment]  # -- by name
        return facts


class NewDataSetForm(DataSetForm):
    """A set of data of the house's own."""

    name = forms.CharField(
        label=pgettext_lazy("data set", "Name"), max_length=LONGEST_NAME
    )

    field_order = ("name",)
