"""What a duty is, its text, and who has fulfilled it."""

from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.identity.commands.duty import DutyFacts, Evidence
from guanxi.identity.models import User
from guanxi.identity.queries import assignable_users
from guanxi.identity.rules.duty import GATE_LABELS, KIND_LABELS, Gate


class DutyForm(forms.Form):
    """What happens to who is overdue with a duty, and how long it holds."""

    title = forms.CharField(label=pgettext_lazy("duty", "Title"), max_length=120)
    gate = forms.ChoiceField(
        label=_("While overdue"),
        choices=list(GATE_LABELS.items()),
        help_text=_(
            "Closed: phone, address, ID number and the like are covered, and neither "
            "revealed nor exported, until it is done."
        ),
    )
    days = forms.IntegerField(
        label=_("Days to do it"),
        min_value=0,
        max_value=365,
        initial=14,
        help_text=_("From the day it takes effect, or from when a colleague joined."),
    )
    months = forms.IntegerField(
        label=_("Holds for months"),
        min_value=0,
        max_value=120,
        initial=12,
        help_text=_("0: for ever."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    @property
    def facts(self) -> DutyFacts:
        """Return what was said."""
        clean = self.cleaned_data
        return DutyFacts(
            title=clean["title"],
            gate=Gate(clean["gate"]),
            days=clean["days"],
            months=clean["months"],
            is_active=clean["is_active"],
        )


class VersionForm(forms.Form):
    """The text of a duty, and from when it counts."""

    text = forms.CharField(
        label=_("Text"),
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("What is to be read, learned or signed."),
    )
    effective_on = forms.DateField(
        label=_("Takes effect on"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["effective_on"].initial = localdate


class NewDutyForm(VersionForm, DutyForm):
    """A new duty with its first text."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("duty", "Kind"), choices=list(KIND_LABELS.items())
    )
    field_order = ["kind", "title", "text", "effective_on", "gate", "days", "months"]


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # -- not generic when it runs
    """Tick boxes with names."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: User) -> str:
        """Return what colleagues call the user."""
        return obj.name


class FulfilmentForm(forms.Form):
    """Who passed a training or signed an agreement, when, and where the proof is."""

    users = PeopleField(label=_("People"), queryset=User.objects.none())
    done_on = forms.DateField(
        label=_("Done on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    valid_until = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: as long as the duty says."),
    )
    is_passed = forms.BooleanField(label=_("Passed"), required=False, initial=True)
    result = forms.CharField(
        label=_("Result"),
        max_length=60,
        required=False,
        help_text=_("Such as the points of a test."),
    )
    place = forms.CharField(
        label=_("Where it is kept"),
        max_length=200,
        required=False,
        help_text=_("Cabinet and folder of the paper, or the address of the scan."),
    )

    def __init__(self, viewer: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["users"].queryset = assignable_users(viewer)  # type: ignore[attr-defined]  # -- a PeopleField
        self.fields["done_on"].initial = localdate

    @property
    def evidence(self) -> Evidence:
        """Return what was said of it."""
        clean = {k: v for k, v in self.cleaned_data.items() if k != "users"}
        return Evidence(**clean)
