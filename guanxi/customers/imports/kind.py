"""Files of customers, as the house takes them."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.commands.imports.create import FILLED
from guanxi.customers.commands.imports.undo import (
    remove_customers,
    remove_parts,
    restore_customers,
)
from guanxi.customers.imports.fields import OPTIONS, choices, fields, settle, wants
from guanxi.customers.imports.loader import CustomerLoader
from guanxi.foundation.imports.kinds import ImportKind

CUSTOMERS_IMPORT = ImportKind(
    key="customers",
    label=_("Customers"),
    icon="address-book",
    needs="customer.import",
    list_view="customers:customers",
    fields=fields,
    choices=choices,
    options=OPTIONS,
    loader=CustomerLoader,
    undo=[remove_parts, restore_customers, remove_customers],
    fills=FILLED,
    settle=settle,
    wants=wants,
)
