"""What may become a sale in the invented company: open, won and lost opportunities."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from guanxi.config.demo_data.parties import Party
from guanxi.foundation.actor import System
from guanxi.sales.commands.objection import (
    ObjectionFacts,
    change_objection,
    raise_objection,
)
from guanxi.sales.commands.opportunity import (
    create_opportunity,
    lose_opportunity,
    win_opportunity,
)
from guanxi.sales.models import Opportunity, Product, Stage
from guanxi.sales.rules.objection import (
    LAST_STEP,
    Nature,
    ObjectionKind,
    PayWay,
    PriceSide,
    pay_ways,
)
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
_DAYS_TO_OBJECT = timedelta(days=3)
OBJECTED = 0.45  # the share of opportunities to which somebody objects


# Kind, nature, what is said, how it is understood, the true reason.
_OBJECTIONS = (
    (
        *(ObjectionKind.PRICE, Nature.TRUE, "同样的柜子，别家便宜两千。"),
        *("您担心多花了钱，这很正常。", "只比了总价，没有比板材和五金"),
    ),
    (
        *(ObjectionKind.PRICE, Nature.TRUE, "东西不错，就是超出我们今年的预算了。"),
        *("明白，预算早就定好了。", "年度预算只剩八成"),
    ),
    (
        *(ObjectionKind.NEED, Nature.FALSE, "我们现在用不上，以后再说吧。"),
        *("不急着买，先了解也好。", "决策人没有到场，不便表态"),
    ),
    (
        *(ObjectionKind.TIMING, Nature.TRUE, "装修还没开工，定了也没地方放。"),
        *("工期没到，确实不好收货。", "工期推迟到下个月"),
    ),
    (
        *(ObjectionKind.PRODUCT, Nature.HIDDEN, "颜色好像不太搭。"),
        *("颜色要看现场光线才放心。", "其实担心甲醛"),
    ),
    (
        *(ObjectionKind.SERVICE, Nature.TRUE, "上次送货晚了三天，谁来保证这次？"),
        *("耽误了您，是我们不对。", "需要写进合同的送货日期"),
    ),
    (
        *(ObjectionKind.FUNDS, Nature.TRUE, "一次付清压力太大。"),
        *("资金要留着周转，理解。", "回款要到季度末"),
    ),
    (
        *(ObjectionKind.PERSON, Nature.TRUE, "你们换了三个人跟我谈，说法都不一样。"),
        *("换人让您受累了。", "要一个固定的联系人"),
    ),
)


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
        if random.random() < OBJECTED:
            _object(by, random, found, products, at=min(began + _DAYS_TO_OBJECT, at))
        ended = min(began + timedelta(days=random.randint(10, 90)), at)
        closed_on = min(ended.date(), today)
        if fate < WON:
            win_opportunity(by, found, amount=amount, closed_on=closed_on, at=ended)
        elif fate < CLOSED:
            reason = random.choice(_REASONS)
            lose_opportunity(by, found, reason=reason, closed_on=closed_on, at=ended)


def _object(
    by: System,
    random: Random,
    found: Opportunity,
    products: Sequence[Product],
    *,
    at: datetime,
) -> None:
    """Let a customer object, and take the answer some of the five steps."""
    kind, nature, said, feeling, cause = random.choice(_OBJECTIONS)
    made = raise_objection(by, found, kind=kind, nature=nature, said=said, at=at)
    is_price = kind is ObjectionKind.PRICE
    is_dear = "预算" in said
    side = PriceSide.OVER_BUDGET if is_dear else PriceSide.NOT_WORTH
    pay_way = pay_ways(kind, side if is_price else "")[-3:][0]
    parts = random.choice((3, 6, 12)) if pay_way is PayWay.PARTS else None
    answers: list[ObjectionFacts] = [
        {"feeling": feeling},
        {"cause": cause, "price_side": side if is_price else ""},
        {"product": random.choice(products), "shown": "现场看样，讲清板材、五金和质保"},
        {"pay_way": pay_way, "parts": parts, "agreed": "下周签合同"},
    ]
    for number, facts in enumerate(answers[: random.randint(0, LAST_STEP - 1)], 2):
        change_objection(by, found, objection_id=made.pk, step=number, at=at, **facts)
