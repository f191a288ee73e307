"""Potential customers are chosen as targets, with a reason and an owner."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from guanxi.customers.commands.target import (
    NoReason,
    designate_targets,
    withdraw_targets,
)
from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.foundation.errors import Denied
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.tests.factories import make_administrator, make_role, make_user
from tests.callers import Program, token_of

AT = datetime(2026, 3, 2, 4, tzinfo=UTC)
HOUSE = System("test")
pytestmark = pytest.mark.django_db


def test_given_potential_customers_when_chosen_then_reason_and_owner_are_kept() -> None:
    winner, before = make_user("赢家"), make_user("原主")
    one, other = make_customer("甲", owner=before), make_customer("乙", state="actual")
    told = designate_targets(
        HOUSE, [one, other], reason="规模合适", owner=winner, at=AT
    )
    assert told.before == {one.pk: (before.pk, winner.pk)}
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.state, one.target_reason, one.owner) == ("target", "规模合适", winner)
    assert (other.state, other.target_reason) == ("actual", "")
    chosen = LoggedEvent.objects.get(name__endswith="TargetChosen")
    assert chosen.party_id == one.pk


def test_given_targets_when_withdrawn_then_they_are_potential_again() -> None:
    one = make_customer("甲")
    designate_targets(HOUSE, [one], reason="规模合适", at=AT)
    assert withdraw_targets(HOUSE, [one], at=AT) == 1
    one.refresh_from_db()
    assert (one.state, one.target_reason) == ("potential", "")


def test_given_no_reason_then_nobody_is_chosen() -> None:
    with pytest.raises(NoReason):
        designate_targets(HOUSE, [make_customer()], reason=" ", at=AT)


def test_given_no_right_to_the_reason_then_nobody_is_chosen() -> None:
    rights = dict.fromkeys(("customer.read", "customer.edit"), Depth.ALL)
    role = make_role(rights, {"customer.target_reason": Level.MASKED})
    with pytest.raises(Denied):
        designate_targets(
            make_user(roles=[role]), [make_customer()], reason="因为", at=AT
        )


def test_given_the_list_when_chosen_in_bulk_then_undo_gives_all_back() -> None:
    admin, before = make_administrator(), make_user("原主")
    one = make_customer("甲", owner=before)
    client = Client()
    client.force_login(admin)
    asked = {"action": "target", "confirmed": "1", "pk": [str(one.pk)]}
    client.post("/customers/", asked | {"reason": "规模合适", "owner": str(admin.pk)})
    one.refresh_from_db()
    assert (one.state, one.owner) == ("target", admin)
    page = client.get("/customers/targets/", follow=True).content.decode()
    assert "规模合适" in page
    token = client.session["bulk_before"]["token"]
    client.post(f"/lists/customers/undo/{token}/")
    one.refresh_from_db()
    assert (one.state, one.owner) == ("potential", before)
    assert Customer.objects.get().target_reason == ""


def test_given_a_program_when_it_chooses_targets_then_twice_is_once() -> None:
    admin = make_administrator()
    one, other = make_customer("甲"), make_customer("乙", state="actual")
    program = Program(token_of(admin, "customer.read", "customer.edit"))
    sent = {"customers": [one.pk, other.pk], "reason": "规模合适"}
    for _time in range(2):
        done = program.post("/targets", sent, key="k1")
        assert (done.status_code, done.json()) == (200, {"moved": 1})
    listed = program.get("/customers", where="state.eq.target").json()["items"]
    assert [(row["id"], row["target_reason"]) for row in listed] == [
        (one.pk, "规模合适")
    ]
    back = program.post("/targets/withdrawal", {"customers": [one.pk]})
    assert back.json() == {"moved": 1}
    assert Customer.objects.get(pk=one.pk).state == "potential"


def test_given_a_customer_out_of_sight_when_a_program_chooses_it_then_nobody_is() -> (
    None
):
    rights = dict.fromkeys(("customer.read", "customer.edit"), Depth.OWN)
    agent = make_user(roles=[make_role(rights)])
    mine, hidden = make_customer("甲", owner=agent), make_customer("乙")
    program = Program(token_of(agent))
    for pk in (hidden.pk, 999_999):
        sent = {"customers": [mine.pk, pk], "reason": "规模合适"}
        answer = program.post("/targets", sent)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "customers"
    assert not Customer.objects.filter(state="target").exists()
