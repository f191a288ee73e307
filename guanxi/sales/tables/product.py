"""The list of products, as a page and as REST."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.foundation.tables.table import (
    Column,
    ColumnKind,
    Empty,
    Table,
)
from guanxi.sales.models import Product
from guanxi.sales.queries.product import product_match, products


def _find_product(_viewer: Actor, text: str) -> Q:
    return product_match(text)


PRODUCTS = Table(
    key="products",
    kind="product",
    model=Product,
    title=_("Products"),
    url="sales:products",
    rows=products,
    search=_find_product,
    searched=["code", "name"],
    default_sort="name",
    template="sales/product_list.html",
    columns=[
        Column(
            "name",
            _("Product name"),
            sort="sort_name",
            link="sales:product",
        ),
        Column("code", _("Product code"), sort="code"),
        Column("category", _("Category"), kind=ColumnKind.TEXT),
        Column("unit", _("Unit"), kind=ColumnKind.TEXT),
        Column("price", _("List price"), kind=ColumnKind.MONEY, sort="price"),
        Column("cost", _("Purchase cost"), kind=ColumnKind.MONEY, shown=False),
        Column("is_active", _("On offer"), kind=ColumnKind.BOOLEAN),
        Column("feature", _("Feature"), kind=ColumnKind.TEXT, shown=False),
        Column(
            "advantage",
            pgettext_lazy("product", "Advantage"),
            kind=ColumnKind.TEXT,
            shown=False,
        ),
        Column(
            "benefit",
            pgettext_lazy("product", "Benefit"),
            kind=ColumnKind.TEXT,
            shown=False,
        ),
    ],
    empty=Empty(
        _("No products yet"),
        _("Enter the first one, or import your price list."),
        _("New product"),
        "sales:new_product",
    ),
)
