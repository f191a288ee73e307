"""
Who is in which class at the end of each month, kept as one small file a month.

A month that has passed is worked out from the orders up to its last day, by the laws in
force: so a young house sees its past too, and after a law has changed all months are
compared by the same one. What is there already is not worked out again.
"""

import re
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection

from guanxi.analytics.analysis import analyse, graded_by
from guanxi.analytics.cubes.histories import ORDERS
from guanxi.analytics.extract import ORDER_SCHEMA
from guanxi.analytics.grades.beside import beside_scores
from guanxi.analytics.kept_answers import digest
from guanxi.analytics.loading import warehouse
from guanxi.analytics.moves import NONE, Moves
from guanxi.analytics.parameters import RULES, AnalysisSettings, Parameters
from guanxi.analytics.queries import (
    PARAMETERS,
    SETTINGS,
    analysis_settings,
    latest_runs,
    unprofiled,
)
from guanxi.analytics.rules import end_of, months_until
from guanxi.analytics.science.grouped import Codes, Ints
from guanxi.analytics.science.pyramid import Measure
from guanxi.analytics.scores import FILE, KEY, RUN_LOCK
from guanxi.analytics.upgrades import NEEDED, rising
from guanxi.analytics.warehouse import NoSnapshotError, Warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT_MONTHS = 13
CLASSES = ("tier", "life_stage", "rfm_segment")
RISING = "is_rising"
"""The column that marks who had the potential to rise into the next tier."""
_VERSION = 2
_LAWS, _UNTIL = b"laws", b"until"
_NAME = re.compile(r"states_(\d{4})(\d{2})")
_STAGE = "stage_"


def keep_months(as_of: date) -> int:
    """
    Keep the classes at the end of the latest months up to ``as_of``.

    The latest one is that of the analysis of that day. Return how many were worked out
    anew.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RUN_LOCK])
        cursor.execute("SET LOCAL statement_timeout = 0")
    house, laws = warehouse(), analysis_settings()
    months = months_until(as_of, KEPT_MONTHS)
    missing = [one for one in months[:-1] if not _is_kept(house, one, as_of, laws)]
    orders = house.history(ORDERS).read(ORDER_SCHEMA.names) if missing else None
    for month in missing:
        _publish(house, month, _worked_out(orders, end_of(month, as_of), laws), laws)
    for run in latest_runs(1):
        with suppress(NoSnapshotError):
            found = PARAMETERS.validate_python(run.parameters)
            _publish(house, months[-1], _present(house, found), laws)
    for month, path in _files(house.folder):
        if month not in months:
            path.unlink(missing_ok=True)
    return len(missing)


def kept_months(folder: Path, as_of: date) -> Sequence[date]:
    """Return the first days of the months up to ``as_of`` that are kept, in order."""
    return sorted(month for month, _path in _files(folder) if month <= as_of)


def moved(
    folder: Path,
    what: str,
    keys: Sequence[str],
    span: tuple[date, date],
    *,
    among: Ints | None,
    only_rising: bool = False,
) -> Moves:
    """
    Return who went from one class to another between the ends of two months.

    ``what`` is one of `CLASSES`, ``keys`` their values in order. Only customers ``among``
    count, if there are any; with ``only_rising`` those who had the potential to rise then.
    """
    (ids_before, before), (ids_after, after) = (
        _read(folder, month, what, keys) for month in span
    )
    ids = _union(ids_before, ids_after)
    if only_rising:
        ids = _rising_in(folder, span[0])
    if among is not None:
        ids = ids[np.isin(ids, among)]
    amounts, days = _told(folder, ids)
    return Moves(
        [*keys, NONE],
        ids,
        _placed(ids, ids_before, before, len(keys)),
        _placed(ids, ids_after, after, len(keys)),
        amounts,
        days,
    )


Pairs = Mapping[tuple[str, str], int]
"""For the class somebody was in and the one he got into: a figure."""


def flow(
    folder: Path,
    what: str,
    keys: Sequence[str],
    months: Sequence[date],
    *,
    among: Ints | None,
) -> tuple[Sequence[Pairs], Pairs]:
    """
    Return how many went from class to class between the ends of each two months.

    As `moved` tells it, with `NONE` among the classes. Then the amounts, in minor units of
    the pyramid's period, of those who went in the last of them. Counted once for the same
    files.
    """
    paths = [folder / f"{_name(month)}.parquet" for month in months]
    stamps = tuple((path.name, path.stat().st_mtime_ns) for path in paths)
    seen = None if among is None else digest(among)
    asked = (str(folder), what, tuple(keys), stamps, seen)
    if asked not in _flows:
        read = [_of_those(_read(folder, one, what, keys), among) for one in months]
        steps = [
            _Step(before, after, len(keys) + 1) for before, after in pairwise(read)
        ]
        amounts = _told(folder, read[-1][0])[0]
        named = [*keys, NONE]
        while len(_flows) >= _MOST_FLOWS:
            _flows.popitem(last=False)
        _flows[asked] = (
            [_named(step.counts, named) for step in steps],
            _named(steps[-1].sums(amounts), named),
        )
    return _flows[asked]


_flows: "OrderedDict[Hashable, tuple[Sequence[Pairs], Pairs]]" = OrderedDict()
_MOST_FLOWS = 64


def _union(first: Ints, second: Ints) -> Ints:
    """Return who is in either, rising; each rises, which numpy's own does not know."""
    both = np.concatenate((first, second))
    both.sort(kind="stable")
    return both[np.diff(both, prepend=both[:1] - 1) > 0]


def _of_those(known: tuple[Ints, Codes], among: Ints | None) -> tuple[Ints, Codes]:
    if among is None:
        return known
    here = np.isin(known[0], among)
    return known[0][here], known[1][here]


class _Step:
    """Who went where between two months, of n classes; the last of them is none."""

    def __init__(
        self, before: tuple[Ints, Codes], after: tuple[Ints, Codes], n: int
    ) -> None:
        (old_ids, old), (new_ids, new) = before, after
        at = np.searchsorted(old_ids, new_ids)
        at[at == len(old_ids)] = 0
        known = np.zeros(len(at), np.bool_)
        was = np.full(len(at), n - 1, np.int64)
        if len(old_ids):
            known = old_ids[at] == new_ids
            was[known] = old[at[known]]
        self.n, self.pairs = n, was * n + new
        self.counts = np.bincount(self.pairs, minlength=n * n).reshape(n, n)
        # Who was there and is no more.
        gone = np.bincount(old, minlength=n) - np.bincount(was[known], minlength=n)
        self.counts[:, n - 1] += gone

    def sums(self, amounts: Ints) -> Any:
        """Return the sums of ``amounts``, those of the later customers, by pair."""
        found = np.bincount(self.pairs, amounts, minlength=self.n**2)
        return np.rint(found).astype(np.int64).reshape(self.n, self.n)


def _named(figures: Any, named: Sequence[str]) -> Pairs:
    return {
        (first, second): int(figures[i, j])
        for i, first in enumerate(named)
        for j, second in enumerate(named)
    }


def forget_states(house: Warehouse, gone: Ints) -> None:
    """Remove some customers from all months."""
    for _month, path in _files(house.folder):
        table = pq.read_table(path)
        kept = np.isin(table.column(KEY).to_numpy(), gone, invert=True)
        if not kept.all():
            left = table.filter(pa.array(kept)).combine_chunks()
            house.publish(path.stem, table.schema, left.to_batches())


def _files(folder: Path) -> "Iterator[tuple[date, Path]]":
    for path in sorted(folder.glob("states_*.parquet")):
        found = _NAME.fullmatch(path.stem)
        if found:
            yield date(int(found[1]), int(found[2]), 1), path


def _name(month: date) -> str:
    return f"states_{month:%Y%m}"


def _is_kept(
    house: Warehouse, month: date, as_of: date, laws: AnalysisSettings
) -> bool:
    """Tell whether the whole month is kept, by these laws."""
    try:
        known = pq.read_schema(house.path(_name(month))).metadata or {}
    except NoSnapshotError:
        return False
    wanted = {**_marks(laws), _UNTIL: end_of(month, as_of).isoformat().encode()}
    return all(known.get(key) == value for key, value in wanted.items())


def _marks(laws: AnalysisSettings) -> Mapping[bytes, bytes]:
    written = SETTINGS.dump_json(laws) + f"{RULES} {_VERSION}".encode()
    return {_LAWS: sha256(written).hexdigest().encode()}


def _worked_out(orders: pa.Table, until: date, laws: AnalysisSettings) -> pa.Table:
    house = warehouse()
    beside = beside_scores(
        graded_by(laws),
        house.folder,
        as_of=until,
        period_days=laws.pyramid.period_days,
        minor_units=laws.minor_units,
    )
    spared = np.array(unprofiled(), np.int64)
    found = analyse(orders, as_of=until, settings=laws, without=spared, beside=beside)
    return _of(found.table, found.parameters)


def _present(house: Warehouse, parameters: Parameters) -> pa.Table:
    by = parameters.settings.pyramid.by
    other = () if by is Measure.AMOUNT else ("tier_measure",)
    names = dict.fromkeys((KEY, *CLASSES, *NEEDED, *other))
    return _of(pq.read_table(house.path(FILE), columns=list(names)), parameters)


def _of(scores: pa.Table, parameters: Parameters) -> pa.Table:
    marks = {_UNTIL: parameters.as_of.isoformat().encode()}
    flags = rising(scores, parameters).is_rising
    kept = scores.select([KEY, *CLASSES]).append_column(RISING, pa.array(flags))
    return kept.replace_schema_metadata(marks)


def _rising_in(folder: Path, month: date) -> Ints:
    """Return who had the potential to rise at the end of a month."""
    path = folder / f"{_name(month)}.parquet"
    if RISING not in pq.read_schema(path).names:  # an older version left it
        return np.zeros(0, np.int64)
    table = pq.read_table(path, columns=[KEY, RISING])
    ids: Ints = table.column(KEY).to_numpy()[table.column(RISING).to_numpy()]
    return ids


def _publish(
    house: Warehouse, month: date, table: pa.Table, laws: AnalysisSettings
) -> None:
    marks = {**(table.schema.metadata or {}), **_marks(laws)}
    table = table.replace_schema_metadata(marks).combine_chunks()
    house.publish(_name(month), table.schema, table.to_batches())


def _read(
    folder: Path, month: date, what: str, keys: Sequence[str]
) -> tuple[Ints, Codes]:
    """Return the customers of a month, rising, and the place of each one's class."""
    path = folder / f"{_name(month)}.parquet"
    table = pq.read_table(path, columns=[KEY, what])
    ids = table.column(KEY).to_numpy()
    if not len(ids):
        return ids, np.zeros(0, np.int8)
    column = table.column(what).unify_dictionaries().combine_chunks()
    words = [str(one).removeprefix(_STAGE) for one in column.dictionary.to_pylist()]
    places = [keys.index(one) if one in keys else len(keys) for one in words]
    return ids, np.array(places, np.int8)[column.indices.to_numpy()]


def _placed(ids: Ints, known: Ints, codes: Codes, none: int) -> Codes:
    """Return the codes of ``ids``, ``none`` of those who are not ``known`` (rising)."""
    found = np.full(len(ids), none, np.int8)
    at = np.flatnonzero(np.isin(ids, known, assume_unique=True))
    found[at] = codes[np.searchsorted(known, ids[at])]
    return found


def _told(folder: Path, ids: Ints) -> tuple[Ints, Any]:
    """Return amount and latest day of ``ids`` in the latest scores; 0 and none if gone."""
    amounts = np.zeros(len(ids), np.int64)
    days = np.full(len(ids), np.datetime64("NaT"), "datetime64[D]")
    path = folder / f"{FILE}.parquet"
    if not path.exists():
        return amounts, days
    table = pq.read_table(path, columns=[KEY, "tier_value", "last_order_on"])
    known = table.column(KEY).to_numpy()
    at = np.flatnonzero(np.isin(ids, known, assume_unique=True))
    rows = np.searchsorted(known, ids[at])
    amounts[at] = table.column("tier_value").to_numpy()[rows]
    days[at] = table.column("last_order_on").to_numpy()[rows]
    return amounts, days
