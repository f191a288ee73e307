"""How products plug in."""

from django.utils.translation import gettext_lazy as _

from guanxi.foundation.erasing.declared import Impersonal
from guanxi.foundation.rooms import Create, Fact, Finder, Nav, Room
from guanxi.sales.imports.products import PRODUCTS_IMPORT
from guanxi.sales.queries.fact import product_facts
from guanxi.sales.queries.product import find_products
from guanxi.sales.tables import PRODUCTS

room = Room(
    nav=[
        Nav(
            _("Products"),
            "sales:products",
            needs="product.read",
            icon="package",
            group=_("Sales"),
            order=31,
        ),
    ],
    creates=[
        Create(
            _("Product"),
            "sales:new_product",
            needs="product.create",
            icon="package",
            order=30,
        ),
    ],
    facts=[Fact("products", product_facts)],
    finds=[Finder(_("Products"), "package", find_products)],
    tables=[PRODUCTS],
    impersonal=[Impersonal(["sales.Product"], "Tells what we sell, and of nobody.")],
    imports=[PRODUCTS_IMPORT],
)
