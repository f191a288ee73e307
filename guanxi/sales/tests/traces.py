"""What a command left behind, and a payment to begin with."""

from decimal import Decimal

from guanxi.foundation.models import LoggedEvent
from guanxi.identity.tests.factories import NOON
from guanxi.sales.commands.payment import receive_payment
from guanxi.sales.models import Order, Payment
from guanxi.sales.tests.factories import HOUSE


def events(order: Order) -> list[str]:
    """Return the names of what was announced about an order, oldest first."""
    rows = LoggedEvent.objects.filter(kind="order", subject_id=order.pk)
    return [
        name.partition(".")[2]
        for name in rows.order_by("pk").values_list("name", flat=True)
    ]


def pay(order: Order, amount: str) -> Payment:
    return receive_payment(HOUSE, order, amount=Decimal(amount), at=NOON)
