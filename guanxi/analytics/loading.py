"""
Loads of the warehouse: what has changed since the last one, or all of it.

A load is a thing of its own: it is committed before whoever asked for it goes on, so that
it neither waits for him nor is undone with him. Cut off anywhere, it is made up for by the
next one: what had changed stays listed until a load is complete.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.errors import LockNotAvailable

from guanxi.analytics.cubes.histories import (
    CLASSES,
    HISTORIES,
    ORDERS,
    PRODUCTS,
    SALES,
    SNAPSHOTS,
)
from guanxi.analytics.cubes.snapshots import (
    COSTS,
    COSTS_FILE,
    DAYS,
    calendar,
)
from guanxi.analytics.extract import (
    LoadCounts,
    PostgresSource,
    Read,
    UnreadableSourceError,
    cleaned,
)
from guanxi.analytics.history import Appended, History
from guanxi.analytics.science.grouped import Ints
from guanxi.analytics.warehouse import NoSnapshotError, Warehouse
from guanxi.foundation.clock import now
from guanxi.foundation.rooms import Fact, collected

FACTS: Sequence[str] = (ORDERS, SALES, PRODUCTS)
DIMENSIONS: Sequence[str] = (CLASSES,)
LOAD_LOCK = 0x6713
PATIENCE = "10s"
"""For how long a load waits for those who are writing orders."""

# Where more than this share of the records has changed, it is quicker to read them all.
_MOST_CHANGED = 0.3


Counts = dict[str, dict[str, int]]
"""Rows by fact and step, as `WarehouseLoad` keeps them."""

_BATCH_ROWS = 1 << 17
_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Load:
    """A load that is complete."""

    number: int
    is_whole: bool
    counts: Counts

    def total(self, step: str) -> int:
        """Return how many rows of all facts went through a step."""
        return sum(one[step] for one in self.counts.values())


@dataclass
class _Changes:
    """What the list of changes holds of one kind: its entries, and the records they name."""

    entries: Ints
    numbers: Ints


def warehouse() -> Warehouse:
    """Return the warehouse of this house."""
    return Warehouse(settings.WAREHOUSE_ROOT)


def conninfo() -> str:
    """Return how to reach the very database this process is connected to."""
    connection.ensure_connection()
    info = connection.connection.info
    return make_conninfo(info.dsn, password=info.password or None)


def wait_for_load() -> None:
    """Let the transaction of who asks for a load rest as long as the load takes."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def load_facts(*, is_whole: bool = False) -> Load:
    """Load orders, their lines and the products; and what was spent beside goods."""
    found = _load(FACTS, is_whole=is_whole)
    load_costs()
    return found


def load_costs() -> None:
    """Write down what was put into customers, if that is not as it was."""
    (fact,) = (one for one in collected("facts") if one.name == COSTS_FILE)
    with PostgresSource(conninfo()).moment() as read, read(fact.sql()) as rows:
        found = pa.Table.from_batches(
            cleaned(fact.name, rows, COSTS, LoadCounts()), COSTS
        )
    kept = warehouse()
    with suppress(NoSnapshotError):
        if pq.read_table(kept.path(COSTS_FILE)).equals(found):
            return
    kept.publish(COSTS_FILE, COSTS, found.to_batches())


def load_dimensions(*, is_whole: bool = False) -> Load:
    """Load what customers are, as committed; and the days of the calendar."""
    found = _load(DIMENSIONS, is_whole=is_whole)
    load_days()
    load_snapshots()
    return found


def load_days() -> None:
    """Write down for the cubes on which days people work."""
    warehouse().publish("days", DAYS, [calendar()])


def load_snapshots() -> None:
    """Read anew what is kept as it is now, without anything earlier."""
    facts = {fact.name: fact for fact in collected("facts")}
    with PostgresSource(conninfo()).moment() as read:
        for name, schema in SNAPSHOTS.items():
            with read(facts[name].sql()) as rows:
                found = cleaned(name, rows, schema, LoadCounts())
                warehouse().publish(name, schema, found)


def forget_in_snapshots(customer_ids: Ints) -> None:
    """Remove what the snapshots tell of some customers: somebody is erased."""
    for name, schema in SNAPSHOTS.items():
        with suppress(NoSnapshotError), pq.ParquetFile(warehouse().path(name)) as file:
            warehouse().publish(name, schema, _without(file, customer_ids))


def _without(file: pq.ParquetFile, customer_ids: Ints) -> Iterator[pa.RecordBatch]:
    for batch in file.iter_batches(_BATCH_ROWS):
        known = batch.column("customer_id").to_numpy()
        yield batch.filter(pa.array(np.isin(known, customer_ids, invert=True)))


def forget_costs(customer_ids: Sequence[int]) -> None:
    """Remove what was spent on customers who are erased, at once."""
    kept = warehouse()
    with suppress(NoSnapshotError):
        table = pq.read_table(kept.path(COSTS_FILE))
        gone = np.isin(table.column("customer_id").to_numpy(), customer_ids)
        if gone.any():
            kept.publish(COSTS_FILE, COSTS, table.filter(pa.array(~gone)).to_batches())


def _load(names: Sequence[str], *, is_whole: bool) -> Load:
    with _ledger() as ledger:
        ledger.execute("SET statement_timeout = 0")
        ledger.execute("SELECT pg_advisory_lock(%s)", [LOAD_LOCK])
        facts = [fact for fact in collected("facts") if fact.name in names]
        is_new = [_begin_to_listen(ledger, one) for one in facts if one.changed_sql]
        is_continued = all(_is_continued(ledger, name) for name in names)
        is_whole = is_whole or any(is_new) or not is_continued
        number = _begun(ledger, is_whole=is_whole, at=now())
        try:
            counts, done = _carried_out(names, number, is_whole=is_whole)
        except BaseException as error:
            _failed(ledger, number, error)
            raise
        _finished(ledger, number, counts, done)
        _clear_up(names)
        return Load(number, is_whole, counts)


@contextmanager
def _ledger() -> Iterator[psycopg.Connection[Any]]:
    """
    Yield a connection of its own, on which what is done is done at once.

    :raises UnreadableSourceError: if the database cannot be reached or refuses.
    """
    try:
        with closing(psycopg.connect(conninfo(), autocommit=True)) as ledger:
            yield ledger
    except psycopg.Error as error:
        raise UnreadableSourceError(str(error)) from error


def _begin_to_listen(ledger: psycopg.Connection[Any], fact: Fact) -> bool:
    """
    Let the triggers write down changes from now on; tell whether they did not before.

    Whoever is writing is waited for: what is committed later is seen by one or the other.
    Who writes for too long is let go on; then all is read once more the next time.
    """
    kind = HISTORIES[fact.name].changes
    asked = "SELECT 1 FROM foundation_feed WHERE kind = %s"
    if ledger.execute(asked, [kind]).fetchone():
        return False
    with suppress(LockNotAvailable), ledger.transaction():
        ledger.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
        tables = sql.SQL(", ").join(map(sql.Identifier, fact.listed))
        ledger.execute(
            sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(tables)
        )
        ledger.execute("INSERT INTO foundation_feed (kind) VALUES (%s)", [kind])
    return True


def _is_continued(ledger: psycopg.Connection[Any], name: str) -> bool:
    """Tell whether the history ``name`` holds all that this database has loaded."""
    history = warehouse().history(name)
    if not history.is_readable():
        return False
    last = history.last_load()
    rows = ledger.execute(
        "SELECT number = %(last)s FROM analytics_warehouseload WHERE number = %(last)s"
        " OR number > %(last)s AND state = 'done'"
        " AND (counts -> %(name)s ->> 'loaded')::int"
        " + (counts -> %(name)s ->> 'merged')::int > 0",
        {"last": last, "name": name},
    ).fetchall()
    return all(is_last for (is_last,) in rows) and (bool(rows) or last == 0)


def _begun(ledger: psycopg.Connection[Any], *, is_whole: bool, at: datetime) -> int:
    found = ledger.execute("SELECT max(number) FROM analytics_warehouseload").fetchone()
    # Nobody else loads: one that is still running was killed.
    ledger.execute(
        "UPDATE analytics_warehouseload SET state = 'failed', finished_at = %s"
        " WHERE state = 'running'",
        [at],
    )
    known = [warehouse().history(name).last_load() for name in HISTORIES]
    number = max([(found and found[0]) or 0, *known]) + 1
    ledger.execute(
        "INSERT INTO analytics_warehouseload"
        " (number, state, is_whole, began_at, counts, problem)"
        " VALUES (%s, 'running', %s, %s, '{}', '')",
        [number, is_whole, at],
    )
    return number


def _failed(ledger: psycopg.Connection[Any], number: int, error: BaseException) -> None:
    ledger.execute(
        "UPDATE analytics_warehouseload SET state = 'failed', finished_at = %s,"
        " problem = %s WHERE number = %s",
        [now(), str(error) or type(error).__name__, number],
    )


def _finished(
    ledger: psycopg.Connection[Any],
    number: int,
    counts: Counts,
    done: Iterable[_Changes],
) -> None:
    """Write down that a load is complete, and forget the changes that it has read."""
    with ledger.transaction():
        for one in done:
            ledger.execute(
                "DELETE FROM foundation_change WHERE id = ANY(%s)",
                [one.entries.tolist()],
            )
        ledger.execute(
            "UPDATE analytics_warehouseload SET state = 'done', finished_at = %s,"
            " counts = %s WHERE number = %s",
            [now(), json.dumps(counts), number],
        )


def _clear_up(names: Sequence[str]) -> None:
    """Remove what an older version kept of the same, as files replaced whole."""
    for name in (*names, "profits"):
        (settings.WAREHOUSE_ROOT / f"{name}.parquet").unlink(missing_ok=True)


def _carried_out(
    names: Sequence[str], number: int, *, is_whole: bool
) -> tuple[Counts, list[_Changes]]:
    facts = {fact.name: fact for fact in collected("facts")}
    counts: Counts = {}
    changes: dict[str, _Changes] = {}
    with PostgresSource(conninfo()).moment() as read:
        for name in names:
            kind = HISTORIES[name].changes
            if kind and kind not in changes:
                changes[kind] = _changes(read, kind)
            step = _Step(facts[name], warehouse().history(name), number, read)
            counts[name] = step.taken(changes.get(kind), is_whole=is_whole)
    return counts, list(changes.values())


def _changes(read: Read, kind: str) -> _Changes:
    text = sql.SQL("SELECT id, number FROM foundation_change WHERE kind = {}")
    with read(text.format(sql.Literal(kind)).as_string(None)) as rows:
        table = rows.read_all()
    numbers = np.unique(table.column("number").to_numpy())
    return _Changes(table.column("id").to_numpy(), numbers)


@dataclass
class _Step:
    """What a load does to one history, counting the rows."""

    fact: Fact
    history: History
    number: int
    read: Read
    found: LoadCounts = field(default_factory=LoadCounts)

    def taken(self, changes: _Changes | None, *, is_whole: bool) -> dict[str, int]:
        """Take the step, the shortest way there is, and return its counts."""
        if changes and len(changes.numbers) > _MOST_CHANGED * self.history.rows():
            is_whole = True
        if is_whole:
            done, refreshed = self._all()
        elif changes:
            done, refreshed = self._changed(changes.numbers)
        else:
            done, refreshed = self._compared()
        return {
            "read": self.found.read,
            "cleaned": self.found.cleaned,
            "loaded": done.added,
            "merged": done.superseded,
            "refreshed": refreshed,
        }

    def _all(self) -> tuple[Appended, int]:
        with self.read(self.fact.sql()) as rows:
            done = self.history.append(self.number, self._cleaned(rows), is_whole=True)
        return done, done.added

    def _changed(self, numbers: Ints) -> tuple[Appended, int]:
        """Add what the changed records are now; those that count no more are gone."""
        if not len(numbers) or self.fact.changed_sql is None:
            return Appended(0, 0), 0
        with self.read(self.fact.changed_sql()) as rows:
            batches = list(self._cleaned(rows))
        there = [one.column(self.history.key).to_numpy() for one in batches]
        missing = np.setdiff1d(numbers, np.concatenate([_NONE, *there]))
        gone = self.history.known(missing)
        return self._added(batches, gone), len(numbers)

    def _compared(self) -> tuple[Appended, int]:
        """Read all, and add what is not as it is kept."""
        key, kept = self.history.key, self.history.view_sql()
        self.history.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.history.folder) as folder:
            path = f"{folder}/now.parquet"
            with (
                self.read(self.fact.sql()) as rows,
                pq.ParquetWriter(path, self.history.schema) as writer,
            ):
                for batch in self._cleaned(rows):
                    writer.write_batch(batch)
            with closing(duckdb.connect()) as engine:
                now_there = engine.read_parquet(path)
                engine.register("now_there", now_there)
                engine.execute(f"CREATE VIEW kept AS {kept}")
                new = engine.sql("SELECT * FROM now_there EXCEPT SELECT * FROM kept")
                changed = new.to_arrow_table().cast(self.history.schema)
                went = engine.sql(
                    f"SELECT {key} FROM kept EXCEPT SELECT {key} FROM now_there"  # noqa: S608 -- a name of our own
                )
                gone = went.to_arrow_table().column(0).to_numpy()
        return self._added(changed.to_batches(), gone), changed.num_rows + len(gone)

    def _added(self, batches: Sequence[pa.RecordBatch], gone: Ints) -> Appended:
        if not sum(one.num_rows for one in batches) and not len(gone):
            return Appended(0, 0)
        return self.history.append(self.number, batches, gone=gone)

    def _cleaned(self, rows: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        return cleaned(self.fact.name, rows, self.history.schema, self.found)
