"""Plans and agreements with a customer, from the first line to the result."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from guanxi.customers.commands.plan import (
    BadPlan,
    add_plan_line,
    change_plan,
    change_plan_line,
    start_plan,
)
from guanxi.customers.models import Customer, Plan, PlanLine
from guanxi.customers.queries.plan import due_lines, parts_of
from guanxi.customers.rules.plan import SECTIONS, PlanKind, PlanState
from guanxi.customers.tests.pages import signed_in
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.errors import Denied
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user
from tests.callers import Program, token_of

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
DAY = date(2026, 3, 2)


def begun(customer: Customer, kind: PlanKind, title: str = "计划") -> Plan:
    return start_plan(HOUSE, customer, kind, at=NOON, title=title)


def test_the_kinds_of_plans_have_the_parts_the_trade_knows() -> None:
    assert {kind.value: len(parts) for kind, parts in SECTIONS.items()} == {
        "key_account": 6,
        "alliance": 4,
        "relationship": 3,
        "needs": 4,
        "solution": 2,
    }


def test_given_a_visit_when_needs_are_found_on_the_pages_then_need_and_solution_stay(
    owner: User, customer: Customer
) -> None:
    client = signed_in(owner)
    new = reverse("customers:new_plan", args=[customer.pk])
    sent = {"kind": "needs", "title": "初次走访", "summary": "要静音的椅子"}
    assert client.post(new, sent).status_code == 302
    plan = Plan.objects.get()
    for section in ("look", "ask", "listen", "act"):
        args = [customer.pk, plan.pk, section]
        line = reverse("customers:new_line", args=args)
        assert client.post(line, {"text": f"记下{section}"}).status_code == 302
    edit = reverse("customers:edit_plan", args=[customer.pk, plan.pk])
    sent = {
        "title": plan.title,
        "summary": plan.summary,
        "result": "换软轮",
        "state": "done",
    }
    assert client.post(edit, sent).status_code == 302
    url = reverse("customers:plan", args=[customer.pk, plan.pk])
    html = client.get(url).content.decode()
    assert "要静音的椅子" in html
    assert "建议方案" in html
    assert "换软轮" in html
    assert [len(part.lines) for part in parts_of(plan)] == [1, 1, 1, 1]


def test_a_key_account_points_to_others_of_its_industry(
    owner: User, customer: Customer
) -> None:
    Customer.objects.filter(pk=customer.pk).update(industry="酒店")
    plan = begun(customer, PlanKind.KEY_ACCOUNT)
    url = reverse("customers:plan", args=[customer.pk, plan.pk])
    html = signed_in(owner).get(url).content.decode()
    assert "查看“酒店”行业的客户" in html
    assert "?where=industry.eq.%E9%85%92%E5%BA%97" in html


def test_given_a_step_with_a_day_when_it_is_done_then_it_is_due_no_more(
    owner: User, customer: Customer
) -> None:
    plan = begun(customer, PlanKind.RELATIONSHIP)
    line = add_plan_line(
        owner, customer, plan.pk, "contact", at=NOON, text="月度例会", due_on=DAY
    )
    assert [found.pk for found in due_lines(until=DAY, customer_id=None)] == [line.pk]
    change_plan_line(
        owner, customer, plan.pk, line.pk, at=NOON, done_on=DAY, result="已约定"
    )
    assert list(due_lines(until=DAY, customer_id=customer.pk)) == []
    assert LoggedEvent.objects.filter(name="customers.PlanLineDone").count() == 1


def test_steps_of_a_dropped_plan_are_not_due(customer: Customer) -> None:
    plan = begun(customer, PlanKind.ALLIANCE)
    add_plan_line(HOUSE, customer, plan.pk, "goals", at=NOON, text="新品", due_on=DAY)
    change_plan(HOUSE, customer, plan.pk, at=NOON, state=PlanState.DROPPED)
    assert list(due_lines(until=DAY, customer_id=None)) == []


def test_what_cannot_be_is_refused(customer: Customer) -> None:
    with pytest.raises(BadPlan):
        begun(customer, PlanKind.ALLIANCE, title="")
    plan = begun(customer, PlanKind.ALLIANCE)
    with pytest.raises(BadPlan):
        add_plan_line(HOUSE, customer, plan.pk, "innovation", at=NOON, text="新品")
    before = date(2026, 3, 1)
    pks = (customer, plan.pk)
    with pytest.raises(BadPlan):
        change_plan(HOUSE, *pks, at=NOON, starts_on=DAY, ends_on=before)
    assert PlanLine.objects.count() == 0


def test_given_a_role_that_hides_plans_then_neither_title_nor_change(
    customer: Customer,
) -> None:
    role = make_role(
        {"customer.read": Depth.ALL, "customer.edit": Depth.ALL},
        {"customer.plans": Level.HIDDEN},
    )
    clerk = make_user("文员", roles=[role])
    plan = begun(customer, PlanKind.ALLIANCE, title="秘密联盟")
    client = signed_in(clerk)
    panel = client.get(reverse("customers:plans", args=[customer.pk]))
    assert "秘密联盟" not in panel.content.decode()
    url = reverse("customers:plan", args=[customer.pk, plan.pk])
    assert client.get(url).status_code == 404
    with pytest.raises(Denied):
        start_plan(clerk, customer, PlanKind.NEEDS, at=NOON, title="走访")


def test_a_program_reads_plans_with_their_lines(
    owner: User, customer: Customer
) -> None:
    plan = begun(customer, PlanKind.SOLUTION, title="专属方案")
    price = Decimal("88.00")
    pks = (customer, plan.pk)
    add_plan_line(HOUSE, *pks, "offers", at=NOON, text="静音椅", figure=price)
    call = Program(token_of(owner, "customer.read"))
    told = call.get(f"/customers/{customer.pk}/plans").json()
    [found] = told["plans"]
    assert (found["kind"], found["title"]) == ("solution", "专属方案")
    [line] = found["lines"]
    assert (line["text"], line["figure"]) == ("静音椅", "88.00")
