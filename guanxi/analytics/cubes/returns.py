"""Who came back: buyers by the span of their first order and that of each later one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import ibis

from guanxi.analytics.cubes.asking import Question, Sight, facts_of
from guanxi.analytics.cubes.declared import Cube, Key
from guanxi.analytics.warehouse import Warehouse

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class Return:
    """
    Those of one ``side`` who first bought in the span from ``first``, in that of ``then``.

    ``buyers`` are customers, ``amount`` is in minor units.
    """

    side: Key | None
    first: date
    then: date
    buyers: int
    amount: int


def returns(
    cube: Cube, question: Question, warehouse: Warehouse, sight: Sight, unit: str
) -> Sequence[Return]:
    """
    Return who bought when, by spans of ``unit`` ("M" or "Q") and the question's rows.

    A first order is the first of those that the question counts, so ask of all days.

    :raises NoSnapshotError: before the first load.
    """
    found = _spans(cube, question, warehouse, sight, unit)
    table = found.group_by("row", "first", "then").aggregate(
        buyers=found.count(), amount=found.amount.sum().cast("int64")
    )
    return [
        Return(one["row"], one["first"], one["then"], one["buyers"], one["amount"])
        for one in table.to_pyarrow().to_pylist()
    ]


def returned(
    cube: Cube,
    question: Question,
    warehouse: Warehouse,
    sight: Sight,
    unit: str,
    *,
    first: date,
    then: date,
) -> list[tuple[int, int, date]]:
    """
    Return the customers who first bought in the span from ``first``, and in ``then``.

    Each with the amount of that span in minor units and its latest day, the highest first.

    :raises NoSnapshotError: before the first load.
    """
    found = _spans(cube, question, warehouse, sight, unit)
    found = found.filter(found.first == first, found.then == then)
    rows = found.order_by(found.amount.desc(), found.customer_id).to_pyarrow()
    columns = (
        rows.column(name).to_pylist() for name in ("customer_id", "amount", "day")
    )
    return list(zip(*columns, strict=True))


def _spans(
    cube: Cube, question: Question, warehouse: Warehouse, sight: Sight, unit: str
) -> "ir.Table":
    """Return a row for each customer and span in which he bought, with his first span."""
    warehouse.require(cube.fact)
    facts = facts_of(cube, question, warehouse.connect(), sight)
    if not question.rows:
        facts = facts.mutate(row=ibis.literal(""))
    facts = facts.mutate(then=facts[cube.day].truncate(unit))
    spans = facts.group_by("customer_id", "row", "then").aggregate(
        amount=facts.amount.sum().cast("int64"), day=facts[cube.day].max()
    )
    firsts = spans.group_by("customer_id", "row").aggregate(first=spans.then.min())
    return spans.join(firsts, ["customer_id", "row"])
