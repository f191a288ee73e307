"""Spans of days that move with today."""

from datetime import date

import pytest

from guanxi.foundation.tables.spans import span, span_label
from guanxi.foundation.tables.where import BadFilter

TODAY = date(2026, 11, 22)  # a Sunday


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", "2026-11-22", "2026-11-22"),
        ("yesterday", "2026-11-21", "2026-11-21"),
        ("thisweek", "2026-11-16", "2026-11-22"),
        ("lastweek", "2026-11-09", "2026-11-15"),
        ("thismonth", "2026-11-01", "2026-11-30"),
        ("lastmonth", "2026-10-01", "2026-10-31"),
        ("thisquarter", "2026-10-01", "2026-12-31"),
        ("thisyear", "2026-01-01", "2026-12-31"),
        ("lastyear", "2025-01-01", "2025-12-31"),
        ("7d", "2026-11-16", "2026-11-22"),
        ("1d", "2026-11-22", "2026-11-22"),
        ("next7d", "2026-11-22", "2026-11-28"),
    ],
)
def test_a_span_has_a_first_and_a_last_day(text: str, first: str, last: str) -> None:
    assert span(text, TODAY) == (date.fromisoformat(first), date.fromisoformat(last))


def test_the_last_year_of_a_leap_day() -> None:
    assert span("lastyear", date(2024, 2, 29)) == (
        date(2023, 1, 1),
        date(2023, 12, 31),
    )


@pytest.mark.parametrize("text", ["", "d", "0d", "²d", "36501d", "99999d", "soon"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(BadFilter):
        span(text, TODAY)


def test_spans_are_told_in_words() -> None:
    assert span_label("thismonth") == "本月"
    assert span_label("30d") == "最近 30 天"
    assert span_label("next7d") == "未来 7 天"
