"""Facts of the rooms, copied from PostgreSQL into the warehouse."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa
from adbc_driver_postgresql import dbapi

from guanxi.analytics.warehouse import Warehouse

ORDERS = "orders"
"""The fact that customers are analyzed by; its columns are those of ``ORDER_SCHEMA``."""

ORDER_SCHEMA = pa.schema(
    [
        pa.field("customer_id", pa.int64(), nullable=False),
        pa.field("ordered_on", pa.date32(), nullable=False),
        pa.field("amount", pa.int64(), nullable=False),
    ]
)
"""One row per order that counts; ``amount`` in minor units of money, refunds deducted."""

PROFITS = "profits"
"""The fact that tells what customers bring; its columns are those of ``PROFIT_SCHEMA``."""

PROFIT_SCHEMA = pa.schema(
    [
        pa.field("customer_id", pa.int64(), nullable=False),
        pa.field("ordered_on", pa.date32(), nullable=False),
        pa.field("revenue", pa.int64(), nullable=False),
        pa.field("costed", pa.int64(), nullable=False),
        pa.field("profit", pa.int64(), nullable=False),
    ]
)
"""One row per order that counts, in minor units: ``profit`` is that of ``costed`` alone."""

_BATCH_BYTES = 8 << 20  # what is in memory at a time


class WrongColumnsError(ValueError):
    """A fact does not have the columns that its readers expect."""


class UnreadableSourceError(OSError):
    """The database did not give its facts."""


class Source(Protocol):
    """Where facts come from."""

    def read(self, sql: str) -> AbstractContextManager[pa.RecordBatchReader]:
        """Return the rows that ``sql`` selects, in batches, while the context lasts."""


@dataclass(frozen=True)
class PostgresSource:
    """A PostgreSQL database, read in its binary format by column."""

    url: str = field(repr=False)  # may carry a password

    @contextmanager
    def read(self, sql: str) -> Iterator[pa.RecordBatchReader]:
        """
        Yield the rows in batches; one read-only transaction.

        :raises UnreadableSourceError: if the database cannot be reached or refuses.
        """
        try:
            with dbapi.connect(self.url) as connection, connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
                cursor.adbc_statement.set_options(
                    **{"adbc.postgresql.batch_size_hint_bytes": str(_BATCH_BYTES)}
                )
                cursor.execute(sql)
                yield cursor.fetch_record_batch()
        except dbapi.Error as error:
            raise UnreadableSourceError(str(error)) from error


@dataclass
class LoadCounts:
    """Rows ``read``, of them ``cleaned`` away as incomplete, and ``loaded``."""

    read: int = 0
    cleaned: int = 0
    loaded: int = 0


def extract(
    source: Source, warehouse: Warehouse, *, name: str, sql: str, schema: pa.Schema
) -> LoadCounts:
    """
    Copy the rows of one fact into its snapshot and count them.

    Rows with an empty cell are left out and counted as cleaned.

    :raises WrongColumnsError: if ``sql`` does not select the columns of ``schema``.
    """
    counts = LoadCounts()
    with source.read(sql) as reader:
        if not _matches(reader.schema, schema):
            raise WrongColumnsError(f"{name}: expected {schema}, found {reader.schema}")
        batches = _cleaned(reader, schema, counts)
        counts.loaded = warehouse.publish(name, schema, batches)
    return counts


def _matches(found: pa.Schema, wanted: pa.Schema) -> bool:
    return bool(found.names == wanted.names and found.types == wanted.types)


def _cleaned(
    reader: pa.RecordBatchReader, schema: pa.Schema, counts: LoadCounts
) -> Iterator[pa.RecordBatch]:
    """Yield the complete rows of each batch, keeping the counts."""
    for batch in reader:
        complete = batch.drop_null()
        counts.read += batch.num_rows
        counts.cleaned += batch.num_rows - complete.num_rows
        yield pa.RecordBatch.from_arrays(complete.columns, schema=schema)
