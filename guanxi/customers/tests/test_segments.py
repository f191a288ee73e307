"""Segments: what can be asked, who fits, who belongs, who sees it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation

from guanxi.customers.commands.code import ship_codes
from guanxi.customers.commands.merge import merge_customers, undo_merge
from guanxi.customers.commands.segment import (
    BadPlan,
    BadSegment,
    SegmentFacts,
    SegmentPlan,
    change_segment,
    create_segment,
    delete_segment,
    facts_of,
    restore_segment,
)
from guanxi.customers.commands.segment_member import (
    FilledByDefinition,
    add_members,
    find_later,
    refresh_segment,
    remove_members,
)
from guanxi.customers.commands.ship_segments import ship_segments
from guanxi.customers.models import (
    Customer,
    Note,
    Segment,
    SegmentCount,
    SegmentMember,
    Tag,
)
from guanxi.customers.queries.consent import house_day
from guanxi.customers.queries.criteria import Criteria
from guanxi.customers.queries.segment import (
    counts_of,
    segment_members,
    segments,
    size_of,
    stays_of,
)
from guanxi.customers.queries.segment_portrait import segment_portrait
from guanxi.customers.rules.segment import (
    BadDefinition,
    Membership,
    Sharing,
    path_of_place,
    read_definition,
    written_definition,
)
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Conflict, Denied, NotVisible
from guanxi.foundation.models import LoggedEvent
from guanxi.foundation.tables.where import Condition, Group, parse
from guanxi.identity.models import User
from guanxi.identity.models.rights import forget_rights
from guanxi.identity.tests.factories import make_role, make_user

HOUSE = System("tests")
# Five in the afternoon in Shanghai.
AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
NEXT_DAY = AT + timedelta(days=1)
RIGHTS = [f"segment.{a}" for a in ("read", "create", "edit", "delete", "share")]


@pytest.fixture
def manager(owner: User) -> User:
    """One who works on the team's customers, and on segments of his own."""
    depths = dict.fromkeys(("customer.read", "customer.edit"), Depth.TEAM)
    role = make_role({**depths, **dict.fromkeys(RIGHTS, Depth.OWN)})
    return make_user("经理", roles=[role], team=owner.team)


@pytest.fixture
def mate(owner: User) -> User:
    """A colleague of the team who sees segments shared with him."""
    role = make_role({"customer.read": Depth.TEAM, "segment.read": Depth.OWN})
    return make_user("同事", roles=[role], team=owner.team)


@pytest.fixture
def team(owner: User) -> Callable[..., Customer]:
    """Make a customer of the team."""
    return lambda name, **facts: make_customer(
        name, owner=owner, team=owner.team, **facts
    )


def _names(viewer: object, text: str) -> set[str]:
    criteria = Criteria(viewer, AT)  # type: ignore[arg-type]  # -- any actor
    return set(criteria.fitting(parse(text)).values_list("name", flat=True))


def _facts(text: str = "city.eq.上海", **facts: object) -> SegmentFacts:
    given = {"name": "上海客户", "definition": parse(text), **facts}
    return SegmentFacts(**given)  # type: ignore[arg-type]  # -- as given


def _members(viewer: object, segment: Segment) -> set[str]:
    rows = segment_members(viewer, segment)  # type: ignore[arg-type]  # -- any actor
    return set(rows.values_list("name", flat=True))


# What a definition is


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


# What can be asked


def test_given_nested_groups_then_those_fit_for_whom_the_whole_is_true(
    admin: User, team: Callable[..., Customer]
) -> None:
    team("甲", city="上海", traits={"tier": "vital"})
    team("乙", city="北京", traits={"tier": "vital"})
    team("丙", city="上海", traits={"tier": "small"})
    text = "or(and(city.eq.上海,tier.in.(vital)),not(or(city.eq.上海,tier.in.(small))))"
    assert _names(admin, text) == {"甲", "乙"}


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
        assert _names(admin, "notes.least.(today,1)") == {"甲"}
        assert _names(admin, "notes.least.(yesterday,1)") == {"乙"}
        assert _names(admin, "notes.most.(today,0)") == {"乙"}
        assert _names(admin, "notes.least.(ever,2)") == set()
        assert _names(admin, "notes.most.(ever,1)") == {"甲", "乙"}


def test_given_a_hidden_or_masked_field_then_it_is_refused_as_if_there_was_none(
    agent: User,
) -> None:
    for key in ("phone", "birthday", "nothing"):
        with translation.override("en"), pytest.raises(BadDefinition) as refusal:
            _names(agent, f"city.eq.上海,{key}.falls.next7d")
        assert refusal.value.problems == {
            (1,): f"There is no field “{key}” to filter by."
        }


def test_given_a_wrong_condition_then_the_error_says_which(admin: User) -> None:
    with translation.override("en"), pytest.raises(BadDefinition) as refusal:
        _names(admin, "city.eq.上海,or(order_count.gte.many,tier.in.(vital))")
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


# Who belongs to it


def test_given_a_new_segment_then_who_fits_belongs_to_it_at_once(
    manager: User, team: Callable[..., Customer]
) -> None:
    team("甲", city="上海")
    team("乙", city="北京")
    make_customer("别组", city="上海")
    made = create_segment(manager, _facts(), at=AT)
    assert (made.members, made.refreshed_at, made.needs) == (1, AT, ["customer.city"])
    assert _members(manager, made) == {"甲"}
    assert _members(HOUSE, made) == {"甲"}  # as its owner sees it
    event = LoggedEvent.objects.get(name="customers.SegmentMembersChanged")
    assert (event.payload["joined"], event.payload["members"]) == (1, 1)


def test_given_changes_then_a_refresh_keeps_who_joined_and_left_when(
    manager: User, team: Callable[..., Customer]
) -> None:
    one, other = team("甲", city="上海"), team("乙", city="北京")
    made = create_segment(manager, _facts(), at=AT)
    Customer.objects.filter(pk=one.pk).update(city="北京")
    Customer.objects.filter(pk=other.pk).update(city="上海")
    refresh_segment(manager, made, at=NEXT_DAY)
    assert _members(manager, made) == {"乙"}
    stays = SegmentMember.objects.order_by("pk").values_list(
        "customer__name", "joined_at", "left_at"
    )
    assert list(stays) == [("甲", AT, NEXT_DAY), ("乙", NEXT_DAY, None)]
    counts = [(c.counted_on.day, c.members, c.joined, c.gone) for c in counts_of(made)]
    assert counts == [(10, 1, 1, 0), (11, 1, 1, 1)]
    (stay,) = stays_of(manager, one)
    assert (stay.joined_on, stay.left_on) == (date(2026, 3, 10), date(2026, 3, 11))


def test_given_nothing_new_then_a_refresh_tells_nothing(
    manager: User, team: Callable[..., Customer]
) -> None:
    team("甲", city="上海")
    made = create_segment(manager, _facts(), at=AT)
    find_later(segment_id=made.pk)
    assert (
        LoggedEvent.objects.filter(name="customers.SegmentMembersChanged").count() == 1
    )


def test_given_a_right_that_went_then_members_stay_and_the_problem_is_told(
    manager: User, team: Callable[..., Customer]
) -> None:
    team("甲", city="上海")
    made = create_segment(manager, _facts(), at=AT)
    role = manager.roles.get()
    role.levels = {"customer.city": int(Level.HIDDEN)}
    role.save()
    forget_rights()
    find_later(segment_id=made.pk)
    made.refresh_from_db()
    assert made.members == 1
    assert "city" in made.problem


def test_given_hands_then_customers_come_and_go_and_definitions_decide_alone(
    manager: User, team: Callable[..., Customer]
) -> None:
    one, other = team("甲"), team("乙")
    by_hand = create_segment(manager, _facts("", membership=Membership.STATIC), at=AT)
    assert add_members(manager, by_hand, [one, other], at=AT) == [one.pk, other.pk]
    assert add_members(manager, by_hand, [one], at=AT) == []
    assert remove_members(manager, by_hand, [one], at=NEXT_DAY) == 1
    assert _members(manager, by_hand) == {"乙"}
    with pytest.raises(FilledByDefinition):
        add_members(manager, create_segment(manager, _facts(), at=AT), [one], at=AT)


def test_given_conditions_for_one_filled_by_hand_then_they_fill_it_once(
    manager: User, team: Callable[..., Customer]
) -> None:
    one = team("甲", city="上海")
    made = create_segment(manager, _facts(membership=Membership.STATIC), at=AT)
    Customer.objects.filter(pk=one.pk).update(city="北京")
    find_later(segment_id=made.pk)
    assert _members(manager, made) == {"甲"}


def test_given_two_that_become_one_then_the_stay_is_once_and_comes_back(
    manager: User, team: Callable[..., Customer]
) -> None:
    one, other = team("甲", city="上海"), team("乙", city="上海")
    made = create_segment(manager, _facts(), at=AT)
    merge = merge_customers(HOUSE, one, other, choices={}, at=NEXT_DAY)
    assert _members(HOUSE, made) == {"甲"}
    undo_merge(HOUSE, one, other, merge_id=merge.pk, at=NEXT_DAY)
    assert _members(HOUSE, made) == {"甲", "乙"}


# Who sees and changes it


def test_given_sharing_then_others_see_it_within_their_own_customers(
    manager: User, mate: User, stranger: User, team: Callable[..., Customer]
) -> None:
    team("甲", city="上海")
    made = create_segment(manager, _facts(), at=AT)
    assert not segments(mate).exists()
    facts = _facts(sharing=Sharing.TEAM)
    change_segment(manager, made, facts, at=AT)
    assert [one.pk for one in segments(mate)] == [made.pk]
    assert _members(mate, made) == {"甲"}
    role = make_role({"customer.read": Depth.TEAM, "segment.read": Depth.OWN})
    other = make_user("外组", roles=[role], team=stranger.team)
    assert not segments(other).exists()
    change_segment(manager, made, _facts(sharing=Sharing.ALL), at=AT)
    assert [one.pk for one in segments(other)] == [made.pk]
    assert _members(other, made) == set()
    with pytest.raises(Denied):
        change_segment(mate, made, facts, at=AT)


def test_given_a_field_hidden_from_him_then_he_does_not_see_who_asks_it(
    manager: User, owner: User
) -> None:
    facts = _facts(sharing=Sharing.ALL)
    create_segment(manager, facts, at=AT)
    role = make_role(
        {"customer.read": Depth.TEAM, "segment.read": Depth.ALL},
        {"customer.city": Level.HIDDEN},
    )
    blind = make_user("看不见城市", roles=[role], team=owner.team)
    assert not segments(blind).exists()


def test_given_no_right_to_share_then_it_stays_ones_own(owner: User) -> None:
    role = make_role(
        {"customer.read": Depth.OWN, **dict.fromkeys(RIGHTS[:4], Depth.OWN)}
    )
    rep = make_user("销售", roles=[role], team=owner.team)
    with pytest.raises(Denied):
        create_segment(rep, _facts(sharing=Sharing.ALL), at=AT)


def test_given_somebody_elses_change_then_it_is_not_overwritten(manager: User) -> None:
    made = create_segment(manager, _facts(), at=AT)
    change_segment(manager, made, _facts(name="甲"), version=1, at=AT)
    with pytest.raises(Conflict):
        change_segment(manager, made, _facts(name="乙"), version=1, at=AT)


def test_given_nothing_changed_then_nothing_is_told(manager: User) -> None:
    made = create_segment(manager, _facts(), at=AT)
    change_segment(manager, made, facts_of(made), at=AT)
    assert not LoggedEvent.objects.filter(name="customers.SegmentChanged").exists()


def test_a_deleted_segment_comes_back(manager: User) -> None:
    made = create_segment(manager, _facts(), at=AT)
    delete_segment(manager, made, at=AT)
    assert not segments(manager).exists()
    with pytest.raises(NotVisible):
        refresh_segment(manager, made, at=AT)
    restore_segment(manager, made, at=AT)
    assert segments(manager).exists()


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"name": " "}, BadSegment),
        ({"name": "长" * 81}, BadSegment),
        ({"text": ""}, BadDefinition),
        ({"plan": SegmentPlan(budget=-1)}, BadPlan),  # type: ignore[arg-type]  # -- as typed
        ({"plan": SegmentPlan(budget=100)}, BadPlan),  # type: ignore[arg-type]  # -- as typed
        (
            {
                "plan": SegmentPlan(
                    budget_from=date(2026, 2, 1), budget_until=date(2026, 1, 1)
                )
            },
            BadPlan,
        ),
    ],
)
def test_given_facts_that_cannot_be_then_they_are_refused(
    manager: User, facts: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        create_segment(manager, _facts(**facts), at=AT)  # type: ignore[arg-type]  # -- as given


def test_given_hidden_budget_and_strategy_then_the_page_does_not_tell_them(
    admin: User, client: Client
) -> None:
    plan = SegmentPlan(
        budget=Decimal(76543),
        budget_from=date(2026, 1, 1),
        budget_until=date(2026, 12, 31),
        strategy="逢年过节登门拜访",
    )
    made = create_segment(admin, _facts(plan=plan, sharing=Sharing.ALL), at=AT)
    levels = dict.fromkeys(("segment.budget", "segment.strategy"), Level.HIDDEN)
    depths = {"customer.read": Depth.ALL, "segment.read": Depth.ALL}
    blind = make_user(roles=[make_role(depths, levels)])
    told = []
    for viewer in (admin, blind):
        client.force_login(viewer)
        page = client.get(f"/customers/segments/{made.pk}/").content.decode()
        told.append(("76,543" in page, "登门拜访" in page))
    assert told == [(True, True), (False, False)]


# What the product brings


def test_shipped_segments_are_there_once_and_split_the_base(db: None) -> None:
    ship_codes(HOUSE)
    assert ship_segments(HOUSE, at=AT) == 10
    assert ship_segments(HOUSE, at=AT) == 0
    make_customer("现有", state="actual", traits={"tier": "vital"})
    make_customer("潜在")
    make_customer("目标", state="target")
    make_customer("流失", state="lost")
    sizes = {}
    for one in Segment.objects.all():
        find_later(segment_id=one.pk)
        one.refresh_from_db()
        assert one.problem == ""
        sizes[one.key] = one.members
    assert sizes == {
        "present": 1,
        "potential": 2,
        "lost": 1,
        "distributors": 0,
        "valuable": 1,
        "key": 0,
        "small_medium": 1,
        "needs": 0,
        "new": 0,
        "old": 0,
    }
    with translation.override("zh-hans"):
        assert Segment.objects.get(key="distributors").title == "分销商"


# Pages


def test_given_the_builder_then_each_step_is_shown_and_saved(
    manager: User, team: Callable[..., Customer], client: Client
) -> None:
    team("甲", city="上海")
    client.force_login(manager)
    page = client.get("/customers/segments/new/")
    assert page.status_code == 200
    posted = {
        "node": ["0", "1"],
        "joint_0": "and",
        "up_1": "0",
        "key_1": "city",
        "was_1": "city",
        "operator_1": "eq",
        "value_1": "上海",
    }
    more = client.post("/customers/segments/new/", {**posted, "act": "group:0"})
    assert more.content.decode().count('name="node"') == 4
    assert "甲" in more.content.decode()
    fewer = client.post("/customers/segments/new/", {**posted, "act": "remove:1"})
    assert 'value="undo"' in fewer.content.decode()
    preview = client.post("/customers/segments/preview/", posted)
    assert "<strong>1</strong>" in preview.content.decode()
    facts = {"name": "上海", "membership": "dynamic", "sharing": "own"}
    saved = client.post("/customers/segments/new/", {**posted, **facts})
    made = Segment.objects.get()
    assert saved["location"] == f"/customers/segments/{made.pk}/"
    assert made.definition == written_definition(parse("city.eq.上海"))
    assert client.get(f"/customers/segments/{made.pk}/").status_code == 200


def test_given_a_removal_then_undo_brings_it_back(
    manager: User, client: Client
) -> None:
    client.force_login(manager)
    kept = '{"version": 1, "all": [{"field": "city", "is": "eq", "values": ["上海"]}]}'
    page = client.post(
        "/customers/segments/new/",
        {"node": ["0"], "joint_0": "and", "undo": kept, "act": "undo"},
    )
    assert 'value="上海"' in page.content.decode()


def test_given_a_wrong_value_then_the_page_says_it_at_its_condition(
    manager: User, client: Client
) -> None:
    client.force_login(manager)
    posted = {
        "node": ["0", "1"],
        "joint_0": "and",
        "up_1": "0",
        "key_1": "order_count",
        "operator_1": "gte",
        "value_1": "很多",
        "name": "多",
        "membership": "dynamic",
        "sharing": "own",
    }
    page = client.post("/customers/segments/new/", posted)
    assert page.status_code == 422
    assert "“很多”" in page.content.decode()
    assert not Segment.objects.exists()


def test_given_a_segment_then_lists_filter_by_it_for_those_who_see_it(
    manager: User, mate: User, team: Callable[..., Customer], client: Client
) -> None:
    team("甲", city="上海")
    team("乙", city="北京")
    made = create_segment(manager, _facts(sharing=Sharing.TEAM), at=AT)
    address = f"/customers/?where=segment.in.({made.pk})"
    for person in (manager, mate):
        client.force_login(person)
        text = client.get(address).content.decode()
        assert "甲" in text
        assert "乙" not in text
    change_segment(manager, made, _facts(sharing=Sharing.OWN), at=AT)
    assert client.get(address).status_code == 400


def test_given_groups_and_conditions_without_end_then_they_are_refused() -> None:
    many = Group("and", tuple(Condition("city", "eq", ("a",)) for _n in range(51)))
    with pytest.raises(BadDefinition):
        read_definition(written_definition(many))


# What its customers are like


def test_given_members_then_the_portrait_says_how_they_differ_from_all(
    admin: User, team: Callable[..., Customer]
) -> None:
    rich = {"tier": "vital", "order_total": 900, "order_count": 3, "rhythm_days": 30}
    poor = {"tier": "small", "order_total": 100, "order_count": 1}
    one = team("甲", city="上海", birth_on=date(1990, 5, 1), traits=rich)
    one.tags.add(Tag.objects.create(name="展会"))
    for name in ("乙", "丙", "丁"):
        team(name, city="北京", traits=poor)
    made = create_segment(admin, _facts(), at=AT)
    found = segment_portrait(admin, made, AT)
    assert (found.size, found.of_customers, found.share) == (1, 4, 0.25)
    assert (found.money, found.money_share) == (Decimal(900), 0.75)
    assert (found.mean_money, found.order_mean) == (Decimal(900), Decimal(300))
    assert found.interval_days == 30
    shares = {one.key: one.shares for one in found.distributions}
    (tier,) = shares["tier"]
    assert (tier.inside, tier.share, tier.share_of_all, tier.lift) == (1, 1, 0.25, 4)
    assert [one.value for one in shares["birth_on"]] == ["30–39"]
    assert [(one.value, one.lift) for one in shares["tags"]] == [("展会", 4)]


def test_given_hidden_fields_then_the_portrait_leaves_them_out(
    manager: User, team: Callable[..., Customer]
) -> None:
    team("甲", city="上海", traits={"tier": "vital", "order_total": 900})
    made = create_segment(manager, _facts(), at=AT)
    role = manager.roles.get()
    hidden = ("tier", "order_total", "birth_on")
    role.levels = {f"customer.{name}": int(Level.HIDDEN) for name in hidden}
    role.save()
    forget_rights()
    found = segment_portrait(manager, made, AT)
    assert (found.size, found.money, found.money_share) == (1, None, None)
    assert not {"tier", "birth_on"} & {one.key for one in found.distributions}


def test_given_fewer_customers_than_its_owner_then_his_own_are_counted(
    admin: User, mate: User, client: Client, team: Callable[..., Customer]
) -> None:
    team("甲", city="上海")
    make_customer("别组", city="上海")
    made = create_segment(admin, _facts(sharing=Sharing.ALL), at=AT)
    assert (made.members, size_of(admin, made), size_of(mate, made)) == (2, 2, 1)
    client.force_login(mate)
    assert "…" in client.get("/customers/segments/").content.decode()
    assert client.get(f"/customers/segments/{made.pk}/portrait/").status_code == 200
    client.force_login(admin)
    find_later(segment_id=made.pk)
    SegmentCount.objects.create(segment=made, counted_on=date(2026, 3, 9), members=1)
    page = client.get(f"/customers/segments/{made.pk}/").content.decode()
    assert "data-chart" in page


def test_given_a_field_just_chosen_then_what_the_page_proposes_is_counted(
    manager: User, client: Client, team: Callable[..., Customer]
) -> None:
    team("寿星", birth_on=house_day(now()))
    client.force_login(manager)
    posted = {
        "node": ["0", "1"],
        "joint_0": "and",
        "up_1": "0",
        "key_1": "birthday",
        "was_1": "city",
        "operator_1": "eq",
        "act": "redraw",
    }
    page = client.post("/customers/segments/new/", posted).content.decode()
    assert "寿星" in page
    assert "<strong>1</strong>" in page
