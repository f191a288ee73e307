"""Products and orders for tests, made by the commands themselves."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any, cast

from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Actor, System
from guanxi.foundation.clock import now
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON
from guanxi.sales.commands.lead import create_lead
from guanxi.sales.commands.line import NewLine
from guanxi.sales.commands.opportunity import (
    OpportunityFacts,
    create_opportunity,
    lose_opportunity,
    win_opportunity,
)
from guanxi.sales.commands.order import Terms, draft_order, place_order
from guanxi.sales.commands.pipeline import ship_stages
from guanxi.sales.commands.product import ProductFacts, create_product
from guanxi.sales.models import (
    CommissionPlan,
    CommissionStatement,
    Lead,
    Opportunity,
    Order,
    Product,
    Stage,
)
from guanxi.sales.rules.commission import Basis, StatementState, TierBy
from guanxi.sales.rules.lead import TEST
from guanxi.sales.rules.opportunity import LostReason

HOUSE = System("tests")
NO_TERMS = Terms()
_number = count(1)


def make_product(name: str = "", *, price: str = "100.00", **facts: object) -> Product:
    """Return a stored product."""
    number = next(_number)
    facts.setdefault("code", f"P-{number:04d}")
    facts |= {"name": name or f"产品{number}", "price": Decimal(price)}
    return create_product(
        HOUSE,
        at=NOON,
        **cast("ProductFacts", facts),
    )


def make_order(
    customer: Customer | None = None,
    *,
    by: Actor = HOUSE,
    lines: Sequence[NewLine] | None = None,
    amount: str = "100.00",
    terms: Terms = NO_TERMS,
    number: str = "",
    at: datetime = NOON,
    is_draft: bool = False,
) -> Order:
    """Return a placed order, of one line worth ``amount`` unless ``lines`` are given."""
    one_line = [NewLine(name="沙发", unit_price=Decimal(amount))]
    make = draft_order if is_draft else place_order
    return make(
        by,
        customer or make_customer(),
        lines=one_line if lines is None else lines,
        terms=terms,
        number=number,
        at=at,
    )


def make_opportunity(
    name: str = "",
    *,
    stage: str = "contact",
    owner: User | None = None,
    by: Actor = HOUSE,
    at: datetime = NOON,
    **facts: object,
) -> Opportunity:
    """Return a stored open opportunity of 1,000.00 in a stage that came along."""
    ship_stages(HOUSE)
    facts.setdefault("amount", Decimal(1000))
    facts["name"] = name or f"商机{next(_number)}"
    return create_opportunity(
        by,
        stage=Stage.objects.get(key=stage),
        owner=owner,
        at=at,
        **cast("OpportunityFacts", facts),
    )


def make_ended(
    state: str, closed_on: date, *, by: Actor = HOUSE, **facts: Any
) -> Opportunity:
    """Return a stored opportunity that was won, or lost for its price, on a day."""
    found = make_opportunity(by=by, **facts)
    if state == "won":
        return win_opportunity(by, found, amount=None, closed_on=closed_on, at=now())
    price = LostReason.PRICE
    return lose_opportunity(by, found, reason=price, closed_on=closed_on, at=now())


def make_lead(name: str = "", *, by: Actor = HOUSE, **facts: Any) -> Lead:
    """Return a stored lead: of ``by`` if he says so, else in the public pool."""
    facts.setdefault("at", NOON)
    return create_lead(by, name=name or f"线索{next(_number)}", **facts)


def passed_lead(name: str = "", **facts: Any) -> Lead:
    """Return a stored lead that passes the test of a potential customer."""
    return make_lead(name, **dict.fromkeys(TEST, True) | facts)


def make_commission_plan(name: str = "") -> CommissionPlan:
    """Return a stored plan of two percent of all money that comes in."""
    return CommissionPlan.objects.create(
        name=name or f"方案{next(_number)}",
        basis=Basis.RECEIVED,
        tier_by=TierBy.AMOUNT,
        tiers=[["0", "2"]],
        starts_on=date(2026, 1, 1),
        updated_at=NOON,
    )


def make_statement(
    user: User,
    plan: CommissionPlan | None = None,
    *,
    month: date = date(2026, 1, 1),
    state: StatementState = StatementState.DRAFT,
) -> CommissionStatement:
    """Return a stored statement of ``user`` without lines."""
    return CommissionStatement.objects.create(
        user=user,
        team=user.team,
        month=month,
        plan=plan or make_commission_plan(),
        currency="CNY",
        base=Decimal(1000),
        total=Decimal(20),
        state=state,
        drawn_at=NOON,
    )
