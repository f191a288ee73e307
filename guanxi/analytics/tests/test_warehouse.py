"""Snapshots: whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guanxi.analytics.extract import PostgresSource
from guanxi.analytics.warehouse import NoSnapshotError, Warehouse

# ibis 12 still calls DuckDB by an old name
ibis_warns = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
NUMBERS = pa.schema([("number", pa.int64())])


def numbers(*values: int) -> list[pa.RecordBatch]:
    return [pa.record_batch([[value]], schema=NUMBERS) for value in values]


@ibis_warns
def test_given_batches_when_published_then_they_can_be_read(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "new")
    assert warehouse.publish("fact", NUMBERS, numbers(1, 2)) == 2
    connection = warehouse.connect()
    assert connection.table("fact").number.sum().execute() == 3
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_given_a_failure_when_published_then_the_old_snapshot_stays(
    tmp_path: Path,
) -> None:
    warehouse = Warehouse(tmp_path)
    warehouse.publish("fact", NUMBERS, numbers(1))

    def broken() -> Iterator[pa.RecordBatch]:
        yield from numbers(5)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        warehouse.publish("fact", NUMBERS, broken())
    assert pq.read_table(warehouse.path("fact"))["number"].to_pylist() == [1]
    assert [path.name for path in tmp_path.iterdir()] == ["fact.parquet"]


def test_given_an_open_reader_when_replaced_then_it_keeps_what_it_opened(
    tmp_path: Path,
) -> None:
    warehouse = Warehouse(tmp_path)
    warehouse.publish("fact", NUMBERS, numbers(1))
    with pq.ParquetFile(warehouse.path("fact")) as reader:
        warehouse.publish("fact", NUMBERS, numbers(2))
        assert reader.read()["number"].to_pylist() == [1]
    assert pq.read_table(warehouse.path("fact"))["number"].to_pylist() == [2]


def test_given_no_extract_when_asked_then_there_is_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(NoSnapshotError):
        Warehouse(tmp_path).path("fact")


@pytest.mark.parametrize("name", ["../fact", "Fact", "", "a/b"])
def test_given_a_name_that_is_no_name_then_it_is_refused(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(ValueError, match="not a name"):
        Warehouse(tmp_path).path(name)


def test_given_a_source_when_shown_then_its_password_is_not() -> None:
    assert "secret" not in repr(PostgresSource("postgresql://u:secret@h/d"))
