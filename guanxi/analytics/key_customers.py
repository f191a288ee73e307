"""Who is to become a key customer, and who no longer is one, by what all bought."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np

from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.parameters import AnalysisSettings
from guanxi.analytics.profits import Sums, sums_between
from guanxi.analytics.science.grouped import Ints
from guanxi.analytics.science.key_customer import KeyFigures, is_key
from guanxi.customers.queries.customer import customers
from guanxi.foundation.actor import Actor

# Nobody looks through more; the most valuable are proposed first.
MOST_PROPOSED = 5_000
_NOTHING = KeyFigures(0, Decimal(0), None)
Turns = Mapping[int, tuple[bool, KeyFigures]]


def key_turns(
    viewer: Actor,
    folder: Path,
    run: AnalysisRun,
    laws: AnalysisSettings,
    unprofiled: Ints,
) -> Turns:
    """
    Return whom the rule makes a key customer, and whom it lets cease, with the figures.

    Of those whom nobody may judge nothing is said, nor where the rule cannot be decided.
    """
    first_on = run.as_of - timedelta(days=laws.key.period_days - 1)
    sums = sums_between(folder, first_on, run.as_of, without=unprofiled)
    if sums is None:
        return {}
    keys = set(customers(viewer).filter(is_key=True).values_list("pk", flat=True))
    silent = set(unprofiled.tolist())
    return {
        **_ceasing(sums, laws, keys - silent),
        **_becoming(sums, laws, keys | silent),
    }


def _ceasing(sums: Sums, laws: AnalysisSettings, keys: set[int]) -> Turns:
    at = {int(sums.customer_ids[n]): n for n in _places(sums, keys)}
    reached = {
        pk: _figures(sums, at[pk], laws.minor_units) if pk in at else _NOTHING
        for pk in sorted(keys)
    }
    return {
        pk: (False, one)
        for pk, one in reached.items()
        if is_key(one, laws.key) is False
    }


def _places(sums: Sums, keys: set[int]) -> Ints:
    wanted = np.fromiter(keys, np.int64, len(keys))
    return np.flatnonzero(np.isin(sums.customer_ids, wanted))


def _becoming(sums: Sums, laws: AnalysisSettings, others: set[int]) -> Turns:
    least = int((laws.key.amount or 0) * laws.minor_units)
    fits = (sums.orders >= (laws.key.orders or 0)) & (sums.revenue >= least)
    fits &= sums.revenue > 0
    at = np.flatnonzero(fits)
    found: dict[int, tuple[bool, KeyFigures]] = {}
    for n in at[np.argsort(-sums.revenue[at], kind="stable")]:
        pk, one = int(sums.customer_ids[n]), _figures(sums, n, laws.minor_units)
        if pk not in others and is_key(one, laws.key):
            found[pk] = True, one
        if len(found) == MOST_PROPOSED:
            break
    return found


def _figures(sums: Sums, n: int, minor_units: int) -> KeyFigures:
    costed = int(sums.costed[n])
    rate = Decimal(100 * int(sums.profit[n])) / costed if costed > 0 else None
    return KeyFigures(
        int(sums.orders[n]),
        (Decimal(int(sums.revenue[n])) / minor_units).quantize(Decimal("0.01")),
        rate if rate is None else rate.quantize(Decimal("0.1")),
    )
