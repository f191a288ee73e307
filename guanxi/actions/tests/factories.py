"""Messages and tasks for tests."""

from datetime import date
from typing import TYPE_CHECKING

from guanxi.actions.models import ActionMessage, Knowledge, Task
from guanxi.actions.rules import Detector, Kind, TaskKind
from guanxi.identity.tests.factories import NOON
from guanxi.sales.tests.factories import make_order

if TYPE_CHECKING:
    from guanxi.customers.models import Customer
    from guanxi.sales.models import Order

DAY = date(2026, 3, 2)


def make_message(customer: "Customer", **facts: object) -> ActionMessage:
    """Return an open message that asks for a call to ``customer``'s owner."""
    values: dict[str, object] = {
        "detector": Detector.VITAL_SILENT,
        "kind": Kind.CONTACT,
        "object_kind": "customer",
        "object_id": customer.pk,
        "urgency": 2,
        "importance": 3,
        "score": 66,
        "due_on": DAY,
        "facts": {"days": 90, "rhythm": 30, "count": 12, "total": "8000.00"},
        "fingerprint": "2025-12-02:2",
        "assignee_id": customer.owner_id,
        "team_id": customer.team_id,
        "as_of": DAY,
        "raised_at": NOON,
    }
    return ActionMessage.objects.create(customer=customer, **(values | facts))


def make_task(customer: "Customer", **facts: object) -> Task:
    """Return an open task of ``customer``'s owner."""
    values: dict[str, object] = {
        "kind": TaskKind.CALL,
        "title": "回访",
        "due_on": DAY,
        "assignee_id": customer.owner_id,
        "team_id": customer.team_id,
        "created_at": NOON,
    }
    return Task.objects.create(customer=customer, **(values | facts))


def make_knowledge(title: str = "缺墨粉", **facts: object) -> Knowledge:
    """Return something known that says what to do, and is not applied yet."""
    values: dict[str, object] = {
        "statement": "买了打印机，60 天内没有买墨粉。",
        "advice": "提供年度合同。",
        "recorded_at": NOON,
        "changed_at": NOON,
    }
    return Knowledge.objects.create(title=title, **(values | facts))


def make_order_with(customer: "Customer", **facts: object) -> "Order":
    """Return a placed order of 100.00 by ``customer``, with its columns set to ``facts``."""
    order = make_order(customer)
    for name, value in (
        {"owner": customer.owner, "team": customer.team} | facts
    ).items():
        setattr(order, name, value)
    order.save()
    return order
