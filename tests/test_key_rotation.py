"""A new key for all that is sealed: read, found, undone and merged as before."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from guanxi.config import key_ring
from guanxi.customers.commands.customer import create_customer
from guanxi.customers.commands.merge import merge_customers, undo_merge
from guanxi.customers.models import Customer, Merge
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import System
from guanxi.foundation.sealing import rotation
from guanxi.foundation.sealing.ring import read_ring, ring, written_ring
from guanxi.foundation.tests.factories import import_file, undo_file
from guanxi.identity.models import User
from guanxi.identity.tests.factories import NOON, make_administrator

pytestmark = pytest.mark.django_db
HOUSE = System("tests")
LATER = NOON + timedelta(hours=1)
RESIDENT, OTHER_RESIDENT = "11010519491231002X", "310104198505171236"
CARD = "6222021234567890128"


def found(by: User, number: str) -> str:
    """Return the list of customers with this ID number."""
    client = Client()
    client.force_login(by)
    response = client.get("/customers/", {"where": f"id_number.eq.{number}"})
    return response.content.decode()


@pytest.fixture
def ring_file(settings: Settings) -> Iterator[None]:
    """Keep the ring in the data folder of the tests, as a house does."""
    text, settings.KEY_RING = settings.KEY_RING, ""
    settings.KEY_RING_FILE = str(key_ring.path())
    key_ring.path().write_text(text)
    yield
    key_ring.path().unlink()


def test_given_new_key_when_turned_over_then_all_read_and_found_as_before(
    ring_file: None,
) -> None:
    by = make_administrator()
    make_customer("张伟", id_number=RESIDENT, bank_card=CARD)
    run = import_file(
        by,
        "customers",
        f"姓名,身份证号,简称\n张伟,{RESIDENT},小张\n",
        options={"match": "id_number", "on_match": "update"},
    )
    assert rotation.uses() == {"test": 4}  # two in the row, two in the trace
    assert "张伟" in found(by, RESIDENT)

    turned = key_ring.turned(ring(), rotation.uses(), at=LATER)
    key_ring.keep(turned)
    assert rotation.turn_over(ring()) == 4

    assert rotation.uses() == {turned.active: 4}
    assert Customer.objects.get().id_number == RESIDENT
    assert "张伟" in found(by, RESIDENT)
    assert rotation.turn_over(ring()) == 0
    undo_file(by, run)
    assert Customer.objects.get().id_number == RESIDENT


def test_given_cut_off_rotation_when_run_again_then_it_goes_on_with_the_same_key(
    ring_file: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "STEP", 2)
    for number in (RESIDENT, OTHER_RESIDENT, "E1234567", "E2345678", "E3456789"):
        make_customer("张伟", id_number=number)
    key_ring.keep(key_ring.turned(ring(), rotation.uses(), at=LATER))
    active = ring().active

    def die(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.turn_over(ring(), die)
    assert rotation.uses() == {"test": 3, active: 2}

    again = key_ring.turned(ring(), rotation.uses(), at=LATER)
    assert (again.active, set(again.keys)) == (active, {"test", active})
    assert rotation.turn_over(again) == 3
    assert rotation.uses() == {active: 5}
    assert len({c.id_number for c in Customer.objects.all()}) == 5


def test_given_retired_key_when_nothing_uses_it_for_a_day_then_it_goes() -> None:
    first = ring()
    second = key_ring.turned(first, {"test": 1}, at=LATER)
    uses = {second.active: 1}
    soon = key_ring.turned(second, uses, at=LATER + timedelta(hours=1))
    assert set(soon.keys) == {"test", second.active, soon.active}
    late = key_ring.turned(second, uses, at=LATER + timedelta(days=2))
    assert set(late.keys) == {second.active, late.active}
    used = key_ring.turned(second, {**uses, "test": 1}, at=LATER + timedelta(days=2))
    assert (set(used.keys), used.active) == ({"test", second.active}, second.active)


def test_given_lost_key_when_asked_then_the_states_name_it() -> None:
    made_at = datetime(2026, 1, 1, tzinfo=UTC)
    states = key_ring.states(ring(), {"test": 2, "gone": 3})
    assert [(s.id, s.made_at, s.is_active, s.used) for s in states] == [
        ("test", made_at, True, 2),
        ("gone", None, False, 3),
    ]


def test_given_wrong_key_of_the_right_name_then_it_is_told_closed() -> None:
    make_customer("张伟", id_number=RESIDENT)
    wrong = written_ring(key_ring.with_new_key(None, at=NOON))
    stranger = read_ring(wrong)
    renamed = read_ring(wrong.replace(stranger.active, "test"))
    assert rotation.closed(ring()) == []
    assert rotation.closed(renamed) == ["test"]


def test_given_merge_when_keys_changed_since_then_its_undo_restores_both_exactly(
    ring_file: None,
) -> None:
    stays = create_customer(HOUSE, name="张伟", at=NOON, bank_card=CARD)
    goes = create_customer(
        HOUSE, name="张伟", at=NOON, id_number=RESIDENT, id_kind="resident"
    )
    merge = merge_customers(HOUSE, stays, goes, choices={}, at=LATER)
    merged = Customer.objects.get(pk=stays.pk)
    assert (merged.id_kind, merged.id_number, merged.bank_card) == (
        *("resident", RESIDENT, CARD),
    )
    assert RESIDENT not in str(Merge.objects.get().journal)

    turned = key_ring.turned(ring(), rotation.uses(), at=LATER)
    key_ring.keep(turned)
    rotation.turn_over(ring())

    assert set(rotation.uses()) == {turned.active}
    kept = undo_merge(HOUSE, stays, goes, merge_id=merge.pk, at=LATER)
    assert kept == []
    one, other = Customer.objects.order_by("pk")
    assert (one.id_kind, one.id_number, one.id_number_index) == ("", "", "")
    assert (one.bank_card, other.id_number, other.bank_card) == (CARD, RESIDENT, "")
