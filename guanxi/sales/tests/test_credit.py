"""Credit where orders meet it: conduct, the limit at release, and instalments."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.customers.commands.credit import (
    BadCredit,
    FactorScore,
    assess_credit,
    set_credit_limit,
    set_credit_rules,
)
from guanxi.customers.models import Customer
from guanxi.customers.queries.credit import CONDUCT
from guanxi.customers.rules.credit import (
    FACTORS,
    Beyond,
    CreditRules,
    Factor,
    Standard,
)
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, System
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_team, make_user
from guanxi.sales.commands.credit import BeyondLimit, approve_instalments
from guanxi.sales.commands.order import Terms
from guanxi.sales.commands.payment import receive_payment
from guanxi.sales.commands.step import release_order, ship_order
from guanxi.sales.models import Order
from guanxi.sales.queries.credit import instalment_offer
from guanxi.sales.rules.order import OrderState, instalments
from guanxi.sales.tests.factories import make_order

HOUSE = System("tests")
pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return make_customer("桐庐行知")


def granted(customer: Customer, amount: str) -> None:
    set_credit_limit(HOUSE, customer, Decimal(amount), reason="测试", at=NOON)


def assessed(customer: Customer, points: int) -> None:
    scores = {f: FactorScore(points, "走访", "走访") for f in FACTORS[Standard.FIVE_C]}
    assess_credit(
        HOUSE, customer, Standard.FIVE_C, scores=scores, on=NOON.date(), at=NOON
    )


def person(*actions: str) -> User:
    return make_user(
        "业务员",
        roles=[make_role(dict.fromkeys(actions, Depth.ALL))],
        team=make_team("队"),
    )


def test_parts_are_equal_and_the_last_takes_the_rest() -> None:
    parts = instalments(Decimal("100.00"), 3)
    assert parts == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]


def test_given_payments_when_asked_then_conduct_says_how_they_came(
    customer: Customer,
) -> None:
    day = NOON.date()
    terms = Terms(due_on=day - timedelta(days=10))
    ordered = NOON - timedelta(days=40)
    on_time = make_order(customer, amount="300.00", terms=terms, at=ordered)
    paid_at = NOON - timedelta(days=20)
    receive_payment(HOUSE, on_time, amount=Decimal(300), at=paid_at)
    open_one = make_order(customer, amount="100.00", terms=terms, at=ordered)
    release_order(HOUSE, open_one, at=ordered)
    make_order(customer, amount="50.00", at=ordered)
    told = CONDUCT.ask(HOUSE, customer.pk, at=NOON)
    assert told is not None
    assert (told.due, told.on_time, told.overdue) == (2, 1, 1)
    assert told.overdue_amount == Decimal(100)
    assert told.longest_days == 10
    assert told.character == 50
    # 1 − 100 × 10 ÷ (400 × 90)
    assert told.payment == 97
    assert told.year_worth == Decimal(450)
    assert (told.on_credit, told.waiting) == (Decimal(100), Decimal(50))


def test_given_who_may_not_read_orders_then_no_conduct(customer: Customer) -> None:
    make_order(customer)
    assert CONDUCT.ask(person("customer.read"), customer.pk, at=NOON) is None


def test_given_computed_score_when_another_is_set_then_a_reason_is_kept(
    customer: Customer,
) -> None:
    terms = Terms(due_on=NOON.date() - timedelta(days=10))
    make_order(customer, terms=terms, at=NOON - timedelta(days=40))
    scores = {f: FactorScore(80, "走访") for f in FACTORS[Standard.FIVE_C]}
    with pytest.raises(BadCredit) as refused:
        assess_credit(
            HOUSE, customer, Standard.FIVE_C, scores=scores, on=NOON.date(), at=NOON
        )
    assert refused.value.field == "reason_character"
    scores[Factor.CHARACTER] = FactorScore(80, "走访", "发票寄错，责任在我方")
    made = assess_credit(
        HOUSE, customer, Standard.FIVE_C, scores=scores, on=NOON.date(), at=NOON
    )
    assert made.scores["character"] == {
        "score": 80,
        "evidence": "走访",
        "computed": 0,
        "reason": "发票寄错，责任在我方",
    }
    assert made.basis["overdue_amount"] == "100.00"


def test_given_limit_when_orders_reach_it_then_the_next_is_refused(
    customer: Customer,
) -> None:
    granted(customer, "150.00")
    release_order(HOUSE, make_order(customer), at=NOON)
    second = make_order(customer)
    seller = person("customer.read", "order.read", "order.ship")
    for step in (release_order, ship_order):
        with pytest.raises(BeyondLimit):
            step(seller, second, at=NOON)
    assert Order.objects.get(pk=second.pk).state == OrderState.PLACED


def test_given_payment_in_advance_then_the_limit_does_not_matter(
    customer: Customer,
) -> None:
    granted(customer, "0")
    order = make_order(customer)
    receive_payment(HOUSE, order, amount=Decimal(100), at=NOON)
    assert release_order(HOUSE, order, at=NOON).state == OrderState.RELEASED


def test_given_right_to_override_when_a_reason_is_given_then_it_stays(
    customer: Customer, client: Client
) -> None:
    granted(customer, "50.00")
    order = make_order(customer)
    rights = ("read", "ship", "override")
    chief = person("customer.read", *(f"order.{action}" for action in rights))
    client.force_login(chief)
    asked = client.post(reverse("sales:release", args=[order.pk]))
    assert asked["Location"] == reverse("sales:beyond", args=[order.pk])
    assert client.post(asked["Location"], {"reason": ""}).status_code == 422
    done = client.post(asked["Location"], {"reason": "老客户，周五付款"})
    page = client.get(done["Location"]).content.decode()
    assert "老客户，周五付款" in page
    assert LoggedEvent.objects.filter(name="sales.OrderBeyondLimit").count() == 1


def test_given_no_right_when_released_on_the_page_then_the_refusal_says_why(
    customer: Customer, client: Client
) -> None:
    granted(customer, "50.00")
    order = make_order(customer)
    client.force_login(person("customer.read", "order.read", "order.ship"))
    answer = client.post(reverse("sales:release", args=[order.pk]))
    assert answer.status_code == 400
    assert "¥50.00" in answer.content.decode()


def test_given_the_house_only_warns_then_it_goes_out_and_is_told(
    customer: Customer, client: Client
) -> None:
    set_credit_rules(HOUSE, CreditRules(beyond=Beyond.WARN), at=NOON)
    granted(customer, "50.00")
    order = make_order(customer)
    client.force_login(person("customer.read", "order.read", "order.ship"))
    answer = client.post(reverse("sales:release", args=[order.pk]), follow=True)
    assert "这位客户的欠款已超出信用额度。" in answer.content.decode()
    assert Order.objects.get(pk=order.pk).state == OrderState.RELEASED


def test_given_grade_and_limit_then_instalments_are_approved(
    customer: Customer, client: Client
) -> None:
    assessed(customer, 90)
    granted(customer, "1000.00")
    rights = ("customer.read", "customer.credit", "order.read")
    client.force_login(person(*rights))
    url = reverse("sales:instalments", args=[customer.pk])
    form = {"amount": "900", "down_payment": "300", "count": "3"}
    assert "¥200.00" in client.get(url, form).content.decode()
    assert client.post(url, form).status_code == 302
    assert LoggedEvent.objects.filter(name="sales.InstalmentsApproved").count() == 1


def test_given_poor_grade_no_limit_or_too_much_then_the_offer_says_so(
    customer: Customer,
) -> None:
    def objections(amount: str, count: int = 3) -> int:
        offer = instalment_offer(
            HOUSE,
            customer,
            amount=Decimal(amount),
            count=count,
            down_payment=Decimal(0),
            at=NOON,
        )
        return len(offer.objections)

    assert objections("900") == 2
    assessed(customer, 60)
    granted(customer, "1000.00")
    assert objections("900") == 1
    assessed(customer, 90)
    assert objections("900") == 0
    assert objections("1100") == 1
    assert objections("1100", count=13) == 2
    with pytest.raises(BeyondLimit):
        approve_instalments(HOUSE, customer, amount=Decimal(1100), count=3, at=NOON)
