"""Run the analysis: facts in, traits out."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg.conninfo import make_conninfo

from guanxi.analytics.analysis import CustomerScores, analyse
from guanxi.analytics.events import ScoresRefreshed
from guanxi.analytics.extract import (
    ORDER_SCHEMA,
    ORDERS,
    LoadCounts,
    PostgresSource,
    extract,
)
from guanxi.analytics.models import AnalysisRun, AnalysisSetting
from guanxi.analytics.queries import (
    PARAMETERS,
    SCORES,
    SETTINGS,
    analysis_settings,
    warehouse,
)
from guanxi.customers.commands.traits import set_traits
from guanxi.customers.queries.customer import customers
from guanxi.foundation.actor import Actor, System
from guanxi.foundation.clock import now
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish
from guanxi.foundation.jobs import job
from guanxi.foundation.rooms import Fact, collected

ANALYST = System("analysis")
RUN_LOCK = 0x6712

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
}
_MONEY = frozenset({"order_total", "order_mean"})
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
}


class AnalysisRunning(Refused):
    """Another analysis has not finished yet."""

    code = "analysis_running"


@dataclass(frozen=True)
class Outcome:
    """A finished run with the seconds of its parts."""

    run: AnalysisRun
    extract_seconds: float
    analyse_seconds: float
    write_seconds: float


@command(needs="analysis.run")
def request_analysis(by: Actor, *, as_of: date, at: datetime) -> AnalysisRun:
    """
    Queue an analysis as of the end of the day ``as_of``.

    :raises AnalysisRunning: if one is queued or running already.
    """
    waiting = [AnalysisRun.State.QUEUED, AnalysisRun.State.RUNNING]
    if AnalysisRun.objects.filter(state__in=waiting).exists():
        raise AnalysisRunning(_("An analysis is running. Wait until it has finished."))
    run = _new_run(by, as_of, at)
    execute.later(run_id=run.pk)
    return run


@command(needs="analysis.run")
def run_analysis(by: Actor, *, as_of: date, at: datetime) -> Outcome:
    """Analyze everything as of the end of the day ``as_of``, now."""
    return _run(_new_run(by, as_of, at))


@command(needs="analysis.configure")
def set_analysis_settings(by: Actor, *, values: Mapping[str, Any]) -> AnalysisSetting:
    """
    Keep ``values`` (as ``AnalysisSettings`` names them) for the next runs.

    :raises ValueError: if a value breaks its law.
    """
    SETTINGS.validate_python(values)
    saved, _created = AnalysisSetting.objects.update_or_create(
        pk=1, defaults={"values": dict(values)}
    )
    return saved


@job(queue="analysis")
def execute(*, run_id: int) -> None:
    """Carry out a queued run; what fails is written down with its reason."""
    run = AnalysisRun.objects.filter(pk=run_id, state="queued").first()
    if run is None:
        return
    AnalysisRun.objects.filter(pk=run_id).update(state=AnalysisRun.State.RUNNING)
    try:
        with transaction.atomic():
            _run(run)
    except (OSError, ValueError, pa.ArrowException) as error:
        AnalysisRun.objects.filter(pk=run_id).update(
            state=AnalysisRun.State.FAILED, problem=str(error), finished_at=now()
        )
        raise


def _new_run(by: Actor, as_of: date, at: datetime) -> AnalysisRun:
    return AnalysisRun.objects.create(
        as_of=as_of, requested_by_id=by.actor_id, requested_at=at
    )


def _run(run: AnalysisRun) -> Outcome:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RUN_LOCK])
        cursor.execute("SET LOCAL statement_timeout = 0")
    clock = [time.perf_counter()]
    counts = _extract()
    clock.append(time.perf_counter())
    scores = analyse(
        warehouse().path(ORDERS), as_of=run.as_of, settings=analysis_settings()
    )
    clock.append(time.perf_counter())
    written = _write(scores, run)
    clock.append(time.perf_counter())
    parts = [later - earlier for earlier, later in pairwise(clock)]
    _finish(run, scores, counts, written, seconds=sum(parts))
    return Outcome(run, *parts)


def _extract() -> LoadCounts:
    facts = {fact.name: fact for fact in _facts()}
    return extract(
        PostgresSource(_conninfo()),
        warehouse(),
        name=ORDERS,
        sql=facts[ORDERS].sql(),
        schema=ORDER_SCHEMA,
    )


def _conninfo() -> str:
    """Return how to reach the very database this process is connected to."""
    connection.ensure_connection()
    info = connection.connection.info
    return make_conninfo(info.dsn, password=info.password or None)


def _facts() -> Iterator[Fact]:
    yield from collected("facts")


def _write(scores: CustomerScores, run: AnalysisRun) -> int:
    """Write the traits that changed, and clear those of customers without orders."""
    known = customers(ANALYST).filter(traits__order_count__gt=0)
    before = np.fromiter(
        known.order_by().values_list("pk", flat=True).iterator(), np.int64
    )
    ids = scores.table.column("customer_id").to_numpy()
    gone = np.setdiff1d(before, ids)
    columns = ["customer_id", *_TRAITS]
    empty = [_EMPTY.get(name) for name in _TRAITS]
    changed = set_traits(
        ANALYST, _rows(scores), columns=columns, as_of=run.as_of, run_id=run.pk
    )
    if len(gone):
        changed += set_traits(
            ANALYST,
            ([int(pk), *empty] for pk in gone),
            columns=columns,
            as_of=run.as_of,
            run_id=run.pk,
        )
    table = scores.table.sort_by("customer_id")
    warehouse().publish(SCORES, table.schema, table.to_batches())
    return changed


def _rows(scores: CustomerScores) -> Iterator[tuple[object, ...]]:
    """Yield (customer, traits…) as the database keeps them, a batch at a time."""
    units = Decimal(scores.parameters.settings.minor_units)
    for batch in scores.table.to_batches(max_chunksize=20_000):
        columns = [batch.column("customer_id").to_pylist()]
        for trait, name in _TRAITS.items():
            column = _column(batch.column(name), trait)
            columns.append([v / units for v in column] if trait in _MONEY else column)
        yield from zip(*columns, strict=True)


def _column(column: pa.Array, trait: str) -> list[Any]:
    if trait in _MONEY:
        return [Decimal(value) for value in column.to_pylist()]
    if trait == "silence_limit_days":
        # A fraction of a day decides nothing, but it would change every night.
        return pc.cast(pc.floor(column), pa.int32()).to_pylist()
    if pa.types.is_floating(column.type):
        return pc.round(column, 2).to_pylist()
    if trait == "life_stage":
        return [value.removeprefix("stage_") for value in column.to_pylist()]
    return column.to_pylist()


def _finish(
    run: AnalysisRun,
    scores: CustomerScores,
    counts: LoadCounts,
    written: int,
    *,
    seconds: float,
) -> None:
    run.state = AnalysisRun.State.DONE
    run.finished_at = now()
    run.seconds = round(seconds, 3)
    run.customers = scores.refreshed
    run.orders = counts.loaded
    run.written = written
    run.parameters = PARAMETERS.dump_python(scores.parameters, mode="json")
    run.steps = [
        {"step": "cleaned", "rows": counts.cleaned},
        {"step": "loaded", "rows": counts.loaded},
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
    for name in ("tier", "purchase_state", "life_stage", "rfm_segment"):
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
