"""``guanxi jobs``: what was not done is named, and done after all."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from django.db import connection

from guanxi.config.commands.jobs import command

pytestmark = pytest.mark.django_db

Jobs = Callable[..., Result]


@pytest.fixture
def jobs() -> Jobs:
    """Give a function that runs ``guanxi jobs`` on the database of the test."""
    return lambda *arguments: CliRunner().invoke(command, arguments)


def test_given_failed_and_aborted_jobs_then_both_are_listed(jobs: Jobs) -> None:
    first = _job("some.job", "failed", args='{"event_id": 7}')
    second = _job("other.job", "aborted")
    _job("waiting.job", "todo")

    told = json.loads(jobs("list", "--json").stdout)

    assert [(one["id"], one["task"], one["state"]) for one in told] == [
        (first, "some.job", "failed"),
        (second, "other.job", "aborted"),
    ]
    assert told[0]["arguments"] == {"event_id": 7}
    assert f"{first}\tsome.job\t" in jobs("list").stdout


def test_given_failed_jobs_when_retried_then_each_waits_as_if_it_were_new(
    jobs: Jobs,
) -> None:
    failed, aborted = _job("some.job", "failed"), _job("other.job", "aborted")

    told = json.loads(jobs("retry", "--json").stdout)

    assert told == {"retried": [failed, aborted]}
    assert [_state(pk) for pk in (failed, aborted)] == [("todo", 0), ("todo", 0)]
    assert jobs("list", "--json").stdout == "[]\n"


def test_given_a_number_when_retried_then_only_that_job_is(jobs: Jobs) -> None:
    chosen, other = _job("some.job", "failed"), _job("some.job", "failed")

    assert jobs("retry", str(chosen)).exit_code == 0

    assert [_state(pk) for pk in (chosen, other)] == [("todo", 0), ("failed", 6)]


def test_given_a_number_that_did_not_fail_when_retried_then_nothing_is(
    jobs: Jobs,
) -> None:
    failed, waiting = _job("some.job", "failed"), _job("some.job", "todo")

    ended = jobs("retry", str(failed), str(waiting))

    assert ended.exit_code == 2
    assert "guanxi jobs list" in ended.stderr
    assert _state(failed) == ("failed", 6)


def test_given_two_failed_nights_when_retried_then_one_is_done_as_of_now(
    jobs: Jobs,
) -> None:
    old = _job("nightly", "failed", lock="nightly", args='{"timestamp": 1700000000}')
    last = _job("nightly", "failed", lock="nightly", args='{"timestamp": 1700086400}')

    assert jobs("retry").exit_code == 0

    assert (_state(old), _state(last)) == (None, ("todo", 0))
    assert _timestamp(last) > 1_790_000_000


def _job(task: str, state: str, *, lock: str | None = None, args: str = "{}") -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts, "
            "queueing_lock, args) VALUES ('default', %s, %s, 6, %s, %s) RETURNING id",
            [task, state, lock, args],
        )
        (pk,) = cursor.fetchone()
    return int(pk)


def _state(pk: int) -> tuple[str, int] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status::text, attempts FROM procrastinate_jobs WHERE id = %s", [pk]
        )
        row: tuple[str, int] | None = cursor.fetchone()
    return row


def _timestamp(pk: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (args ->> 'timestamp')::bigint FROM procrastinate_jobs WHERE id = %s",
            [pk],
        )
        (found,) = cursor.fetchone()
    return int(found)
