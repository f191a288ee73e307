"""Users: created, changed, deactivated, given passwords; who may lay hands on whom."""

from datetime import timedelta

import pytest

from guanxi.foundation.actor import Depth, System
from guanxi.foundation.errors import Denied, NotVisible, Refused
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.commands.guard import LastAdministrator
from guanxi.identity.commands.preferences import Preferences, set_preferences
from guanxi.identity.commands.role import (
    grant_roles,
    ship_roles,
)
from guanxi.identity.commands.user import (
    change_user,
    choose_password,
    create_user,
    deactivate_user,
    reactivate_user,
    reset_password,
    reset_two_factor,
)
from guanxi.identity.models import Role, Team, User
from guanxi.identity.queries import actor_for_token
from guanxi.identity.tests.factories import (
    NOON,
    PASSWORD,
    make_administrator,
    make_people,
    make_role,
    make_team,
    make_token,
    make_user,
)
from guanxi.identity.tests.traces import log, written

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=30)


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
