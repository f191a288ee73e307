"""What rules change is learned from those whom nobody was told of."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from guanxi.actions.commands import draw as commands
from guanxi.actions.commands.detection import detect
from guanxi.actions.commands.rule import OutOfRange, set_rule
from guanxi.actions.models import ActionMessage, DetectorRule, Draw
from guanxi.actions.queries.effect import effects
from guanxi.actions.rules import Detector, Mode
from guanxi.actions.rules.effect import (
    Arm,
    Effect,
    Verdict,
    _score_interval,
    quarter_of,
)
from guanxi.actions.views import rule
from guanxi.customers.models import Customer
from guanxi.customers.tests.factories import make_customer
from guanxi.foundation.actor import Depth, Level, System
from guanxi.identity.tests.factories import NOON, make_role, make_user
from guanxi.sales.models import Order
from guanxi.sales.tests.factories import make_order

HOUSE = System("tests")
DAY = date(2026, 3, 2)
FALLING = Detector.AMOUNT_FALLING


def falling(count: int) -> list[Customer]:
    """Return customers whose amounts have halved."""
    facts = {
        "order_count": 9,
        "order_total": Decimal(900),
        "amount_trend": 0.5,
        "last_order_on": DAY - timedelta(days=3),
        "silence_limit_days": 60,
        "tier": "normal",
    }
    return [make_customer(f"客户{n}", traits=facts) for n in range(count)]


def look(day: date = DAY, customer: Customer | None = None) -> set[int]:
    """Return of whom the rule tells after a look at the end of ``day``."""
    detect(HOUSE, as_of=day, at=NOON, customer_id=customer.pk if customer else None)
    told = ActionMessage.objects.filter(detector=FALLING, state="open")
    return set(told.values_list("customer_id", flat=True))


def drawing(monkeypatch: pytest.MonkeyPatch, *numbers: int, enough: int = 1) -> None:
    """Let chance draw ``numbers``, over and over, and so few be enough."""
    drawn = [0]

    def next_number(_below: int) -> int:
        drawn[0] += 1
        return numbers[(drawn[0] - 1) % len(numbers)]

    monkeypatch.setattr(commands, "randbelow", next_number)
    monkeypatch.setattr(commands, "ENOUGH_FOUND", enough)


@pytest.mark.django_db
def test_whom_chance_holds_out_nobody_hears_of(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing(monkeypatch, 9, 10)
    held, told = falling(2)
    assert look() == {told.pk}
    draws = Draw.objects.order_by("customer_id").values_list("customer_id", "is_held")
    assert list(draws) == [(held.pk, True), (told.pk, False)]
    # The draw stands for its quarter, however often one looks.
    assert look(DAY + timedelta(days=20)) == {told.pk}
    assert look(customer=held) == {told.pk}
    assert Draw.objects.count() == 2


@pytest.mark.django_db
def test_in_the_next_quarter_chance_draws_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing(monkeypatch, 9, 10)
    (held,) = falling(1)
    assert look() == set()
    later = date(2026, 4, 2)
    held.traits.last_order_on = later - timedelta(days=3)
    held.traits.save()
    assert look(later) == {held.pk}
    assert [draw.quarter_on for draw in Draw.objects.order_by("pk")] == [
        date(2026, 1, 1),
        date(2026, 4, 1),
    ]


@pytest.mark.django_db
def test_a_rule_that_finds_few_holds_nobody_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawing(monkeypatch, 0, enough=3)
    first, second = falling(2)
    assert look() == {first.pk, second.pk}
    assert not Draw.objects.exists()
    # With those it told of before, it finds enough by now.
    (third,) = falling(1)
    assert third.pk not in look()


@pytest.mark.django_db
def test_a_rule_that_acts_by_itself_or_holds_none_out_draws_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawing(monkeypatch, 0)
    (one,) = falling(1)
    set_rule(HOUSE, FALLING, mode=Mode.PROPOSE, parameters={}, held_percent=0, at=NOON)
    assert look() == {one.pk}
    assert not Draw.objects.exists()


@pytest.mark.django_db
def test_more_than_half_is_not_held_out() -> None:
    with pytest.raises(OutOfRange):
        set_rule(
            HOUSE, FALLING, mode=Mode.PROPOSE, parameters={}, held_percent=51, at=NOON
        )


def draw(customer: Customer, *, is_held: bool) -> None:
    Draw.objects.create(
        detector=FALLING,
        customer=customer,
        quarter_on=quarter_of(DAY),
        is_held=is_held,
        drawn_on=DAY,
        until_on=DAY + timedelta(days=90),
    )


@pytest.mark.django_db
def test_what_they_bought_in_ninety_days_is_compared() -> None:
    told, silent, held = falling(3)
    for one, is_held in ((told, False), (silent, False), (held, True)):
        draw(one, is_held=is_held)
    for day, amount in ((1, "100.00"), (90, "50.00"), (0, "9.00"), (91, "7.00")):
        made = make_order(told, amount=amount)
        Order.objects.filter(pk=made.pk).update(ordered_on=DAY + timedelta(days=day))
    assert effects(DAY + timedelta(days=90)) == {}
    found = effects(DAY + timedelta(days=91))[FALLING]
    assert found.told == Arm(2, 1, 150.0, 22500.0)
    assert found.held == Arm(1, 0, 0.0, 0.0)
    assert found.verdict is Verdict.TOO_FEW


@pytest.mark.django_db
def test_the_page_tells_amounts_to_those_who_read_them() -> None:
    told, held = falling(2)
    draw(told, is_held=False)
    draw(held, is_held=True)
    Draw.objects.update(until_on=date(2026, 3, 1))
    depths = {"rule.read": Depth.ALL, "order.read": Depth.ALL}
    pages = []
    for levels in ({}, {"order.total": Level.HIDDEN}):
        client = Client()
        client.force_login(make_user(roles=[make_role(depths, levels)]))
        pages.append(client.get("/rules/").content.decode())
    assert ["样本太少" in page for page in pages] == [True, True]
    assert ["平均消费" in page for page in pages] == [True, False]


def test_shares_have_the_published_intervals() -> None:
    """Newcombe 1998, table II: 56/70 and 48/80 by method 10; 9/10 and 3/10."""
    found = Effect(Arm(70, 56), Arm(80, 48)).buying
    assert [round(v, 4) for v in (found.value, found.low, found.high)] == [
        *(0.2, 0.0524, 0.3339)
    ]
    found = Effect(Arm(10, 9), Arm(10, 3)).buying
    assert [round(v, 4) for v in (found.low, found.high)] == [0.1705, 0.8090]
    assert _score_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("told", "held", "verdict"),
    [
        (Arm(900, 300), Arm(100, 20), Verdict.HELPS),
        (Arm(900, 180), Arm(100, 33), Verdict.HARMS),
        (Arm(900, 300), Arm(100, 32), Verdict.NOT_SHOWN),
        (Arm(900, 300), Arm(29, 0), Verdict.TOO_FEW),
    ],
)
def test_a_rule_is_judged_by_what_they_buy(
    told: Arm, held: Arm, verdict: Verdict
) -> None:
    assert Effect(told, held).verdict is verdict


def test_spending_differs_by_the_means_with_the_variances_of_both() -> None:
    # 0, 0, 30 and 0, 0, 0, 40: means 10 and 10, variances 300 and 400.
    found = Effect(Arm(3, 1, 30.0, 900.0), Arm(4, 1, 40.0, 1600.0)).spending
    assert found.value == 0.0
    # 1.959964 × √(300/3 + 400/4)
    assert round(found.high, 3) == 27.718


def test_a_draw_stands_for_a_quarter() -> None:
    assert quarter_of(date(2026, 3, 31)) == date(2026, 1, 1)
    assert quarter_of(date(2026, 12, 1)) == date(2026, 10, 1)


@pytest.mark.django_db
def test_a_rule_is_tried_before_it_is_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule, "present_day", lambda _at: DAY)
    first, _second = falling(2)
    look(customer=first)
    depths = {"rule.read": Depth.ALL, "rule.edit": Depth.ALL}
    client = Client()
    client.force_login(make_user(roles=[make_role(depths)]))
    posted = {"mode": "off", "held_percent": "20", "orders": "5", "fall": "0.4"}
    page = client.post("/rules/amount_falling/", posted | {"try": "1"})
    assert "找出 2 处冲突，其中 1 处已有" in page.content.decode()
    assert 'value="20"' in page.content.decode()
    steep = client.post("/rules/amount_falling/", posted | {"fall": "0.6", "try": "1"})
    assert "找出 0 处冲突" in steep.content.decode()
    assert not DetectorRule.objects.exists()
    client.post("/rules/amount_falling/", posted)
    assert DetectorRule.objects.get().held_percent == 20
