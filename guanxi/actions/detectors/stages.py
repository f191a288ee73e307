"""Customers who have just entered a stage for which the house has said what to do."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from guanxi.actions.detectors.base import WATCH, Parameter, Parameters, Watch
from guanxi.actions.rules import (
    LOW,
    Detector,
    Finding,
    Kind,
    due_on,
    importance_of,
)
from guanxi.analytics.queries import stage_strategies
from guanxi.customers.queries.contact_policy import left_in_peace
from guanxi.customers.queries.customer import customers
from guanxi.customers.queries.limit import is_unprofiled
from guanxi.customers.queries.trait import stage_turns


def stage_entered(
    as_of: date, parameters: Parameters, customer_id: int | None
) -> Iterator[Finding]:
    """Yield who has entered a stage with a strategy lately, and is still in it."""
    advice = stage_strategies()
    if not advice:
        return
    since = as_of - timedelta(days=int(parameters["days"]))
    turns = {
        turn.customer_id: turn
        for turn in stage_turns(since, as_of, customer_id)
        if turn.new in advice
    }
    known = (
        customers(WATCH)
        .filter(pk__in=list(turns), traits__life_stage__in=list(advice))
        .exclude(is_unprofiled())
        .exclude(left_in_peace())
        .select_related("traits")
        .only("owner_id", "team_id", "traits")
    )
    for customer in known.iterator():
        turn, traits = turns[customer.pk], customer.traits
        if traits.life_stage != turn.new:
            continue
        yield Finding(
            customer_id=customer.pk,
            owner_id=customer.owner_id,
            team_id=customer.team_id,
            object_kind="customer",
            object_id=customer.pk,
            urgency=LOW,
            importance=importance_of(traits.tier),
            due_on=due_on(as_of, LOW),
            fingerprint=str(turn.event_id),
            facts={
                "stage": turn.new,
                "before_stage": turn.old,
                "entered_on": turn.day.isoformat(),
                "advice": advice[turn.new],
            },
        )


WATCHES = (
    Watch(
        detector=Detector.STAGE_ENTERED,
        kind=Kind.CONTACT,
        evidence=gettext_noop(
            "Entered the stage “%(stage)s” on %(entered_on)s; before: %(before_stage)s."
        ),
        suggestion=gettext_noop("%(advice)s"),
        explanation=_(
            "Goes by the changes of the life-cycle stage. What is to be done is written on "
            "the page of the life cycle, stage by stage; a stage without words raises "
            "nothing. Set to “Do it”, each becomes a task of the owner."
        ),
        urgency=_("Always 1."),
        find=stage_entered,
        held_percent=10,
        parameters=(
            Parameter(
                "days", _("Days after entering that it is still worth it"), 14, 1, 90
            ),
        ),
    ),
)
