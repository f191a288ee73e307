"""Days off and make-up workdays that the house names, on their page and where they count."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.foundation.actor import Depth, System
from guanxi.foundation.days.commands import (
    BadDays,
    remove_special_day,
    restore_special_day,
    set_special_days,
)
from guanxi.foundation.errors import Denied
from guanxi.foundation.models import LoggedEvent, SpecialDay
from guanxi.foundation.working_days import is_working_day, next_working_day
from guanxi.identity.tests.factories import make_administrator, make_role, make_user

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
AT = datetime(2026, 3, 2, 4, tzinfo=UTC)
PAGE = "foundation:working_days"


def name_days(
    first_on: date, last_on: date, *, is_working: bool = False, name: str = "国庆节"
) -> None:
    set_special_days(HOUSE, first_on, last_on, is_working=is_working, name=name, at=AT)


def test_given_a_year_nobody_knows_when_days_are_named_then_they_count_at_once() -> (
    None
):
    friday, monday = date(2040, 9, 28), date(2040, 10, 8)
    assert next_working_day(friday) == date(2040, 10, 1)
    name_days(date(2040, 10, 1), date(2040, 10, 7))
    assert next_working_day(friday) == monday
    name_days(date(2040, 9, 29), date(2040, 9, 29), is_working=True, name="调休")
    assert next_working_day(friday) == date(2040, 9, 29)


def test_given_a_known_holiday_when_the_house_works_then_the_house_wins() -> None:
    day = date(2026, 10, 1)
    assert not is_working_day(day)
    name_days(day, day, is_working=True, name="赶工")
    assert is_working_day(day)
    name_days(day, day, name="放假")
    assert not is_working_day(day)
    assert SpecialDay.objects.get(removed_at=None).name == "放假"


def test_given_a_named_day_when_removed_then_restored_unless_named_anew() -> None:
    day = date(2040, 10, 1)
    name_days(day, day)
    pk = SpecialDay.objects.get().pk
    remove_special_day(HOUSE, pk, at=AT)
    assert is_working_day(day)
    restore_special_day(HOUSE, pk, at=AT)
    assert not is_working_day(day)
    remove_special_day(HOUSE, pk, at=AT)
    name_days(day, day, name="校庆")
    with pytest.raises(BadDays):
        restore_special_day(HOUSE, pk, at=AT)
    names = [name.rsplit(".", 1)[-1] for name in _logged()]
    assert names == [
        *("DayOffSet", "SpecialDayRemoved", "DayOffSet"),
        *("SpecialDayRemoved", "DayOffSet"),
    ]


@pytest.mark.parametrize(
    ("last_on", "name", "field"),
    [
        (date(2040, 9, 30), "国庆节", "last_on"),
        (date(2040, 11, 1), "国庆节", "last_on"),
        (date(2040, 10, 1), " ", "name"),
        (date(2040, 10, 1), "长" * 41, "name"),
    ],
)
def test_given_a_span_that_cannot_be_then_nothing_is_kept(
    last_on: date, name: str, field: str
) -> None:
    with pytest.raises(BadDays) as refusal:
        name_days(date(2040, 10, 1), last_on, name=name)
    assert refusal.value.field == field
    assert not SpecialDay.objects.exists()


def test_given_the_page_when_days_are_added_then_the_year_shows_them() -> None:
    client = _client()
    unknown = client.get(reverse(PAGE), {"year": "2040"}).text
    assert "not known here yet" in unknown
    sent = {
        "first_on": "2040-10-01",
        "last_on": "2040-10-07",
        "what": "off",
        "name": "国庆节",
    }
    client.post(reverse("foundation:new_days"), sent)
    year = client.get(reverse(PAGE), {"year": "2040"}).text
    assert year.count("dy-day dy-holiday dy-own") == 7
    pk = SpecialDay.objects.get(day="2040-10-03").pk
    client.post(reverse("foundation:no_day", args=[pk]))
    year = client.get(reverse(PAGE), {"year": "2040"}).text
    assert year.count("dy-day dy-holiday dy-own") == 6
    client.post(reverse("foundation:day_back", args=[pk]))
    assert SpecialDay.objects.filter(removed_at=None).count() == 7
    wrong = client.post(
        reverse("foundation:new_days"), sent | {"last_on": "2040-09-01"}
    )
    assert wrong.status_code == 422


def test_given_a_known_year_then_its_holidays_are_named_in_ones_language() -> None:
    year = _client(language="zh-hans").get(reverse(PAGE), {"year": "2026"}).text
    assert "国庆节" in year
    assert "尚未" not in year
    assert "248" in year


def test_given_no_right_then_nobody_sees_or_names_days() -> None:
    reader = make_user(roles=[make_role({"customer.read": Depth.ALL})])
    client = Client()
    client.force_login(reader)
    assert client.get(reverse(PAGE)).status_code == 403
    day = date(2040, 10, 1)
    with pytest.raises(Denied):
        set_special_days(reader, day, day, is_working=False, name="休", at=AT)


def _logged() -> list[str]:
    rows = LoggedEvent.objects.filter(name__startswith="foundation.").order_by("pk")
    return list(rows.values_list("name", flat=True))


def _client(language: str = "en") -> Client:
    client = Client()
    client.force_login(make_administrator(language=language))
    return client
