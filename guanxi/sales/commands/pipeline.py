"""Arrange the stages of opportunities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from guanxi.foundation.actor import Actor
from guanxi.foundation.commands import command
from guanxi.foundation.errors import Refused
from guanxi.foundation.events import publish
from guanxi.sales.events import StagesArranged
from guanxi.sales.models import Opportunity, Pipeline, Stage, StageMove
from guanxi.sales.rules.opportunity import NEEDS, STANDARD, SURE

MOST_STAGES = 12


@dataclass(frozen=True)
class StageTerms:
    """What a stage is; an empty ``name`` keeps the one that came along."""

    name: str
    probability: int
    stale_days: int | None = None
    needs: Sequence[str] = ()


_SHIPPED = {
    "contact": StageTerms("", 10, 14),
    "need": StageTerms("", 25, 14, ["customer"]),
    "offer": StageTerms("", 50, 14, ["customer", "amount"]),
    "talks": StageTerms("", 70, 10, ["customer", "amount", "expected_on"]),
    "promised": StageTerms("", 90, 7, ["customer", "amount", "expected_on"]),
}


@command(needs="pipeline.edit")
def ship_stages(by: Actor) -> None:
    """Make the pipeline that comes along, once; what people made of it stays."""
    if Pipeline.objects.exists():
        return
    made = Pipeline.objects.create(key=STANDARD)
    Stage.objects.bulk_create(
        Stage(
            pipeline=made,
            key=key,
            position=position,
            probability=terms.probability,
            stale_days=terms.stale_days,
            needs=list(terms.needs),
        )
        for position, (key, terms) in enumerate(_SHIPPED.items(), 1)
    )


@command(needs="pipeline.edit")
def save_stage(
    by: Actor,
    pipeline: Pipeline,
    *,
    stage_id: int | None,
    terms: StageTerms,
    at: datetime,
) -> Stage:
    """
    Change a stage of ``pipeline``, or add one at its end.

    :raises Refused: without a name, for figures out of bounds, or too many stages.
    """
    stages = list(_stages(pipeline).select_for_update())
    found = next((one for one in stages if one.pk == stage_id), None)
    if stage_id is not None and found is None:
        raise Refused(_("There is no such stage any more."))
    stage = found or Stage(pipeline=pipeline)
    if found is None:
        if len(stages) >= MOST_STAGES:
            raise Refused(_("A pipeline has twelve stages at most."))
        last = _stages(pipeline).aggregate(last=Max("position"))["last"] or 0
        stage.position = last + 1
    if not terms.name.strip() and not stage.key:
        raise Refused(_("Give the stage a name."), field="name")
    if not 0 <= terms.probability <= SURE:
        raise Refused(
            _("A chance lies between 0 and 100 percent."), field="probability"
        )
    if terms.stale_days is not None and terms.stale_days < 1:
        raise Refused(_("At least one day."), field="stale_days")
    stage.name, stage.probability = terms.name.strip(), terms.probability
    stage.stale_days = terms.stale_days
    stage.needs = [one for one in NEEDS if one in terms.needs]
    stage.save()
    publish(StagesArranged(at=at))
    return stage


@command(needs="pipeline.edit")
def move_stage(
    by: Actor, pipeline: Pipeline, *, stage_id: int, is_up: bool, at: datetime
) -> None:
    """Move a stage one place up or down; nothing happens at the end."""
    stages = list(_stages(pipeline).select_for_update())
    numbers = [one.pk for one in stages]
    if stage_id not in numbers:
        raise Refused(_("There is no such stage any more."))
    here = numbers.index(stage_id)
    there = here - 1 if is_up else here + 1
    if 0 <= there < len(stages):
        stages[here], stages[there] = stages[there], stages[here]
    for position, one in enumerate(stages, 1):
        one.position = position
    Stage.objects.bulk_update(stages, ["position"])
    publish(StagesArranged(at=at))


@command(needs="pipeline.edit")
def remove_stage(
    by: Actor, pipeline: Pipeline, *, stage_id: int, into_id: int, at: datetime
) -> int:
    """
    Remove a stage; its opportunities, open and closed, go into another one.

    Return how many they were.

    :raises Refused: if one of the two is not there, or both are the same.
    """
    stages = {one.pk: one for one in _stages(pipeline).select_for_update()}
    if stage_id not in stages or into_id not in stages or stage_id == into_id:
        raise Refused(
            _("Choose another stage for what stands in this one."), field="into"
        )
    rows = Opportunity.objects.filter(stage_id=stage_id)
    moved = rows.update(stage_id=into_id)
    StageMove.objects.filter(stage_id=stage_id).update(stage_id=into_id)
    stages[stage_id].delete()
    publish(StagesArranged(at=at))
    return moved


def _stages(pipeline: Pipeline) -> QuerySet[Stage]:
    return Stage.objects.filter(pipeline=pipeline).order_by("position", "pk")
