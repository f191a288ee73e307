"""
The cube of sales: grain one line of a real order in the house currency, refunds deducted.

Beside them stands what was spent on customers, which belongs to no order and no product.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.analytics.cubes import labels
from guanxi.analytics.cubes.added import (
    FIELD_VALUES,
    MEMBERSHIPS,
    SEGMENT,
    added_sides,
)
from guanxi.analytics.cubes.declared import (
    Cube,
    Dimension,
    GrowingSides,
    KeyKind,
    Metric,
    Unit,
)
from guanxi.customers.queries.grade import grades
from guanxi.customers.rules import (
    Form,
    LifePattern,
    LifeStage,
    PurchaseState,
    RfmSegment,
    State,
    Tier,
)
from guanxi.customers.rules.bands import rank_of_band
from guanxi.customers.rules.bond import SatisfactionBand
from guanxi.customers.rules.investment import Aim
from guanxi.sales.rules.order import Channel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import ibis.expr.types as ir
    from django.db.models import TextChoices

    from guanxi.analytics.cubes.declared import Labels
    from guanxi.foundation.words import Words

AMOUNTS = ["order.total"]
COSTS = ["order.total", "product.cost"]
SPENT = ["investment.amount"]
OF_AN_ORDER = pgettext_lazy("purchase", "Order")
OF_A_LINE = _("Order line")
OF_A_COST = _("Contact or cost")


_AIMS = {
    Aim.ACQUISITION: _("Cost of acquisition"),
    Aim.SALES: _("Cost of selling"),
    Aim.SERVICE: _("Cost of service"),
    Aim.RETENTION: _("Cost of retention"),
}


def _since(unit: str) -> "Callable[[ir.Table], ir.Value]":
    return lambda t: t.ordered_on.truncate(unit)


def _is_first_day(t: "ir.Table") -> "ir.BooleanValue":
    return t.ordered_on == t.first_on


def _named(column: str) -> "Callable[[ir.Table], ir.Value]":
    return lambda t: t[column]


def _time() -> list[Dimension]:
    spans: Sequence[tuple[str, Words, str, Callable[..., str], str]] = [
        ("year", _("Year"), "Y", labels.year, "quarter"),
        ("quarter", _("Quarter"), "Q", labels.quarter, "month"),
        ("month", _("Month"), "M", labels.month, "day"),
        ("week", _("Week"), "W", labels.week, "day"),
        ("day", pgettext_lazy("span", "Day"), "D", labels.whole_day, ""),
    ]
    found = [
        Dimension(
            key=key,
            label=label,
            column=_since(unit),
            labels=labels.days_as(written),
            kind=KeyKind.DAY,
            finer=finer,
        )
        for key, label, unit, written, finer in spans
    ]
    weekday = Dimension(
        key="weekday",
        label=_("Weekday"),
        column=lambda t: t.ordered_on.day_of_week.index().cast("int64"),
        labels=labels.weekday,
        kind=KeyKind.NUMBER,
    )
    working = Dimension(
        key="working",
        label=_("Working days and days off"),
        column=lambda t: t.is_working.fill_null(1),
        labels=labels.working,
        kind=KeyKind.NUMBER,
        table="days",
    )
    return [*found, weekday, working]


def _orders() -> list[Dimension]:
    ids = KeyKind.NUMBER
    return [
        Dimension(
            "channel",
            pgettext_lazy("order", "Channel"),
            _named("channel"),
            labels.chosen_from(Channel),
            needs=["order.channel"],
        ),
        Dimension(
            "category",
            _("Category"),
            lambda t: t.category.fill_null(""),
            labels.as_written,
            table="products",
            needs=["order.lines", "product.category"],
            finer="product",
            splits=True,
        ),
        Dimension(
            "product",
            _("Product"),
            _named("product_id"),
            labels.product_names,
            ids,
            needs=["order.lines", "product.name"],
            splits=True,
        ),
        Dimension(
            "team",
            _("Team"),
            _named("team_id"),
            labels.team_names,
            ids,
            needs=["order.team"],
            finer="owner",
        ),
        Dimension(
            "owner",
            _("Owner"),
            _named("owner_id"),
            labels.owner_names,
            ids,
            needs=["order.owner"],
        ),
    ]


def _customers() -> list[Dimension]:
    chosen: Sequence[tuple[str, Words, type[TextChoices]]] = [
        ("form", pgettext_lazy("party", "Form"), Form),
        ("state", pgettext_lazy("customer", "State"), State),
        ("tier", _("Tier"), Tier),
        ("rfm_segment", _("RFM segment"), RfmSegment),
        ("life_stage", _("Life-cycle stage"), LifeStage),
        ("purchase_state", _("Purchase state"), PurchaseState),
        ("satisfaction", pgettext_lazy("bond", "Satisfaction"), SatisfactionBand),
        ("life_pattern", _("Life-cycle pattern"), LifePattern),
    ]
    banded: Sequence[tuple[str, Words, Labels]] = [
        ("churn_risk", _("Risk to leave (%)"), labels.percent_bands),
        ("p_alive", _("Chance to come again (%)"), labels.percent_bands),
        ("expected_amount", _("Amount expected in 12 months"), labels.bands),
    ]
    coded: Sequence[tuple[str, Words]] = [
        ("kind", pgettext_lazy("customer", "Kind")),
        ("relation_kind", _("Business relationship")),
    ]
    scores: Sequence[tuple[str, Words]] = [
        ("r", _("Recency score")),
        ("f", _("Frequency score")),
        ("m", _("Monetary score")),
    ]
    written: Sequence[tuple[str, Words, str]] = [
        ("province", _("Province"), "city"),
        ("city", _("City"), ""),
        ("industry", _("Industry"), ""),
    ]
    return [
        *(
            _class(key, label, labels.as_written, finer)
            for key, label, finer in written
        ),
        *(
            _class(key, label, labels.chosen_from(words))
            for key, label, words in chosen
        ),
        _class("grade", pgettext_lazy("customer", "Grade"), labels.named(grades)),
        _class("is_key", _("Key account"), labels.truths),
        *(
            replace(_class(key, label, words), rank=rank_of_band)
            for key, label, words in banded
        ),
        *(_score(key, label) for key, label in scores),
        *(_code(key, label) for key, label in coded),
        SEGMENT,
    ]


def _code(key: str, label: "Words") -> Dimension:
    return Dimension(
        key,
        label,
        lambda t: t[f"{key}_id"].fill_null(0),
        labels.kind_names,
        KeyKind.NUMBER,
        table="classes",
        needs=[f"customer.{key}"],
    )


def _score(key: str, label: "Words") -> Dimension:
    return Dimension(
        key,
        label,
        lambda t: t[key].fill_null(0),
        labels.scores,
        KeyKind.NUMBER,
        table="classes",
        needs=[f"customer.{key}"],
    )


def _class(key: str, label: "Words", words: "Labels", finer: str = "") -> Dimension:
    return Dimension(
        key,
        label,
        lambda t: t[key].fill_null(""),
        words,
        table="classes",
        needs=[f"customer.{key}"],
        finer=finer,
    )


def _spent_on(aim: Aim) -> Metric:
    return Metric(
        f"{aim.value}_costs",
        _AIMS[aim],
        Unit.MONEY,
        OF_A_COST,
        _("Sum of what was spent on customers for this aim"),
        lambda t: t.spent.sum(where=t.aim == aim.value).fill_null(0),
        needs=SPENT,
        of_costs=True,
        counted=lambda t: t.aim == aim.value,
    )


METRICS = [
    Metric(
        "revenue",
        _("Revenue"),
        Unit.MONEY,
        OF_A_LINE,
        _("Sum of the lines' amounts, refunds deducted"),
        lambda t: t.amount.sum(),
        needs=AMOUNTS,
    ),
    Metric(
        "orders",
        pgettext_lazy("count", "Orders"),
        Unit.COUNT,
        OF_AN_ORDER,
        _("How many different orders the lines belong to"),
        lambda t: t.order_id.nunique(),
        is_additive=False,
        unsplit=lambda t: t.is_first.sum(),
    ),
    Metric(
        "buyers",
        _("Customers who bought"),
        Unit.COUNT,
        _("Customer"),
        _("How many different customers the orders are of"),
        lambda t: t.customer_id.nunique(),
        is_additive=False,
    ),
    Metric(
        "new_buyers",
        pgettext_lazy("pivot", "New customers"),
        Unit.COUNT,
        _("Customer"),
        _(
            "How many of the customers had their first order that day, of those in sight"
        ),
        lambda t: t.customer_id.nunique(where=_is_first_day(t)),
        is_additive=False,
        of_firsts=True,
        counted=_is_first_day,
    ),
    Metric(
        "came_back",
        _("Share of customers who came back"),
        Unit.PERCENT,
        _("Customer"),
        _(
            "Share of the customers who bought on a later day than that of their first order"
        ),
        lambda t: (
            100
            * t.customer_id.nunique(where=~_is_first_day(t))
            / t.customer_id.nunique().nullif(0)
        ),
        is_additive=False,
        of_firsts=True,
        counted=lambda t: ~_is_first_day(t),
    ),
    Metric(
        "quantity",
        _("Quantity"),
        Unit.QUANTITY,
        OF_A_LINE,
        _("Sum of the lines' quantities, whatever their units"),
        lambda t: t.quantity.sum(),
        needs=["order.lines"],
    ),
    Metric(
        "mean_order",
        _("Mean order"),
        Unit.MONEY,
        OF_AN_ORDER,
        _("Revenue divided by orders"),
        lambda t: t.amount.sum() / t.order_id.nunique(),
        needs=AMOUNTS,
        is_additive=False,
        unsplit=lambda t: t.amount.sum() / t.is_first.sum(),
    ),
    Metric(
        "per_buyer",
        _("Revenue per customer"),
        Unit.MONEY,
        _("Customer"),
        _("Revenue divided by the customers who bought"),
        lambda t: t.amount.sum() / t.customer_id.nunique(),
        needs=AMOUNTS,
        is_additive=False,
    ),
    Metric(
        "profit",
        _("Profit"),
        Unit.MONEY,
        OF_A_LINE,
        _(
            "Amount less quantity times today's purchase cost, of lines whose cost is known"
        ),
        lambda t: t.profit.sum(),
        needs=COSTS,
    ),
    Metric(
        "margin",
        _("Profit rate"),
        Unit.PERCENT,
        OF_A_LINE,
        _("Profit divided by the revenue of lines whose cost is known"),
        lambda t: 100 * t.profit.sum() / t.costed.sum().nullif(0),
        needs=COSTS,
        is_additive=False,
    ),
    Metric(
        "costs",
        _("Costs beside goods"),
        Unit.MONEY,
        OF_A_COST,
        _("Sum of what was spent to win, to sell to, to serve and to keep customers"),
        lambda t: t.spent.sum(),
        needs=SPENT,
        of_costs=True,
        counted=lambda t: t.spent > 0,
    ),
    *(_spent_on(aim) for aim in Aim),
    Metric(
        "net_profit",
        _("Profit after all costs"),
        Unit.MONEY,
        OF_A_LINE,
        _("Profit less all that was spent on customers beside goods"),
        lambda t: t.profit.sum() - t.spent.sum(),
        needs=[*COSTS, *SPENT],
        of_costs=True,
    ),
    Metric(
        "net_margin",
        _("Profit rate after all costs"),
        Unit.PERCENT,
        OF_A_LINE,
        _("Profit after all costs divided by the revenue of lines whose cost is known"),
        lambda t: 100 * (t.profit.sum() - t.spent.sum()) / t.costed.sum().nullif(0),
        needs=[*COSTS, *SPENT],
        is_additive=False,
        of_costs=True,
    ),
]

SALES = Cube(
    fact="sales",
    record="order_id",
    day="ordered_on",
    joins={
        "products": "product_id",
        "classes": "customer_id",
        FIELD_VALUES: "customer_id",
        MEMBERSHIPS: "customer_id",
        "days": "ordered_on",
    },
    dimensions=GrowingSides(
        {one.key: one for one in [*_time(), *_orders(), *_customers()]}, added_sides
    ),
    metrics={one.key: one for one in METRICS},
)
