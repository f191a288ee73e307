"""Every customer has somebody responsible, or waits for one in the list of managers."""

import html
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.customers.commands.customer import create_customer
from guanxi.customers.commands.owner import assign_customers
from guanxi.customers.commands.ownerless import tell_of_ownerless
from guanxi.customers.handlers import tell_ownerless
from guanxi.customers.models import Customer
from guanxi.customers.queries.owner import is_without, ownerless
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.errors import Denied
from guanxi.foundation.models import Notice
from guanxi.identity.commands.user import deactivate_user
from guanxi.identity.events import UserDeactivated
from guanxi.identity.models import Team, User
from guanxi.identity.tests.factories import make_role, make_team, make_user

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def _manager(team: Team | None, depth: Depth, **levels: Level) -> User:
    rights = dict.fromkeys(("customer.read", "customer.assign", "user.read"), depth)
    return make_user("主管", team=team, roles=[make_role(rights, levels=levels)])


def test_given_a_person_who_enters_a_customer_then_it_is_his() -> None:
    rights = {"customer.create": Depth.OWN, "customer.read": Depth.OWN}
    seller = make_user("销售", roles=[make_role(rights)])
    assert create_customer(seller, name="陈新", at=NOW).owner == seller


def test_given_nobody_and_somebody_who_left_then_both_ways_are_found() -> None:
    left = make_user("离职", is_active=False)
    orphan = make_customer("无主")
    lost = make_customer("旧人", owner=left)
    make_customer("有主", owner=make_user("在职"))
    assert list(Customer.objects.filter(is_without(["none"]))) == [orphan]
    assert list(Customer.objects.filter(is_without(["left"]))) == [lost]
    assert list(Customer.objects.filter(is_without([]))) == []


def test_given_a_team_when_asked_then_a_manager_sees_those_he_can_assign() -> None:
    north, south = make_team("北"), make_team("南")
    left = make_user("离职", team=north, is_active=False)
    mine = make_customer("旧人", owner=left, team=north)
    make_customer("南方", owner=left, team=south)
    make_customer("无主")
    boss = _manager(north, Depth.TEAM)
    assert list(ownerless(boss)) == [mine]
    assert ownerless(_manager(None, Depth.ALL)).count() == 3
    assign_customers(boss, [mine], boss, at=NOW)
    assert list(ownerless(boss)) == []


def test_given_a_role_that_hides_owners_then_nothing_is_told_of_them() -> None:
    make_customer("无主")
    blind = _manager(None, Depth.ALL, **{"customer.owner": Level.HIDDEN})
    assert list(ownerless(blind)) == []


def test_given_a_colleague_who_leaves_then_managers_are_told_how_many() -> None:
    team = make_team("北")
    boss = _manager(team, Depth.TEAM)
    seller = make_user("销售", team=team)
    make_customer("甲", owner=seller, team=team)
    make_customer("乙", owner=seller, team=team)
    deactivate_user(HOUSE, seller, at=NOW)
    tell_ownerless(UserDeactivated(user_id=seller.pk, username="seller", at=NOW))
    (notice,) = Notice.objects.filter(user=boss)
    assert (notice.payload, notice.url) == ({"count": "2"}, "/customers/ownerless/")
    assert not Notice.objects.filter(user=seller).exists()


def test_given_nobody_waiting_then_nobody_is_told() -> None:
    boss = _manager(None, Depth.ALL)
    make_customer("有主", owner=boss)
    assert tell_of_ownerless(HOUSE, at=NOW) == 0
    with pytest.raises(Denied):
        tell_of_ownerless(make_user("路人"), at=NOW)


def test_given_the_list_when_opened_then_those_without_owner_stand_there() -> None:
    make_customer("无主")
    make_customer("有主", owner=make_user("在职"))
    client = Client()
    client.force_login(_manager(None, Depth.ALL))
    page = client.get("/customers/ownerless/", follow=True).content.decode()
    assert "无主" in page
    assert "有主" not in page


def test_given_the_list_when_assigned_in_bulk_then_it_is_the_same_list_again() -> None:
    first, other = make_customer("甲"), make_customer("乙")
    boss = _manager(None, Depth.ALL)
    client = Client()
    client.force_login(boss)
    waiting = client.get("/customers/ownerless/")["Location"]
    chosen = {"action": "assign", "pk": [str(first.pk)]}
    form = client.get(client.post(waiting, chosen)["Location"]).text
    address = html.unescape(form.split('class="ui-form" action="')[1].split('"')[0])
    assert address == waiting
    done = chosen | {"confirmed": "1", "owner": str(boss.pk)}
    back = client.post(address, done)
    assert back["Location"] == waiting
    page = client.get(waiting).text
    assert ("甲" in page, "乙" in page) == (False, True)
    assert other.owner_id is None


def test_given_another_address_as_the_list_then_the_form_stays_with_ours() -> None:
    client = Client()
    client.force_login(_manager(None, Depth.ALL))
    asked = {"pk": "1", "list": 'https://example.cn/"><b>'}
    form = client.get(reverse("customers:assign_form"), asked).text
    assert 'action="/customers/?https%3A%2F%2Fexample.cn%2F%22%3E%3Cb%3E="' in form
