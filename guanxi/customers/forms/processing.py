"""What of the register of processing is shown."""

from collections.abc import Sequence
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.queries.processing import Activity
from guanxi.customers.rules.purpose import CLASSES


class ProcessingForm(forms.Form):
    """Purpose, kind of record and class; each empty for all."""

    purpose = forms.ChoiceField(label=_("Purpose"), required=False)
    kind = forms.ChoiceField(
        label=pgettext_lazy("processing", "Record"), required=False
    )
    privacy = forms.ChoiceField(
        label=pgettext_lazy("privacy", "Class"),
        required=False,
        choices=[("", _("All")), *CLASSES.items()],
    )

    def __init__(self, sent: QueryDict | None, every: Sequence[Activity]) -> None:
        super().__init__(sent)
        purposes = [(one.purpose.key, one.purpose.label) for one in every]
        kinds = {f.policy.kind: f.policy.label for one in every for f in one.fields}
        for name, choices in (("purpose", purposes), ("kind", list(kinds.items()))):
            field = cast("forms.ChoiceField", self.fields[name])
            field.choices = [("", _("All")), *choices]
