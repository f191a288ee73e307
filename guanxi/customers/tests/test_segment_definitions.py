"""What a segment asks: its conditions in words, in SQL, and in sentences."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from guanxi.customers.models import (
    Customer,
    Note,
)
from guanxi.customers.queries.criteria import Criteria
from guanxi.customers.rules.segment import (
    BadDefinition,
    path_of_place,
    read_definition,
    written_definition,
)
from guanxi.customers.tests.segment_scene import AT, fitting_names
from guanxi.foundation.tables.where import Condition, Group, parse
from guanxi.identity.models import User


def test_a_definition_is_written_and_read_back() -> None:
    text = 'tier.in.(vital,major),or(city.eq.上海,not(name.like."A,B")),birthday.falls.next30d'
    group = parse(text)
    written = written_definition(group)
    assert written["version"] == 1
    assert written["all"][0] == {
        "field": "tier",
        "is": "in",
        "values": ["vital", "major"],
    }
    assert written["all"][1]["any"][1] == {
        "not": [{"field": "name", "is": "like", "values": ["A,B"]}]
    }
    assert read_definition(written) == group


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"version": 2, "all": []},
        {"version": 1},
        {"version": 1, "all": {}, "any": []},
        {"version": 1, "sql": ["1=1"]},
        {"version": 1, "all": ["tier"]},
        {"version": 1, "all": "tier"},
        {"version": 1, "all": [{"field": "tier", "is": "in", "values": "vital"}]},
        {"version": 1, "all": [{"field": "tier", "is": "in", "values": [1]}]},
        {"version": 1, "all": [{"field": "a", "is": "eq", "values": [], "sql": ""}]},
        {
            "version": 1,
            "all": [{"all": [{"all": [{"all": [{"all": [{"all": []}]}]}]}]}],
        },
    ],
)
def test_given_anything_else_then_it_is_refused(value: object) -> None:
    with pytest.raises(BadDefinition):
        read_definition(value)


def test_places_are_told_as_programs_write_them() -> None:
    group = parse("city.eq.a,or(city.eq.b,city.eq.c)")
    assert path_of_place(group, (1, 0)) == "all.1.any.0"


def test_given_nested_groups_then_those_fit_for_whom_the_whole_is_true(
    admin: User, team: Callable[..., Customer]
) -> None:
    team("甲", city="上海", traits={"tier": "vital"})
    team("乙", city="北京", traits={"tier": "vital"})
    team("丙", city="上海", traits={"tier": "small"})
    text = "or(and(city.eq.上海,tier.in.(vital)),not(or(city.eq.上海,tier.in.(small))))"
    assert fitting_names(admin, text) == {"甲", "乙"}


def test_given_birthdays_then_those_of_the_coming_days_fit_over_the_end_of_the_year(
    admin: User, team: Callable[..., Customer]
) -> None:
    team("新年", birth_on=date(1990, 1, 3))
    team("除夕", birth_on=date(1985, 12, 31))
    team("夏天", birth_on=date(1990, 7, 1))
    team("未知")
    criteria = Criteria(admin, datetime(2026, 12, 20, 4, 0, tzinfo=UTC))
    found = criteria.fitting(parse("birthday.falls.next30d"))
    assert set(found.values_list("name", flat=True)) == {"新年", "除夕"}
    others = criteria.fitting(parse("not(birthday.falls.next30d)"))
    assert set(others.values_list("name", flat=True)) == {"夏天", "未知"}


def test_given_29_february_then_it_comes_on_the_28th_in_other_years(
    admin: User, team: Callable[..., Customer]
) -> None:
    team("闰日", birth_on=date(2000, 2, 29))
    criteria = Criteria(admin, datetime(2027, 2, 28, 4, 0, tzinfo=UTC))
    assert criteria.fitting(parse("birthday.falls.today")).count() == 1
    leap = Criteria(admin, datetime(2028, 2, 28, 4, 0, tzinfo=UTC))
    assert leap.fitting(parse("birthday.falls.today")).count() == 0


def test_given_counts_within_days_then_days_begin_where_the_house_stands(
    admin: User, team: Callable[..., Customer], settings: object
) -> None:
    one, other = team("甲"), team("乙")
    # 00:30 and 23:30 of the day before in Shanghai.
    for hour in (16, 15):
        moment = AT.replace(day=9, hour=hour, minute=30)
        holder = one if hour == 16 else other
        Note.objects.create(customer=holder, text="。", written_at=moment)
    with translation.override("en"):
        assert fitting_names(admin, "notes.least.(today,1)") == {"甲"}
        assert fitting_names(admin, "notes.least.(yesterday,1)") == {"乙"}
        assert fitting_names(admin, "notes.most.(today,0)") == {"乙"}
        assert fitting_names(admin, "notes.least.(ever,2)") == set()
        assert fitting_names(admin, "notes.most.(ever,1)") == {"甲", "乙"}


def test_given_a_hidden_or_masked_field_then_it_is_refused_as_if_there_was_none(
    agent: User,
) -> None:
    for key in ("phone", "birthday", "nothing"):
        with translation.override("en"), pytest.raises(BadDefinition) as refusal:
            fitting_names(agent, f"city.eq.上海,{key}.falls.next7d")
        assert refusal.value.problems == {
            (1,): f"There is no field “{key}” to filter by."
        }


def test_given_a_wrong_condition_then_the_error_says_which(admin: User) -> None:
    with translation.override("en"), pytest.raises(BadDefinition) as refusal:
        fitting_names(admin, "city.eq.上海,or(order_count.gte.many,tier.in.(vital))")
    assert refusal.value.problems == {(1, 0): "“many” is not a value of “Orders”."}


def test_given_a_definition_then_it_is_told_in_both_languages(admin: User) -> None:
    group = parse("notes.least.(90d,3),or(birthday.falls.next30d,city.eq.上海)")
    criteria = Criteria(admin, AT)
    with translation.override("en"):
        assert criteria.sentence(group) == (
            "Notes written (the last 90 days): at least 3 and "
            "(Birthday falls within the next 30 days or City is “上海”)"
        )
    with translation.override("zh-hans"):
        assert criteria.sentence(group) == (
            "最近 90 天跟进记录条数不少于 3 且 （生日 落在 未来 30 天 或 城市 是 “上海”）"
        )


def test_given_groups_and_conditions_without_end_then_they_are_refused() -> None:
    many = Group("and", tuple(Condition("city", "eq", ("a",)) for _n in range(51)))
    with pytest.raises(BadDefinition):
        read_definition(written_definition(many))
