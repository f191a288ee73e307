"""Conflicts between plans, and between a plan and the order it is about."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from guanxi.actions.detectors.base import Parameter, Parameters, Watch
from guanxi.actions.models import Task
from guanxi.actions.rules import (
    LOW,
    MIDDLE,
    Detector,
    Finding,
    Kind,
    TaskKind,
    TaskState,
    due_on,
    importance_of,
)


def double_task(
    as_of: date, parameters: Parameters, customer_id: int | None
) -> Iterator[Finding]:
    """
    Yield the later of two open tasks of one kind for one customer, close in time.

    Two that name different orders are two things to do.
    """
    days = timedelta(days=int(parameters["days"]))
    earlier = Task.objects.filter(
        customer=OuterRef("customer"),
        kind=OuterRef("kind"),
        state=TaskState.OPEN,
        pk__lt=OuterRef("pk"),
        due_on__gte=OuterRef("due_on") - days,
        due_on__lte=OuterRef("due_on") + days,
    )
    of_the_same = Q(order=None) | Q(order=OuterRef("order"))
    doubled = Q(Exists(earlier), order=None) | Exists(earlier.filter(of_the_same))
    for task in _open(customer_id).filter(doubled):
        yield _finding(task, as_of, wanted_on=None, rests_on=None)


def reminder_late(
    as_of: date, parameters: Parameters, customer_id: int | None
) -> Iterator[Finding]:
    """Yield payment reminders planned after the order was due to be paid."""
    late = _open(customer_id).filter(
        kind=TaskKind.PAYMENT,
        order__payment_state__in=["unpaid", "part"],
        order__cancelled_at__isnull=True,
        order__deleted_at__isnull=True,
        due_on__gt=F("order__due_on") + timedelta(days=int(parameters["days"])),
    )
    for task in late:
        due = task.order.due_on if task.order else None
        wanted = max(due, as_of) if due else None
        yield _finding(task, as_of, wanted_on=wanted, rests_on=due)


def follow_up_early(
    as_of: date, parameters: Parameters, customer_id: int | None
) -> Iterator[Finding]:
    """Yield delivery follow-ups planned before the order is to ship."""
    days = timedelta(days=int(parameters["days"]))
    early = _open(customer_id).filter(
        kind=TaskKind.DELIVERY,
        order__shipped_at__isnull=True,
        order__cancelled_at__isnull=True,
        order__deleted_at__isnull=True,
        due_on__lt=F("order__ship_on") + days,
    )
    for task in early:
        ship = task.order.ship_on if task.order else None
        wanted = ship + days if ship else None
        yield _finding(task, as_of, wanted_on=wanted, rests_on=wanted)


def _open(customer_id: int | None) -> QuerySet[Task]:
    tasks = Task.objects.filter(state=TaskState.OPEN)
    tasks = tasks.select_related("customer__traits", "order")
    return tasks if customer_id is None else tasks.filter(customer_id=customer_id)


def _finding(
    task: Task, as_of: date, *, wanted_on: date | None, rests_on: date | None
) -> Finding:
    """
    Return what is wrong with the day of a task.

    ``rests_on`` is the day that makes it wrong. The day wanted may be as late as today,
    and another today is no news.
    """
    urgency = MIDDLE if (task.due_on - as_of).days <= 2 else LOW
    return Finding(
        customer_id=task.customer_id,
        owner_id=task.assignee_id,
        team_id=task.team_id,
        object_kind="task",
        object_id=task.pk,
        urgency=urgency,
        importance=importance_of(task.customer.traits.tier),
        due_on=max(as_of, min(task.due_on, due_on(as_of, urgency))),
        fingerprint=f"{task.due_on}:{rests_on}",
        facts={
            "title": task.title,
            "planned_on": task.due_on.isoformat(),
            "wanted_on": wanted_on.isoformat() if wanted_on else "",
            "number": task.order.number if task.order else "",
        },
    )


_URGENCY = _("2 if the task is due within two days, otherwise 1.")

WATCHES = (
    Watch(
        detector=Detector.DOUBLE_TASK,
        kind=Kind.CANCEL,
        evidence=gettext_noop(
            "“%(title)s” on %(planned_on)s repeats another open plan of the same kind."
        ),
        suggestion=gettext_noop("Cancel this one; the earlier plan stays."),
        explanation=_("Two open tasks of one kind for one customer within a few days."),
        urgency=_URGENCY,
        find=double_task,
        parameters=(Parameter("days", _("Days within which plans collide"), 3, 0, 30),),
    ),
    Watch(
        detector=Detector.REMINDER_LATE,
        kind=Kind.RESCHEDULE_IN,
        evidence=gettext_noop(
            "“%(title)s” is planned for %(planned_on)s, after order %(number)s is due."
        ),
        suggestion=gettext_noop("Bring it forward to %(wanted_on)s."),
        explanation=_(
            "Payment reminders planned for after the due day of their order."
        ),
        urgency=_URGENCY,
        find=reminder_late,
        parameters=(Parameter("days", _("Days of grace"), 0, 0, 30),),
    ),
    Watch(
        detector=Detector.FOLLOW_UP_EARLY,
        kind=Kind.RESCHEDULE_OUT,
        evidence=gettext_noop(
            "“%(title)s” is planned for %(planned_on)s, but order %(number)s ships later."
        ),
        suggestion=gettext_noop("Put it off to %(wanted_on)s."),
        explanation=_("Delivery follow-ups planned before the order can have arrived."),
        urgency=_URGENCY,
        find=follow_up_early,
        parameters=(Parameter("days", _("Days after shipping"), 3, 0, 30),),
    ),
)
