"""Who may do what with products, and which of their fields tell secrets."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.actor import Level
from guanxi.foundation.policies import Field, Policy, register
from guanxi.sales.models import Product

PRODUCT = register(
    Policy(
        kind="product",
        label=_("Products"),
        actions={
            "read": _("See"),
            "create": _("Create"),
            "edit": _("Change"),
            "delete": _("Delete and restore"),
            "export": _("Export"),
            "import": _("Import"),
        },
        fields={
            "code": Field(_("Product code")),
            "name": Field(_("Product name")),
            "category": Field(_("Category")),
            "unit": Field(_("Unit")),
            "price": Field(_("List price")),
            # What we pay for it is told only to roles that name it.
            "cost": Field(_("Purchase cost"), level=Level.HIDDEN),
            "is_active": Field(_("On offer")),
            "feature": Field(_("Feature")),
            "advantage": Field(pgettext_lazy("product", "Advantage")),
            "benefit": Field(pgettext_lazy("product", "Benefit")),
            "note": Field(_("Note")),
        },
        always=[
            *("code", "name", "category", "unit", "is_active"),
            *("feature", "advantage", "benefit"),
        ],
    ),
    Product,
)
