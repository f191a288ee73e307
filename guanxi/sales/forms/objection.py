"""What people type about objections, step by step."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.sales.commands.objection import FEWEST_PARTS
from guanxi.sales.forms.base import RecordForm
from guanxi.sales.models import Objection
from guanxi.sales.rules.objection import (
    FACTS,
    LONGEST_TEXT,
    MOST_PARTS,
    Nature,
    ObjectionKind,
    PayWay,
    PriceSide,
    pay_ways,
)


def _text(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ObjectionForm(RecordForm):
    """What one step asks for; a new objection is asked for its kind with the words."""

    said = _text(_("What the customer says"))
    kind = forms.ChoiceField(
        label=pgettext_lazy("objection", "Kind"), choices=ObjectionKind.choices
    )
    nature = forms.ChoiceField(
        label=pgettext_lazy("objection", "Nature"),
        choices=Nature.choices,
        help_text=_(
            "True: it is meant. False: a pretext to end the talk. Hidden: another one "
            "stands behind it."
        ),
    )
    feeling = _text(_("How we understand it"))
    cause = _text(_("The true reason"))
    price_side = forms.ChoiceField(
        label=_("What the price objection means"),
        choices=[("", "–"), *PriceSide.choices],
        required=False,
        help_text=_("Only for objections to the price."),
    )
    product = forms.IntegerField(required=False, widget=forms.HiddenInput)
    shown = _text(_("What was shown: function and worth"))
    pay_way = forms.ChoiceField(label=_("Way of paying"), widget=forms.RadioSelect)
    parts = forms.IntegerField(
        label=_("Number of instalments"),
        required=False,
        min_value=FEWEST_PARTS,
        max_value=MOST_PARTS,
    )
    agreed = _text(_("What was agreed"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, step: int = 1, found: Objection | None = None
    ) -> None:
        asked = FACTS[step] if found else ("kind", "nature", "said")
        first = {name: getattr(found, name) for name in asked} if found else {}
        if found:
            first |= {"version": found.version, "product": found.product_id}
        super().__init__(data, initial=first)
        for name in self.fields.keys() - {*asked, "version"}:
            del self.fields[name]
        if found and step in _WAYS:
            self._offer_ways(found)

    def facts(self) -> dict[str, Any]:
        """Return what a valid form says, but for the product."""
        left_out = {"version", "product"}
        return {k: v for k, v in self.cleaned_data.items() if k not in left_out}

    def _offer_ways(self, found: Objection) -> None:
        """Offer the ways of paying that such an objection allows."""
        offered = pay_ways(found.kind, found.price_side)
        ways = self.fields["pay_way"]
        assert isinstance(ways, forms.ChoiceField)
        ways.choices = [(one.value, one.label) for one in offered]
        if PayWay.PARTS not in offered:
            del self.fields["parts"]
            ways.help_text = _(
                "Instalments and other ways are offered only to whom the price is over "
                "the budget, or who cannot pay now."
            )


_WAYS = [step for step, names in FACTS.items() if "pay_way" in names]
