"""Scores read from the snapshot, of one customer or by rank, without the engines."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

FILE = "scores"
KEY = "customer_id"
GROUP_ROWS = 20_000
RUN_LOCK = 0x6712
"""Held by whoever writes scores, and by whoever takes somebody out of them."""


@dataclass(frozen=True)
class Ranked:
    """The place of one customer in the pyramid; ``value`` is what it is ranked by."""

    customer_id: int
    rank: int
    value: int
    tier: str


def score_row(folder: Path, customer_id: int) -> dict[str, Any] | None:
    """
    Return the scores of one customer; None if the latest run did not know it.

    The snapshot is sorted by customer in groups of ``GROUP_ROWS``, whose statistics say
    which one group to read.
    """
    path = folder / f"{FILE}.parquet"
    if not path.exists():
        return None
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            span = file.metadata.row_group(group).column(0).statistics
            if span is not None and span.min <= customer_id <= span.max:
                return _row(file, group, customer_id)
    return None


def _row(file: pq.ParquetFile, group: int, customer_id: int) -> dict[str, Any] | None:
    rows = file.read_row_group(group)
    keys = rows.column(KEY).to_numpy()
    at = int(np.searchsorted(keys, customer_id))
    if at == len(keys) or keys[at] != customer_id:
        return None
    row: dict[str, Any] = rows.slice(at, 1).to_pylist()[0]
    return row


def ranked(
    folder: Path, *, after: int, limit: int, among: Sequence[int] | None = None
) -> Sequence[Ranked]:
    """
    Return the customers behind rank ``after``, the most valuable first.

    At most ``limit``, and only those of ``among``, if there are any.
    """
    path = folder / f"{FILE}.parquet"
    if not path.exists():
        return []
    measures = {"tier_measure", "tier_value"} & set(pq.read_schema(path).names)
    names = [
        KEY,
        "tier_rank",
        min(measures),
        "tier",
    ]  # another measure, if there is one
    table = pq.read_table(path, columns=names)
    ranks = table.column("tier_rank").to_numpy()
    wanted = ranks > after
    if among is not None:
        wanted &= np.isin(table.column(KEY).to_numpy(), np.asarray(among, np.int64))
    at = np.flatnonzero(wanted)
    first = at[np.argsort(ranks[at])[:limit]]
    return [Ranked(*row.values()) for row in table.take(first).to_pylist()]
