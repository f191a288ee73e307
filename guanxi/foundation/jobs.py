"""
Work for later: by queue, in the caller's transaction, and by the clock.

A job is a function with keyword arguments that JSON can carry (ids, never bodies).
``later`` writes its row on the caller's own connection: it runs only if the caller
commits. The engine behind it is procrastinate; no room knows that.
"""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import wraps
from typing import Generic, ParamSpec

from django.db import DEFAULT_DB_ALIAS, close_old_connections
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from guanxi.foundation.arranged import forget_arranged

P = ParamSpec("P")

# A worker puts a connector of its own into the app: what that writes is there at once,
# and a job would look for what its caller has not committed yet.
_ON_CALLERS_CONNECTION = JobManager(DjangoConnector(alias=DEFAULT_DB_ALIAS))

# 2, 4, 8, … seconds apart: a lost database connection is back by then; a poison job
# is parked as failed after five more tries, where the doctor finds it.
RETRY = RetryStrategy(max_attempts=5, exponential_wait=2)


class Job(Generic[P]):
    """A function that can be called now, or queued with ``later``."""

    def __init__(self, function: Callable[P, None], queue: str) -> None:
        self.function = function
        self.name = f"{function.__module__}.{function.__name__}"
        self.task = app.task(name=self.name, queue=queue, retry=RETRY)(
            _with_fresh_connection(function)
        )

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Run it now."""
        self.function(*args, **kwargs)

    def later(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Queue it with the caller's transaction, inside a worker too."""
        deferrer = configure_task(
            name=self.name, job_manager=_ON_CALLERS_CONNECTION, queue=self.task.queue
        )
        deferrer.defer(**kwargs)  # type: ignore[arg-type]  # -- JSON, as said above


def job(*, queue: str = "default") -> Callable[[Callable[P, None]], Job[P]]:
    """Make a function a job on ``queue``."""
    return lambda function: Job(function, queue)


def by_clock(cron: str, function: Callable[[datetime], None]) -> None:
    """
    Run ``function(at)`` whenever ``cron`` says: minute hour day month weekday (second).

    They are read in the time zone that the worker sets with ``keep_time_of``.
    """
    name = f"{function.__module__}.{function.__name__}"

    def tick(timestamp: int) -> None:
        function(datetime.fromtimestamp(timestamp, tz=UTC))

    task = app.task(name=name, queue="clock", queueing_lock=name, retry=RETRY)(
        _with_fresh_connection(tick)
    )
    app.periodic(cron=cron)(task)


def keep_time_of(zone: tzinfo, at: datetime) -> None:
    """
    Read what was declared by the clock as times of day in ``zone``, from ``at`` on.

    For the worker, once all is declared. Where summer time leaves a time out, it comes
    when the clocks have moved on.
    """
    for declared in app.periodic_registry.periodic_tasks.values():
        # Afterwards it is given plain timestamps, which leave the zone as it is.
        declared.croniter.set_current(at.astimezone(zone))


def _with_fresh_connection(function: Callable[P, None]) -> Callable[P, None]:
    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        close_old_connections()
        forget_arranged()
        try:
            function(*args, **kwargs)
        finally:
            close_old_connections()

    return run
