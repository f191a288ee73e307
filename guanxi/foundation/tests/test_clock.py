from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.foundation.clock import (
    DateFormat,
    DateKey,
    InvalidDate,
    detect_date_format,
    now,
    parse_date,
    parse_moment,
    today,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("2024-01-02", "ymd", date(2024, 1, 2)),
        ("2024/1/2", "ymd", date(2024, 1, 2)),
        ("2024.1.2", "ymd", date(2024, 1, 2)),
        ("2024年1月2日", "ymd", date(2024, 1, 2)),
        ("２０２４年１月２日 星期二", "ymd", date(2024, 1, 2)),
        ("2024-01-02 10:11:12", "ymd", date(2024, 1, 2)),
        ("20240102", "compact", date(2024, 1, 2)),
        ("02.01.2024", "dmy", date(2024, 1, 2)),
        ("1/2/2024", "mdy", date(2024, 1, 2)),
        ("1/2/24", "mdy", date(2024, 1, 2)),
        ("1/2/99", "mdy", date(1999, 1, 2)),
        ("2 Jan 2024", "month_name", date(2024, 1, 2)),
        ("Tue, 2nd January 2024", "month_name", date(2024, 1, 2)),
        ("Jan 2, 2024", "month_name", date(2024, 1, 2)),
        ("45293", "excel", date(2024, 1, 2)),
        ("45293.99", "excel", date(2024, 1, 2)),
    ],
)
def test_days_as_people_write_them(text: str, key: DateKey, expected: date) -> None:
    assert parse_date(text, key) == expected


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("2024-01-02", "ymd", datetime(2024, 1, 2, tzinfo=SHANGHAI)),
        ("2024-01-02T10:11:12Z", "ymd", datetime(2024, 1, 2, 10, 11, 12, tzinfo=UTC)),
        ("2024-01-02 10:00+08:00", "ymd", datetime(2024, 1, 2, 2, tzinfo=UTC)),
        ("2024年1月2日 下午3:04", "ymd", datetime(2024, 1, 2, 15, 4, tzinfo=SHANGHAI)),
        ("1/2/2024 12:05 AM", "mdy", datetime(2024, 1, 2, 0, 5, tzinfo=SHANGHAI)),
        (
            "20240102101112",
            "compact",
            datetime(2024, 1, 2, 10, 11, 12, tzinfo=SHANGHAI),
        ),
        ("45293.5", "excel", datetime(2024, 1, 2, 12, tzinfo=SHANGHAI)),
        (
            "2024-01-02T10+09:00",
            "ymd",
            datetime(2024, 1, 2, 1, tzinfo=UTC),
        ),
        ("2024-01-02T1000Z", "ymd", datetime(2024, 1, 2, 10, tzinfo=UTC)),
    ],
)
def test_instants(text: str, key: DateKey, expected: datetime) -> None:
    moment = parse_moment(text, key, SHANGHAI)

    assert moment == expected
    assert moment.tzinfo is not None


@pytest.mark.parametrize(
    ("text", "key", "code"),
    [
        ("2024-02-30", "ymd", "no_such_day"),
        ("20241301", "compact", "no_such_day"),
        ("13/13/2024", "dmy", "no_such_day"),
        ("2024-01-02 25:00", "ymd", "no_such_time"),
        ("2024-01-02 noon", "ymd", "form"),
        ("yesterday", "ymd", "form"),
        ("99", "excel", "form"),
        ("2 Foo 2024", "month_name", "form"),
        ("", "ymd", "form"),
    ],
)
def test_refused(text: str, key: DateKey, code: str) -> None:
    with pytest.raises(InvalidDate) as refusal:
        parse_date(text, key)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("samples", "formats"),
    [
        (["2024-01-02", "2024/1/3", ""], [DateFormat("ymd")]),
        (["20240102"], [DateFormat("compact")]),
        (["13/02/2024", "01/02/2024"], [DateFormat("dmy")]),
        (["02/13/2024", "01/02/2024"], [DateFormat("mdy")]),
        (
            ["01.02.2024"],
            [DateFormat("dmy", ambiguous=True), DateFormat("mdy", ambiguous=True)],
        ),
        (
            ["01/02/2024"],
            [DateFormat("mdy", ambiguous=True), DateFormat("dmy", ambiguous=True)],
        ),
        (["45293", "45294.5"], [DateFormat("excel")]),
        (["1 Mar 2024"], [DateFormat("month_name")]),
        (["1996", "2001"], []),
        (["13800138000"], []),
        (["abc", "2024-01-02"], []),
        ([""], []),
    ],
)
def test_format_of_a_column(samples: list[str], formats: list[DateFormat]) -> None:
    assert detect_date_format(samples) == formats


def test_given_one_typing_mistake_in_ten_then_the_column_keeps_its_format() -> None:
    samples = ["2024-01-02"] * 9 + ["2024-02-30"]

    assert detect_date_format(samples) == [DateFormat("ymd", share=0.9)]


@given(st.dates(min_value=date(1800, 1, 1), max_value=date(2199, 12, 31)))
def test_written_days_are_read_back(day: date) -> None:
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day:%Y%m%d}", "compact") == day
    assert parse_date(f"{day.day}.{day.month}.{day.year}", "dmy") == day
    assert parse_date(f"{day.year}年{day.month}月{day.day}日") == day


@given(
    st.text(), st.sampled_from(["ymd", "compact", "dmy", "mdy", "month_name", "excel"])
)
def test_any_text_is_a_day_or_refused(text: str, key: DateKey) -> None:
    try:
        moment = parse_moment(text, key, UTC)
    except InvalidDate:
        return
    assert moment.tzinfo is not None


def test_the_clock_is_aware() -> None:
    assert now().utcoffset() == timedelta(0)
    assert abs(today(UTC) - now().date()) <= timedelta(days=1)
