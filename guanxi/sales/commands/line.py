"""The lines of an order: checked, priced and written together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from guanxi.foundation.errors import Refused
from guanxi.sales.models import Order, OrderLine
from guanxi.sales.rules.order import line_amount, order_total

if TYPE_CHECKING:
    from guanxi.sales.models import Product

MOST_LINES = 500
LARGEST_TOTAL = Decimal(10) ** 12  # what the column holds


@dataclass(frozen=True)
class NewLine:
    """
    One position to order: a product, or free words.

    ``name`` and ``unit_price`` default to the product's.
    """

    product: "Product | None" = None
    name: str = ""
    quantity: Decimal = field(default=Decimal(1))
    unit_price: Decimal | None = None
    discount: Decimal = field(default=Decimal(0))


def priced_lines(order: Order, lines: Sequence[NewLine]) -> list[OrderLine]:
    """
    Return the unsaved lines of ``order`` and set its total to their sum.

    :raises Refused: for no lines, too many, or one that makes no sense.
    """
    if not lines:
        raise Refused(_("Add at least one line to the order."), field="lines")
    if len(lines) > MOST_LINES:
        most = {"most": MOST_LINES}
        raise Refused(_("An order has at most %(most)d lines.") % most, field="lines")
    rows = [_priced(order, position, new) for position, new in enumerate(lines, 1)]
    order.total = order_total(row.amount for row in rows)
    if order.total >= LARGEST_TOTAL:
        raise Refused(_("The total of the order is too large."), field="lines")
    return rows


def _priced(order: Order, position: int, new: NewLine) -> OrderLine:
    """Return one line with its amount."""
    name, price = new.name.strip(), new.unit_price
    if new.product is not None:
        _require_currency(order, new.product)
        name = name or new.product.name
        price = new.product.price if price is None else price
    if not name or price is None:
        raise _bad(position, _("choose a product, or give a name and a price"))
    if new.quantity <= 0:
        raise _bad(position, _("the quantity must be more than zero"))
    amount = line_amount(new.quantity, price, new.discount)
    if price < 0 or new.discount < 0 or amount < 0:
        raise _bad(position, _("the amount must not be negative"))
    return OrderLine(
        order=order,
        position=position,
        product=new.product,
        name=name[:200],
        quantity=new.quantity,
        unit_price=price,
        discount=new.discount,
        amount=amount,
    )


def _bad(position: int, why: str) -> Refused:
    text = _("Line %(position)d: %(why)s.") % {"position": position, "why": why}
    return Refused(text, field="lines")


def _require_currency(order: Order, product: "Product") -> None:
    if product.currency != order.currency:
        raise Refused(
            _("%(product)s is priced in %(currency)s, the order in %(wanted)s.")
            % {
                "product": product.name,
                "currency": product.currency,
                "wanted": order.currency,
            },
            field="lines",
        )
