"""What to offer next, told to the owners of customers, a few at a time."""

from datetime import date

import pytest

from guanxi.actions import handlers
from guanxi.actions.commands.action_message import dismiss_message
from guanxi.actions.commands.detection import detect
from guanxi.actions.models import ActionMessage
from guanxi.actions.queries.action_message import told
from guanxi.actions.rules import Detector, DismissReason
from guanxi.analytics.commands.next_product import record_offer
from guanxi.analytics.events import ProductOffered, ProductsProposed
from guanxi.analytics.models import NextProduct, OfferGround
from guanxi.analytics.rules import OfferState
from guanxi.analytics.tests.factories import make_next_product, make_rule
from guanxi.customers.commands.limit import limit_processing
from guanxi.customers.models import Customer
from guanxi.customers.rules.limit import LimitKind
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import System
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_user
from guanxi.sales.tests.factories import make_product

DAY = date(2026, 3, 2)
SYSTEM = System("test")
pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_user("周明")


@pytest.fixture
def rule() -> OfferGround:
    return make_rule(make_product("椅子"), make_product("书桌"))


def propose(rule: OfferGround, owner: User | None, count: int) -> list[Customer]:
    made = [make_customer(f"客户{n}", owner=owner) for n in range(count)]
    for customer in made:
        make_next_product(customer, rule)
    return made


def look(customer: Customer | None = None) -> list[ActionMessage]:
    """Return the open messages after a look at one customer, or at all."""
    detect(SYSTEM, as_of=DAY, at=NOON, customer_id=customer.pk if customer else None)
    rows = ActionMessage.objects.filter(detector=Detector.OFFER_NEXT, state="open")
    return list(rows.order_by("pk"))


def test_given_many_suggestions_then_each_owner_hears_of_the_five_strongest(
    rule: OfferGround, owner: User
) -> None:
    propose(rule, owner, 7)
    propose(rule, make_user("李强"), 2)
    propose(rule, None, 1)
    weak = make_rule(make_product("地毯"), make_product("台灯"))
    OfferGround.objects.filter(pk=weak.pk).update(both=1)
    propose(weak, make_user("赵敏"), 1)
    found = look()
    assert sorted(one.assignee.name for one in found if one.assignee) == [
        *["周明"] * 5,
        *["李强"] * 2,
    ]
    assert told(SYSTEM, found[0]).evidence == (
        "还没有书桌；同类客户 86% 买过（全体 20%）。"
    )
    assert [one.pk for one in look()] == [one.pk for one in found]


def test_given_a_dismissed_one_then_the_next_one_takes_its_place(
    rule: OfferGround, owner: User
) -> None:
    propose(rule, owner, 7)
    first = look()[0]
    dismiss_message(SYSTEM, first, reason=DismissReason.NOT_WORTH, at=NOON)
    found = look()
    assert len(found) == 5
    assert first.object_id not in {one.object_id for one in found}


def test_given_an_order_of_one_then_nobody_hears_of_others_and_what_is_bought_closes(
    rule: OfferGround, owner: User
) -> None:
    made = propose(rule, owner, 7)
    found = look()
    untold = next(
        one for one in made if one.pk not in {row.customer_id for row in found}
    )
    assert len(look(untold)) == 5
    bought = NextProduct.objects.filter(pk=found[0].object_id)
    bought.update(bought_at=NOON)
    assert len(look(found[0].customer)) == 4


def test_given_whoever_objects_to_profiling_then_nobody_hears_of_him(
    rule: OfferGround, owner: User
) -> None:
    (one,) = propose(rule, owner, 1)
    limit_processing(SYSTEM, one, LimitKind.PROFILING, reason="来电", at=NOON)
    assert look() == []


def test_given_new_suggestions_then_that_rule_alone_looks(
    rule: OfferGround, owner: User
) -> None:
    propose(rule, owner, 1)
    event = ProductsProposed(run_id=1, as_of=DAY.isoformat(), added=1, at=NOON)
    handlers.detect_offers(event)
    assert list(ActionMessage.objects.values_list("detector", flat=True)) == [
        Detector.OFFER_NEXT
    ]


def test_given_an_offer_that_is_recorded_then_its_message_closes_at_once(
    rule: OfferGround, owner: User
) -> None:
    (one,) = propose(rule, owner, 1)
    (message,) = look()
    row = NextProduct.objects.get(pk=message.object_id)
    record_offer(SYSTEM, row, outcome=OfferState.OFFERED, at=NOON)
    event = ProductOffered(
        next_product_id=row.pk, customer_id=one.pk, product="书桌", at=NOON
    )
    handlers.close_offered(event)
    message.refresh_from_db()
    assert message.state == "closed"
