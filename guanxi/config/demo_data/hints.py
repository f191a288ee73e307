"""Who may become a customer of the invented company: leads, held, pooled and closed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from guanxi.config.demo_data.parties import Party
from guanxi.customers.rules.investment import ContactMode
from guanxi.foundation.actor import System
from guanxi.sales.commands.lead import (
    assign_lead,
    contact_lead,
    create_lead,
    discard_lead,
)
from guanxi.sales.commands.lead_rule import RuleTerms, save_lead_rule
from guanxi.sales.models import Lead, LeadRule, Product
from guanxi.sales.rules.lead import DiscardReason, Origin

LEADS = 60
MARK, RULE = "demo-", "网页来的，轮流分配"
_COMPANIES = (
    *("云栖民宿", "青禾装饰", "海棠酒店", "晨光幼教", "松竹茶馆", "远航物流"),
    *("北辰律所", "沐林咖啡", "锦绣影楼", "禾木餐饮", "朗星科技", "静安诊所"),
)
_SURNAMES, _GIVEN = (
    "赵钱孙李周吴郑王冯陈",
    ("晓宁", "文博", "雨桐", "建国", "思远", "丽华"),
)
_PLACES = (
    ("浙江", "杭州"),
    ("上海", "上海"),
    ("江苏", "苏州"),
    ("广东", "深圳"),
    ("四川", "成都"),
)
_SAID = (
    "想看样品，约了下周",
    "要一份报价",
    "暂时没有预算，月底再问",
    "对实木系列感兴趣",
)
_ANSWERS = (True, True, None)
_HELD, _CONTACTED, _CLOSED = 0.6, 0.7, 0.1


def write_leads(
    by: System,
    random: Random,
    parties: Sequence[Party],
    products: Sequence[Product],
    *,
    at: datetime,
) -> None:
    """Record leads; most are given to people who sell, the others lie in the pool."""
    sellers = list({p.owner.pk: p.owner for p in parties if p.owner}.values())
    for number in range(LEADS):
        came = at - timedelta(hours=random.randint(2, 24 * 6))
        province, city = random.choice(_PLACES)
        found = create_lead(
            by,
            name=random.choice(_SURNAMES) + random.choice(_GIVEN),
            company=random.choice(_COMPANIES) if random.random() < 0.6 else "",
            phone=f"1391234{number:04d}",
            province=province,
            city=city,
            product=random.choice(products),
            amount=Decimal(random.randint(5, 200)) * 1000,
            origin=random.choice(list(Origin)),
            external_id=f"{MARK}{number}",
            at=came,
            has_need=random.choice(_ANSWERS),
            has_motive=random.choice(_ANSWERS),
            has_means=random.choice(_ANSWERS),
            is_new=random.choice(_ANSWERS),
        )
        if not sellers or random.random() > _HELD:
            continue
        found = assign_lead(by, found, random.choice(sellers), at=came)
        if random.random() < _CONTACTED:
            said = random.choice(_SAID)
            later = came + timedelta(hours=1)
            contact_lead(by, found, mode=ContactMode.PHONE, note=said, at=later)
        if random.random() < _CLOSED:
            discard_lead(by, found, reason=DiscardReason.NEED, at=at)
    if sellers:
        people = [one.pk for one in sellers]
        terms = RuleTerms(RULE, people, origins=[Origin.WEB.value])
        save_lead_rule(by, rule_id=None, terms=terms, at=at)


def remove_leads() -> None:
    """Remove the leads of the invented company, and the rule that gave them out."""
    Lead.objects.filter(external_id__startswith=MARK).delete()
    LeadRule.objects.filter(name=RULE).delete()
