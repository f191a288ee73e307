"""The forms about kinds of customers: what is said of one, and which a customer is."""

from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.commands.handling import HandlingFacts
from guanxi.customers.forms.base import RecordForm
from guanxi.customers.forms.extra import added_field
from guanxi.customers.models import Customer
from guanxi.customers.models.handling import Handling
from guanxi.customers.rules.consent import ContactChannel
from guanxi.customers.rules.field import FieldSpec
from guanxi.customers.rules.handling import (
    LONGEST_TIP,
    MOST_DAYS,
    ContactPolicy,
    Tone,
)

_NOT_SET = ("", pgettext_lazy("choice", "Not set"))


def _text(label: object, longest: int) -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]  # -- lazy text
        max_length=longest,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class HandlingForm(RecordForm):
    """What the house says about one choice of a field."""

    tip_zh = _text(_("Tip in Chinese"), LONGEST_TIP)
    tip_en = _text(_("Tip in English"), LONGEST_TIP)
    description_zh = _text(_("What it means, in Chinese"), 200)
    description_en = _text(_("What it means, in English"), 200)
    statement_zh = _text(_("Words for the customer in Chinese"), 2000)
    statement_en = _text(_("Words for the customer in English"), 2000)
    policy = forms.ChoiceField(
        label=_("Contact policy"),
        choices=[_NOT_SET, *ContactPolicy.choices],
        required=False,
        help_text=_(
            "Where several kinds of one customer differ, the most restrained counts."
        ),
    )
    days = forms.IntegerField(
        label=pgettext_lazy("contact", "Days"),
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        help_text=_("After a purchase, or between two contacts."),
    )
    least_days = forms.IntegerField(
        label=_("Fewest days between two contacts"),
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        help_text=_("Whoever makes contact sooner is warned."),
    )
    channel = forms.ChoiceField(
        label=_("Best channel"),
        choices=[_NOT_SET, *ContactChannel.choices],
        required=False,
    )
    tone = forms.ChoiceField(
        label=pgettext_lazy("contact", "Tone"),
        choices=[_NOT_SET, *Tone.choices],
        required=False,
    )
    is_offered = forms.BooleanField(label=_("Offered"), required=False, initial=True)

    def __init__(
        self, data: QueryDict | None = None, *, handling: Handling | None = None
    ) -> None:
        row = handling or Handling()
        facts = {name: getattr(row, name) for name in self.base_fields}
        super().__init__(data, initial=facts)

    def facts(self) -> HandlingFacts:
        """Return what is said of the choice."""
        clean: HandlingFacts = self.cleaned_data  # type: ignore[assignment]  # -- by name
        return clean


class GroupHandlingForm(HandlingForm):
    """What the house says about a tier or a segment."""

    # A tier is no choice that is offered, and explains itself.
    is_offered = None  # type: ignore[assignment]  # -- how Django leaves a field out
    description_zh = description_en = None  # type: ignore[assignment]  # -- likewise
    statement_zh = statement_en = None  # type: ignore[assignment]  # -- likewise
    field_order = ("policy", "days", "least_days", "channel", "tone")


class TypesForm(RecordForm):
    """Of which kinds a customer is; ``specs`` are the fields that can be set."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        customer: Customer,
        specs: Sequence[FieldSpec],
    ) -> None:
        present = {spec.key: customer.extra.get(spec.key) for spec in specs}
        super().__init__(data, initial={**present, "version": customer.version})
        for spec in specs:
            self.fields[spec.key] = added_field(
                spec, is_required=False, carried=present[spec.key]
            )

    def extra(self) -> dict[str, object]:
        """Return the values by the keys of their fields."""
        return {
            key: value for key, value in self.cleaned_data.items() if key != "version"
        }
