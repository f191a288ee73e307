"""Questions about opportunities: which there are, where they stand, what they are worth."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncMonth
from django.urls import reverse

from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible
from guanxi.foundation.rooms import Found
from guanxi.foundation.search_text import search_text
from guanxi.sales.models import Opportunity, Pipeline, Stage
from guanxi.sales.models.opportunity import OpportunityQuerySet
from guanxi.sales.policies import OPPORTUNITY
from guanxi.sales.rules.opportunity import CENT, SURE, OpportunityState

if TYPE_CHECKING:
    from guanxi.foundation.tables.table import Choices

CARDS = 20
SHORTEST = 2


@dataclass(frozen=True)
class BoardColumn:
    """A stage with the first of its open opportunities, and the sums of all."""

    stage: Stage
    cards: Sequence[Opportunity]
    count: int
    amount: Decimal
    weighted: Decimal

    @property
    def more(self) -> int:
        """How many are not among the cards."""
        return self.count - len(self.cards)


@dataclass(frozen=True)
class Outlook:
    """What the open opportunities expected in one month come to; ``month`` None for no day."""

    month: date | None
    count: int
    amount: Decimal
    weighted: Decimal


def opportunities(viewer: Actor) -> OpportunityQuerySet:
    """Return the kept opportunities ``viewer`` may see, the newest first."""
    kept = Opportunity.objects.kept().filter(OPPORTUNITY.visible(viewer))
    rows = kept.select_related("customer", "product", "owner", "stage")
    return rows.order_by("-created_at", "-pk")


def trashed_opportunities(viewer: Actor) -> OpportunityQuerySet:
    """Return the opportunities in the trash that ``viewer`` may restore."""
    trashed = Opportunity.objects.filter(deleted_at__isnull=False)
    seen = trashed.filter(OPPORTUNITY.visible(viewer, "delete"))
    return seen.order_by("-deleted_at", "-pk")


def opportunity(viewer: Actor, pk: int) -> Opportunity:
    """
    Return one opportunity, also from the trash.

    :raises NotVisible: if there is none for ``viewer``.
    """
    rows = Opportunity.objects.select_related(
        "customer", "product", "owner", "team", "stage"
    )
    found = rows.filter(OPPORTUNITY.visible(viewer), pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def opportunities_of(viewer: Actor, customer_id: int) -> OpportunityQuerySet:
    """Return the opportunities of one customer, open ones first."""
    rows = opportunities(viewer).filter(customer_id=customer_id)
    is_closed = Case(When(state=OpportunityState.OPEN, then=0), default=1)
    return rows.order_by(is_closed, "-created_at", "-pk")


def opportunities_going_along(viewer: Actor, _old_owner_id: int) -> OpportunityQuerySet:
    """Return the open opportunities ``viewer`` may see."""
    return Opportunity.objects.open().filter(OPPORTUNITY.visible(viewer))


def pipelines() -> Sequence[Pipeline]:
    """Return the pipelines in their order."""
    return list(Pipeline.objects.order_by("position", "pk"))


def pipeline(pk: int) -> Pipeline:
    """
    Return one pipeline.

    :raises NotVisible: if there is none.
    """
    found = Pipeline.objects.filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def stages(of: Pipeline | None = None) -> "QuerySet[Stage]":
    """Return the stages of a pipeline, or of all, in their order."""
    rows = Stage.objects.select_related("pipeline")
    rows = rows.order_by("pipeline__position", "pipeline", "position", "pk")
    return rows.filter(pipeline=of) if of else rows


def first_stage() -> Stage:
    """
    Return the stage in which new opportunities begin.

    :raises NotVisible: if there is none at all.
    """
    found = stages().first()
    if found is None:
        raise NotVisible
    return found


def stage_choices(_viewer: Actor) -> "Choices":
    """Return the stages, as choices of a filter."""
    return [(str(one.pk), str(one)) for one in stages()]


def board(
    viewer: Actor, of: Pipeline, *, mine: bool = False, text: str = ""
) -> Sequence[BoardColumn]:
    """
    Return the stages of a pipeline with their open opportunities; four queries.

    Of each stage the first cards by the day they are expected on, none last.
    """
    known = list(stages(of))
    open_ = Opportunity.objects.open().filter(
        OPPORTUNITY.visible(viewer), stage__in=known
    )
    if mine:
        open_ = open_.filter(owner_id=viewer.actor_id)
    open_ = open_.filter(title_match(text))
    cards: dict[int, list[Opportunity]] = defaultdict(list)
    for one in _first_of_each(open_, known):
        cards[one.stage_id].append(one)
    sums = _sums_by(open_, "stage_id")
    nothing = (0, Decimal(0), Decimal(0))
    return [
        BoardColumn(one, cards[one.pk], *sums.get(one.pk, nothing)) for one in known
    ]


def _first_of_each(
    rows: OpportunityQuerySet, known: Sequence[Stage]
) -> OpportunityQuerySet:
    """
    Return the first cards of each stage.

    Stage by stage, for each is read from its index: numbering all rows would sort them.
    """
    in_order = F("expected_on").asc(nulls_last=True), F("pk").asc()
    firsts = [
        rows.filter(stage=one).order_by(*in_order).values("pk")[:CARDS] for one in known
    ]
    numbers = [row["pk"] for row in firsts[0].union(*firsts[1:], all=True)]
    found = Opportunity.objects.filter(pk__in=numbers)
    return found.select_related("customer", "owner", "stage").order_by(*in_order)


def outlook(viewer: Actor) -> Sequence[Outlook]:
    """Return the open opportunities in sight by the month they are expected in."""
    open_ = Opportunity.objects.open().filter(OPPORTUNITY.visible(viewer))
    rows = open_.annotate(month=TruncMonth("expected_on"))
    sums = _sums_by(rows, "month")
    return [
        Outlook(month, *sums[month])
        for month in sorted(sums, key=lambda one: (one is None, one or date.min))
    ]


def outlook_by_owner(
    viewer: Actor,
) -> Mapping[int | None, tuple[int, Decimal, Decimal]]:
    """Return count, amount and weighted amount of the open opportunities by owner."""
    open_ = Opportunity.objects.open().filter(OPPORTUNITY.visible(viewer))
    return _sums_by(open_, "owner_id")


def find_opportunities(viewer: Actor, text: str, limit: int) -> Sequence[Found]:
    """Return up to ``limit`` opportunities whose title has the words of ``text``."""
    if len(text.strip()) < SHORTEST:
        return []
    rows = opportunities(viewer).filter(title_match(text))[:limit]
    return [
        Found(
            label=one.name,
            detail=str(one.stage),
            url=reverse("sales:opportunity", args=[one.pk]),
        )
        for one in rows
    ]


def title_match(text: str) -> Q:
    """Return the condition that the title, or its pinyin, has every word of ``text``."""
    found = Q()
    for word in search_text(text).split():
        found &= Q(search__contains=word)
    return found


def _sums_by(
    rows: "QuerySet[Opportunity]", column: str
) -> dict[Any, tuple[int, Decimal, Decimal]]:
    """Return count, amount and weighted amount by a column."""
    chance = Coalesce("probability", "stage__probability")
    money: DecimalField[Any, Any] = DecimalField(max_digits=20, decimal_places=4)
    worth = Sum(
        ExpressionWrapper(F("amount") * chance / Value(SURE), money), default=Decimal(0)
    )
    found = rows.order_by().values_list(column)
    return {
        key: (count, amount, weighted.quantize(CENT))
        for key, count, amount, weighted in found.annotate(
            count=Count("pk"), sum=Sum("amount", default=Decimal(0)), worth=worth
        )
    }
