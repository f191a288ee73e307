"""The doctor finds what is broken and says how to mend it."""

import pytest
from django.db import connection

from guanxi.config import doctor
from guanxi.foundation.invariants import Invariant
from guanxi.foundation.rooms import collected

pytestmark = pytest.mark.django_db


def test_given_broken_law_then_the_doctor_names_it_and_how_to_mend_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    law = Invariant("Every order has a customer", "SELECT 3", "Delete the orders.")
    monkeypatch.setattr(doctor, "collected", lambda _name: [law])

    finding = _finding("Every order has a customer")

    assert (finding.is_well, finding.mend) == (False, "Delete the orders.")
    assert "3" in finding.found


def test_given_kept_law_then_all_is_well_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    law = Invariant("Every order has a customer", "SELECT 0", "Delete the orders.")
    monkeypatch.setattr(doctor, "collected", lambda _name: [law])

    assert _finding("Every order has a customer").is_well


def test_given_law_that_cannot_be_asked_then_the_others_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    laws = [
        Invariant("wrong", "SELECT nothing", "-"),
        Invariant("right", "SELECT 0", "-"),
    ]
    monkeypatch.setattr(doctor, "collected", lambda _name: laws)

    assert not _finding("wrong").is_well
    assert _finding("right").is_well


@pytest.mark.parametrize("state", ["failed", "aborted"])
def test_given_job_that_was_not_done_then_the_doctor_says_how_to_retry_it(
    state: str,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) "
            "VALUES ('default', 'some.job', %s)",
            [state],
        )

    finding = _finding("Failed jobs")

    assert (finding.is_well, finding.found) == (False, "1 job")
    assert "“guanxi jobs retry”" in finding.mend


def test_given_no_worker_then_the_doctor_says_how_to_start_one() -> None:
    finding = _finding("Worker")

    assert not finding.is_well
    assert "guanxi run" in finding.mend


def test_every_law_of_the_rooms_holds_in_an_empty_house() -> None:
    broken = [law.name for law in collected("invariants") if _count(law.sql)]

    assert broken == []


def _finding(name: str) -> doctor.Finding:
    return next(one for one in doctor.examine() if one.name == name)


def _count(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return row[0] if row else 0
