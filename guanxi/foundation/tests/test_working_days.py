"""Working days, as the State Council told them for 2026 in November 2025."""

from datetime import date

import pytest

from guanxi.foundation.working_days import (
    is_known,
    is_working_day,
    next_working_day,
    on_working_day,
    working_days_between,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        (date(2026, 3, 2), True),  # a Monday
        (date(2026, 3, 7), False),  # a Saturday
        (date(2026, 10, 1), False),  # National Day, a Thursday
        (date(2026, 10, 10), True),  # a Saturday that makes up for it
        (date(2026, 2, 17), False),  # the first day of the lunar year
        (date(2040, 10, 1), True),  # a Monday of a year nobody knows yet
        (date(2040, 10, 6), False),  # its Saturday
    ],
)
def test_holidays_rest_and_made_up_days_are_worked(
    day: date,
    is_worked: bool,  # noqa: FBT001 -- pytest passes parameters by name
) -> None:
    assert is_working_day(day) is is_worked


def test_years_are_known_as_far_as_they_were_told() -> None:
    assert is_known(date(2026, 1, 1))
    assert not is_known(date(2040, 1, 1))
    assert not is_known(date(2000, 1, 1))


def test_given_a_holiday_when_moved_then_it_is_the_first_day_after() -> None:
    assert on_working_day(date(2026, 10, 1)) == date(2026, 10, 8)
    assert on_working_day(date(2026, 10, 8)) == date(2026, 10, 8)


def test_next_working_day_leaves_out_weekends_and_holidays() -> None:
    assert next_working_day(date(2026, 3, 6)) == date(2026, 3, 9)
    assert next_working_day(date(2026, 9, 30)) == date(2026, 10, 8)
    assert next_working_day(date(2026, 9, 30), 3) == date(2026, 10, 10)


def test_working_days_between_counts_the_last_and_not_the_first() -> None:
    assert working_days_between(date(2026, 3, 2), date(2026, 3, 9)) == 5
    assert working_days_between(date(2026, 9, 30), date(2026, 10, 10)) == 3
    assert working_days_between(date(2026, 3, 9), date(2026, 3, 2)) == 0
