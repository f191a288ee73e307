"""Pages whose rows are hard to find: the other way round, or a sentence in time."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext

from guanxi.foundation.actor import System
from guanxi.foundation.models import LoggedEvent
from guanxi.foundation.tables import patience
from guanxi.foundation.tables.keyset import Order, Source
from guanxi.foundation.tables.where import BadFilter

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
BY_TIME = Order("at", descending=True)


def _source(rows: "QuerySet[LoggedEvent]") -> Source:
    return Source(LoggedEvent, System("test"), lambda _viewer: rows)


@pytest.fixture
def slow(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> "QuerySet[LoggedEvent]":
    """Return three rows that each take longer to look at than the moment lasts."""
    monkeypatch.setattr(patience, "MOMENT_SECONDS", 0.05)
    LoggedEvent.objects.bulk_create(
        LoggedEvent(name=name, at=NOON) for name in ("甲", "乙", "丙")
    )
    napping = RawSQL("pg_sleep(0.1) IS NOT NULL AND name LIKE %s", ("%",))
    return LoggedEvent.objects.alias(fits=napping).filter(fits=True)


def test_given_a_slow_filter_then_the_page_is_found_the_other_way_round(
    slow: "QuerySet[LoggedEvent]",
) -> None:
    with CaptureQueriesContext(connection) as asked:
        page = patience.page(_source(slow), BY_TIME, is_narrowed=True, size=2)

    assert [row.name for row in page.rows] == ["丙", "乙"]
    assert page.next
    assert "COALESCE" in asked.captured_queries[-1]["sql"]


def test_given_no_filter_then_the_only_way_gets_its_time(
    slow: "QuerySet[LoggedEvent]",
) -> None:
    with CaptureQueriesContext(connection) as asked:
        page = patience.page(_source(slow), BY_TIME, is_narrowed=False, size=2)

    assert [row.name for row in page.rows] == ["丙", "乙"]
    assert len(asked) == 1


def test_given_both_ways_take_too_long_then_it_says_what_to_do(
    slow: "QuerySet[LoggedEvent]",
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 150")
    try:
        with pytest.raises(BadFilter, match="太久"):
            patience.page(_source(slow), BY_TIME, is_narrowed=True, size=2)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")


def test_given_a_quick_filter_then_one_statement_is_enough(
    transactional_db: None,
) -> None:
    LoggedEvent.objects.create(name="甲", at=NOON)
    rows = LoggedEvent.objects.filter(name="甲")

    with CaptureQueriesContext(connection) as asked:
        page = patience.page(_source(rows), BY_TIME, is_narrowed=True, size=2)

    assert [row.name for row in page.rows] == ["甲"]
    assert len(asked) == 1
