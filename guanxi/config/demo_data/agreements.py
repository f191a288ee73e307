"""Plans with some invented companies, and who belongs with whom and brought whom."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from guanxi.config.demo_data.parties import Party
from guanxi.customers.commands.plan import add_plan_line, start_plan
from guanxi.customers.models import Customer, Relation
from guanxi.customers.rules import RelationKind
from guanxi.customers.rules.plan import PlanKind
from guanxi.foundation.actor import System

COMPANIES = 6
# Kind of plan, its title, and lines by section, with days from today until they are due.
_PLANS: Sequence[tuple[PlanKind, str, Sequence[tuple[str, str, int | None]]]] = (
    (
        PlanKind.KEY_ACCOUNT,
        "年度大客户计划",
        (
            ("orders", "签订年度框架协议，按季度锁定交货量", 12),
            ("example", "整理样板项目资料，介绍给同行业客户", 30),
            ("innovation", "客户提出可拆洗面料，转给产品部评估", 5),
            ("win_win", "每季度一起回顾销量与退换情况", None),
        ),
    ),
    (
        PlanKind.ALLIANCE,
        "联合开发与共享仓储",
        (
            ("goals", "一年内共同推出三款新品", None),
            ("resources", "对方开放区域仓库，我们提供样品与培训", None),
            ("processes", "订货与补货改为每周共享库存数据", 20),
        ),
    ),
    (
        PlanKind.RELATIONSHIP,
        "从单次采购到长期合作",
        (
            ("differences", "门店分布广、补货急，与其他经销商不同", None),
            ("contact", "店长每两周通一次电话", 2),
            ("fit", "为小店准备小包装与混装箱", 15),
        ),
    ),
)


def write_agreements(
    by: System, parties: Sequence[Party], *, today: date, at: datetime
) -> None:
    """Plan something with some companies that buy, and draw relations around them."""
    companies = [p.customer for p in parties if p.buyer.kind.is_company and p.days]
    for number, customer in enumerate(companies[:COMPANIES]):
        kind, title, lines = _PLANS[number % len(_PLANS)]
        then = at - timedelta(days=3 * number + 2)
        plan = start_plan(by, customer, kind, at=then, title=title, starts_on=today)
        for section, text, days in lines:
            due_on = None if days is None else today + timedelta(days=days)
            pks = (plan.pk, section)
            add_plan_line(by, customer, *pks, at=then, text=text, due_on=due_on)
    persons = [p.customer for p in parties if not p.buyer.kind.is_company]
    _relate(companies[:COMPANIES], persons)


def _relate(companies: Sequence[Customer], persons: Sequence[Customer]) -> None:
    """Let the first company be a parent, and each have who decides and who brought it."""
    rows = [
        Relation(source=company, target=companies[0], kind=RelationKind.SUBSIDIARY_OF)
        for company in companies[1:3]
    ]
    for number, company in enumerate(companies):
        near = persons[3 * number : 3 * number + 3]
        for person, kind in zip(near, _ROLES, strict=False):
            rows.append(Relation(source=person, target=company, kind=kind))
        if number:
            brought_by = companies[(number - 1) // 2]
            rows.append(
                Relation(
                    source=company, target=brought_by, kind=RelationKind.REFERRED_BY
                )
            )
    Relation.objects.bulk_create(rows, ignore_conflicts=True)


_ROLES = (RelationKind.DECIDES_FOR, RelationKind.INFLUENCES, RelationKind.WORKS_FOR)
