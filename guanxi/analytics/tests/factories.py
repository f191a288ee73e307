"""Runs of the analysis for tests."""

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from guanxi.analytics.analysis import analyse
from guanxi.analytics.extract import ORDER_SCHEMA
from guanxi.analytics.models import (
    AnalysisRun,
    BoardDelivery,
    Dashboard,
    Discussion,
    KeyProposal,
    NextProduct,
    OfferGround,
    Remark,
)
from guanxi.analytics.parameters import AnalysisSettings
from guanxi.analytics.queries import PARAMETERS
from guanxi.customers.models import Customer
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON
from guanxi.sales.models import Product

DAY = date(2026, 3, 2)


def make_finished_run() -> AnalysisRun:
    """Return a run as of ``DAY`` that found one buyer to come back after 60 days."""
    orders = pa.table(
        {
            "customer_id": [1, 1],
            "ordered_on": [date(2026, 1, 1), DAY],
            "amount": [100, 100],
        },
        schema=ORDER_SCHEMA,
    )
    found = analyse(orders, as_of=DAY, settings=AnalysisSettings())
    return AnalysisRun.objects.create(
        as_of=DAY,
        state=AnalysisRun.State.DONE,
        requested_at=NOON,
        finished_at=NOON,
        parameters=PARAMETERS.dump_python(found.parameters, mode="json"),
    )


def make_key_proposal(
    customer: Customer, *, becomes_key: bool = True, state: str = "open"
) -> KeyProposal:
    """Return the proposal that ``customer`` becomes a key customer, or is one no more."""
    return KeyProposal.objects.create(
        customer=customer,
        becomes_key=becomes_key,
        orders=15,
        amount=Decimal("230000.00"),
        profit_rate=Decimal("31.5"),
        asked={
            "period_days": "365",
            "orders": "12",
            "amount": "100000",
            "profit_rate": "20",
        },
        state=state,
        found_at=NOON,
    )


def make_rule(given: Product, product: Product) -> OfferGround:
    """Return the rule that six of seven who bought ``given`` also bought ``product``."""
    return OfferGround.objects.create(
        kind="rule", given=given, product=product, both=6, among=7, base=0.2
    )


def make_next_product(customer: Customer, ground: OfferGround) -> NextProduct:
    """Return the suggestion to offer ``customer`` what ``ground`` speaks for."""
    return NextProduct.objects.create(
        customer=customer,
        product=ground.product,
        ground=ground,
        rank=1,
        found_at=NOON,
    )


def make_board(owner: User, name: str = "每周例会", **facts: Any) -> Dashboard:
    """A dashboard of ``owner`` with the revenue as one figure and by months."""
    tiles = [
        {"kind": "figure", "query": "metrics=revenue", "width": "3", "title": ""},
        {
            "kind": "line",
            "query": "rows=month&metrics=revenue",
            "width": "6",
            "title": "走势",
        },
    ]
    usual = {"tiles": tiles, "created_at": NOON, "changed_at": NOON}
    return Dashboard.objects.create(owner=owner, name=name, **{**usual, **facts})


def make_delivery(owner: User, key: str, **facts: Any) -> BoardDelivery:
    """The dashboard ``key``, sent to ``owner`` every Monday at eight."""
    usual = {
        "recipients": [owner.pk],
        "rhythm": "week",
        "hour": 8,
        "span": "month",
        "against": "before",
        "sent_on": NOON.date(),
        "created_at": NOON,
    }
    return BoardDelivery.objects.create(owner=owner, board=key, **{**usual, **facts})


def make_discussion(author: User, *others: User, text: str = "请看原因") -> Discussion:
    """A talk that ``author`` began with ``others`` about last month's revenue."""
    found = Discussion.objects.create(
        key="0123456789abcdef", subject="2026-02 销售额", begun_at=NOON
    )
    found.people.set([author, *others])
    Remark.objects.create(discussion=found, author=author, text=text, said_at=NOON)
    return found
