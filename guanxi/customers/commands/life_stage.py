"""The life-cycle stage where a person knows better than the numbers."""

from datetime import datetime

from guanxi.customers.events import LifeStageChanged, LifeStageFreed
from guanxi.customers.models import Customer, Traits
from guanxi.customers.policies import CUSTOMER
from guanxi.customers.rules import LifeStage
from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Denied
from guanxi.foundation.events import publish


@command(needs="customer.edit")
def set_life_stage(
    by: Actor, customer: Customer, stage: LifeStage | None, *, at: datetime
) -> None:
    """
    Keep ``customer`` in ``stage`` whatever analysis finds; None leaves it to analysis.

    What is left to analysis changes with its next run.

    :raises Denied: for whoever may not read the stage.
    """
    if "life_stage" not in CUSTOMER.readable(by):
        raise Denied(CUSTOMER.permission("edit"))
    traits = Traits.objects.select_for_update().get(customer=customer)
    old, was_set = traits.life_stage, traits.is_stage_set
    traits.life_stage, traits.is_stage_set = stage or old, stage is not None
    traits.save(update_fields=["life_stage", "is_stage_set"])
    if stage and stage != old:
        publish(LifeStageChanged(customer_id=customer.pk, old=old, new=stage, at=at))
    elif was_set and not stage:
        publish(LifeStageFreed(customer_id=customer.pk, at=at))
