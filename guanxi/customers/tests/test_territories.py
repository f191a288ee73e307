"""Territories: who reaches what lies in them, and that none is ever stale."""

import pytest
from django.db import connection
from django.test import Client

from guanxi.customers.commands.territory import (
    BadTerritory,
    TerritoryPlan,
    delete_territory,
    fill_territory,
    place_customers,
    save_territory,
)
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer, Territory, TerritoryCustomer
from guanxi.customers.queries.customer import customers
from guanxi.customers.rules.territory import TerritoryRule
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, System
from guanxi.foundation.bulk import proven_keys
from guanxi.foundation.clock import now
from guanxi.foundation.policies import may
from guanxi.foundation.ties.explain import explain
from guanxi.identity.models import Team, User
from guanxi.identity.tests.factories import (
    make_administrator,
    make_role,
    make_team,
    make_user,
)

HOUSE = System("tests")
EAST = TerritoryRule(provinces=["上海", "浙江"])


@pytest.fixture
def area(db: None) -> User:
    """Somebody whose role reaches territories, but who owns nothing."""
    depths = {"customer.read": Depth.TERRITORY, "customer.edit": Depth.TEAM_TREE}
    role = make_role(depths, name="区域经理")
    return make_user("区域", roles=[role], team=make_team("销售"))


def draw(
    name: str,
    rule: TerritoryRule,
    *,
    to: User | Team | None = None,
    parent: Territory | None = None,
    territory: Territory | None = None,
) -> Territory:
    """Return the territory, drawn and filled as the worker would."""
    plan = TerritoryPlan(
        name=name,
        parent=parent,
        rule=rule,
        users=[to] if isinstance(to, User) else [],
        teams=[to] if isinstance(to, Team) else [],
    )
    made = save_territory(HOUSE, territory or Territory(), plan=plan, at=now())
    fill_territory(territory_id=made.pk)
    return made


def seen_by(user: User) -> list[str]:
    fresh = User.objects.get(pk=user.pk)
    return sorted(customers(fresh).values_list("name", flat=True))


def can(user: User, action: str, record: Customer) -> bool:
    """Tell what ``user`` may do, and that lists, objects and reasons agree on it."""
    fresh, again = User.objects.get(pk=user.pk), Customer.objects.get(pk=record.pk)
    told = explain(fresh, f"customer.{action}", again)
    assert told.is_granted is may(fresh, f"customer.{action}", again), str(told)
    return told.is_granted


def test_given_a_rule_when_customers_fit_it_then_its_members_reach_them(
    area: User,
) -> None:
    inside = make_customer("甲", province="上海")
    outside = make_customer("乙", province="四川")
    assert seen_by(area) == []
    draw("华东", EAST, to=area)
    assert seen_by(area) == ["甲"]
    assert can(area, "read", inside)
    assert not can(area, "edit", inside)
    assert not can(area, "read", outside)


def test_given_each_list_of_a_rule_then_a_customer_has_to_fit_them_all(
    area: User,
) -> None:
    make_customer("甲", province="上海", industry="零售")
    make_customer("乙", province="上海", industry="制造")
    draw("华东零售", TerritoryRule(["上海"], (), ["零售"]), to=area)
    assert seen_by(area) == ["甲"]


def test_given_a_territory_when_facts_change_then_it_is_right_in_the_same_moment(
    area: User,
) -> None:
    draw("华东", EAST, to=area)
    moving = make_customer("甲", province="浙江")
    assert seen_by(area) == ["甲"]
    Customer.objects.filter(pk=moving.pk).update(province="四川")
    assert seen_by(area) == []
    with proven_keys():
        Customer.objects.filter(pk=moving.pk).update(province="上海")
        make_customer("乙", province="上海")
    assert seen_by(area) == ["乙", "甲"]


def test_given_a_team_that_a_territory_belongs_to_then_the_teams_below_reach_it(
    area: User,
) -> None:
    assert area.team is not None
    below = make_user("下级", roles=area.roles.all(), team=make_team("分部", area.team))
    beside = make_user("旁人", roles=area.roles.all(), team=make_team("财务"))
    make_customer("甲", province="上海")
    draw("华东", EAST, to=area.team)
    assert seen_by(below) == ["甲"]
    assert seen_by(beside) == []


def test_given_territories_in_a_territory_then_whose_is_the_whole_reaches_the_parts(
    area: User,
) -> None:
    make_customer("甲", province="上海")
    whole = draw("全国", TerritoryRule(), to=area)
    part = draw("华东", EAST, parent=whole)
    assert seen_by(area) == ["甲"]
    draw("华东", EAST, territory=part)
    assert seen_by(area) == []


def test_given_a_new_rule_then_the_job_takes_out_what_does_not_fit_any_more(
    area: User,
) -> None:
    make_customer("甲", province="上海")
    make_customer("乙", province="四川")
    drawn = draw("片区", EAST, to=area)
    draw("片区", TerritoryRule(["四川"]), to=area, territory=drawn)
    assert seen_by(area) == ["乙"]


def test_given_a_customer_placed_by_hand_then_no_rule_takes_it_out(
    area: User,
) -> None:
    far = make_customer("丙", province="西藏")
    drawn = draw("华东", EAST, to=area)
    place_customers(HOUSE, drawn, [far], at=now())
    draw("华东", EAST, to=area, territory=drawn)
    Customer.objects.filter(pk=far.pk).update(province="青海")
    assert seen_by(area) == ["丙"]
    place_customers(HOUSE, drawn, removed=[far], at=now())
    assert seen_by(area) == []


def test_given_a_customer_that_fits_and_was_placed_then_taken_out_it_stays_by_rule(
    area: User,
) -> None:
    near = make_customer("甲", province="上海")
    drawn = draw("华东", EAST, to=area)
    place_customers(HOUSE, drawn, [near], at=now())
    place_customers(HOUSE, drawn, removed=[near], at=now())
    assert seen_by(area) == ["甲"]
    assert TerritoryCustomer.objects.get().is_by_hand is False


def test_given_a_wall_then_a_territory_does_not_open_it(area: User) -> None:
    inside = make_customer("甲", province="上海")
    draw("华东", EAST, to=area)
    set_wall(HOUSE, inside, to=area, reason="利益冲突", at=now())
    assert seen_by(area) == []
    assert not can(area, "read", inside)


def test_given_a_role_of_teams_then_a_territory_of_its_holder_opens_nothing(
    db: None,
) -> None:
    role = make_role({"customer.read": Depth.TEAM_TREE})
    user = make_user(roles=[role], team=make_team())
    make_customer("甲", province="上海")
    draw("华东", EAST, to=user)
    assert seen_by(user) == []


def test_given_names_taken_and_rings_then_a_territory_is_refused(db: None) -> None:
    whole = draw("全国", TerritoryRule())
    part = draw("华东", EAST, parent=whole)
    with pytest.raises(BadTerritory):
        draw("华东", EAST)
    with pytest.raises(BadTerritory):
        draw("全国", TerritoryRule(), parent=part, territory=whole)
    with pytest.raises(BadTerritory):
        delete_territory(HOUSE, whole, at=now())
    delete_territory(HOUSE, part, at=now())
    assert list(Territory.objects.values_list("name", flat=True)) == ["全国"]


def test_given_an_administrator_when_he_previews_and_saves_then_the_page_tells(
    client: Client, db: None
) -> None:
    admin = make_administrator("周明")
    make_customer("甲", province="上海")
    client.force_login(admin)
    sent = {"name": "华东", "provinces": "上海，浙江", "users": [admin.pk]}
    shown = client.post("/customers/territories/new/", {**sent, "preview": "1"})
    assert shown.context["preview"].customers == 1
    assert not Territory.objects.exists()
    assert client.post("/customers/territories/new/", sent).status_code == 302
    drawn = Territory.objects.get()
    fill_territory(territory_id=drawn.pk)
    page = client.get("/customers/territories/").content.decode()
    assert "华东" in page
    assert drawn.provinces == ["上海", "浙江"]
    assert TerritoryCustomer.objects.filter(territory=drawn).count() == 1


def test_given_the_migration_of_depths_then_all_stays_all(db: None) -> None:
    from importlib import import_module  # noqa: PLC0415 -- its name begins with a digit

    from django.apps import apps  # noqa: PLC0415 -- as above

    role = make_role({})
    role.depths = {"customer.read": 4, "customer.edit": 3}
    role.save()
    module = import_module("guanxi.identity.migrations.0004_depth_of_territories")
    with connection.schema_editor() as editor:
        module.move_up(apps, editor)
        role.refresh_from_db()
        assert role.grants.depth("customer.read") is Depth.ALL
        assert role.grants.depth("customer.edit") is Depth.TEAM_TREE
        module.move_down(apps, editor)
    role.refresh_from_db()
    assert role.depths == {"customer.read": 4, "customer.edit": 3}
