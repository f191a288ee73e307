"""Jobs that ended without being done: which they are, and how to have them done."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

# A job that a stopped worker had to leave is as little done as one that failed.
UNDONE = ["failed", "aborted"]

_LIST = """
    SELECT j.id, j.task_name, j.status::text, j.args, max(e.at)
    FROM procrastinate_jobs j LEFT JOIN procrastinate_events e ON e.job_id = j.id
    WHERE j.status = ANY (%(undone)s::procrastinate_job_status[])
    GROUP BY j.id ORDER BY j.id
"""
_COUNT = """
    SELECT count(*) FROM procrastinate_jobs
    WHERE status = ANY (%(undone)s::procrastinate_job_status[])
"""
# Only one of those with the same lock may wait: the latest, unless one does already.
_DROP_DOUBLES = """
    DELETE FROM procrastinate_jobs j
    WHERE j.id = ANY (%(pks)s) AND EXISTS (
        SELECT FROM procrastinate_jobs o
        WHERE o.queueing_lock = j.queueing_lock AND o.id <> j.id
            AND (o.status = 'todo' OR o.id = ANY (%(pks)s) AND o.id > j.id)
    )
"""
# What is due by the clock is done as of now, not as of the night on which it failed.
_RETRY = """
    UPDATE procrastinate_jobs
    SET status = 'todo', attempts = 0, scheduled_at = %(at)s, abort_requested = false,
        args = CASE WHEN args ? 'timestamp'
            THEN args || jsonb_build_object('timestamp', %(timestamp)s::bigint)
            ELSE args END
    WHERE id = ANY (%(pks)s)
"""


@dataclass(frozen=True)
class UndoneJob:
    """A job that failed, or was aborted; ``ended_at`` is when that became known."""

    id: int
    task: str
    state: str
    arguments: Mapping[str, object]
    ended_at: datetime | None


def undone_jobs() -> Sequence[UndoneJob]:
    """Return the jobs that ended without being done, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_LIST, {"undone": UNDONE})
        return [
            UndoneJob(pk, task, state, json.loads(arguments), ended_at)
            for pk, task, state, arguments, ended_at in cursor.fetchall()
        ]


def count_undone_jobs() -> int:
    """Return how many jobs ended without being done."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"undone": UNDONE})
        (count,) = cursor.fetchone()
    return int(count)


def retry_jobs(pks: Collection[int], *, at: datetime) -> None:
    """Queue undone jobs again; of those that do the same, once."""
    values: dict[str, Any] = {"pks": sorted(pks), "at": at}
    values["timestamp"] = int(at.timestamp())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_DROP_DOUBLES, values)
        cursor.execute(_RETRY, values)
