"""The demo data: believable, lawful, the same for the same seed, and gone when removed."""

from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from pytest_django import Settings

from guanxi.actions.models import ActionMessage, Task
from guanxi.config import demo
from guanxi.config.demo_data.buyers import SPAN, draw_buyer, purchase_days
from guanxi.config.demo_data.catalog import goods
from guanxi.config.demo_data.company import USERNAME_START
from guanxi.config.demo_data.names import Names
from guanxi.config.demo_data.trade import Deal, Trade
from guanxi.customers.models import (
    ConsentEntry,
    Customer,
    CustomerShare,
    Territory,
)
from guanxi.foundation.actor import System
from guanxi.foundation.audit import record_access
from guanxi.foundation.clock import now
from guanxi.foundation.models import LoggedEvent
from guanxi.foundation.phones import parse_phone
from guanxi.foundation.rooms import collected
from guanxi.identity.commands.role import ship_roles
from guanxi.identity.models import AccessDay, Duty, Team, User
from guanxi.identity.rules.duty import DutyKind
from guanxi.identity.tests.factories import make_user
from guanxi.sales.models import Order, Product
from guanxi.sales.tests.factories import make_order, make_product

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def deals(seed: int, buyers: int) -> list[Deal]:
    random = Random(seed)
    trade = Trade(random, goods(), NOW, SHANGHAI)
    drawn = [draw_buyer(random) for _buyer in range(buyers)]
    found = [
        trade.deal(buyer, day)
        for buyer in drawn
        for day in purchase_days(random, buyer, TODAY)
    ]
    return [deal for deal in found if deal]


def test_the_same_seed_draws_the_same_year() -> None:
    assert deals(7, 40) == deals(7, 40)
    assert deals(7, 40) != deals(8, 40)


def test_nothing_of_a_deal_lies_in_the_future_or_before_the_order() -> None:
    for deal in deals(7, 300):
        moments = [deal.released_at, deal.shipped_at, deal.done_at, deal.cancelled_at]
        moments += [at for at, _amount, _method in deal.payments]
        assert all(deal.ordered_at <= at < NOW for at in moments if at)
        assert 0 <= (TODAY - deal.ordered_on).days <= SPAN
        assert deal.refunded <= deal.paid <= deal.total


def test_names_are_many_and_numbers_belong_to_nobody() -> None:
    names = Names(Random(7))
    people = {names.person() for _person in range(2000)}
    assert len(people) > 1500
    assert any(name.startswith(("欧阳", "上官", "司马", "诸葛")) for name in people)
    numbers = [names.mobile() for _number in range(500)]
    assert len(set(numbers)) == 500
    assert {number[:3] for number in numbers} <= {
        "154",
        "161",
        "163",
        "164",
        "168",
        "169",
    }
    assert parse_phone(numbers[0]).kind == "mobile"


def test_the_price_list_has_no_code_twice() -> None:
    listed = goods()
    assert len(listed) == 62
    assert len({good.code for good in listed}) == 62
    assert all(0 < good.cost < good.price for good in listed)


@pytest.mark.django_db(transaction=True)
def test_given_demo_data_when_removed_then_only_real_records_are_left(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    # A folder of its own: others end the logins of the one that all share.
    settings.HOME = tmp_path
    monkeypatch.setattr(demo, "CUSTOMERS", 150)
    ship_roles(System("tests"))

    assert demo.load_once() is True
    assert demo.load_once() is False

    assert Customer.objects.count() == 150
    assert User.objects.get(username=demo.MANAGER).check_password(demo.password())
    assert Customer.objects.filter(traits__order_count__gt=0).exists()
    assert ActionMessage.objects.exists()
    assert broken_invariants() == []
    assert {row.kind for row in Duty.objects.all()} == set(DutyKind)
    assert AccessDay.objects.filter(is_outlier=True, is_reviewed=False).exists()
    assert Territory.objects.filter(parent__isnull=False).count() == 2
    assert ConsentEntry.objects.filter(is_given=False).exists()
    assert CustomerShare.objects.exists()

    real = make_order()
    used = Product.objects.filter(import_run_id=demo.DEMO_RUN).first()
    own = make_product("自己的产品")
    removed = demo.remove()

    assert (removed.customers, removed.kept) == (150, ())
    assert list(Order.objects.values_list("pk", flat=True)) == [real.pk]
    assert list(Product.objects.values_list("pk", flat=True)) == [own.pk]
    assert used is not None
    assert not Product.objects.filter(pk=used.pk).exists()
    assert not Task.objects.exists()
    assert not User.objects.exists()
    assert not Duty.objects.exists()
    assert not AccessDay.objects.exists()
    assert not Territory.objects.exists()
    assert not Team.objects.exists()
    assert (
        not LoggedEvent.objects.filter(party_id__isnull=False)
        .exclude(party_id=real.customer_id)
        .exists()
    )
    assert demo.password() == ""
    assert demo.load_once() is False


def broken_invariants() -> list[str]:
    """Return the laws of all rooms that the stored data breaks."""
    broken = []
    with connection.cursor() as cursor:
        for invariant in collected("invariants"):
            cursor.execute(invariant.sql)
            if found := cursor.fetchall():
                broken.append(f"{invariant.name}: {found[:5]}")
    return broken


@pytest.mark.django_db
def test_given_demo_user_who_saw_values_when_removed_then_he_is_locked() -> None:
    looker = make_user("看过的人", username=f"{USERNAME_START}looker")
    record_access(looker, "view", "customer", fields=["phone"], rows=3, at=now())
    idle = make_user("没看过的人", username=f"{USERNAME_START}idle")

    removed = demo.remove()

    assert removed.kept == ("看过的人",)
    assert not User.objects.get(pk=looker.pk).is_active
    assert not User.objects.filter(pk=idle.pk).exists()
