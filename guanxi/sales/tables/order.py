"""The list of orders, as a page and as REST."""

from collections.abc import Mapping

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.queries.limit import is_stored_only
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.tables.parts import each, fixed
from guanxi.foundation.tables.table import (
    Bulk,
    BulkResult,
    Column,
    ColumnKind,
    Empty,
    Table,
)
from guanxi.identity.queries import team_choices, user_choices
from guanxi.sales.commands.order import restore_order, trash_order
from guanxi.sales.commands.step import release_order, take_back_step
from guanxi.sales.models import Order
from guanxi.sales.queries.order import number_match, orders, trashed_orders
from guanxi.sales.rules.order import (
    PAYMENT_TONES,
    STATE_TONES,
    Channel,
    OrderState,
    PaymentState,
)


def _release(by: Actor, rows: list[Order], _values: Mapping[str, str]) -> BulkResult:
    return each(rows, lambda row: release_order(by, row, at=now()), named=_number)


def _take_back(by: Actor, before: Mapping[int, str]) -> BulkResult:
    rows, step = orders(by).filter(pk__in=before), OrderState.RELEASED
    return each(
        rows, lambda row: take_back_step(by, row, step=step, at=now()), named=_number
    )


def _trash(by: Actor, rows: list[Order], _values: Mapping[str, str]) -> BulkResult:
    return each(rows, lambda row: trash_order(by, row, at=now()), named=_number)


def _restore(by: Actor, before: Mapping[int, str]) -> BulkResult:
    rows = trashed_orders(by).filter(pk__in=before)
    return each(rows, lambda row: restore_order(by, row, at=now()), named=_number)


def _number(row: Order) -> str:
    return row.number


def _find_order(_viewer: Actor, text: str) -> Q:
    return number_match(text)


ORDERS = Table(
    key="orders",
    kind="order",
    model=Order,
    title=_("Orders"),
    url="sales:orders",
    rows=orders,
    withheld=lambda: is_stored_only("customer_id"),
    search=_find_order,
    searched=["number"],
    default_sort="-ordered_at",
    template="sales/order_list.html",
    columns=[
        Column(
            "number",
            _("Order number"),
            sort="number",
            link="sales:order",
        ),
        Column(
            "customer",
            _("Customer"),
            path="customer__name",
            link="customers:customer",
            link_key="customer_id",
        ),
        Column("total", _("Total"), kind=ColumnKind.MONEY, sort="total"),
        Column(
            "state",
            pgettext_lazy("order", "State"),
            kind=ColumnKind.CHOICE,
            choices=fixed(OrderState.choices),
            tone=STATE_TONES.__getitem__,
        ),
        Column(
            "payment_state",
            _("Payment"),
            kind=ColumnKind.CHOICE,
            choices=fixed(PaymentState.choices),
            tone=PAYMENT_TONES.__getitem__,
        ),
        Column(
            "ordered_at", _("Ordered on"), kind=ColumnKind.INSTANT, sort="ordered_at"
        ),
        Column("due_on", _("Payment due"), kind=ColumnKind.DATE),
        Column("ship_on", _("Promised shipment"), kind=ColumnKind.DATE),
        Column("owner", _("Owner"), kind=ColumnKind.USER, choices=user_choices),
        Column("paid", _("Amount paid"), kind=ColumnKind.MONEY, shown=False),
        Column("refunded", _("Amount refunded"), kind=ColumnKind.MONEY, shown=False),
        Column(
            "channel",
            pgettext_lazy("order", "Channel"),
            kind=ColumnKind.CHOICE,
            choices=fixed(Channel.choices),
            shown=False,
        ),
        Column("shipped_at", _("Shipped on"), kind=ColumnKind.INSTANT, shown=False),
        Column(
            "team", _("Team"), kind=ColumnKind.TEAM, choices=team_choices, shown=False
        ),
        Column("external_id", _("External number"), shown=False),
        Column(
            "customer_id",
            _("Customer number"),
            kind=ColumnKind.NUMBER,
            field="customer",
            shown=False,
        ),
    ],
    bulk=[
        Bulk(
            "release",
            _("Release for picking"),
            "package",
            "order.ship",
            _release,
            undo=_take_back,
            undo_needs="order.ship",
        ),
        Bulk(
            "trash",
            _("Move to the trash"),
            "trash",
            "order.delete",
            _trash,
            undo=_restore,
            undo_needs="order.delete",
        ),
    ],
    empty=Empty(
        _("No orders yet"),
        _("Enter the first one, or import the orders you have."),
        _("New order"),
        "sales:new_order",
    ),
)
