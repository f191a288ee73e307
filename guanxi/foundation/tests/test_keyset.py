"""Paging by keys: every row once, in order, forward and back."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext

from guanxi.foundation.actor import System
from guanxi.foundation.models import LoggedEvent
from guanxi.foundation.tables import keyset
from guanxi.foundation.tables.keyset import Order, Page, Source
from guanxi.foundation.tables.where import BadFilter

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
ORDERS = [
    Order("pk", descending=False),
    Order("pk", descending=True),
    Order("at", descending=False),
    Order("at", descending=True),
    Order("name", descending=False),
    Order("name", descending=True),
    Order("subject_id", descending=False, nullable=True),
    Order("subject_id", descending=True, nullable=True),
]


HOUSE = System("test")


def page(rows: "QuerySet[Any]", order: Order, **place: Any) -> Page:
    """Return a page of ``rows``, whose query is compiled when it is new."""
    source = Source(LoggedEvent, HOUSE, lambda _viewer: rows, key=str(rows.query))
    return keyset.page(source, order, **place)


@pytest.fixture
def rows(db: None) -> "QuerySet[LoggedEvent]":
    """Twenty-three rows with equal times, equal names, and numbers that are missing."""
    LoggedEvent.objects.bulk_create(
        LoggedEvent(
            name="甲乙丙丁"[i % 4],
            at=NOON + timedelta(minutes=i % 5, microseconds=i % 5),
            subject_id=None if i % 3 == 0 else i % 4,
        )
        for i in range(23)
    )
    return LoggedEvent.objects.all()


def _whole(rows: "QuerySet[LoggedEvent]", order: Order) -> list[int]:
    value, tie = F(order.path), F("pk")
    if order.descending:
        ordered = rows.order_by(value.desc(nulls_last=True), tie.desc())
    else:
        ordered = rows.order_by(value.asc(nulls_last=True), tie.asc())
    return [row.pk for row in ordered]


def _walk(rows: "QuerySet[LoggedEvent]", order: Order, size: int) -> list[list[int]]:
    pages, after = [], ""
    while True:
        here = page(rows, order, size=size, after=after)
        pages.append([row.pk for row in here.rows])
        if not here.next:
            return pages
        after = here.next


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("size", [1, 4, 5, 23, 30])
def test_walking_forward_gives_every_row_once_in_order(
    rows: "QuerySet[LoggedEvent]", order: Order, size: int
) -> None:
    pages = _walk(rows, order, size)
    assert [pk for one in pages for pk in one] == _whole(rows, order)
    assert all(len(one) == size for one in pages[:-1])


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_walking_back_gives_the_same_pages(
    rows: "QuerySet[LoggedEvent]", order: Order
) -> None:
    forward = _walk(rows, order, 4)
    here = page(rows, order, size=4)
    while here.next:
        here = page(rows, order, size=4, after=here.next)
    backward = []
    while here.prev:
        here = page(rows, order, size=4, before=here.prev)
        backward.append([row.pk for row in here.rows])
    assert backward[::-1] == forward[:-1]
    assert not here.prev


def test_going_back_to_the_start_gives_the_whole_first_page(
    rows: "QuerySet[LoggedEvent]",
) -> None:
    order = Order("pk", descending=False)
    second_row = page(rows, order, size=2).rows[1]
    cursor = page(rows.filter(pk__gte=second_row.pk), order, size=1).next
    back = page(rows, order, size=4, before=cursor)
    assert [row.pk for row in back.rows] == _whole(rows, order)[:4]
    assert back.prev == ""


def test_rows_of_values_page_like_records(rows: "QuerySet[LoggedEvent]") -> None:
    order = Order("name", descending=True)
    first = page(rows.values("pk", "name"), order, size=9)
    second = page(rows.values("pk", "name"), order, size=9, after=first.next)
    found = [row["pk"] for row in (*first.rows, *second.rows)]
    assert found == _whole(rows, order)[:18]


@pytest.mark.parametrize("is_null", [False, True])
def test_a_page_far_down_is_found_by_the_index(
    rows: "QuerySet[LoggedEvent]", *, is_null: bool
) -> None:
    order = Order("at", descending=True, nullable=is_null)
    cursor = page(rows, order, size=20).next
    with CaptureQueriesContext(connection) as asked:
        page(rows, order, size=2, after=cursor)
    with connection.cursor() as sql:
        sql.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        sql.execute(f"EXPLAIN {asked[0]['sql']}")
        plan = "\n".join(line for (line,) in sql.fetchall())
    assert "event_at" in plan
    assert "Index Cond:" in plan
    assert "ROW(at, id) < ROW(" in plan
    assert "Sort" not in plan


def _cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "not a cursor",
        "[" * 3000,
        _cursor("name", "甲", 1),
        _cursor("at", "2026-13-45", 1),
        _cursor("at", "2026-03-02T04:00:00+00:00", 2**63),
        _cursor("at", "2026-03-02T04:00:00+00:00", True),
        _cursor("at", "2026-03-02T04:00:00+00:00", "1"),
        _cursor("at", None, 1),
        _cursor("at", ["x"], 1),
        _cursor("at", 1),
        base64.urlsafe_b64encode(b"[" * 2900).decode(),
    ],
)
def test_a_forged_cursor_is_refused(rows: "QuerySet[LoggedEvent]", text: str) -> None:
    with pytest.raises(BadFilter):
        page(rows, Order("at", descending=False), size=5, after=text)


@pytest.mark.parametrize("value", ["Infinity", "-Infinity", "NaN", "1e400"])
def test_a_cursor_with_a_figure_no_column_holds_is_refused(
    rows: "QuerySet[LoggedEvent]", value: str
) -> None:
    order = Order("subject_id", descending=False, nullable=True)
    forged = base64.urlsafe_b64encode(f'["subject_id",{value},1]'.encode()).decode()
    with pytest.raises(BadFilter):
        page(rows, order, size=5, after=forged)


@pytest.mark.parametrize("value", ["a\0b", "\ud800", "x" * 500])
def test_a_cursor_with_a_text_no_column_holds_is_refused(
    rows: "QuerySet[LoggedEvent]", value: str
) -> None:
    with pytest.raises(BadFilter):
        page(
            rows,
            Order("name", descending=False),
            size=5,
            after=_cursor("name", value, 1),
        )
