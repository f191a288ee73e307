"""What may become a sale in the invented company: open, won and lost opportunities."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from guanxi.config.demo_data.parties import Party
from guanxi.foundation.actor import System
from guanxi.sales.commands.opportunity import (
    create_opportunity,
    lose_opportunity,
    win_opportunity,
)
from guanxi.sales.models import Product, Stage
from guanxi.sales.rules.opportunity import LostReason
from guanxi.sales.rules.order import Channel

OPPORTUNITIES = 160
# Shares of those that were won, and that ended at all.
WON, CLOSED = 0.3, 0.5
_AGES, _CLOSED_AGES = (1, 80), (40, 420)  # days
_TITLES = (
    *(
        "新店软装采购",
        "会议室家具更换",
        "样板间整体方案",
        "员工餐厅桌椅",
        "民宿客房家具",
    ),
    *("酒店大堂沙发", "办公区升降桌", "全屋定制", "展厅翻新", "年度框架采购"),
)
_STEPS = (
    "约现场测量",
    "发送报价单",
    "带样品拜访",
    "确认付款方式",
    "等客户内部评审",
    "",
)
_REASONS = tuple(LostReason)


def write_opportunities(
    by: System,
    random: Random,
    parties: Sequence[Party],
    products: Sequence[Product],
    *,
    today: date,
    at: datetime,
) -> None:
    """Record opportunities with customers whose owners sell, some of them closed."""
    stages = list(Stage.objects.filter(pipeline__key="standard").order_by("position"))
    for party in random.sample(list(parties), min(OPPORTUNITIES, len(parties))):
        fate = random.random()
        age = timedelta(
            days=random.randint(*(_CLOSED_AGES if fate < CLOSED else _AGES))
        )
        began = max(at - age, party.customer.created_at)
        amount = Decimal(random.randint(8, 400)) * 1000
        found = create_opportunity(
            by,
            stage=random.choices(stages, weights=[5, 4, 3, 2, 1])[0],
            owner=party.owner,
            at=began,
            name=random.choice(_TITLES),
            customer=party.customer,
            product=random.choice(products),
            amount=amount,
            engaged_on=began.date(),
            expected_on=today + timedelta(days=random.randint(-10, 120)),
            channel=Channel.SALES,
            next_step=random.choice(_STEPS),
        )
        ended = min(began + timedelta(days=random.randint(10, 90)), at)
        closed_on = min(ended.date(), today)
        if fate < WON:
            win_opportunity(by, found, amount=amount, closed_on=closed_on, at=ended)
        elif fate < CLOSED:
            reason = random.choice(_REASONS)
            lose_opportunity(by, found, reason=reason, closed_on=closed_on, at=ended)
