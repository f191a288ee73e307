"""Questions about commissions: plans, statements, and what earns them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.utils.timezone import get_default_timezone

from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible
from guanxi.identity.queries import team_paths
from guanxi.sales.models import (
    CommissionLine,
    CommissionPlan,
    CommissionShare,
    CommissionStatement,
    Order,
    Payment,
    PlanMember,
    Refund,
    Target,
)
from guanxi.sales.policies import COMMISSION, COMMISSION_PLAN, ORDER
from guanxi.sales.rules.commission import (
    HUNDRED,
    Basis,
    Entry,
    Source,
    StatementState,
)
from guanxi.sales.rules.target import CENT, Measure, month_after

MOST_LINES = 500


def statements(viewer: Actor) -> "QuerySet[CommissionStatement]":
    """Return the statements ``viewer`` may see, the latest month first."""
    rows = CommissionStatement.objects.filter(COMMISSION.visible(viewer))
    return rows.select_related("user", "plan").order_by("-month", "pk")


def statement(viewer: Actor, pk: int) -> CommissionStatement:
    """
    Return one statement.

    :raises NotVisible: if there is none for ``viewer``.
    """
    rows = statements(viewer).select_related("user", "plan", "team", "approved_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def lines_of(found: CommissionStatement) -> "QuerySet[CommissionLine]":
    """Return the lines of a statement in the order of their days, with their orders."""
    rows = CommissionLine.objects.filter(statement=found).select_related("order")
    return rows.order_by("at", "pk")


def orders_in_sight(viewer: Actor, lines: Iterable[CommissionLine]) -> set[int]:
    """Return the orders of ``lines`` that ``viewer`` may open."""
    numbers = {one.order_id for one in lines if one.order_id}
    rows = Order.objects.kept().filter(ORDER.visible(viewer), pk__in=numbers)
    return set(rows.values_list("pk", flat=True))


def plans(viewer: Actor) -> "QuerySet[CommissionPlan]":
    """Return the plans ``viewer`` may see, the latest first."""
    rows = CommissionPlan.objects.filter(COMMISSION_PLAN.visible(viewer))
    return rows.order_by("-starts_on", "name")


def plan_of(viewer: Actor, pk: int) -> CommissionPlan:
    """
    Return one plan.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = plans(viewer).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def members_of(rows: Iterable[CommissionPlan]) -> Mapping[int, Sequence[PlanMember]]:
    """Return whom each plan is for, with names; none for a plan for all."""
    found: dict[int, list[PlanMember]] = defaultdict(list)
    members = PlanMember.objects.filter(plan__in=rows).select_related("user", "team")
    for one in members.order_by("pk"):
        found[one.plan_id].append(one)
    return found


def shares_of(order: Order) -> Sequence[CommissionShare]:
    """Return who shares in the commission of ``order`` beside its owner."""
    rows = CommissionShare.objects.filter(order=order).select_related("user")
    return list(rows.order_by("-percent", "pk"))


class PlansOfMonth:
    """
    The plans in force in a month, and whom they are for.

    One that names a person comes before one that names a team above, the nearest first,
    and that before one for all; of several the one that began last.
    """

    def __init__(self, month: date) -> None:
        rows = CommissionPlan.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=month), starts_on__lte=month
        )
        self._plans = list(rows.order_by("-starts_on", "-pk"))
        self._members = members_of(self._plans)
        self._paths = team_paths()

    def of(self, user_id: int, team_id: int | None) -> CommissionPlan | None:
        """Return the plan in force for somebody of a team; None without one."""
        above = self._paths.get(team_id or 0, ())
        ranked = [(self._nearness(one, user_id, above), one) for one in self._plans]
        fitting = [(near, one) for near, one in ranked if near is not None]
        return min(fitting, key=lambda pair: pair[0])[1] if fitting else None

    def _nearness(
        self, one: CommissionPlan, user_id: int, above: Sequence[int]
    ) -> int | None:
        members = self._members.get(one.pk, ())
        if not members:
            return len(above) + 1
        if any(member.user_id == user_id for member in members):
            return -1
        distances = [
            len(above) - 1 - above.index(member.team_id)
            for member in members
            if member.team_id in above
        ]
        return min(distances, default=None)


def earned_in(month: date, basis: Basis) -> Mapping[int, Sequence[Entry]]:
    """
    Return by person what counts in ``month``, of orders in the house currency.

    Of each payment, shipment and refund the owner of its order has the part that no
    colleague shares. Entries that stand on an approved statement are left out.
    """
    span = _start(month), _start(month_after(month))
    if basis is Basis.RECEIVED:
        gains = _moves(Payment, Source.PAYMENT, span)
    else:
        gains = _shipments(span)
    rows = [*gains, *_moves(Refund, Source.REFUND, span, sign=-1)]
    shares = _shares({row.order_id for row in rows})
    settled = _settled(rows)
    found: dict[int, list[Entry]] = defaultdict(list)
    for row in rows:
        for user_id, percent in _parts(row, shares.get(row.order_id, ())):
            if percent and (user_id, row.source, row.source_id) not in settled:
                base = (row.amount * percent / HUNDRED).quantize(CENT)
                one = Entry(
                    row.source, row.source_id, row.order_id, row.at, percent, base
                )
                found[user_id].append(one)
    return found


def rates_of(user_id: int, orders: Iterable[int]) -> Mapping[int, Decimal]:
    """Return at which rate ``user_id`` was once given a commission for each order."""
    rows = CommissionLine.objects.filter(
        user_id=user_id,
        order__in=list(orders),
        source__in=[Source.PAYMENT, Source.SHIPMENT],
        statement__state__in=[StatementState.APPROVED, StatementState.PAID],
    )
    sums = rows.values_list("order_id").annotate(
        amounts=Sum("amount"), bases=Sum("base")
    )
    return {pk: HUNDRED * amounts / bases for pk, amounts, bases in sums if bases}


def target_of(user_id: int, month: date) -> Decimal | None:
    """Return the revenue that ``user_id`` is to reach in ``month``."""
    rows = Target.objects.filter(
        user_id=user_id, measure=Measure.REVENUE, month=month, category=""
    )
    return rows.values_list("value", flat=True).first()


@dataclass(frozen=True)
class _Row:
    source: Source
    source_id: int
    order_id: int
    at: datetime
    amount: Decimal
    owner_id: int | None


def _moves(
    model: "type[Payment | Refund]",
    source: Source,
    span: tuple[datetime, datetime],
    *,
    sign: int = 1,
) -> list[_Row]:
    rows: QuerySet[Any] = model._default_manager.filter(
        at__gte=span[0],
        at__lt=span[1],
        order__deleted_at__isnull=True,
        order__currency=settings.CURRENCY,
    )
    names = ("pk", "order_id", "at", "amount", "order__owner_id")
    return [
        _Row(source, pk, order, at, sign * amount, owner)
        for pk, order, at, amount, owner in rows.values_list(*names)
    ]


def _shipments(span: tuple[datetime, datetime]) -> list[_Row]:
    rows = Order.objects.kept().filter(
        shipped_at__gte=span[0], shipped_at__lt=span[1], currency=settings.CURRENCY
    )
    names = ("pk", "shipped_at", "total", "owner_id")
    return [
        _Row(Source.SHIPMENT, pk, pk, at, amount, owner)
        for pk, at, amount, owner in rows.values_list(*names)
        if at
    ]


def _shares(orders: set[int]) -> Mapping[int, Sequence[tuple[int, Decimal]]]:
    found: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    rows = CommissionShare.objects.filter(order__in=orders)
    for order_id, user_id, percent in rows.values_list("order", "user", "percent"):
        found[order_id].append((user_id, percent))
    return found


def _parts(
    row: _Row, shares: Sequence[tuple[int, Decimal]]
) -> list[tuple[int, Decimal]]:
    """Return whose part of a row is how many percent: the owner has what is left."""
    parts = [one for one in shares if one[0] != row.owner_id]
    left = HUNDRED - sum((percent for _user, percent in parts), Decimal(0))
    return parts if row.owner_id is None else [*parts, (row.owner_id, left)]


def _settled(rows: Sequence[_Row]) -> set[tuple[int, str, int | None]]:
    """Return what stands on approved statements: person, source and its number."""
    lines = CommissionLine.objects.filter(
        order__in={row.order_id for row in rows},
        source_id__isnull=False,
        statement__state__in=[StatementState.APPROVED, StatementState.PAID],
    )
    return set(lines.values_list("user_id", "source", "source_id"))


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=get_default_timezone())
