"""The list of customers as people see it, and what they do with a selection."""

import pytest

from guanxi.customers.commands.owner import assign_customers
from guanxi.customers.commands.tag import set_tags
from guanxi.customers.models import Customer
from guanxi.customers.tables.bulk import assign_rows, give_back
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.tests.pages import cost_of, page, signed_in, text_of, undo_of
from guanxi.foundation.actor import Depth, Level, System
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_role, make_user

pytestmark = pytest.mark.django_db
HOUSE = System("test")


def test_the_list_shows_what_one_may_see(
    owner: User, stranger: User, customer: Customer
) -> None:
    assert "张伟" in text_of(signed_in(owner).get(page("customers")))
    assert "张伟" not in text_of(signed_in(stranger).get(page("customers")))


def test_the_list_masks(agent: User, customer: Customer) -> None:
    shown = text_of(signed_in(agent).get(page("customers") + "?cols=name,phone,email"))
    assert "138****8000" in shown
    assert "z***@example.com" in shown
    assert "8013" not in shown


@pytest.mark.parametrize("field", ["phone", "no_such_field"])
def test_masked_fields_do_not_filter(
    agent: User, customer: Customer, field: str
) -> None:
    url = page("customers") + f"?where={field}.starts.138"
    assert signed_in(agent).get(url).status_code == 400


def test_many_rows_cost_as_many_queries_as_one(owner: User, customer: Customer) -> None:
    client, url = signed_in(owner), page("customers")
    one = cost_of(client, url)
    for _n in range(20):
        set_tags(HOUSE, make_customer(owner=owner, team=owner.team), ["VIP"], at=NOON)
    assert cost_of(client, url) == one
    assert one <= 8


def test_the_selection_is_trashed_and_tagged(owner: User, customer: Customer) -> None:
    client = signed_in(owner)
    data = {"action": "tag", "pk": customer.pk, "tags": "VIP，展会", "confirmed": "1"}
    client.post(page("customers"), data)
    assert sorted(tag.name for tag in customer.tags.all()) == ["VIP", "展会"]
    client.post(page("customers"), {"action": "trash", "pk": customer.pk})
    assert not Customer.objects.kept().exists()


def test_tags_taken_back_are_those_that_were_added(
    owner: User, customer: Customer
) -> None:
    set_tags(HOUSE, customer, ["老客户"], at=NOON)
    other = make_customer(owner=owner, team=owner.team)
    client = signed_in(owner)
    data = {"action": "tag", "pk": [customer.pk, other.pk], "tags": "老客户，展会"}
    client.post(page("customers"), {**data, "confirmed": "1"})
    set_tags(HOUSE, customer, ["老客户", "展会", "重点"], at=NOON)
    client.post(undo_of(client))
    assert sorted(tag.name for tag in customer.tags.all()) == ["老客户", "重点"]
    assert not other.tags.exists()


def test_a_selection_with_one_that_may_not_be_trashed_stays_whole(
    customer: Customer,
) -> None:
    depths = {"customer.read": Depth.TEAM, "customer.delete": Depth.OWN}
    user = make_user(roles=[make_role(depths)], team=customer.team)
    own = make_customer(owner=user, team=user.team)
    answer = signed_in(user).post(
        page("customers"), {"action": "trash", "pk": [own.pk, customer.pk]}
    )
    assert answer.status_code == 403
    assert Customer.objects.trashed().count() == 0


def test_given_owners_are_hidden_then_an_assignment_does_not_tell_whose_they_were(
    owner: User, colleague: User
) -> None:
    rights = {"customer.read": Depth.ALL, "customer.assign": Depth.ALL}
    rights |= {"user.read": Depth.ALL}
    hidden = {"customer.owner": Level.HIDDEN}
    viewer = make_user(roles=[make_role(rights, hidden)])
    nobodys = make_customer("李雷", owner=None)
    theirs = make_customer("韩梅", owner=owner)
    their_own = make_customer("赵六", owner=colleague)
    owner.is_active = False
    owner.save()
    told = set()
    for row in (nobodys, theirs, their_own):
        done = assign_rows(viewer, [row], {"owner": str(colleague.pk)})
        back = give_back(viewer, done.before)
        told.add((done.done, len(done.before), back.done, *back.refused))
    assert told == {(1, 1, 1)}


@pytest.mark.parametrize("chosen", ["", "nobody", "9" * 5000])
def test_an_owner_that_is_none_is_not_found(
    admin: User, customer: Customer, chosen: str
) -> None:
    data = {"action": "assign", "pk": customer.pk, "confirmed": "1", "owner": chosen}
    assert signed_in(admin).post(page("customers"), data).status_code == 404


def test_the_selection_is_assigned(
    admin: User, colleague: User, customer: Customer
) -> None:
    client = signed_in(admin)
    asked = client.post(page("customers"), {"action": "assign", "pk": customer.pk})
    assert asked["Location"] == page("assign_form") + f"?pk={customer.pk}"
    assert "已选择 1 位客户" in text_of(client.get(asked["Location"]))
    client.post(
        page("customers"),
        {
            "action": "assign",
            "pk": customer.pk,
            "confirmed": "1",
            "owner": colleague.pk,
        },
    )
    customer.refresh_from_db()
    assert customer.owner_id == colleague.pk


def test_given_a_customer_passed_on_since_when_assigning_is_undone_then_it_stays(
    admin: User, owner: User, colleague: User, stranger: User, customer: Customer
) -> None:
    other = make_customer("李雷", owner=owner, team=owner.team)
    client = signed_in(admin)
    chosen = {"pk": [customer.pk, other.pk], "owner": colleague.pk}
    data = {"action": "assign", "confirmed": "1", **chosen}
    listed = client.post(page("customers"), data, follow=True)
    (toast,) = listed.context["messages"]
    assign_customers(HOUSE, [customer], stranger, at=NOON)
    undone = text_of(client.post(toast.extra_tags, follow=True))
    assert "已撤销，1 行恢复原样。" in undone
    assert "有 1 位客户其间已转给他人，保持不变。" in undone
    customer.refresh_from_db()
    other.refresh_from_db()
    assert (customer.owner_id, other.owner_id) == (stranger.pk, owner.pk)
