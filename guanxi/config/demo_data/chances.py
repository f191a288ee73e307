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
from guanxi.sales.models import Stage
from guanxi.sales.rules.opportunity import LostReason
from guanxi.sales.rules.order import Channel

OPPORTUNITIES = 90
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
    *,
    today: date,
    at: datetime,
) -> None:
    """Record opportunities with customers whose owners sell, some of them closed."""
    stages = list(Stage.objects.filter(pipeline__key="standard").order_by("position"))
    for party in random.sample(list(parties), OPPORTUNITIES):
        age = timedelta(days=random.randint(1, 80))
        amount = Decimal(random.randint(8, 400)) * 1000
        found = create_opportunity(
            by,
            stage=random.choices(stages, weights=[5, 4, 3, 2, 1])[0],
            owner=party.owner,
            at=max(at - age, party.customer.created_at),
            name=random.choice(_TITLES),
            customer=party.customer,
            amount=amount,
            expected_on=today + timedelta(days=random.randint(-10, 120)),
            channel=Channel.SALES,
            next_step=random.choice(_STEPS),
        )
        fate = random.random()
        closed_on = today - timedelta(days=random.randint(0, 20))
        if fate < 0.15:
            win_opportunity(by, found, amount=amount, closed_on=closed_on, at=at)
        elif fate < 0.3:
            reason = random.choice(_REASONS)
            lose_opportunity(by, found, reason=reason, closed_on=closed_on, at=at)
