"""How opportunities ended: won and lost, for how much, after how long, by any side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    Avg,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import TruncMonth, TruncQuarter
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.foundation.words import Words
from guanxi.identity.queries import team_names, user_names
from guanxi.sales.models import Opportunity
from guanxi.sales.policies import OPPORTUNITY
from guanxi.sales.queries.product import products
from guanxi.sales.rules.opportunity import (
    CENT,
    SURE,
    LostReason,
    OpportunityState,
)
from guanxi.sales.rules.order import Channel

TENTH = Decimal("0.1")
_MONTHS_OF_QUARTER = 3
_WON, _LOST = Q(state=OpportunityState.WON), Q(state=OpportunityState.LOST)


@dataclass(frozen=True)
class Result:
    """
    How the opportunities of one value of a side ended; ``key`` None where there is none.

    ``amount`` is that of the won ones; the days are means from the first day of work to
    the end, None without such days. Unrounded: how they are told is the page's business.
    """

    key: Any
    won: int
    lost: int
    amount: Decimal
    days_won: Decimal | None
    days_lost: Decimal | None

    @property
    def rate(self) -> Decimal | None:
        """The won ones of all that ended, in percent; None if none has."""
        ended = self.won + self.lost
        return Decimal(self.won * SURE) / ended if ended else None

    @property
    def mean(self) -> Decimal | None:
        """The mean amount of the won ones."""
        return (self.amount / self.won).quantize(CENT) if self.won else None


@dataclass(frozen=True)
class Side:
    """
    By what opportunities can be looked at; ``needs`` is the field one reads for it.

    ``where`` writes the condition of one key as lists take it, or nothing.
    """

    label: Words
    path: Any
    labels: Callable[[Actor, Sequence[Any]], Mapping[Any, str]]
    needs: str
    where: Callable[[Any], str] = lambda _key: ""
    is_time: bool = False


def _product_names(viewer: Actor, keys: Sequence[Any]) -> Mapping[Any, str]:
    rows = products(viewer).filter(pk__in=[key for key in keys if key])
    return dict(rows.order_by().values_list("pk", "name"))


def _between(months: int) -> Callable[[date], str]:
    def where(first: date) -> str:
        after = first.month + months
        last = date(first.year + (after > 12), (after - 1) % 12 + 1, 1)
        return f"closed_on.gte.{first},closed_on.lte.{last - timedelta(days=1)}"

    return where


SIDES: Mapping[str, Side] = {
    "quarter": Side(
        _("Quarter"),
        TruncQuarter("closed_on"),
        lambda _viewer, keys: {
            key: f"{key:%Y} Q{(key.month + 2) // _MONTHS_OF_QUARTER}" for key in keys
        },
        "closed_on",
        _between(_MONTHS_OF_QUARTER),
        is_time=True,
    ),
    "month": Side(
        pgettext_lazy("span", "Month"),
        TruncMonth("closed_on"),
        lambda _viewer, keys: {key: f"{key:%Y-%m}" for key in keys},
        "closed_on",
        _between(1),
        is_time=True,
    ),
    "owner": Side(
        _("Owner"),
        F("owner_id"),
        lambda _viewer, keys: user_names([key for key in keys if key]),
        "owner",
        lambda key: f"owner.in.{key}",
    ),
    "team": Side(
        _("Team"),
        F("team_id"),
        lambda _viewer, keys: team_names([key for key in keys if key]),
        "team",
        lambda key: f"team.in.{key}",
    ),
    "product": Side(_("Product"), F("product_id"), _product_names, "product"),
    "category": Side(
        _("Product category"),
        F("product__category"),
        lambda _viewer, keys: {key: key for key in keys if key},
        "product",
    ),
    "channel": Side(
        pgettext_lazy("order", "Channel"),
        F("channel"),
        lambda _viewer, keys: {key: str(Channel(key).label) for key in keys},
        "channel",
        lambda key: f"channel.in.{key}",
    ),
    "lost_reason": Side(
        _("Reason of the loss"),
        F("lost_reason"),
        lambda _viewer, keys: {key: str(LostReason(key).label) for key in keys if key},
        "lost_reason",
        lambda key: f"lost_reason.in.{key}",
    ),
}


def sides(viewer: Actor) -> Mapping[str, Side]:
    """Return the sides of whose fields ``viewer`` reads."""
    readable = OPPORTUNITY.readable(viewer)
    return {key: one for key, one in SIDES.items() if one.needs in readable}


def ended(viewer: Actor, first_on: date, last_on: date) -> QuerySet[Opportunity]:
    """Return the opportunities in sight that were won or lost in a span of days."""
    kept = Opportunity.objects.kept().filter(OPPORTUNITY.visible(viewer))
    return kept.filter(_WON | _LOST, closed_on__range=(first_on, last_on)).order_by()


def results(
    viewer: Actor, first_on: date, last_on: date, by: str = ""
) -> Sequence[Result]:
    """
    Return how the opportunities in sight ended in a span, by a side of `SIDES` or as a whole.

    Times in their order, all else by the amount won; of reasons only what was lost.
    """
    rows = ended(viewer, first_on, last_on)
    if by == "lost_reason":
        rows = rows.filter(_LOST)
    path = SIDES[by].path if by else None
    took = ExpressionWrapper(F("closed_on") - F("engaged_on"), DurationField())
    figures = {
        "won": Count("pk", filter=_WON),
        "lost": Count("pk", filter=_LOST),
        "amount_won": Sum("amount", filter=_WON, default=Decimal(0)),
        "days_won": Avg(took, filter=_WON),
        "days_lost": Avg(took, filter=_LOST),
    }
    if path is None:
        found: list[dict[str, Any]] = [{"side": None, **rows.aggregate(**figures)}]
    else:
        found = list(rows.values(side=path).annotate(**figures))
    told = [
        Result(
            one["side"],
            one["won"],
            one["lost"],
            one["amount_won"],
            _days(one["days_won"]),
            _days(one["days_lost"]),
        )
        for one in found
    ]
    if by and SIDES[by].is_time:
        return sorted(told, key=lambda one: one.key)
    return sorted(told, key=lambda one: (-one.amount, -one.lost, str(one.key)))


def open_by_stage(viewer: Actor) -> Mapping[int, int]:
    """Return how many opportunities in sight are open, by their stages."""
    open_ = Opportunity.objects.open().filter(OPPORTUNITY.visible(viewer)).order_by()
    return dict(open_.values_list("stage_id").annotate(count=Count("pk")))


def _days(span: timedelta | None) -> Decimal | None:
    return None if span is None else Decimal(span / timedelta(days=1))
