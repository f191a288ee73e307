"""Files of orders, as the house takes them."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.commands.imports.create import FILLED
from guanxi.customers.commands.imports.undo import remove_customers, restore_customers
from guanxi.foundation.imports.kinds import ImportKind
from guanxi.sales.commands.imports.order_undo import remove_orders, restore_orders
from guanxi.sales.imports.order_fields import (
    OPTIONS,
    choices,
    fields,
    propose,
    wants,
)
from guanxi.sales.imports.order_loader import OrderLoader
from guanxi.sales.models import Order, OrderLine, Payment

ORDERS_IMPORT = ImportKind(
    key="orders",
    label=_("Orders"),
    icon="receipt",
    needs="order.import",
    list_view="sales:orders",
    fields=fields,
    choices=choices,
    options=OPTIONS,
    loader=OrderLoader,
    undo=[restore_orders, remove_orders, restore_customers, remove_customers],
    fills=[Order, OrderLine, Payment, *FILLED],
    propose=propose,
    wants=wants,
)
