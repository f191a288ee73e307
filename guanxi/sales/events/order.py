"""What happens to orders, their payments and refunds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, TypedDict

from django.utils.translation import gettext_noop

from guanxi.foundation.events import Event


class About(TypedDict):
    """What every event of an order says about it."""

    order_id: int
    customer_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class OrderEvent(Event):
    """Something that happened to one order."""

    kind: ClassVar[str] = "order"
    subject: ClassVar[str] = "order_id"
    party: ClassVar[str] = "customer_id"
    icon: ClassVar[str] = "shopping-cart"
    guards: ClassVar[Mapping[str, str]] = {"number": "number", "amount": "total"}
    # Numbers and amounts of the books, which are kept when the customer is erased.
    stays: ClassVar[bool] = True

    order_id: int
    customer_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class OrderDrafted(OrderEvent):
    """An order was prepared and not yet placed."""

    sentence: ClassVar[str] = gettext_noop("Order %(number)s drafted, %(amount)s")

    amount: str


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(OrderEvent):
    """A customer ordered."""

    sentence: ClassVar[str] = gettext_noop("Order %(number)s placed, %(amount)s")

    amount: str
    ordered_on: date


@dataclass(frozen=True, kw_only=True)
class OrderChanged(OrderEvent):
    """What or when was ordered is not what it was before."""

    sentence: ClassVar[str] = gettext_noop("Order %(number)s changed, now %(amount)s")
    icon: ClassVar[str] = "edit"

    amount: str


@dataclass(frozen=True, kw_only=True)
class OrderRescheduled(OrderEvent):
    """The days for payment or shipment moved."""

    sentence: ClassVar[str] = gettext_noop("Order %(number)s rescheduled")
    icon: ClassVar[str] = "calendar"


@dataclass(frozen=True, kw_only=True)
class PaymentReceived(OrderEvent):
    """Money came in for an order."""

    sentence: ClassVar[str] = gettext_noop(
        "Payment of %(amount)s received for order %(number)s"
    )
    icon: ClassVar[str] = "cash"
    guards: ClassVar[Mapping[str, str]] = {"number": "number", "amount": "paid"}

    amount: str


@dataclass(frozen=True, kw_only=True)
class PaymentTakenBack(OrderEvent):
    """A payment recorded by mistake was removed."""

    sentence: ClassVar[str] = gettext_noop(
        "Payment of %(amount)s for order %(number)s taken back"
    )
    icon: ClassVar[str] = "arrow-back-up"
    guards: ClassVar[Mapping[str, str]] = {"number": "number", "amount": "paid"}

    amount: str


@dataclass(frozen=True, kw_only=True)
class OrderPaid(OrderEvent):
    """
    An order is fully paid.

    The timeline already tells of the payment; this stands in the order's own history.
    """

    party: ClassVar[str] = ""
    sentence: ClassVar[str] = gettext_noop("Order %(number)s fully paid, %(amount)s")
    icon: ClassVar[str] = "circle-check"

    amount: str


@dataclass(frozen=True, kw_only=True)
class RefundMade(OrderEvent):
    """Money went back to the customer."""

    sentence: ClassVar[str] = gettext_noop(
        "Refund of %(amount)s made for order %(number)s"
    )
    icon: ClassVar[str] = "receipt-refund"
    guards: ClassVar[Mapping[str, str]] = {"number": "number", "amount": "refunded"}

    amount: str


@dataclass(frozen=True, kw_only=True)
class OrderReleased(OrderEvent):
    """The warehouse may pick the goods."""

    sentence: ClassVar[str] = gettext_noop("Order %(number)s released for picking")
    icon: ClassVar[str] = "package"


@dataclass(frozen=True, kw_only=True)
class OrderBeyondLimit(OrderEvent):
    """An order left for picking beyond the credit limit; why stands on the order."""

    sentence: ClassVar[str] = gettext_noop(
        "Order %(number)s released beyond the credit limit"
    )
    icon: ClassVar[str] = "alert-triangle"


@dataclass(frozen=True, kw_only=True)
class InstalmentsApproved(Event):
    """Somebody promised a customer that it may pay in parts."""

    sentence: ClassVar[str] = gettext_noop(
        "Payment of %(amount)s in %(count)s instalments approved"
    )
    kind: ClassVar[str] = "customer"
    subject: ClassVar[str] = "customer_id"
    party: ClassVar[str] = "customer_id"
    icon: ClassVar[str] = "calendar-event"
    guards: ClassVar[Mapping[str, str]] = {"amount": "credit_limit"}

    customer_id: int
    amount: str
    count: int


@dataclass(frozen=True, kw_only=True)
class OrderShipped(OrderEvent):
    """The goods left the house; the order is locked from now on."""

    sentence: ClassVar[str] = gettext_noop("Order %(number)s shipped")
    icon: ClassVar[str] = "truck"


@dataclass(frozen=True, kw_only=True)
class OrderCompleted(OrderEvent):
    """The goods have arrived and everything is paid."""

    sentence: ClassVar[str] = gettext_noop("Order %(number)s completed")
    icon: ClassVar[str] = "circle-check"


@dataclass(frozen=True, kw_only=True)
class OrderStepTakenBack(OrderEvent):
    """A release, shipment or completion was undone."""

    sentence: ClassVar[str] = gettext_noop("Last step of order %(number)s taken back")
    icon: ClassVar[str] = "arrow-back-up"


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(OrderEvent):
    """An order will not be fulfilled."""

    sentence: ClassVar[str] = gettext_noop("Order %(number)s cancelled, %(amount)s")
    icon: ClassVar[str] = "circle-x"

    amount: str


@dataclass(frozen=True, kw_only=True)
class OrderTrashed(OrderEvent):
    """An order was put into the trash."""

    sentence: ClassVar[str] = gettext_noop("Order %(number)s moved to the trash")
    icon: ClassVar[str] = "trash"


@dataclass(frozen=True, kw_only=True)
class OrderRestored(OrderEvent):
    """An order came back from the trash."""

    sentence: ClassVar[str] = gettext_noop("Order %(number)s restored from the trash")
    icon: ClassVar[str] = "arrow-back-up"
