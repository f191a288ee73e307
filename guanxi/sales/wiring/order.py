"""How orders plug in, with their payments and refunds."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.customers.events import CustomersHandedOver, OwnerChanged
from guanxi.customers.queries.credit import CONDUCT
from guanxi.foundation.erasing.declared import (
    Covered,
    Gone,
    Holding,
    Impersonal,
    Kept,
    Via,
)
from guanxi.foundation.invariants import Invariant
from guanxi.foundation.rooms import Create, Fact, Finder, Follower, Nav, Panel, Room
from guanxi.sales import handlers
from guanxi.sales.imports.orders import ORDERS_IMPORT
from guanxi.sales.queries.credit import conduct_of
from guanxi.sales.queries.fact import (
    LISTED,
    changed_order_facts,
    changed_sale_facts,
    order_facts,
    sale_facts,
)
from guanxi.sales.queries.order import find_orders, orders_going_along
from guanxi.sales.queries.tally import ORDER_TALLIES
from guanxi.sales.tables import ORDERS

_SUM_MEND = _(
    "Something other than Guanxi changed these orders. Correct them in the database by "
    "their lines, payments and refunds, or restore the last backup."
)


def _unequal_sums(column: str, parts: str) -> str:
    """
    Say which orders hold in ``column`` other than the amounts of their ``parts``.

    The parts are joined one by one, by their index: joined as ready sums, a planner that
    does not know yet of many new orders goes through all sums for each of them.
    """
    return f"""
        SELECT '/orders/' || o.id || '/' FROM sales_order AS o
        LEFT JOIN {parts} AS part ON part.order_id = o.id
        GROUP BY o.id
        HAVING o.{column} <> coalesce(sum(part.amount), 0)
    """  # noqa: S608 -- words of our own


_BOOKS = (
    "The books are kept for years (China: 30 for vouchers, Accounting Archives Rules 14); "
    "the row names nobody."
)
_ORDER_COLUMNS = (
    *("id", "number", "customer_id", "owner_id", "team_id", "channel", "state"),
    *("payment_state", "currency", "total", "paid", "refunded", "ordered_at"),
    *("ordered_on", "due_on", "ship_on", "paid_at", "released_at", "shipped_at"),
    *("done_at", "cancelled_at", "external_id", "source", "import_run_id"),
    *("created_at", "updated_at", "version", "deleted_at"),
)
_PARTY = "customers.Customer"
_HOLDINGS = (
    Holding(
        "sales.Order",
        _PARTY,
        _("Orders"),
        ["customer_id"],
        Covered(
            dict.fromkeys(("note", "cancel_reason", "beyond_reason"), ""),
            dict.fromkeys(_ORDER_COLUMNS, _BOOKS),
        ),
        untold={"version": "Counts our changes.", "import_run_id": "Our own number."},
    ),
    Holding(
        "sales.OrderLine",
        _PARTY,
        _("Order lines"),
        ["order__customer_id"],
        Kept(_BOOKS),
    ),
    Holding(
        "sales.Payment",
        _PARTY,
        _("Payments"),
        ["order__customer_id"],
        Covered(
            {"note": ""},
            dict.fromkeys(("id", "order_id", "amount", "method", "at"), _BOOKS),
        ),
    ),
    Holding(
        "sales.Refund",
        _PARTY,
        _("Refunds"),
        ["order__customer_id"],
        Covered(
            {"reason": ""}, dict.fromkeys(("id", "order_id", "amount", "at"), _BOOKS)
        ),
    ),
    Holding(
        "foundation.ImportedRow",
        _PARTY,
        _("Orders that files brought"),
        ["record_id"],
        Gone(),
        via=Via("sales.Order", "customer_id"),
        when={"kind": "order"},
    ),
)

room = Room(
    nav=[
        Nav(
            _("Orders"),
            "sales:orders",
            needs="order.read",
            icon="receipt",
            group=_("Sales"),
            order=30,
            key="s",
        ),
    ],
    panels=[
        Panel(
            "customers.customer",
            _("Orders"),
            "sales:of_customer",
            needs="order.read",
            order=20,
        ),
        Panel(
            "customers.data_bank",
            _("Trading records"),
            "sales:of_customer",
            needs="order.read",
        ),
    ],
    creates=[
        Create(
            pgettext_lazy("purchase", "Order"),
            "sales:new_order",
            needs="order.create",
            icon="receipt",
            order=20,
        ),
    ],
    reacts={
        OwnerChanged: [handlers.move_orders],
        CustomersHandedOver: [handlers.move_orders_of_many],
    },
    followers=[
        Follower(
            "customer",
            "orders",
            _("Open orders"),
            "order.read",
            orders_going_along,
            "customer_id",
        )
    ],
    tallies=ORDER_TALLIES,
    answers={CONDUCT: conduct_of},
    facts=[
        Fact("orders", order_facts, changed_order_facts, LISTED),
        Fact("sales", sale_facts, changed_sale_facts, LISTED),
    ],
    finds=[
        Finder(_("Orders"), "receipt", find_orders),
    ],
    tables=[ORDERS],
    holdings=_HOLDINGS,
    impersonal=[
        Impersonal(
            ["sales.OrderSeries"],
            "Tells what we sell, and of nobody.",
        )
    ],
    imports=[ORDERS_IMPORT],
    invariants=[
        Invariant(
            key="order_total",
            name=_("The total of every order is the sum of its lines"),
            sql=_unequal_sums("total", "sales_orderline"),
            mend=_SUM_MEND,
        ),
        Invariant(
            key="order_paid",
            name=_("The paid amount of every order is the sum of its payments"),
            sql=_unequal_sums("paid", "sales_payment"),
            mend=_SUM_MEND,
        ),
        Invariant(
            key="order_refunded",
            name=_("The refunded amount of every order is the sum of its refunds"),
            sql=_unequal_sums("refunded", "sales_refund"),
            mend=_SUM_MEND,
        ),
        Invariant(
            key="order_payment_state",
            name=_("The payment state of every order agrees with its sums"),
            sql="""
                SELECT '/orders/' || id || '/' FROM sales_order
                WHERE payment_state <> CASE
                    WHEN refunded > 0 AND refunded >= paid THEN 'refunded'
                    WHEN paid <= 0 AND total > 0 THEN 'unpaid'
                    WHEN paid >= total THEN 'paid'
                    ELSE 'part'
                END
            """,
            mend=_SUM_MEND,
        ),
        Invariant(
            key="order_step",
            name=_("Every order stands at the step that its moments tell"),
            sql="""
                SELECT '/orders/' || id || '/' FROM sales_order
                WHERE (cancelled_at IS NOT NULL) <> (state = 'cancelled')
                   OR (state IN ('shipped', 'done') AND shipped_at IS NULL)
                   OR (state IN ('draft', 'placed', 'released') AND shipped_at IS NOT NULL)
            """,
            mend=_SUM_MEND,
        ),
    ],
)
