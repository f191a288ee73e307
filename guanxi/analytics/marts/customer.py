"""Grain: one row per customer with an order. Units: orders, days, minor units of money."""

from datetime import date

import ibis.expr.types as ir


def customer_metrics(orders: ir.Table, *, as_of: date) -> ir.Table:
    """
    Return the four consumption metrics of each customer up to ``as_of``, by id.

    Amount, frequency (orders and purchase days), mean amount, and the last purchase with
    the first. ``orders`` has the columns of ``extract.ORDER_SCHEMA``.
    """
    counted = orders.filter(orders.ordered_on <= as_of)
    return (
        counted.group_by("customer_id")
        .aggregate(
            first_order_on=counted.ordered_on.min(),
            last_order_on=counted.ordered_on.max(),
            order_count=counted.count(),
            purchase_days=counted.ordered_on.nunique(),
            order_total=counted.amount.sum().cast("int64"),
            order_mean=counted.amount.mean(),
        )
        .order_by("customer_id")
    )
