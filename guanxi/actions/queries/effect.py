"""What the rules changed: told and held out beside each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext as _

from guanxi.actions.detectors.base import WATCH
from guanxi.actions.models import Draw
from guanxi.actions.rules.effect import HORIZON_DAYS, Arm, Effect, Interval, Verdict
from guanxi.foundation.actor import Actor
from guanxi.foundation.figures import MINUS, amount
from guanxi.foundation.policies import policy_of
from guanxi.sales.queries.order import orders


@dataclass(frozen=True)
class Told:
    """An effect in words; without amounts for whoever may not read those of orders."""

    verdict: Verdict
    tone: str
    buying: str
    spending: str


_TONES = {Verdict.HELPS: "green", Verdict.HARMS: "red", Verdict.NOT_SHOWN: "amber"}


def effects(today: date) -> Mapping[str, Effect]:
    """
    Return the effect of each detector that drew somebody ``HORIZON_DAYS`` ago or before.

    Counted are real orders in the house currency after the draw, refunds deducted.
    """
    bought = (
        orders(WATCH)
        .real()
        .filter(
            customer=OuterRef("customer_id"),
            ordered_on__gt=OuterRef("drawn_on"),
            ordered_on__lte=OuterRef("until_on"),
            currency=settings.CURRENCY,
        )
        .order_by()
        .values("customer")
        .annotate(worth=Sum(F("total") - F("refunded")))
        .values("worth")
    )
    rows = (
        Draw.objects.filter(until_on__lt=today)
        .annotate(worth=Subquery(bought))
        .values("detector", "is_held")
        .annotate(
            count=Count("pk"),
            bought=Count("pk", filter=Q(worth__isnull=False)),
            amount=Sum("worth"),
            squares=Sum(F("worth") * F("worth")),
        )
        .order_by()
    )
    arms: dict[str, dict[bool, Arm]] = {}
    for row in rows:
        arms.setdefault(row["detector"], {})[row["is_held"]] = Arm(
            row["count"],
            row["bought"],
            float(row["amount"] or 0),
            float(row["squares"] or 0),
        )
    return {
        detector: Effect(sides.get(False, Arm()), sides.get(True, Arm()))
        for detector, sides in arms.items()
    }


def effects_told(viewer: Actor, today: date) -> Mapping[str, Told]:
    """Return the effects in words, by detector."""
    reads_amounts = "total" in policy_of("order").readable(viewer)
    return {
        detector: Told(
            effect.verdict,
            _TONES.get(effect.verdict, "gray"),
            _buying(effect),
            _spending(effect) if reads_amounts else "",
        )
        for detector, effect in effects(today).items()
    }


def _buying(effect: Effect) -> str:
    found = effect.buying
    return _(
        "Of %(told)s customers told of, %(told_rate)s bought within %(days)s days; of "
        "%(held)s held out, %(held_rate)s. Difference: %(value)s percentage points "
        "(95%% interval: %(low)s to %(high)s)."
    ) % {
        "told": f"{effect.told.count:,}",
        "told_rate": f"{effect.told.rate:.1%}",
        "days": HORIZON_DAYS,
        "held": f"{effect.held.count:,}",
        "held_rate": f"{effect.held.rate:.1%}",
        **_points(found),
    }


def _points(found: Interval) -> Mapping[str, str]:
    return {
        "value": _signed(100 * found.value),
        "low": _signed(100 * found.low),
        "high": _signed(100 * found.high),
    }


def _signed(value: float) -> str:
    text = f"{abs(value):.1f}"
    if text == "0.0":
        return text
    return f"{MINUS if value < 0 else '+'}{text}"


def _spending(effect: Effect) -> str:
    found = effect.spending
    return _(
        "On average they spent %(told)s each, those held out %(held)s; difference "
        "%(value)s (95%% interval: %(low)s to %(high)s)."
    ) % {
        "told": _money(effect.told.mean),
        "held": _money(effect.held.mean),
        "value": _money(found.value),
        "low": _money(found.low),
        "high": _money(found.high),
    }


def _money(value: float) -> str:
    return amount(Decimal(f"{value:.2f}"), settings.CURRENCY)
