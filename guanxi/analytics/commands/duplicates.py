"""Find the customers that are likely one, over the whole base."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext_noop

from guanxi.analytics.events import DuplicatesSearched
from guanxi.customers.commands.duplicate_pair import StoredPairs, store_pairs
from guanxi.foundation.actor import Actor, System
from guanxi.foundation.commands import command
from guanxi.foundation.events import publish
from guanxi.foundation.rooms import collected

if TYPE_CHECKING:
    import pyarrow as pa

CUSTOMERS = "customers"
"""The fact that is compared; its columns are those of ``linkage.parties.RAW``."""

FINDER = System(gettext_noop("search for duplicates"))
RUN_LOCK = 0x6713


@dataclass(frozen=True)
class Search:
    """A finished run: how many were compared, the pairs found, the seconds of its parts."""

    customers: int
    pairs: int
    stored: StoredPairs
    read_seconds: float
    link_seconds: float
    write_seconds: float


@command(needs="analysis.run")
def find_duplicates(by: Actor, *, at: datetime) -> Search:
    """Compare all customers, and keep the pairs that are likely one for people to see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RUN_LOCK])
        cursor.execute("SET LOCAL statement_timeout = 0")
    clock = [time.perf_counter()]
    raw = _read()
    clock.append(time.perf_counter())
    pairs = _linked(raw)
    clock.append(time.perf_counter())
    stored = store_pairs(FINDER, _csv(pairs), at=at)
    clock.append(time.perf_counter())
    found = Search(
        raw.num_rows,
        pairs.num_rows,
        stored,
        *(round(b - a, 3) for a, b in pairwise(clock)),
    )
    publish(
        DuplicatesSearched(
            at=at, customers=found.customers, pairs=found.pairs, added=stored.added
        )
    )
    return found


def _read() -> "pa.Table":
    from guanxi.analytics.extract import PostgresSource  # noqa: PLC0415 -- loads arrow
    from guanxi.analytics.loading import conninfo  # noqa: PLC0415 -- loads the engines

    (fact,) = (fact for fact in collected("facts") if fact.name == CUSTOMERS)
    with PostgresSource(conninfo()).read(fact.sql()) as reader:
        return reader.read_all()


def _linked(raw: "pa.Table") -> "pa.Table":
    from guanxi.analytics.linkage.link import linked  # noqa: PLC0415 -- loads the engines

    return linked(raw).pairs


def _csv(pairs: "pa.Table") -> Iterator[bytes]:
    """Yield the pairs as COPY reads them, the probability in whole percent."""
    import pyarrow as pa  # noqa: PLC0415 -- loads arrow
    import pyarrow.compute as pc  # noqa: PLC0415 -- loads arrow
    from pyarrow import csv  # noqa: PLC0415 -- loads arrow

    percent = pc.multiply(pairs.column("probability"), 100.0)
    score = pc.cast(pc.floor(percent), pa.int16())
    table = pairs.set_column(2, "score", score)
    for batch in table.to_batches(max_chunksize=50_000):
        stream = pa.BufferOutputStream()
        csv.write_csv(batch, stream, csv.WriteOptions(include_header=False))
        yield stream.getvalue().to_pybytes()
