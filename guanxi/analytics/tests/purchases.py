"""Short spellings of purchases for the tests of the laws."""

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from guanxi.analytics.extract import ORDER_SCHEMA
from guanxi.analytics.science.purchases import Purchases

_FIXTURES = Path(__file__).parents[3].parent / "shared" / "fixtures"


def bought(*customers: list[tuple[int, int]]) -> Purchases:
    """Return purchases of customers 1, 2, …: (day, amount in minor units) pairs."""
    rows = [
        (customer, day, amount)
        for customer, pairs in enumerate(customers, start=1)
        for day, amount in pairs
    ]
    table = np.array(rows, np.int64).reshape(-1, 3)
    return Purchases.from_rows(table[:, 0], table[:, 1], table[:, 2])


def on_days(*days: int, amount: int = 10_000) -> list[tuple[int, int]]:
    """Return purchases of one customer, always of the same amount."""
    return [(day, amount) for day in days]


def orders(*rows: tuple[int, str, int]) -> pa.Table:
    """Return orders of (customer, ISO date, minor units)."""
    ids, days, amounts = zip(*rows, strict=True) if rows else ((), (), ())
    dates = [date.fromisoformat(day) for day in days]
    return pa.table([list(ids), dates, list(amounts)], schema=ORDER_SCHEMA)


def day_of(iso: str) -> int:
    """Return the days from 1970-01-01 to the date."""
    return (date.fromisoformat(iso) - date(1970, 1, 1)).days


def published_orders() -> pa.Table:
    """Return the orders of the R package "rfm"; customers are numbered by name."""
    with fixture_path("rfm/rfm_data_orders.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    number = {
        name: i for i, name in enumerate(sorted({r["customer_id"] for r in rows}))
    }
    return orders(
        *(
            (number[row["customer_id"]], row["order_date"], int(row["revenue"]) * 100)
            for row in rows
        )
    )


def cdnow_orders() -> pa.Table:
    """Return the CDNOW sample: customer, date, quantity, amount between blanks."""
    rows = [
        line.split()
        for line in fixture_path("cdnow/CDNOW_sample.txt").read_text().splitlines()
    ]
    return orders(
        *(
            (
                int(customer),
                f"{day[:4]}-{day[4:6]}-{day[6:]}",
                round(float(amount) * 100),
            )
            for _, customer, day, _, amount in rows
        )
    )


def fixture_path(name: str) -> Path:
    """Return a reference file; skip the test where the folder is absent."""
    path = _FIXTURES / name
    if not path.exists():
        pytest.skip(f"the reference data {name} is not beside the project")
    return path
