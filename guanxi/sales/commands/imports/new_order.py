"""An order as a file brings it, and its parts written a table at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from guanxi.foundation.bulk import copy_rows
from guanxi.sales.models import OrderLine, Payment
from guanxi.sales.rules.order import Channel, OrderState

ZERO = Decimal(0)
_LINE_COLUMNS = (
    "order_id", "position", "product_id", "name", "quantity", "unit_price", "discount",
    "amount",
)  # fmt: skip

Customer = tuple[int, int | None, int | None]
"""Who ordered: the ids of customer, owner and team."""


@dataclass(slots=True)
class NewOrderLine:
    """One position of an order from a file; ``amount`` as `rules.line_amount` says."""

    name: str
    quantity: Decimal
    product_id: int | None = None
    unit_price: Decimal = ZERO
    discount: Decimal = ZERO
    amount: Decimal = ZERO


@dataclass(slots=True)
class NewOrder:
    """An order from a file: history, so it passed its steps when it was ordered."""

    number: str
    customer: Customer
    ordered_at: datetime
    ordered_on: date
    currency: str = ""
    state: OrderState = OrderState.DONE
    is_paid: bool = True
    channel: str = Channel.OTHER.value
    due_on: date | None = None
    ship_on: date | None = None
    note: str = ""
    lines: list[NewOrderLine] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """What the order is worth: the sum of its lines."""
        if len(self.lines) == 1:
            return self.lines[0].amount
        return sum((line.amount for line in self.lines), start=ZERO)


def copy_lines(
    pairs: Iterable[tuple[int, NewOrder]], last: Mapping[int, int] | None = None
) -> None:
    """Write the lines of orders by their ids, behind the positions ``last``."""
    copy_rows(OrderLine, _LINE_COLUMNS, _line_rows(pairs, last or {}))


def copy_payments(rows: Iterable[tuple[int, Decimal, object]]) -> None:
    """Write one payment of all that was paid for each order: id, amount and moment."""
    same = {"method": "", "note": ""}
    copy_rows(Payment, ("order_id", "amount", "at"), rows, same)


def _line_rows(
    pairs: Iterable[tuple[int, NewOrder]], last: Mapping[int, int]
) -> Iterator[Sequence[object]]:
    for pk, order in pairs:
        first = last.get(pk, 0) + 1
        for position, line in enumerate(order.lines, first):
            yield (
                pk,
                position,
                line.product_id,
                line.name,
                line.quantity,
                line.unit_price,
                line.discount,
                line.amount,
            )
