"""The roles of the trade: each can work with what it is for, and has a home of its own."""

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.foundation.actor import Depth, System
from guanxi.identity.commands.role import ship_roles
from guanxi.identity.models import Role, User
from guanxi.identity.policies import default_levels, permissions
from guanxi.identity.queries import home_of
from guanxi.identity.rules.role import USUAL_HOME, HomeBlock
from guanxi.identity.rules.shipped import SHIPPED
from guanxi.identity.rules.shipped_trade import OF_THE_TRADE
from guanxi.identity.tests.factories import make_role, make_user

pytestmark = pytest.mark.django_db


def holder(key: str) -> User:
    ship_roles(System("setup"))
    return make_user(roles=[Role.objects.get(key=key)])


def home(user: User) -> str:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "zh-hans"
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("key", sorted(OF_THE_TRADE))
def test_every_right_of_a_role_of_the_trade_is_one_there_is(key: str) -> None:
    role = OF_THE_TRADE[key]
    assert role.depths.keys() <= permissions()
    assert role.levels.keys() <= default_levels().keys()


@pytest.mark.parametrize("key", sorted(SHIPPED))
def test_every_role_has_a_home_that_opens(key: str) -> None:
    user = holder(key)
    home(user)
    assert home_of(user) == SHIPPED[key].home


def test_given_finance_when_home_then_money_stands_first_and_no_worklist() -> None:
    html = home(holder("finance"))
    assert "待收款订单" in html
    assert "home-first" in html
    assert 'aria-label="待办' not in html


def test_given_a_team_leader_when_home_then_what_waits_and_the_worklist() -> None:
    html = home(holder("team_leader"))
    assert "无人处理的消息" in html
    assert "home-work" in html
    assert "待收款订单" not in html


def test_given_a_role_of_the_house_then_the_usual_home() -> None:
    user = make_user(roles=[make_role({"action_message.read": Depth.ALL})])
    assert home_of(user) == USUAL_HOME


def test_given_two_roles_then_the_parts_of_both() -> None:
    user = holder("planner")
    user.roles.add(Role.objects.get(key="finance"))
    user = User.objects.get(pk=user.pk)
    assert set(home_of(user)) == {
        *(HomeBlock.MONEY, HomeBlock.TASKS, HomeBlock.DELIVERY, HomeBlock.WORKLIST)
    }


def test_the_list_of_roles_says_what_each_home_shows(admin: User) -> None:
    ship_roles(System("setup"))
    client = Client()
    client.force_login(admin)
    client.cookies["django_language"] = "zh-hans"
    html = client.get(reverse("identity:roles")).content.decode()
    assert "现场督导" in html
    assert "应收款 · 到期任务" in html
