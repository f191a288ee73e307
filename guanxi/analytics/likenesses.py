"""What the customers of a group have in common, against all customers in sight."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.utils.translation import gettext as _

from guanxi.analytics.cubes.histories import CLASSES, SALES, history_of
from guanxi.analytics.cubes.labels import product_names
from guanxi.analytics.cubes.sales import SALES as CUBE
from guanxi.analytics.exploring import numbers_of, sees_all
from guanxi.analytics.queries import unprofiled
from guanxi.analytics.science.baskets import distinct
from guanxi.analytics.science.commonality import compared
from guanxi.analytics.science.grouped import Flags, Ints
from guanxi.customers.queries.customer import customers
from guanxi.foundation.actor import Actor
from guanxi.foundation.rooms import allowed

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from guanxi.customers.models import Customer

COMPARED = (
    *("form", "kind", "industry", "province", "city", "tier", "life_stage"),
    *("purchase_state", "rfm_segment"),
)
# What is more frequent by less, of fewer customers, or likely by chance tells nothing.
LEAST_LIFT, FEWEST, MOST_CHANCE = 1.2, 5, 0.05
MOST_SHOWN = 15


@dataclass(frozen=True)
class Likeness:
    """A value of a field that ``inside`` of a group have: more often than all do."""

    field: str
    value: str
    inside: int
    share: float
    base: float

    @property
    def lift(self) -> float:
        """How many times as frequent it is in the group as among all."""
        return self.share / self.base


@dataclass(frozen=True)
class Common:
    """What ``size`` customers of a group have in common, of ``number`` in sight."""

    size: int
    number: int
    likenesses: Sequence[Likeness]


@dataclass(frozen=True, eq=False)
class _Counted:
    """The values of one field (p,), how many inside have each, and how many of all."""

    label: str
    names: Mapping[Any, str]
    values: Sequence[Any]
    inside: Ints
    held: Ints


def common_to(
    viewer: Actor, members: "QuerySet[Customer]", *, by: str = ""
) -> Common | None:
    """
    Return what ``members`` have more often than all customers that ``viewer`` sees.

    As of the last load; only of fields he reads in clear, and of purchases only if he
    sees all orders, and not of the field ``by`` that made the group. Who objects to being profiled is in neither. None before the first
    load.
    """
    history = history_of(settings.WAREHOUSE_ROOT, CLASSES)
    if not history.is_readable():
        return None
    known = CUBE.dimensions_for(viewer)
    keys = [key for key in COMPARED if key in known and key != by]
    columns = ["kind_id" if key == "kind" else key for key in keys]
    table = history.read(["customer_id", *columns])
    ids = table.column("customer_id").to_numpy()
    here = np.isin(ids, numbers_of(customers(viewer)))
    here &= np.isin(ids, np.array(unprofiled(), np.int64), invert=True)
    table, ids = table.filter(pa.array(here)), ids[here]
    is_inside = np.isin(ids, numbers_of(members))
    counted = [
        _of_column(str(known[key].label), known[key].labels, viewer, column, is_inside)
        for key, column in zip(keys, (table.column(c) for c in columns), strict=True)
    ]
    if sees_all("order", viewer) and allowed(viewer, "product.read"):
        counted += _of_products(viewer, ids, is_inside)
    size, number = int(is_inside.sum()), len(ids)
    return Common(size, number, _likenesses(counted, size, number))


def _of_column(
    label: str, labels: Any, viewer: Actor, column: pa.ChunkedArray, is_inside: Flags
) -> _Counted:
    coded = pc.dictionary_encode(column.combine_chunks())
    codes, values = coded.indices.to_numpy(), coded.dictionary.to_pylist()
    is_given = np.array([bool(value) for value in values], np.bool_)
    held = np.bincount(codes, minlength=len(values)) * is_given
    inside = np.bincount(codes[is_inside], minlength=len(values)) * is_given
    return _Counted(label, labels(viewer, values), values, inside, held)


def _of_products(viewer: Actor, ids: Ints, is_inside: Flags) -> Iterator[_Counted]:
    history = history_of(settings.WAREHOUSE_ROOT, SALES)
    if not history.is_readable() or not CUBE.dimensions_for(viewer).get("product"):
        return
    table = history.read(["customer_id", "product_id"])
    table = table.filter(pc.field("product_id") > 0)
    kept = np.isin(table.column("customer_id").to_numpy(), ids)
    table = table.filter(pa.array(kept))
    coded = pc.dictionary_encode(table.column("product_id").combine_chunks())
    values = coded.dictionary.to_pylist()
    width = max(len(values), 1)
    order = np.argsort(ids)
    at = np.searchsorted(ids, table.column("customer_id").to_numpy(), sorter=order)
    pairs = distinct(order[at] * width + coded.indices.to_numpy())
    held = np.bincount(pairs % width, minlength=len(values))
    mine = pairs[is_inside[pairs // width]]
    inside = np.bincount(mine % width, minlength=len(values))
    names = product_names(viewer, values)
    yield _Counted(_("Product bought"), names, values, inside, held)


def _likenesses(
    counted: Sequence[_Counted], size: int, number: int
) -> Sequence[Likeness]:
    """Return the values that are more frequent inside, the most over-represented first."""
    if not 0 < size < number or not counted:
        return []
    inside = np.concatenate([one.inside for one in counted])
    held = np.concatenate([one.held for one in counted])
    told = compared(inside[None], held, np.array([size]), number)
    fits = (told.lift[0] >= LEAST_LIFT) & (told.chance[0] < MOST_CHANCE)
    fits &= inside >= FEWEST
    named = [(one.label, one.names[value]) for one in counted for value in one.values]
    order = np.lexsort((np.arange(len(inside)), -told.lift[0]))
    return [
        Likeness(
            named[at][0],
            named[at][1],
            int(inside[at]),
            float(told.share[0, at]),
            float(told.base[at]),
        )
        for at in order[fits[order]][:MOST_SHOWN]
    ]
