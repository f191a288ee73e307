"""What may be done to users, teams, roles and tokens, and by whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.errors import Denied, NotVisible, Refused
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.commands.guard import LastAdministrator
from guanxi.identity.commands.preferences import Preferences, set_preferences
from guanxi.identity.commands.role import (
    RoleRights,
    create_role,
    delete_role,
    grant_roles,
    save_role,
    ship_roles,
)
from guanxi.identity.commands.team import (
    create_team,
    delete_team,
    move_team,
    rename_team,
)
from guanxi.identity.commands.token import create_token, revoke_token
from guanxi.identity.commands.user import (
    change_user,
    choose_password,
    create_user,
    deactivate_user,
    reactivate_user,
    reset_password,
    reset_two_factor,
)
from guanxi.identity.models import Role, Team, Token, User
from guanxi.identity.queries import actor_for_token
from guanxi.identity.tests.factories import (
    NOON,
    PASSWORD,
    make_administrator,
    make_people,
    make_role,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=30)


def log() -> list[str]:
    return list(LoggedEvent.objects.order_by("pk").values_list("name", flat=True))


def written() -> int:
    """Return how many rows this transaction has written, undone ones included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)"
            " FROM pg_stat_xact_user_tables"
        )
        return int(cursor.fetchone()[0])


# Users


def test_given_an_administrator_when_creating_a_user_then_all_is_kept_and_logged(
    admin: User, team: Team
) -> None:
    role = make_role({"customer.read": Depth.OWN}, name="销售")
    user = create_user(
        admin,
        username="Li.Lei",
        name=" 李  雷 ",
        email="Li.Lei@Example.com",
        team=team,
        roles=[role],
        password=PASSWORD,
        at=NOON,
    )
    user.refresh_from_db()
    assert (user.username, user.name, user.email) == (
        "li.lei",
        "李 雷",
        "li.lei@example.com",
    )
    assert user.check_password(PASSWORD)
    assert user.must_change_password
    assert user.grants.depth("customer.read") is Depth.OWN
    assert log() == ["identity.UserCreated", "identity.RoleGranted"]


def test_the_system_may_create_the_first_administrator() -> None:
    ship_roles(System("setup"))
    role = Role.objects.get(key="administrator")
    user = create_user(
        System("setup"),
        username="admin",
        name="管理员",
        password=PASSWORD,
        roles=[role],
        at=NOON,
    )
    assert user.grants.everything


def test_given_a_long_chinese_name_when_creating_a_user_then_kept(admin: User) -> None:
    user = create_user(
        admin, username="long", name="庄" * 60, password=PASSWORD, at=NOON
    )
    user.refresh_from_db()
    assert user.name == "庄" * 60
    assert len(user.sort_name) == 200


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"username": "a@b"}, "username"),
        ({"username": "taken"}, "username"),
        ({"name": "  "}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"email": "nobody"}, "email"),
        ({"email": "TAKEN@example.com"}, "email"),
        ({"password": "1111111111"}, "password"),
        ({"password": "short"}, "password"),
        ({"password": "li.lei.2026"}, "password"),
    ],
)
def test_given_wrong_facts_when_creating_a_user_then_refused_at_the_field(
    admin: User, facts: dict[str, str], field: str
) -> None:
    make_user(username="taken", email="taken@example.com")
    right = {"username": "li.lei", "name": "李雷", "password": PASSWORD}
    with pytest.raises(Refused) as refused:
        create_user(admin, **{**right, **facts}, at=NOON)  # type: ignore[arg-type]  # -- the facts a case names
    assert refused.value.field == field
    assert User.objects.filter(username="li.lei").count() == 0


def test_given_a_team_lead_when_creating_outside_the_team_then_refused() -> None:
    lead = make_user(
        team=make_team(),
        roles=[make_role({"user.create": Depth.TEAM, "user.read": Depth.TEAM})],
    )
    with pytest.raises(Refused) as refused:
        create_user(
            lead,
            username="li.lei",
            name="李雷",
            password=PASSWORD,
            team=make_team(),
            at=NOON,
        )
    assert refused.value.field == "team"
    assert not User.objects.filter(username="li.lei").exists()


@pytest.mark.parametrize("number", [0, 1, 2])
def test_given_no_right_when_creating_a_user_then_nothing_is_written(
    number: int,
) -> None:
    person = make_people("user.read")[number]
    before = written()
    with pytest.raises(Denied):
        create_user(person, username="x1", name="某", password=PASSWORD, at=NOON)
    assert written() == before


def test_given_a_change_when_made_then_old_and_new_are_logged_masked(
    admin: User, team: Team
) -> None:
    user = make_user("李雷", username="li.lei", email="lilei@example.com")
    change_user(
        admin,
        user,
        username="li.lei",
        name="李蕾",
        email="lilei2@example.com",
        team=team,
        at=NOON,
    )
    assert LoggedEvent.objects.get().changes == {
        "name": ["李雷", "李蕾"],
        "email": ["l***@example.com", "l***@example.com"],
        "team": ["", "华东"],
    }


@pytest.mark.parametrize("depth", [Depth.OWN, Depth.TEAM, Depth.TEAM_TREE])
def test_given_less_than_all_when_changing_oneself_into_another_team_then_refused(
    depth: Depth,
) -> None:
    role = make_role({"user.read": Depth.ALL, "user.edit": depth})
    user = make_user(roles=[role], team=make_team())
    old = user.team
    for team in (make_team(), None):
        with pytest.raises(Refused) as refused:
            change_user(
                user,
                user,
                username=user.username,
                name=user.name,
                email="",
                team=team,
                at=NOON,
            )
        assert refused.value.field == "team"
    assert User.objects.get(pk=user.pk).team == old


def test_given_a_lead_when_moving_people_then_only_within_the_own_teams() -> None:
    top = make_team()
    below, foreign = make_team(parent=top), make_team()
    role = make_role({"user.read": Depth.TEAM_TREE, "user.edit": Depth.TEAM_TREE})
    lead, other = make_user(roles=[role], team=top), make_user(team=top)
    facts = {"username": other.username, "name": other.name, "email": ""}
    change_user(lead, other, **facts, team=below, at=NOON)
    assert User.objects.get(pk=other.pk).team == below
    with pytest.raises(Refused):
        change_user(lead, other, **facts, team=foreign, at=NOON)
    assert User.objects.get(pk=other.pk).team == below


def test_given_nothing_new_when_changing_then_nothing_is_logged(admin: User) -> None:
    user = make_user("李雷", username="li.lei")
    change_user(
        admin, user, username="li.lei", name="李雷", email="", team=None, at=NOON
    )
    assert log() == []


def test_given_a_helper_when_changing_an_administrator_then_denied(admin: User) -> None:
    helper = make_user(
        roles=[make_role({"user.edit": Depth.ALL, "user.read": Depth.ALL})]
    )
    before = written()
    with pytest.raises(Denied):
        change_user(
            helper,
            admin,
            username=admin.username,
            name="管理员",
            email="helper@example.com",
            team=None,
            at=NOON,
        )
    assert written() == before


def test_given_a_user_when_deactivated_then_tokens_and_rights_end_at_once(
    admin: User,
) -> None:
    user = make_user(roles=[make_role({"team.read": Depth.OWN})])
    _, text = make_token(admin, user, ["team.read"])
    deactivate_user(admin, user, at=NOON)
    assert actor_for_token(text, NOON) is None
    assert User.objects.get(pk=user.pk).grants.depth("team.read") is Depth.NONE
    assert log()[-2:] == ["identity.TokenRevoked", "identity.UserDeactivated"]


def test_given_a_deactivated_user_when_reactivated_then_rights_are_back(
    admin: User,
) -> None:
    user = make_user(roles=[make_role({"customer.read": Depth.OWN})])
    deactivate_user(admin, user, at=NOON)
    reactivate_user(admin, user, at=NOON)
    assert User.objects.get(pk=user.pk).grants.depth("customer.read") is Depth.OWN


def test_given_an_inactive_administrator_when_a_helper_lays_hands_on_then_denied(
    admin: User,
) -> None:
    other = make_administrator()
    deactivate_user(admin, other, at=NOON)
    permissions = ("user.read", "user.edit", "user.reset_password", "user.deactivate")
    helper = make_user(roles=[make_role(dict.fromkeys(permissions, Depth.ALL))])
    before = written()
    with pytest.raises(Denied):
        reset_password(helper, other, password=PASSWORD, at=NOON)
    with pytest.raises(Denied):
        reset_two_factor(helper, other, at=NOON)
    with pytest.raises(Denied):
        change_user(
            helper,
            other,
            username=other.username,
            name=other.name,
            email="helper@example.com",
            team=None,
            at=NOON,
        )
    assert written() == before


def test_given_a_user_seen_before_others_changed_it_when_deactivated_then_rights_renew(
    admin: User,
) -> None:
    user = make_user()
    seen_before = User.objects.get(pk=user.pk)
    grant_roles(admin, user, [make_role({"team.read": Depth.ALL})], at=NOON)
    deactivate_user(admin, seen_before, at=NOON)
    assert User.objects.get(pk=user.pk).epoch == 2


def test_given_an_inactive_user_when_deactivated_again_then_nothing_is_told(
    admin: User,
) -> None:
    user = make_user()
    deactivate_user(admin, user, at=NOON)
    deactivate_user(admin, user, at=NOON)
    assert log() == ["identity.UserDeactivated"]


def test_nobody_deactivates_themselves(admin: User) -> None:
    with pytest.raises(Refused):
        deactivate_user(admin, admin, at=NOON)


def test_given_the_last_administrator_when_deactivated_then_refused(
    admin: User,
) -> None:
    with pytest.raises(LastAdministrator):
        deactivate_user(System("test"), admin, at=NOON)
    assert User.objects.get(pk=admin.pk).is_active


def test_given_two_administrators_when_one_is_deactivated_then_done(
    admin: User,
) -> None:
    other = make_administrator()
    deactivate_user(admin, other, at=NOON)
    assert not User.objects.get(pk=other.pk).is_active


def test_given_a_reset_password_then_it_must_be_changed_and_tokens_end(
    admin: User,
) -> None:
    user = make_user(roles=[make_role({"team.read": Depth.OWN})])
    _, text = make_token(admin, user, ["team.read"])
    reset_password(admin, user, password=PASSWORD, at=NOON)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert user.must_change_password
    assert actor_for_token(text, NOON) is None


def test_given_an_imposed_password_when_another_is_chosen_then_no_longer_imposed(
    db: None,
) -> None:
    user = make_user(password=PASSWORD, must_change_password=True)
    choose_password(user, password="seven-blue-Kettles", at=NOON)
    user.refresh_from_db()
    assert user.check_password("seven-blue-Kettles")
    assert not user.must_change_password


def test_owner_colleague_stranger_on_a_user() -> None:
    owner, colleague, stranger = make_people("user.deactivate", "user.reset_password")
    for person, error in ((colleague, Denied), (stranger, NotVisible)):
        before = written()
        with pytest.raises(error):
            reset_password(person, owner, password=PASSWORD, at=NOON)
        assert written() == before
    reset_password(owner, owner, password=PASSWORD, at=NOON)
    assert User.objects.get(pk=owner.pk).must_change_password


# Roles


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


def test_ship_roles_ships_seven_and_changes_nothing_the_second_time() -> None:
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
    ]


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


# Teams


def test_given_a_tree_when_a_branch_moves_then_all_paths_follow(admin: User) -> None:
    china = create_team(admin, name="中国", at=NOON)
    east = create_team(admin, name="华东", parent=china, at=NOON)
    shanghai = create_team(admin, name="上海", parent=east, at=NOON)
    asia = create_team(admin, name="亚洲", at=NOON)
    move_team(admin, china, parent=asia, at=NOON)
    shanghai.refresh_from_db()
    assert shanghai.path == [asia.pk, china.pk, east.pk, shanghai.pk]
    assert LoggedEvent.objects.filter(name="identity.TeamMoved").get().changes == {
        "parent": ["", "亚洲"]
    }


def test_given_a_team_when_moved_below_itself_then_refused(admin: User) -> None:
    china = create_team(admin, name="中国", at=NOON)
    east = create_team(admin, name="华东", parent=china, at=NOON)
    with pytest.raises(Refused):
        move_team(admin, china, parent=east, at=NOON)
    china.refresh_from_db()
    assert china.path == [china.pk]


def test_given_a_lead_when_a_team_comes_below_then_the_next_request_reaches_it(
    admin: User,
) -> None:
    china, east = make_team("中国"), make_team("华东")
    lead = make_user(team=china)
    assert lead.team_ids == {china.pk}
    move_team(admin, east, parent=china, at=NOON)
    assert User.objects.get(pk=lead.pk).team_ids == {china.pk, east.pk}
    north = create_team(admin, name="华北", parent=china, at=NOON)
    assert User.objects.get(pk=lead.pk).team_ids == {china.pk, east.pk, north.pk}
    move_team(admin, east, parent=None, at=NOON)
    delete_team(admin, north, at=NOON)
    assert User.objects.get(pk=lead.pk).team_ids == {china.pk}


def test_given_a_namesake_beside_it_when_created_or_renamed_then_refused(
    admin: User, team: Team
) -> None:
    with pytest.raises(Refused):
        create_team(admin, name="华东", at=NOON)
    other = create_team(admin, name="华北", at=NOON)
    with pytest.raises(Refused):
        rename_team(admin, other, name="华东", at=NOON)


def test_given_a_team_with_people_when_deleted_then_refused(
    admin: User, team: Team
) -> None:
    make_user(team=team)
    with pytest.raises(Refused):
        delete_team(admin, team, at=NOON)
    assert Team.objects.filter(pk=team.pk).exists()


def test_given_a_team_with_teams_below_when_deleted_then_refused(
    admin: User, team: Team
) -> None:
    below = make_team(parent=team)
    with pytest.raises(Refused):
        delete_team(admin, team, at=NOON)
    delete_team(admin, below, at=NOON)
    delete_team(admin, team, at=NOON)
    assert not Team.objects.filter(pk__in=[team.pk, below.pk]).exists()


def test_given_many_people_when_deleting_their_team_then_they_are_not_all_read(
    admin: User, team: Team
) -> None:
    for _number in range(3):
        make_user(team=team)
    with CaptureQueriesContext(connection) as queries, pytest.raises(Refused):
        delete_team(admin, team, at=NOON)
    asked = [q["sql"] for q in queries if '"identity_user"."team_id" =' in q["sql"]]
    assert len(asked) == 1
    assert asked[0].endswith("LIMIT 1")


def test_given_only_reading_when_changing_teams_then_denied_and_unwritten(
    team: Team,
) -> None:
    reader = make_user(roles=[make_role({"team.read": Depth.ALL})])
    before = written()
    with pytest.raises(Denied):
        rename_team(reader, team, name="新", at=NOON)
    with pytest.raises(Denied):
        create_team(reader, name="新", at=NOON)
    assert written() == before


# Tokens


def make_token(by: User, user: User, scopes: list[str]) -> tuple[Token, str]:
    return create_token(by, user, name="报表", scopes=scopes, expires_at=LATER, at=NOON)


def desk() -> dict[str, Depth]:
    return {
        "user.read": Depth.OWN,
        "token.read": Depth.OWN,
        "token.create": Depth.OWN,
        "token.revoke": Depth.OWN,
    }


def test_given_scopes_when_a_token_acts_then_it_may_what_both_may() -> None:
    user = make_user("李雷", roles=[make_role({**desk(), "team.read": Depth.ALL})])
    token, text = make_token(user, user, ["team.read", "user.read"])
    assert text.startswith("gx_")
    assert text not in str(vars(token))
    actor = actor_for_token(text, NOON)
    assert actor is not None
    assert actor.actor_id == user.pk
    assert actor.actor_name == "李雷 · 报表"
    assert actor.grants.depth("team.read") is Depth.ALL
    assert actor.grants.depth("user.read") is Depth.OWN
    assert actor.grants.depth("token.read") is Depth.NONE


def test_given_a_role_lost_when_the_token_acts_then_it_has_lost_it_too(
    admin: User,
) -> None:
    user = make_user(roles=[make_role({**desk(), "team.read": Depth.ALL})])
    _, text = make_token(user, user, ["team.read"])
    grant_roles(admin, user, [], at=NOON)
    actor = actor_for_token(text, NOON)
    assert actor is not None
    assert actor.grants.depth("team.read") is Depth.NONE


def test_given_a_token_when_expired_or_revoked_then_nobody_acts() -> None:
    user = make_user(roles=[make_role(desk())])
    token, text = make_token(user, user, ["user.read"])
    assert actor_for_token(text, LATER - timedelta(seconds=1)) is not None
    assert actor_for_token(text, LATER) is None
    revoke_token(user, token, at=NOON)
    assert actor_for_token(text, NOON) is None


def test_given_a_busy_token_when_used_then_noted_once_a_minute() -> None:
    user = make_user(roles=[make_role(desk())])
    token, text = make_token(user, user, ["user.read"])
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (100, 60)):
        actor_for_token(text, NOON + timedelta(seconds=seconds))
        token.refresh_from_db()
        assert token.last_used_at == NOON + timedelta(seconds=noted)


@pytest.mark.parametrize(
    "facts",
    [
        {"scopes": ["team.edit"]},
        {"scopes": ["no.such"]},
        {"scopes": []},
        {"name": " "},
        {"expires_at": NOON},
        {"expires_at": NOON + timedelta(days=367)},
    ],
)
def test_given_wrong_facts_when_creating_a_token_then_refused(
    facts: dict[str, object],
) -> None:
    user = make_user(roles=[make_role(desk())])
    right = {"name": "报表", "scopes": ["user.read"], "expires_at": LATER}
    with pytest.raises(Refused):
        create_token(user, user, **{**right, **facts}, at=NOON)  # type: ignore[arg-type]  # -- the facts a case names
    assert Token.objects.count() == 0


def test_given_someone_stronger_when_creating_their_token_then_denied(
    admin: User,
) -> None:
    helper = make_user(roles=[make_role(dict.fromkeys(desk(), Depth.ALL))])
    before = written()
    with pytest.raises(Denied):
        make_token(helper, admin, ["user.read"])
    assert written() == before


def test_owner_colleague_stranger_on_a_token() -> None:
    owner, colleague, stranger = make_people(
        "token.create", "token.revoke", "user.read"
    )
    token, _ = make_token(owner, owner, ["user.read"])
    for person, error in ((colleague, Denied), (stranger, NotVisible)):
        before = written()
        with pytest.raises(error):
            revoke_token(person, token, at=NOON)
        with pytest.raises(Denied if person is colleague else NotVisible):
            make_token(person, owner, ["user.read"])
        assert written() == before
    revoke_token(owner, token, at=NOON)
    assert token.state(NOON) == "revoked"


# Preferences


def test_given_preferences_when_set_then_only_those_change() -> None:
    user = make_user()
    set_preferences(user, Preferences(theme="dark", has_keys=False))
    user.refresh_from_db()
    assert (user.theme, user.has_keys, user.density) == ("dark", False, "compact")


@pytest.mark.parametrize(
    "wrong",
    [
        Preferences(theme="pink"),
        Preferences(language="fr"),
        Preferences(time_zone="Mars/Olympus"),
        Preferences(density="tight"),
    ],
)
def test_given_a_value_not_offered_when_set_then_refused(wrong: Preferences) -> None:
    with pytest.raises(Refused):
        set_preferences(make_user(), wrong)
