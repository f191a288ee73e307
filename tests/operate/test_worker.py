"""The worker keeps the house's time, and takes up what a killed one had in hand."""

import asyncio
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector

from guanxi.config.worker import MOST_ATTEMPTS, take_up_stalled
from guanxi.foundation.events import deliver
from guanxi.foundation.jobs import keep_time_of

LEFT = "guanxi.foundation.events.deliver"
DAILY = "guanxi.actions.tasks.detect_daily"


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


@pytest.mark.parametrize(
    ("zone", "due_at"),
    [
        ("Asia/Shanghai", datetime(2026, 7, 1, 22, 15, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 7, 2, 4, 15, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 7, 1, 10, 15, tzinfo=UTC)),
    ],
)
def test_given_time_zone_of_the_house_then_a_quarter_past_six_is_that_there(
    zone: str, due_at: datetime
) -> None:
    at = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    keep_time_of(ZoneInfo(zone), at)
    daily = app.periodic_registry.periodic_tasks[DAILY, ""]
    next_at = daily.croniter.get_next(ret_type=float, start_time=at.timestamp())
    assert datetime.fromtimestamp(next_at, UTC) == due_at


@pytest.mark.django_db
def test_given_a_worker_when_a_job_queues_another_then_it_waits_for_the_commit() -> (
    None
):
    rows = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s"
    own = InMemoryConnector()
    with app.replace_connector(own), connection.cursor() as cursor:
        with transaction.atomic():
            deliver.later(event_id=1, handler="")
            cursor.execute(rows, [LEFT])
            assert cursor.fetchone() == (1,)
            transaction.set_rollback(True)
        cursor.execute(rows, [LEFT])
        assert cursor.fetchone() == (0,)
    assert own.jobs == {}


_NAMES = """
import django; django.setup()
from procrastinate.contrib.django import app
print("\\n".join(app.tasks))
"""
_JOB = re.compile(r"^@job\(.*\)\ndef (\w+)\(", re.MULTILINE)


def test_a_worker_knows_every_job_though_it_opens_no_page() -> None:
    command = [sys.executable, "-c", _NAMES]
    known = subprocess.check_output(command, text=True).split()
    root = Path(__file__).parents[2]
    declared = {
        f"{'.'.join(file.relative_to(root).with_suffix('').parts)}.{name}"
        for file in (root / "guanxi").rglob("*.py")
        for name in _JOB.findall(file.read_text())
    }
    assert "guanxi.customers.commands.handover.carry_out" in declared
    assert declared - set(known) == set()
