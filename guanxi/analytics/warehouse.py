"""
The warehouse: the histories of facts, and snapshots of what is worked out anew each time.

A history only grows; a snapshot is one Parquet file, replaced whole. A DuckDB file would
lock out every other process, so readers open both with a DuckDB that lives in memory. A
reader keeps the files it has opened while new ones take their place.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from guanxi.analytics.cubes.histories import (
    HISTORIES,
    history_of,
)
from guanxi.analytics.history import History, sync

_NAME = re.compile(r"[a-z][a-z0-9_]*")


class NoSnapshotError(LookupError):
    """The fact has not been loaded yet."""


@dataclass(frozen=True)
class Warehouse:
    """The histories and snapshots in one folder; readable by its owner only."""

    folder: Path

    def path(self, name: str) -> Path:
        """
        Return the file of the snapshot ``name``.

        :raises NoSnapshotError: if it was never published.
        """
        path = self._file(name)
        if not path.exists():
            raise NoSnapshotError(name)
        return path

    def history(self, name: str) -> History:
        """Return the history of the fact or dimension ``name``."""
        return history_of(self.folder, name)

    def require(self, name: str) -> None:
        """
        Let pass whoever wants to read the history ``name``.

        :raises NoSnapshotError: before its first load, or if an older version made it.
        """
        if not self.history(name).is_readable():
            raise NoSnapshotError(name)

    def publish(
        self, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]
    ) -> int:
        """
        Write ``batches`` as the new snapshot ``name`` and return its number of rows.

        The old snapshot stays until the new one is complete and on disk; after a crash
        or an error it is still the valid one.
        """
        target = self._file(name)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._scratch(target) as scratch:
            rows = _write(scratch, schema, batches)
            scratch.replace(target)
        sync(self.folder)
        return rows

    def connect(self) -> Backend:
        """
        Return a DuckDB in memory with one view per snapshot, and of what holds per history.

        It reads nothing but these files and never fetches an extension.
        """
        connection = duckdb.connect(
            config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        backend: Backend = ibis.duckdb.from_connection(connection)
        for path in sorted(self.folder.glob("*.parquet")):
            if path.stem in HISTORIES:  # as an older version left it
                continue
            backend.read_parquet(path, table_name=path.stem)
        for name in HISTORIES:
            history = self.history(name)
            if history.is_readable():
                connection.execute(f"CREATE VIEW {name} AS {history.view_sql()}")
        return backend

    def _file(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a name of a fact: {name!r}")
        return self.folder / f"{name}.parquet"

    @contextmanager
    def _scratch(self, target: Path) -> Iterator[Path]:
        """Yield a new file beside ``target``; it is gone afterwards unless renamed."""
        with NamedTemporaryFile(
            dir=self.folder, prefix=f".{target.stem}-", suffix=".part", delete=False
        ) as file:
            path = Path(file.name)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)


def _write(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    rows = 0
    # light compression, no dictionaries: ids and amounts hardly repeat
    with pq.ParquetWriter(
        path, schema, compression="lz4", use_dictionary=False
    ) as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    sync(path)
    return rows
