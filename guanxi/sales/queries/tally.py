"""What can be counted of a customer's orders: how many, how much, which goods."""

from collections.abc import Sequence

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from guanxi.customers.rules.segment import ShippedSegment, long_buying
from guanxi.foundation.actor import Actor
from guanxi.foundation.rooms import Tally
from guanxi.foundation.tables.where import Condition, Group
from guanxi.foundation.words import Words
from guanxi.sales.models import Order, OrderLine, Product
from guanxi.sales.models.order import OrderQuerySet
from guanxi.sales.policies import ORDER
from guanxi.sales.rules.order import Channel

# More would be no menu any more: then codes and categories are typed.
MOST_CHOICES = 200
Parts = Sequence[tuple[str, Words]]


def _orders(viewer: Actor) -> OrderQuerySet:
    """Return the orders that count as purchases, as far as ``viewer`` sees them."""
    return Order.objects.real().filter(ORDER.visible(viewer))


def _orders_of_house_money(viewer: Actor) -> OrderQuerySet:
    return _orders(viewer).filter(currency=settings.CURRENCY)


def _owing(viewer: Actor) -> OrderQuerySet:
    rows = Order.objects.owing().filter(ORDER.visible(viewer))
    return rows.filter(currency=settings.CURRENCY)


def _lines(viewer: Actor) -> "QuerySet[OrderLine]":
    return OrderLine.objects.filter(order__in=_orders(viewer).order_by())


def _first_of_category(viewer: Actor) -> "QuerySet[OrderLine]":
    """
    Return the lines by which a customer first bought of a category, having bought others.

    A category stands for a line of business.
    """
    before = OrderLine.objects.filter(
        order__customer_id=OuterRef("order__customer_id"),
        order__in=_orders(viewer).order_by(),
        order__ordered_at__lt=OuterRef("order__ordered_at"),
    )
    known = before.filter(product__category=OuterRef("product__category"))
    lines = _lines(viewer).exclude(product__category="").filter(product__isnull=False)
    return lines.filter(Exists(before), ~Exists(known))


def _channels(_viewer: Actor) -> Parts:
    return Channel.choices


def _products(_viewer: Actor) -> Parts:
    rows = Product.objects.kept().order_by("sort_name", "pk")
    found = list(rows.values_list("code", "name")[: MOST_CHOICES + 1])
    return found if len(found) <= MOST_CHOICES else []


def _categories(_viewer: Actor) -> Parts:
    rows = Product.objects.kept().exclude(category="").order_by("category")
    found = rows.values_list("category", flat=True).distinct()[: MOST_CHOICES + 1]
    names = [(name, name) for name in found]
    return names if len(names) <= MOST_CHOICES else []


_PLACE = "customer"
ORDER_TALLIES: Sequence[Tally] = (
    Tally(
        _PLACE,
        "orders",
        _("Orders placed"),
        "order.read",
        _orders,
        "customer_id",
        "ordered_at",
    ),
    Tally(
        _PLACE,
        "order_sum",
        _("Amount ordered"),
        "order.read",
        _orders_of_house_money,
        "customer_id",
        "ordered_at",
        figure=Sum(F("total") - F("refunded")),
        fields=["order.total"],
        is_money=True,
    ),
    Tally(
        _PLACE,
        "owed_sum",
        _("Amount owed, due"),
        "order.read",
        _owing,
        "customer_id",
        "due_on",
        figure=Sum(F("total") - F("paid")),
        fields=["order.total"],
        is_money=True,
    ),
    Tally(
        _PLACE,
        "order_channel",
        _("Ordered by way of"),
        "order.read",
        _orders,
        "customer_id",
        "ordered_at",
        part="channel",
        parts=_channels,
    ),
    Tally(
        _PLACE,
        "bought",
        _("Product bought"),
        "order.read",
        _lines,
        "order__customer_id",
        "order__ordered_at",
        part="product__code",
        parts=_products,
        fields=["order.lines"],
    ),
    Tally(
        _PLACE,
        "bought_category",
        _("Category bought"),
        "order.read",
        _lines,
        "order__customer_id",
        "order__ordered_at",
        part="product__category",
        parts=_categories,
        fields=["order.lines"],
    ),
    Tally(
        _PLACE,
        "new_lines",
        _("Lines of business bought for the first time"),
        "order.read",
        _first_of_category,
        "order__customer_id",
        "order__ordered_at",
        fields=["order.lines"],
    ),
)

NEW_BUSINESS = ShippedSegment(
    "new_business",
    gettext_noop("New customers of a new line of business"),
    gettext_noop(
        "Long-standing customers who bought from another product category for the first "
        "time within the last 90 days."
    ),
    Group("and", (*long_buying(), Condition("new_lines", "least", ("90d", "1")))),
)
