"""Words and laws of sales: states of orders and payments."""

from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrderState(TextChoices):
    """How far an order is."""

    DRAFT = "draft", pgettext_lazy("order", "Draft")
    PLACED = "placed", pgettext_lazy("order", "Placed")
    RELEASED = "released", pgettext_lazy("order", "Released")
    SHIPPED = "shipped", pgettext_lazy("order", "Shipped")
    DONE = "done", pgettext_lazy("order", "Completed")
    CANCELLED = "cancelled", pgettext_lazy("order", "Cancelled")


class PaymentState(TextChoices):
    """How much of an order is paid."""

    UNPAID = "unpaid", _("Unpaid")
    PART = "part", _("Partly paid")
    PAID = "paid", pgettext_lazy("order", "Paid")
    REFUNDED = "refunded", _("Refunded")


class Channel(TextChoices):
    """Where an order came in."""

    STORE = "store", _("Store")
    ONLINE = "online", _("Online shop")
    PHONE = "phone", _("By phone")
    SALES = "sales", _("Sales representative")
    PARTNER = "partner", _("Distributor")
    OTHER = "other", _("Other")


def payment_state(total: Decimal, paid: Decimal, refunded: Decimal) -> PaymentState:
    """Return the payment state of an order from its sums."""
    if refunded > 0 and refunded >= paid:
        return PaymentState.REFUNDED
    if paid <= 0 < total:
        return PaymentState.UNPAID
    return PaymentState.PAID if paid >= total else PaymentState.PART
