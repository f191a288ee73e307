"""Sign-in with the identity provider of the firm, against one that really answers."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from guanxi.foundation.actor import Depth, System
from guanxi.foundation.clock import now
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.commands.provider import map_group, unlink_provider
from guanxi.identity.commands.user import deactivate_user
from guanxi.identity.models import RoleOfGroup, User
from guanxi.identity.rules.provider import read_claims
from guanxi.identity.tests import oidc
from guanxi.identity.tests.factories import (
    NOON,
    make_administrator,
    make_role,
    make_user,
)
from guanxi.identity.tests.oidc import Provider

pytestmark = pytest.mark.django_db
HOUSE = System("test")
LEI = {
    "sub": "u-1",
    "preferred_username": "li.lei@firm.example",
    "name": "李雷",
    "email": "lilei@example.com",
    "email_verified": True,
    "groups": ["sales"],
}


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    cache.clear()
    with oidc.running() as running:
        running.claims = dict(LEI)
        settings.OIDC_ISSUER, settings.OIDC_NAME = running.url, "Firm"
        app = {
            "provider_id": "sso",
            "name": "Firm",
            "client_id": oidc.CLIENT,
            "secret": oidc.SECRET,
            "settings": {"server_url": running.url},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}
        }
        yield running


def start(client: Client, **query: str) -> str:
    """Return where the provider sends the browser back to."""
    begun = client.get(reverse("openid_connect_login", args=["sso"]), query)
    assert begun.status_code == 302, begun.content
    answer = requests.get(begun["Location"], allow_redirects=False, timeout=5)
    return str(answer.headers["Location"])


def come_back(client: Client, address: str) -> HttpResponse:
    parts = urlsplit(address)
    return client.get(parts.path, dict(parse_qsl(parts.query)))  # type: ignore[return-value]  # -- a response all the same


def sign_in(client: Client, **query: str) -> HttpResponse:
    return come_back(client, start(client, **query))


def refusal(client: Client, response: HttpResponse) -> str:
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/")
    assert client.get("/settings/").status_code == 302
    return client.get(response["Location"]).text


def lei(**facts: Any) -> User:
    return make_user("李雷", username="li.lei", email="lilei@example.com", **facts)


def test_given_the_same_address_when_signed_in_then_linked_and_led_on(
    provider: Provider,
) -> None:
    user, client = lei(must_change_password=True), Client()
    assert f"使用 {'Firm'} 登录" in client.get(reverse("account_login")).text
    response = sign_in(client, next="/customers/")
    assert (response.status_code, response["Location"]) == (302, "/customers/")
    assert client.get("/settings/").context["user"] == user
    account = SocialAccount.objects.get()
    assert (account.user, account.uid, account.extra_data) == (user, "u-1", {})
    names = LoggedEvent.objects.order_by("pk").values_list("name", flat=True)
    assert list(names)[-2:] == ["identity.ProviderLinked", "identity.SignedIn"]


def test_given_another_address_since_when_signed_in_then_the_same_user(
    provider: Provider,
) -> None:
    user = lei()
    sign_in(Client())
    provider.claims["email"] = "somebody.else@example.com"
    client = Client()
    sign_in(client)
    assert client.get("/settings/").context["user"] == user
    assert SocialAccount.objects.get().extra_data == {}


@pytest.mark.parametrize("vouched", [False, None, "false"])
def test_given_an_address_nobody_vouches_for_then_it_opens_nothing(
    provider: Provider, vouched: object
) -> None:
    lei()
    provider.claims["email_verified"] = vouched
    client = Client()
    assert "请联系管理员" in refusal(client, sign_in(client))
    assert not SocialAccount.objects.exists()


def test_given_a_provider_that_never_vouches_when_trusted_then_let_in(
    provider: Provider, settings: Settings
) -> None:
    settings.OIDC_TRUSTS_EMAIL = True
    user, client = lei(), Client()
    del provider.claims["email_verified"]
    sign_in(client)
    assert client.get("/settings/").context["user"] == user


def test_given_somebody_unknown_then_refused_and_noted(provider: Provider) -> None:
    client = Client()
    assert "这里还没有你的账号" in refusal(client, sign_in(client))
    assert not User.objects.exists()
    assert LoggedEvent.objects.get().name == "identity.SignInRefused"


def test_given_somebody_unknown_when_the_house_makes_users_then_one_is_made(
    provider: Provider, settings: Settings
) -> None:
    settings.OIDC_CREATES_USERS = True
    make_user("李蕾", username="li.lei")
    role, client = make_role({"customer.read": Depth.OWN}), Client()
    map_group(HOUSE, role, group="sales", at=NOON)
    sign_in(client)
    made = client.get("/settings/").context["user"]
    assert (made.username, made.name, made.email) == (
        "li.lei2",
        "李雷",
        "lilei@example.com",
    )
    assert list(made.roles.all()) == [role]
    assert not made.has_usable_password()


def test_given_groups_when_they_change_then_roles_follow_and_others_stay(
    provider: Provider,
) -> None:
    by_hand, sales, service = (make_role() for _ in range(3))
    user = lei(roles=[by_hand, service])
    map_group(HOUSE, sales, group="sales", at=NOON)
    map_group(HOUSE, service, group="service", at=NOON)
    sign_in(Client())
    assert set(user.roles.all()) == {by_hand, sales}
    del provider.claims["groups"]
    sign_in(Client())
    assert set(user.roles.all()) == {by_hand}


def test_given_the_last_administrator_when_the_group_is_empty_then_he_stays(
    provider: Provider,
) -> None:
    user = make_administrator(email="lilei@example.com")
    map_group(HOUSE, user.roles.get(), group="admins", at=NOON)
    client = Client()
    sign_in(client)
    assert client.get("/settings/").status_code == 200
    assert user.roles.get().is_everything


def test_given_a_deactivated_user_then_not_let_in(provider: Provider) -> None:
    user, client = lei(), Client()
    sign_in(client)
    deactivate_user(make_administrator(), user, at=now())
    assert client.get("/settings/").status_code == 302
    response = sign_in(client)
    assert response["Location"] == reverse("account_inactive")
    assert client.get("/settings/").status_code == 302


def test_given_a_linked_user_when_another_brings_the_address_then_refused(
    provider: Provider,
) -> None:
    lei()
    sign_in(Client())
    provider.claims["sub"] = "u-2"
    client = Client()
    assert "已有其他人使用你的邮箱" in refusal(client, sign_in(client))


def test_given_an_answer_nobody_asked_for_then_refused(provider: Provider) -> None:
    lei()
    mine, others = Client(), Client()
    address = start(mine)
    assert "没有成功" in refusal(others, come_back(others, address))
    # Used once, it is used up.
    come_back(mine, address)
    assert mine.get("/settings/").status_code == 200
    again = Client()
    assert "没有成功" in refusal(again, come_back(again, address))


def test_given_refusal_or_failure_at_the_provider_then_told(provider: Provider) -> None:
    provider.denies = True
    client = Client()
    assert "已取消登录" in refusal(client, sign_in(client))
    provider.denies = False
    address = start(client)
    provider.is_broken = True
    assert "没有成功" in refusal(client, come_back(client, address))
    begun = client.get(reverse("openid_connect_login", args=["sso"]))
    assert "没有成功" in refusal(client, begun)  # type: ignore[arg-type]  # -- a response all the same


def test_given_no_provider_then_there_is_no_such_door() -> None:
    client = Client()
    assert "Firm" not in client.get(reverse("account_login")).text
    for name in ("openid_connect_login", "openid_connect_callback"):
        assert client.get(reverse(name, args=["sso"])).status_code == 404


def test_given_a_role_beyond_ones_own_then_no_group_gives_it(admin: User) -> None:
    small = make_role({"role.edit": Depth.ALL, "role.read": Depth.ALL})
    with pytest.raises(Denied):
        map_group(make_user(roles=[small]), admin.roles.get(), group="g", at=NOON)
    made = map_group(admin, small, group=" g ", at=NOON)
    assert made.group == "g"
    with pytest.raises(Refused):
        map_group(admin, small, group="g", at=NOON)
    with pytest.raises(Refused):
        map_group(admin, small, group=" ", at=NOON)


def test_the_page_maps_groups_and_takes_them_back(admin: User) -> None:
    client, role = Client(), make_role(name="客服")
    client.force_login(admin)
    address = reverse("identity:provider")
    assert "/accounts/oidc/sso/login/callback/" in client.get(address).text
    client.post(address, {"group": "desk", "role": role.pk})
    page = client.get(address).text
    assert ("desk" in page, "客服" in page) == (True, True)
    client.post(reverse("identity:no_group", args=[RoleOfGroup.objects.get().pk]))
    assert not RoleOfGroup.objects.exists()
    told = LoggedEvent.objects.order_by("pk").values_list("name", flat=True)
    assert list(told)[-2:] == ["identity.GroupMapped", "identity.GroupUnmapped"]
    assert client.post(address, {"group": "", "role": ""}).status_code == 422


def test_given_a_linked_user_when_parted_then_sessions_end(
    provider: Provider, admin: User
) -> None:
    user, client, desk = lei(), Client(), Client()
    sign_in(client)
    desk.force_login(admin)
    assert "使用公司账号登录" in desk.get(reverse("identity:user", args=[user.pk])).text
    desk.post(reverse("identity:user_provider", args=[user.pk]))
    assert client.get("/settings/").status_code == 302
    assert not SocialAccount.objects.exists()
    unlink_provider(admin, user, at=NOON)  # there is nothing left to do


def test_odd_claims_are_read_with_care() -> None:
    told = {"sub": 7, "groups": "one", "email": ["a"], "name": None}
    claims = read_claims(told, groups_claim="groups", trusts_email=True)
    assert (claims.subject, claims.email, claims.name) == ("", "", "")
    assert claims.groups == {"one"}
    for value in ({"a": 1}, None, 5, [1, None, " "]):
        read = read_claims({"g": value}, groups_claim="g", trusts_email=False)
        assert read.groups == frozenset()
