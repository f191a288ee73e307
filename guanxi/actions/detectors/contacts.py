"""Conflicts between how often a customer is to be contacted and when it last was."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from guanxi.actions.detectors.base import WATCH, Parameter, Parameters, Watch
from guanxi.actions.detectors.touch import with_last_touch
from guanxi.actions.rules import (
    LOW,
    MIDDLE,
    Detector,
    Finding,
    Kind,
    due_on,
    importance_of,
    urgency_of,
)
from guanxi.customers.queries.contact_policy import (
    contact_rule,
    under_policies,
    with_policy_segments,
)
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.plan import due_lines
from guanxi.customers.rules.handling import RECURRING, ContactPolicy, ContactRule

if TYPE_CHECKING:
    from collections.abc import Collection

    from guanxi.customers.models import Customer


def contact_due(
    as_of: date, parameters: Parameters, customer_id: int | None
) -> Iterator[Finding]:
    """Yield customers of regular contact whose last one is longer ago than agreed."""
    for customer, rule in _ruled(RECURRING, customer_id):
        last_on = max(_touched_on(customer), customer.traits.last_order_on or date.min)
        days = (as_of - last_on).days
        if days > rule.days:
            urgency = urgency_of(days / rule.days)
            yield _finding(customer, as_of, last_on, rule=rule, urgency=urgency)


def follow_up_due(
    as_of: date, parameters: Parameters, customer_id: int | None
) -> Iterator[Finding]:
    """Yield customers who bought, were to be asked how it is, and were not yet."""
    for customer, rule in _ruled((ContactPolicy.FOLLOW_UP,), customer_id):
        bought_on = customer.traits.last_order_on
        if bought_on is None or _touched_on(customer) > bought_on:
            continue
        late = (as_of - bought_on).days - rule.days
        if 0 <= late <= parameters["give_up"]:
            urgency = MIDDLE if late > rule.days else LOW
            yield _finding(customer, as_of, bought_on, rule=rule, urgency=urgency)


def _ruled(
    policies: "Collection[ContactPolicy]", customer_id: int | None
) -> "Iterator[tuple[Customer, ContactRule]]":
    """Yield the customers whose rule of contact is one of ``policies``, with it."""
    rows = customers(WATCH).filter(under_policies(policies)).select_related("traits")
    rows = with_policy_segments(rows)
    if customer_id is not None:
        rows = rows.filter(pk=customer_id)
    for customer in with_last_touch(rows).iterator():
        rule = contact_rule(customer)
        # A narrower group of the same customer may ask for something else.
        if rule is not None and rule.policy in policies:
            yield customer, rule


def _touched_on(customer: "Customer") -> date:
    """Return the day of the last contact, or of the entry where there was none."""
    touched_at: datetime | None = getattr(customer, "touched_at", None)
    return localdate(touched_at or customer.created_at)


def _finding(
    customer: "Customer",
    as_of: date,
    since_on: date,
    *,
    rule: ContactRule,
    urgency: int,
) -> Finding:
    """Return what is to be told; another stage of urgency is news, another day is not."""
    traits = customer.traits
    return Finding(
        customer_id=customer.pk,
        owner_id=customer.owner_id,
        team_id=customer.team_id,
        object_kind="customer",
        object_id=customer.pk,
        urgency=urgency,
        importance=importance_of(traits.tier),
        due_on=due_on(as_of, urgency),
        fingerprint=f"{since_on}:{urgency}",
        facts={
            "days": (as_of - since_on) // timedelta(days=1),
            "agreed": rule.days,
            "last_on": str(since_on),
        },
    )


def plan_step_due(
    as_of: date, parameters: Parameters, customer_id: int | None
) -> Iterator[Finding]:
    """Yield the steps of plans with customers that are due or will be in a few days."""
    until = as_of + timedelta(days=int(parameters["ahead"]))
    for line in due_lines(until=until, customer_id=customer_id):
        customer, due = line.plan.customer, line.due_on or as_of
        urgency = MIDDLE if due < as_of else LOW
        yield Finding(
            customer_id=customer.pk,
            owner_id=line.assignee_id or customer.owner_id,
            team_id=customer.team_id,
            object_kind="plan_line",
            object_id=line.pk,
            urgency=urgency,
            importance=importance_of(customer.traits.tier),
            due_on=max(as_of, due),
            fingerprint=f"{due}:{urgency}",
            facts={"due_on": str(due)},
        )


WATCHES = (
    Watch(
        detector=Detector.CONTACT_DUE,
        kind=Kind.CONTACT,
        evidence=gettext_noop(
            "Last contact %(days)s days ago; every %(agreed)s days is agreed."
        ),
        suggestion=gettext_noop("Get in touch, with something useful to say."),
        explanation=_(
            "Customers whose contact policy, by kind, segment or tier, asks for regular "
            "contact or joint work. A logged contact, a recorded call or message, a note, "
            "a task done and a purchase are contacts."
        ),
        urgency=_(
            "3 if twice the agreed days have passed, 2 from one and a half times on, "
            "otherwise 1."
        ),
        find=contact_due,
    ),
    Watch(
        detector=Detector.PLAN_STEP_DUE,
        kind=Kind.CONTACT,
        evidence=gettext_noop("A step of a plan with this customer is due %(due_on)s."),
        suggestion=gettext_noop("Open the plan, do the step and write its result."),
        explanation=_(
            "Lines with a day in running plans and agreements, until they are done."
        ),
        urgency=_("2 if the day has passed, otherwise 1."),
        find=plan_step_due,
        parameters=(Parameter("ahead", _("Days to look ahead"), 3, 0, 30),),
    ),
    Watch(
        detector=Detector.FOLLOW_UP_DUE,
        kind=Kind.CONTACT,
        evidence=gettext_noop(
            "Bought %(days)s days ago and was not asked since how it went."
        ),
        suggestion=gettext_noop("Ask whether the purchase meets expectations."),
        explanation=_(
            "Customers whose contact policy, by kind, segment or tier, asks for one "
            "follow-up after each purchase, until somebody has been in contact with them."
        ),
        urgency=_("2 if it is late by as many days again, otherwise 1."),
        find=follow_up_due,
        parameters=(
            Parameter("give_up", _("Give up after this many days"), 30, 1, 365),
        ),
    ),
)
