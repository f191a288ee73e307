"""Invented assessments of why customers stay, what leaving costs them, and two offers."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.utils.timezone import make_aware

from guanxi.config.demo_data.parties import Party
from guanxi.config.demo_data.store import copy_events, copy_objects, reserve_ids
from guanxi.customers.commands.bond import (
    Parts,
    add_delivered_value,
    add_switching_cost,
    refresh_bonds,
)
from guanxi.customers.events import BondAssessed
from guanxi.customers.models import BondAssessment
from guanxi.customers.rules.bond import (
    FACTORS,
    TENTH,
    AssessmentMethod,
    SwitchingItem,
    shown_score,
)
from guanxi.foundation.actor import System

# One of so many buyers was assessed; so many list what leaving costs, and offers.
BUYERS_AN_ASSESSMENT, LISTED, OFFERED = 3, 40, 6
SILENT_DAYS = 150
_COSTS = (
    (SwitchingItem.SETUP, "全屋定制", 2600, "重新量房、拆装"),
    (SwitchingItem.MONEY, "全屋定制", 3000, "定金不退"),
    (SwitchingItem.BENEFIT, "", 480, "会员积分作废"),
    (SwitchingItem.LEARNING, "智能床", 300, "重新学习设置"),
    (SwitchingItem.EVALUATION, "", 650, "另找三家比价"),
)
_OURS: Parts = {
    "product_value": Decimal(9800),
    "service_value": Decimal(1600),
    "personnel_value": Decimal(700),
    "image_value": Decimal(900),
    "money_cost": Decimal(8900),
    "time_cost": Decimal(500),
    "energy_cost": Decimal(200),
    "effort_cost": Decimal(300),
}
_THEIRS: Parts = {
    **_OURS,
    "service_value": Decimal(700),
    "personnel_value": Decimal(300),
    "money_cost": Decimal(8300),
    "time_cost": Decimal(900),
}
_NOTES = (
    "",
    "",
    "送货快，安装师傅有耐心。",
    "价格偏高，但质量放心。",
    "维修等了两周，不满意。",
)


def write_bonds(
    by: System,
    random: Random,
    parties: Sequence[Party],
    *,
    today: date,
    at: datetime,
) -> None:
    """Assess some buyers once to three times; those who fell silent are less satisfied."""
    buyers = [party for party in parties if party.days]
    chosen = random.sample(buyers, len(buyers) // BUYERS_AN_ASSESSMENT)
    drawn = [(row, p) for p in chosen for row in _assessed(random, p, today, at)]
    drawn.sort(key=lambda pair: pair[0].made_at)
    pks = reserve_ids(BondAssessment, len(drawn))
    for pk, (row, _party) in zip(pks, drawn, strict=True):
        row.pk = pk
    copy_objects(BondAssessment, [row for row, _party in drawn])
    copy_events([(_told(row), party.owner) for row, party in drawn])
    _list_costs(by, random, chosen[:LISTED], at)
    for party in chosen[:OFFERED]:
        for supplier, parts in (("", _OURS), ("另一家品牌", _THEIRS)):
            add_delivered_value(
                by,
                party.customer,
                "客厅套餐",
                supplier=supplier,
                assessed_on=today,
                at=at,
                **parts,
            )
    refresh_bonds([party.customer.pk for party in chosen])


def _assessed(
    random: Random, party: Party, today: date, at: datetime
) -> list[BondAssessment]:
    """Return the assessments of a buyer, all from after its record was made."""
    is_silent = (today - max(party.days)).days > SILENT_DAYS
    mood = random.gauss(4.6 if is_silent else 7.2, 1.5)
    bound = random.gauss(5, 1.8)
    first = party.customer.created_at
    ages = sorted(random.randint(1, 300) for _n in range(random.randint(1, 3)))[::-1]
    days = [today - timedelta(days=age) for age in ages]
    moments = [make_aware(datetime.combine(day, time(15))) for day in days]
    return [
        _row(random, party, moment, mood, bound)
        for moment in moments
        if first <= moment <= at
    ]


def _row(
    random: Random, party: Party, moment: datetime, mood: float, bound: float
) -> BondAssessment:
    satisfaction = random.gauss(mood, 0.7)
    value = random.gauss(0.6 * mood + 2.6, 1.1)
    factors = {name: _score(random.gauss(bound, 1.4)) for name in FACTORS}
    moving = float(factors["moving_cost"])
    again = 0.55 * satisfaction + 0.25 * value + 0.15 * moving + random.gauss(0.3, 0.9)
    return BondAssessment(
        customer_id=party.customer.pk,
        assessed_on=moment.date(),
        method=random.choice(list(AssessmentMethod)),
        satisfaction=_score(satisfaction),
        perceived_value=_score(value),
        repurchase=_score(again),
        note=random.choice(_NOTES[:4] if satisfaction > 5 else ("", _NOTES[4])),
        made_by_id=party.owner.pk,
        made_at=moment,
        **factors,
    )


def _score(value: float) -> Decimal:
    """Return a score to the half point, within 0 and 10."""
    return Decimal(min(max(round(2 * value) / 2, 0), 10)).quantize(TENTH)


def _list_costs(
    by: System, random: Random, parties: Sequence[Party], at: datetime
) -> None:
    for party in parties:
        for item, product, usual, note in random.sample(_COSTS, random.randint(1, 4)):
            amount = (Decimal(usual) * random.randint(60, 160) / 100).quantize(TENTH)
            add_switching_cost(
                by,
                party.customer,
                item,
                product=product,
                amount=amount,
                note=note,
                at=at,
            )


def _told(row: BondAssessment) -> BondAssessed:
    return BondAssessed(
        customer_id=row.customer_id,
        record_id=row.pk,
        score=shown_score(row.satisfaction),
        at=row.made_at,
    )
