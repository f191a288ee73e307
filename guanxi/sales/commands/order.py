"""From a draft to a placed order, and what may be changed until it leaves the house."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guanxi.customers.commands.state import mark_actual
from guanxi.foundation.actor import Actor, System
from guanxi.foundation.audit import changes_of
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish
from guanxi.sales.commands.guard import (
    locked,
    require_arc,
    require_editable,
    require_kept,
    require_lines,
    require_no_money,
    require_version,
    require_writable,
    save_order,
    settle,
)
from guanxi.sales.commands.line import NewLine, priced_lines
from guanxi.sales.commands.number import next_number
from guanxi.sales.events import (
    OrderCancelled,
    OrderChanged,
    OrderDrafted,
    OrderPlaced,
    OrderRescheduled,
    OrderRestored,
    OrderTrashed,
)
from guanxi.sales.models import Order, OrderLine
from guanxi.sales.policies import ORDER
from guanxi.sales.queries.order import locked_order
from guanxi.sales.rules.order import Channel, OrderState, payment_state

if TYPE_CHECKING:
    from guanxi.customers.models import Customer

_AUDITED = ("total", "channel", "due_on", "ship_on", "note")


@dataclass(frozen=True)
class Terms:
    """What is agreed beside the lines."""

    channel: Channel = Channel.OTHER
    due_on: date | None = None
    ship_on: date | None = None
    note: str = ""

    @classmethod
    def of(cls, order: Order) -> "Terms":
        """Return what is agreed for ``order`` now."""
        channel = Channel(order.channel)
        return cls(channel, order.due_on, order.ship_on, order.note)

    def as_writable(self, by: Actor, before: "Terms") -> "Terms":
        """Return these terms where ``by`` may set them, otherwise those of ``before``."""
        writable = ORDER.writable(by)
        kept = {k: v for k, v in vars(before).items() if k not in writable}
        return replace(self, **kept)


@command(needs="order.create")
def draft_order(
    by: Actor,
    customer: "Customer",
    *,
    lines: Sequence[NewLine],
    at: datetime,
    terms: Terms = Terms(),
    number: str = "",
    external_id: str = "",
) -> Order:
    """
    Prepare an order that does not count yet.

    :raises Refused: for a taken ``number`` or lines that make no sense.
    :raises Denied: for terms that ``by`` may not set.
    """
    order = _new_order(by, customer, terms, number, external_id, at)
    rows = priced_lines(order, lines)
    _store(order)
    OrderLine.objects.bulk_create(rows)
    publish(OrderDrafted(**order.about, amount=order.shown(order.total), at=at))
    return order


@command(needs="order.create")
def place_order(
    by: Actor,
    customer: "Customer",
    *,
    lines: Sequence[NewLine],
    at: datetime,
    terms: Terms = Terms(),
    number: str = "",
    external_id: str = "",
) -> Order:
    """
    Take an order; its customer is an actual customer from now on.

    ``number`` is given out when empty. The order belongs to whom the customer belongs.

    :raises Refused: for a taken ``number``, or no lines, or lines that make no sense.
    :raises Denied: for terms that ``by`` may not set.
    """
    order = _new_order(by, customer, terms, number, external_id, at)
    rows = priced_lines(order, lines)
    _set_placed(order, at)
    _store(order)
    OrderLine.objects.bulk_create(rows)
    _announce_placed(by, order, at)
    return order


@command(needs="order.edit")
def submit_order(by: Actor, order: Order, *, at: datetime) -> Order:
    """
    Place an order that was a draft.

    :raises Refused: if it is none, or has no lines.
    """
    order = locked_order(order.pk)
    require_arc(order, OrderState.PLACED)
    _set_placed(order, at)
    save_order(order, at)
    _announce_placed(by, order, at)
    return order


@command(needs="order.edit")
def change_order(
    by: Actor,
    order: Order,
    *,
    lines: Sequence[NewLine],
    terms: Terms,
    version: int,
    at: datetime,
) -> Order:
    """
    Replace lines and terms of an order that has not left the house.

    :raises Refused: if it is shipped or cancelled, or less than what is already paid.
    :raises Conflict: if somebody changed it since ``version``.
    :raises Denied: for lines or terms that ``by`` may not write.
    """
    require_lines(by)
    order = locked_order(order.pk)
    require_editable(order)
    require_version(order, version)
    before = _audited(order)
    _set_terms(by, order, terms, before=Terms.of(order))
    rows = priced_lines(order, lines)
    _require_total_covers_money(order)
    OrderLine.objects.filter(order=order).delete()
    OrderLine.objects.bulk_create(rows)
    publish(
        OrderChanged(**order.about, amount=order.shown(order.total), at=at),
        changes=changes_of(ORDER, before, _audited(order)),
    )
    settle(order, at)
    return order


@command(needs="order.edit")
def reschedule_order(
    by: Actor,
    order: Order,
    *,
    due_on: date | None,
    ship_on: date | None,
    version: int,
    at: datetime,
) -> Order:
    """
    Move the days of payment and shipment; None leaves no day.

    The day of payment of a shipped order can still be moved, its shipment not.

    :raises Refused: if the order is cancelled or in the trash, or shipped and
        ``ship_on`` is another day.
    :raises Conflict: if somebody changed it since ``version``.
    :raises Denied: for a day that ``by`` may not write.
    """
    order = locked_order(order.pk)
    require_kept(order)
    is_other_day = ship_on != order.ship_on
    if order.cancelled_at or (order.shipped_at and is_other_day):
        raise locked(order)
    require_version(order, version)
    require_writable(by, vars(order), {"due_on": due_on, "ship_on": ship_on})
    before = _audited(order)
    order.due_on, order.ship_on = due_on, ship_on
    save_order(order, at)
    publish(
        OrderRescheduled(**order.about, at=at),
        changes=changes_of(ORDER, before, _audited(order)),
    )
    return order


@command(needs="order.cancel")
def cancel_order(by: Actor, order: Order, *, reason: str, at: datetime) -> Order:
    """
    Give an order up for a reason; it no longer counts as a purchase.

    :raises Refused: without a reason, after shipment, or while money is kept for it.
    """
    order = locked_order(order.pk)
    if not reason.strip():
        raise Refused(_("Say why the order is cancelled."), field="reason")
    require_arc(order, OrderState.CANCELLED)
    require_no_money(order)
    order.state, order.cancelled_at = OrderState.CANCELLED, at
    order.cancel_reason = reason.strip()
    save_order(order, at)
    publish(OrderCancelled(**order.about, amount=order.shown(order.total), at=at))
    return order


@command(needs="order.delete")
def trash_order(by: Actor, order: Order, *, at: datetime) -> Order:
    """
    Put an order into the trash, where it counts for nothing.

    :raises Refused: once it was shipped, and while money is kept for it.
    """
    order = locked_order(order.pk)
    if order.deleted_at:
        return order
    if order.shipped_at:
        raise locked(order)
    require_no_money(order)
    order.deleted_at = at
    save_order(order, at)
    publish(OrderTrashed(**order.about, at=at))
    return order


@command(needs="order.delete")
def restore_order(by: Actor, order: Order, *, at: datetime) -> Order:
    """Take an order out of the trash."""
    order = locked_order(order.pk)
    if order.deleted_at is None:
        return order
    order.deleted_at = None
    save_order(order, at)
    publish(OrderRestored(**order.about, at=at))
    return order


def _new_order(
    by: Actor,
    customer: "Customer",
    terms: Terms,
    number: str,
    external_id: str,
    at: datetime,
) -> Order:
    """Return an unsaved draft; it belongs to whom the customer belongs."""
    day = timezone.localdate(at, timezone.get_default_timezone())
    order = Order(
        number=number.strip() or next_number(day),
        customer_id=customer.pk,
        owner_id=customer.owner_id or by.actor_id,
        team_id=customer.team_id or by.team_id,
        state=OrderState.DRAFT,
        currency=settings.CURRENCY,
        external_id=external_id.strip(),
        ordered_at=at,
        ordered_on=day,
        created_at=at,
        updated_at=at,
    )
    _set_terms(by, order, terms, before=Terms())
    return order


def _store(order: Order) -> None:
    """
    Write the row of a new order.

    :raises Refused: for a taken number, also to the later of two who give it at once.
    """
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError as error:
        if "order_number_once" not in str(error):
            raise
        text = _("There is already an order with this number.")
        raise Refused(text, field="number") from error


def _set_terms(by: Actor, order: Order, terms: Terms, *, before: Terms) -> None:
    require_writable(by, vars(before), vars(terms))
    order.channel = terms.channel
    order.due_on, order.ship_on = terms.due_on, terms.ship_on
    order.note = terms.note.strip()


def _set_placed(order: Order, at: datetime) -> None:
    """Make a draft a real order of ``at``."""
    order.state = OrderState.PLACED
    order.ordered_at = at
    order.ordered_on = timezone.localdate(at, timezone.get_default_timezone())
    order.payment_state = payment_state(order.total, order.paid, order.refunded)


def _announce_placed(by: Actor, order: Order, at: datetime) -> None:
    """
    Make the customer an actual one at once, and tell the others.

    It follows from the order and is no right of its own, so the house does it for ``by``.
    """
    house = System(by.actor_name, actor_id=by.actor_id)
    mark_actual(house, [order.customer_id], at=at)
    publish(
        OrderPlaced(
            **order.about,
            amount=order.shown(order.total),
            ordered_on=order.ordered_on,
            at=at,
        )
    )


def _audited(order: Order) -> dict[str, str]:
    """Return what the audit compares of an order."""
    return {name: str(getattr(order, name) or "") for name in _AUDITED}


def _require_total_covers_money(order: Order) -> None:
    if order.total < order.kept_money:
        raise Refused(
            _(
                "%(amount)s is already paid, more than the new total. Refund the "
                "difference first."
            )
            % {"amount": order.shown(order.kept_money)},
            field="lines",
        )
