"""What is small enough to be written anew each time: days, and costs beside goods."""

from datetime import date, timedelta

import pyarrow as pa

from guanxi.foundation.working_days import is_working_day

DAYS = pa.schema(
    [
        pa.field("ordered_on", pa.date32(), nullable=False),
        pa.field("is_working", pa.int64(), nullable=False),
    ]
)
"""The days of the calendar, and whether (1) or not (0) people work on them."""
COSTS = pa.schema(
    [
        pa.field("investment_id", pa.int64(), nullable=False),
        pa.field("customer_id", pa.int64(), nullable=False),
        pa.field("owner_id", pa.int64(), nullable=False),
        pa.field("team_id", pa.int64(), nullable=False),
        pa.field("spent_on", pa.date32(), nullable=False),
        pa.field("aim", pa.string(), nullable=False),
        pa.field("spent", pa.int64(), nullable=False),
    ]
)
"""What was put into customers beside goods: one row per contact or other cost."""
COSTS_FILE = "costs"
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2060, 12, 31)


def calendar() -> pa.RecordBatch:
    """Return the days that orders may be of, with the working days as known today."""
    count = (_LAST_DAY - _FIRST_DAY).days + 1
    days = [_FIRST_DAY + timedelta(days=number) for number in range(count)]
    return pa.record_batch(
        [pa.array(days, pa.date32()), [int(is_working_day(day)) for day in days]],
        schema=DAYS,
    )
