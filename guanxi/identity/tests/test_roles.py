"""Roles: granted, narrowed, shipped; nobody gives more than he has."""

import pytest

from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.commands.guard import LastAdministrator
from guanxi.identity.commands.role import (
    RoleRights,
    create_role,
    delete_role,
    grant_roles,
    save_role,
    ship_roles,
)
from guanxi.identity.models import Role, User
from guanxi.identity.rules.role import may_of
from guanxi.identity.rules.shipped import SHIPPED
from guanxi.identity.tests.factories import (
    NOON,
    make_role,
    make_user,
)
from guanxi.identity.tests.traces import log, written

pytestmark = pytest.mark.django_db


def test_given_roles_when_set_then_added_and_withdrawn_are_logged(admin: User) -> None:
    old, new = make_role(), make_role({"customer.read": Depth.ALL})
    user = make_user(roles=[old])
    grant_roles(admin, user, [new], at=NOON)
    assert list(user.roles.all()) == [new]
    assert log() == ["identity.RoleGranted", "identity.RoleWithdrawn"]


def test_given_fewer_rights_when_granting_a_role_then_denied() -> None:
    strong = make_role({"customer.read": Depth.ALL})
    leader = make_user(
        roles=[
            make_role(
                {
                    "user.grant": Depth.ALL,
                    "user.read": Depth.ALL,
                    "role.read": Depth.ALL,
                }
            )
        ]
    )
    user = make_user()
    before = written()
    with pytest.raises(Denied):
        grant_roles(leader, user, [strong], at=NOON)
    assert written() == before
    assert user.roles.count() == 0


def test_given_the_last_administrator_when_the_role_is_withdrawn_then_refused(
    admin: User,
) -> None:
    with pytest.raises(LastAdministrator):
        grant_roles(admin, admin, [], at=NOON)
    assert admin.roles.count() == 1


def test_given_the_only_administrator_role_when_narrowed_then_refused(
    admin: User,
) -> None:
    role = admin.roles.get()
    with pytest.raises(LastAdministrator):
        save_role(admin, role, RoleRights(name="管理"), at=NOON)
    role.refresh_from_db()
    assert role.is_everything


def test_given_a_held_role_when_narrowed_then_the_next_request_feels_it(
    admin: User,
) -> None:
    role = make_role({"user.read": Depth.ALL}, name="客服")
    user = make_user(roles=[role])
    assert user.grants.depth("user.read") is Depth.ALL
    save_role(
        admin,
        role,
        RoleRights(name="客服", depths={"user.read": Depth.OWN}),
        at=NOON,
    )
    assert User.objects.get(pk=user.pk).grants.depth("user.read") is Depth.OWN
    assert LoggedEvent.objects.get().changes == {"user.read": ["ALL", "OWN"]}


def test_given_a_level_taken_back_when_saved_then_the_default_counts_again(
    admin: User,
) -> None:
    role = make_role(
        {"user.read": Depth.ALL}, {"user.email": Level.MASKED}, name="客服"
    )
    user = make_user(roles=[role])
    save_role(
        admin, role, RoleRights(name="客服", depths={"user.read": Depth.ALL}), at=NOON
    )
    grants = User.objects.get(pk=user.pk).grants
    assert grants.level("user.email", Level.WRITE) is Level.WRITE
    assert LoggedEvent.objects.get().changes == {"user.email": ["MASKED", ""]}


def test_given_a_shipped_level_taken_back_when_shipped_again_then_it_stays_so(
    admin: User,
) -> None:
    ship_roles(System("setup"))
    role = Role.objects.get(key="agent")
    save_role(admin, role, RoleRights(name=role.label), at=NOON)
    ship_roles(System("setup"))
    role.refresh_from_db()
    assert role.grants.level("customer.phone", Level.WRITE) is Level.WRITE
    assert role.grants.depth("customer.read") is Depth.NONE


def test_given_a_role_of_a_room_switched_off_when_saved_then_its_rights_are_kept(
    admin: User,
) -> None:
    role = make_role(
        {"parcel.send": Depth.TEAM}, {"parcel.weight": Level.READ}, name="旧"
    )
    save_role(admin, role, RoleRights(name="新"), at=NOON)
    role.refresh_from_db()
    assert role.depths == {"parcel.send": 2}
    assert role.levels == {"parcel.weight": 2}


def test_given_fewer_rights_when_creating_a_role_then_denied() -> None:
    maker = make_user(roles=[make_role({"role.create": Depth.ALL})])
    before = written()
    with pytest.raises(Denied):
        create_role(
            maker, RoleRights(name="强", depths={"user.read": Depth.ALL}), at=NOON
        )
    assert written() == before


def test_given_fewer_rights_when_opening_a_field_then_denied() -> None:
    maker = make_user(
        roles=[
            make_role(
                {"role.create": Depth.ALL, "user.read": Depth.ALL},
                {"user.email": Level.MASKED},
            )
        ]
    )
    rights = RoleRights(
        name="敞", depths={"user.read": Depth.ALL}, levels={"user.email": Level.READ}
    )
    with pytest.raises(Denied):
        create_role(maker, rights, at=NOON)
    assert create_role(
        maker,
        RoleRights(
            name="掩",
            depths={"user.read": Depth.ALL},
            levels={"user.email": Level.MASKED},
        ),
        at=NOON,
    ).pk


@pytest.mark.parametrize(
    ("rights", "field"),
    [
        (RoleRights(name=" "), "name"),
        (RoleRights(name="客服"), "name"),
        (RoleRights(name="新", depths={"nothing.read": Depth.ALL}), ""),
        (RoleRights(name="新", levels={"user.nothing": Level.READ}), ""),
    ],
)
def test_given_a_wrong_role_when_created_then_refused(
    admin: User, rights: RoleRights, field: str
) -> None:
    make_role(name="客服")
    with pytest.raises(Refused) as refused:
        create_role(admin, rights, at=NOON)
    assert refused.value.field == field


def test_given_a_held_role_when_deleted_then_refused(admin: User) -> None:
    role = make_role()
    make_user(roles=[role])
    with pytest.raises(Refused):
        delete_role(admin, role, at=NOON)
    assert Role.objects.filter(pk=role.pk).exists()


def test_given_an_unheld_role_when_deleted_then_gone(admin: User) -> None:
    role = make_role(name="旧")
    delete_role(admin, role, at=NOON)
    assert not Role.objects.filter(name="旧").exists()
    assert log() == ["identity.RoleDeleted"]


def test_ship_roles_ships_them_all_and_changes_nothing_the_second_time() -> None:
    ship_roles(System("setup"))
    first = list(Role.objects.order_by("pk").values())
    ship_roles(System("setup"))
    assert list(Role.objects.order_by("pk").values()) == first
    assert [role["key"] for role in first] == [
        "administrator",
        "manager",
        "sales",
        "agent",
        "marketer",
        "analyst",
        "auditor",
        "account_manager",
        "team_leader",
        "floor_supervisor",
        "duty_manager",
        "service_supervisor",
        "marketing_manager",
        "field_service",
        "surveyor",
        "finance",
        "logistics",
        "planner",
        "product_manager",
    ]


def test_the_manager_shares_customers_and_sees_who_has_access() -> None:
    depths = SHIPPED["manager"].depths
    for action in ("share", "view_access", "grant", "privacy", "export"):
        assert depths[f"customer.{action}"] is Depth.TEAM_TREE


def test_rights_without_their_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="unpack"):
        may_of(Depth.ALL, "customer: read", " export share")


def test_given_a_narrowed_shipped_role_when_shipped_again_then_it_stays_narrow() -> (
    None
):
    ship_roles(System("setup"))
    role = Role.objects.get(key="manager")
    del role.depths["order.read"]
    role.depths["user.read"] = 0
    role.save()
    ship_roles(System("setup"))
    role.refresh_from_db()
    assert role.grants.depth("user.read") is Depth.NONE
    assert role.grants.depth("order.read") is Depth.TEAM_TREE


def test_the_auditor_reads_all_writes_his_reviews_alone_and_sees_no_clear_address() -> (
    None
):
    ship_roles(System("setup"))
    grants = Role.objects.get(key="auditor").grants
    writing = [
        name for name, depth in grants.depths.items() if depth and not reads(name)
    ]
    assert writing == ["access_day.review"]
    assert grants.depth("audit.read") is Depth.ALL
    assert grants.level("user.email", Level.WRITE) is Level.MASKED
    assert grants.level("customer.phone", Level.WRITE) is Level.MASKED


def test_the_agent_sees_phone_mail_and_id_number_masked() -> None:
    ship_roles(System("setup"))
    grants = Role.objects.get(key="agent").grants
    assert [
        grants.level(f"customer.{name}", Level.WRITE)
        for name in ("phone", "email", "id_number", "wechat")
    ] == [Level.MASKED, Level.MASKED, Level.MASKED, Level.WRITE]


def reads(permission: str) -> bool:
    return permission.endswith((".read", ".export"))
