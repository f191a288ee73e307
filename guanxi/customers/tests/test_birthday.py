"""Birthdays by the sun and by the moon."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from guanxi.customers.commands.customer import (
    BadBirthday,
    change_customer,
    create_customer,
)
from guanxi.customers.commands.quality_score import refresh_quality
from guanxi.customers.models import Customer, Traits
from guanxi.customers.rules.birthday import (
    InvalidLunarDay,
    LunarDay,
    all_birthdays,
    lunar_day,
    next_birthday,
    parse_lunar_day,
)
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.tests.pages import signed_in
from guanxi.foundation.actor import Depth, Level, System
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user

HOUSE = System("test")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("八月十五", "08-15"),
        ("农历八月十五", "08-15"),
        ("闰四月初十", "04-10L"),
        ("正月初一", "01-01"),
        ("腊月廿三", "12-23"),
        ("十一月三十", "11-30"),
        ("冬月二十五", "11-25"),
        ("8-15", "08-15"),
        ("闰4.10", "04-10L"),
        ("2020年闰四月初十", "2020-04-10L"),
        ("1985-08-15", "1985-08-15"),
        ("04-10L", "04-10L"),
    ],
)
def test_lunar_days_are_read_as_people_write_them(text: str, stored: str) -> None:
    one = parse_lunar_day(text)
    assert one.stored == stored
    assert lunar_day(stored) == one


@pytest.mark.parametrize(
    "text", ["", "十三月初一", "8-31", "生日", "0-1", "2021年闰四月初十", "1985-12-30x"]
)
def test_what_is_no_lunar_day_is_refused(text: str) -> None:
    with pytest.raises(InvalidLunarDay):
        parse_lunar_day(text)


def test_lunar_days_are_written_in_chinese() -> None:
    assert str(LunarDay(4, 10, is_leap=True)) == "闰四月初十"
    assert str(LunarDay(12, 23, year=1985)) == "1985年腊月廿三"


# From the calendar of the Purple Mountain Observatory: 2026 has no leap month, 2025 a
# leap sixth (from 25 July), 2028 a leap fifth; the twelfth month of 2025 has 29 days.
@pytest.mark.parametrize(
    ("lunar", "today", "found"),
    [
        ("08-15", date(2026, 1, 1), date(2026, 9, 25)),
        ("08-15", date(2026, 9, 25), date(2026, 9, 25)),
        ("08-15", date(2026, 9, 26), date(2027, 9, 15)),
        ("01-01", date(2026, 1, 1), date(2026, 2, 17)),
        ("12-23", date(2026, 1, 1), date(2026, 2, 10)),
        ("06-01L", date(2025, 7, 1), date(2025, 7, 25)),
        ("06-01", date(2025, 7, 1), date(2026, 7, 14)),
        ("06-01L", date(2026, 1, 1), date(2026, 7, 14)),
        ("12-30", date(2026, 1, 1), date(2026, 2, 16)),
        ("1985-08-15", date(2026, 1, 1), date(2026, 9, 25)),
    ],
)
def test_lunar_birthdays_come_on_these_days(
    lunar: str, today: date, found: date
) -> None:
    assert next_birthday(None, lunar, today) == found


@pytest.mark.parametrize(
    ("born", "today", "found"),
    [
        (date(1985, 3, 1), date(2026, 3, 1), date(2026, 3, 1)),
        (date(1985, 3, 1), date(2026, 3, 2), date(2027, 3, 1)),
        (date(1984, 2, 29), date(2026, 1, 1), date(2026, 2, 28)),
        (date(1984, 2, 29), date(2027, 6, 1), date(2028, 2, 29)),
    ],
)
def test_solar_birthdays_come_every_year(born: date, today: date, found: date) -> None:
    assert next_birthday(born, "", today) == found


def test_who_has_both_celebrates_by_the_moon() -> None:
    found = next_birthday(date(1985, 3, 1), "08-15", date(2026, 1, 1))
    assert found == date(2026, 9, 25)
    assert next_birthday(None, "", date(2026, 1, 1)) is None


def test_each_birthday_there_can_be_has_a_next_one() -> None:
    today = date(2026, 3, 2)
    found = dict(all_birthdays(today))
    assert len(found) == 366 + 720
    assert all(0 <= (day - today).days <= 384 for day in found.values())
    assert found["L06-01L"] == found["L06-01"]


def born(customer: Customer) -> date | None:
    return Traits.objects.get(pk=customer.pk).next_birthday_on


def test_given_lunar_birthday_when_entered_then_next_is_known_at_once(
    owner: User,
) -> None:
    customer = create_customer(
        owner, name="王芳", lunar_birthday="农历八月十五", at=NOON
    )
    assert customer.lunar_birthday == "08-15"
    assert born(customer) == date(2026, 9, 25)
    change_customer(
        owner,
        customer,
        version=customer.version,
        lunar_birthday="",
        birth_on=date(1985, 5, 4),
        at=NOON,
    )
    assert born(customer) == date(2026, 5, 4)


def test_given_no_such_lunar_day_when_entered_then_refused_at_its_field(
    owner: User,
) -> None:
    with pytest.raises(BadBirthday) as refused:
        create_customer(owner, name="王芳", lunar_birthday="八月三十一", at=NOON)
    assert refused.value.field == "lunar_birthday"


def test_given_the_day_is_over_when_all_are_judged_then_birthdays_turn(
    db: None,
) -> None:
    lunar = make_customer("甲", lunar_birthday="1985-06-01L")
    solar = make_customer("乙", birth_on=date(1984, 2, 29))
    none = make_customer("丙")
    span = {"first": lunar.pk, "last": none.pk}
    refresh_quality(HOUSE, **span, at=NOON)
    assert (born(lunar), born(solar), born(none)) == (
        date(2026, 7, 14),
        date(2027, 2, 28),
        None,
    )
    refresh_quality(HOUSE, **span, at=NOON + timedelta(days=180))
    assert born(lunar) == date(2027, 7, 4)


def test_given_list_when_filtered_by_the_next_days_then_both_calendars_count(
    owner: User,
) -> None:
    facts: dict[str, Any] = {"owner": owner, "team": owner.team}
    today = localdate()
    soon = make_customer(
        "近日", traits={"next_birthday_on": today + timedelta(days=3)}, **facts
    )
    make_customer(
        "来年", traits={"next_birthday_on": today + timedelta(days=200)}, **facts
    )
    client = signed_in(owner)
    address = reverse("customers:customers")
    html = client.get(address, {"where": "next_birthday_on.within.next7d"}).content
    assert "近日" in html.decode()
    assert "来年" not in html.decode()
    page = client.get(reverse("customers:birthdays"), {"days_ahead": "7"})
    assert reverse("customers:customer", args=[soon.pk]) in page.content.decode()
    assert "来年" not in page.content.decode()


def test_given_masked_birthday_when_birthdays_are_asked_then_none_is_told(
    owner: User,
) -> None:
    role = make_role(
        {"customer.read": Depth.TEAM}, levels={"customer.birth_on": Level.MASKED}
    )
    viewer = make_user("客服", roles=[role], team=owner.team)
    make_customer(
        "近日",
        owner=owner,
        team=owner.team,
        traits={"next_birthday_on": localdate() + timedelta(days=3)},
    )
    page = signed_in(viewer).get(reverse("customers:birthdays"))
    assert "近日" not in page.content.decode()
