"""Facts of the rooms, copied from PostgreSQL into the warehouse."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa
from adbc_driver_postgresql import dbapi

ORDER_SCHEMA = pa.schema(
    [
        pa.field("customer_id", pa.int64(), nullable=False),
        pa.field("ordered_on", pa.date32(), nullable=False),
        pa.field("amount", pa.int64(), nullable=False),
    ]
)
"""
What customers are analyzed by: one row per order that counts.

``amount`` in minor units of money, refunds deducted.
"""

_STANDING_STILL = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
# To read tens of millions of rows takes its time, and so does to write them down.
_LIMITS = ("statement_timeout", "idle_in_transaction_session_timeout")
_BATCH_BYTES = 8 << 20  # what is in memory at a time


class WrongColumnsError(ValueError):
    """A fact does not have the columns that its readers expect."""


class UnreadableSourceError(OSError):
    """The database did not give its facts."""


Read = Callable[[str], AbstractContextManager[pa.RecordBatchReader]]
"""Returns the rows that some SQL selects, in batches, while the context lasts."""


class Source(Protocol):
    """Where facts come from."""

    def moment(self) -> AbstractContextManager[Read]:
        """Return a reader to which everything stands still while the context lasts."""


@dataclass(frozen=True)
class PostgresSource:
    """A PostgreSQL database, read in its binary format by column."""

    url: str = field(repr=False)  # may carry a password

    @contextmanager
    def moment(self) -> Iterator[Read]:
        """
        Yield a reader of the database as it is now; one read-only transaction.

        :raises UnreadableSourceError: if it cannot be reached or refuses.
        """
        try:
            with dbapi.connect(self.url) as connection:
                with connection.cursor() as cursor:
                    cursor.execute(_STANDING_STILL)
                    for limit in _LIMITS:
                        cursor.execute(f"SET LOCAL {limit} = 0")

                @contextmanager
                def read(sql: str) -> Iterator[pa.RecordBatchReader]:
                    with connection.cursor() as cursor:
                        cursor.adbc_statement.set_options(
                            **{
                                "adbc.postgresql.batch_size_hint_bytes": str(
                                    _BATCH_BYTES
                                )
                            }
                        )
                        cursor.execute(sql)
                        yield cursor.fetch_record_batch()

                yield read
        except dbapi.Error as error:
            raise UnreadableSourceError(str(error)) from error

    @contextmanager
    def read(self, sql: str) -> Iterator[pa.RecordBatchReader]:
        """
        Yield the rows that ``sql`` selects, in batches.

        :raises UnreadableSourceError: if the database cannot be reached or refuses.
        """
        with self.moment() as read, read(sql) as rows:
            yield rows


@dataclass
class LoadCounts:
    """Rows ``read``, of them ``cleaned`` away as incomplete, and ``loaded``."""

    read: int = 0
    cleaned: int = 0
    loaded: int = 0


def cleaned(
    name: str, reader: pa.RecordBatchReader, schema: pa.Schema, counts: LoadCounts
) -> Iterator[pa.RecordBatch]:
    """
    Yield the rows without an empty cell, batch by batch, keeping the counts.

    :raises WrongColumnsError: if they do not have the columns of ``schema``.
    """
    if (reader.schema.names, reader.schema.types) != (schema.names, schema.types):
        raise WrongColumnsError(f"{name}: expected {schema}, found {reader.schema}")
    for batch in reader:
        complete = batch.drop_null()
        counts.read += batch.num_rows
        counts.cleaned += batch.num_rows - complete.num_rows
        counts.loaded += complete.num_rows
        yield pa.RecordBatch.from_arrays(complete.columns, schema=schema)
