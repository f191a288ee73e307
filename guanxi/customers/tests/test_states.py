"""The states and life-cycle stages of customers, and the arcs between them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from guanxi.customers.commands.life_stage import set_life_stage
from guanxi.customers.commands.state import (
    UnlawfulStep,
    mark_actual,
    mark_lost,
    set_state,
)
from guanxi.customers.commands.traits import set_traits
from guanxi.customers.models import (
    Customer,
    Traits,
)
from guanxi.customers.rules import LifeStage, State
from guanxi.customers.tests.factories import make_customer
from guanxi.customers.tests.traces import log
from guanxi.foundation.actor import System
from guanxi.foundation.models import LoggedEvent
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON

pytestmark = pytest.mark.django_db
HOUSE = System("test")
LATER = NOON + timedelta(hours=1)
PATIENCE = timedelta(days=30)
NothingWritten = Callable[[], AbstractContextManager[None]]


def test_given_a_lawful_step_when_set_then_kept_and_told(
    owner: User, customer: Customer
) -> None:
    set_state(owner, customer, State.TARGET, at=LATER)
    set_state(owner, customer, State.TARGET, at=LATER)
    customer.refresh_from_db()
    assert customer.state == "target"
    assert log(customer) == ["CustomerStateChanged"]


def test_given_an_unlawful_step_when_set_then_refused(
    owner: User, customer: Customer
) -> None:
    with pytest.raises(UnlawfulStep):
        set_state(owner, customer, State.LOST, at=LATER)


def test_given_orders_when_marked_actual_then_each_by_its_arcs(owner: User) -> None:
    by_state = {
        state: make_customer(state=state, owner=owner, team=owner.team)
        for state in State
    }
    pks = [one.pk for one in by_state.values()]
    assert mark_actual(HOUSE, pks, at=LATER) == 4
    assert set(Customer.objects.values_list("state", flat=True)) == {"actual"}
    steps = {
        state: [
            (row.payload["old"], row.payload["new"])
            for row in LoggedEvent.objects.filter(party_id=one.pk).order_by("pk")
        ]
        for state, one in by_state.items()
    }
    assert steps == {
        State.NON_CUSTOMER: [("non_customer", "potential"), ("potential", "actual")],
        State.POTENTIAL: [("potential", "actual")],
        State.TARGET: [("target", "actual")],
        State.ACTUAL: [],
        State.LOST: [("lost", "actual")],
    }


def test_given_another_teams_customer_when_marked_actual_then_untouched(
    stranger: User, customer: Customer, nothing_written: NothingWritten
) -> None:
    with nothing_written():
        assert mark_actual(stranger, [customer.pk], at=LATER) == 0


def test_given_silence_when_marked_lost_then_only_actual_ones(owner: User) -> None:
    actual = make_customer(state=State.ACTUAL)
    potential = make_customer()
    pks = [actual.pk, potential.pk]
    assert mark_lost(HOUSE, pks, at=LATER, patience=PATIENCE) == 1
    assert Customer.objects.get(pk=actual.pk).state == "lost"
    assert Customer.objects.get(pk=potential.pk).state == "potential"


def test_given_a_customer_won_back_when_marked_lost_then_only_after_a_while(
    owner: User,
) -> None:
    lost = make_customer(state=State.LOST, owner=owner, team=owner.team)
    set_state(owner, lost, State.ACTUAL, at=LATER)
    soon, later = LATER + timedelta(days=29), LATER + timedelta(days=31)
    assert mark_lost(HOUSE, [lost.pk], at=soon, patience=PATIENCE) == 0
    assert mark_lost(HOUSE, [lost.pk], at=later, patience=PATIENCE) == 1


def scored(customer: Customer, stage: str) -> tuple[str, list[str]]:
    """Let analysis find ``stage``; return the one that holds and the events so far."""
    block = f"{customer.pk},{stage}\n".encode()
    set_traits(HOUSE, [block], columns=["customer_id", "life_stage"], as_of=NOON.date())
    return Traits.objects.get(customer=customer).life_stage, log(customer)


def test_given_another_stage_when_scored_then_the_change_is_told(
    customer: Customer,
) -> None:
    assert scored(customer, "stable") == ("stable", [])
    assert scored(customer, "stable") == ("stable", [])
    assert scored(customer, "decline") == ("decline", ["LifeStageChanged"])
    (row,) = LoggedEvent.objects.filter(party_id=customer.pk)
    assert (row.payload["old"], row.payload["new"]) == ("stable", "decline")


def test_given_a_stage_set_by_a_person_when_scored_then_it_stays_until_left_again(
    owner: User, customer: Customer
) -> None:
    scored(customer, "decline")
    set_life_stage(owner, customer, LifeStage.STABLE, at=LATER)
    assert scored(customer, "decline") == ("stable", ["LifeStageChanged"])
    set_life_stage(owner, customer, None, at=LATER)
    told = ["LifeStageChanged", "LifeStageFreed", "LifeStageChanged"]
    assert scored(customer, "decline") == ("decline", told)
