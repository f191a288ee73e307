"""What analytics reads of orders, as SQL it can run by itself."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Max, OuterRef, QuerySet, Subquery
from psycopg import sql

from guanxi.foundation.money import minor_units
from guanxi.sales.models import Order, OrderLine

ORDER_CHANGES = "order"
"""The kind of the changes that the triggers of orders, lines and products write down."""

# What goods cost is what they cost us now: orders do not keep it. Of an order that was
# refunded in part, that part of everything is left out. `OrderQuerySet.real` says in
# words of its own which orders are real.
_ORDERS = sql.SQL(
    """
    SELECT o.id AS order_id, o.customer_id, o.ordered_on,
      ((o.total - o.refunded) * {scale})::bigint AS amount,
      round(coalesce(sum(l.amount) FILTER (WHERE p.cost IS NOT NULL), 0)
        * {kept} * {scale})::bigint AS costed,
      round(coalesce(sum(l.amount - l.quantity * p.cost), 0)
        * {kept} * {scale})::bigint AS profit
    FROM {orders} o
    LEFT JOIN {lines} l ON l.order_id = o.id
    LEFT JOIN sales_product p ON p.id = l.product_id AND p.currency = {currency}
    WHERE {real}
    GROUP BY o.id, o.customer_id, o.ordered_on, o.total, o.refunded
    """
)
_DAYS = sql.SQL("SELECT o.customer_id, o.ordered_on FROM {orders} o WHERE {real}")
_KEPT = sql.SQL(
    "CASE WHEN o.total > 0 THEN (o.total - o.refunded) / o.total ELSE 0 END"
)

# A refund lowers each line by its part; parts are rounded along the way, so that the
# lines of an order come to exactly what is left of it.
_SALES = sql.SQL(
    """
    SELECT o.id AS order_id, o.customer_id, o.ordered_on, o.channel,
      coalesce(o.owner_id, 0) AS owner_id, coalesce(o.team_id, 0) AS team_id,
      coalesce(l.product_id, 0) AS product_id,
      coalesce(l.quantity * 1000, 0)::bigint AS quantity,
      coalesce(l.amount * {scale}, 0)::bigint AS amount,
      CASE WHEN p.cost IS NULL THEN 0 ELSE l.amount * {scale} END::bigint AS costed,
      round(coalesce((l.amount - l.quantity * p.cost) * {scale}, 0))::bigint AS profit,
      (l.id IS NOT DISTINCT FROM f.line_id)::int::bigint AS is_first
    FROM {orders} o
    LEFT JOIN {lines} l ON l.order_id = o.id
    LEFT JOIN (
      SELECT order_id, min(id) AS line_id FROM {lines} GROUP BY order_id
    ) f ON f.order_id = o.id
    LEFT JOIN sales_product p ON p.id = l.product_id AND p.currency = {currency}
    WHERE {real} AND o.refunded = 0
    UNION ALL
    SELECT order_id, customer_id, ordered_on, channel, owner_id, team_id, product_id,
      quantity, (upto - lag(upto, 1, 0::bigint) OVER lines)::bigint AS amount,
      (CASE WHEN is_costed THEN upto - lag(upto, 1, 0::bigint) OVER lines ELSE 0 END
      )::bigint AS costed, profit, (row_number() OVER lines = 1)::int::bigint AS is_first
    FROM (
      SELECT o.id AS order_id, o.customer_id, o.ordered_on, o.channel,
        coalesce(o.owner_id, 0) AS owner_id, coalesce(o.team_id, 0) AS team_id,
        coalesce(l.product_id, 0) AS product_id, coalesce(l.id, 0) AS line_id,
        coalesce(l.quantity * 1000, 0)::bigint AS quantity,
        round(coalesce(sum(l.amount) OVER (PARTITION BY o.id ORDER BY l.id), 0)
          * {kept} * {scale})::bigint AS upto,
        p.cost IS NOT NULL AS is_costed,
        round(coalesce(l.amount - l.quantity * p.cost, 0) * {kept} * {scale}
        )::bigint AS profit
      FROM {orders} o
      LEFT JOIN {lines} l ON l.order_id = o.id
      LEFT JOIN sales_product p ON p.id = l.product_id AND p.currency = {currency}
      WHERE {real} AND o.refunded > 0
    ) r
    WINDOW lines AS (PARTITION BY order_id ORDER BY line_id)
    """
)
_REAL = sql.SQL(
    "o.deleted_at IS NULL AND o.cancelled_at IS NULL AND o.state <> 'draft'"
    " AND o.currency = {currency}"
)


LISTED = ("sales_order", "sales_orderline", "sales_product")
"""The tables whose triggers say which orders have changed."""

_TABLES = LISTED[:2]
_CHANGED = sql.SQL(
    """
    WITH changed AS MATERIALIZED (
      SELECT DISTINCT number FROM foundation_change WHERE kind = {kind}
    ), changed_order AS MATERIALIZED (
      SELECT * FROM sales_order WHERE id IN (SELECT number FROM changed)
    ), changed_line AS MATERIALIZED (
      SELECT * FROM sales_orderline WHERE order_id IN (SELECT number FROM changed)
    )
    """
).format(kind=sql.Literal(ORDER_CHANGES))


def order_facts() -> str:
    """
    Return the SQL of one row per real order in the house currency.

    Columns: ``order_id``, ``customer_id`` bigint, ``ordered_on`` date; bigint in minor
    units (fen for CNY), refunds deducted: ``amount``, the part of it ``costed`` whose lines
    have a product of known cost, and the ``profit`` of that part, which is its amount less
    quantity times cost.
    """
    return _written(_ORDERS)


def sale_facts() -> str:
    """
    Return the SQL of one row per line of a real order in the house currency.

    An order without lines is one row that comes to nothing. Columns: bigint ``order_id``,
    ``customer_id``, ``owner_id``, ``team_id``, ``product_id`` (0 for none), ``quantity`` in
    thousandths; ``ordered_on`` date, ``channel`` text; bigint in minor units, refunds
    deducted: ``amount``, the part of it ``costed`` whose cost is known, its ``profit``;
    ``is_first`` bigint, 1 for one row of each order and else 0.
    """
    return _written(_SALES)


def purchase_days() -> str:
    """Return the SQL of ``customer_id`` and ``ordered_on`` of each order of `order_facts`."""
    return _written(_DAYS)


def changed_order_facts() -> str:
    """Return the SQL of `order_facts` of those orders that the list of changes names."""
    return _written(_ORDERS, changed=True)


def changed_sale_facts() -> str:
    """Return the SQL of `sale_facts` of those orders that the list of changes names."""
    return _written(_SALES, changed=True)


def _written(facts: sql.SQL, *, changed: bool = False) -> str:
    currency = sql.Literal(settings.CURRENCY)
    names = ("changed_order", "changed_line") if changed else _TABLES
    text = facts.format(
        scale=sql.Literal(10 ** minor_units(settings.CURRENCY)),
        currency=currency,
        real=_REAL.format(currency=currency),
        kept=_KEPT,
        orders=sql.Identifier(names[0]),
        lines=sql.Identifier(names[1]),
    )
    return (_CHANGED + text if changed else text).as_string(None)


def product_facts() -> str:
    """Return the SQL of ``product_id`` bigint and ``category`` text of each product."""
    return "SELECT id AS product_id, category FROM sales_product"


def order_day_bounds() -> tuple[date, date] | None:
    """Return the days of the first and the last real order; None if there is none."""
    days = Order.objects.real().values_list("ordered_on", flat=True)
    first = days.order_by("ordered_at", "pk").first()
    last = days.order_by("-ordered_at", "-pk").first()
    return (first, last) if first and last else None


def last_order_days(customer_ids: Sequence[int]) -> Mapping[int, date]:
    """Return the day of the last real order, in any currency, by customer."""
    orders = Order.objects.real().filter(customer_id__in=customer_ids)
    days = orders.values("customer_id").annotate(last=Max("ordered_on"))
    return dict(days.order_by().values_list("customer_id", "last"))


def first_order_of(*, customer: str, product: str, after: str) -> Subquery:
    """
    Return the moment of a customer's first real order of a product after another moment.

    For rows of another table: the three are paths there. Null if there is none.
    """
    lines = OrderLine.objects.filter(
        order__in=Order.objects.real().order_by(),
        order__customer_id=OuterRef(customer),
        product_id=OuterRef(product),
        order__ordered_at__gt=OuterRef(after),
    )
    moments = lines.order_by("order__ordered_at").values("order__ordered_at")
    return Subquery(moments[:1])


def buyers_entered_since(at: datetime) -> QuerySet[Any, Any]:
    """Return the customers of the real orders that were entered since ``at``, as keys."""
    rows = Order.objects.real().filter(created_at__gte=at)
    return rows.order_by().values("customer_id")
