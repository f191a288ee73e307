"""
What was loaded of one fact, kept for good: parts that are only added, and what still holds.

Each part is a Parquet file that nobody writes again. A record that has changed is loaded
once more, with the number of the load; the rows of its earlier version stay where they
are and are listed as superseded beside their part. So the present is read as fast as a
file written whole, and any earlier state can be told from the same rows.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from guanxi.analytics.science.grouped import Flags, Ints

LOAD, GONE = "load", "is_gone"
"""The columns that a history adds: the number of the load; true for a record that went."""

MANIFEST = "manifest.json"
# Parts are joined to the one before them while that is not twice as large, so that there
# are few; what is joined stays small enough to be written again within seconds.
_MOST_JOINED = 8_000_000


class AlreadyLoadedError(ValueError):
    """What was loaded is not changed: a later load adds to it."""


@dataclass(frozen=True)
class Part:
    """One file of ``rows``, loaded by the loads ``first`` to ``last``."""

    name: str
    first: int
    last: int
    rows: int
    superseded: int = 0
    superseded_name: str = ""

    @property
    def holds(self) -> bool:
        """Whether any of it still holds."""
        return self.superseded < self.rows


@dataclass(frozen=True)
class Appended:
    """How many rows a load ``added``, and how many of earlier loads it ``superseded``."""

    added: int
    superseded: int


@dataclass(frozen=True)
class History:
    """The parts in one folder, of records that ``key`` tells apart."""

    folder: Path
    schema: pa.Schema
    key: str

    @property
    def whole_schema(self) -> pa.Schema:
        """The columns of the files."""
        return self.schema.append(pa.field(LOAD, pa.int32(), nullable=False)).append(
            pa.field(GONE, pa.bool_(), nullable=False)
        )

    def parts(self) -> list[Part]:
        """Return the parts, the earliest first."""
        path = self.folder / MANIFEST
        if not path.exists():
            return []
        return [Part(**one) for one in json.loads(path.read_text())["parts"]]

    def last_load(self) -> int:
        """Return the number of the latest load; 0 before the first."""
        return max((part.last for part in self.parts()), default=0)

    def is_readable(self) -> bool:
        """Tell whether it was loaded, with the columns of this version."""
        path = self.folder / MANIFEST
        if not path.exists():
            return False
        return bool(json.loads(path.read_text())["columns"] == self.schema.names)

    def rows(self) -> int:
        """Return how many rows hold."""
        return sum(part.rows - part.superseded for part in self.parts())

    def append(
        self,
        load: int,
        batches: Iterable[pa.RecordBatch],
        *,
        gone: Ints | None = None,
        is_whole: bool = False,
    ) -> Appended:
        """
        Add what ``load`` brings, and the keys of records that are ``gone``.

        Earlier rows of the same records are superseded; with ``is_whole`` all of them
        are. All of it takes effect at once, or nothing does.

        :raises AlreadyLoadedError: if a load of this or a later number is in it.
        """
        before = self.parts()
        if load <= self.last_load():
            raise AlreadyLoadedError(f"{self.folder.name}: {load}")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep(before)
        gone = np.zeros(0, np.int64) if gone is None else gone
        is_looked_for = not is_whole and any(part.holds for part in before)
        added, keys = self._write(load, batches, gone, told=is_looked_for)
        kept = [
            _all_superseded(part) if is_whole else self._supersede(part, keys)
            for part in before
        ]
        new = self._listed(added, np.arange(added.rows - len(gone), added.rows))
        self._keep(self._joined([*kept, *([new] if new.rows else [])]))
        count = sum(part.superseded for part in kept) - sum(
            part.superseded for part in before
        )
        return Appended(added.rows - len(gone), count)

    def forget(self, keys: Ints) -> None:
        """Remove every row of some records, of all loads: somebody is erased."""
        before = self.parts()
        if not before:
            return
        self._keep([self._without(part, keys) for part in before])
        self._sweep(self.parts())

    def read(self, columns: Sequence[str]) -> pa.Table:
        """Return what holds, these columns of it."""
        tables = [
            _filtered(
                pq.read_table(self._file(part.name), columns=list(columns)),
                self._superseded(part),
            )
            for part in self.parts()
            if part.holds
        ]
        wanted = pa.schema([self.schema.field(name) for name in columns])
        return pa.concat_tables(tables) if tables else wanted.empty_table()

    def known(self, keys: Ints) -> Ints:
        """Return which of the records ``keys`` hold, in order."""
        wanted, found = np.unique(keys), [np.zeros(0, np.int64)]
        for part in self.parts():
            if part.holds:
                rows, at = self._rows_of(part, wanted)
                found.append(at[~np.isin(rows, self._superseded(part))])
        return np.unique(np.concatenate(found))

    def view_sql(self) -> str:
        """Return DuckDB's SQL of what holds."""
        columns = ", ".join(f'"{name}"' for name in self.schema.names)
        found = [
            f"SELECT {columns} FROM {self._scan(part)}"  # noqa: S608 -- names of our own
            for part in self.parts()
            if part.holds
        ]
        if found:
            return " UNION ALL ".join(found)
        return self._nothing()

    def history_sql(self) -> str:
        """Return DuckDB's SQL of every row ever loaded with the columns of today."""
        whole = self.whole_schema.names
        columns = ", ".join(f'"{name}"' for name in whole)
        files = [
            self._file(part.name)
            for part in self.parts()
            if pq.read_schema(self._file(part.name)).names == whole
        ]
        names = ", ".join(_quoted(path) for path in files)
        return f"SELECT {columns} FROM read_parquet([{names}])"  # noqa: S608 -- as above

    def _nothing(self) -> str:
        path = self.folder / "nothing.parquet"
        if not path.exists():
            pq.write_table(self.schema.empty_table(), path)
        return f"SELECT * FROM read_parquet({_quoted(path)})"  # noqa: S608 -- as above

    def _scan(self, part: Part) -> str:
        path = _quoted(self._file(part.name))
        if not part.superseded:
            return f"read_parquet({path})"
        rows = _quoted(self._file(part.superseded_name))
        return (
            f"read_parquet({path}, file_row_number = true) AS p WHERE NOT EXISTS"  # noqa: S608 -- as above
            f" (SELECT 1 FROM read_parquet({rows}) AS s WHERE s.row = p.file_row_number)"
        )

    def _write(
        self, load: int, batches: Iterable[pa.RecordBatch], gone: Ints, *, told: bool
    ) -> tuple[Part, Ints]:
        """Write a part; return it and, if ``told``, the keys in it and gone, in order."""
        part = Part(_new_name(load, load), load, load, 0)
        keys, rows = [gone], 0
        with self._writing(part.name, self.whole_schema) as writer:
            for batch in batches:
                writer.write_batch(self._stamped(batch, load, is_gone=False))
                if told:
                    keys.append(np.unique(batch.column(self.key).to_numpy()))
                rows += batch.num_rows
            if len(gone):
                writer.write_batch(self._stamped(self._empty(gone), load, is_gone=True))
        return replace(part, rows=rows + len(gone)), np.unique(np.concatenate(keys))

    def _stamped(
        self, batch: pa.RecordBatch, load: int, *, is_gone: bool
    ) -> pa.RecordBatch:
        count = batch.num_rows
        stamps = [
            pa.repeat(pa.scalar(load, pa.int32()), count),
            pa.repeat(is_gone, count),
        ]
        return pa.RecordBatch.from_arrays(
            [*batch.columns, *stamps], schema=self.whole_schema
        )

    def _empty(self, gone: Ints) -> pa.RecordBatch:
        """Return a row of nothing for each record that is gone."""
        columns = [
            pa.array(gone)
            if field.name == self.key
            else pa.repeat(_nothing_of(field.type), len(gone))
            for field in self.schema
        ]
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)

    @contextmanager
    def _writing(self, name: str, schema: pa.Schema) -> Iterator[pq.ParquetWriter]:
        """Yield a writer of a new file, which nobody can write to once it is closed."""
        path = self._file(name)
        # light compression, no dictionaries: ids and amounts hardly repeat
        with pq.ParquetWriter(
            path, schema, compression="lz4", use_dictionary=False
        ) as writer:
            yield writer
        sync(path)
        path.chmod(0o400)

    def _supersede(self, part: Part, keys: Ints) -> Part:
        """Return ``part`` with the rows of ``keys`` listed as superseded."""
        if not part.holds or not len(keys):
            return part
        found, _keys = self._rows_of(part, keys)
        known = self._superseded(part)
        every = np.union1d(known, found)
        return part if len(every) == len(known) else self._listed(part, every)

    def _rows_of(self, part: Part, keys: Ints) -> tuple[Ints, Ints]:
        """Return the rows of ``part`` with one of ``keys`` (in order), and which of them."""
        rows, found, start = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
        with pq.ParquetFile(self._file(part.name)) as file:
            column = file.schema_arrow.get_field_index(self.key)
            for group in range(file.num_row_groups):
                about = file.metadata.row_group(group)
                span = about.column(column).statistics
                first, last = np.searchsorted(keys, [span.min, span.max + 1])
                if first < last:
                    table = file.read_row_group(group, columns=[self.key])
                    values = table.column(0).to_numpy()
                    here = np.flatnonzero(np.isin(values, keys[first:last]))
                    rows.append(here + start)
                    found.append(values[here])
                start += about.num_rows
        return np.concatenate(rows), np.concatenate(found)

    def _listed(self, part: Part, rows: Ints) -> Part:
        """Return ``part`` with ``rows`` (in order) as all that is superseded in it."""
        if not len(rows):
            return replace(part, superseded=0, superseded_name="")
        if len(rows) == part.rows:
            return _all_superseded(part)
        name = f"{part.name}-{uuid4().hex[:8]}"
        path = self._file(name)
        pq.write_table(pa.table({"row": rows}), path, compression="lz4")
        sync(path)
        return replace(part, superseded=len(rows), superseded_name=name)

    def _superseded(self, part: Part) -> Ints:
        """Return which rows of ``part`` are superseded, in order."""
        if not part.holds:
            return np.arange(part.rows)
        if not part.superseded:
            return np.zeros(0, np.int64)
        rows: Ints = pq.read_table(self._file(part.superseded_name))["row"].to_numpy()
        return rows

    def _joined(self, parts: Sequence[Part]) -> list[Part]:
        """Return ``parts`` with small neighbors at the end joined to one."""
        found = list(parts)
        while len(found) > 1 and _may_join(found[-2], found[-1]):
            found[-2:] = [self._join(found[-2], found[-1])]
        return found

    def _join(self, early: Part, late: Part) -> Part:
        part = Part(
            _new_name(early.first, late.last),
            early.first,
            late.last,
            early.rows + late.rows,
        )
        with self._writing(part.name, self.whole_schema) as writer:
            for one in (early, late):
                with pq.ParquetFile(self._file(one.name)) as file:
                    for batch in file.iter_batches(1 << 17):
                        writer.write_batch(batch)
        late_rows = self._superseded(late) + early.rows
        return self._listed(part, np.concatenate([self._superseded(early), late_rows]))

    def _without(self, part: Part, keys: Ints) -> Part:
        rows, _keys = self._rows_of(part, np.unique(keys))
        if not len(rows):
            return part
        stays = np.ones(part.rows, bool)
        stays[rows] = False
        holds = np.ones(part.rows, bool)
        holds[self._superseded(part)] = False
        table = pq.read_table(self._file(part.name)).filter(pa.array(stays))
        new = replace(
            part, name=_new_name(part.first, part.last), rows=int(stays.sum())
        )
        with self._writing(new.name, table.schema) as writer:
            writer.write_table(table)
        return self._listed(new, np.flatnonzero(~holds[stays]))

    def _keep(self, parts: Sequence[Part]) -> None:
        """Make ``parts`` the history: this is the moment from which they count."""
        path = self.folder / MANIFEST
        scratch = path.with_suffix(".part")
        written = {
            "columns": self.schema.names,
            "parts": [asdict(one) for one in parts],
        }
        scratch.write_text(json.dumps(written, indent=1))
        sync(scratch)
        scratch.replace(path)
        sync(self.folder)

    def _sweep(self, parts: Sequence[Part]) -> None:
        """Remove files that no reader of the present history looks for."""
        names = {part.name for part in parts} | {part.superseded_name for part in parts}
        for path in self.folder.glob("*.parquet"):
            if path.stem not in names:
                path.unlink()

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"


def sync(path: Path) -> None:
    """Make sure that a crash of the machine cannot undo what was written."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _new_name(first: int, last: int) -> str:
    return f"{first:08d}-{last:08d}-{uuid4().hex[:8]}"


def _all_superseded(part: Part) -> Part:
    return replace(part, superseded=part.rows, superseded_name="")


def _may_join(early: Part, late: Part) -> bool:
    is_small = early.rows + late.rows <= _MOST_JOINED
    return is_small and early.holds and early.rows < 2 * late.rows


def _filtered(table: pa.Table, superseded: Ints) -> pa.Table:
    if not len(superseded):
        return table
    holds: Flags = np.ones(table.num_rows, bool)
    holds[superseded] = False
    return table.filter(pa.array(holds))


def _nothing_of(kind: pa.DataType) -> pa.Scalar:
    if pa.types.is_string(kind):
        return pa.scalar("", kind)
    return (
        pa.scalar(0, pa.int32()).cast(kind)
        if pa.types.is_date(kind)
        else pa.scalar(0, kind)
    )


def _quoted(path: Path) -> str:
    escaped = str(path).replace("'", "''")
    return f"'{escaped}'"
