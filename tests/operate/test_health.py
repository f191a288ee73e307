"""What a load balancer hears."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory

from guanxi.config.health import DRAINING, healthz, readyz

pytestmark = pytest.mark.django_db


@pytest.fixture
def draining() -> Iterator[Path]:
    """Announce the end, for the time of a test."""
    path: Path = settings.HOME / DRAINING
    path.touch()
    yield path
    path.unlink()


def test_given_living_process_then_it_is_healthy(rf: RequestFactory) -> None:
    assert healthz(rf.get("/healthz")).status_code == 200


def test_given_database_and_migrations_then_it_is_ready(rf: RequestFactory) -> None:
    answer = readyz(rf.get("/readyz"))

    assert (answer.status_code, json.loads(answer.content)) == (
        200,
        {"status": "ready"},
    )


def test_given_announced_end_then_it_is_draining(
    rf: RequestFactory, draining: Path
) -> None:
    answer = readyz(rf.get("/readyz"))

    assert (answer.status_code, json.loads(answer.content)) == (
        503,
        {"status": "draining"},
    )


def test_given_silent_database_then_it_is_not_ready(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        connection, "get_connection_params", lambda: {"host": "/nowhere"}
    )

    answer = readyz(rf.get("/readyz"))

    assert (answer.status_code, json.loads(answer.content)) == (
        503,
        {"status": "database"},
    )


def test_given_announced_end_when_polled_then_no_line_of_an_error_is_written(
    client: Client, draining: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get("/readyz").status_code == 503
    assert caplog.records == []


def test_given_silent_database_when_polled_then_the_log_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(
        connection, "get_connection_params", lambda: {"host": "/nowhere"}
    )

    assert client.get("/readyz").status_code == 503

    assert [(one.levelname, one.getMessage()) for one in caplog.records] == [
        ("ERROR", "Service Unavailable: /readyz")
    ]
