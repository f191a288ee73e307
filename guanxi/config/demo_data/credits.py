"""The credit of some invented companies: reports, both assessments, and limits."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from guanxi.config.demo_data.parties import Party
from guanxi.customers.commands.credit import (
    FactorScore,
    ReportFacts,
    add_credit_report,
    assess_credit,
    set_credit_limit,
)
from guanxi.customers.queries.credit import CONDUCT
from guanxi.customers.rules.credit import FACTORS, Conduct, Factor, Origin, Standard
from guanxi.foundation.actor import System

COMPANIES = 24
_PROVIDERS = ("示例资信（演示）", "诚信征询（演示）")
_FINDINGS = (
    "工商登记正常，注册资本实缴，无失信记录；近两年营业额稳定。",
    "门店三家，租约到明年底；与主要供应商结算正常，存在一笔未决的合同纠纷。",
    "成立不足三年，负责人有同行经验；银行流水与申报营业额基本一致。",
)
_EVIDENCE = {
    Factor.CHARACTER: "走访同行与供应商，口碑良好。",
    Factor.CAPACITY: "近一年报表显示经营现金流为正。",
    Factor.CAPITAL: "注册资本已实缴，自有仓库一处。",
    Factor.COLLATERAL: "无抵押，由股东提供担保函。",
    Factor.CONDITIONS: "所在城市精装房交付量平稳。",
    Factor.PERSONAL: "负责人从业十年以上，决策稳健。",
    Factor.PURPOSE: "用于门店样品与旺季备货。",
    Factor.PAYMENT: "以销售回款支付，账期内基本付清。",
    Factor.PROTECTION: "合同约定所有权保留条款。",
    Factor.PERSPECTIVE: "计划明年新增一家门店。",
}


def write_credits(
    by: System, random: Random, parties: Sequence[Party], *, today: date, at: datetime
) -> None:
    """Assess some companies that buy, some of whose reports are due for a new one."""
    companies = [p for p in parties if p.buyer.kind.is_company and p.days]
    for party in companies[:COMPANIES]:
        customer = party.customer
        days = timedelta(days=random.randint(0, 60))
        on, then = today - days, at - days
        add_credit_report(by, customer, _report(random, on), at=then)
        conduct = CONDUCT.ask(by, customer.pk, at=then)
        for standard in Standard:
            scores = _scores(random, standard, conduct)
            made = assess_credit(by, customer, standard, scores=scores, on=on, at=then)
        proposed = made.proposed_limit
        if proposed and random.random() < 0.8:
            set_credit_limit(by, customer, proposed, reason="按评估建议额度", at=then)


def _report(random: Random, today: date) -> ReportFacts:
    reported_on = today - timedelta(days=random.randint(20, 400))
    is_bought = random.random() < 0.5
    return ReportFacts(
        origin=Origin.PURCHASED if is_bought else Origin.OWN,
        reported_on=reported_on,
        valid_until=reported_on + timedelta(days=365),
        findings=random.choice(_FINDINGS),
        provider=random.choice(_PROVIDERS) if is_bought else "",
        cost=Decimal(random.choice((280, 480, 900))) if is_bought else None,
        place="资料室 2 号柜，资信卷",
    )


def _scores(
    random: Random, standard: Standard, conduct: Conduct | None
) -> dict[Factor, FactorScore]:
    """Return scores around one level, and the computed ones as they are."""
    level = random.randint(50, 88)
    scores = {}
    for factor in FACTORS[standard]:
        drawn = min(max(level + random.randint(-12, 12), 0), 100)
        computed = conduct.computed(factor) if conduct else None
        score = drawn if computed is None else computed
        scores[factor] = FactorScore(score, _EVIDENCE[factor])
    return scores
