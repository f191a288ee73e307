"""Plan and agree something with one customer, and keep what came of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from guanxi.customers.events import (
    PlanChanged,
    PlanLineDone,
    PlanLineRemoved,
    PlanLineSet,
    PlanStarted,
)
from guanxi.customers.events.plan import PlanLineEvent
from guanxi.customers.models import Customer, Plan, PlanLine
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.queries.plan import FIELD, line_of, plan_of
from guanxi.customers.rules.plan import (
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_LINES,
    PlanKind,
    PlanState,
    section_of,
)
from guanxi.foundation.actor import Actor, Level
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied, Refused
from guanxi.foundation.events import publish


class BadPlan(Refused):
    """A plan needs a title and a lawful time, a line something to say."""

    code = "bad_plan"


class PlanFacts(TypedDict, total=False):
    """What can be said of a plan; what is left out stays."""

    title: str
    summary: str
    result: str
    starts_on: date | None
    ends_on: date | None
    state: PlanState


class LineFacts(TypedDict, total=False):
    """What can be said of a line; what is left out stays."""

    text: str
    figure: Decimal | None
    due_on: date | None
    assignee_id: int | None
    result: str
    done_on: date | None


@command(needs="customer.edit")
def start_plan(
    by: Actor,
    customer: Customer,
    kind: PlanKind,
    *,
    at: datetime,
    **facts: Unpack[PlanFacts],
) -> Plan:
    """
    Begin a plan of ``kind`` with ``customer``.

    :raises BadPlan: without a title, or when it would end before it begins.
    """
    _require_writable(by)
    plan = Plan(customer=customer, kind=kind, made_at=at, made_by_id=by.actor_id)
    _fill(plan, facts)
    plan.save(force_insert=True)
    told = PlanStarted(customer_id=customer.pk, plan_id=plan.pk, plan=plan.kind, at=at)
    publish(told)
    return plan


@command(needs="customer.edit")
def change_plan(
    by: Actor,
    customer: Customer,
    plan_id: int,
    *,
    at: datetime,
    **facts: Unpack[PlanFacts],
) -> Plan:
    """
    Say something else of a plan, keep its result, end it or take it up again.

    :raises NotVisible: if ``customer`` has no such plan.
    :raises BadPlan: as `start_plan`.
    """
    _require_writable(by)
    plan = plan_of(by, customer, plan_id)
    _fill(plan, facts)
    plan.save()
    publish(
        PlanChanged(
            customer_id=customer.pk,
            plan_id=plan.pk,
            plan=plan.kind,
            state=plan.state,
            at=at,
        )
    )
    return plan


@command(needs="customer.edit")
def add_plan_line(
    by: Actor,
    customer: Customer,
    plan_id: int,
    section: str,
    *,
    at: datetime,
    **facts: Unpack[LineFacts],
) -> PlanLine:
    """
    Write a line into a section of a plan.

    :raises NotVisible: if ``customer`` has no such plan.
    :raises BadPlan: for no such section, an empty line, or more than a plan can hold.
    """
    _require_writable(by)
    plan = plan_of(by, customer, plan_id)
    if section_of(plan.kind, section) is None:
        raise BadPlan(_("This plan has no such section."))
    if PlanLine.objects.filter(plan=plan).count() >= MOST_LINES:
        raise BadPlan(_("There are 200 lines already. Begin another plan."))
    line = _set(PlanLine(plan=plan, section=section), facts)
    _tell(PlanLineDone if line.done_on else PlanLineSet, line, at)
    return line


@command(needs="customer.edit")
def change_plan_line(
    by: Actor,
    customer: Customer,
    plan_id: int,
    line_id: int,
    *,
    at: datetime,
    **facts: Unpack[LineFacts],
) -> PlanLine:
    """
    Say something else of a line, or that it is done and with what result.

    :raises NotVisible: if ``customer`` has no such plan with such a line.
    :raises BadPlan: for an empty line.
    """
    _require_writable(by)
    line = line_of(by, plan_of(by, customer, plan_id), line_id)
    was_done = line.done_on is not None
    _set(line, facts)
    is_new = line.done_on is not None and not was_done
    _tell(PlanLineDone if is_new else PlanLineSet, line, at)
    return line


@command(needs="customer.edit")
def remove_plan_line(
    by: Actor, customer: Customer, plan_id: int, line_id: int, *, at: datetime
) -> None:
    """
    Take a line out of a plan.

    :raises NotVisible: if ``customer`` has no such plan with such a line.
    """
    _require_writable(by)
    line = line_of(by, plan_of(by, customer, plan_id), line_id)
    _tell(PlanLineRemoved, line, at)
    line.delete()


def _require_writable(by: Actor) -> None:
    if CUSTOMER.level(by, FIELD) < Level.WRITE:
        raise Denied(CUSTOMER.permission("edit"))


def _fill(plan: Plan, facts: PlanFacts) -> None:
    for name, value in facts.items():
        setattr(plan, name, value)
    if not 0 < len(plan.title) <= 120:
        raise BadPlan(_("Enter a title, at most 120 characters."), field="title")
    if max(len(plan.summary), len(plan.result)) > LONGEST_TEXT:
        raise BadPlan(_("Write at most 4,000 characters."), field="summary")
    if plan.starts_on and plan.ends_on and plan.ends_on < plan.starts_on:
        raise BadPlan(_("The end is before the beginning."), field="ends_on")


def _set(line: PlanLine, facts: LineFacts) -> PlanLine:
    for name, value in facts.items():
        setattr(line, name, value)
    if not 0 < len(line.text) <= LONGEST_LINE or len(line.result) > LONGEST_LINE:
        raise BadPlan(_("Write something, at most 500 characters."), field="text")
    line.save()
    return line


def _tell(event: type[PlanLineEvent], line: PlanLine, at: datetime) -> None:
    plan = line.plan
    publish(
        event(
            customer_id=plan.customer_id,
            plan_id=plan.pk,
            plan=plan.kind,
            line_id=line.pk,
            at=at,
        )
    )
