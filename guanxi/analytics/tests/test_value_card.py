"""The card of what a customer is worth: profit, whom it gathers, information, word of mouth."""

from decimal import Decimal

import pytest
from django.test import Client

from guanxi.analytics.tests.test_explore import reader
from guanxi.customers.models import Customer, Relation, Traits
from guanxi.customers.rules import RelationKind
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.identity.models import User

pytestmark = pytest.mark.django_db
OPEN = {
    "customer__lifetime_value": Level.READ,
    "customer__future_value": Level.READ,
}


def card(viewer: User, customer: Customer, status: int = 200) -> str:
    client = Client()
    client.force_login(viewer)
    answer = client.get(f"/insight/value/{customer.pk}/")
    assert answer.status_code == status
    return answer.content.decode()


def worth(customer: Customer, **facts: object) -> None:
    Traits.objects.filter(customer=customer).update(**facts)


@pytest.fixture
def wang() -> Customer:
    """Wang brought Li, who brought Zhao; both have bought."""
    wang, li, zhao = (make_customer(name) for name in ("王芳", "李强", "赵敏"))
    for source, target in ((li, wang), (zhao, li)):
        Relation.objects.create(
            source=source, target=target, kind=RelationKind.REFERRED_BY
        )
    worth(
        wang,
        lifetime_value=Decimal(900),
        future_value=Decimal(220),
        order_count=7,
        completeness=85,
    )
    for one in (li, zhao):
        worth(one, order_count=2, order_total=Decimal(600), lifetime_value=Decimal(150))
    return wang


def test_the_four_components_are_told(wang: Customer) -> None:
    page = card(reader(Depth.ALL, **OPEN), wang)
    for told in ("利润源泉", "聚客效应", "信息价值", "口碑价值"):
        assert told in page
    assert "¥900.00" in page
    assert "¥680.00" in page  # so far
    assert "¥1,200.00" in page  # what both bought
    assert "¥300.00" in page  # what both are worth
    assert "85%" in page


def test_what_is_not_recorded_is_said_to_be_unknown() -> None:
    page = card(reader(Depth.ALL, **OPEN), make_customer("孙丽"))
    assert "没有登记由这位客户介绍来的客户" in page
    assert "没有登记由其推荐带来的销售" in page
    assert "暂不清楚" in page


def test_money_is_told_to_who_may_read_it(wang: Customer) -> None:
    page = card(reader(customer__order_total=Level.HIDDEN), wang)
    assert "900.00" not in page
    assert "1,200.00" not in page
    assert "300.00" not in page
    assert "聚客效应" in page


def test_who_is_out_of_sight_gathers_nobody(wang: Customer) -> None:
    viewer = reader(Depth.OWN, **OPEN)
    Customer.objects.filter(pk=wang.pk).update(owner=viewer)
    page = card(viewer, wang)
    assert "1,200.00" not in page
    assert "没有登记由这位客户介绍来的客户" in page
    card(viewer, Customer.objects.get(name="李强"), 404)
