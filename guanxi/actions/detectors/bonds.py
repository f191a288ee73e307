"""Customers whom nothing holds: dissatisfied, and free to leave."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from guanxi.actions.detectors.base import WATCH, Parameter, Parameters, Watch
from guanxi.actions.rules import (
    Detector,
    Finding,
    Kind,
    due_on,
    importance_of,
    urgency_of,
)
from guanxi.customers.queries.contact_policy import left_in_peace
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.limit import is_unprofiled
from guanxi.customers.rules import State
from guanxi.customers.rules.bond import LOCKED_FROM, SATISFIED_FROM


def free_to_leave(
    as_of: date, parameters: Parameters, customer_id: int | None
) -> Iterator[Finding]:
    """Yield actual customers who are below both thresholds by their latest assessments."""
    limit = Decimal(str(parameters["satisfaction"]))
    known = (
        customers(WATCH)
        .filter(
            state=State.ACTUAL,
            traits__satisfaction__lt=limit,
            traits__lock_in__lt=parameters["lock_in"],
        )
        .exclude(is_unprofiled())
        .exclude(left_in_peace())
        .select_related("traits")
        .only("owner_id", "team_id", "traits")
    )
    if customer_id is not None:
        known = known.filter(pk=customer_id)
    for customer in known.iterator():
        traits = customer.traits
        satisfaction = traits.satisfaction or Decimal(0)
        urgency = urgency_of(float(limit / max(satisfaction, Decimal(1))))
        yield Finding(
            customer_id=customer.pk,
            owner_id=customer.owner_id,
            team_id=customer.team_id,
            object_kind="customer",
            object_id=customer.pk,
            urgency=urgency,
            importance=importance_of(traits.tier),
            due_on=due_on(as_of, urgency),
            # Assessed anew and no better by a point is no news; a new order is.
            fingerprint=f"{traits.last_order_on}:{int(satisfaction)}",
            facts={"total": str(traits.order_total), "count": traits.order_count},
        )


WATCHES = (
    Watch(
        detector=Detector.FREE_TO_LEAVE,
        kind=Kind.CONTACT,
        evidence=gettext_noop(
            "By the latest assessment not satisfied, and little would be lost by leaving; "
            "%(count)s orders worth %(total)s so far."
        ),
        suggestion=gettext_noop(
            "Call, ask what went wrong and mend it; then give a reason to stay."
        ),
        explanation=_(
            "Goes by the latest bond assessments of actual customers: satisfaction and "
            "lock-in both below these thresholds."
        ),
        urgency=_(
            "3 if the satisfaction is at most half the threshold, 2 up to two thirds of "
            "it, otherwise 1."
        ),
        find=free_to_leave,
        held_percent=10,
        parameters=(
            Parameter(
                "satisfaction", _("Satisfied from (0–10)"), float(SATISFIED_FROM), 1, 10
            ),
            Parameter("lock_in", _("Bound from (0–70)"), float(LOCKED_FROM), 1, 70),
        ),
    ),
)
