"""Invented studies and observations, what some data are for, and a budget."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from guanxi.config.demo_data.parties import Party
from guanxi.customers.commands.data_set import describe_data_set
from guanxi.customers.commands.finding import add_finding
from guanxi.customers.models import Segment
from guanxi.customers.rules.finding import Confidence, FindingKind, FindingSource
from guanxi.foundation.actor import System

CUSTOMERS = 12
_FINDINGS = (
    (
        *(FindingKind.ATTITUDE, FindingSource.SURVEY, "年度满意度调查", ""),
        "对产品质量评价高，认为送货预约不够灵活。",
    ),
    (
        *(FindingKind.CONTRACT, FindingSource.PURCHASED, "华信商务咨询", ""),
        "近两年合同都按期付款，有一次因验收标准不清推迟两周。",
    ),
    (
        *(FindingKind.COMPETITOR, FindingSource.PURCHASED, "华信商务咨询", ""),
        "去年约三成家具向另一家品牌采购，主要是办公椅。",
    ),
    (
        *(FindingKind.BEHAVIOR, FindingSource.PERSON, "门店调查员", "南京路展厅"),
        "先看价签再坐下试，在布艺沙发区停留二十多分钟，拍了面料标签。",
    ),
    (
        *(FindingKind.BEHAVIOR, FindingSource.INSTRUMENT, "展厅客流摄像头", "虹桥展厅"),
        "进店后直奔床垫区，停留十六分钟，两次返回同一张床。",
    ),
)
_SETS = {
    "kind-investment": (
        *("所有客户，重点是争取中的和老客户", "知道在谁身上花了多少"),
        *("保持预算怎样分配", "销售自己登记，每月核对报销单"),
        Decimal(3600),
    ),
    "findings": (
        *("重点客户", "了解客户的态度和与同行的往来"),
        *("是否降价、是否换方案", "每年一次调查，必要时向咨询公司购买"),
        Decimal(28_000),
    ),
}


def write_findings(
    by: System, parties: Sequence[Party], *, today: date, at: datetime
) -> None:
    """Tell something of some buyers, describe two data sets, and plan a budget."""
    buyers = [party.customer for party in parties if party.days][:CUSTOMERS]
    for number, customer in enumerate(buyers):
        kind, source, provider, place, text = _FINDINGS[number % len(_FINDINGS)]
        add_finding(
            by,
            customer,
            kind,
            at=at,
            source=source,
            found_at=at - timedelta(days=3 * number + 1),
            provider=provider,
            place=place,
            confidence=Confidence.HIGH if number % 2 else Confidence.MEDIUM,
            text=text,
        )
    for key, (subject, purpose, decision, ability, cost) in _SETS.items():
        facts = {"subject": subject, "purpose": purpose, "decision": decision}
        describe_data_set(by, key, at=at, ability=ability, upkeep_cost=cost, **facts)
    Segment.objects.filter(key="valuable").update(
        budget=Decimal(60_000),
        budget_from=today.replace(month=1, day=1),
        budget_until=today.replace(month=12, day=31),
        strategy="每季度拜访一次，节日送礼盒，出现投诉时由主管当天回电。",
    )
