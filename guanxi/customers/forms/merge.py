"""What is asked when two customers become one."""

from collections.abc import Mapping

from django import forms

from guanxi.customers.forms.base import RecordForm
from guanxi.customers.rules.merge import CHOSEN, Choices, Side


class MergeForm(RecordForm):
    """Whose value each field gets, and the versions of the two that were compared."""

    target = forms.IntegerField()
    survivor_version = forms.IntegerField()
    gone_version = forms.IntegerField()

    def __init__(self, data: Mapping[str, str] | None = None) -> None:
        super().__init__(data)
        for name in CHOSEN:
            self.fields[name] = forms.ChoiceField(choices=Side.choices, required=False)

    @property
    def choices(self) -> Choices:
        """By field, whose value was chosen; without the fields that offered no choice."""
        clean = self.cleaned_data
        return {name: Side(clean[name]) for name in CHOSEN if clean[name]}

    @property
    def versions(self) -> tuple[int, int]:
        """The versions that were compared."""
        clean = self.cleaned_data
        return clean["survivor_version"], clean["gone_version"]


def choice_of(form: MergeForm, field: str) -> str:
    """Return what was chosen for ``field`` in a form that is shown again."""
    return str(form.data.get(field, "")) if form.is_bound else ""
