"""Commissions on the page and by REST: drawn, approved, paid, with the plan behind them."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level
from guanxi.identity.models import User
from guanxi.identity.tests.factories import make_role, make_user
from guanxi.sales.commands.payment import receive_payment
from guanxi.sales.models import CommissionPlan, CommissionShare, CommissionStatement
from guanxi.sales.rules.commission import StatementState
from guanxi.sales.tests.factories import (
    HOUSE,
    make_commission_plan,
    make_order,
    make_statement,
)
from guanxi.sales.tests.pages import browser, text_of
from tests.callers import Program, token_of

pytestmark = pytest.mark.django_db
IN_JANUARY = datetime(2026, 1, 10, 4, tzinfo=UTC)
TERMS = {
    "name": "回款提成",
    "basis": "received",
    "tier_by": "amount",
    "is_stepped": "1",
    "starts_on": "2026-01-15",
    "start0": "0",
    "rate0": "1.5",
    "start1": "100000",
    "rate1": "2",
}


@pytest.fixture
def boss() -> Client:
    return browser(make_user(roles=[make_role(is_everything=True)]))


def _seller() -> User:
    return make_user(
        "周敏",
        roles=[make_role({"commission.read": Depth.OWN, "order.read": Depth.OWN})],
    )


def test_a_plan_is_made_statements_drawn_approved_and_paid(boss: Client) -> None:
    seller = _seller()
    order = make_order(make_customer(owner=seller), amount="1000", at=IN_JANUARY)
    receive_payment(HOUSE, order, amount=order.total, at=IN_JANUARY)
    made = boss.post(reverse("sales:new_commission_plan"), TERMS)
    assert made.status_code == 302
    plan = CommissionPlan.objects.get()
    assert (plan.starts_on, plan.tiers) == (
        date(2026, 1, 1),
        [["0", "1.5"], ["100000", "2"]],
    )
    drawn = boss.post(
        reverse("sales:draw_commissions"), {"month": "2026-01"}, follow=True
    )
    assert "已编制 2026-01 的 1 张提成单" in text_of(drawn)
    found = CommissionStatement.objects.get()
    page = text_of(boss.get(reverse("sales:commission", args=[found.pk])))
    for words in (order.number, "¥1,000.00", "¥15.00", "¥10万 起 2%", "批准"):
        assert words in page.replace("\u2009", "")
    boss.post(reverse("sales:approve_commission", args=[found.pk]))
    boss.post(reverse("sales:pay_commission", args=[found.pk]))
    found.refresh_from_db()
    assert found.state == StatementState.PAID
    own = browser(seller)
    assert "已发放" in text_of(own.get(reverse("sales:commission", args=[found.pk])))
    assert own.get(reverse("sales:draw_commissions")).status_code == 403


def test_tiers_that_make_no_sense_stay_in_the_form(boss: Client) -> None:
    wrong = boss.post(reverse("sales:new_commission_plan"), TERMS | {"start0": "5"})
    assert wrong.status_code == 422
    assert "第一档必须从 0 开始" in text_of(wrong)
    assert 'value="1.5"' in wrong.content.decode()
    assert not CommissionPlan.objects.exists()


def test_who_knew_an_older_plan_is_warned(boss: Client) -> None:
    plan = make_commission_plan()
    address = reverse("sales:edit_commission_plan", args=[plan.pk])
    assert boss.post(address, TERMS | {"version": "1"}).status_code == 302
    assert boss.post(address, TERMS | {"version": "1"}).status_code == 409


def test_an_adjustment_needs_its_reason(boss: Client) -> None:
    found = make_statement(_seller())
    address = reverse("sales:adjust_commission", args=[found.pk])
    assert boss.post(address, {"amount": "5"}).status_code == 422
    boss.post(address, {"amount": "-5.50", "reason": "多发冲回"})
    found.refresh_from_db()
    assert str(found.total) == "14.50"
    page = text_of(boss.get(reverse("sales:commission", args=[found.pk])))
    assert "多发冲回" in page


def test_colleagues_share_an_order_by_its_page_and_leave_again(boss: Client) -> None:
    order, mate = make_order(), make_user("陈子昂")
    address = reverse("sales:commission_shares", args=[order.pk])
    boss.post(address, {"user0": str(mate.pk), "percent0": "30"})
    share = CommissionShare.objects.get()
    assert (share.user_id, str(share.percent)) == (mate.pk, "30.00")
    assert 'value="30' in boss.get(address).content.decode()
    twice = {"user0": mate.pk, "percent0": 30, "user1": mate.pk, "percent1": 20}
    assert boss.post(address, twice).status_code == 422
    half = boss.post(address, {"user0": str(mate.pk)})
    assert half.status_code == 422
    boss.post(address, {"user0": "", "percent0": ""})
    assert not CommissionShare.objects.exists()


def test_many_are_approved_at_once_and_ones_own_is_left(boss: Client) -> None:
    approver = make_user(roles=[make_role(is_everything=True)])
    own, other = make_statement(approver), make_statement(_seller())
    client = browser(approver)
    client.post(
        reverse("sales:commissions"),
        {"action": "approve", "pk": [str(own.pk), str(other.pk)]},
    )
    states = dict(CommissionStatement.objects.values_list("pk", "state"))
    assert states == {own.pk: "draft", other.pk: "approved"}


def test_who_reads_no_amounts_of_orders_sees_no_base(boss: Client) -> None:
    role = make_role({"commission.read": Depth.ALL}, {"order.total": Level.HIDDEN})
    found = make_statement(_seller())
    page = text_of(
        browser(make_user(roles=[role])).get(
            reverse("sales:commission", args=[found.pk])
        )
    )
    assert "¥20.00" in page
    assert "1,000" not in page


def test_programs_read_approve_and_pay() -> None:
    rights = ("commission.read", "commission.approve", "commission.pay", "order.read")
    role = make_role(dict.fromkeys(rights, Depth.ALL))
    program = Program(token_of(make_user(roles=[role])))
    found = make_statement(_seller())
    listed = program.send("GET", "/commissions").json()["items"]
    assert [(one["id"], one["total"]) for one in listed] == [(found.pk, "20.00")]
    approved = program.send("POST", f"/commissions/{found.pk}/approval", {}).json()
    assert (approved["state"], approved["lines"]) == ("approved", [])
    paid = program.send("POST", f"/commissions/{found.pk}/payout", {}).json()
    assert paid["state"] == "paid"
