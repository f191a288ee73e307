"""The doctor finds what is broken and says how to mend it."""

import os
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from guanxi.config import doctor
from guanxi.config.finding import Finding
from guanxi.config.health import WORKER_STARTED
from guanxi.foundation.invariants import Invariant
from guanxi.foundation.rooms import collected

NOTHING = "SELECT '' WHERE false"

pytestmark = pytest.mark.django_db


def test_given_broken_law_then_the_doctor_names_it_and_how_to_mend_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    law = Invariant(
        "order_customer",
        "Every order has a customer",
        "SELECT '/orders/' || n || '/' FROM generate_series(1, 7) AS n",
        "Delete the orders.",
    )
    monkeypatch.setattr(doctor, "collected", lambda _name: [law])

    finding = _finding("Every order has a customer")

    assert (finding.is_well, finding.mend) == (False, "Delete the orders.")
    assert finding.found == (
        "7 records break it: /orders/1/, /orders/2/, /orders/3/, /orders/4/, "
        "/orders/5/, …"
    )


def test_given_broken_law_then_programs_know_it_by_its_key_and_where(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    laws = [
        Invariant("order_total", "Totals agree", "SELECT '/orders/17/'", "Mend it."),
        Invariant("order_paid", "Payments agree", NOTHING, "Mend it."),
    ]
    monkeypatch.setattr(doctor, "collected", lambda _name: laws)

    findings = doctor.facts(doctor.examine())["findings"]

    assert isinstance(findings, list)
    assert [(one["key"], one["records"], one["mend"]) for one in findings[-2:]] == [
        ("order_total", ("/orders/17/",), "Mend it."),
        ("order_paid", (), ""),
    ]


def test_given_kept_law_then_all_is_well_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    law = Invariant(
        "order_customer", "Every order has a customer", NOTHING, "Delete the orders."
    )
    monkeypatch.setattr(doctor, "collected", lambda _name: [law])

    assert _finding("Every order has a customer").is_well


def test_given_law_that_cannot_be_asked_then_the_others_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    laws = [
        Invariant("wrong", "wrong", "SELECT nothing", "-"),
        Invariant("right", "right", NOTHING, "-"),
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


@pytest.mark.parametrize(
    ("seconds", "is_well"), [(3, True), (50, False)], ids=["just now", "long ago"]
)
def test_given_worker_that_was_just_started_then_the_doctor_waits_for_it(
    seconds: int, *, is_well: bool
) -> None:
    path: Path = settings.HOME / WORKER_STARTED
    path.touch()
    at = time.time() - seconds
    os.utime(path, (at, at))

    finding = _finding("Worker")
    path.unlink()

    assert finding.is_well is is_well
    assert finding.found.startswith("starting since" if is_well else "never heard")


def test_every_law_of_the_rooms_holds_in_an_empty_house() -> None:
    broken = [law.key for law in collected("invariants") if _breaks(law.sql)]

    assert broken == []


def _finding(name: str) -> Finding:
    return next(one for one in doctor.examine() if one.name == name)


def _breaks(query: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone() is not None
