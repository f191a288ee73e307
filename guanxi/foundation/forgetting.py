"""
What is kept for a while only, removed by night: in small steps, so that nobody waits.

Nothing that the audit tells is among it, unless the house has set how long the access
log is kept.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from guanxi.foundation.access_log.seal import cut

# Each step is a transaction of its own that holds its rows for some milliseconds.
STEP = 5000
KEPT = timedelta(days=1)

# A claim keeps an effect from happening twice. It is needed for as long as there is a job
# that could deliver the event once more; the worker removes a job when it is done.
_DELIVERIES = """
    WITH waiting AS (
        SELECT (args ->> 'event_id')::bigint AS id
        FROM procrastinate_jobs WHERE args ? 'event_id'
        UNION
        SELECT jsonb_array_elements_text(args -> 'event_ids')::bigint
        FROM procrastinate_jobs WHERE args ? 'event_ids'
    )
    DELETE FROM foundation_delivery WHERE id IN (
        SELECT d.id FROM foundation_delivery d
        JOIN foundation_loggedevent e ON e.id = d.event_id
        WHERE e.at < %(before)s
            AND NOT EXISTS (SELECT FROM waiting w WHERE w.id = d.event_id)
        ORDER BY d.id LIMIT %(step)s
    )
"""
_CACHED = """
    DELETE FROM foundation_cache WHERE cache_key IN (
        SELECT cache_key FROM foundation_cache WHERE expires < %(before)s LIMIT %(step)s
    )
"""
# Those that failed stay: somebody has to look at them.
_JOBS = """
    DELETE FROM procrastinate_jobs WHERE id IN (
        SELECT j.id FROM procrastinate_jobs j
        WHERE j.status IN ('succeeded', 'cancelled') AND NOT EXISTS (
            SELECT FROM procrastinate_events e
            WHERE e.job_id = j.id AND e.at >= %(before)s
        )
        ORDER BY j.id LIMIT %(step)s
    )
"""


def forget_deliveries(at: datetime) -> None:
    """Remove the claims on events that no job can deliver any more."""
    forget(_DELIVERIES, before=at - KEPT)


def forget_cached(at: datetime) -> None:
    """Remove what the cache holds beyond its time."""
    forget(_CACHED, before=at)


def forget_jobs(at: datetime) -> None:
    """Remove the jobs that were done or called off."""
    forget(_JOBS, before=at - KEPT)


def forget_accesses(at: datetime) -> None:
    """Cut off what stands in the access log longer than the house keeps it."""
    if settings.ACCESS_LOG_DAYS:
        cut(at - timedelta(days=settings.ACCESS_LOG_DAYS), at)


def forget(statement: str, **values: datetime) -> None:
    """
    Remove rows by ``statement`` until none is left.

    It deletes up to ``%(step)s`` rows each time it is executed.
    """
    given: Mapping[str, Any] = {**values, "step": STEP}
    with connection.cursor() as cursor:
        removed = STEP
        while removed == STEP:
            cursor.execute(statement, given)
            removed = cursor.rowcount
