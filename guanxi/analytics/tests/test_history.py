"""Histories: only added to, read as they stand, and told as they stood."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guanxi.analytics import history as module
from guanxi.analytics.history import AlreadyLoadedError, Appended, History

SCHEMA = pa.schema(
    [
        pa.field("number", pa.int64(), nullable=False),
        pa.field("day", pa.date32(), nullable=False),
        pa.field("word", pa.string(), nullable=False),
    ]
)
Rows = list[tuple[int, str]]


@pytest.fixture
def kept(tmp_path: Path) -> History:
    return History(tmp_path / "fact", SCHEMA, "number")


def batches(rows: Rows, size: int = 3) -> list[pa.RecordBatch]:
    """Return rows of (number, word), a few at a time."""
    numbers, words = [one for one, _ in rows], [word for _, word in rows]
    table = pa.table(
        [
            pa.array(numbers, pa.int64()),
            pa.array([0] * len(rows), pa.int32()).cast(pa.date32()),
            pa.array(words, pa.string()),
        ],
        schema=SCHEMA,
    )
    found: list[pa.RecordBatch] = table.to_batches(max_chunksize=size)
    return found


def gone(*numbers: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array(numbers, np.int64)


def read(kept: History) -> list[tuple[int, str]]:
    """Return what holds, as pyarrow reads it and as DuckDB does: the same."""
    table = kept.read(["number", "word"])
    here = sorted(
        zip(*(table[name].to_pylist() for name in table.column_names), strict=True)
    )
    with duckdb.connect() as engine:
        rows = engine.execute(f"SELECT number, word FROM ({kept.view_sql()})")
        assert sorted(rows.fetchall()) == here
    return here


def test_before_the_first_load_there_is_nothing_to_read(kept: History) -> None:
    assert (kept.is_readable(), kept.last_load(), kept.rows()) == (False, 0, 0)


def test_a_changed_record_is_loaded_again_and_its_earlier_rows_stay(
    kept: History,
) -> None:
    first = kept.append(1, batches([(1, "a"), (1, "b"), (2, "c"), (3, "d")]))
    assert first == Appended(added=4, superseded=0)
    second = kept.append(2, batches([(1, "A"), (4, "e")]), gone=gone(3))
    assert second == Appended(added=2, superseded=3)
    assert read(kept) == [(1, "A"), (2, "c"), (4, "e")]
    with duckdb.connect() as engine:
        told = engine.execute(
            f"SELECT number, word, load, is_gone FROM ({kept.history_sql()})"
        ).fetchall()
    assert sorted(told) == [
        (1, "A", 2, False),
        (1, "a", 1, False),
        (1, "b", 1, False),
        (2, "c", 1, False),
        (3, "", 2, True),
        (3, "d", 1, False),
        (4, "e", 2, False),
    ]


def test_what_was_loaded_is_not_loaded_over(kept: History) -> None:
    kept.append(4, batches([(1, "a")]))
    for load in (3, 4):
        with pytest.raises(AlreadyLoadedError):
            kept.append(load, batches([(1, "b")]))
    (path,) = kept.folder.glob("*.parquet")
    assert path.stat().st_mode & 0o777 == 0o400
    assert read(kept) == [(1, "a")]


def test_given_a_load_cut_off_then_nothing_of_it_holds_and_the_next_one_clears_up(
    kept: History,
) -> None:
    kept.append(1, batches([(1, "a")]))

    def cut_off() -> Iterator[pa.RecordBatch]:
        yield from batches([(1, "b")])
        raise ConnectionError

    with pytest.raises(ConnectionError):
        kept.append(2, cut_off())
    assert (read(kept), kept.last_load()) == ([(1, "a")], 1)
    kept.append(3, batches([(2, "c")]))
    kept.append(4, batches([(3, "d")]))
    named = {part.name for part in kept.parts()}
    left = {path.stem for path in kept.folder.glob("*.parquet")}
    assert named <= left
    assert read(kept) == [(1, "a"), (2, "c"), (3, "d")]


def test_a_whole_load_supersedes_all_and_keeps_it(kept: History) -> None:
    kept.append(1, batches([(1, "a"), (2, "b")]))
    done = kept.append(2, batches([(2, "B")]), is_whole=True)
    assert done == Appended(added=1, superseded=2)
    assert (read(kept), kept.rows()) == ([(2, "B")], 1)
    assert [part.rows for part in kept.parts()] == [2, 1]
    kept.append(3, [], is_whole=True)
    assert read(kept) == []


def test_given_other_columns_then_it_is_not_read_until_all_is_loaded_anew(
    kept: History,
) -> None:
    kept.append(1, batches([(1, "a")]))
    wider = History(kept.folder, SCHEMA.append(pa.field("more", pa.int64())), "number")
    assert not wider.is_readable()
    more = batches([(1, "a")])[0].append_column("more", pa.array([7]))
    wider.append(2, [more], is_whole=True)
    assert wider.is_readable()
    assert wider.read(["number", "more"]).to_pylist() == [{"number": 1, "more": 7}]


def test_known_are_those_that_hold(kept: History) -> None:
    kept.append(1, batches([(1, "a"), (2, "b"), (3, "c")]))
    kept.append(2, [], gone=gone(2))
    assert kept.known(gone(3, 1, 2, 9)).tolist() == [1, 3]


def test_an_erased_record_is_in_no_file_of_any_load(kept: History) -> None:
    kept.append(1, batches([(1, "a"), (2, "b"), (3, "c")]))
    kept.append(2, batches([(1, "A"), (3, "C")]))
    kept.forget(gone(1))
    assert read(kept) == [(2, "b"), (3, "C")]
    words = [
        word
        for path in kept.folder.glob("*.parquet")
        if "word" in pq.read_schema(path).names
        for word in pq.read_table(path)["word"].to_pylist()
    ]
    assert Counter(words) == Counter(["b", "c", "C"])


@pytest.mark.parametrize("seed", range(4))
def test_many_loads_come_to_what_the_last_state_is(
    kept: History, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_JOINED", 60)
    random, state = Random(seed), dict[int, Rows]()
    states = []
    for load in range(1, 60):
        changed = {random.randint(1, 40): load for _ in range(random.randint(0, 6))}
        went = {one for one in changed if one in state and random.random() < 0.3}
        rows = {
            one: [(one, f"{load}.{n}") for n in range(random.randint(1, 3))]
            for one in changed.keys() - went
        }
        state = {one: told for one, told in state.items() if one not in went} | rows
        added = [row for one in rows.values() for row in one]
        if random.random() < 0.1:
            everything = [row for told in state.values() for row in told]
            kept.append(load, batches(everything), is_whole=True)
        else:
            kept.append(load, batches(added), gone=gone(*went))
        states.append(sorted(row for told in state.values() for row in told))
        assert read(kept) == states[-1]
    assert kept.rows() == len(states[-1])
    assert len(kept.parts()) < 40  # small ones are joined
    manifest = json.loads((kept.folder / "manifest.json").read_text())
    assert manifest["columns"] == SCHEMA.names
