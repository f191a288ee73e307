"""What people type about products."""

from typing import cast

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.foundation.words import Words
from guanxi.sales.commands.product import ProductFacts
from guanxi.sales.forms.base import Amount, RecordForm
from guanxi.sales.models import Product
from guanxi.sales.policies import PRODUCT


def _part(label: Words, help_text: Words) -> forms.CharField:
    """Return a field for one of the three parts in which a product is talked about."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ProductForm(RecordForm):
    """A product, with the fields that ``by`` may write."""

    code = forms.CharField(label=_("Product code"), max_length=60)
    name = forms.CharField(label=_("Product name"), max_length=200)
    category = forms.CharField(label=_("Category"), max_length=80, required=False)
    unit = forms.CharField(
        label=_("Unit"),
        max_length=20,
        required=False,
        help_text=_("Piece, box, hour …"),
    )
    price = Amount(label=_("List price"))
    cost = Amount(label=_("Purchase cost"), required=False)
    is_active = forms.BooleanField(label=_("On offer"), required=False, initial=True)
    feature = _part(_("Feature"), _("What it has or is made of."))
    advantage = _part(
        pgettext_lazy("product", "Advantage"), _("What that does, better than others.")
    )
    benefit = _part(
        pgettext_lazy("product", "Benefit"), _("What the customer gains by it.")
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        by: Actor,
        product: Product | None = None,
    ) -> None:
        super().__init__(data, initial=_facts_of(product) if product else None)
        for name in PRODUCT.fields.keys() - PRODUCT.writable(by):
            del self.fields[name]
        for name in ("price", "cost"):
            if name in self.fields:
                self.fields[name].help_text = _("In %(currency)s.") % {
                    "currency": product.currency if product else settings.CURRENCY
                }

    def facts(self) -> ProductFacts:
        """Return what the command takes."""
        clean = {k: v for k, v in self.cleaned_data.items() if k != "version"}
        return cast("ProductFacts", clean)


def _facts_of(product: Product) -> dict[str, object]:
    names = [*PRODUCT.fields, "version"]
    return {name: getattr(product, name) for name in names}
