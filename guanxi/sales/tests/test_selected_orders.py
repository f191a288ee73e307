"""What is done with selected orders at once, and how it is undone."""

import pytest
from django.urls import reverse

from guanxi.customers.commands.owner import assign_customers
from guanxi.customers.events import OwnerChanged
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.clock import now
from guanxi.identity.tests.factories import (
    NOON,
    make_administrator,
    make_team,
    make_user,
)
from guanxi.sales.commands.step import ship_order
from guanxi.sales.handlers import move_orders
from guanxi.sales.models import Order
from guanxi.sales.tables import ORDERS
from guanxi.sales.tests.factories import HOUSE, make_order
from guanxi.sales.tests.pages import browser

pytestmark = pytest.mark.django_db


def test_selected_orders_are_released_each_by_itself() -> None:
    placed, shipped = make_order(), ship_order(HOUSE, make_order(), at=NOON)
    release = next(bulk for bulk in ORDERS.bulk if bulk.key == "release")
    result = release.run(make_administrator(), [placed, shipped], {})
    assert result.done == 1
    assert result.refused == [f"{shipped.number}: “已发货”的订单不能变为“配货中”。"]


def test_selected_orders_go_to_the_trash() -> None:
    order = make_order()
    trash = next(bulk for bulk in ORDERS.bulk if bulk.key == "trash")
    assert trash.run(make_administrator(), [order], {}).done == 1
    order.refresh_from_db()
    assert order.deleted_at is not None


def test_orders_follow_their_customer_when_it_changes_hands() -> None:
    first, second = make_user("甲"), make_user("乙", team=make_team())
    customer = make_customer(owner=first)
    order = make_order(customer)
    assign_customers(HOUSE, [customer], second, at=NOON)
    move_orders(
        OwnerChanged(
            customer_id=customer.pk,
            owner_id=second.pk,
            old_owner_id=first.pk,
            owner_name="乙",
            at=NOON,
        )
    )
    order.refresh_from_db()
    assert (order.owner_id, order.team_id) == (second.pk, second.team_id)


def test_nothing_moves_for_a_customer_that_is_gone() -> None:
    order = make_order()
    move_orders(
        OwnerChanged(customer_id=0, owner_id=1, old_owner_id=2, owner_name="", at=NOON)
    )
    assert Order.objects.get().version == order.version


@pytest.mark.parametrize(
    ("action", "done"), [("release", ["released"]), ("trash", ["placed"])]
)
def test_given_orders_handled_together_when_undone_then_they_are_as_before(
    action: str, done: list[str]
) -> None:
    order = make_order()
    client = browser(make_administrator())
    address = reverse("sales:orders")
    client.post(address, {"action": action, "pk": str(order.pk)})
    assert list(Order.objects.values_list("state", flat=True)) == done
    toast = next(iter(client.get(address).context["messages"]))
    assert client.post(toast.extra_tags).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.deleted_at) == ("placed", None)


def test_the_undo_of_a_step_leaves_the_steps_after_it_alone() -> None:
    order = make_order(make_customer("李雷"))
    client = browser(make_administrator())
    client.post(f"/sales/orders/{order.pk}/release/")
    toast = next(iter(client.get("/sales/orders/").context["messages"]))
    ship_order(HOUSE, order, at=now())
    client.post(toast.extra_tags)
    order.refresh_from_db()
    assert order.state == "shipped"
    client.post(f"/sales/orders/{order.pk}/step-back/?step=shipped")
    client.post(toast.extra_tags)
    order.refresh_from_db()
    assert order.state == "placed"


def test_orders_released_together_and_shipped_since_stay_shipped_when_undone() -> None:
    waiting, gone = make_order(), make_order()
    client = browser(make_administrator())
    chosen = {"action": "release", "pk": [str(waiting.pk), str(gone.pk)]}
    client.post("/sales/orders/", chosen)
    toast = next(iter(client.get("/sales/orders/").context["messages"]))
    ship_order(HOUSE, gone, at=now())
    client.post(toast.extra_tags)
    states = dict(Order.objects.values_list("pk", "state"))
    assert states == {waiting.pk: "placed", gone.pk: "shipped"}
