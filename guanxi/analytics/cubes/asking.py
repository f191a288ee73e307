"""Questions to a cube, and their answers: the one module here that loads the engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa

from guanxi.analytics.cubes.declared import Cube, Key, Unit
from guanxi.analytics.cubes.snapshots import COSTS_FILE
from guanxi.analytics.science.grouped import Ints
from guanxi.analytics.warehouse import Warehouse

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

Figures = tuple[float | int | None, ...]
"""One figure for each metric asked; None where the formula has none."""

_SIDES = ("row", "column")


@dataclass(frozen=True)
class Question:
    """
    What is asked of a cube, of the days ``first_on`` to ``last_on``.

    ``rows`` and ``columns`` are keys of dimensions, "" for none; ``where`` keeps the rows
    that have these keys.
    """

    metrics: Sequence[str]
    first_on: date
    last_on: date
    rows: str = ""
    columns: str = ""
    where: Mapping[str, Key] = field(default_factory=dict)

    @property
    def sides(self) -> tuple[str, str]:
        """The dimensions of rows and columns, "" for none."""
        return self.rows, self.columns

    def before(self) -> "Question":
        """Return the same of as many days right before."""
        days = self.last_on - self.first_on + timedelta(days=1)
        return Question(
            self.metrics,
            self.first_on - days,
            self.last_on - days,
            self.rows,
            self.columns,
            self.where,
        )


@dataclass(frozen=True)
class Sight:
    """
    What a viewer sees: the numbers of records and costs, and of what joins; None for all.

    Rows of records out of sight do not count at all. What is joined and out of sight
    counts as if nothing were known of it; so do values of the dimensions in ``keys`` that
    are not among them.
    """

    records: Ints | None = None
    joined: Mapping[str, Ints] = field(default_factory=dict)
    costs: Ints | None = None
    keys: Mapping[str, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """
    The figures of a question, by the keys of row and column.

    ``None`` as a key stands for all: ``(None, None)`` is the figure of the whole.
    """

    cells: Mapping[tuple[Key | None, Key | None], Figures]

    def keys(self, side: int) -> list[Key]:
        """Return the keys of rows (0) or columns (1) in no order."""
        return list(
            dict.fromkeys(k for pair in self.cells if (k := pair[side]) is not None)
        )


def answer(
    cube: Cube, question: Question, warehouse: Warehouse, sight: Sight
) -> Answer:
    """
    Return the figures of ``question`` over what is in ``sight``, with all sums.

    Figures of a whole that are not the sums of its parts are asked of its rows: an order
    with two products is one order.

    :raises NoSnapshotError: before the first load.
    """
    warehouse.require(cube.fact)
    of_costs = [key for key in question.metrics if cube.metrics[key].of_costs]
    if of_costs and len(of_costs) < len(question.metrics):
        return _put_together(cube, question, warehouse, sight)
    engine = warehouse.connect()
    facts = facts_of(cube, question, engine, sight)
    sides = [side for side, key in zip(_SIDES, question.sides, strict=True) if key]
    found = dict(_figures(cube, question, facts, sides))
    many = [key for key in question.sides if key and cube.dimensions[key].is_many]
    if not many and all(cube.metrics[key].is_additive for key in question.metrics):
        return Answer(_with_sums(found, sides))
    for by in _wholes(sides):
        # Whoever stands in several rows counts once in their sum.
        once = replace(
            question,
            rows=question.rows if "row" in by or question.rows not in many else "",
            columns=question.columns
            if "column" in by or question.columns not in many
            else "",
        )
        rows = facts_of(cube, once, engine, sight) if many else facts
        found |= dict(_figures(cube, question, rows, by))
    return Answer(found)


def _put_together(
    cube: Cube, question: Question, warehouse: Warehouse, sight: Sight
) -> Answer:
    """Ask for figures of sales alone and for those of costs, each over its own rows."""
    found: dict[tuple[Key | None, Key | None], dict[str, float | int | None]] = {}
    for is_asked in (False, True):
        keys = [k for k in question.metrics if cube.metrics[k].of_costs is is_asked]
        told = answer(cube, replace(question, metrics=keys), warehouse, sight)
        for at, figures in told.cells.items():
            found.setdefault(at, {}).update(zip(keys, figures, strict=True))
    return Answer(
        {
            at: tuple(figures.get(key) for key in question.metrics)
            for at, figures in found.items()
        }
    )


def _wholes(sides: Sequence[str]) -> list[list[str]]:
    """Return the groupings that have the sums of all ``sides`` together."""
    if not sides:
        return []
    return [[], *([one] for one in sides if len(sides) > 1)]


def _with_sums(
    found: Mapping[tuple[Any, Any], Figures], sides: Sequence[str]
) -> dict[tuple[Any, Any], Figures]:
    """Return the figures with those of rows, columns and the whole, added up."""
    sums: dict[tuple[Any, Any], list[float]] = {}
    for (row, column), figures in found.items():
        for whole in _wholes(sides):
            at = (
                row if "row" in whole else None,
                column if "column" in whole else None,
            )
            kept = sums.setdefault(at, [0] * len(figures))
            for number, value in enumerate(figures):
                kept[number] += value or 0
    return {**found, **{at: tuple(values) for at, values in sums.items()}}


def records(
    cube: Cube, question: Question, warehouse: Warehouse, sight: Sight, *, by: str
) -> "list[tuple[int, int, date]]":
    """
    Return the numbers in the column ``by`` whose rows a cell counts.

    Each with the sum of ``amount`` in minor units and its latest day; the highest sum
    first, equal ones by number. Asked for one metric alone, the rows that it counts; of
    one of money that costs are in, each with what that figure comes to.
    """
    warehouse.require(cube.fact)
    facts = facts_of(cube, question, warehouse.connect(), sight)
    metric, is_alone = cube.metrics[question.metrics[0]], len(question.metrics) == 1
    if metric.counted and is_alone:
        facts = facts.filter(metric.counted(facts))
    facts = facts.filter(facts[by] > 0)  # a cost is of no order
    is_told = is_alone and metric.of_costs and metric.unit is Unit.MONEY
    amount = metric.value(facts) if is_told else facts.amount.sum()
    found = facts.group_by(number=facts[by]).aggregate(
        amount=amount.cast("int64"), day=facts[cube.day].max()
    )
    rows = found.order_by(found.amount.desc(), found.number).to_pyarrow()
    columns = (rows.column(name).to_pylist() for name in ("number", "amount", "day"))
    return list(zip(*columns, strict=True))


def facts_of(
    cube: Cube, question: Question, engine: "Backend", sight: Sight
) -> "ir.Table":
    """Return the rows that count, with the two sides as columns of their own."""
    seen = engine.table(cube.fact)
    if sight.records is not None:
        seen = seen.semi_join(_numbers(cube.record, sight.records), cube.record)
    if any(cube.metrics[key].of_costs for key in question.metrics):
        seen = _with_costs(seen, engine, sight)
    day = seen[cube.day]
    table = seen.filter(day >= question.first_on, day <= question.last_on)
    if any(cube.metrics[key].of_firsts for key in question.metrics):
        firsts = seen.group_by("customer_id").aggregate(first_on=day.min())
        table = table.join(firsts, "customer_id")
    asked = [key for key in question.sides if key]
    used = [cube.dimensions[key] for key in dict.fromkeys([*asked, *question.where])]
    for name in sorted({one.table for one in used if not one.part} - {""}):
        table = _joined(cube, table, engine.table(name), name, sight)
    for one in used:
        if one.part:
            part = one.part(engine.table(one.table))
            if one.key in sight.keys:
                part = part.filter(part[one.key].isin(sorted(sight.keys[one.key])))
            table = _joined(cube, table, part, one.table, sight)
    for key, value in question.where.items():
        table = table.filter(cube.dimensions[key].column(table) == value)
    sides = {
        side: cube.dimensions[key].column(table)
        for side, key in zip(_SIDES, question.sides, strict=True)
        if key
    }
    return table.mutate(**sides) if sides else table


def _with_costs(seen: "ir.Table", engine: "Backend", sight: Sight) -> "ir.Table":
    """Return the rows of sales and those of what was spent, which are of no order."""
    costs = engine.table(COSTS_FILE)
    if sight.costs is not None:
        costs = costs.semi_join(_numbers("investment_id", sight.costs), "investment_id")
    sales = seen.mutate(
        aim=ibis.literal("", costs.aim.type()),
        spent=ibis.literal(0, costs.spent.type()),
    )
    own = {
        "customer_id": costs.customer_id,
        "ordered_on": costs.spent_on,
        "owner_id": costs.owner_id,
        "team_id": costs.team_id,
        "aim": costs.aim,
        "spent": costs.spent,
    }
    kinds = sales.schema()
    nothing = {
        name: ibis.literal("" if kinds[name].is_string() else 0, kinds[name])
        for name in kinds.names
        if name not in own
    }
    found = {**own, **nothing}
    return sales.union(costs.select(**{name: found[name] for name in kinds.names}))


def _joined(
    cube: Cube, table: "ir.Table", other: "ir.Table", name: str, sight: Sight
) -> "ir.Table":
    key = cube.joins[name]
    if name in sight.joined:
        other = other.semi_join(_numbers(key, sight.joined[name]), key)
    joined = table.left_join(other, key)
    return joined.drop(f"{key}_right")


def _numbers(name: str, numbers: Ints) -> "ir.Table":
    return ibis.memtable(pa.table({name: np.asarray(numbers, np.int64)}))


def _figures(
    cube: Cube, question: Question, facts: "ir.Table", by: Sequence[str]
) -> "list[tuple[tuple[Any, Any], Figures]]":
    """Return the figures by some of the sides."""
    asked = [key for key in (*question.sides, *question.where) if key]
    splits = any(cube.dimensions[key].splits for key in asked)
    values = {}
    for key in question.metrics:
        metric = cube.metrics[key]
        formula = metric.value if splits else metric.unsplit or metric.value
        values[f"m_{key}"] = formula(facts)
    found = (
        facts.group_by(list(by)).aggregate(**values)
        if by
        else facts.aggregate(**values)
    )
    rows = found.to_pyarrow().to_pylist()
    return [
        (
            (row.get("row"), row.get("column")),
            tuple(row[name] for name in values),
        )
        for row in rows
    ]
