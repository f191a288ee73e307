"""The figures to grade by that orders do not tell, read where they are kept."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from django.db import connection

from guanxi.analytics.grades.indicators import Known
from guanxi.analytics.profits import sums_between
from guanxi.customers.queries.trait import ADDED, figure_facts

_PROFITS = frozenset({"profit", "profit_rate"})
_TRAITS = frozenset({"credit", "completeness"})


def beside_scores(
    keys: Iterable[str],
    folder: Path,
    *,
    as_of: date,
    period_days: int,
    minor_units: int,
) -> Mapping[str, Known]:
    """
    Return those of the figures ``keys`` that the scores do not have.

    Profits are those of the ``period_days`` up to ``as_of``, in units of money. What is
    not there yet is left out.
    """
    wanted = set(keys)
    found: dict[str, Known] = {}
    if wanted & _PROFITS:
        first_on = as_of - timedelta(days=period_days - 1)
        found |= _profits(folder, first_on, as_of, minor_units)
    about = sorted(key for key in wanted if key in _TRAITS or key.startswith(ADDED))
    if about:
        found |= _facts(about)
    return found


def _profits(
    folder: Path, first_on: date, last_on: date, minor_units: int
) -> Mapping[str, Known]:
    # Nobody is left out here: who may not be judged has no scores to stand beside.
    sums = sums_between(folder, first_on, last_on, without=np.zeros(0, np.int64))
    if sums is None:
        return {}
    is_costed = sums.costed > 0
    profit = np.where(is_costed, sums.profit / minor_units, np.nan)
    rate = np.full(len(sums.profit), np.nan)
    np.divide(100 * sums.profit, sums.costed, out=rate, where=is_costed)
    return {
        "profit": Known(sums.customer_ids, profit),
        "profit_rate": Known(sums.customer_ids, rate),
    }


def _facts(keys: list[str]) -> Mapping[str, Known]:
    """Return columns of customers as arrays, however many: 8 bytes each."""
    sent = ", ".join(
        f"string_agg(float8send(coalesce(f{n}, 'NaN')), ''::bytea)"
        for n in range(len(keys))
    )
    sql = (
        f"SELECT string_agg(int8send(customer_id), ''::bytea), {sent}"  # noqa: S608 -- words of our own
        f" FROM ({figure_facts(keys)}) AS facts"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        ids, *columns = cursor.fetchone() or [b""]
    numbers = np.frombuffer(ids or b"", ">i8").astype(np.int64)
    order = np.argsort(numbers)
    return {
        key: Known(
            numbers[order], np.frombuffer(one or b"", ">f8").astype(np.float64)[order]
        )
        for key, one in zip(keys, columns, strict=True)
    }
