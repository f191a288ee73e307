"""The pages of people, teams, roles and tokens, in both languages."""

import re
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from guanxi.foundation.actor import Depth, Level, System
from guanxi.identity.commands.role import (
    RoleRights,
    grant_roles,
    save_role,
    ship_roles,
)
from guanxi.identity.models import Role, Team, Token, User
from guanxi.identity.queries import find_users, teams_in_order
from guanxi.identity.tests.factories import (
    NOON,
    PASSWORD,
    make_people,
    make_role,
    make_team,
    make_user,
)
from guanxi.identity.tests.test_tokens import LATER
from guanxi.identity.tests.traces import written

pytestmark = pytest.mark.django_db
NAMED = r'<input[^>]*name="password"[^>]*value="([^"]+)"'


@pytest.fixture
def browser(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def addresses(person: User, team: Team, role: Role) -> list[str]:
    return [
        reverse("identity:account"),
        reverse("identity:security"),
        reverse("identity:users"),
        reverse("identity:user_create"),
        reverse("identity:user", args=[person.pk]),
        reverse("identity:user_roles", args=[person.pk]),
        reverse("identity:user_password", args=[person.pk]),
        reverse("identity:teams"),
        reverse("identity:team_create"),
        reverse("identity:team", args=[team.pk]),
        reverse("identity:roles"),
        reverse("identity:role_create"),
        reverse("identity:role", args=[role.pk]),
        reverse("identity:tokens"),
        reverse("identity:token_create"),
        reverse("account_change_password"),
        reverse("mfa_index"),
        reverse("mfa_list_webauthn"),
        reverse("usersessions_list"),
    ]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ("人员", "设置", "角色")),
        ("en", ("People", "Settings", "Roles")),
    ],
)
def test_every_page_speaks_one_language(
    client: Client, team: Team, language: str, words: tuple[str, ...]
) -> None:
    ship_roles(System("test"))
    role = Role.objects.get(key="administrator")
    admin = make_user(
        "Ada", roles=[role], team=team, language=language, password=PASSWORD
    )
    client.force_login(admin)
    shown = ""
    for address in addresses(admin, team, role):
        answer = client.get(address)
        assert answer.status_code == 200, address
        shown += answer.content.decode()
    assert all(word in shown for word in words)
    other = "管理员" if language == "en" else "Administrator"
    assert other not in shown


def test_anonymous_is_asked_to_sign_in_everywhere(client: Client, team: Team) -> None:
    person, role = make_user(), make_role()
    before = written()
    for address in addresses(person, team, role):
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/accounts/"), address
    assert written() == before


DOORS = [
    ("identity:user_deactivation", "user"),
    ("identity:user_reactivation", "user"),
    ("identity:user_two_factor", "user"),
    ("identity:user_sessions", "user"),
    ("identity:user_password", "user"),
    ("identity:user_roles", "user"),
    ("identity:user", "user"),
    ("identity:token_revocation", "token"),
]


@pytest.mark.parametrize(("view", "kind"), DOORS)
def test_colleague_403_stranger_404_and_nothing_written(view: str, kind: str) -> None:
    owner, colleague, stranger = make_people("user.edit", "token.revoke")
    token = Token.objects.create(
        user=owner, name="x", created_at=NOON, expires_at=LATER, digest="0", prefix="0"
    )
    subject = owner if kind == "user" else token
    answer = {"password": PASSWORD, "name": "x", "username": "xx"}
    for person, status in ((colleague, 403), (stranger, 404)):
        browser = Client()
        browser.force_login(person)
        before = written()
        got = browser.post(reverse(view, args=[subject.pk]), answer)
        assert got.status_code == status, person
        assert written() == before


@pytest.mark.parametrize(
    "view",
    [
        "users",
        "teams",
        "roles",
        "tokens",
        "user_create",
        "team_create",
        "role_create",
        "token_create",
    ],
)
def test_given_no_right_at_all_then_403(client: Client, view: str) -> None:
    client.force_login(make_user())
    assert client.get(reverse(f"identity:{view}")).status_code == 403


def test_the_list_of_people_links_each_and_offers_a_new_one(browser: Client) -> None:
    person = make_user("韩梅梅", roles=[make_role(name="客服"), make_role(name="销售")])
    page = browser.get(reverse("identity:users")).content.decode()
    link = f'href="{reverse("identity:user", args=[person.pk])}"'
    assert link in page
    assert "客服、销售" in page
    assert reverse("identity:user_create") in page
    reader = make_user(roles=[make_role({"user.read": Depth.ALL})])
    browser.force_login(reader)
    page = browser.get(reverse("identity:users")).content.decode()
    assert link in page
    assert reverse("identity:user_create") not in page


def test_given_the_form_when_a_user_is_created_then_he_signs_in_with_what_it_showed(
    browser: Client, team: Team
) -> None:
    role = make_role(name="客服")
    page = browser.get(reverse("identity:user_create")).content.decode()
    first = re.search(NAMED, page)
    assert first is not None
    facts: dict[str, Any] = {
        "name": "韩梅梅",
        "username": "han.mei",
        "email": "",
        "team": team.pk,
        "roles": [role.pk],
        "password": first[1],
    }
    answer = browser.post(reverse("identity:user_create"), facts)
    user = User.objects.get(username="han.mei")
    assert answer["Location"] == reverse("identity:user", args=[user.pk])
    assert (user.team, list(user.roles.all())) == (team, [role])
    assert user.check_password(first[1])


def test_given_a_taken_username_then_the_form_comes_back_saying_so(
    browser: Client,
) -> None:
    make_user(username="taken")
    facts = {"name": "韩", "username": "Taken", "password": PASSWORD}
    answer = browser.post(reverse("identity:user_create"), facts)
    assert answer.status_code == 422
    assert "此用户名已被使用" in answer.content.decode()


def test_given_roles_beyond_ones_own_when_changing_others_then_they_stay() -> None:
    strong = make_role({"team.edit": Depth.ALL}, name="强")
    weak = make_role(name="弱")
    rights = dict.fromkeys(("user.read", "user.grant", "role.read"), Depth.ALL)
    lead = make_user(roles=[make_role(rights)])
    person = make_user(roles=[strong])
    browser = Client()
    browser.force_login(lead)
    address = reverse("identity:user_roles", args=[person.pk])
    assert "强" not in browser.get(address).content.decode()
    browser.post(address, {"roles": [weak.pk]})
    assert set(person.roles.all()) == {strong, weak}


def test_given_a_masked_address_then_the_page_shows_and_takes_none() -> None:
    rights = {"user.read": Depth.ALL, "user.edit": Depth.ALL}
    lead = make_user(roles=[make_role(rights, {"user.email": Level.MASKED})])
    person = make_user("李雷", username="li.lei", email="lilei@example.com")
    browser = Client()
    browser.force_login(lead)
    address = reverse("identity:user", args=[person.pk])
    assert "lilei@example.com" not in browser.get(address).content.decode()
    facts = {"name": "李蕾", "username": "li.lei", "email": "x@example.com"}
    browser.post(address, facts)
    person.refresh_from_db()
    assert (person.name, person.email) == ("李蕾", "lilei@example.com")


def test_given_the_matrix_when_saved_then_depths_and_levels_are_kept(
    browser: Client,
) -> None:
    role = make_role(name="客服")
    address = reverse("identity:role", args=[role.pk])
    form = browser.get(address).context["form"]
    facts = {name: form[name].value() or "" for name in form.fields}
    facts |= {"depth:user.read": "2", "level:user.email": "1"}
    del facts["is_everything"]
    assert browser.post(address, facts).status_code == 302
    role.refresh_from_db()
    assert role.grants.depth("user.read") is Depth.TEAM
    assert role.levels == {"user.email": 1}
    held = browser.get(address).content.decode()
    assert '<option value="2" selected>本团队</option>' in held


def test_a_shipped_role_saved_as_it_is_keeps_being_translated(browser: Client) -> None:
    ship_roles(System("test"))
    role = Role.objects.get(key="agent")
    address = reverse("identity:role", args=[role.pk])
    form = browser.get(address).context["form"]
    facts = {name: form[name].value() or "" for name in form.fields}
    del facts["is_everything"]
    browser.post(address, facts)
    role.refresh_from_db()
    assert (role.name, role.description) == ("", "")
    with translation.override("en"):
        assert role.label == "Service agent"


def test_teams_are_listed_as_a_tree(browser: Client, admin: User) -> None:
    china = make_team("中国")
    north = make_team("华北", china)
    make_team("上海", make_team("华东", china))
    make_team("亚洲")
    assert [team.name for team in teams_in_order(admin)] == [
        "中国",
        "华东",
        "上海",
        "华北",
        "亚洲",
    ]
    browser.post(
        reverse("identity:team", args=[north.pk]), {"name": "北方", "parent": ""}
    )
    north.refresh_from_db()
    assert (north.name, north.path) == ("北方", [north.pk])


def test_given_a_taken_name_when_a_team_is_moved_and_renamed_then_neither(
    browser: Client,
) -> None:
    china = make_team("中国")
    make_team("华东", china)
    team = make_team("华北")
    answer = browser.post(
        reverse("identity:team", args=[team.pk]), {"name": "华东", "parent": china.pk}
    )
    assert answer.status_code == 422
    team.refresh_from_db()
    assert (team.name, team.parent, team.path) == ("华北", None, [team.pk])


@pytest.mark.parametrize(
    ("language", "granted", "changed"),
    [
        (
            "zh-hans",
            "授予 li.lei 角色“经理”",
            "团队 · 编辑：无 → 全部；用户 · 邮箱：– → 打码；拥有全部权限：否 → 是",
        ),
        (
            "en",
            "Granted li.lei the role Manager",
            "Team · Edit: None → All; User · E-mail: – → Masked;"
            " May do everything: no → yes",
        ),
    ],
)
def test_the_audit_tells_of_roles_in_the_readers_language(
    browser: Client, language: str, granted: str, changed: str
) -> None:
    house = System("test")
    ship_roles(house)
    user, role = make_user(username="li.lei"), make_role({}, name="区域")
    with translation.override("en" if language == "zh-hans" else "zh-hans"):
        grant_roles(house, user, [Role.objects.get(key="manager")], at=NOON)
    rights = RoleRights(
        name="区域",
        is_everything=True,
        depths={"team.edit": Depth.ALL},
        levels={"user.email": Level.MASKED},
    )
    save_role(house, role, rights, at=NOON)
    browser.post(reverse("identity:preferences"), {"language": language})
    page = browser.get(reverse("foundation:audit")).content.decode()
    assert granted in page
    for part in re.split("[;；] ?", changed):
        assert part in page


def test_given_known_rights_when_a_request_comes_then_two_queries_tell_who_and_what(
    client: Client, team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    role = make_role({"user.read": Depth.TEAM_TREE})
    user = make_user(roles=[role], team=team)
    client.force_login(user)
    # The first time what he owes and what is tied to him is asked for as well.
    for queries in (6, 2):
        request = RequestFactory().get("/")
        request.session = type(client.session)(client.session.session_key)
        with django_assert_num_queries(queries):
            known = get_user(request)
            assert isinstance(known, User)
            assert known.grants.depth("user.read") is Depth.TEAM_TREE
            assert known.team_ids == {team.pk}


def test_search_finds_active_colleagues_one_may_see(admin: User) -> None:
    make_user("韩梅梅", username="han.mei")
    make_user("韩冬", is_active=False)
    assert [found.label for found in find_users(admin, "韩", 8)] == ["韩梅梅"]
    assert find_users(make_user(), "韩", 8) == []
