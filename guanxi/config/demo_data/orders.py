"""The invented orders, written in bulk with lines, payments, refunds and history."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guanxi.config.demo_data.parties import Party
from guanxi.config.demo_data.store import (
    copy_events,
    copy_objects,
    copy_rows,
    reserve_ids,
)
from guanxi.config.demo_data.trade import Deal
from guanxi.customers.events import CustomerCreated, CustomerStateChanged
from guanxi.customers.models import Customer
from guanxi.customers.rules import State, arcs_to_actual
from guanxi.foundation.events import Event
from guanxi.identity.models import User
from guanxi.sales.commands.number import take_numbers
from guanxi.sales.events import (
    OrderCancelled,
    OrderCompleted,
    OrderPaid,
    OrderPlaced,
    OrderReleased,
    OrderShipped,
    PaymentReceived,
    RefundMade,
)
from guanxi.sales.models import Order, OrderLine, Payment, Product, Refund
from guanxi.sales.rules.order import PaymentState

_LINE = (
    "order_id", "position", "product_id", "name", "quantity", "unit_price", "discount",
    "amount",
)  # fmt: skip


@dataclass(frozen=True)
class Sale:
    """A deal with its party and the order that records it."""

    party: Party
    deal: Deal
    order: Order


def draw_sales(
    deals: Sequence[tuple[Party, Deal]], *, run: int, source: str
) -> list[Sale]:
    """Return the orders of ``deals``, the oldest first, with ids and numbers."""
    ordered = sorted(deals, key=lambda pair: pair[1].ordered_at)
    per_day = Counter(deal.ordered_on for _party, deal in ordered)
    numbers = {day: iter(take_numbers(day, n)) for day, n in per_day.items()}
    pks = reserve_ids(Order, len(ordered))
    return [
        Sale(
            party,
            deal,
            _order(pk, next(numbers[deal.ordered_on]), party, deal, run, source),
        )
        for pk, (party, deal) in zip(pks, ordered, strict=True)
    ]


def write_sales(sales: Sequence[Sale], products: dict[str, Product]) -> None:
    """Write the orders with all that belongs to them, and make buyers actual."""
    copy_objects(Order, [sale.order for sale in sales])
    ids = {code: product.pk for code, product in products.items()}
    copy_rows(OrderLine, _LINE, (row for sale in sales for row in _lines(sale, ids)))
    copy_objects(Payment, [row for sale in sales for row in _payments(sale)])
    copy_objects(Refund, [row for sale in sales for row in _refunds(sale)])
    buyers = {sale.order.customer_id for sale in sales}
    Customer.objects.filter(pk__in=buyers).update(state=State.ACTUAL)


def write_history(parties: Sequence[Party], sales: Sequence[Sale]) -> None:
    """Write what happened, as if the commands had told it at the time."""
    first: dict[int, Sale] = {}
    for sale in sales:
        first.setdefault(sale.order.customer_id, sale)
    events: list[tuple[Event, User | None]] = []
    for party in parties:
        customer = party.customer
        created = CustomerCreated(customer_id=customer.pk, at=customer.created_at)
        events.append((created, party.owner))
        if begun := first.get(customer.pk):
            events.extend((step, party.owner) for step in _arcs(customer, begun))
    for sale in sales:
        events.extend((event, sale.party.owner) for event in _events(sale))
    copy_events(events)


def _order(
    pk: int, number: str, party: Party, deal: Deal, run: int, source: str
) -> Order:
    touched_at = max(
        at
        for at in (deal.ordered_at, deal.paid_at, deal.shipped_at, deal.cancelled_at)
        if at
    )
    return Order(
        pk=pk,
        number=number,
        customer_id=party.customer.pk,
        owner_id=party.owner.pk,
        team_id=party.owner.team_id,
        channel=deal.channel,
        state=deal.state,
        payment_state=deal.payment_state,
        total=deal.total,
        paid=deal.paid,
        refunded=deal.refunded,
        ordered_at=deal.ordered_at,
        ordered_on=deal.ordered_on,
        due_on=deal.due_on,
        ship_on=deal.ship_on,
        paid_at=deal.paid_at,
        released_at=deal.released_at,
        shipped_at=deal.shipped_at,
        done_at=deal.done_at,
        cancelled_at=deal.cancelled_at,
        cancel_reason=deal.cancel_reason,
        source=source,
        import_run_id=run,
        created_at=deal.ordered_at,
        updated_at=touched_at,
    )


def _lines(sale: Sale, ids: dict[str, int]) -> Iterator[tuple[object, ...]]:
    for position, line in enumerate(sale.deal.lines, 1):
        good = line.good
        yield (
            sale.order.pk,
            position,
            ids[good.code],
            good.name,
            line.quantity,
            good.price,
            line.discount,
            line.amount,
        )


def _payments(sale: Sale) -> Iterator[Payment]:
    for at, amount, method in sale.deal.payments:
        yield Payment(order_id=sale.order.pk, amount=amount, method=method, at=at)


def _refunds(sale: Sale) -> Iterator[Refund]:
    if sale.deal.refund:
        at, amount, reason = sale.deal.refund
        yield Refund(order_id=sale.order.pk, amount=amount, reason=reason, at=at)


def _arcs(customer: Customer, sale: Sale) -> Iterator[Event]:
    """Yield the arcs by which the first order made somebody an actual customer."""
    old = State(customer.state)
    for new in arcs_to_actual(old):
        yield CustomerStateChanged(
            customer_id=customer.pk, old=old, new=new, at=sale.deal.ordered_at
        )
        old = new


def _events(sale: Sale) -> Iterator[Event]:
    order, deal = sale.order, sale.deal
    about, total = order.about, order.shown(order.total)
    yield OrderPlaced(
        **about, amount=total, ordered_on=deal.ordered_on, at=deal.ordered_at
    )
    for at, amount, _method in deal.payments:
        yield PaymentReceived(**about, amount=order.shown(amount), at=at)
    if deal.paid_at and deal.payment_state is not PaymentState.PART:
        yield OrderPaid(**about, amount=total, at=deal.paid_at)
    if deal.released_at:
        yield OrderReleased(**about, at=deal.released_at)
    if deal.shipped_at:
        yield OrderShipped(**about, at=deal.shipped_at)
    if deal.done_at:
        yield OrderCompleted(**about, at=deal.done_at)
    if deal.refund:
        at, amount, _reason = deal.refund
        yield RefundMade(**about, amount=order.shown(amount), at=at)
    if deal.cancelled_at:
        yield OrderCancelled(**about, amount=total, at=deal.cancelled_at)
