"""What the warehouse holds, for people to look at."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.analytics.models import WarehouseLoad
from guanxi.foundation.words import Words

# What a row is, by fact and dimension.
GRAINS: Mapping[str, tuple[Words, Words]] = {
    "orders": (
        pgettext_lazy("warehouse", "Orders"),
        _("One real order: what it came to, and what it earned"),
    ),
    "sales": (
        pgettext_lazy("warehouse", "Sales"),
        _("One line of a real order: product, quantity, amount, profit"),
    ),
    "products": (
        pgettext_lazy("warehouse", "Products"),
        _("One product and its category"),
    ),
    "classes": (
        pgettext_lazy("warehouse", "Customers"),
        _(
            "One customer by number: place, kind, tier, stage and scores, without a name"
        ),
    ),
}


@dataclass(frozen=True)
class Stored:
    """
    One fact or dimension: rows that hold, rows ever loaded, files, and bytes on disk.

    ``last`` is the number of the load that brought the latest of them; 0 before the first.
    """

    name: str
    label: str
    grain: str
    rows: int
    ever: int
    files: int
    size: int
    last: int


def versions(name: str, number: int) -> Sequence[Mapping[str, Any]]:
    """
    Return every row ever loaded of one record, the earliest first.

    Each with the columns of its subject, the ``load`` that brought it, when that was (None
    if nothing is known of it any more), and whether the record went then (``is_gone``).

    :raises KeyError: if there is no such subject.
    """
    import duckdb  # noqa: PLC0415 -- the engines are loaded where they are used

    from guanxi.analytics.cubes.histories import (  # noqa: PLC0415 -- as above
        HISTORIES,
        history_of,
    )

    key, history = HISTORIES[name].key, history_of(settings.WAREHOUSE_ROOT, name)
    if not history.is_readable():
        return []
    with closing(duckdb.connect()) as engine:
        found = engine.sql(
            f"SELECT * FROM ({history.history_sql()}) WHERE {key} = ? ORDER BY load",  # noqa: S608 -- names of our own
            params=[number],
        )
        rows = found.to_arrow_table().to_pylist()
    loads = {row["load"] for row in rows}
    known = WarehouseLoad.objects.filter(number__in=loads)
    times = dict(known.values_list("number", "began_at"))
    return [{**row, "loaded_at": times.get(row["load"])} for row in rows]


def stored() -> Sequence[Stored]:
    """Return what the warehouse holds, fact by fact."""
    from guanxi.analytics.cubes.histories import (  # noqa: PLC0415 -- loads the engine
        history_of,
    )

    found = []
    for name, (label, grain) in GRAINS.items():
        history = history_of(settings.WAREHOUSE_ROOT, name)
        parts, files = history.parts(), list(history.folder.glob("*.parquet"))
        found.append(
            Stored(
                name=name,
                label=str(label),
                grain=str(grain),
                rows=history.rows(),
                ever=sum(part.rows for part in parts),
                files=len(parts),
                size=sum(path.stat().st_size for path in files),
                last=history.last_load(),
            )
        )
    return found
