"""What is planned and agreed with customers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from guanxi.customers.models import Customer, Plan, PlanLine
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.rules.plan import SECTIONS, PlanKind, PlanState, Section
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.compiled import Kept, asked
from guanxi.foundation.errors import NotVisible

FIELD = "plans"
# A page of more plans with one customer helps nobody.
MOST_PLANS = 100
_kept: Kept = {}


@dataclass(frozen=True)
class Part:
    """One section of a plan with its lines."""

    section: Section
    lines: Sequence[PlanLine]


def may_read_plans(viewer: Actor) -> bool:
    """Tell whether ``viewer`` is shown plans with the customers he sees."""
    return CUSTOMER.level(viewer, FIELD) >= Level.READ


def plans_of(viewer: Actor, customer: Customer) -> Sequence[Plan]:
    """Return the plans with ``customer``, running ones first, the newest on top."""
    if not may_read_plans(viewer):
        return []
    return asked(_kept, "plans", _plans, customer_id=customer.pk)


def _plans(customer_id: int) -> QuerySet[Plan]:
    rows = Plan.objects.filter(customer_id=customer_id).select_related("made_by")
    # “open” stands behind “done” and “dropped” in the alphabet.
    return rows.order_by("-state", "-pk")[:MOST_PLANS]


def plan_of(viewer: Actor, customer: Customer, pk: int) -> Plan:
    """
    Return one plan with ``customer``.

    :raises NotVisible: if there is none that ``viewer`` may read.
    """
    found = Plan.objects.filter(customer_id=customer.pk, pk=pk).first()
    if found is None or not may_read_plans(viewer):
        raise NotVisible
    return found


def line_of(viewer: Actor, plan: Plan, pk: int) -> PlanLine:
    """
    Return one line of ``plan``.

    :raises NotVisible: if there is none that ``viewer`` may read.
    """
    found = PlanLine.objects.filter(plan=plan, pk=pk).select_related("plan").first()
    if found is None or not may_read_plans(viewer):
        raise NotVisible
    return found


def parts_of(plan: Plan) -> Sequence[Part]:
    """Return the sections of ``plan`` in their order, each with its lines."""
    rows = PlanLine.objects.filter(plan=plan).select_related("assignee", "plan")
    lines = list(rows.order_by("pk"))
    return [
        Part(section, [line for line in lines if line.section == section.key])
        for section in SECTIONS[PlanKind(plan.kind)]
    ]


def due_lines(*, until: date, customer_id: int | None) -> Iterator[PlanLine]:
    """Yield the steps of running plans due up to ``until`` and not done, with customer."""
    rows = PlanLine.objects.filter(
        due_on__lte=until,
        done_on=None,
        plan__state=PlanState.OPEN,
        plan__customer__deleted_at=None,
    ).select_related("plan__customer__traits")
    if customer_id is not None:
        rows = rows.filter(plan__customer_id=customer_id)
    yield from _lean(rows).iterator()


def _lean(rows: QuerySet[PlanLine]) -> QuerySet[PlanLine]:
    about = ("owner_id", "team_id", "traits__tier")
    return rows.only(
        *("due_on", "text", "assignee_id", "plan__kind", "plan__title"),
        *(f"plan__customer__{name}" for name in about),
    ).order_by("pk")
