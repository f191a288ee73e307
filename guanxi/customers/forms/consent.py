"""The forms about consent, closed channels and contact preferences."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guanxi.customers.commands.consent import (
    LONGEST_PROOF,
    LONGEST_REFERENCE,
    LONGEST_TEXT,
    Statement,
)
from guanxi.customers.commands.contact import LONGEST_REASON, Preference
from guanxi.customers.forms.base import Day, RecordForm
from guanxi.customers.models import Code
from guanxi.customers.queries.consent import purposes
from guanxi.customers.rules.consent import ContactChannel

GIVEN, WITHDRAWN = "given", "withdrawn"


class ConsentForm(RecordForm):
    """What a customer said about being contacted."""

    answer = forms.ChoiceField(
        label=_("The customer"),
        choices=[
            (GIVEN, pgettext_lazy("consent", "gives consent")),
            (WITHDRAWN, pgettext_lazy("consent", "withdraws consent")),
        ],
        initial=GIVEN,
        widget=forms.RadioSelect,
    )
    purposes = forms.MultipleChoiceField(
        label=pgettext_lazy("consent", "Purposes"), widget=forms.CheckboxSelectMultiple
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"),
        choices=ContactChannel.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    is_text_shown = forms.BooleanField(
        label=_("The consent text in force was shown"), required=False
    )
    proof = forms.CharField(
        label=_("Proof in words"),
        max_length=LONGEST_PROOF,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Such as: said on the phone to me, signed at the counter."),
    )
    reference = forms.CharField(
        label=_("Where the record lies"),
        max_length=LONGEST_REFERENCE,
        required=False,
        help_text=_("Number or place of the form, the message or the recording."),
    )
    effective_on = Day(label=_("Since"), required=False)
    expires_on = Day(
        label=_("Holds until"),
        required=False,
        help_text=_("Leave it empty if it holds until it is withdrawn."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["purposes"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        chosen.choices = [(code.key, str(code)) for code in purposes()]

    def statement(self) -> Statement:
        """Return what was said."""
        clean = self.cleaned_data
        return Statement(
            is_given=clean["answer"] == GIVEN,
            purposes=clean["purposes"],
            channels=[ContactChannel(key) for key in clean["channels"]],
            proof=clean["proof"],
            reference=clean["reference"],
            is_text_shown=clean["is_text_shown"],
            effective_on=clean["effective_on"],
            expires_on=clean["expires_on"],
        )


class WithdrawalForm(RecordForm):
    """How somebody said that all contact is to end."""

    proof = forms.CharField(
        label=_("What the customer said, and how"),
        max_length=LONGEST_PROOF,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}),
    )


class BlockForm(RecordForm):
    """By what nobody is to come to a customer, and why."""

    channel = forms.ChoiceField(
        label=pgettext_lazy("contact", "Channel"),
        choices=[("", _("All channels")), *ContactChannel.choices],
        required=False,
    )
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON)

    def chosen(self) -> ContactChannel | None:
        """Return the channel, None for all of them."""
        key = self.cleaned_data["channel"]
        return ContactChannel(key) if key else None


class Hour(forms.TimeField):
    """A time of the day, typed with the browser's own clock."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PreferenceForm(RecordForm):
    """How and when a customer likes to be reached."""

    channel = forms.ChoiceField(
        label=_("Preferred channel"),
        choices=[("", _("Not known")), *ContactChannel.choices],
        required=False,
    )
    start = Hour(label=_("Preferred hours from"), required=False)
    end = Hour(label=_("Preferred hours until"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.fields["time_zone"]
        assert isinstance(zone, forms.ChoiceField)
        own = gettext("As here (%(zone)s)") % {"zone": settings.TIME_ZONE}
        zones = (z for z in sorted(zoneinfo.available_timezones()) if "/" in z)
        zone.choices = [("", own), *((z, z.replace("_", " ")) for z in zones)]

    def preference(self) -> Preference:
        """Return what was chosen."""
        clean = self.cleaned_data
        channel = clean["channel"]
        return Preference(
            channel=ContactChannel(channel) if channel else None,
            start=clean["start"],
            end=clean["end"],
            time_zone=clean["time_zone"],
        )


class ConsentTextForm(RecordForm):
    """A new wording of what is asked for a purpose."""

    purpose: "forms.ModelChoiceField[Code]" = forms.ModelChoiceField(
        label=pgettext_lazy("consent", "Purpose"), queryset=None
    )
    text_zh = forms.CharField(
        label=_("Chinese text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    text_en = forms.CharField(
        label=_("English text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        purpose = self.fields["purpose"]
        assert isinstance(purpose, forms.ModelChoiceField)
        purpose.queryset = purposes()
