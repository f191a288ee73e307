"""What invented customers allow, and who of the company sees which of them."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from guanxi.config.demo_data.company import EAST, NORTH, Staff
from guanxi.config.demo_data.names import EAST as EASTERN
from guanxi.config.demo_data.names import NORTH as NORTHERN
from guanxi.config.demo_data.parties import Party
from guanxi.customers.commands.consent import Statement, record_consent
from guanxi.customers.commands.contact import (
    Preference,
    block_contact,
    set_contact_preference,
)
from guanxi.customers.commands.share import share_customer
from guanxi.customers.commands.territory import TerritoryPlan, save_territory
from guanxi.customers.commands.wall import set_wall
from guanxi.customers.models import Customer, Territory
from guanxi.customers.rules.consent import MARKETING, ContactChannel
from guanxi.customers.rules.territory import TerritoryRule
from guanxi.foundation.actor import System
from guanxi.foundation.ties.models import ShareLevel
from guanxi.identity.models import Team

PERSONS = 60
SALES = "销售区域（演示）"
_AREAS = (("华东区（演示）", EASTERN, EAST), ("华北区（演示）", NORTHERN, NORTH))
_PROOFS = (
    "门店签字的会员登记表",
    "公众号弹窗勾选，留有时间与版本",
    "电话录音中口头同意",
)
_CHANNELS = (
    [ContactChannel.SMS, ContactChannel.WECHAT],
    [ContactChannel.PHONE, ContactChannel.SMS],
    [ContactChannel.EMAIL],
)


def write_consents(
    by: System, random: Random, parties: Sequence[Party], *, today: date, at: datetime
) -> None:
    """Let some persons agree to offers, withdraw, or ask for other hours or no calls."""
    persons = [p.customer for p in parties if not p.buyer.kind.is_company and p.days]
    for number, customer in enumerate(persons[:PERSONS]):
        channels = _CHANNELS[number % len(_CHANNELS)]
        given = Statement(
            is_given=True,
            purposes=[MARKETING],
            channels=channels,
            proof=random.choice(_PROOFS),
            effective_on=_day_before(random, customer, today),
        )
        record_consent(by, customer, given, at=at)
        if number % 7 == 3:
            taken = Statement(
                is_given=False, purposes=[MARKETING], channels=channels[:1]
            )
            record_consent(by, customer, taken, at=at)
        if number % 9 == 4:
            block_contact(
                by, customer, ContactChannel.PHONE, reason="要求只发消息", at=at
            )
        if number % 5 == 2:
            evening = Preference(channel=channels[-1], start=time(18), end=time(21))
            set_contact_preference(by, customer, evening, at=at)


def _day_before(random: Random, customer: Customer, today: date) -> date:
    known = (today - customer.created_at.date()).days
    return today - timedelta(days=random.randint(0, max(min(known, 300), 0)))


def write_territories(by: System, *, at: datetime) -> None:
    """Divide the cities the company delivers to between the teams that sell there."""
    teams = {team.name: team for team in Team.objects.filter(name__in=(EAST, NORTH))}
    root = save_territory(by, Territory(), plan=TerritoryPlan(name=SALES), at=at)
    for name, cities, team in _AREAS:
        plan = TerritoryPlan(
            name=name,
            parent=root,
            rule=TerritoryRule(cities=sorted(cities)),
            teams=[teams[team]],
        )
        save_territory(by, Territory(), plan=plan, at=at)


def remove_territories() -> None:
    """Remove the invented territories, the inner ones first."""
    for name in (*(area[0] for area in _AREAS), SALES):
        Territory.objects.filter(name=name).delete()


def write_ties(
    by: System, parties: Sequence[Party], staff: Staff, *, at: datetime
) -> None:
    """Share some companies with a colleague of another team, and wall one off."""
    eastern = [
        p.customer
        for p in parties
        if p.buyer.kind.is_company and p.owner == staff["zhou"]
    ]
    until = at + timedelta(days=30)
    for customer, reason in zip(
        eastern, ("北方门店一起跟进", "假期代班", "联合投标"), strict=False
    ):
        share_customer(
            by,
            customer,
            to=staff["zhao"],
            level=ShareLevel.EDIT,
            reason=reason,
            expires_at=until,
            at=at,
        )
    for customer in eastern[3:4]:
        set_wall(by, customer, to=staff["chen"], reason="亲属关系，回避", at=at)
