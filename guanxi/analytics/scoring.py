"""From facts to traits: the one module that loads the engines to work on them."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_noop
from pyarrow import csv

from guanxi.analytics.analysis import CustomerScores, analyse, counted, graded_by
from guanxi.analytics.commands.key_proposal import store_key_proposals
from guanxi.analytics.cubes.histories import (
    CLASSES,
    ORDERS,
)
from guanxi.analytics.events import ScoresRefreshed
from guanxi.analytics.extract import ORDER_SCHEMA
from guanxi.analytics.grades.beside import beside_scores
from guanxi.analytics.key_customers import key_turns
from guanxi.analytics.ledger import books_until
from guanxi.analytics.loading import (
    Load,
    forget_in_snapshots,
    load_facts,
    wait_for_load,
    warehouse,
)
from guanxi.analytics.models import AnalysisRun
from guanxi.analytics.queries import PARAMETERS, analysis_settings, unprofiled
from guanxi.analytics.science.grouped import Ints
from guanxi.analytics.scores import FILE, GROUP_ROWS, KEY, RUN_LOCK
from guanxi.analytics.states import forget_states
from guanxi.analytics.warehouse import NoSnapshotError
from guanxi.customers.commands.traits import set_traits
from guanxi.customers.queries.customer import customers
from guanxi.foundation.actor import System
from guanxi.foundation.clock import now
from guanxi.foundation.events import publish

ANALYST = System(gettext_noop("analysis"))
GRADE_STEP = 5.0
# The traits and the columns of the scores they come from; money becomes units.
_TRAITS: Mapping[str, str] = {
    "first_order_on": "first_order_on",
    "last_order_on": "last_order_on",
    "next_order_on": "next_order_on",
    "order_count": "order_count",
    "order_total": "order_total",
    "order_mean": "order_mean",
    "rhythm_days": "gap_days",
    "silence_limit_days": "silence_limit_days",
    "amount_trend": "amount_trend",
    "r": "r",
    "f": "f",
    "m": "m",
    "rfm_segment": "rfm_segment",
    "tier": "tier",
    "purchase_state": "purchase_state",
    "life_stage": "life_stage",
    "p_alive": "p_alive",
    "expected_orders": "expected_orders",
    "expected_amount": "expected_amount",
    "life_pattern": "life_pattern",
    "grade": "grade",
    "grade_score": "grade_score",
    "churn_risk": "churn_risk",
    "future_value": "future_value",
    "lifetime_value": "lifetime_value",
}
_MONEY = frozenset(
    {
        *("order_total", "order_mean", "expected_amount"),
        *("future_value", "lifetime_value"),
    }
)
_EMPTY: Mapping[str, object] = {
    "order_count": 0,
    "order_total": 0,
    "order_mean": 0,
    "r": 0,
    "f": 0,
    "m": 0,
    "rfm_segment": "",
    "tier": "",
    "purchase_state": "",
    "life_stage": "",
    "life_pattern": "",
    "grade": "",
}


@dataclass(frozen=True)
class Outcome:
    """A finished run with the seconds of its parts."""

    run: AnalysisRun
    extract_seconds: float
    analyse_seconds: float
    write_seconds: float


def score(run: AnalysisRun) -> Outcome:
    """Carry out ``run`` in the caller's transaction: extract, analyze, write, announce."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RUN_LOCK])
        cursor.execute("SET LOCAL statement_timeout = 0")
    wait_for_load()
    clock = [time.perf_counter()]
    loaded = load_facts()
    clock.append(time.perf_counter())
    orders, spared = _orders(), _unprofiled()
    laws = analysis_settings()
    scores = analyse(
        orders,
        as_of=run.as_of,
        settings=laws,
        without=spared,
        beside=beside_scores(
            graded_by(laws),
            settings.WAREHOUSE_ROOT,
            as_of=run.as_of,
            period_days=laws.pyramid.period_days,
            minor_units=laws.minor_units,
        ),
        books=books_until(settings.WAREHOUSE_ROOT, run.as_of),
    )
    bare = counted(orders, as_of=run.as_of, among=spared)
    clock.append(time.perf_counter())
    written = _write(scores, bare, run)
    _propose_keys(run, spared)
    clock.append(time.perf_counter())
    parts = [later - earlier for earlier, later in pairwise(clock)]
    _finish(run, scores, loaded, written, seconds=sum(parts))
    return Outcome(run, *parts)


def _orders() -> pa.Table:
    return warehouse().history(ORDERS).read(ORDER_SCHEMA.names)


def _propose_keys(run: AnalysisRun, spared: Ints) -> None:
    laws = analysis_settings()
    found = key_turns(ANALYST, settings.WAREHOUSE_ROOT, run, laws, spared)
    store_key_proposals(ANALYST, found, rule=laws.key, at=now())


def _unprofiled() -> Ints:
    """Return the customers whom nobody judges by what is computed, in order."""
    return np.array(unprofiled(), np.int64)


def forget_scores(customer_ids: Sequence[int]) -> None:
    """Remove the rows of ``customer_ids`` from the latest scores and from all classes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RUN_LOCK])
    gone = np.asarray(customer_ids, np.int64)
    warehouse().history(CLASSES).forget(gone)
    forget_in_snapshots(gone)
    with suppress(NoSnapshotError):
        _publish(pq.read_table(warehouse().path(FILE)), gone)
    forget_states(warehouse(), gone)


def _publish(table: pa.Table, without: Ints) -> None:
    """Make ``table`` the latest scores, but for some customers."""
    kept = np.isin(table.column(KEY).to_numpy(), without, invert=True)
    table = table.filter(pa.array(kept)).sort_by(KEY).combine_chunks()
    groups = table.to_batches(max_chunksize=GROUP_ROWS)
    warehouse().publish(FILE, table.schema, groups)


def _write(scores: CustomerScores, bare: pa.Table, run: AnalysisRun) -> int:
    """
    Write the traits that changed, and clear those of customers without orders.

    ``bare`` has of some customers what they bought and nothing else.
    """
    known = customers(ANALYST).filter(traits__order_count__gt=0)
    before = np.fromiter(
        known.order_by().values_list("pk", flat=True).iterator(), np.int64
    )
    ids = [table.column(KEY).to_numpy() for table in (scores.table, bare)]
    gone = np.setdiff1d(before, np.concatenate(ids))
    units = Decimal(1) / scores.parameters.settings.minor_units
    tables = (_traits(scores.table, units), _traits(bare, units), _cleared(gone))
    changed = set_traits(
        ANALYST,
        (block for table in tables for block in _csv(table)),
        columns=["customer_id", *_TRAITS],
        as_of=run.as_of,
        run_id=run.pk,
    )
    # Asked again: somebody may have objected meanwhile.
    _publish(scores.table, _unprofiled())
    return changed


def _traits(scores: pa.Table, units: Decimal) -> pa.Table:
    """Return (customer, traits…) as the database keeps them; empty what is not there."""
    found = {KEY: scores.column(KEY)}
    for trait, name in _TRAITS.items():
        found[trait] = (
            _column(scores.column(name), trait, units)
            if name in scores.column_names
            else pa.repeat(_EMPTY.get(trait), scores.num_rows)
        )
    return pa.table(found)


def _column(column: pa.ChunkedArray, trait: str, units: Decimal) -> pa.ChunkedArray:
    if trait in _MONEY:
        whole = pc.cast(column, pa.decimal128(19))
        return pc.cast(pc.multiply(whole, pa.scalar(units)), pa.string())
    if trait == "silence_limit_days":
        # A fraction of a day decides nothing, but it would change every night.
        return pc.cast(pc.floor(column), pa.int32())
    if trait == "grade_score":
        # In steps, or the score of nearly everybody would change every night.
        steps = pc.floor(pc.divide(column, GRADE_STEP))
        return pc.cast(pc.multiply(steps, GRADE_STEP), pa.int16())
    if pa.types.is_floating(column.type):
        return pc.round(column, 2)
    if trait == "life_stage":
        return pc.replace_substring(pc.cast(column, pa.string()), "stage_", "")
    is_word = pa.types.is_dictionary(column.type)
    return pc.cast(column, pa.string()) if is_word else column


def _cleared(customer_ids: Ints) -> pa.Table:
    """Return the traits of customers who have no orders any more."""
    count = len(customer_ids)
    empty = {name: pa.repeat(_EMPTY.get(name), count) for name in _TRAITS}
    return pa.table({"customer_id": customer_ids, **empty})


def _csv(table: pa.Table) -> Iterator[bytes]:
    """Yield the rows as COPY reads them, a batch at a time."""
    options = csv.WriteOptions(include_header=False)
    for batch in table.to_batches(max_chunksize=50_000):
        stream = pa.BufferOutputStream()
        csv.write_csv(batch, stream, options)
        yield stream.getvalue().to_pybytes()


def _finish(
    run: AnalysisRun,
    scores: CustomerScores,
    loaded: Load,
    written: int,
    *,
    seconds: float,
) -> None:
    run.state = AnalysisRun.State.DONE
    run.finished_at = now()
    run.seconds = round(seconds, 3)
    run.customers = scores.refreshed
    run.orders = warehouse().history(ORDERS).rows()
    run.written = written
    run.parameters = PARAMETERS.dump_python(scores.parameters, mode="json")
    run.steps = [
        {"step": "cleaned", "rows": loaded.counts[ORDERS]["cleaned"]},
        {"step": "loaded", "rows": loaded.counts[ORDERS]["loaded"]},
        {"step": "merged", "rows": scores.merged},
        {"step": "refreshed", "rows": written},
    ]
    run.summary = _summary(scores.table)
    run.save()
    publish(
        ScoresRefreshed(
            at=run.finished_at,
            run_id=run.pk,
            as_of=run.as_of.isoformat(),
            customers=run.customers,
            written=written,
        )
    )


def _summary(table: pa.Table) -> dict[str, dict[str, int]]:
    """Return customers by class, and orders and revenue of each class."""
    summary: dict[str, dict[str, int]] = {}
    for name in ("tier", "grade", "purchase_state", "life_stage", "rfm_segment"):
        groups = (
            table.select([name, "order_count", "order_total"])
            .set_column(0, name, table.column(name).cast(pa.string()))
            .group_by(name)
            .aggregate(
                [
                    ("order_count", "count"),
                    ("order_count", "sum"),
                    ("order_total", "sum"),
                ]
            )
        )
        for row in groups.to_pylist():
            key = row[name].removeprefix("stage_")
            summary.setdefault(name, {})[key] = row["order_count_count"]
            summary.setdefault(f"{name}_orders", {})[key] = row["order_count_sum"]
            summary.setdefault(f"{name}_total", {})[key] = row["order_total_sum"]
    return summary
