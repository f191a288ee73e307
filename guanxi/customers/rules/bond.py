"""
Why a customer stays: because it likes to, or because leaving would cost it something.

A bond assessment keeps satisfaction, perceived value and the intention to buy again, each
from 0 to 10, and seven factors that bind a customer (客户剩余、心理依附、沉没成本、交易成本、
转移成本、机会成本、终止壁垒), scored the same way: their sum, 0 to 70, is the lock-in. What
changing to another supplier would cost is listed in money beside it, and what an offer
gives a customer is its value less its cost; see docs/laws/customers.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.words import Words

TOP: Final = Decimal(10)
"""The best score; the worst is 0."""
LONGEST_NOTE, LONGEST_NAME = 2_000, 120
LARGEST_AMOUNT = Decimal("999999999999.99")
CENT, TENTH = Decimal("0.01"), Decimal("0.1")


class AssessmentMethod(TextChoices):
    """How it was learned why a customer stays."""

    ASKED = "asked", pgettext_lazy("assessment", "Asked the customer")
    ESTIMATED = "estimated", pgettext_lazy("assessment", "Estimated by us")
    SURVEY = "survey", pgettext_lazy("assessment", "Survey")


OPINIONS: Mapping[str, Words] = {
    "satisfaction": pgettext_lazy("bond", "Satisfaction"),
    "perceived_value": pgettext_lazy("bond", "Perceived value"),
    "repurchase": pgettext_lazy("bond", "Intention to buy again"),
}
"""What a customer thinks, by the names of the columns."""
FACTORS: Mapping[str, Words] = {
    "surplus": _("Customer surplus"),
    "attachment": _("Emotional attachment"),
    "sunk_cost": _("Sunk cost"),
    "transaction_cost": _("Transaction cost"),
    "moving_cost": _("Switching cost"),
    "opportunity_cost": _("Opportunity cost"),
    "exit_barrier": _("Exit barrier"),
}
"""What binds a customer, by the names of the columns."""
MEANINGS: Mapping[str, Words] = {
    "surplus": _("It gets more from us than it pays for."),
    "attachment": _("It is attached to our people or our brand."),
    "sunk_cost": _("What it has put in with us would be lost."),
    "transaction_cost": _("Looking for another one and bargaining is laborious."),
    "moving_cost": _("Changing over costs money, time and learning."),
    "opportunity_cost": _("It would forgo points, discounts or rights."),
    "exit_barrier": _("Contract, technology or penalties keep it."),
}
SCORES = (*OPINIONS, *FACTORS)
MOST_LOCK_IN = len(FACTORS) * TOP


class SwitchingItem(TextChoices):
    """
    What it costs a customer to change its supplier.

    The eight parts of T. A. Burnham, J. K. Frels and V. Mahajan: Consumer switching
    costs, Journal of the Academy of Marketing Science 31 (2003) 109-126.
    """

    RISK = "risk", pgettext_lazy("switching", "Risk that the new one is worse")
    EVALUATION = "evaluation", pgettext_lazy("switching", "Looking and comparing")
    SETUP = "setup", pgettext_lazy("switching", "Setting up and adapting")
    LEARNING = "learning", pgettext_lazy("switching", "Training and learning")
    BENEFIT = "benefit", pgettext_lazy("switching", "Points and benefits lost")
    MONEY = "money", pgettext_lazy("switching", "Deposits, penalties and fees")
    PEOPLE = "people", pgettext_lazy("switching", "Trusted people lost")
    BRAND = "brand", pgettext_lazy("switching", "Trusted brand lost")


VALUES: Mapping[str, Words] = {
    "product_value": pgettext_lazy("delivered", "Product value"),
    "service_value": pgettext_lazy("delivered", "Service value"),
    "personnel_value": pgettext_lazy("delivered", "Personnel value"),
    "image_value": pgettext_lazy("delivered", "Image value"),
}
COSTS: Mapping[str, Words] = {
    "money_cost": pgettext_lazy("delivered", "Money cost"),
    "time_cost": pgettext_lazy("delivered", "Time cost"),
    "energy_cost": pgettext_lazy("delivered", "Energy cost"),
    "effort_cost": pgettext_lazy("delivered", "Effort cost"),
}


class SatisfactionBand(TextChoices):
    """How satisfied a customer is, in three steps."""

    LOW = "low", pgettext_lazy("satisfaction", "Dissatisfied")
    MIDDLE = "middle", pgettext_lazy("satisfaction", "So-so")
    HIGH = "high", pgettext_lazy("satisfaction", "Satisfied")


BAND_TONES: Mapping[str, str] = {
    SatisfactionBand.LOW: "red",
    SatisfactionBand.MIDDLE: "amber",
    SatisfactionBand.HIGH: "green",
}
SATISFIED_FROM, DISSATISFIED_UNDER = Decimal(7), Decimal(5)
LOCKED_FROM = Decimal(35)


@dataclass(frozen=True)
class Thresholds:
    """From which satisfaction on a customer is satisfied, from which lock-in on bound."""

    satisfaction: Decimal = SATISFIED_FROM
    lock_in: Decimal = LOCKED_FROM


class Retention(TextChoices):
    """
    How a customer that stays is kept.

    Active: satisfied, and stays of its own accord. Passive: not satisfied, but leaving
    would cost it something. Free to leave: neither holds it.
    """

    LOYAL = "loyal", _("Satisfied and bound")
    WILLING = "willing", _("Satisfied and free")
    CAPTIVE = "captive", _("Dissatisfied but bound")
    FREE = "free", _("Dissatisfied and free to leave")


ACTIVE = (Retention.LOYAL, Retention.WILLING)


def band_of(satisfaction: Decimal) -> SatisfactionBand:
    """Return how satisfied a customer of ``satisfaction``, 0 to 10, is."""
    if satisfaction < DISSATISFIED_UNDER:
        return SatisfactionBand.LOW
    is_high = satisfaction >= SATISFIED_FROM
    return SatisfactionBand.HIGH if is_high else SatisfactionBand.MIDDLE


def retention_of(
    satisfaction: Decimal, lock_in: Decimal, thresholds: Thresholds
) -> Retention:
    """Return how a customer is kept: two answers, each high from its threshold on."""
    is_bound = lock_in >= thresholds.lock_in
    if satisfaction >= thresholds.satisfaction:
        return Retention.LOYAL if is_bound else Retention.WILLING
    return Retention.CAPTIVE if is_bound else Retention.FREE


def shown_score(score: Decimal | None) -> str:
    """Return a score as people read it: 8 rather than 8.0; empty for none."""
    return "" if score is None else f"{score.normalize():f}"


def lock_in_of(scores: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum of the seven factors; None unless all are scored."""
    total = Decimal(0)
    for score in scores:
        if score is None:
            return None
        total += score
    return total


def delivered_value(values: Iterable[Decimal], costs: Iterable[Decimal]) -> Decimal:
    """
    Return what an offer gives a customer: its total value less its total cost, in money.

    P. Kotler: Marketing Management; 客户让渡价值 = 整体客户价值 - 整体客户成本.
    """
    return sum(values, Decimal(0)) - sum(costs, Decimal(0))
