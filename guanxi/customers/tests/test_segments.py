"""Segments: what can be asked, who fits, who belongs, who sees it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation

from guanxi.customers.commands.code import ship_codes
from guanxi.customers.commands.merge import merge_customers, undo_merge
from guanxi.customers.commands.segment import (
    BadPlan,
    BadSegment,
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
    Segment,
    SegmentMember,
)
from guanxi.customers.queries.segment import (
    counts_of,
    segments,
    stays_of,
)
from guanxi.customers.rules.segment import (
    BadDefinition,
    Membership,
    Sharing,
)
from guanxi.customers.tests.conftest import SEGMENT_RIGHTS
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.tests.segment_scene import (
    AT,
    HOUSE,
    NEXT_DAY,
    member_names,
    segment_facts,
)
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.errors import Conflict, Denied, NotVisible
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.models.rights import forget_rights
from guanxi.identity.tests.factories import make_role, make_user


def test_given_a_new_segment_then_who_fits_belongs_to_it_at_once(
    manager: User, team: Callable[..., Customer]
) -> None:
    team("甲", city="上海")
    team("乙", city="北京")
    make_customer("别组", city="上海")
    made = create_segment(manager, segment_facts(), at=AT)
    assert (made.members, made.refreshed_at, made.needs) == (1, AT, ["customer.city"])
    assert member_names(manager, made) == {"甲"}
    assert member_names(HOUSE, made) == {"甲"}  # as its owner sees it
    event = LoggedEvent.objects.get(name="customers.SegmentMembersChanged")
    assert (event.payload["joined"], event.payload["members"]) == (1, 1)


def test_given_changes_then_a_refresh_keeps_who_joined_and_left_when(
    manager: User, team: Callable[..., Customer]
) -> None:
    one, other = team("甲", city="上海"), team("乙", city="北京")
    made = create_segment(manager, segment_facts(), at=AT)
    Customer.objects.filter(pk=one.pk).update(city="北京")
    Customer.objects.filter(pk=other.pk).update(city="上海")
    refresh_segment(manager, made, at=NEXT_DAY)
    assert member_names(manager, made) == {"乙"}
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
    made = create_segment(manager, segment_facts(), at=AT)
    find_later(segment_id=made.pk)
    assert (
        LoggedEvent.objects.filter(name="customers.SegmentMembersChanged").count() == 1
    )


def test_given_a_right_that_went_then_members_stay_and_the_problem_is_told(
    manager: User, team: Callable[..., Customer]
) -> None:
    team("甲", city="上海")
    made = create_segment(manager, segment_facts(), at=AT)
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
    by_hand = create_segment(
        manager, segment_facts("", membership=Membership.STATIC), at=AT
    )
    assert add_members(manager, by_hand, [one, other], at=AT) == [one.pk, other.pk]
    assert add_members(manager, by_hand, [one], at=AT) == []
    assert remove_members(manager, by_hand, [one], at=NEXT_DAY) == 1
    assert member_names(manager, by_hand) == {"乙"}
    with pytest.raises(FilledByDefinition):
        add_members(
            manager, create_segment(manager, segment_facts(), at=AT), [one], at=AT
        )


def test_given_conditions_for_one_filled_by_hand_then_they_fill_it_once(
    manager: User, team: Callable[..., Customer]
) -> None:
    one = team("甲", city="上海")
    made = create_segment(manager, segment_facts(membership=Membership.STATIC), at=AT)
    Customer.objects.filter(pk=one.pk).update(city="北京")
    find_later(segment_id=made.pk)
    assert member_names(manager, made) == {"甲"}


def test_given_two_that_become_one_then_the_stay_is_once_and_comes_back(
    manager: User, team: Callable[..., Customer]
) -> None:
    one, other = team("甲", city="上海"), team("乙", city="上海")
    made = create_segment(manager, segment_facts(), at=AT)
    merge = merge_customers(HOUSE, one, other, choices={}, at=NEXT_DAY)
    assert member_names(HOUSE, made) == {"甲"}
    undo_merge(HOUSE, one, other, merge_id=merge.pk, at=NEXT_DAY)
    assert member_names(HOUSE, made) == {"甲", "乙"}


def test_given_sharing_then_others_see_it_within_their_own_customers(
    manager: User, mate: User, stranger: User, team: Callable[..., Customer]
) -> None:
    team("甲", city="上海")
    made = create_segment(manager, segment_facts(), at=AT)
    assert not segments(mate).exists()
    facts = segment_facts(sharing=Sharing.TEAM)
    change_segment(manager, made, facts, at=AT)
    assert [one.pk for one in segments(mate)] == [made.pk]
    assert member_names(mate, made) == {"甲"}
    role = make_role({"customer.read": Depth.TEAM, "segment.read": Depth.OWN})
    other = make_user("外组", roles=[role], team=stranger.team)
    assert not segments(other).exists()
    change_segment(manager, made, segment_facts(sharing=Sharing.ALL), at=AT)
    assert [one.pk for one in segments(other)] == [made.pk]
    assert member_names(other, made) == set()
    with pytest.raises(Denied):
        change_segment(mate, made, facts, at=AT)


def test_given_a_field_hidden_from_him_then_he_does_not_see_who_asks_it(
    manager: User, owner: User
) -> None:
    facts = segment_facts(sharing=Sharing.ALL)
    create_segment(manager, facts, at=AT)
    role = make_role(
        {"customer.read": Depth.TEAM, "segment.read": Depth.ALL},
        {"customer.city": Level.HIDDEN},
    )
    blind = make_user("看不见城市", roles=[role], team=owner.team)
    assert not segments(blind).exists()


def test_given_no_right_to_share_then_it_stays_ones_own(owner: User) -> None:
    role = make_role(
        {"customer.read": Depth.OWN, **dict.fromkeys(SEGMENT_RIGHTS[:4], Depth.OWN)}
    )
    rep = make_user("销售", roles=[role], team=owner.team)
    with pytest.raises(Denied):
        create_segment(rep, segment_facts(sharing=Sharing.ALL), at=AT)


def test_given_somebody_elses_change_then_it_is_not_overwritten(manager: User) -> None:
    made = create_segment(manager, segment_facts(), at=AT)
    change_segment(manager, made, segment_facts(name="甲"), version=1, at=AT)
    with pytest.raises(Conflict):
        change_segment(manager, made, segment_facts(name="乙"), version=1, at=AT)


def test_given_nothing_changed_then_nothing_is_told(manager: User) -> None:
    made = create_segment(manager, segment_facts(), at=AT)
    change_segment(manager, made, facts_of(made), at=AT)
    assert not LoggedEvent.objects.filter(name="customers.SegmentChanged").exists()


def test_a_deleted_segment_comes_back(manager: User) -> None:
    made = create_segment(manager, segment_facts(), at=AT)
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
        create_segment(manager, segment_facts(**facts), at=AT)  # type: ignore[arg-type]  # -- as given


def test_given_hidden_budget_and_strategy_then_the_page_does_not_tell_them(
    admin: User, client: Client
) -> None:
    plan = SegmentPlan(
        budget=Decimal(76543),
        budget_from=date(2026, 1, 1),
        budget_until=date(2026, 12, 31),
        strategy="逢年过节登门拜访",
    )
    made = create_segment(admin, segment_facts(plan=plan, sharing=Sharing.ALL), at=AT)
    levels = dict.fromkeys(("segment.budget", "segment.strategy"), Level.HIDDEN)
    depths = {"customer.read": Depth.ALL, "segment.read": Depth.ALL}
    blind = make_user(roles=[make_role(depths, levels)])
    told = []
    for viewer in (admin, blind):
        client.force_login(viewer)
        page = client.get(f"/customers/segments/{made.pk}/").content.decode()
        told.append(("76,543" in page, "登门拜访" in page))
    assert told == [(True, True), (False, False)]


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
