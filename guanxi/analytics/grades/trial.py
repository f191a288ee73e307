"""What a scheme would change, tried on the customers of the latest analysis."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings

from guanxi.analytics import exploring, queries
from guanxi.analytics.grades.indicators import SHIPPED, values_of
from guanxi.analytics.moves import NONE, Moves
from guanxi.analytics.science.grading import GradingSettings
from guanxi.analytics.scores import FILE, KEY
from guanxi.foundation.actor import Actor

if TYPE_CHECKING:
    from guanxi.analytics.science.grouped import Codes


def tried(viewer: Actor, scheme: GradingSettings) -> Moves | None:
    """
    Return what ``scheme`` would do; None before the first analysis.

    Customers are compared with all others, and those that ``viewer`` sees are told.
    """
    import numpy as np  # noqa: PLC0415 -- as above
    import pyarrow.parquet as pq  # noqa: PLC0415 -- as above

    from guanxi.analytics.grades.beside import beside_scores  # noqa: PLC0415 -- as above
    from guanxi.analytics.science.grading import graded  # noqa: PLC0415 -- as above

    path, latest = settings.WAREHOUSE_ROOT / f"{FILE}.parquet", queries.latest_runs(1)
    if not path.exists() or not latest:
        return None
    laws, keys = queries.analysis_settings(), [one.key for one in scheme.indicators]
    wanted = {one.column for key in keys if (one := SHIPPED.get(key)) and one.column}
    wanted |= {KEY, "tier_value", "last_order_on", "grade"}
    table = pq.read_table(
        path, columns=sorted(wanted & set(pq.read_schema(path).names))
    )
    columns = _arrays(table, wanted)
    beside = beside_scores(
        keys,
        settings.WAREHOUSE_ROOT,
        as_of=latest[0].as_of,
        period_days=laws.pyramid.period_days,
        minor_units=laws.minor_units,
    )
    found = graded(
        values_of(keys, columns, beside, minor_units=laws.minor_units), scheme
    )
    names = [*(cut.key for cut in scheme.grades), NONE]
    here = np.ones(table.num_rows, bool)
    known = exploring.known_customers(viewer)
    if known is not None:
        here = np.isin(columns[KEY], known)
    return Moves(
        names,
        columns[KEY][here],
        _codes(columns["grade"][here], names),
        found.grade[here],
        columns["tier_value"][here],
        columns["last_order_on"][here],
    )


def _arrays(table: Any, wanted: set[str]) -> Mapping[str, Any]:
    """Return the columns; one that an older version did not write is unknown."""
    import numpy as np  # noqa: PLC0415 -- as above

    return {
        name: table.column(name).to_numpy()
        if name in table.column_names
        else np.full(table.num_rows, "" if name == "grade" else np.nan)
        for name in wanted
    }


def _codes(words: Any, names: Sequence[str]) -> "Codes":
    """Return the places of ``words`` among ``names``; what is not there is the last."""
    import numpy as np  # noqa: PLC0415 -- as above

    codes = np.full(len(words), len(names) - 1, np.int8)
    for place, name in enumerate(names[:-1]):
        codes[words == name] = place
    return codes
