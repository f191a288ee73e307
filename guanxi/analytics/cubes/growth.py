"""Old and new customers by old and new business: what was bought by whom for the first time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from guanxi.analytics.cubes.asking import Question, Sight, facts_of
from guanxi.analytics.cubes.declared import Cube
from guanxi.analytics.warehouse import Warehouse

if TYPE_CHECKING:
    import ibis.expr.types as ir

ALL_DAYS = date(1900, 1, 1)


@dataclass(frozen=True)
class Quarter:
    """
    One of the four: how many bought, how many orders, for how much (minor units).

    A customer is new whose first order lies in the span, a business whose first sale does.
    """

    is_new_customer: bool
    is_new_business: bool
    buyers: int
    orders: int
    amount: int


def quarters(
    cube: Cube, question: Question, warehouse: Warehouse, sight: Sight
) -> Sequence[Quarter]:
    """
    Return the quarters of the question's days that hold somebody; its rows are the business.

    :raises NoSnapshotError: before the first load.
    """
    found = _told(cube, question, warehouse, sight)
    table = found.group_by("is_new_customer", "is_new_business").aggregate(
        buyers=found.customer_id.nunique(),
        orders=found[cube.record].nunique(),
        amount=found.amount.sum().cast("int64"),
    )
    return [Quarter(**row) for row in table.to_pyarrow().to_pylist()]


def quarter_buyers(
    cube: Cube,
    question: Question,
    warehouse: Warehouse,
    sight: Sight,
    *,
    is_new_customer: bool,
    is_new_business: bool,
) -> list[tuple[int, int, date]]:
    """
    Return the customers of a quarter, each with its amount there and its latest day.

    :raises NoSnapshotError: before the first load.
    """
    found = _told(cube, question, warehouse, sight)
    found = found.filter(
        found.is_new_customer == is_new_customer,
        found.is_new_business == is_new_business,
    )
    people = found.group_by("customer_id").aggregate(
        amount=found.amount.sum().cast("int64"), day=found[cube.day].max()
    )
    rows = people.order_by(people.amount.desc(), people.customer_id).to_pyarrow()
    columns = (rows.column(n).to_pylist() for n in ("customer_id", "amount", "day"))
    return list(zip(*columns, strict=True))


def _told(
    cube: Cube, question: Question, warehouse: Warehouse, sight: Sight
) -> "ir.Table":
    """Return the rows of the question's days, told whether who and what are new."""
    warehouse.require(cube.fact)
    ever = replace(question, first_on=ALL_DAYS)
    facts = facts_of(cube, ever, warehouse.connect(), sight)
    day = facts[cube.day]
    people = facts.group_by("customer_id").aggregate(came_on=day.min())
    business = facts.group_by("row").aggregate(sold_on=day.min())
    rows = facts.filter(day >= question.first_on)
    rows = rows.join(people, "customer_id").join(business, "row")
    return rows.mutate(
        is_new_customer=rows.came_on >= question.first_on,
        is_new_business=rows.sold_on >= question.first_on,
    )
