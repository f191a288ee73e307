"""Pages of tokens: made, shown once, listed, and told of."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.identity.commands.token import create_token
from guanxi.identity.models import Token, User
from guanxi.identity.queries import actor_for_token
from guanxi.identity.tests.factories import (
    NOON,
    make_role,
    make_user,
)
from guanxi.identity.tests.test_tokens import LATER, desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def test_given_the_form_when_a_token_is_made_then_its_text_is_shown_once(
    client: Client,
) -> None:
    user = make_user(roles=[make_role(desk())])
    client.force_login(user)
    facts = {"name": "报表", "days": "30", "scopes": ["user.read"]}
    page = client.post(reverse("identity:token_create"), facts).content.decode()
    text = re.search(r"gx_[0-9A-Za-z]{49}", page)
    assert text is not None
    assert text[0] not in client.get(reverse("identity:tokens")).content.decode()
    assert actor_for_token(text[0], Token.objects.get().created_at) is not None


@pytest.mark.parametrize(
    ("language", "life"), [("zh-hans", "365 天"), ("en", "365 days")]
)
def test_the_lives_of_a_token_are_told_in_the_readers_language(
    browser: Client, language: str, life: str
) -> None:
    browser.post(reverse("identity:preferences"), {"language": language})
    page = browser.get(reverse("identity:token_create")).content.decode()
    assert f'<option value="365">{life}</option>' in page


def test_a_token_is_offered_only_the_rights_of_its_holder(client: Client) -> None:
    client.force_login(make_user(roles=[make_role(desk())]))
    page = client.get(reverse("identity:token_create")).content.decode()
    assert 'value="token.read"' in page
    assert 'value="team.edit"' not in page


def test_the_list_of_tokens_says_what_each_may(client: Client) -> None:
    user = make_user(roles=[make_role(desk())])
    create_token(
        user,
        user,
        name="报表",
        scopes=["user.read", "token.read", "token.revoke"],
        expires_at=LATER,
        at=NOON,
    )
    client.force_login(user)
    page = client.get(reverse("identity:tokens")).content.decode()
    assert "用户：查看；令牌：查看、撤销" in page
