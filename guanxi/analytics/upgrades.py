"""The customers who may rise into the next tier, as the latest analysis finds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from guanxi.analytics.parameters import Parameters
from guanxi.analytics.science.grouped import Codes, Floats, Ints
from guanxi.analytics.science.pyramid import Measure
from guanxi.analytics.science.upgrade import Upgrades, upgrades
from guanxi.analytics.scores import FILE, KEY

MONEY: Final = frozenset({Measure.AMOUNT, Measure.PROFIT, Measure.EXPECTED})
NEEDED: Final = (
    *("tier", "tier_value", "order_mean", "expected_amount", "amount_trend"),
    "last_order_on",
)


class Sign(StrEnum):
    """What speaks for a customer's rise, the nearest first."""

    NEAR = "near"
    FORETOLD = "foretold"
    GROWING = "growing"


@dataclass(frozen=True)
class Candidate:
    """A customer who may rise: ``measure`` and ``gap`` are what the pyramid ranks by."""

    customer_id: int
    measure: int
    gap: int
    expected: int | None
    trend: float | None
    last_order_on: date
    signs: Sequence[Sign]


def rising(scores: pa.Table, parameters: Parameters) -> Upgrades:
    """Return the potential of everybody in ``scores``, with `NEEDED` of its columns."""
    tiers = [tier.key for tier in parameters.settings.pyramid.tiers]
    by = parameters.settings.pyramid.by
    return upgrades(
        _codes(scores, tiers),
        _measure(scores, by),
        parameters.tier_boundaries,
        usual_order=scores.column("order_mean").to_numpy(),
        expected=_floats(scores, "expected_amount"),
        trend=_floats(scores, "amount_trend"),
        is_money=by in MONEY,
    )


def candidates(
    folder: Path,
    parameters: Parameters,
    *,
    tier: str,
    sign: Sign | None = None,
    most_gap: int | None = None,
    among: Ints | None = None,
) -> list[Candidate]:
    """
    Return those of ``tier`` who may rise, the nearest first.

    Only those with ``sign``, and with a gap of at most ``most_gap``, if they are asked;
    only ``among``, if there are any.
    """
    path = folder / f"{FILE}.parquet"
    by = parameters.settings.pyramid.by
    extra = () if by is Measure.AMOUNT else ("tier_measure",)
    wanted = [KEY, *NEEDED, *extra]
    if not path.exists() or not set(wanted) <= set(pq.read_schema(path).names):
        return []
    table = pq.read_table(path, columns=wanted)
    found = rising(table, parameters)
    flags = {
        Sign.NEAR: found.is_near,
        Sign.FORETOLD: found.is_foretold,
        Sign.GROWING: found.is_growing,
    }
    tiers = [one.key for one in parameters.settings.pyramid.tiers]
    if tier not in tiers:
        return []
    here = _codes(table, tiers) == tiers.index(tier)
    here &= found.is_rising if sign is None else flags[sign]
    if most_gap is not None:
        here &= found.gap <= most_gap
    if among is not None:
        here &= np.isin(table.column(KEY).to_numpy(), among)
    at = np.flatnonzero(here)
    at = at[np.argsort(found.gap[at], kind="stable")]
    rows = table.take(pa.array(at)).to_pylist()
    measures = _measure(table, by)[at].tolist()
    gaps = found.gap[at].tolist()
    return [
        Candidate(
            row[KEY],
            measure,
            round(gap),
            row["expected_amount"],
            row["amount_trend"],
            row["last_order_on"],
            [one for one in Sign if flags[one][place]],
        )
        for row, measure, gap, place in zip(rows, measures, gaps, at, strict=True)
    ]


def _measure(scores: pa.Table, by: Measure) -> Ints:
    name = "tier_value" if by is Measure.AMOUNT else "tier_measure"
    values: Ints = scores.column(name).to_numpy()
    return values


def _codes(scores: pa.Table, tiers: Sequence[str]) -> Codes:
    """Return the place of each tier among ``tiers``, without a string for each row."""
    if not scores.num_rows:
        return np.zeros(0, np.int8)
    column = scores.column("tier").unify_dictionaries().combine_chunks()
    places = [tiers.index(one) for one in column.dictionary.to_pylist()]
    found: Codes = np.array(places, np.int8)[column.indices.to_numpy()]
    return found


def _floats(scores: pa.Table, name: str) -> Floats:
    values: Floats = scores.column(name).to_numpy().astype(np.float64)
    return values
