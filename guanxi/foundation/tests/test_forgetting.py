"""By night goes what nobody needs: never what the audit tells or keeps an effect single."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import Settings

from guanxi.foundation import events, forgetting
from guanxi.foundation.access_log.seal import seal
from guanxi.foundation.actor import System
from guanxi.foundation.audit import record_access
from guanxi.foundation.events import Event, deliver, publish
from guanxi.foundation.forgetting import (
    forget_accesses,
    forget_cached,
    forget_deliveries,
    forget_jobs,
)
from guanxi.foundation.imports.source import forget_files
from guanxi.foundation.models import Access, Delivery, LoggedEvent, Notice
from guanxi.foundation.notices import notify
from guanxi.foundation.rooms import rooms
from guanxi.foundation.tests.factories import checked_file
from guanxi.identity.models import User
from guanxi.identity.tests.factories import make_administrator, make_user

NIGHT = datetime(2026, 3, 2, 19, 17, tzinfo=UTC)
LONG_AGO = NIGHT - timedelta(days=40)
CALLED = [
    function for room in rooms() for due in room.clock.values() for function in due
]

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True)
class DoorKnocked(Event):
    """Somebody knocked."""

    user_id: int


def answer(event: DoorKnocked) -> None:
    """Leave an effect that can be counted."""
    notify(event.user_id, "Answered", {}, at=event.at)


@pytest.fixture
def knock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], int]:
    """Give a function that announces an event and leaves the job of its delivery."""
    hearers: list[events.Handler] = [answer]
    monkeypatch.setitem(events._handlers, DoorKnocked.event_name(), hearers)
    user = make_user()

    def run(at: datetime) -> int:
        row = publish(DoorKnocked(user_id=user.pk, at=at))
        deliver(event_id=row.pk, handler="foundation.answer")
        return row.pk

    return run


@pytest.mark.parametrize(
    "function", [forget_deliveries, forget_cached, forget_jobs, forget_accesses]
)
def test_the_clock_calls_it(function: Callable[[datetime], None]) -> None:
    assert function in CALLED


def test_given_a_delivered_event_then_its_claim_goes_and_the_event_stays(
    knock: Callable[[datetime], int],
) -> None:
    done, today = knock(LONG_AGO), knock(NIGHT)
    _end_jobs(done, today)

    forget_deliveries(NIGHT)

    assert list(Delivery.objects.values_list("event_id", flat=True)) == [today]
    assert LoggedEvent.objects.filter(pk__in=[done, today]).count() == 2


def test_given_a_job_that_may_run_again_then_its_effect_still_happens_once(
    knock: Callable[[datetime], int],
) -> None:
    pk = knock(LONG_AGO)

    forget_deliveries(NIGHT)
    deliver(event_id=pk, handler="foundation.answer")

    assert Notice.objects.count() == 1


def test_given_a_job_for_many_events_then_none_of_their_claims_goes(
    knock: Callable[[datetime], int],
) -> None:
    pks = [knock(LONG_AGO), knock(LONG_AGO)]
    _end_jobs(*pks)
    _job("failed", args=f'{{"event_ids": {pks}}}')

    forget_deliveries(NIGHT)

    assert Delivery.objects.count() == 2


def test_given_more_than_one_step_then_all_go(
    knock: Callable[[datetime], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "STEP", 2)
    _end_jobs(*(knock(LONG_AGO) for _ in range(5)))

    forget_deliveries(NIGHT)

    assert Delivery.objects.count() == 0


def test_what_the_cache_holds_beyond_its_time_goes() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO foundation_cache (cache_key, value, expires) "
            "VALUES ('old', '', %s), ('new', '', %s)",
            [NIGHT - timedelta(seconds=1), NIGHT + timedelta(seconds=1)],
        )

        forget_cached(NIGHT)

        cursor.execute("SELECT cache_key FROM foundation_cache")
        assert cursor.fetchall() == [("new",)]


def test_jobs_that_are_done_go_and_those_that_failed_stay() -> None:
    for state in ("succeeded", "cancelled", "failed", "aborted"):
        _job(state)

    forget_jobs(NIGHT)

    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs ORDER BY id")
        assert cursor.fetchall() == [("failed",), ("aborted",)]


@pytest.mark.parametrize(("days", "kept"), [(0, 2), (30, 1), (60, 2)])
def test_the_access_log_is_kept_as_long_as_the_house_says(
    settings: Settings, days: int, kept: int
) -> None:
    settings.ACCESS_LOG_DAYS = days
    admin = make_administrator()
    for at in (LONG_AGO, NIGHT):
        _saw(admin, at)
        seal(at)

    forget_accesses(NIGHT)

    assert Access.objects.count() == kept


def _saw(user: User, at: datetime) -> None:
    record_access(user, "view", "customer", fields=["phone"], pks=[1], at=at)


def _job(state: str, args: str = "{}") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args) "
            "VALUES ('events', 'some.job', %s, %s)",
            [state, args],
        )


def _end_jobs(*event_pks: int) -> None:
    """Remove the jobs that deliver the events, as the worker does once they are done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE (args ->> 'event_id')::bigint = ANY (%s)",
            [list(event_pks)],
        )


def test_files_of_imports_that_no_run_needs_are_removed_after_a_day() -> None:
    run = checked_file(System("tests"), "customers", "姓名\n张伟\n")
    folder = Path(settings.FILES_ROOT) / "imports"
    needed = {Path(run.path).name, f"refused-{run.pk}.csv"}
    for name in (f"refused-{run.pk}.csv", "refused-0.csv", "discarded", "fresh"):
        (folder / name).touch()
    for path in folder.iterdir():
        if path.name != "fresh":
            os.utime(path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))

    forget_files(datetime.now(UTC))

    assert {path.name for path in folder.iterdir()} == {*needed, "fresh"}
