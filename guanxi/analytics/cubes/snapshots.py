"""The columns of the snapshots that cubes are asked of; the SQL of each stands in its room."""

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from guanxi.foundation.working_days import is_working_day

_ID, _WORD = pa.int64(), pa.string()


def _columns(**types: pa.DataType) -> pa.Schema:
    return pa.schema(
        [pa.field(name, kind, nullable=False) for name, kind in types.items()]
    )


SNAPSHOTS = {
    "sales": _columns(
        order_id=_ID,
        customer_id=_ID,
        ordered_on=pa.date32(),
        channel=_WORD,
        owner_id=_ID,
        team_id=_ID,
        product_id=_ID,
        quantity=_ID,
        amount=_ID,
        costed=_ID,
        profit=_ID,
        is_first=_ID,
    ),
    "products": _columns(product_id=_ID, category=_WORD),
    "classes": _columns(
        customer_id=_ID,
        form=_WORD,
        state=_WORD,
        kind_id=_ID,
        province=_WORD,
        city=_WORD,
        industry=_WORD,
        tier=_WORD,
        rfm_segment=_WORD,
        life_stage=_WORD,
        purchase_state=_WORD,
        r=_ID,
        f=_ID,
        m=_ID,
    ),
}
"""By the names of the facts: of `sale_facts`, `product_facts` and `class_facts`."""

DAYS = _columns(ordered_on=pa.date32(), is_working=_ID)
"""The days of the calendar, and whether (1) or not (0) people work on them."""
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2060, 12, 31)


def are_loaded(folder: Path) -> bool:
    """
    Tell whether all snapshots of the cubes are in ``folder``, with the columns of today.

    Those that an older version left have other columns.
    """
    wanted = {**SNAPSHOTS, "days": DAYS}
    return all(
        (path := folder / f"{name}.parquet").exists()
        and pq.read_schema(path).names == schema.names
        for name, schema in wanted.items()
    )


def calendar() -> pa.RecordBatch:
    """Return the days that orders may be of, with the working days as known today."""
    count = (_LAST_DAY - _FIRST_DAY).days + 1
    days = [_FIRST_DAY + timedelta(days=number) for number in range(count)]
    return pa.record_batch(
        [pa.array(days, pa.date32()), [int(is_working_day(day)) for day in days]],
        schema=DAYS,
    )
