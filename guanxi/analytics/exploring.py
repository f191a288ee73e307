"""What viewers may ask of the cubes, and the answers as tables people read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import pgettext

from guanxi.analytics.cubes.declared import Cube, Dimension, Key, Metric, Unit
from guanxi.analytics.cubes.sales import SALES
from guanxi.analytics.kept_answers import kept_answer
from guanxi.analytics.moments import at_moment
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.investment import investments
from guanxi.customers.queries.segment import segments
from guanxi.foundation.actor import Actor
from guanxi.foundation.figures import MINUS, amount, grouped
from guanxi.foundation.money import minor_units
from guanxi.foundation.policies import policy_of
from guanxi.foundation.sheets.write import Cell
from guanxi.sales.queries.order import orders

if TYPE_CHECKING:
    from guanxi.analytics.cubes.asking import Answer, Figures, Question, Sight
    from guanxi.analytics.earnings import Entries
    from guanxi.analytics.science.grouped import Floats, Ints
    from guanxi.analytics.warehouse import Warehouse

COSTS = "costs.parquet"
MOST_ROWS, MOST_COLUMNS = 100, 24
_BIG_ENDIAN = ">i8"


@dataclass(frozen=True)
class Line:
    """A row or column of a pivot: its key, what it is called, and all its figures."""

    key: Key | None
    label: str
    figures: "Figures"


@dataclass(frozen=True)
class Pivot:
    """
    An answer in order: the lines of both sides, the cells, and the whole.

    ``more_rows`` and ``more_columns`` are left out as too many; sums count them all.
    """

    rows: Sequence[Line]
    columns: Sequence[Line]
    cells: Mapping[tuple[Key | None, Key | None], "Figures"]
    whole: "Figures"
    more_rows: int
    more_columns: int


def cube() -> Cube:
    """Return the cube that is explored."""
    return SALES


def is_loaded() -> bool:
    """Tell whether the cube is loaded as this version asks it."""
    if not was_loaded():
        return False
    from guanxi.analytics.cubes.histories import (  # noqa: PLC0415 -- loads the engine
        HISTORIES,
        SNAPSHOTS,
        history_of,
    )

    folder = settings.WAREHOUSE_ROOT
    if not (folder / COSTS).exists():
        return False
    if not all((folder / f"{name}.parquet").exists() for name in SNAPSHOTS):
        return False
    return all(history_of(folder, name).is_readable() for name in HISTORIES)


def was_loaded() -> bool:
    """Tell whether an analysis has loaded the cube, be it with an older version."""
    return any(
        path.exists()
        for path in (
            settings.WAREHOUSE_ROOT / SALES.fact / "manifest.json",
            settings.WAREHOUSE_ROOT / f"{SALES.fact}.parquet",
        )
    )


def explored(viewer: Actor, question: "Question", *, is_whole: bool = False) -> Pivot:
    """
    Return the answer to ``question`` over the orders that ``viewer`` sees.

    With ``is_whole`` no line is left out.

    :raises NoSnapshotError: while it is not loaded.
    """
    found = _answered(question, sight(viewer, question))
    most = (None, None) if is_whole else (MOST_ROWS, MOST_COLUMNS)
    rows, more_rows = _lines(viewer, found, question.rows, 0, most[0])
    columns, more_columns = _lines(viewer, found, question.columns, 1, most[1])
    nothing = (None,) * len(question.metrics)
    whole = found.cells.get((None, None), nothing)
    return Pivot(rows, columns, found.cells, whole, more_rows, more_columns)


def _answered(question: "Question", seen: "Sight") -> "Answer":
    """Ask the cube, or remember what it answered to the same."""
    from guanxi.analytics.cubes.asking import answer  # noqa: PLC0415 -- loads the engine

    kept = warehouse()
    return kept_answer(
        kept.folder, question, seen, lambda: answer(SALES, question, kept, seen)
    )


def behind(viewer: Actor, question: "Question", by: str) -> list[tuple[int, int, date]]:
    """
    Return the orders or customers that a cell counts, the highest amount first.

    ``by`` is ``order_id`` or ``customer_id``; each with its amount in minor units and its
    latest day. Customers out of sight are left out.
    """
    from guanxi.analytics.cubes.asking import (  # noqa: PLC0415 -- loads the engine
        records,
    )

    seen = sight(viewer, question)
    found = records(SALES, question, warehouse(), seen, by=by)
    return found if by != "customer_id" else in_sight(viewer, found)


def in_sight(
    viewer: Actor, found: list[tuple[int, int, date]]
) -> list[tuple[int, int, date]]:
    """Return the rows whose first column is a customer that ``viewer`` sees."""
    numbers = known_customers(viewer)
    if numbers is None:
        return found
    known = set(numbers.tolist())
    return [one for one in found if one[0] in known]


def known_customers(viewer: Actor) -> "Ints | None":
    """Return the numbers of the customers that ``viewer`` sees; None for all."""
    if sees_all("customer", viewer):
        return None
    return numbers_of(customers(viewer))


def scores_of(viewer: Actor, names: Sequence[str]) -> "list[Floats]":
    """Return these scores of the customers that ``viewer`` sees, NaN where unknown."""
    import numpy as np  # noqa: PLC0415 -- the engines are loaded where they are used
    import pyarrow.parquet as pq  # noqa: PLC0415 -- as above

    from guanxi.analytics.scores import FILE, KEY  # noqa: PLC0415 -- as above

    path = settings.WAREHOUSE_ROOT / f"{FILE}.parquet"
    if not path.exists() or not set(names) <= set(pq.read_schema(path).names):
        return [np.zeros(0)] * len(names)
    table = pq.read_table(path, columns=[KEY, *names])
    found = [table.column(name).to_numpy().astype(np.float64) for name in names]
    known = known_customers(viewer)
    if known is None:
        return found
    here = np.isin(table.column(KEY).to_numpy(), known)
    return [one[here] for one in found]


def sight(viewer: Actor, question: "Question") -> "Sight":
    """Return which orders, and the classes of which customers, ``viewer`` sees."""
    from guanxi.analytics.cubes.asking import Sight  # noqa: PLC0415 -- loads the engine

    asked = {question.rows, question.columns, *question.where} - {""}
    tables = {SALES.dimensions[key].table for key in asked} - {""}
    about_customers = [one for one in tables if SALES.joins[one] == "customer_id"]
    joined = {}
    if about_customers and not sees_all("customer", viewer):
        known = at_moment("customer", lambda: numbers_of(customers(viewer)))
        joined = dict.fromkeys(about_customers, known)
    costs = None
    if any(SALES.metrics[key].of_costs for key in question.metrics):
        costs = costs_in_sight(viewer)
    keys = {}
    if "segment" in asked:
        keys["segment"] = frozenset(segments(viewer).values_list("pk", flat=True))
    if sees_all("order", viewer):
        return Sight(None, joined, costs, keys)
    seen = at_moment("order", lambda: numbers_of(orders(viewer)))
    return Sight(seen, joined, costs, keys)


def costs_in_sight(viewer: Actor) -> "Ints | None":
    """Return the numbers of the contacts and costs that ``viewer`` sees; None for all."""
    if sees_all("investment", viewer):
        return None
    return at_moment("investment", lambda: numbers_of(investments(viewer)))


def entries_in_sight(viewer: Actor, *, without: Sequence[int] = ()) -> "Entries | None":
    """Return the orders and costs of the customers that ``viewer`` sees, without some."""
    import numpy as np  # noqa: PLC0415 -- the engines are loaded where they are used

    from guanxi.analytics.earnings import entries_of  # noqa: PLC0415 -- loads pyarrow

    return entries_of(
        settings.WAREHOUSE_ROOT,
        among=known_customers(viewer),
        without=np.array(without, np.int64),
        costs=costs_in_sight(viewer),
    )


def sees_all(kind: str, viewer: Actor) -> bool:
    """Tell whether ``viewer`` sees every record of a kind."""
    return not policy_of(kind).visible(viewer)


def numbers_of(rows: "QuerySet[Any]") -> "Ints":
    """Return the primary keys of ``rows`` in no order, however many: 8 bytes each."""
    import numpy as np  # noqa: PLC0415 -- the engines are loaded where they are used

    try:
        sql, values = rows.order_by().values_list("pk").query.sql_with_params()
    except EmptyResultSet:  # nobody needs to be asked
        return np.zeros(0, np.int64)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT string_agg(int8send(pk), ''::bytea) FROM ({sql}) AS found(pk)",  # noqa: S608 -- the ORM's own SQL
            values,
        )
        (found,) = cursor.fetchone() or (None,)
    return np.frombuffer(found or b"", _BIG_ENDIAN).astype(np.int64)


def labels_of(
    viewer: Actor, dimension: Dimension, keys: Sequence[Key]
) -> dict[Key, str]:
    """Return what the keys of a dimension are called."""
    return dict(dimension.labels(viewer, keys))


def _lines(
    viewer: Actor, found: "Answer", side: str, axis: int, most: int | None
) -> tuple[list[Line], int]:
    """Return the lines of one side and how many more there are; times in their order."""
    if not side:
        return [], 0
    dimension = SALES.dimensions[side]
    figures = {key: found.cells[_at(key, axis)] for key in found.keys(axis)}
    in_order = sorted(figures, key=_order(dimension, figures))
    # Of too many spans of time the latest are shown, of all others the highest.
    shown = in_order[-most:] if most and dimension.is_time else in_order[:most]
    names = labels_of(viewer, dimension, shown)
    lines = [Line(key, names[key], figures[key]) for key in shown]
    return lines, len(in_order) - len(shown)


def _at(key: Key, axis: int) -> tuple[Key | None, Key | None]:
    return (key, None) if axis == 0 else (None, key)


def _order(
    dimension: Dimension, figures: "Mapping[Key, Figures]"
) -> Callable[[Key], Any]:
    if dimension.is_time or dimension.key == "weekday":
        return lambda key: key
    if dimension.rank:
        return dimension.rank
    return lambda key: (-(figures[key][0] or 0), str(key))


def written(metric: Metric, value: float | None) -> str:
    """Return a figure as people read it; a dash where there is none."""
    if value is None:
        return "–"
    if metric.unit is Unit.MONEY:
        digits = minor_units(settings.CURRENCY)
        return amount(_exact(value, digits), settings.CURRENCY)
    if metric.unit is Unit.QUANTITY:
        return f"{_exact(value, 3).normalize():,f}"
    if metric.unit is Unit.PERCENT:
        return f"{value:.1f}%"
    return grouped(round(value))


def plain(metric: Metric, value: float | None) -> Decimal | int | str:
    """Return a figure as programs read it: money and quantities in whole units."""
    if value is None:
        return ""
    if metric.unit is Unit.MONEY:
        return _exact(value, minor_units(settings.CURRENCY))
    if metric.unit is Unit.QUANTITY:
        return _exact(value, 3)
    return Decimal(f"{value:.4f}") if metric.unit is Unit.PERCENT else round(value)


def plain_table(
    viewer: Actor, question: "Question"
) -> tuple[list[str], list[list[Cell]]]:
    """
    Return the whole answer as programs read it: the heads, then a row each and the sums.

    :raises NoSnapshotError: while it is not loaded.
    """
    pivot = explored(viewer, question, is_whole=True)
    metrics = [SALES.metrics[key] for key in question.metrics]
    heads = [str(one.label) for one in metrics]
    if question.columns:
        heads = [*(one.label for one in pivot.columns), pgettext("pivot", "Total")]
    side = str(SALES.dimensions[question.rows].label) if question.rows else ""
    rows = [*pivot.rows, Line(None, pgettext("pivot", "Total"), pivot.whole)]
    cells = [[row.label, *_plain_cells(pivot, row, metrics)] for row in rows]
    return [side, *heads], cells


def _plain_cells(pivot: Pivot, row: Line, metrics: Sequence[Metric]) -> list[Cell]:
    if not pivot.columns:
        return [plain(m, v) for m, v in zip(metrics, row.figures, strict=True)]
    keys = [*(one.key for one in pivot.columns), None]
    found = (pivot.cells.get((row.key, key)) for key in keys)
    return [plain(metrics[0], one[0] if one else None) for one in found]


def _exact(value: float, digits: int) -> Decimal:
    whole = Decimal(value).quantize(Decimal(1), ROUND_HALF_UP)
    return whole.scaleb(-digits)


def change(now: float | None, before: float | None) -> str:
    """Return by how much a figure grew, in percent; a dash without one to compare with."""
    if not before or now is None:
        return "–"
    percent = 100 * (now - before) / abs(before)
    sign = MINUS if percent < 0 else "+"
    return f"{sign}{abs(percent):,.1f}%"


def narrowed(question: "Question", **keys: Key) -> "Question":
    """Return ``question`` of fewer rows: those with these keys of dimensions."""
    return replace(question, where={**question.where, **keys})


def warehouse() -> "Warehouse":
    """Return the warehouse of this house; who reads it loads the engine."""
    from guanxi.analytics.warehouse import (  # noqa: PLC0415 -- loads the engine
        Warehouse,
    )

    return Warehouse(settings.WAREHOUSE_ROOT)
