"""Invented contacts with customers, and what was spent to win, sell to, serve and keep them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.conf import settings

from guanxi.config.demo_data.parties import Party
from guanxi.config.demo_data.store import copy_events, copy_objects, reserve_ids
from guanxi.customers.events import ContactLogged, CostRecorded
from guanxi.customers.models import Investment
from guanxi.customers.rules.investment import Aim, ContactMode
from guanxi.foundation import figures
from guanxi.foundation.events import Event
from guanxi.identity.models import User

# One of so many customers has contacts and costs in the books.
CUSTOMERS_AN_ENTRY = 6
_CONTACTS: Mapping[ContactMode, Sequence[tuple[str, str, int]]] = {
    ContactMode.VISIT: (
        ("客户门店", "看了现场，量了尺寸。", 86),
        ("客户公司会议室", "谈年度采购计划，留下样品。", 240),
    ),
    ContactMode.RECEPTION: (("本公司展厅", "客户来看新品，试坐了三款沙发。", 60),),
    ContactMode.MEAL: (("老正兴菜馆", "和采购负责人吃饭，聊了明年的项目。", 480),),
    ContactMode.PHONE: (("", "回访使用情况，都满意。", 0), ("", "确认送货时间。", 0)),
    ContactMode.VIDEO: (("", "线上讲了定制方案，设计师也参加。", 0),),
    ContactMode.WECHAT: (("", "发了新品目录和报价。", 0),),
}
_COSTS: Mapping[Aim, Sequence[tuple[str, int]]] = {
    Aim.ACQUISITION: (("样品寄送", 120), ("行业展会邀请函和门票", 360)),
    Aim.SALES: (("打样和报价资料", 180), ("渠道返佣", 650)),
    Aim.SERVICE: (("上门维修的材料和交通", 150), ("免费更换软垫", 220)),
    Aim.RETENTION: (("中秋礼盒", 268), ("生日花束", 138), ("老客户答谢会", 520)),
}


def write_investments(random: Random, parties: Sequence[Party], now: datetime) -> None:
    """Write contacts and costs of the last ten months, more of those who buy."""
    chosen = random.sample(parties, len(parties) // CUSTOMERS_AN_ENTRY)
    drawn = [(row, p) for p in chosen for row in _entries(random, p, now)]
    drawn.sort(key=lambda pair: pair[0].happened_at)
    for pk, (row, _party) in zip(
        reserve_ids(Investment, len(drawn)), drawn, strict=True
    ):
        row.pk = pk
    copy_objects(Investment, [row for row, _party in drawn])
    copy_events([_told(row, party.owner) for row, party in drawn])


def _entries(random: Random, party: Party, now: datetime) -> Iterator[Investment]:
    for _contact in range(random.randint(1, 4)):
        mode = random.choice(list(_CONTACTS))
        place, note, usual = random.choice(_CONTACTS[mode])
        aim = random.choice(list(Aim)) if party.days else Aim.ACQUISITION
        amount = _near(random, usual)
        yield _entry(random, party, now, aim, mode, place, note, amount)
    if random.random() < 0.5:
        aim = random.choice(list(Aim)) if party.days else Aim.ACQUISITION
        note, usual = random.choice(_COSTS[aim])
        yield _entry(random, party, now, aim, "", "", note, _near(random, usual))


def _entry(
    random: Random,
    party: Party,
    now: datetime,
    aim: Aim,
    mode: str,
    place: str,
    note: str,
    amount: Decimal,
) -> Investment:
    age = timedelta(minutes=random.randint(600, 300 * 24 * 60))
    at = max(now - age, party.customer.created_at)
    return Investment(
        customer_id=party.customer.pk,
        aim=aim,
        mode=mode,
        happened_at=at,
        place=place,
        amount=amount,
        note=note,
        made_by_id=party.owner.pk,
        created_at=at,
    )


def _near(random: Random, usual: int) -> Decimal:
    """Return an amount about the ``usual`` one, to the tenth."""
    return (Decimal(usual) * random.randint(70, 130) / 100).quantize(Decimal("0.1"))


def _told(row: Investment, owner: User) -> tuple[Event, User]:
    at = row.happened_at
    if row.is_contact:
        return ContactLogged(**row.about, at=at), owner
    amount = figures.amount(row.amount, settings.CURRENCY)
    return CostRecorded(**row.about, amount=amount, at=at), owner
