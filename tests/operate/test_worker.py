"""What a killed worker had in hand is done by the next one, unless it is what kills."""

import asyncio
from types import SimpleNamespace
from typing import cast

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector

from guanxi.config.worker import MOST_ATTEMPTS, take_up_stalled

LEFT = "guanxi.foundation.events.deliver"


def _swept(connector: InMemoryConnector) -> dict[str, object]:
    """Return the only job after the sweep."""
    with app.replace_connector(connector) as offline:
        context = cast(JobContext, SimpleNamespace(app=offline))
        asyncio.run(take_up_stalled(context, 0))
    return dict(connector.jobs[1])


def _left_behind(attempts: int) -> InMemoryConnector:
    """Return a queue with a job in the hands of a worker that is no more."""
    connector = InMemoryConnector()
    with app.replace_connector(connector) as offline:
        offline.configure_task(LEFT).defer(event_id=1, handler="")
    connector.jobs[1].update(status="doing", attempts=attempts)
    return connector


def test_given_killed_worker_then_its_job_is_queued_again() -> None:
    job = _swept(_left_behind(attempts=MOST_ATTEMPTS - 1))
    assert job["status"] == "todo"


def test_given_job_that_ends_every_worker_then_it_is_parked_as_failed() -> None:
    job = _swept(_left_behind(attempts=MOST_ATTEMPTS))
    assert job["status"] == "failed"
